"""Readers of files of grids, one module a format; `read_grid` finds the right one."""

from __future__ import annotations

from pathlib import Path

import xarray as xr

from core.grids.readers.mosv001 import read_mosv001
from core.grids.readers.noaa_json import read_noaa_json
from core.grids.readers.noaa_text import read_noaa_text
from core.imaging.readers.bounded import BoundedStream, first_bytes, refused

MAX_BYTES = 512 * 2**20
_HDF5 = b"\x89HDF"
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_READ = "Read are NOAA's OVATION product as text or JSON, and grid files MOSv001 in HDF5."


def read_grid(path: Path, max_bytes: int = MAX_BYTES) -> xr.Dataset:
    """Read a file of grids, whatever its format, which its first bytes tell.

    Parameters
    ----------
    path : Path
        NOAA's OVATION product as text or as JSON, either also in gzip, or a grid file MOSv001.
    max_bytes : int
        Most bytes of its content when unpacked.

    Returns
    -------
    xarray.Dataset
        As `core.grids.definition.make_grid` makes it, with the attribute ``source`` for the
        product that it was.

    Raises
    ------
    FileRefused
        With details `path` and `reason`.
    """
    start = first_bytes(path, 4)
    if start == _HDF5:
        return read_mosv001(path, max_bytes)
    if not start:
        raise refused(path, "it is empty", _READ)
    with BoundedStream(path, max_bytes) as stream:
        head = stream.upto(min(64, max_bytes), "the first bytes").removeprefix(_BYTE_ORDER_MARK)
    if head.lstrip().startswith(b"{"):
        return read_noaa_json(path, max_bytes)
    if head.lstrip().startswith(b"#"):
        return read_noaa_text(path, max_bytes)
    raise refused(path, f"it begins with {head[:8]!r}, which is no format that is read here", _READ)


__all__ = ["MAX_BYTES", "read_grid"]
