"""Both feet of magnetic field lines in T89 and IGRF, from geocentric positions to a sphere.

This is what spacecraft records hold, as SSCWeb delivers them; `core.geo.footpoint` goes to a
geodetic altitude and says which field it used.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.geo.field_lines import COARSE, follow, sphere
from core.geo.irbem import T89, FieldModel
from core.geo.sphere import EARTH_RADIUS_KM

FloatArray = NDArray[np.float64]

FOOT_ALT_KM = 100.0


class Feet(NamedTuple):
    """Geocentric positions of the feet, degrees; NaN where a line is open."""

    nb_lat_deg: FloatArray
    nb_lon_deg: FloatArray
    sb_lat_deg: FloatArray
    sb_lon_deg: FloatArray


def trace_feet(
    lat_deg: ArrayLike,
    lon_deg: ArrayLike,
    radius_km: ArrayLike,
    times: ArrayLike,
    kp: ArrayLike,
    *,
    foot_alt_km: float = FOOT_ALT_KM,
    external: int = T89,
) -> Feet:
    """Return the north and south feet of the lines through positions.

    Parameters
    ----------
    lat_deg, lon_deg, radius_km : array_like of float, shape (n,)
        Geocentric; distance from the Earth's centre.
    times : array_like of datetime64, shape (n,)
        UTC.
    kp : array_like of float
        0 to 9, broadcast to (n,).
    foot_alt_km : float
        Altitude of the feet above a sphere of 6371.2 km, as SSCWeb delivers them.
    external : int
        `core.geo.irbem.T89` or `INTERNAL_ONLY`.

    Returns
    -------
    Feet
        Four arrays of shape (n,). A line that leaves 40 Earth radii or does not come down within
        120 steps is open: its foot on that side is NaN. North and south are decided by where
        the line ends when followed along (north) and against (south) the field.
    """
    lat, lon = np.radians(np.asarray(lat_deg, float)), np.radians(np.asarray(lon_deg, float))
    r_re = np.asarray(radius_km, float) / EARTH_RADIUS_KM
    start = r_re * np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])
    count = start.shape[1]
    model = FieldModel(times, kp, external=external)
    rows = np.concatenate([np.arange(count), np.arange(count)])
    # The field points north on the ground of the northern hemisphere's far side: a line followed
    # along the field comes down in the north.
    sense = np.concatenate([np.ones(count), -np.ones(count)])
    ground = sphere(1.0 + foot_alt_km / EARTH_RADIUS_KM)
    ends = follow(model, rows, sense, np.tile(start, 2), ground, COARSE)
    lat_out = np.degrees(np.arcsin(ends[2] / np.sqrt((ends**2).sum(axis=0))))
    lon_out = np.degrees(np.arctan2(ends[1], ends[0]))
    return Feet(lat_out[:count], lon_out[:count], lat_out[count:], lon_out[count:])
