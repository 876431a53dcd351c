"""What the Availability page shows, as a query string and back.

`?v=1&year=2019&month=1&sources=themis-asi,88` is the chart of a month (without a month, of the
year), `?v=1&view=minute&at=2019-01-02T06:10` who was operating. What has its default is left out;
what cannot be read has its default too and is named in `notes`, so that an old link still opens.
"""

from __future__ import annotations

import calendar
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any, Literal, TypeVar
from urllib.parse import parse_qsl, quote

PATH = "/availability"
VERSION = "1"
FIRST_YEAR, LAST_YEAR = 1950, 2100  # as the Keogramist: nothing auroral lies beyond
KINDS = ("ephemeris", "products")
VIEWS = ("days", "minute")

Kind = Literal["ephemeris", "products"]
View = Literal["days", "minute"]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class AvailabilityState:
    """Everything that the address says.

    `year` None means the last one with data, `month` None the whole year, `at` None a minute of the
    last day with data. `sources` holds program names and identifiers as text, empty meaning all;
    `empty` whether sources without data are listed.
    """

    view: View = "days"
    kind: Kind = "ephemeris"
    year: int | None = None
    month: int | None = None
    sources: tuple[str, ...] = ()
    empty: bool = False
    at: datetime | None = None
    notes: tuple[str, ...] = ()

    def days(self, fallback: int) -> tuple[date, date]:
        """Return first and last day of the chart; `fallback` is the year where none is chosen."""
        year = self.year or fallback
        first = date(year, self.month or 1, 1)
        last = self.month or 12
        return first, date(year, last, calendar.monthrange(year, last)[1])

    def to(self, **changes: Any) -> str:
        """Return the address of this state with some parts changed."""
        return href(replace(self, **changes))


def href(state: AvailabilityState) -> str:
    """Return the address of a state."""
    return f"{PATH}?{encode(state)}"


def encode(state: AvailabilityState) -> str:
    """Return the query string, without the question mark, that `decode` reads back."""
    items = [("v", VERSION)]
    if state.view != "days":
        items.append(("view", state.view))
    if state.kind != "ephemeris":
        items.append(("kind", state.kind))
    if state.year:
        items.append(("year", str(state.year)))
    if state.month:
        items.append(("month", str(state.month)))
    if state.sources:
        items.append(("sources", ",".join(state.sources)))
    if state.empty:
        items.append(("empty", "1"))
    if state.at:
        items.append(("at", f"{state.at:%Y-%m-%dT%H:%M}"))
    return "&".join(f"{key}={quote(value, safe=',.:-/')}" for key, value in items)


def decode(query: str | Mapping[str, Any]) -> AvailabilityState:
    """Return the state of a query string or of a parsed one."""
    # What a page sends is a text; whatever else comes in its place holds nothing.
    values = query if isinstance(query, Mapping) else {}
    if isinstance(query, str):
        values = dict(parse_qsl(query.removeprefix("?")))
    reader = _Reader({key: _one(value) for key, value in values.items()})
    version = reader.take("v", str, VERSION)
    if version != VERSION:
        note = f"This link is of version {version}; this page reads {VERSION}."
        return AvailabilityState(notes=(note,))
    view, kind = (
        reader.take("view", _among(VIEWS), "days"),
        reader.take("kind", _among(KINDS), "ephemeris"),
    )
    state = AvailabilityState(
        view="minute" if view == "minute" else "days",
        kind="products" if kind == "products" else "ephemeris",
        year=reader.take("year", _between(FIRST_YEAR, LAST_YEAR), None),
        month=reader.take("month", _between(1, 12), None),
        sources=reader.take("sources", _tokens, ()),
        empty=reader.take("empty", _among(("0", "1")), "0") == "1",
        at=reader.take("at", read_minute, None),
    )
    return replace(state, notes=tuple(reader.notes))


def read_minute(text: str) -> datetime:
    """Return the minute (UTC) that a text names; ValueError where it names none."""
    moment = datetime.fromisoformat(text.strip().removesuffix("Z"))
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise ValueError(text)
    return moment.replace(second=0, microsecond=0)


class _Reader:
    """Takes values out of a query, keeping a note of each one that cannot be read."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self.values = values
        self.notes: list[str] = []

    def take(self, key: str, read: Callable[[str], T], default: T | None) -> Any:
        text = self.values.get(key, "")
        if not text:
            return default
        try:
            return read(text)
        except ValueError:
            self.notes.append(f"The link's {key} cannot be read: {text[:40]}")
            return default


def _among(allowed: tuple[str, ...]) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in allowed:
            raise ValueError(text)
        return text

    return read


def _between(low: int, high: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        value = int(text)
        if not low <= value <= high:
            raise ValueError(text)
        return value

    return read


def _tokens(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))


def _one(value: Any) -> str:
    return str(value[-1]) if isinstance(value, list | tuple) and value else str(value)
