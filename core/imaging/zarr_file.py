"""One keogram day as one file: a Zarr 3 group, packed in a zip, written whole or not at all.

A packed group has one name, so that a single `link` makes it appear. The bytes depend on the
content alone (sorted entries, a fixed date), so that writing the same again gives the same file.
Any Zarr reader opens it: ``xarray.open_zarr(zarr.storage.ZipStore(path), consolidated=False)``.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr
import zarr
from zarr.storage import MemoryStore, ZipStore

MINUTE = "minute"
_ROWS_PER_CHUNK = 3600
TIME = {"units": "microseconds since 1970-01-01", "calendar": "proleptic_gregorian"}
_DATE = (1980, 1, 1, 0, 0, 0)


def pack(native: xr.Dataset, minute: xr.Dataset) -> bytes:
    """Return the zip file of a group with a keogram and, in a group ``minute``, its minute means.

    Parameters
    ----------
    native, minute : xarray.Dataset
        As `core.imaging.keogram.make_keogram` makes them.
    """
    store = MemoryStore()
    _write(store, native, "")
    _write(store, minute, MINUTE)
    return zipped(store)


def zipped(store: MemoryStore) -> bytes:
    """Return the zip file of a group in memory."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for key, value in sorted(store._store_dict.items()):
            archive.writestr(zipfile.ZipInfo(key, _DATE), value.to_bytes())
    return buffer.getvalue()


@contextmanager
def opened(path: Path, group: str = "") -> Iterator[Any]:
    """Open the Zarr group in a packed file for reading.

    Raises
    ------
    FileNotFoundError
        The file is gone; another writer may have replaced it.
    """
    store = ZipStore(path, mode="r")
    # Opened here and not at the first use: a store that could not be opened cannot be closed.
    store._sync_open()
    try:
        yield zarr.open_group(store, path=group, mode="r", zarr_format=3, use_consolidated=False)
    finally:
        store.close()


def unpack(path: Path, group: str = "") -> xr.Dataset:
    """Return the keogram (or the minute means, group "minute") of a packed file; as `opened`."""
    with opened(path, group) as node:
        return dataset_of(node, ("time", "pixel", "counts", "exposure_s"))


def dataset_of(node: Any, names: Iterable[str]) -> xr.Dataset:
    """Return arrays of an open group as a dataset.

    Reading the arrays straight from Zarr takes a tenth of the time of `xarray.open_zarr`.
    """
    dataset = xr.Dataset(attrs=node.attrs.asdict())
    for name in names:
        array = node[name]
        attributes = array.attrs.asdict()
        values = np.asarray(array[...])
        if attributes.get("units") == TIME["units"]:
            values = values.astype("int64").view("datetime64[us]")
            attributes = {k: v for k, v in attributes.items() if k not in TIME}
        variable = xr.Variable(array.metadata.dimension_names, values, attributes)
        if variable.dims == (name,):
            dataset = dataset.assign_coords({name: variable})
        else:
            dataset[name] = variable
    return dataset


def _write(store: MemoryStore, dataset: xr.Dataset, group: str) -> None:
    rows = max(1, min(_ROWS_PER_CHUNK, dataset.sizes["time"]))
    encoding: dict[str, dict[str, Any]] = {
        "counts": {"chunks": (rows, *dataset["counts"].shape[1:]), "_FillValue": None},
        "exposure_s": {"_FillValue": None},
        "pixel": {"_FillValue": None},
        "time": {"dtype": "int64", **TIME},
    }
    dataset.to_zarr(
        store, group=group or None, mode="a", encoding=encoding, consolidated=False, zarr_format=3
    )
