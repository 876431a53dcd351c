"""Grid files MOSv001 of the University of Calgary: an array's images of a minute, in HDF5.

``data/grid`` has the axes row, column and frame, or row, column, colour and frame. Row 0 is the
northernmost, column 0 begins at -180 degrees, and cells that nobody saw have a fill value (-999,
the attribute ``fill_value`` of ``metadata/file``). ``data/timestamp`` has a text a frame, and
``data/source_info/confidence`` a value a cell. Which array it is and to what altitude images were
mapped stands in the name of the file alone.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from core.grids.definition import COLUMNS, ROWS, make_grid
from core.grids.readers.hdf5 import dataset, find, numbers, opened, texts
from core.grids.readers.times import moment
from core.imaging.readers.bounded import refused

if TYPE_CHECKING:
    import h5py

_NAME = re.compile(r"\d{8}_\d{4}_(\d{2,3})km_MOSv001_grid_([a-z0-9-]+)\.h5")
_FILL = -999.0
_MOST_FRAMES = 1000
_COLOURS = 3
# Grids of cameras with one line of light are calibrated, those of white light and colour are not.
_ARRAYS = {
    "themis-asi": ("THEMIS all-sky imagers", "counts"),
    "rego": ("REGO, 630.0 nm", "rayleigh"),
    "trex-rgb": ("TREx RGB, brightness", "counts"),
    "trex-nir": ("TREx near-infrared, 844.6 nm", "rayleigh"),
    "trex-blue": ("TREx blueline, 427.8 nm", "rayleigh"),
    "trex-rgb5577": ("TREx RGB, 557.7 nm", "rayleigh"),
}


def read_mosv001(path: Path, max_bytes: int) -> xr.Dataset:
    """Read a grid file.

    Parameters
    ----------
    path : Path
        Named as its provider does, such as ``20230324_0600_110km_MOSv001_grid_themis-asi.h5``.
    max_bytes : int
        Most bytes of its values.

    Returns
    -------
    xarray.Dataset
        A grid a frame, row 0 south, NaN where nobody saw; ``confidence`` where the file has it;
        the attribute ``alt_km``. Grids in colour become brightness, the mean of three colours.

    Raises
    ------
    FileRefused
        With details `path` and `reason`.
    """
    alt_km, key = _named(path)
    with opened(path) as file:
        times = _times(path, file, max_bytes)
        shape = (ROWS, COLUMNS, times.size)
        values = _values(
            path, file, "data/grid", (shape, (*shape[:2], _COLOURS, shape[2])), max_bytes
        )
        more = {}
        if find(file, "data/source_info/confidence") is not None:
            more["confidence"] = _values(
                path, file, "data/source_info/confidence", (shape,), max_bytes
            )
    title, units = _ARRAYS[key]
    grids = make_grid(
        values, times, units=units, title=f"{title}, grid files of UCalgary", kind="counts",
        provenance="ingested", series=f"mos-{key}", alt_km=alt_km,
        source="MOSv001 grid files, cells as delivered", institution="University of Calgary",
    )  # fmt: skip
    for name, numbers_ in more.items():
        about = {"units": "1", "long_name": "confidence, as the provider states it"}
        grids[name] = (("time", "lat", "lon"), numbers_[np.argsort(times, kind="stable")], about)
    return grids


def _named(path: Path) -> tuple[float, str]:
    """Return the altitude and the array that the file's name tells."""
    match = _NAME.fullmatch(path.name)
    if not match or match[2] not in _ARRAYS:
        raise refused(
            path,
            "its name does not tell its array and altitude",
            "Names are YYYYMMDD_HHMM_<altitude>km_MOSv001_grid_<array>.h5, with the arrays "
            f"{', '.join(_ARRAYS)}.",
        )
    return float(match[1]), match[2]


def _times(path: Path, file: h5py.File, max_bytes: int) -> NDArray[np.datetime64]:
    stored = dataset(file, path, "data/timestamp", max_bytes)
    if not 0 < stored.size <= _MOST_FRAMES:
        raise refused(path, f"it has {stored.size} frames, not 1 to {_MOST_FRAMES}")
    words = texts(path, stored)
    times = [moment(path, "data/timestamp", word) for word in words]
    if len(set(times)) != len(times):
        raise refused(path, "two frames have the same time")
    return np.array(times, "datetime64[us]")


def _values(
    path: Path,
    file: h5py.File,
    name: str,
    shapes: tuple[tuple[int, ...], ...],
    max_bytes: int,
) -> NDArray[np.float32]:
    """Return an array as (time, row, column), south first, NaN for its fill value."""
    stored = dataset(file, path, name, max_bytes)
    if stored.shape not in shapes:
        wanted = " or ".join(" x ".join(map(str, shape)) for shape in shapes)
        raise refused(path, f"{name} is {' x '.join(map(str, stored.shape))}, not {wanted}")
    values = numbers(path, stored).astype(np.float32, copy=False)
    values = np.where((values == np.float32(_fill(file))) | ~np.isfinite(values), np.nan, values)
    if values.ndim == len((ROWS, COLUMNS)) + 2:
        values = values.mean(axis=2)
    return np.ascontiguousarray(np.moveaxis(values[::-1], -1, 0))


def _fill(file: h5py.File) -> float:
    about: Any = find(file, "metadata/file")
    stated = about.attrs.get("fill_value") if about is not None else None
    return _FILL if stated is None else float(np.asarray(stated).item())
