"""Where a camera's pixels look, in the coordinates that the sky is computed in.

The plane of an altitude: the angle at the Earth's centre between the camera and the point that is
looked at, laid out along the azimuth. AACGM coordinates are smooth functions of it, so that a
polynomial through some hundred points stands for any number of pixels.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from core.geo.footpoint import trace_to_altitude
from core.geo.magnetic import to_magnetic
from core.geo.sightline import look_at, map_to_altitude
from core.geo.sphere import EARTH_RADIUS_KM
from core.imaging.lens import Lens
from core.instruments.array import Site

FloatArray = NDArray[np.float64]

LOWEST_DEG = 1.0
_DEGREE = 9
_RINGS, _SPOKES = 16, 36
_UP_KM = 40.0


def central_angle(elevation_rad: FloatArray, alt_km: float) -> FloatArray:
    """Return the angle at the Earth's centre to where a line of sight meets an altitude."""
    ratio = EARTH_RADIUS_KM / (EARTH_RADIUS_KM + alt_km)
    return np.asarray(np.arccos(ratio * np.cos(elevation_rad)) - elevation_rad)


def elevation_of(angle_rad: FloatArray, alt_km: float) -> FloatArray:
    """Return the elevation (radians) of a point at an altitude; inverse of `central_angle`."""
    ratio = EARTH_RADIUS_KM / (EARTH_RADIUS_KM + alt_km)
    return np.asarray(np.arctan2(np.cos(angle_rad) - ratio, np.sin(angle_rad)))


def brightening(elevation_rad: FloatArray, alt_km: float) -> FloatArray:
    """Return the length of a line of sight through a thin layer over its thickness.

    van Rhijn (1921), Publ. Astron. Lab. Groningen 31.
    """
    ratio = EARTH_RADIUS_KM / (EARTH_RADIUS_KM + alt_km)
    return np.asarray(1.0 / np.sqrt(1.0 - (ratio * np.cos(elevation_rad)) ** 2))


