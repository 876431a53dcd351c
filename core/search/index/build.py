"""What stands in an index file: a year of one source, out of the table and back as minutes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy.typing as npt

from core.archive.snapshot import LiveFile
from core.search.index.file import IndexFile
from core.search.index.minutes import COLUMN_PREFIX, SourceMinutes, read_minutes
from core.search.index.source_minutes import year_minutes
from core.search.index.tracks import Track, slice_words

TYPES = tuple(COLUMN_PREFIX)


def index_arrays(
    files: Sequence[LiveFile], year: int, geodetic: bool
) -> dict[str, npt.NDArray[Any]]:
    """Read a year of one source and return the arrays of its index.

    Parameters
    ----------
    files : sequence of LiveFile
        The table's files of the source in the year.
    year : int
    geodetic : bool
        Whether its latitudes are geodetic: then positions stand there in both frames.

    Returns
    -------
    dict of str to ndarray
        ``present``, ``known`` and ``north`` (`SourceMinutes`), and by type ``<type>.located``,
        ``<type>.<frame>.hi`` and ``.lo``, where frame is ``given`` or ``centric``.
    """
    first, length = year_minutes(year)
    arrays: dict[str, npt.NDArray[Any]] = {}
    for frame in ("given", "centric") if geodetic else ("given",):
        found = read_minutes(files, first, length, TYPES, frame == "centric")
        arrays |= {"present": found.present, "known": found.known, "north": found.north}
        for kind, track in found.tracks.items():
            arrays[f"{kind}.located"] = track.located
            arrays[f"{kind}.{frame}.hi"] = track.hi
            arrays[f"{kind}.{frame}.lo"] = track.lo
    return arrays


def minutes_of(
    file: IndexFile, first: int, count: int, types: Sequence[str], centric: bool
) -> SourceMinutes:
    """Return `count` minutes from minute `first` of the year on.

    Planes of a source that moves are views of the mapped file.

    Raises
    ------
    core.errors.IndexDamaged
        What is asked for is not as it was written.
    """
    frame = "centric" if centric else "given"
    words = {
        name: _words(file, name, first, count)
        for name in ("present", "known", "north", *(f"{kind}.located" for kind in types))
    }
    tracks = {
        kind: Track(
            _plane(file, f"{kind}.{frame}.hi", first, count),
            _plane(file, f"{kind}.{frame}.lo", first, count),
            words[f"{kind}.located"],
        )
        for kind in types
    }
    return SourceMinutes(count, words["present"], words["known"], words["north"], tracks)


def _words(file: IndexFile, name: str, first: int, count: int) -> npt.NDArray[Any]:
    begin, end = first >> 6, ((first + count + 63) >> 6)
    part = file.array(name, begin, end - begin)
    return slice_words(part, first & 63, count)


def _plane(file: IndexFile, name: str, first: int, count: int) -> npt.NDArray[Any]:
    if file.columns(name) == 1:
        return file.array(name)
    return file.array(name, first, count)
