"""In which region of space a spacecraft is.

Magnetopause: Shue et al. (1997), J. Geophys. Res. 102, 9497, with 2 nPa and Bz by Kp; bow shock: a
conic with its nose at 1.3 times the magnetopause's; plasmapause: Carpenter and Anderson (1992),
J. Geophys. Res. 97, 1097, L = 5.6 - 0.46 Kp.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.geo.sphere import EARTH_RADIUS_KM
from core.instruments.schemas import SPACECRAFT_REGIONS

FloatArray = NDArray[np.float64]

_PRESSURE_NPA = 2.0
_BOUNDARY_RE = 0.6
_TAIL_X_RE = -9.0
_SHEET_HALF_RE = 3.0


def magnetopause_re(angle_rad: FloatArray, kp: FloatArray) -> FloatArray:
    """Return the distance of the magnetopause at an angle from the direction of the Sun."""
    bz_nt = 1.0 - 1.5 * kp
    slope = np.where(bz_nt >= 0, 0.013, 0.14)
    nose = (11.4 + slope * bz_nt) * _PRESSURE_NPA ** (-1 / 6.6)
    flaring = (0.58 - 0.010 * bz_nt) * (1.0 + 0.010 * _PRESSURE_NPA)
    return np.asarray(nose * (2.0 / (1.0 + np.cos(angle_rad) + 1e-9)) ** flaring)


def _bow_shock_re(angle_rad: FloatArray, kp: FloatArray) -> FloatArray:
    nose = 1.3 * magnetopause_re(np.zeros_like(angle_rad), kp)
    return np.asarray(nose * 1.81 / (1.0 + 0.81 * np.cos(angle_rad)))


def outside_magnetopause(
    gsm_lat_deg: FloatArray, gsm_lon_deg: FloatArray, radius_km: FloatArray, kp: FloatArray
) -> NDArray[np.bool_]:
    """Return where a position is in the magnetosheath or the solar wind."""
    angle = _angle_from_sun(gsm_lat_deg, gsm_lon_deg)
    return np.asarray(radius_km / EARTH_RADIUS_KM > magnetopause_re(angle, kp))


def _angle_from_sun(gsm_lat_deg: FloatArray, gsm_lon_deg: FloatArray) -> FloatArray:
    cosine = np.cos(np.radians(gsm_lat_deg)) * np.cos(np.radians(gsm_lon_deg))
    return np.asarray(np.arccos(np.clip(cosine, -1.0, 1.0)))


def spacecraft_region_code(
    gsm_lat_deg: FloatArray,
    gsm_lon_deg: FloatArray,
    radius_km: FloatArray,
    foot_mlat_deg: FloatArray,
    kp: FloatArray,
) -> NDArray[np.int8]:
    """Return the region of each position, as an index into `SPACECRAFT_REGIONS`.

    Parameters
    ----------
    gsm_lat_deg, gsm_lon_deg, radius_km : ndarray of float64, shape (n,)
        Position.
    foot_mlat_deg : ndarray of float64, shape (n,)
        Magnetic latitude of either foot (its L value decides between plasmasphere and
        magnetosphere); NaN on open lines.
    kp : ndarray of float64, shape (n,)
        Activity.
    """
    angle = _angle_from_sun(gsm_lat_deg, gsm_lon_deg)
    r_re = radius_km / EARTH_RADIUS_KM
    x_re = r_re * np.cos(angle)
    z_re = r_re * np.sin(np.radians(gsm_lat_deg))
    pause, shock = magnetopause_re(angle, kp), _bow_shock_re(angle, kp)
    l_value = 1.0 / np.maximum(np.cos(np.radians(foot_mlat_deg)) ** 2, 1e-3)
    night = np.where(x_re > 0, 0, 1)
    skin = r_re > pause - _BOUNDARY_RE
    tail = x_re < _TAIL_X_RE
    in_sphere = np.nan_to_num(l_value, nan=99.0) < 5.6 - 0.46 * kp
    code = {name: index for index, name in enumerate(SPACECRAFT_REGIONS)}
    return np.select(
        [
            r_re > shock,
            r_re > pause,
            skin & (np.abs(gsm_lat_deg) < 45.0),
            skin,
            tail & (np.abs(z_re) < _SHEET_HALF_RE),
            tail,
            in_sphere,
        ],
        [
            np.full(r_re.shape, code["interplanetary medium"]),
            code["dayside magnetosheath"] + night,
            np.full(r_re.shape, code["low latitude boundary layer"]),
            np.full(r_re.shape, code["high latitude boundary layer"]),
            np.full(r_re.shape, code["plasma sheet"]),
            np.full(r_re.shape, code["tail lobe"]),
            code["dayside plasmasphere"] + night,
        ],
        default=code["dayside magnetosphere"] + night,
    ).astype(np.int8)
