"""Who may appear in a moment: the imagers and spacecraft of a catalogue, prepared once.

Places, fields of view and lives come from the catalogue alone, so that they are worked out again
only after one of its sources changed.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from core.grids.moment_fleet import is_spacecraft
from core.grids.moment_sites import Life, Line, Place, field_of_view, fov_alt_km, life_of, place_of
from core.imaging.wall_days import is_imager
from core.instruments.model import DataSource

if TYPE_CHECKING:
    from core.archive import Archive
    from core.archive.sources import SourceStore


@dataclass(frozen=True, slots=True, eq=False)
class Imager:
    """What the catalogue tells of an imager; `place` and `fov` are None where it does not."""

    source: DataSource
    place: Place | None
    life: Life
    fov_alt_km: float
    fov: Line | None


@dataclass(frozen=True, slots=True, eq=False)
class Cast:
    """Imagers by program and name, spacecraft by identifier, and the identifiers of both."""

    imagers: tuple[Imager, ...]
    spacecraft: tuple[DataSource, ...]
    lives: tuple[Life, ...]
    identifiers: frozenset[int]


_lock = threading.Lock()
_remembered: WeakKeyDictionary[SourceStore, tuple[str, Cast]] = WeakKeyDictionary()


def cast_of(archive: Archive) -> Cast:
    """Return who may appear in the moments of an archive."""
    store = archive.catalogue.sources
    revision = store.revision()
    with _lock:
        known, cast = _remembered.get(store, ("", None))
    if cast is None or not revision or known != revision:
        cast = _make(store.list())
        with _lock:
            _remembered[store] = (revision, cast)
    return cast


def _make(sources: Iterable[DataSource]) -> Cast:
    every = tuple(sources)
    spacecraft = tuple(source for source in every if is_spacecraft(source))
    imagers = sorted(filter(is_imager, every), key=lambda s: (s.program, s.display_name))
    return Cast(
        tuple(_imager(source) for source in imagers),
        spacecraft,
        tuple(life_of(source) for source in spacecraft),
        frozenset(source.identifier for source in (*imagers, *spacecraft)),
    )


def _imager(source: DataSource) -> Imager:
    place = place_of(source)
    return Imager(source, place, life_of(source), fov_alt_km(source), field_of_view(source, place))
