"""Ephemeris records of instruments on the ground: their place, in the minutes they operate."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from core.geo.magnetic import ground_traces
from core.instruments.array import ImagerArray, Site
from core.instruments.other_ground import GroundInstrument
from core.simulation.classifications import classifications
from core.simulation.operation import campaign, imager_operates, outage
from core.simulation.tables import ephemeris_table, minutes_of_days

TimeArray = NDArray[np.datetime64]
Mask = NDArray[np.bool_]

_CAMPAIGNS = {"PFISR": (0.6, 8), "RISR-N": (0.3, 12)}


def imager_records(
    array: ImagerArray, site: Site, days: Sequence[np.datetime64], seed: int
) -> list[pa.Table]:
    """Return a camera's records, a table a UT day; days without any are left out."""
    tables = []
    for day in days:
        minutes = minutes_of_days([day])
        on = imager_operates(site, minutes, seed)
        if not on.any():
            continue
        columns: dict[str, pa.Array | NDArray[np.generic]] = {}
        if array.ephemeris_schema:
            columns = dict(classifications(site, day, seed))
        tables.append(_at_site(site, minutes, on, columns))
    return tables


def instrument_records(
    instrument: GroundInstrument, days: Sequence[np.datetime64], seed: int
) -> list[pa.Table]:
    """Return the records of a riometer, a radar or observers, a table a UT day."""
    tables = []
    for day in days:
        minutes = minutes_of_days([day])
        on = _operates(instrument, minutes, seed)
        if on.any():
            tables.append(_at_site(instrument.site, minutes, on, {}))
    return tables


def _operates(instrument: GroundInstrument, minutes: TimeArray, seed: int) -> Mask:
    """Riometers always, radars in campaigns of hours, observers on a few dark evenings."""
    up = ~outage(instrument.identifier, minutes, seed)
    if instrument.display_name in _CAMPAIGNS:
        share, hours = _CAMPAIGNS[instrument.display_name]
        return np.asarray(up & campaign(instrument.identifier, minutes, seed, share, hours))
    if instrument.instrument_type == "observer":
        dark = imager_operates(instrument.site, minutes, seed)
        return np.asarray(dark & campaign(instrument.identifier, minutes, seed, 0.04, 3))
    return up


def _at_site(
    site: Site, minutes: TimeArray, on: Mask, columns: dict[str, pa.Array | NDArray[np.generic]]
) -> pa.Table:
    """Return one day's table; the mirror trace is that of the day's start."""
    nb_lat, nb_lon, sb_lat, sb_lon = ground_traces(site.lat_deg, site.lon_deg, minutes[0])
    places = {
        "geo_lat_deg": site.lat_deg,
        "geo_lon_deg": site.lon_deg,
        "nbtrace_lat_deg": float(nb_lat),
        "nbtrace_lon_deg": float(nb_lon),
        "sbtrace_lat_deg": float(sb_lat),
        "sbtrace_lon_deg": float(sb_lon),
    }
    count = int(on.sum())
    chosen: dict[str, pa.Array | NDArray[np.generic]] = {
        name: np.full(count, value) for name, value in places.items()
    }
    keep = pa.array(on)
    for name, values in columns.items():
        chosen[name] = values.filter(keep) if isinstance(values, pa.Array) else values[on]
    return ephemeris_table(site.identifier, minutes[on], chosen)