def directions(lens: Lens, x: FloatArray, y: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return azimuth and elevation in radians; beyond the horizon those of its nearest point."""
    across, along = x - lens.centre_x, y - lens.centre_y
    root = np.sqrt(lens.aspect)
    reach = np.hypot(across / root, along * root)
    pull = np.minimum(1.0, lens.horizon_px * (1.0 - 1e-9) / np.maximum(reach, 1e-9))
    azimuth, elevation = lens.direction_of(
        lens.centre_x + across * pull, lens.centre_y + along * pull
    )
    return np.radians(azimuth), np.radians(elevation)


def air_mass(elevation_rad: FloatArray) -> FloatArray:
    """Return the air along a line of sight over that to the zenith.

    Kasten and Young (1989), Applied Optics 28, 4735.
    """
    elevation_deg = np.maximum(np.degrees(elevation_rad), 0.0)
    return np.asarray(
        1.0 / (np.sin(np.radians(elevation_deg)) + 0.50572 * (elevation_deg + 6.07995) ** -1.6364)
    )


@dataclass(frozen=True, eq=False, slots=True)
class MagneticPlane:
    """AACGM coordinates over a site at one altitude and month.

    Attributes
    ----------
    alt_km : float
        Altitude.
    span_rad : float
        Central angle that the polynomials' variables are in units of.
    coefficients : float array, shape (3, n)
        Of the magnetic unit vector's components, for the powers `_powers` gives.
    lean_rad_km : (east, north)
        How far a field line moves, as central angle, for each km of height.
    """

    alt_km: float
    span_rad: float
    coefficients: FloatArray
    lean_rad_km: tuple[float, float]

    def magnetic(self, east: FloatArray, north: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return AACGM latitude and longitude, degrees, at points of the plane (radians)."""
        x, y, z = (
            _polynomial(row, east / self.span_rad, north / self.span_rad)
            for row in self.coefficients
        )
        return np.degrees(np.arctan2(z, np.hypot(x, y))), np.degrees(np.arctan2(y, x))


def magnetic_plane(site: Site, alt_km: float, month: np.datetime64) -> MagneticPlane:
    """Return the AACGM coordinates over a site, of the middle of a month."""
    return _plane(site.lat_deg, site.lon_deg, site.alt_m, alt_km, str(month.astype("M8[M]")))


@lru_cache(maxsize=1024)
def _plane(
    lat_deg: float, lon_deg: float, alt_m: float, alt_km: float, month: str
) -> MagneticPlane:
    date = np.datetime64(month, "s") + np.timedelta64(14, "D")
    span = float(central_angle(np.radians(LOWEST_DEG), alt_km))
    share, azimuth = _points()
    angle = span * share
    elevation_deg = np.degrees(elevation_of(angle, alt_km))
    lat, lon = map_to_altitude(np.degrees(azimuth), elevation_deg, lat_deg, lon_deg, alt_m, alt_km)
    mlat, mlon = (np.radians(a) for a in to_magnetic(lat, lon, alt_km, date))
    vector = np.stack([np.cos(mlat) * np.cos(mlon), np.cos(mlat) * np.sin(mlon), np.sin(mlat)], 1)
    # Not by BLAS: its threads would make this small product a hundred times slower.
    coefficients = np.einsum("kn,nc->ck", _fit(), vector)
    return MagneticPlane(
        alt_km, span, np.ascontiguousarray(coefficients), _lean(lat_deg, lon_deg, alt_km, date)
    )


def _lean(
    lat_deg: float, lon_deg: float, alt_km: float, date: np.datetime64
) -> tuple[float, float]:
    """Return how a field line over the site moves with height, radians of central angle a km.

    Traced in IGRF, not taken from AACGM: the series that AACGM is computed by holds to a few
    kilometres, too little for the difference of two points on one line.
    """
    line = trace_to_altitude(
        lat_deg, lon_deg, alt_km + _UP_KM, date, foot_alt_km=alt_km, field="IGRF",
        hemisphere="north" if lat_deg >= 0 else "south",
    )  # fmt: skip
    foot = float(line.lat_deg), float(line.lon_deg)
    azimuth, elevation, _ = look_at(*foot, alt_km, lat_deg, lon_deg, 0.0)
    angle = float(central_angle(np.radians(elevation), alt_km)) / _UP_KM
    turn = np.radians(float(azimuth))
    return -angle * float(np.sin(turn)), -angle * float(np.cos(turn))


@lru_cache(maxsize=1)
def _points() -> tuple[FloatArray, FloatArray]:
    """Return the points that polynomials go through: share of the span, and azimuth."""
    rings = np.sin(np.pi / 2 * (np.arange(_RINGS) + 0.5) / _RINGS)
    turns = 2 * np.pi * np.arange(_SPOKES) / _SPOKES
    share, azimuth = np.meshgrid(rings, turns, indexing="ij")
    return share.ravel(), azimuth.ravel()


@lru_cache(maxsize=1)
def _fit() -> FloatArray:
    """Return the matrix from values at the points to coefficients, by least squares."""
    share, azimuth = _points()
    east, north = share * np.sin(azimuth), share * np.cos(azimuth)
    return np.asarray(np.linalg.pinv(np.stack([east**i * north**j for i, j in _powers()], axis=1)))


def _powers() -> list[tuple[int, int]]:
    return [(i, j) for i in range(_DEGREE + 1) for j in range(_DEGREE + 1 - i)]


def _polynomial(coefficients: FloatArray, x: FloatArray, y: FloatArray) -> FloatArray:
    """Return the polynomial by Horner's rule, point by point without any sum over points."""
    total = np.zeros(x.shape)
    last = coefficients.size
    for power in range(_DEGREE, -1, -1):
        first = last - (_DEGREE + 1 - power)
        inner = np.full(x.shape, coefficients[last - 1])
        for k in range(last - 2, first - 1, -1):
            inner *= y
            inner += coefficients[k]
        total *= x
        total += inner
        last = first
    return total
