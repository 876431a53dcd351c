"""Earth-fixed positions of the Sun and the Moon from astropy, without fetching any file."""

from __future__ import annotations

import warnings
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from core.errors import BadInput

FloatArray = NDArray[np.float64]

EPOCH = np.datetime64("2000-01-01T00:00:00", "us")
US_PER_DAY = 86_400_000_000


def elapsed_us(moments: NDArray[np.datetime64]) -> NDArray[np.int64]:
    """Return the microseconds since 2000-01-01 00:00 UTC.

    Raises
    ------
    BadInput
        A time is missing.
    """
    if np.isnat(moments).any():
        raise BadInput("A time is needed for the place of Sun and Moon.", field="times", value="")
    return np.asarray((moments - EPOCH).astype(np.int64))


def earth_fixed_km(body: Literal["sun", "moon"], times: NDArray[np.datetime64]) -> FloatArray:
    """Return apparent geocentric positions, turned with the Earth (GCRS to ITRS).

    The Moon is the series of Meeus as in ERFA's Moon98, 10 arcseconds from the ephemerides of
    JPL; the Sun is good to an arcsecond. Earth orientation comes from the tables that astropy
    is installed with.

    Parameters
    ----------
    body : {"sun", "moon"}
        Which of them.
    times : ndarray of datetime64[us], shape (n,)
        UTC.

    Returns
    -------
    ndarray of float64, shape (3, n)
        Kilometres, light time included.
    """
    from astropy import units
    from astropy.coordinates import ITRS, get_body
    from astropy.time import Time
    from astropy.utils import iers
    from astropy.utils.exceptions import AstropyWarning
    from erfa import ErfaWarning

    iers.conf.auto_download = False
    # Tables that were not brought up to date for a month are good enough, and never refused.
    iers.conf.auto_max_age = None
    iers.conf.iers_degraded_accuracy = "ignore"
    with warnings.catch_warnings():
        # Years without known leap seconds are "dubious" to ERFA, and polar motion ends with the
        # tables; a second moves the Sun 0.004 degrees, polar motion 0.0001.
        warnings.simplefilter("ignore", ErfaWarning)
        warnings.simplefilter("ignore", AstropyWarning)
        moments = Time(times, scale="utc")
        place = get_body(body, moments, ephemeris="builtin").transform_to(ITRS(obstime=moments))
        return np.asarray(place.cartesian.xyz.to_value(units.km), dtype=np.float64)
