"""The magnetic field library IRBEM as packaged in spacepy, called without importing spacepy.

Importing spacepy makes a folder in the user's home and looks for leap-second and OMNI files;
the library itself needs none of them. It keeps model and date in Fortran common blocks: two
threads disturb each other without an error, so every call here holds one lock.

External field: T89, Tsyganenko (1989), Planet. Space Sci. 37, 5; internal field: IGRF.
"""

from __future__ import annotations

import ctypes
import sysconfig
import threading
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.errors import AtlasError

FloatArray = NDArray[np.float64]

T89 = 4
"""IRBEM's number of the T89 model."""
INTERNAL_ONLY = 0
"""IRBEM's number of no external field."""

_GEO_CARTESIAN_RE = 1
_OPTIONS = (ctypes.c_int32 * 5)(0, 0, 0, 0, 0)
_INPUTS = 25
_BAD = -1e30
LOCK = threading.Lock()


@cache
def _library() -> ctypes.CDLL:
    spec = find_spec("spacepy")
    folders = list(spec.submodule_search_locations or ()) if spec else []
    suffix = sysconfig.get_config_var("EXT_SUFFIX") or ".so"
    names = ("libirbem.so", "libirbem.dylib", f"libirbem{suffix}", "irbem.dll")
    for folder in folders:
        for name in names:
            path = Path(folder) / "irbempy" / name
            if path.exists():
                return ctypes.CDLL(str(path))
    raise AtlasError(
        "The IRBEM library is not there.", hint="Install the package spacepy from its wheel."
    )


def _pointer(array: NDArray[np.generic]) -> ctypes.c_void_p:
    return ctypes.c_void_p(array.ctypes.data)


def calendar(times: ArrayLike) -> tuple[NDArray[np.int32], NDArray[np.int32], FloatArray]:
    """Return year, day of the year (1 is 1 January) and seconds of the day of UTC times."""
    moments = np.asarray(times, dtype="datetime64[us]")
    days = moments.astype("datetime64[D]")
    years = days.astype("datetime64[Y]")
    doy = (days - years.astype("datetime64[D]")).astype(np.int64) + 1
    seconds = (moments - days).astype(np.int64) / 1e6
    return (
        (years.astype(np.int64) + 1970).astype(np.int32),
        doy.astype(np.int32),
        np.asarray(seconds, dtype=np.float64),
    )


class FieldModel:
    """The field at many times at once: dates and activity are looked up once, positions vary.

    Parameters
    ----------
    times : array_like of datetime64, shape (n,)
        UTC.
    kp : array_like of float
        Planetary index 0 to 9, broadcast to (n,). Without meaning for `INTERNAL_ONLY`.
    external : int
        `T89` or `INTERNAL_ONLY`.
    """

    def __init__(self, times: ArrayLike, kp: ArrayLike, *, external: int = T89) -> None:
        self._year, self._doy, self._seconds = calendar(times)
        count = self._year.shape[0]
        self._inputs = np.zeros((count, _INPUTS))
        self._inputs[:, 0] = np.broadcast_to(np.asarray(kp, dtype=float) * 10.0, (count,))
        self._external = ctypes.c_int32(external)

    def field_nt(self, rows: NDArray[np.intp], position_re: FloatArray) -> FloatArray:
        """Return the field of the times `rows` at geographic Cartesian positions.

        Parameters
        ----------
        rows : ndarray of int, shape (m,)
            Which of the model's times each position belongs to.
        position_re : ndarray of float64, shape (3, m)
            Earth radii of 6371.2 km.

        Returns
        -------
        ndarray of float64, shape (3, m)
            nT, geographic Cartesian; NaN where the model is not defined.
        """
        count = rows.size
        year, doy = self._year[rows], self._doy[rows]
        seconds, inputs = self._seconds[rows], self._inputs[rows]
        x, y, z = (np.ascontiguousarray(axis) for axis in position_re)
        field, magnitude = np.empty((count, 3)), np.empty(count)
        number, axes = ctypes.c_int32(count), ctypes.c_int32(_GEO_CARTESIAN_RE)
        with LOCK:
            _library().get_field_multi_(
                ctypes.byref(number),
                ctypes.byref(self._external),
                _OPTIONS,
                ctypes.byref(axes),
                *(_pointer(column) for column in (year, doy, seconds, x, y, z)),
                *(_pointer(column) for column in (inputs, field, magnitude)),
            )
        field[magnitude < _BAD] = np.nan
        return field.T


def foot_point(
    position_re: ArrayLike,
    time: np.datetime64,
    kp: float,
    hemisphere: int,
    *,
    alt_km: float = 100.0,
    external: int = T89,
    inputs: ArrayLike | None = None,
) -> tuple[float, float, float]:
    """Return one foot from IRBEM's own tracer: slow, and within 1 km of the altitude asked for.

    Parameters
    ----------
    position_re : array_like of float, shape (3,)
        Geographic Cartesian, Earth radii of 6371.2 km.
    hemisphere : int
        1 for north, -1 for south.
    alt_km : float
        Geodetic altitude of the foot.
    external : int
        IRBEM's number of an external field.
    inputs : array_like of float, optional
        The first of IRBEM's 25 inputs of external fields (`maginput`), for fields that need more
        than Kp.

    Returns
    -------
    alt_km, lat_deg, lon_deg : float
        Geodetic; NaN when the line does not come down.
    """
    year, doy, seconds = (column[0].item() for column in calendar([time]))
    kext, axes = ctypes.c_int32(external), ctypes.c_int32(_GEO_CARTESIAN_RE)
    day, way = (ctypes.c_int32(year), ctypes.c_int32(doy)), ctypes.c_int32(hemisphere)
    position = np.asarray(position_re, float).tolist()
    start = [ctypes.c_double(value) for value in (seconds, *position, alt_km)]
    activity, foot, field = np.zeros(_INPUTS), np.empty(3), np.empty(3)
    activity[0] = kp * 10.0
    if inputs is not None:
        given = np.asarray(inputs, dtype=np.float64)
        activity[: given.size] = given
    strength = ctypes.c_double()
    with LOCK:
        _library().find_foot_point1_(
            ctypes.byref(kext),
            _OPTIONS,
            ctypes.byref(axes),
            ctypes.byref(day[0]),
            ctypes.byref(day[1]),
            *(ctypes.byref(value) for value in start),
            ctypes.byref(way),
            *(_pointer(column) for column in (activity, foot, field)),
            ctypes.byref(strength),
        )
    foot[foot < _BAD] = np.nan
    return float(foot[0]), float(foot[1]), float(foot[2])
