"""Where a source leads: its night or day in the Keogramist, or the finder with it filled in."""

from __future__ import annotations

from datetime import date, datetime

from components import urlstate
from components.finder_state import Block, FinderState
from components.keogram_state import WallState
from components.keogram_state import encode as encode_wall
from core.imaging.wall_days import is_imager
from core.imaging.wall_nights import name_of
from core.instruments.model import DataSource

DAY = "YYYY-MM-DD"  # stands in a row's address for the day
_SOME_DAY = date(1999, 12, 31)


def day_address(source: DataSource) -> str:
    """Return the address of a source on a day, with `DAY` in place of the day."""
    if is_imager(source):
        key = (source.identifier, _SOME_DAY)
        state = WallState(by="day", start=_SOME_DAY, end=_SOME_DAY, open=key)
        return f"/keogramist?{encode_wall(state)}".replace(_SOME_DAY.isoformat(), DAY)
    return finder_address(source, DAY)


def minute_address(source: DataSource, time: datetime) -> str:
    """Return the address of a source at a minute (UTC)."""
    if not is_imager(source):
        return finder_address(source, f"{time:%Y-%m-%d}")
    night = name_of(source, time, "night")
    state = WallState(
        start=night,
        end=night,
        open=(source.identifier, night),
        look=(("at", f"{time:%Y-%m-%dT%H:%M:%S}"),),
    )
    return f"/keogramist?{encode_wall(state)}"


def leads_to(source: DataSource) -> str:
    """Return the name of the page that a source leads to."""
    return "Keogramist" if is_imager(source) else "Conjunctions"


def finder_address(source: DataSource, day: str) -> str:
    """Return the finder for one day, with the source in a block of its own kind and another."""
    names = {
        "programs": (source.program,),
        "platforms": (source.platform,),
        "instrument_types": (source.instrument_type,),
    }
    blocks = {
        "ground": (Block("ground", **names), Block("space")),
        "event_list": (Block("events", **names), Block("space")),
    }.get(source.source_type, (Block("ground"), Block("space", **names)))
    state = FinderState(start=f"{day} 00:00", end=f"{day} 23:59", blocks=blocks)
    return f"/conjunctions?{urlstate.encode(state)}"
