"""Records of one source over whole minutes, read out of the table's files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from core.archive import duck
from core.archive.columns import epoch_us
from core.archive.snapshot import LiveFile
from core.errors import ArchiveError
from core.geo.sphere import geodetic_to_geocentric_lat_deg, unit_vectors
from core.search.index.tracks import Track, Words, encode, ones, pack, unpack, word_count

COLUMN_PREFIX = {"nbtrace": "nbtrace", "sbtrace": "sbtrace", "geographic": "geo"}
MINUTE_US = 60_000_000
Index = npt.NDArray[np.int64]
Float = npt.NDArray[np.float64]


@dataclass(frozen=True)
class SourceMinutes:
    """Records of one source at T whole minutes, in one latitude frame.

    Attributes
    ----------
    length : int
        T.
    present : uint64[W]
        Minutes with a record.
    known, north : uint64[W]
        Minutes with a geographic latitude, and those where it is at least 0.
    tracks : mapping of type to Track
        Positions of the types that were asked for.
    """

    length: int
    present: Words
    known: Words
    north: Words
    tracks: Mapping[str, Track]


def read_minutes(
    files: Sequence[LiveFile], first_minute: int, length: int, types: Sequence[str], centric: bool
) -> SourceMinutes:
    """Read the records of one source out of the files that hold them.

    Parameters
    ----------
    files : sequence of LiveFile
        Files of one source; those outside of the span are not opened.
    first_minute, length : int
        Span in minutes since 1970.
    types : sequence of str
        Conjunction types whose positions are wanted.
    centric : bool
        Whether to turn geodetic latitudes into geocentric ones.

    Raises
    ------
    core.errors.ArchiveError
        A file is gone or cannot be read.
    """
    names = ["geo_lat_deg", "geo_lon_deg"] if "geographic" in types else ["geo_lat_deg"]
    for kind in types:
        names += [f"{COLUMN_PREFIX[kind]}_{part}_deg" for part in ("lat", "lon")]
    columns = list(dict.fromkeys(names))
    index, values = _read(files, first_minute, length, columns)
    geo_lat = values["geo_lat_deg"]
    return SourceMinutes(
        length,
        _bits(index, length),
        _bits(index[~np.isnan(geo_lat)], length),
        _bits(index[geo_lat >= 0.0], length),
        {
            kind: _track(index, *_position(values, kind, centric), length)
            for kind in types
        },
    )  # fmt: skip


def empty_minutes(length: int, types: Sequence[str]) -> SourceMinutes:
    """Return minutes without any record."""
    none = np.zeros(word_count(length), dtype=np.uint64)
    return SourceMinutes(length, none, none, none, dict.fromkeys(types, _nowhere(length)))


def fixed_minutes(length: int, places: Mapping[str, tuple[float, float]]) -> SourceMinutes:
    """Return minutes of a source that is always there and stands still.

    Parameters
    ----------
    length : int
    places : mapping of type to (latitude, longitude) in degrees
        In the frame that is compared; NaN where there is no such position.
    """
    everywhere = ones(length)
    nothing = np.zeros_like(everywhere)
    tracks = {}
    for kind, (lat, lon) in places.items():
        planes = _planes(np.array([lat]), np.array([lon]))
        known = not np.isnan(lat + lon)
        tracks[kind] = Track(*planes, everywhere if known else nothing)
    return SourceMinutes(length, everywhere, nothing, nothing, tracks)


def join_minutes(parts: Sequence[SourceMinutes]) -> SourceMinutes:
    """Put spans that follow each other into one."""
    if len(parts) == 1:
        return parts[0]
    lengths = [part.length for part in parts]
    return SourceMinutes(
        sum(lengths),
        _join_words([part.present for part in parts], lengths),
        _join_words([part.known for part in parts], lengths),
        _join_words([part.north for part in parts], lengths),
        {
            kind: _join_tracks([part.tracks[kind] for part in parts], lengths)
            for kind in parts[0].tracks
        },
    )


def _read(
    files: Sequence[LiveFile], first_minute: int, length: int, columns: list[str]
) -> tuple[Index, dict[str, Float]]:
    """Return minutes since the first one and values of the records inside the span."""
    first_us = first_minute * MINUTE_US
    last_us = first_us + length * MINUTE_US - 1
    indices: list[Index] = []
    values: dict[str, list[Float]] = {name: [] for name in columns}
    for file in files:
        if file.first_us > last_us or file.last_us < first_us:
            continue
        duck.check()
        for table in tables_of(file, first_us, last_us, columns):
            index = (epoch_us(table["epoch"]) - first_us) // MINUTE_US
            inside = np.asarray((index >= 0) & (index < length))
            indices.append(index[inside])
            for name in columns:
                values[name].append(_floats(table, name)[inside])
    joined = np.concatenate(indices) if indices else np.zeros(0, dtype=np.int64)
    return joined, {n: np.concatenate(v) if v else np.zeros(0) for n, v in values.items()}


def tables_of(
    file: LiveFile, first_us: int, last_us: int, columns: Sequence[str]
) -> Iterator[pa.Table]:
    """Yield the rows of a data file with times and columns, some outside of the span included.

    Columns that the file lacks are left out.

    Raises
    ------
    core.errors.ArchiveError
        The file is gone or cannot be read.
    """
    try:
        with pq.ParquetFile(file.path) as stored:
            there = set(stored.schema_arrow.names)
            groups = _row_groups(stored, first_us, last_us)
            names = ["epoch", *(name for name in columns if name in there)]
            if groups:
                yield stored.read_row_groups(groups, columns=names, use_threads=False)
    except (OSError, pa.ArrowException) as error:
        raise ArchiveError(
            f"A data file of the ephemeris table cannot be read: {error}",
            hint="Search again; `python -m core check` looks through the tables.",
            path=str(file.path),
        ) from error


def _row_groups(stored: pq.ParquetFile, first_us: int, last_us: int) -> list[int]:
    """Return those groups of rows that may hold epochs of the span."""
    total = stored.metadata.num_row_groups
    place = stored.schema_arrow.names.index("epoch")

    def overlaps(number: int) -> bool:
        found = stored.metadata.row_group(number).column(place).statistics
        if found is None or not found.has_min_max:
            return True
        low, high = duck.microseconds(found.min), duck.microseconds(found.max)
        return low <= last_us and high >= first_us

    return [number for number in range(total) if overlaps(number)]


def _floats(table: pa.Table, name: str) -> Float:
    if name not in table.column_names:
        return np.full(table.num_rows, np.nan)
    return np.asarray(table[name].to_numpy(), dtype=np.float64)


def _position(values: Mapping[str, Float], kind: str, centric: bool) -> tuple[Float, Float]:
    prefix = COLUMN_PREFIX[kind]
    lat, lon = values[f"{prefix}_lat_deg"], values[f"{prefix}_lon_deg"]
    return (geodetic_to_geocentric_lat_deg(lat) if centric else lat), lon


def _track(index: Index, lat_deg: Float, lon_deg: Float, length: int) -> Track:
    """Lay positions of records on the minutes; one column where they are all the same."""
    duck.check()
    found = ~(np.isnan(lat_deg) | np.isnan(lon_deg))
    index, lat, lon = index[found], lat_deg[found], lon_deg[found]
    if not len(index):
        return _nowhere(length)
    located = _bits(index, length)
    if bool((lat == lat[0]).all()) and bool((lon == lon[0]).all()):
        return Track(*_planes(lat[:1], lon[:1]), located)
    planes = []
    for short in _planes(lat, lon):
        plane = np.zeros((3, length), dtype=np.int32)
        plane[:, index] = short
        planes.append(plane)
    return Track(planes[0], planes[1], located)


def _planes(lat_deg: Float, lon_deg: Float) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    hi, lo = encode(np.ascontiguousarray(unit_vectors(lat_deg, lon_deg).T))
    # A latitude below 0, however little, keeps its hemisphere.
    lo[2, (lat_deg < 0.0) & (hi[2] == 0) & (lo[2] == 0)] = -1
    return hi, lo


def _nowhere(length: int) -> Track:
    column = np.zeros((3, 1), dtype=np.int32)
    return Track(column, column, np.zeros(word_count(length), dtype=np.uint64))


def _bits(index: Index, length: int) -> Words:
    out = np.zeros(length, dtype=bool)
    out[index] = True
    return pack(out)


def _join_words(parts: Sequence[Words], lengths: Sequence[int]) -> Words:
    return pack(np.concatenate([unpack(w, n) for w, n in zip(parts, lengths, strict=True)]))


def _join_tracks(parts: Sequence[Track], lengths: Sequence[int]) -> Track:
    located = _join_words([part.located for part in parts], lengths)
    used = [part for part in parts if part.located.any()]
    if not used:
        return _nowhere(sum(lengths))
    one = used[0]
    if all(p.still and np.array_equal(p.hi, one.hi) and np.array_equal(p.lo, one.lo) for p in used):
        return Track(one.hi, one.lo, located)
    spread = [
        [np.broadcast_to(plane, (3, length)) for plane in (part.hi, part.lo)]
        for part, length in zip(parts, lengths, strict=True)
    ]
    hi, lo = (np.concatenate([pair[side] for pair in spread], axis=1) for side in (0, 1))
    return Track(hi, lo, located)
