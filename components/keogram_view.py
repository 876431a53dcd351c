"""What the wall's part of an address asks for, read from the archive."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from components.keogram_state import WallState, resolve
from core.imaging.wall import wall_page
from core.imaging.wall_days import DataDays, data_days, imager_sources
from core.imaging.wall_model import WallPage, WallQuery
from core.instruments.model import DataSource
from core.observatory import Observatory

if TYPE_CHECKING:
    from core.archive import Archive


@dataclass(frozen=True, slots=True)
class WallView:
    """One page of the wall, with the imagers there are and the days on which the chosen have data.

    `query` is what `state` comes to: days are filled in where the address names none.
    """

    state: WallState
    query: WallQuery
    sources: tuple[DataSource, ...]
    days: DataDays
    page: WallPage


def wall_view(observatory: Observatory, state: WallState) -> WallView:
    """Return the wall that `state` asks for; without days, that of the last day with data."""
    archive = observatory.archive
    sources = imager_sources(archive)
    chosen = set(resolve(state.sources, sources))
    used = [source for source in sources if not chosen or source.identifier in chosen]
    days = data_days(archive, used, state.by)
    query = state.query(_shown_first(archive, used, days, state), sources)
    return WallView(state, query, sources, days, wall_page(archive, query, sources))


def _shown_first(
    archive: Archive, sources: Sequence[DataSource], days: DataDays, state: WallState
) -> date:
    """Return the date that is shown when the address names none: the last one worth it.

    The last UT day with data begins one more night in its evening; of the night that has its
    morning there is more to see.
    """
    if not days.days:
        return datetime.now(UTC).date()
    if state.by == "day" or state.start or state.end:
        return days.days[-1]
    morning = data_days(archive, sources, "day").days[-1]
    return morning if morning in days.days[-2:] else days.days[-1]
