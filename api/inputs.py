"""JSON and query parameters in, checked before anything else sees them.

Clients send ``{}`` as the body of GET and DELETE, write booleans as Python does (``True``), and
leave parameters empty; all of that is fine. What no part of the program could store or compare
is refused here, with the path of the place.
"""

from __future__ import annotations

import json
from datetime import date
from typing import Any
from uuid import UUID

import flask
from werkzeug.exceptions import RequestEntityTooLarge

from core.archive.storable import problems
from core.errors import BadInput, NotFound

TRUE = ("true", "1", "yes")
FALSE = ("false", "0", "no", "")


def json_object() -> dict[str, Any]:
    """Return the body of the request, which must be a JSON object.

    Raises
    ------
    core.errors.BadInput
        When it is not JSON, not an object, nested too deeply, or holds a number or
        text that cannot be stored.
    """
    value = _json_body("one JSON object")
    if not isinstance(value, dict):
        raise BadInput(
            f"The request body is a JSON {_kind(value)}.",
            hint="Send one JSON object.",
            field="body",
        )
    for path, problem in problems(value):
        raise BadInput(f"{path or 'body'}: {problem}.", field=path or "body")
    return value


def json_parameter(name: str) -> dict[str, Any]:
    """Return the query parameter `name`, which must be a JSON object; absent means empty."""
    given = flask.request.args.get(name)
    if not given:
        return {}
    try:
        value = json.loads(given)
    except (ValueError, RecursionError) as error:
        raise BadInput(f"{name} is not JSON: {error}.", field=name, value=given[:200]) from error
    if not isinstance(value, dict):
        raise BadInput(
            f"{name} is a JSON {_kind(value)}.", hint="Send one JSON object.", field=name
        )
    for path, problem in problems(value):
        place = f"{name}.{path}" if path else name
        raise BadInput(f"{place}: {problem}.", field=place)
    return value


def json_array(most_bytes: int) -> list[Any]:
    """Return the body of the request, which must be a JSON array; its items are not looked at.

    Parameters
    ----------
    most_bytes : int
        Largest body that is read, in place of the limit of other routes.

    Raises
    ------
    core.errors.BadInput
        When it is not JSON, or not an array.
    """
    flask.request.max_content_length = most_bytes
    value = _json_body("one JSON array of records")
    if not isinstance(value, list):
        raise BadInput(
            f"The request body is a JSON {_kind(value)}.",
            hint="Send one JSON array of records.",
            field="body",
        )
    return value


def _json_body(wanted: str) -> Any:
    raw = flask.request.get_data()
    _check_whole(raw)
    try:
        return json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise BadInput(
            f"The request body is not JSON: {error}.", hint=f"Send {wanted}.", field="body"
        ) from error


def _check_whole(raw: bytes) -> None:
    # A body that is sent in chunks announces no length, and is cut off at the limit.
    limit = flask.request.max_content_length
    if limit is not None and not flask.request.content_length and len(raw) >= limit:
        raise RequestEntityTooLarge


def boolean(name: str) -> bool:
    """Return the query parameter `name` as a boolean; absent means false."""
    text = flask.request.args.get(name, "")
    if text.lower() in TRUE:
        return True
    if text.lower() in FALSE:
        return False
    raise BadInput(
        f"{name}: {text!r} is not a boolean.", hint="Say true or false.", field=name, value=text
    )


def choice(name: str, allowed: tuple[str, ...], default: str) -> str:
    """Return the query parameter `name`, which must be one of `allowed`."""
    text = flask.request.args.get(name) or default
    if text not in allowed:
        raise BadInput(
            f"{name}: {text!r} is not known.",
            hint=f"It is one of {', '.join(allowed)}.",
            field=name,
            value=text,
            expected=allowed,
        )
    return text


def whole(name: str, default: int, most: int) -> int:
    """Return the query parameter `name` as a whole number from 0 to `most`."""
    given = flask.request.args.get(name)
    if not given:
        return default
    if not given.isascii() or not given.isdigit() or len(given) > 10 or int(given) > most:
        raise BadInput(
            f"{name}: {given[:40]!r} is not a whole number from 0 to {most}.",
            field=name,
            value=given,
        )
    return int(given)


def text(name: str) -> str | None:
    """Return the query parameter `name`, None when it is absent or empty."""
    return flask.request.args.get(name) or None


def day(name: str, default: date) -> date:
    """Return the query parameter `name` as a date."""
    given = flask.request.args.get(name)
    if not given:
        return default
    try:
        if given[10:11] not in ("", "T", " "):
            raise ValueError(given)
        return date.fromisoformat(given[:10])
    except ValueError:
        raise BadInput(
            f"{name}: {given!r} is not a date.",
            hint="Write dates as YYYY-MM-DD.",
            field=name,
            value=given,
        ) from None


def integer(value: str, field: str) -> int:
    """Return `value` as an integer that a 32-bit column can hold."""
    try:
        number = int(value)
    except ValueError:
        number = 2**31
    if not -(2**31) <= number < 2**31:
        raise BadInput(
            f"{field}: {value[:40]!r} is not an integer of 32 bits.", field=field, value=value
        )
    return number


def request_uuid(value: str) -> str:
    """Return `value` in canonical form if it is a UUID; there is no other kind of request id."""
    try:
        return str(UUID(value))
    except ValueError:
        raise NotFound(
            f"There is no search request {value[:40]!r}.",
            hint="Request ids are UUIDs, as in the Location that a search answers with.",
            kind="search_request",
            key=value,
        ) from None


def _kind(value: Any) -> str:
    kinds = {dict: "object", list: "array", str: "string", bool: "boolean", type(None): "null"}
    return kinds.get(type(value), "number")
