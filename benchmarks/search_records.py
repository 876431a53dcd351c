"""The records of the benchmark's sources, a source and year at a time, the same in every run."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from benchmarks.search_orbits import FloatArray, feet, positions, rounded_deg
from benchmarks.search_sources import Craft, GroundStation
from core.archive.columns import POSITION_COLUMNS, TIMESTAMP
from core.geo.sphere import EARTH_RADIUS_KM
from core.geo.sun import subsolar_point
from core.instruments.schemas import APA_CLASSES, CLOUD_CLASSES, OATH_CLASSES

FIRST_YEAR, LAST_YEAR = 2014, 2023
SEED = 4
_MINUTE_US = 60_000_000
_DARK_SINE = np.sin(np.radians(-12.0))
_NIGHTS_KEPT = 0.77  # clouds do not stop a camera, faults do: 25 % of all minutes are left
_SEGMENT_MIN = 10
_REGIONS = ("low latitude", "north mid-latitude", "north auroral oval", "north polar cap")
_REGION_EDGES_DEG = (30.0, 60.0, 75.0)

Minutes = NDArray[np.int64]


def year_minutes(year: int) -> Minutes:
    """Return all minutes of a year, counted since 1970."""
    edges = np.array([f"{year}-01-01", f"{year + 1}-01-01"], dtype="datetime64[m]")
    first, end = edges.astype(np.int64)
    return np.arange(first, end)


def craft_year(craft: Craft, year: int) -> pa.Table:
    """Return a spacecraft's records: every minute of the year."""
    minutes = year_minutes(year)
    found = positions(craft.orbit, minutes)
    pairs = (*found.geo, *found.gsm, *found.north, *found.south)
    region = np.digitize(np.nan_to_num(found.north[0]), _REGION_EDGES_DEG)
    metadata = {
        "md_string_nbtrace_region": _words(region, _REGIONS, ~np.isnan(found.north[0])),
        "md_double_radial_distance": pa.array(found.radius_km),
    }
    return _table(craft.source.identifier, minutes, pairs, metadata)


def station_year(station: GroundStation, year: int) -> pa.Table:
    """Return a ground station's records: the dark minutes of the nights on which it ran."""
    random = np.random.default_rng([SEED, station.source.identifier, year])
    minutes = year_minutes(year)
    ran = random.random(len(minutes) // 1440 + 2) < _NIGHTS_KEPT
    # A night belongs to the local noon before it, so that it is kept or lost whole.
    local = minutes - minutes[0] + int(station.lon_deg * 4) + 720 + 720
    minutes = minutes[_dark(station, year) & ran[local // 1440]]
    pairs = tuple(np.full(len(minutes), value) for value in _places(station))
    metadata = {}
    if station.source.ephemeris_metadata_schema and station.source.program == "themis-asi":
        metadata = _classes(random, minutes)
    return _table(station.source.identifier, minutes, pairs, metadata)


def _dark(station: GroundStation, year: int) -> NDArray[np.bool_]:
    sun_lat, sun_lon = _sun(year)
    lat = np.radians(station.lat_deg)
    hour = sun_lon - np.radians(station.lon_deg)
    sine = np.sin(lat) * np.sin(sun_lat) + np.cos(lat) * np.cos(sun_lat) * np.cos(hour)
    dark: NDArray[np.bool_] = sine < _DARK_SINE
    return dark


@lru_cache(maxsize=2)
def _sun(year: int) -> tuple[FloatArray, FloatArray]:
    times = year_minutes(year).astype("datetime64[m]")
    lat_deg, lon_deg = subsolar_point(times)
    return np.radians(lat_deg), np.radians(lon_deg)


def _places(station: GroundStation) -> list[float]:
    lat = np.radians(np.array([station.lat_deg]))
    lon = np.radians(np.array([station.lon_deg]))
    north, south = feet(lat, lon, np.array([EARTH_RADIUS_KM]))
    geo = rounded_deg(lat, lon)
    return [float(value[0]) for pair in (geo, geo, north, south) for value in pair]


def _classes(random: np.random.Generator, minutes: Minutes) -> dict[str, pa.Array]:
    """Draw what classifiers say: APA and clouds by segments of ten minutes, OATH by minute."""
    segments, place = np.unique(minutes // _SEGMENT_MIN, return_inverse=True)
    apa, cloud = (
        random.choice(3, len(segments), p=p) for p in ((0.2, 0.75, 0.05), (0.4, 0.57, 0.03))
    )
    sure = [(60.0 + 40.0 * random.random(len(segments))).round(2)[place] for _ in range(2)]
    oath = random.integers(0, len(OATH_CLASSES), len(minutes))
    return {
        "md_string_calgary_apa_ml_v1": _words(apa[place], APA_CLASSES),
        "md_double_calgary_apa_ml_v1_confidence": pa.array(sure[0]),
        "md_string_calgary_cloud_ml_v1": _words(cloud[place], CLOUD_CLASSES),
        "md_double_calgary_cloud_ml_v1_confidence": pa.array(sure[1]),
        "md_string_clausen_ml_oath": _words(oath, OATH_CLASSES),
    }


def _words(
    codes: NDArray[np.integer], words: tuple[str, ...], known: NDArray[np.bool_] | None = None
) -> pa.Array:
    mask = None if known is None else ~known
    index = pa.array(codes.astype(np.int32), mask=mask)
    return pa.DictionaryArray.from_arrays(index, pa.array(words)).cast(pa.string())


def _table(
    source: int,
    minutes: Minutes,
    pairs: tuple[FloatArray, ...],
    metadata: dict[str, pa.Array],
) -> pa.Table:
    names = dict(zip(POSITION_COLUMNS, pairs, strict=True))
    return pa.table(
        {
            "source": pa.array(np.full(len(minutes), source, dtype=np.int32)),
            "epoch": pa.array(minutes * _MINUTE_US).cast(TIMESTAMP),
            **{name: pa.array(values, from_pandas=True) for name, values in names.items()},
            **metadata,
        }
    )
