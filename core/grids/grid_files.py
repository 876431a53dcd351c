"""One grid as bytes for a texture, as a picture, and as a file to take away."""

from __future__ import annotations

from typing import Any

import numpy as np
import xarray as xr

from core.grids.definition import COLUMNS, ROWS, make_grid
from core.grids.grid_query import GridQuery
from core.grids.live import GridFrame
from core.imaging.colour import colour_table, to_indices
from core.imaging.fisheye import RGBA

_EPOCH = "seconds since 1970-01-01T00:00:00Z"


def grid_bytes(frame: GridFrame, query: GridQuery) -> bytes:
    """Return a byte a cell, row 0 south: 0 for none, 1 to 255 between the limits."""
    whole = np.zeros(ROWS * COLUMNS, dtype=np.uint8)
    whole[frame.cells] = to_indices(frame.cell_values, query.limits)
    return whole.tobytes()


def paint_grid(frame: GridFrame, query: GridQuery) -> RGBA:
    """Return a grid as a picture with a pixel a cell: north up, -180 degrees at the left."""
    indices = np.frombuffer(grid_bytes(frame, query), dtype=np.uint8).reshape(ROWS, COLUMNS)
    return np.asarray(colour_table(query.cmap)[indices[::-1]])


def grid_dataset(frame: GridFrame, query: GridQuery) -> xr.Dataset:
    """Return a grid as a dataset that describes itself by the CF conventions."""
    series = frame.series
    known = {
        key: value for key, value in frame.attributes.items()
        if key not in {"title", "kind", "provenance", "series", "units", "Conventions"}
    }  # fmt: skip
    more: dict[str, object] = {"alt_km": series.alt_km, **known}
    if frame.cameras:
        more |= {
            "rule": query.rule,
            "cameras": ", ".join(f"{camera.site} ({camera.skymap})" for camera in frame.cameras),
            "cameras_in_place": frame.of,
            "processing": "counts above each camera's own dark level, without a factor",
        }
    return make_grid(
        frame.values[None], [frame.valid_time], units=series.units, title=series.title,
        kind=series.kind, provenance=frame.provenance, series=series.key, **more,
    )  # fmt: skip


def netcdf_bytes(frame: GridFrame, query: GridQuery) -> bytes:
    """Return a grid as a NetCDF file of version 3, which every program reads."""
    dataset = grid_dataset(frame, query)
    time = (dataset["time"].values - np.datetime64(0, "us")) / np.timedelta64(1, "s")
    about = {**dataset["time"].attrs, "units": _EPOCH, "calendar": "standard"}
    plain = dataset.assign_coords(time=("time", time, about))
    encoding: dict[str, dict[str, Any]] = {
        str(name): {"_FillValue": np.float32(np.nan) if name == "grid" else None}
        for name in plain.variables
    }
    return bytes(plain.to_netcdf(engine="scipy", format="NETCDF3_64BIT", encoding=encoding))
