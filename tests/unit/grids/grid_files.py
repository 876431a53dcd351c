"""Files of grids as their providers write them, and an oval of aurora to put into them."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from core.geo.magnetic import to_magnetic
from core.grids.definition import COLUMNS, ROWS, latitudes_deg, longitudes_deg

HEADER = """#Aurora Specification Tabular Values
# Product: Ovation Aurora Short Term Forecast    <path to tabular data>
# Product Valid At: 2019-11-26 21:25
# Product Generated At: 2019-11-26 20:55
#
# Missing Data:  (n/a)
#   1024 values covering 0 to 360 degrees in the horizontal (longitude) direction
#   512 values covering -90 to 90 degrees in the vertical (latitude) direction
"""
MOS_NAME = "20230324_0600_110km_MOSv001_grid_{}.h5"


@cache
def oval() -> np.ndarray:
    """Return per cents, (512, 1024): 20 along AACGM latitudes 67 and -67, a few degrees wide."""
    lat, lon = np.meshgrid(latitudes_deg(), longitudes_deg(), indexing="ij")
    mlat, _ = to_magnetic(lat, lon, 110.0, np.datetime64("2019-11-26", "us"))
    bright = 20.0 * np.exp(-(((np.abs(mlat) - 67.0) / 3.0) ** 2))
    cells = np.round(np.nan_to_num(bright))
    cells.flags.writeable = False
    return cells


def text_file(path: Path, cells: np.ndarray, header: str = HEADER) -> Path:
    """Write the text product; row 0 first."""
    rows = (" ".join(map(str, row)) for row in cells.astype(int).tolist())
    path.write_text(header + "\n".join(rows) + "\n", encoding="utf-8")
    return path


def json_document(nodes: np.ndarray, valid: str = "2022-10-18T08:56:00Z") -> dict[str, Any]:
    """Return the JSON product of nodes (181, 360): latitude -90 first, longitude 0 first."""
    return {
        "Observation Time": "2022-10-18T08:06:00Z",
        "Forecast Time": valid,
        "Data Format": "[Longitude, Latitude, Aurora]",
        "coordinates": [
            [lon, lat - 90, float(nodes[lat, lon])] for lon in range(360) for lat in range(181)
        ],
        "type": "MultiPoint",
    }


def json_file(path: Path, nodes: np.ndarray, **more: Any) -> Path:
    """Write the JSON product."""
    path.write_text(json.dumps(json_document(nodes, **more)), encoding="utf-8")
    return path


def mos_file(
    folder: Path,
    values: np.ndarray,
    array: str = "themis-asi",
    *,
    fill: float | None = -999.0,
    stamps: list[bytes] | None = None,
    confidence: np.ndarray | None = None,
    name: str = MOS_NAME,
) -> Path:
    """Write a grid file; `values` as on disk: (row from the north, column, [colour,] frame)."""
    path = folder / name.format(array)
    count = values.shape[-1]
    if stamps is None:
        stamps = [f"2023-03-24 06:00:{3 * i:02d} UTC".encode() for i in range(count)]
    if confidence is None:
        confidence = np.zeros((ROWS, COLUMNS, count), np.float32)
    with h5py.File(path, "w") as file:
        file["data/grid"] = values
        file["data/timestamp"] = np.array(stamps)
        file["data/source_info/confidence"] = confidence
        about = file.create_group("metadata/file")
        if fill is not None:
            about.attrs["fill_value"] = fill
        for i in range(count):
            file.create_group(f"metadata/frame/frame{i}").attrs["number"] = i
    return path
