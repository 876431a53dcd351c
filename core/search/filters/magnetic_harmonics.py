"""AACGM directions as spherical harmonics, found from a few conversions of the library.

Shepherd (2014), J. Geophys. Res. 119, 7501, doi 10.1002/2014JA020264: the horizontal part of the
direction, cos(mlat) exp(i mlon), is a sum of spherical harmonics of the geocentric place up to
degree 10 whose coefficients are polynomials of the altitude of degree 4; its length above 1 means
that AACGM is not defined there. So as many conversions as there are coefficients tell all others,
also in the band around the magnetic equator where the library has no answer. The hemisphere is
no part of that sum; it is looked up where it changes (`turning_lat_deg`).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.geo.magnetic import FOOT_ALT_KM, to_magnetic
from core.geo.sphere import EARTH_RADIUS_KM
from core.geo.wgs84 import to_cartesian

Float = NDArray[np.float64]
Complex = NDArray[np.complex128]

DEGREE = 10
# Places 100 km above WGS84 are between 85.5 and 107 km above the sphere that AACGM is made for.
_MIDDLE_KM, _HALF_KM, _ALTITUDES = 96.2, 11.0, 5
_ALTS_KM = _MIDDLE_KM + _HALF_KM * np.cos(np.pi * (np.arange(_ALTITUDES) + 0.5) / _ALTITUDES)
_SAMPLE_ROWS, _SAMPLE_COLUMNS = 24, 24
_LOWEST_DEG, _HALVINGS = 40.0, 14


def horizontal(coefficients: Complex, lat_deg: Float, lon_deg: Float) -> Complex:
    """Return cos(mlat) exp(i mlon) on a net of places 100 km above WGS84.

    Parameters
    ----------
    coefficients : complex128[5, 121]
        From `fit`.
    lat_deg : float64[R]
        Geodetic.
    lon_deg : float64[C]

    Returns
    -------
    complex128[R, C]
        Where AACGM is not defined its modulus is above 1.
    """
    x, _, z = (np.asarray(v, dtype=np.float64) for v in to_cartesian(lat_deg, 0.0, FOOT_ALT_KM))
    radius_km = np.hypot(x, z)
    mine = _between_altitudes(radius_km - EARTH_RADIUS_KM) @ coefficients
    along = _along(x / radius_km, z / radius_km) * mine
    orders = _orders()
    rows = np.stack([along[:, orders == k].sum(axis=1) for k in range(2 * DEGREE + 1)], axis=1)
    return np.asarray(rows @ _around(lon_deg).T, dtype=np.complex128)


def fit(time: np.datetime64) -> Complex:
    """Return the coefficients of the harmonics at one time, at each of five altitudes.

    Returns
    -------
    complex128[5, 121]

    Raises
    ------
    core.errors.BadInput
        The time is outside of the library's coefficients.
    """
    sines = np.linspace(-1.0, 1.0, _SAMPLE_ROWS + 2)[1:-1]
    lons = np.arange(_SAMPLE_COLUMNS) * (360.0 / _SAMPLE_COLUMNS) - 178.0
    lat, lon = (v.ravel() for v in np.meshgrid(np.degrees(np.arcsin(sines)), lons, indexing="ij"))
    basis = _along(np.cos(np.radians(lat)), np.sin(np.radians(lat))) * _around(lon)[:, _orders()]
    return np.stack([_fit_at(basis, lat, lon, alt_km, time) for alt_km in _ALTS_KM])


def turning_lat_deg(lon_deg: Float, time: np.datetime64) -> Float:
    """Return where magnetic latitude changes its sign at 100 km: the middle of the undefined band.

    Parameters
    ----------
    lon_deg : float64[C]
    time : datetime64

    Returns
    -------
    float64[C]
        Geodetic, within 0.01 degrees.
    """
    edges = []
    for southern in (True, False):  # the last place in the south, the first one in the north
        low, high = (np.full(len(lon_deg), side * _LOWEST_DEG) for side in (-1.0, 1.0))
        for _ in range(_HALVINGS):
            middle = (low + high) / 2.0
            mlat, _ = to_magnetic(middle, lon_deg, FOOT_ALT_KM, time)
            below = mlat < 0.0 if southern else ~(mlat >= 0.0)
            low, high = np.where(below, middle, low), np.where(below, high, middle)
        edges.append((low + high) / 2.0)
    return np.asarray((edges[0] + edges[1]) / 2.0)


def _fit_at(basis: Float, lat: Float, lon: Float, alt_km: float, time: np.datetime64) -> Complex:
    mlat, mlon = (np.radians(v) for v in to_magnetic(lat, lon, alt_km, time, geocentric=True))
    known = np.isfinite(mlat)
    used, values = basis[known], (np.cos(mlat) * np.exp(1j * mlon))[known]
    # The harmonics are nearly orthogonal over the places, so the normal equations do.
    sides = used.T @ np.stack([values.real, values.imag], axis=1)
    found = np.linalg.solve(used.T @ used, sides)
    return np.asarray(found[:, 0] + 1j * found[:, 1])


def _between_altitudes(alt_km: Float) -> Float:
    """Weights of the five altitudes (Lagrange), float64[N, 5]."""
    columns = []
    for mine in _ALTS_KM:
        others = _ALTS_KM[mine != _ALTS_KM]
        columns.append(np.prod([(alt_km - other) / (mine - other) for other in others], axis=0))
    return np.stack(columns, axis=1)


def _orders() -> NDArray[np.int64]:
    """Which column of `_around` each harmonic has, in the order of `_along`."""
    found = [0] * (DEGREE + 1)
    for m in range(1, DEGREE + 1):
        found += [2 * m - 1] * (DEGREE + 1 - m) + [2 * m] * (DEGREE + 1 - m)
    return np.array(found)


def _around(lon_deg: Float) -> Float:
    """1, cos(lon), sin(lon), cos(2 lon), ... as columns: float64[N, 21]."""
    angle = np.radians(lon_deg)
    columns = [np.ones_like(angle)]
    for m in range(1, DEGREE + 1):
        columns += [np.cos(m * angle), np.sin(m * angle)]
    return np.stack(columns, axis=1)


def _along(cosine: Float, sine: Float) -> Float:
    """Normalised Legendre functions of a latitude, those of m > 0 twice: float64[N, 121]."""
    columns: list[Float] = []
    sectoral = np.ones_like(sine)
    for m in range(DEGREE + 1):
        if m:
            sectoral = sectoral * cosine * np.sqrt((2 * m + 1) / (2 * m))
        order = [sectoral]
        before = np.zeros_like(sine)
        for n in range(m + 1, DEGREE + 1):
            up = np.sqrt((4 * n * n - 1) / (n * n - m * m))
            back = np.sqrt(((n - 1) ** 2 - m * m) / (4 * (n - 1) ** 2 - 1))
            order.append(up * (sine * order[-1] - back * before))
            before = order[-2]
        columns += order * (2 if m else 1)
    return np.stack(columns, axis=1)
