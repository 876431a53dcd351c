"""The grid: 1024 x 512 cells over the whole Earth, defined here and nowhere else.

Rows run from south to north in steps of 180/512 degrees, columns from -180 to 180 degrees east in
steps of 360/1024: the grid of NOAA's OVATION text product and of the University of Calgary's grid
files. Latitudes are geodetic. A cell is an area; a value holds for all of it and stands at its
centre where one place is asked for.
"""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike, NDArray

from core.errors import BadInput
from core.imaging.targets import OVATION_GRID

__all__ = [
    "COLUMNS",
    "KINDS",
    "OVATION_GRID",
    "ROWS",
    "STEP_DEG",
    "Cell",
    "Kind",
    "cell_of",
    "centre_of",
    "latitudes_deg",
    "longitudes_deg",
    "make_grid",
]

Kind = Literal["counts", "probability"]
FloatArray = NDArray[np.float64]

ROWS, COLUMNS = OVATION_GRID.shape
STEP_DEG = 360.0 / COLUMNS
"""Side of a cell, the same in latitude and longitude: 0.3515625 degrees."""
KINDS: tuple[Kind, ...] = ("counts", "probability")
CONVENTIONS = "CF-1.11"


class Cell(NamedTuple):
    """Row (0 in the south) and column (0 at -180 degrees) of one or many cells."""

    row: NDArray[np.intp]
    column: NDArray[np.intp]


def cell_of(lat_deg: ArrayLike, lon_deg: ArrayLike) -> Cell:
    """Return the cells that places lie in.

    A place on an edge belongs to the cell north or east of it; the North Pole to row 511.

    Parameters
    ----------
    lat_deg, lon_deg : array_like of float
        Latitudes from -90 to 90, longitudes of any number of turns; broadcast.

    Raises
    ------
    BadInput
        A latitude lies outside -90 to 90, or something is not finite.
    """
    lat, lon = np.broadcast_arrays(np.asarray(lat_deg, float), np.asarray(lon_deg, float))
    if not (np.isfinite(lon).all() and (np.abs(lat) <= 90.0).all()):
        raise BadInput(
            "A place has a latitude from -90 to 90 and a longitude, both finite.",
            field="lat_deg", value=lat.tolist(),
        )  # fmt: skip
    row = np.minimum(np.floor((lat + 90.0) / STEP_DEG).astype(np.intp), ROWS - 1)
    # Counted from Greenwich and then turned: half a circle is a whole number of cells, so nothing
    # is lost by adding 180 to a small longitude. The last modulus is for a longitude that lies so
    # little west of an edge that dividing rounds it there.
    column = (np.floor(np.fmod(lon, 360.0) / STEP_DEG).astype(np.intp) + COLUMNS // 2) % COLUMNS
    return Cell(row, column)


def centre_of(row: ArrayLike, column: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Return latitude and longitude, in degrees, of the centres of cells.

    Parameters
    ----------
    row, column : array_like of int
        From 0 to 511 and from 0 to 1023.

    Raises
    ------
    BadInput
        There is no such cell.
    """
    rows, columns = np.asarray(row), np.asarray(column)
    if ((rows < 0) | (rows >= ROWS)).any() or ((columns < 0) | (columns >= COLUMNS)).any():
        raise BadInput(
            f"Rows are 0 to {ROWS - 1} and columns 0 to {COLUMNS - 1}.",
            field="row, column", value=(rows.tolist(), columns.tolist()),
        )  # fmt: skip
    return (rows + 0.5) * STEP_DEG - 90.0, (columns + 0.5) * STEP_DEG - 180.0


def latitudes_deg() -> FloatArray:
    """Return the latitudes of the rows' middles, shape (512,), from south to north."""
    return centre_of(np.arange(ROWS), 0)[0]


def longitudes_deg() -> FloatArray:
    """Return the longitudes of the columns' middles, shape (1024,), from west to east."""
    return centre_of(0, np.arange(COLUMNS))[1]


def make_grid(
    values: ArrayLike,
    times: ArrayLike,
    *,
    units: str,
    title: str,
    kind: Kind,
    provenance: str,
    series: str,
    **attrs: Any,
) -> xr.Dataset:
    """Return a dataset of grids that describes itself by the CF conventions.

    Parameters
    ----------
    values : array_like of float, shape (time, 512, 1024)
        Row 0 south, column 0 at -180 degrees; NaN where there is no value.
    times : array_like of datetime64, shape (time,)
        UTC that each grid is valid for, none twice.
    units : str
        Of the values, for example ``percent``, ``counts``, ``rayleigh``.
    title : str
        What the grids show, for people.
    kind : {"counts", "probability"}
        Light that was measured, or the probability of aurora from a model.
    provenance : str
        "simulated" or "ingested".
    series : str
        Key of the series that the grids belong to: letters, digits and dashes.
    **attrs
        More global attributes; those that are None are left out.

    Returns
    -------
    xarray.Dataset
        Variable ``grid`` (time, lat, lon) in float32, in order of time, with the bounds of cells.

    Raises
    ------
    BadInput
        The values have another shape, or times do not suit.
    """
    grid, moments = np.asarray(values, np.float32), np.asarray(times, "datetime64[us]")
    _check(grid, moments, kind)
    described = {"title": title, "kind": kind, "provenance": provenance, "series": series, **attrs}
    about = {"units": units, "long_name": title, "cell_methods": "lat: lon: mean"}
    dataset = xr.Dataset(
        {
            "grid": (("time", "lat", "lon"), grid, about),
            "lat_bnds": (("lat", "bounds"), _bounds(-90.0, ROWS)),
            "lon_bnds": (("lon", "bounds"), _bounds(-180.0, COLUMNS)),
        },
        _coordinates(moments),
        {"Conventions": CONVENTIONS}
        | {name: value for name, value in described.items() if value is not None},
    )
    return dataset.sortby("time")


def _coordinates(moments: NDArray[np.datetime64]) -> dict[str, Any]:
    time = {"standard_name": "time", "long_name": "time that the grid is valid for", "axis": "T"}
    lat = {"standard_name": "latitude", "units": "degrees_north", "axis": "Y", "bounds": "lat_bnds"}
    lon = {"standard_name": "longitude", "units": "degrees_east", "axis": "X", "bounds": "lon_bnds"}
    return {
        "time": ("time", moments, time),
        "lat": ("lat", latitudes_deg(), lat),
        "lon": ("lon", longitudes_deg(), lon),
    }


def _bounds(first_deg: float, count: int) -> FloatArray:
    edges = first_deg + STEP_DEG * np.arange(count + 1)
    return np.stack([edges[:-1], edges[1:]], axis=1)


def _check(grid: NDArray[np.float32], moments: NDArray[np.datetime64], kind: str) -> None:
    if grid.shape != (moments.size, ROWS, COLUMNS) or moments.ndim != 1:
        raise BadInput(
            f"Grids of shape {grid.shape} with {moments.shape} times.",
            hint=f"They have the axes time, {ROWS} rows, {COLUMNS} columns.",
            field="values", value=grid.shape,
        )  # fmt: skip
    if np.isnat(moments).any() or np.unique(moments).size != moments.size:
        raise BadInput("Each grid has a time of its own.", field="times", value=moments.tolist())
    if kind not in KINDS:
        raise BadInput(f"{kind!r} is no kind of grid.", hint=f"Known: {', '.join(KINDS)}.",
                       field="kind", value=kind)  # fmt: skip
