"""How narrow a grid's aurora lies along the magnetic oval: a test of which way round it is.

The oval is nearly a circle of magnetic latitude, so its magnetic latitudes spread by a few degrees
only where the grid lies as it should. The magnetic poles are far from the geographic ones (Canada;
the coast of Antarctica south of Australia): turned by 180 degrees of longitude, the same values
spread over two to four times as much. So they do with north and south exchanged. Both at once
cannot be told from neither: that is every place's antipode, which has nearly the same magnetic
latitude with the other sign.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.geo.magnetic import FIRST_YEAR, LAST_YEAR, to_magnetic
from core.grids.definition import COLUMNS, latitudes_deg, longitudes_deg

FloatArray = NDArray[np.float64]

ALT_KM = 110.0
NOISE_SHARE = 0.3
"""Values below this share of the largest are left out: models have noise at low latitudes."""
_LEAST_GAIN = 1.2


class Spread(NamedTuple):
    """Standard deviation of the magnetic latitude of aurora in each hemisphere, in degrees."""

    north: float
    south: float


def magnetic_spread_deg(grid: ArrayLike, time: np.datetime64) -> Spread:
    """Return how widely a grid's values spread in magnetic latitude.

    Parameters
    ----------
    grid : array_like of float, shape (512, 1024)
        Row 0 south, column 0 at -180 degrees; NaN counts as nothing.
    time : datetime64
        UTC; the magnetic coordinates (AACGM-v2 at 110 km) are those of the middle of its year, or
        of the nearest year that has any.

    Returns
    -------
    Spread
        Standard deviations of AACGM latitude, each cell weighted by its value; NaN for a
        hemisphere that has no value above `NOISE_SHARE` of the largest.
    """
    values = np.nan_to_num(np.asarray(grid, float))
    lit = (values > 0) & (values >= NOISE_SHARE * values.max(initial=0.0))
    year = int(time.astype("M8[Y]").astype(int)) + 1970
    mlat = _magnetic_latitudes_deg(min(max(year, FIRST_YEAR), LAST_YEAR))
    north, south = lit & (mlat > 0), lit & (mlat < 0)
    return Spread(_deviation(mlat[north], values[north]), _deviation(mlat[south], values[south]))


def looks_turned(grid: ArrayLike, time: np.datetime64) -> bool:
    """Return whether a grid would lie narrower along the oval turned by 180 degrees of longitude.

    It says something of grids that have much of the oval in a hemisphere, as models do; images of
    one continent lie along the oval or not for other reasons.

    Parameters
    ----------
    grid : array_like of float, shape (512, 1024)
    time : datetime64
        UTC.

    Returns
    -------
    bool
        The root mean square of both hemispheres' spreads is larger by a fifth than it would be.
    """
    values = np.asarray(grid, float)
    as_it_is, turned = (
        np.sqrt(np.nansum(np.square(magnetic_spread_deg(candidate, time))))
        for candidate in (values, np.roll(values, COLUMNS // 2, axis=1))
    )
    return bool(as_it_is > _LEAST_GAIN * turned)


def _deviation(values: FloatArray, weights: FloatArray) -> float:
    if not values.size:
        return float("nan")
    mean = np.average(values, weights=weights)
    return float(np.sqrt(np.average((values - mean) ** 2, weights=weights)))


@lru_cache(maxsize=4)
def _magnetic_latitudes_deg(year: int) -> FloatArray:
    """Return AACGM latitudes of the cells' centres; a year moves them by a tenth of a degree."""
    lat, lon = np.meshgrid(latitudes_deg(), longitudes_deg(), indexing="ij")
    mlat, _ = to_magnetic(lat, lon, ALT_KM, datetime(year, 7, 1, tzinfo=UTC))
    mlat.flags.writeable = False
    return mlat
