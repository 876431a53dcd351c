"""Event lists: records at the minutes and places of simulated events.

Onsets, STEVE and torches follow from the substorms that also make SML; field line resonances are
drawn day by day (`core.simulation.aurora.events`). All of them are in the simulated sky at the
place and time of their records. An event is listed only where the cameras of North America could
see it: in the dark, between 165 and 50 degrees west.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from core.geo.magnetic import from_magnetic, ground_traces, mlt_h
from core.geo.sphere import distance_km
from core.geo.sun import sun_elevation_deg
from core.instruments.events import EventList
from core.instruments.stations import STATIONS
from core.simulation.aurora.events import Event, resonances, steve, torches
from core.simulation.seeds import FloatArray
from core.simulation.substorms import substorms_of_day
from core.simulation.tables import ephemeris_table, rounded

TimeArray = NDArray[np.datetime64]

_MINUTE = np.timedelta64(1, "m")
_EMISSION_KM = 110.0
_WEST_DEG, _EAST_DEG = -165.0, -50.0
_DARK_DEG = -10.0
_MCGRATH_KM = 700.0


def _onsets(day: int, seed: int) -> tuple[Event, ...]:
    return tuple(Event(s.onset, 1, s.mlat_deg, s.mlt_h) for s in substorms_of_day(day, seed))


_KINDS: dict[str, Callable[[int, int], tuple[Event, ...]]] = {
    "substorm_onset": _onsets,
    "steve": steve,
    "steve_mcgrath": steve,
    "torch": torches,
    "field_line_resonance": resonances,
}


def event_records(
    event_list: EventList, days: Sequence[np.datetime64], seed: int
) -> list[pa.Table]:
    """Return the records of a list on UT days: one a minute while an event lasts."""
    tables = []
    for day in days:
        number = int(day.astype("datetime64[D]").astype(np.int64))
        events = [
            event for back in (1, 0) for event in _KINDS[event_list.kind](number - back, seed)
        ]
        table = _table(event_list, events, day)
        if table.num_rows:
            tables.append(table)
    return tables


def _table(event_list: EventList, events: list[Event], day: np.datetime64) -> pa.Table:
    times, lat, lon = _places(events)
    keep = (times.astype("datetime64[D]") == day) & (lon > _WEST_DEG) & (lon < _EAST_DEG)
    keep &= sun_elevation_deg(lat, lon, times) < _DARK_DEG
    if event_list.kind == "steve_mcgrath":
        _, site_lat, site_lon, _ = STATIONS["mcgr"]
        keep &= distance_km(lat, lon, site_lat, site_lon) < _MCGRATH_KM
        lat, lon = np.full(lat.shape, site_lat), np.full(lon.shape, site_lon)
    _, first = np.unique(times[keep], return_index=True)
    times, lat, lon = times[keep][first], lat[keep][first], lon[keep][first]
    traces = ground_traces(lat, lon, day)
    names = ("nbtrace_lat_deg", "nbtrace_lon_deg", "sbtrace_lat_deg", "sbtrace_lon_deg")
    columns = {"geo_lat_deg": lat, "geo_lon_deg": lon} | dict(zip(names, traces, strict=True))
    return ephemeris_table(
        event_list.identifier, times, {name: rounded(values) for name, values in columns.items()}
    )


def _places(events: list[Event]) -> tuple[TimeArray, FloatArray, FloatArray]:
    """Return every minute of the events with its geodetic place."""
    times, lats, lons = [np.array([], dtype="datetime64[us]")], [np.array([])], [np.array([])]
    for event in events:
        step = np.arange(event.duration_min)
        minutes = event.start + step * _MINUTE
        local = event.mlt_h + event.drift_h_per_min * step
        mlon = 15.0 * (local - mlt_h(0.0, minutes))
        lat, lon = from_magnetic(event.mlat_deg, mlon, _EMISSION_KM, event.start)
        times.append(minutes)
        lats.append(lat)
        lons.append(lon)
    return np.concatenate(times), np.concatenate(lats), np.concatenate(lons)
