"""What both forms of NOAA's OVATION product share: its meaning, its times, its range."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from core.grids.definition import make_grid
from core.grids.packing import ISSUED
from core.imaging.readers.bounded import BoundedStream, refused

SERIES = "ovation"
TITLE = "Probability of visible aurora, NOAA OVATION forecast"
_INSTITUTION = "NOAA Space Weather Prediction Center"
_MODEL = "Machol and others (2012), doi 10.1029/2011SW000746"
# A file has 0.9 (JSON) or 2.1 MB (text).
_MOST_BYTES = 8 * 2**20


def content(path: Path, max_bytes: int) -> bytes:
    """Return the whole of a small file, unpacked.

    Raises
    ------
    FileRefused
        It is truncated, or larger than such files are.
    """
    most = min(max_bytes, _MOST_BYTES)
    with BoundedStream(path, most, hint="An OVATION file has 1 to 2 MB.") as stream:
        return stream.rest("the file")


def forecast(
    path: Path,
    cells: NDArray[np.float32],
    valid: np.datetime64,
    issued: np.datetime64,
    source: str,
) -> xr.Dataset:
    """Return one forecast as a dataset.

    Parameters
    ----------
    path : Path
        Named in the refusal.
    cells : ndarray of float32, shape (512, 1024)
        Per cent.
    valid, issued : datetime64
        When it holds, and when it was made (the JSON form: of the measurements it is made from).
    source : str
        Which form of the product, and how it came onto the cells.

    Raises
    ------
    FileRefused
        A value is no percentage.
    """
    wrong = ~((cells >= 0) & (cells <= 100))
    if wrong.any():
        raise refused(
            path, f"{int(wrong.sum())} values are no percentage, such as {cells[wrong][0]}"
        )
    dataset = make_grid(
        cells[None], [valid], units="percent", title=TITLE, kind="probability",
        provenance="ingested", series=SERIES, source=source, institution=_INSTITUTION,
        references=_MODEL,
    )  # fmt: skip
    about = {"standard_name": ISSUED, "long_name": "time that the forecast is made from"}
    dataset[ISSUED] = ("time", np.array([issued], "datetime64[us]"), about)
    return dataset
