"""The JSON form of NOAA's OVATION product: values at whole degrees of longitude and latitude.

They are nodes, not cells: 360 longitudes by 181 latitudes, both poles among them. A cell gets the
value at its centre, interpolated between the four nodes around it (linearly in longitude and in
latitude; longitude 359 is followed by 0). A pole is one place, so the mean of its 360 nodes stands
for it. Nodes are a degree apart and cells a third of one, so nothing is lost by it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from core.grids.definition import latitudes_deg, longitudes_deg
from core.grids.readers.ovation import content, forecast
from core.grids.readers.times import moment
from core.imaging.readers.bounded import refused

FloatArray = NDArray[np.float64]

NODES = (181, 360)
"""Latitudes from -90 to 90, longitudes from 0 to 359."""
_FORMAT = "[Longitude, Latitude, Aurora]"
_SOURCE = "OVATION JSON product, bilinear from nodes at whole degrees to the centres of cells"


def read_noaa_json(path: Path, max_bytes: int) -> xr.Dataset:
    """Read the JSON product.

    Parameters
    ----------
    path : Path
        Plain or in gzip.
    max_bytes : int
        Most bytes of its content.

    Returns
    -------
    xarray.Dataset
        One grid at the product's forecast time.

    Raises
    ------
    FileRefused
        With details `path` and `reason`.
    """
    document = _parse(path, content(path, max_bytes))
    if document.get("Data Format") != _FORMAT:
        raise refused(path, f"its 'Data Format' is not {_FORMAT}")
    valid, observed = (
        moment(path, name, document.get(name)) for name in ("Forecast Time", "Observation Time")
    )
    nodes = _nodes(path, document.get("coordinates"))
    return forecast(path, cells_of_nodes(nodes).astype(np.float32), valid, observed, _SOURCE)


def cells_of_nodes(nodes: FloatArray) -> FloatArray:
    """Return the values at the centres of the grid's cells.

    Parameters
    ----------
    nodes : ndarray of float, shape (181, 360)
        Row 0 at latitude -90, column 0 at longitude 0.

    Returns
    -------
    ndarray of float64, shape (512, 1024)
    """
    nodes = np.array(nodes, float)
    nodes[[0, -1]] = nodes[[0, -1]].mean(axis=1, keepdims=True)
    up, right = latitudes_deg() + 90.0, longitudes_deg() % 360.0
    south, west = np.floor(up).astype(np.intp), np.floor(right).astype(np.intp)
    north_share, east_share = (up - south)[:, None], right - west
    rows = nodes[south] * (1.0 - north_share) + nodes[south + 1] * north_share
    return np.asarray(
        rows[:, west] * (1.0 - east_share) + rows[:, (west + 1) % NODES[1]] * east_share
    )


def _parse(path: Path, raw: bytes) -> dict[str, Any]:
    def no_number(name: str) -> NoReturn:
        raise ValueError(f"{name} is no number")

    try:
        document = json.loads(raw.decode("utf-8-sig"), parse_constant=no_number)
    except (ValueError, RecursionError) as error:
        raise refused(path, f"it is no JSON ({error})") from error
    if not isinstance(document, dict):
        raise refused(path, "it is JSON of something else")
    return document


def _nodes(path: Path, triplets: object) -> FloatArray:
    """Return the nodes, each put where its own longitude and latitude say."""
    try:
        lon, lat, value = np.asarray(triplets, dtype=float).T
    except (ValueError, TypeError, OverflowError) as error:
        raise refused(path, "'coordinates' is no list of three numbers each") from error
    row, column = lat + 90.0, lon % 360.0
    on_nodes = (row % 1.0 == 0) & (column % 1.0 == 0) & (np.abs(lat) <= 90.0)
    if not on_nodes.all():
        bad = int(np.flatnonzero(~on_nodes)[0])
        raise refused(path, f"longitude {lon[bad]}, latitude {lat[bad]} is no node")
    nodes = np.full(NODES, np.nan)
    nodes[row.astype(np.intp), column.astype(np.intp)] = value
    have = int(np.isfinite(nodes).sum())
    if have != nodes.size or value.size != nodes.size:
        raise refused(path, f"it has {value.size} values for {have} of {nodes.size} nodes")
    return nodes
