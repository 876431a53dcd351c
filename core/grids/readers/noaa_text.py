"""The text form of NOAA's OVATION product: 512 lines of 1024 whole numbers.

Line 0 is the southernmost, column 0 begins at -180 degrees. The header says that longitudes cover
0 to 360, and gives a step that does not fit 1024 columns: both are wrong, as the auroral oval
shows (`core.grids.spread`); latitudes are as it says.
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from core.grids.definition import COLUMNS, ROWS
from core.grids.readers.ovation import content, forecast
from core.grids.readers.times import moment
from core.imaging.readers.bounded import refused

_HEADER = re.compile(r"#\s*Product (Valid|Generated) At:\s*(.*)")
_SOURCE = "OVATION text product, cells as delivered"
_NUMBER = re.compile(r"-?[0-9]{1,6}")


def read_noaa_text(path: Path, max_bytes: int) -> xr.Dataset:
    """Read the text product.

    Parameters
    ----------
    path : Path
        Plain or in gzip.
    max_bytes : int
        Most bytes of its content.

    Returns
    -------
    xarray.Dataset
        One grid at the time that the header says it is valid at.

    Raises
    ------
    FileRefused
        With details `path` and `reason`.
    """
    try:
        text = content(path, max_bytes).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise refused(path, f"byte {error.start} is no text") from error
    lines = [line for line in text.splitlines() if line.strip()]
    stated = {}
    for line in lines:
        if match := _HEADER.match(line):
            stated[match[1]] = moment(path, f"Product {match[1]} At", match[2])
    for what in ("Valid", "Generated"):
        if what not in stated:
            raise refused(path, f"its header has no line 'Product {what} At'")
    cells = _cells(path, [line for line in lines if not line.startswith("#")])
    return forecast(path, cells, stated["Valid"], stated["Generated"], _SOURCE)


def _cells(path: Path, lines: list[str]) -> NDArray[np.float32]:
    if len(lines) != ROWS:
        raise refused(path, f"it has {len(lines)} lines of numbers and not {ROWS}")
    cells = np.empty((ROWS, COLUMNS), np.float32)
    for row, line in enumerate(lines):
        words = line.split()
        if len(words) != COLUMNS:
            raise refused(path, f"line {row} of the grid has {len(words)} values, not {COLUMNS}")
        # Each word once: a line repeats a few numbers, and has a thousand words.
        wrong = [word for word in set(words) if not _NUMBER.fullmatch(word)]
        if wrong:
            raise refused(path, f"line {row} of the grid has {min(wrong)[:20]!r}")
        cells[row] = [int(word) for word in words]
    return cells
