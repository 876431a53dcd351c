"""Ephemeris records of spacecraft: positions, traces, regions and instrument flags."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from core.geo.gsm import geographic_to_gsm
from core.geo.magnetic import FOOT_ALT_KM, mlt_h, to_magnetic
from core.instruments.schemas import (
    EPOP_INSTRUMENTS,
    NORTH_REGIONS,
    RADIAL_REGIONS,
    SOUTH_REGIONS,
    SPACECRAFT_REGIONS,
    STATES,
)
from core.instruments.spacecraft import Spacecraft
from core.simulation.activity import kp as kp_index
from core.simulation.flags import epop_flags, swarm_flags
from core.simulation.fleet import GEOSTATIONARY
from core.simulation.orbits import Track, positions
from core.simulation.oval import zone_code
from core.simulation.regions import outside_magnetopause, spacecraft_region_code
from core.simulation.tables import ephemeris_table, minutes_of_days, named, rounded
from core.simulation.traces import MARGIN_MIN, Foot, Traces, feet, lat_lon_deg

FloatArray = NDArray[np.float64]
TimeArray = NDArray[np.datetime64]
Columns = dict[str, pa.Array | NDArray[np.generic]]

_MINUTE = np.timedelta64(1, "m")


def spacecraft_records(craft: Spacecraft, days: Sequence[np.datetime64], seed: int) -> pa.Table:
    """Return the records of a spacecraft on consecutive UT days within its life.

    Parameters
    ----------
    craft : Spacecraft
        From `core.instruments.spacecraft`.
    days : sequence of datetime64[D]
        Consecutive days.
    seed : int
        Seed of the archive.
    """
    wanted = minutes_of_days(days)
    margin = np.arange(1, MARGIN_MIN + 1) * _MINUTE
    minutes = np.concatenate([wanted[0] - margin[::-1], wanted, wanted[-1] + margin])
    track = positions(craft.platform, minutes)
    kp = kp_index(minutes, seed=seed)
    gsm_lat, gsm_lon = geographic_to_gsm(track.lat_deg, track.lon_deg, minutes)
    reachable = ~outside_magnetopause(gsm_lat, gsm_lon, track.radius_km, kp)
    traces = feet(track, minutes, kp, reachable, still=craft.platform in GEOSTATIONARY)
    inner = slice(MARGIN_MIN, -MARGIN_MIN)
    track = Track(*(axis[inner] for axis in track))
    traces = Traces(*(_cut(side, inner) for side in traces))
    gsm = (gsm_lat[inner], gsm_lon[inner])
    columns = _columns(wanted, track, traces, gsm, kp[inner])
    if craft.program == "swarm":
        columns |= swarm_flags(craft.identifier, wanted, seed)
    elif craft.program == "epop":
        columns |= epop_flags(EPOP_INSTRUMENTS, craft.identifier, wanted, seed)
    return ephemeris_table(craft.identifier, wanted, columns)


def _cut(foot: Foot, inner: slice) -> Foot:
    return Foot(foot.vector[:, inner], foot.mlat_deg[inner], foot.mlon_deg[inner])


def _columns(
    minutes: TimeArray,
    track: Track,
    traces: Traces,
    gsm: tuple[FloatArray, FloatArray],
    kp: FloatArray,
) -> Columns:
    north, south = lat_lon_deg(traces.north.vector), lat_lon_deg(traces.south.vector)
    either = np.where(np.isfinite(north[0]), traces.north.mlat_deg, traces.south.mlat_deg)
    space = spacecraft_region_code(*gsm, track.radius_km, either, kp)
    return {
        "geo_lat_deg": rounded(track.lat_deg),
        "geo_lon_deg": rounded(track.lon_deg),
        "gsm_lat_deg": rounded(gsm[0]),
        "gsm_lon_deg": rounded(gsm[1]),
        "nbtrace_lat_deg": rounded(north[0]),
        "nbtrace_lon_deg": rounded(north[1]),
        "sbtrace_lat_deg": rounded(south[0]),
        "sbtrace_lon_deg": rounded(south[1]),
        "md_double_radial_distance": rounded(track.radius_km, 6),
        "md_string_spacecraft_region": named(space, SPACECRAFT_REGIONS),
        "md_string_radial_trace_region": _radial_region(track, minutes, kp),
        "md_string_state": named(np.ones(minutes.size, dtype=np.int8), STATES),
        "md_string_nbtrace_region": _foot_region(traces.north, NORTH_REGIONS, minutes, kp),
        "md_string_sbtrace_region": _foot_region(traces.south, SOUTH_REGIONS, minutes, kp),
    }


def _foot_region(
    foot: Foot, names: tuple[str, ...], minutes: TimeArray, kp: FloatArray
) -> pa.Array:
    """Return the region of each foot, null on open lines."""
    zone = zone_code(foot.mlat_deg, mlt_h(foot.mlon_deg, minutes), kp)
    return named(zone, names, np.isfinite(foot.vector[0]))


def _radial_region(track: Track, minutes: TimeArray, kp: FloatArray) -> pa.Array:
    """Return the region of the point at 100 km under each position."""
    time = minutes[0].astype("datetime64[M]").astype("datetime64[s]")
    mlat, mlon = to_magnetic(track.lat_deg, track.lon_deg, FOOT_ALT_KM, time, geocentric=True)
    zone = zone_code(mlat, mlt_h(mlon, minutes), kp)
    low = zone == len(NORTH_REGIONS) - 1
    south = (track.lat_deg < 0) & ~low
    code = np.where(low, len(RADIAL_REGIONS) - 1, zone + south * (len(SOUTH_REGIONS) - 1))
    return named(code, RADIAL_REGIONS)
