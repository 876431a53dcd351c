"""What the wall's part of an address asks for, read from the archive."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from components.keogram_state import WallState, resolve
from core.imaging.wall import wall_page
from core.imaging.wall_days import DataDays, data_days, imager_sources, shown_first
from core.imaging.wall_model import WallPage, WallQuery
from core.instruments.model import DataSource
from core.observatory import Observatory


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
    """Return the wall that `state` asks for; without days, that of a late one worth it."""
    archive = observatory.archive
    sources = imager_sources(archive)
    chosen = set(resolve(state.sources, sources))
    used = [source for source in sources if not chosen or source.identifier in chosen]
    days = data_days(archive, used, state.by)
    first = shown_first(archive, used, state.by) or datetime.now(UTC).date()
    query = state.query(first, sources)
    return WallView(state, query, sources, days, wall_page(archive, query, sources))
