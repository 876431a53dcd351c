"""The Keogramist's state as a query string and back; each page of the wall has its own address.

`?v=2&from=2019-01-01&to=2019-01-05&sources=themis-asi,88&open=46.2019-01-02`. What has its
default is left out. A part that cannot be read is replaced by its default and named in `notes`:
an old link still opens. Links of version 1 know UT days alone and show them still.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, NamedTuple, TypeVar
from urllib.parse import parse_qsl, quote

from components.keogram_look import LOOK_KEYS, READERS, Look
from core.errors import BadInput
from core.imaging.wall_model import By, WallQuery
from core.instruments.model import DataSource

VERSION = "2"
UT_DAYS_ONLY = "1"
PAGE_SIZES = (25, 50, 100, 250)
HEIGHTS = ("small", "standard", "tall")

T = TypeVar("T")
OpenKey = tuple[int, date]


@dataclass(frozen=True, slots=True)
class WallState:
    """Everything that the address says. No `start` means the last day with data.

    `by` says whether rows and dates are nights or UT days. `sources` holds program names and
    source identifiers as text; empty means every imager. `open` is the row whose detail is shown,
    `look` how (`components.keogram_look`).
    """

    by: By = "night"
    start: date | None = None
    end: date | None = None
    sources: tuple[str, ...] = ()
    group: str = "date"
    order: str = "earliest"
    images: bool = False
    page: int = 1
    size: int = 50
    height: str = "standard"
    open: OpenKey | None = None
    look: Look = ()
    notes: tuple[str, ...] = ()

    def query(self, fallback: date, known: Iterable[DataSource]) -> WallQuery:
        """Return what the wall is asked for, with `fallback` where no day is chosen."""
        start = self.start or self.end or fallback
        end = self.end or start
        return WallQuery(
            start=min(start, end),
            end=max(start, end),
            sources=resolve(self.sources, known),
            group="source" if self.group == "source" else "date",
            latest_first=self.order == "latest",
            only_images=self.images,
            page=self.page,
            page_size=self.size,
            by=self.by,
        )

    def with_days(self, start: date, end: date) -> WallState:
        """Return the same wall of other days, from its first page."""
        return replace(self, start=start, end=end, page=1, open=None, look=())

    def with_open(self, key: OpenKey) -> WallState:
        """Return the same wall with a row opened; the browser keeps colours and axis itself."""
        return replace(self, open=key, look=())


def resolve(tokens: Sequence[str], known: Iterable[DataSource]) -> tuple[int, ...]:
    """Return the identifiers that program names and identifiers stand for, (-1,) for none known."""
    if not tokens:
        return ()
    wanted = set(tokens)
    found = tuple(s.identifier for s in known if {s.program, str(s.identifier)} & wanted)
    return found or (-1,)


def encode(state: WallState) -> str:
    """Return the query string, without the question mark, that `decode` reads back."""
    default = WallState()
    items = [("v", VERSION)]
    if state.by == "day":
        items.append(("by", "day"))
    items += _days(state)
    if state.sources:
        items.append(("sources", ",".join(state.sources)))
    for name in ("group", "order", "page", "size", "height"):
        if getattr(state, name) != getattr(default, name):
            items.append((name, str(getattr(state, name))))
    if state.images:
        items.append(("images", "1"))
    if state.open:
        items.append(("open", open_key(*state.open)))
    items += state.look
    return "&".join(f"{key}={quote(value, safe=',.:-')}" for key, value in items)


class Address(NamedTuple):
    """The three parts of an address; each redraws its own part of the page."""

    wall: str
    open: str
    look: str


def split_address(state: WallState) -> Address:
    """Return the parts of `encode(state)`: the wall, the opened row, the look of its keogram."""
    items = [item for item in encode(state).split("&") if item]
    keys = [item.partition("=")[0] for item in items]
    pairs = list(zip(keys, items, strict=True))
    return Address(
        wall="&".join(item for key, item in pairs if key not in ("open", *LOOK_KEYS)),
        open=open_key(*state.open) if state.open else "",
        look="&".join(item for key, item in pairs if key in LOOK_KEYS),
    )


def decode(query: str | Mapping[str, Any]) -> WallState:
    """Return the state of a query string or of a parsed one."""
    values = dict(parse_qsl(query.removeprefix("?"))) if isinstance(query, str) else query
    reader = _Reader({key: _one(value) for key, value in (values or {}).items()})
    version = reader.take("v", str, VERSION)
    if version not in (VERSION, UT_DAYS_ONLY):
        return WallState(notes=(f"This link is of version {version}; this page reads {VERSION}.",))
    by = "day" if version == UT_DAYS_ONLY else reader.choice("by", ("night", "day"))
    state = WallState(
        by="day" if by == "day" else "night",
        start=reader.take("from", date.fromisoformat, None),
        end=reader.take("to", date.fromisoformat, None),
        sources=reader.take("sources", _tokens, ()),
        group=reader.choice("group", ("date", "source")),
        order=reader.choice("order", ("earliest", "latest")),
        images=reader.choice("images", ("0", "1")) == "1",
        page=reader.take("page", _positive, 1),
        size=reader.take("size", _page_size, 50),
        height=reader.choice("height", HEIGHTS, "standard"),
        open=reader.take("open", parse_open, None),
        look=tuple(
            (key, text) for key, read in READERS.items() if (text := reader.take(key, read, ""))
        ),
    )
    return replace(state, notes=tuple(reader.notes))


def open_key(source: int, day: date) -> str:
    """Return the name of a row in the address, `46.2019-01-02`."""
    return f"{source}.{day.isoformat()}"


def parse_open(text: str) -> OpenKey:
    """Read what `open_key` wrote; BadInput, a ValueError, when it is something else."""
    source, _, day = str(text).partition(".")
    try:
        return int(source), date.fromisoformat(day)
    except ValueError as error:
        raise BadInput(
            f"There is no row {str(text)[:40]!r}.",
            hint="A row is named by source and day, as in 46.2019-01-02.",
            field="open",
            value=str(text)[:40],
        ) from error


class _Reader:
    """Takes values out of a query, keeping a note of each one that cannot be read."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self.values = values
        self.notes: list[str] = []

    def take(self, key: str, read: Callable[[str], T], default: T) -> T:
        text = self.values.get(key, "")
        if not text:
            return default
        try:
            return read(text)
        except ValueError:
            self.notes.append(f"The link's {key} cannot be read: {text[:40]}")
            return default

    def choice(self, key: str, allowed: Sequence[str], default: str | None = None) -> str:
        def read(text: str) -> str:
            if text not in allowed:
                raise ValueError(text)
            return text

        return self.take(key, read, default or allowed[0])


def _days(state: WallState) -> list[tuple[str, str]]:
    pairs = (("from", state.start), ("to", state.end))
    return [(name, day.isoformat()) for name, day in pairs if day]


def _tokens(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))


def _positive(text: str) -> int:
    value = int(text)
    if not 1 <= value <= 10**9:
        raise ValueError(text)
    return value


def _page_size(text: str) -> int:
    value = int(text)
    if value not in PAGE_SIZES:
        raise ValueError(text)
    return value


def _one(value: Any) -> str:
    return str(value[-1]) if isinstance(value, list | tuple) and value else str(value)
