"""Which rows of a result, and in which order: `offset`, `limit`, `order` and `where`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import flask

from api import inputs
from api.urls import base_url
from core.errors import BadInput, LimitExceeded
from core.search.results.paging import Sort, check_sort, check_where

if TYPE_CHECKING:
    from core.search.results.result_set import ResultSet

TOTAL_HEADER = "X-Total-Count"
MAX_OFFSET = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Page:
    """The rows that are asked for; without any parameter all, in the order of the result."""

    offset: int
    limit: int | None
    sort: tuple[Sort, ...]
    where: dict[str, dict[str, Any]]


def read_page(results: ResultSet, most: int) -> Page:
    """Read and check the parameters of the request.

    Raises
    ------
    core.errors.BadInput
        Naming the parameter, or the place in `where`.
    """
    limit = inputs.whole("limit", most, most) if flask.request.args.get("limit") else None
    sort = tuple(_direction(word) for word in _words("order"))
    where = inputs.json_parameter("where")
    if sort or where:
        schema = results.schema
        check_sort(schema, sort, "order")
        where = check_where(schema, where)
    return Page(inputs.whole("offset", 0, MAX_OFFSET), limit, sort, where)


def check_size(page: Page, matched: int, most: int) -> None:
    """Refuse an answer of more than `most` rows."""
    rows = max(0, matched - page.offset)
    if page.limit is None and rows > most:
        raise LimitExceeded(
            f"The answer would have {rows} rows, more than {most}.",
            hint="Ask for them in parts, with limit and offset.",
            field="limit",
            limit="rows",
            asked=rows,
            allowed=most,
        )


def counted(response: flask.Response, page: Page, matched: int) -> flask.Response:
    """Return `response` with headers that say how many rows match, and where the next ones are."""
    response.headers[TOTAL_HEADER] = str(matched)
    if page.limit and page.offset + page.limit < matched:
        response.headers["Link"] = f'<{_next_url(page.offset + page.limit)}>; rel="next"'
    return response


def _next_url(offset: int) -> str:
    given = [pair for pair in flask.request.args.items(multi=True) if pair[0] != "offset"]
    # Percent-encoded whole: what a client sent cannot end the address in the header.
    return f"{base_url()}{flask.request.path}?{urlencode([*given, ('offset', offset)])}"


def _words(name: str) -> list[str]:
    return [word.strip() for word in (inputs.text(name) or "").split(",") if word.strip()]


def _direction(word: str) -> Sort:
    return (word[1:], "desc") if word.startswith("-") else (word, "asc")


def refuse_parameters(kind: str, *names: str) -> None:
    """Refuse parameters that shape JSON alone, where another format is asked for."""
    for name in names:
        if flask.request.args.get(name, "").lower() not in ("", *inputs.FALSE, "basic_info"):
            raise BadInput(
                f"{name}: means nothing for {kind}, whose columns are fixed.",
                hint="Leave it out, or accept application/json.",
                field=name,
            )
