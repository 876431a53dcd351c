"""Reader of observed spacecraft tracks: Swarm positions in CDF files from VirES.

VirES (the ESA service for Swarm) delivers ``Spacecraft``, ``Timestamp``, ``Latitude``,
``Longitude`` and ``Radius``: geocentric positions in the Earth-fixed frame ITRF, at any cadence.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.archive.cdf import CDF_EPOCH, CdfFile, epochs_to_datetime64
from core.errors import FileRefused
from core.geo.sphere import EARTH_RADIUS_KM, unit_vectors, vector_distance_km

FloatArray = NDArray[np.float64]

_VARIABLES = ("Spacecraft", "Timestamp", "Latitude", "Longitude", "Radius")
_PLATFORMS = {b"A": "swarma", b"B": "swarmb", b"C": "swarmc"}
_MINUTE = np.timedelta64(60_000_000, "us")
_LONGEST_GAP = np.timedelta64(60_000_000, "us")
_RADIUS_RANGE_KM = (EARTH_RADIUS_KM + 150.0, EARTH_RADIUS_KM + 2000.0)
_FASTEST_KM_S = 10.0


@dataclass(frozen=True, slots=True)
class Track:
    """Positions of one spacecraft: geocentric degrees and kilometres, times rising, UTC."""

    platform: str
    times: NDArray[Any]
    lat_deg: FloatArray
    lon_deg: FloatArray
    radius_km: FloatArray


def read_track(path: Path, max_bytes: int) -> Track:
    """Read a VirES CDF file.

    Raises
    ------
    FileRefused
        A truncated or foreign file, several spacecraft, positions that are no low orbit, times
        that do not rise.
    """
    with CdfFile(path, max_bytes) as cdf:
        missing = [name for name in _VARIABLES if name not in cdf.variables]
        if missing:
            raise refused(path, f"it has no variable {missing[0]}, as tracks from VirES have")
        values = {name: cdf.read(name) for name in _VARIABLES}
        if cdf.variables["Timestamp"].data_type != CDF_EPOCH:
            raise refused(path, "its Timestamp is not of type CDF_EPOCH")
    shapes = {name: array.shape for name, array in values.items()}
    if len(set(shapes.values())) != 1 or len(shapes["Timestamp"]) != 1:
        raise refused(path, f"its variables differ in shape: {shapes}")
    times = epochs_to_datetime64(values["Timestamp"])
    platform = _platform(path, values["Spacecraft"])
    lat, lon = values["Latitude"].astype("f8"), values["Longitude"].astype("f8")
    track = Track(platform, times, lat, lon, values["Radius"].astype("f8") / 1e3)
    _check(path, track)
    return track


def whole_minutes(track: Track) -> Track:
    """Return the track at the whole minutes that its samples reach.

    A minute between two samples not more than 60 s apart gets the point between them on the great
    circle, the radius linearly. Minutes in longer gaps, and beyond either end, get nothing.
    """
    first, last = track.times[0], track.times[-1]
    begin = first.astype("datetime64[m]").astype("datetime64[us]")
    minutes = np.arange(begin, last + np.timedelta64(1, "us"), _MINUTE)
    minutes = minutes[minutes >= first]
    after = np.searchsorted(track.times, minutes)
    before = np.where(track.times[after] == minutes, after, after - 1)
    gap = track.times[after] - track.times[before]
    near = gap <= _LONGEST_GAP
    minutes, before, after, gap = minutes[near], before[near], after[near], gap[near]
    span_us = np.maximum(gap.astype("int64"), 1)
    share = (minutes - track.times[before]).astype("int64") / span_us
    lat, lon = _between(track, before, after, share)
    radius = track.radius_km[before] * (1 - share) + track.radius_km[after] * share
    return Track(track.platform, minutes, lat, lon, radius)


def _between(
    track: Track, before: NDArray[np.intp], after: NDArray[np.intp], share: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Interpolate on the great circle (slerp); exact at the samples themselves."""
    vectors = unit_vectors(track.lat_deg, track.lon_deg)
    a, b = vectors[before], vectors[after]
    angle = vector_distance_km(a, b) / EARTH_RADIUS_KM
    sine = np.where(angle > 0, np.sin(angle), 1.0)
    weight_a = np.where(angle > 0, np.sin((1 - share) * angle) / sine, 1.0)
    weight_b = np.where(angle > 0, np.sin(share * angle) / sine, 0.0)
    x, y, z = (weight_a[:, None] * a + weight_b[:, None] * b).T
    lat, lon = np.degrees(np.arctan2(z, np.hypot(x, y))), np.degrees(np.arctan2(y, x))
    exact = share == 0
    return (
        np.where(exact, track.lat_deg[before], lat),
        np.where(exact, track.lon_deg[before], lon),
    )


def _platform(path: Path, names: NDArray[np.bytes_]) -> str:
    found = {bytes(name).strip() for name in np.unique(names)}
    if len(found) != 1:
        raise refused(path, f"it mixes spacecraft {sorted(found)}")
    (name,) = found
    if name not in _PLATFORMS:
        raise refused(path, f"its spacecraft is {name!r}, not A, B or C of Swarm")
    return _PLATFORMS[name]


def _check(path: Path, track: Track) -> None:
    if not len(track.times):
        raise refused(path, "it has no positions")
    if np.isnat(track.times).any():
        raise refused(path, f"{int(np.isnat(track.times).sum())} of its times are not set")
    steps = np.diff(track.times)
    if (steps <= np.timedelta64(0, "us")).any():
        i = int(np.flatnonzero(steps <= np.timedelta64(0, "us"))[0])
        raise refused(path, f"times do not rise: sample {i + 1} is not after {track.times[i]}")
    low, high = _RADIUS_RANGE_KM
    good = (np.abs(track.lat_deg) <= 90) & (np.abs(track.lon_deg) <= 360)
    good &= (track.radius_km >= low) & (track.radius_km <= high)
    if not good.all():
        i = int(np.flatnonzero(~good)[0])
        raise refused(
            path,
            f"sample {i} ({track.lat_deg[i]:g}, {track.lon_deg[i]:g}, {track.radius_km[i]:g} km) "
            f"is no position of a low orbit ({low:.0f} to {high:.0f} km)",
        )
    vectors = unit_vectors(track.lat_deg, track.lon_deg)
    speed = vector_distance_km(vectors[1:], vectors[:-1]) / (steps.astype("int64") / 1e6)
    if (speed > _FASTEST_KM_S).any():
        i = int(np.flatnonzero(speed > _FASTEST_KM_S)[0])
        raise refused(path, f"it jumps from sample {i} to {i + 1} at {speed[i]:.0f} km/s")


def refused(path: Path, reason: str) -> FileRefused:
    """Return the error that names the file and the reason."""
    return FileRefused(f"{path.name} is refused: {reason}.", path=str(path), reason=reason)
