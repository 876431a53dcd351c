"""Coastlines of the world, of Natural Earth at 1:50 million.

Natural Earth is in the public domain (naturalearthdata.com); the file is that of the package
world-atlas, which the pages' maps use too. Where it is not installed there are no coastlines.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

LAND_FILE = Path(__file__).resolve().parents[2] / "node_modules/world-atlas/land-50m.json"


@cache
def coastlines(path: Path = LAND_FILE) -> tuple[tuple[FloatArray, FloatArray], ...]:
    """Return latitudes and longitudes of every coastline; empty where the file is not there.

    Parameters
    ----------
    path : Path
        A TopoJSON file: its arcs hold quantised steps, ``scale * cumsum(steps) + translate``
        (TopoJSON specification 1.0, section 2.1.3).

    Returns
    -------
    tuple of (lat_deg, lon_deg)
        float64 arrays, degrees, longitude in [-180, 180].
    """
    if not path.is_file():
        return ()
    topology = json.loads(path.read_text())
    scale, shift = (np.array(topology["transform"][name]) for name in ("scale", "translate"))
    lines = []
    for arc in topology["arcs"]:
        points = np.cumsum(np.array(arc, dtype="f8"), axis=0) * scale + shift
        # Polygons are closed along the date line and the south pole, where no coast is.
        rim = (np.abs(points[:, 0]) > 179.99) | (points[:, 1] < -89.9)
        for part in np.split(points[~rim], np.flatnonzero(np.diff(np.flatnonzero(~rim)) > 1) + 1):
            if len(part) > 1:
                lines.append((part[:, 1], part[:, 0]))
    return tuple(lines)
