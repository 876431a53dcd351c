"""One minute of grids as one packed Zarr group, and how two of them become one.

Each grid is a chunk of its own, so that one is read without the others. Times are kept as they are,
uncompressed, so that what a minute holds is known without opening the group.
"""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from core.errors import Conflict
from core.imaging.zarr_file import TIME, dataset_of, opened, zipped

ISSUED = "forecast_reference_time"
"""When a forecast was made, one a grid; only forecasts have it."""
_VARIABLES = ("time", "lat", "lon", "lat_bnds", "lon_bnds", "grid")
_OPTIONAL = (ISSUED, "confidence")
_TIMES_ENTRY = "time/c/0"


def pack_grids(dataset: xr.Dataset) -> bytes:
    """Return the zip file of a Zarr group with these grids; the same for the same grids."""
    from zarr.codecs import BloscCodec
    from zarr.storage import MemoryStore

    one = {
        "chunks": (1, *dataset["grid"].shape[1:]),
        "compressors": (BloscCodec(cname="zstd", clevel=5, shuffle="bitshuffle"),),
    }
    plain: dict[str, Any] = {"_FillValue": None, "compressors": None}
    encoding: dict[str, dict[str, Any]] = {str(name): plain for name in dataset.variables}
    encoding["grid"] = {**one, "_FillValue": np.float32(np.nan)}
    if "confidence" in dataset:
        encoding["confidence"] = {**one, "_FillValue": np.float32(np.nan)}
    for name in {"time", ISSUED} & set(dataset.variables):
        encoding[str(name)] = {
            "dtype": "int64",
            "chunks": (dataset.sizes["time"],),
            **TIME,
            **plain,
        }
    store = MemoryStore()
    dataset.to_zarr(store, mode="w", encoding=encoding, consolidated=False, zarr_format=3)
    return zipped(store)


def unpack_grids(path: Path) -> xr.Dataset:
    """Return all grids of a packed file.

    Raises
    ------
    FileNotFoundError
        The file is gone; another writer may have replaced it.
    """
    with opened(path) as group:
        names = [*_VARIABLES, *(name for name in _OPTIONAL if name in group)]
        dataset = dataset_of(group, names)
    for variable in dataset.variables.values():
        variable.attrs.pop("_FillValue", None)
    return dataset


def unpack_one(path: Path, index: int) -> xr.Dataset:
    """Return one grid of a packed file, without the time axis; its time is the scalar ``time``.

    Only this grid is read. Raises as `unpack_grids`.
    """
    with opened(path) as group:
        stored = group["grid"]
        about = {k: v for k, v in stored.attrs.asdict().items() if k != "_FillValue"}
        attributes = group.attrs.asdict()
        if ISSUED in group:
            issued = np.asarray(group[ISSUED][...])[index].view("M8[us]")
            attributes[ISSUED] = f"{issued.astype('M8[s]')}Z"
        grid = (("lat", "lon"), np.asarray(stored[index], np.float32), about)
    return xr.Dataset({"grid": grid}, attrs=attributes)


def times_in(path: Path) -> NDArray[np.datetime64]:
    """Return the times of the grids in a packed file; raises as `unpack_grids`."""
    with zipfile.ZipFile(path) as packed:
        return np.frombuffer(packed.read(_TIMES_ENTRY), "<M8[us]")


def merge_grids(old: xr.Dataset | None, new: xr.Dataset) -> tuple[xr.Dataset, int]:
    """Return `old` with the grids of `new`, and how many of them are new or different.

    A grid for a time that is there is replaced, unless it is of a forecast made before the one
    that is there: files may come in any order.

    Raises
    ------
    Conflict
        The grids are of another kind or unit, or hold other variables.
    """
    if old is None:
        return new, new.sizes["time"]
    _check_alike(old, new)
    there = {time: place for place, time in enumerate(old["time"].values)}
    takes = [_takes(old, there.get(t), new, i) for i, t in enumerate(new["time"].values)]
    if not any(takes):
        return old, 0
    better = new.isel(time=takes)
    kept = old.isel(time=~np.isin(old["time"].values, better["time"].values))
    if not kept.sizes["time"]:
        return better, sum(takes)
    # The first to be stored describes the group, so that the order of files does not matter.
    merged = xr.concat(
        [kept, better], "time", data_vars="minimal", coords="minimal", compat="override",
        join="override", combine_attrs="override",
    )  # fmt: skip
    return merged.sortby("time"), sum(takes)


def _check_alike(old: xr.Dataset, new: xr.Dataset) -> None:
    for what, a, b in (
        ("units", old["grid"].attrs["units"], new["grid"].attrs["units"]),
        ("kind", old.attrs["kind"], new.attrs["kind"]),
        ("variables", sorted(map(str, old.variables)), sorted(map(str, new.variables))),
    ):
        if a != b:
            raise Conflict(
                f"The series {old.attrs['series']} has grids with {what} {a}; these have {b}.",
                hint="Give them a series of their own.",
            )


def _takes(old: xr.Dataset, place: int | None, new: xr.Dataset, i: int) -> bool:
    """Return whether a grid is new, or better than what is there."""
    if place is None:
        return True
    if ISSUED in new and new[ISSUED].values[i] < old[ISSUED].values[place]:
        return False
    names = [name for name in new.data_vars if "time" in new[name].dims]
    # Compared as bytes: no value is no value, and two of them are equal.
    return any(new[name].values[i].tobytes() != old[name].values[place].tobytes() for name in names)
