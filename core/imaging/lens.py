"""Lenses: from directions in the sky to places in an image and back, by a few numbers.

An image is measured in pixels from its upper left corner: x to the right, y downwards, whole
numbers at the edges of pixels, so that the centre of column j lies at x = j + 0.5. Azimuth counts
from north through east, elevation from the horizon.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from core.errors import BadInput

FloatArray = npt.NDArray[np.float64]

_HORIZON_RAD = np.pi / 2
_NODES = 721  # an eighth of a degree: Newton's method starts within its quadratic range
_NEWTON_ROUNDS = 3


@dataclass(frozen=True)
class Lens:
    """A fisheye lens that looks at the zenith, and how its camera is turned.

    Attributes
    ----------
    centre_x, centre_y : float
        Where the zenith is, in pixels from the left and upper edge.
    rotation_deg : float
        Azimuth that image up (towards row 0) points to: 0 where north is up, positive where the
        camera is turned to the east. Gakona's THEMIS camera has +22.6; its file writes the turn of
        north as seen in the image, which has the other sign.
    radial : tuple of float
        Distance from the zenith in pixels: ``sum(radial[k] * z ** (2 * k + 1))`` with the zenith
        angle z in radians; odd, because a lens has no kink on its axis. It rises up to z = 90
        degrees.
    flip : bool
        False: east is to the left of north, as one who looks up sees it and as providers store
        it. True: mirrored, east to the right.
    aspect : float
        Width over height of the picture of a circle around the zenith; not 1 where pixels are not
        square. The distance of `radial` is the geometric mean of both.

    Raises
    ------
    BadInput
        The distance does not rise from the zenith to the horizon, or a number is not finite.
    """

    centre_x: float
    centre_y: float
    rotation_deg: float
    radial: tuple[float, ...]
    flip: bool = False
    aspect: float = 1.0

    def __post_init__(self) -> None:
        zenith_rad = np.linspace(0.0, _HORIZON_RAD, _NODES)
        numbers = (self.centre_x, self.centre_y, self.rotation_deg, self.aspect, *self.radial)
        rises = self.radial and np.all(self._slope(zenith_rad) > 0)
        if not (np.all(np.isfinite(numbers)) and rises and self.aspect > 0):
            raise BadInput(
                "The lens does not lead from the zenith outwards to the horizon.",
                hint="Its radius must rise with the zenith angle up to 90 degrees.",
                field="radial",
                value=self.radial,
            )

    @cached_property
    def horizon_px(self) -> float:
        """Distance of the horizon from the zenith, pixels."""
        return float(self.radius_px(np.array(_HORIZON_RAD)))

    def radius_px(self, zenith_rad: npt.ArrayLike) -> FloatArray:
        """Return the distance from the zenith's place, in pixels, of a zenith angle in radians."""
        z = np.asarray(zenith_rad, dtype=np.float64)
        return z * np.polynomial.polynomial.polyval(z * z, self.radial)

    def zenith_angle_rad(self, radius_px: npt.ArrayLike) -> FloatArray:
        """Return the zenith angle at a distance in pixels, radians; NaN beyond the horizon.

        Newton's method from a table of the function; what is left is rounding (below 1e-12 rad).
        """
        radius = np.asarray(radius_px, dtype=np.float64)
        nodes = np.linspace(0.0, _HORIZON_RAD, _NODES)
        z = np.interp(radius, self.radius_px(nodes), nodes)
        for _ in range(_NEWTON_ROUNDS):
            z = np.clip(z - (self.radius_px(z) - radius) / self._slope(z), 0.0, _HORIZON_RAD)
        # A direction on the horizon itself must come back, whatever the last bit says.
        beyond = ~(radius <= self.horizon_px * (1 + 1e-12))
        return np.where(beyond, np.nan, z)

    def pixel_of(
        self, azimuth_deg: npt.ArrayLike, elevation_deg: npt.ArrayLike
    ) -> tuple[FloatArray, FloatArray]:
        """Return where directions fall in the image.

        Parameters
        ----------
        azimuth_deg, elevation_deg : array_like, degrees
            Broadcast against each other.

        Returns
        -------
        x, y : float64 arrays, pixels
            May lie outside the image; NaN below the horizon and where an angle is NaN.
        """
        elevation = np.asarray(elevation_deg, dtype=np.float64)
        turn = np.radians(np.asarray(azimuth_deg, dtype=np.float64) - self.rotation_deg)
        seen = (elevation >= 0) & (elevation <= 90)
        radius = np.where(seen, self.radius_px(np.radians(90.0 - elevation)), np.nan)
        wide, high = self._stretch
        x = self.centre_x - self._side * wide * radius * np.sin(turn)
        y = self.centre_y - high * radius * np.cos(turn)
        return x, y

    def direction_of(self, x: npt.ArrayLike, y: npt.ArrayLike) -> tuple[FloatArray, FloatArray]:
        """Return where places of the image look; the inverse of `pixel_of`.

        Parameters
        ----------
        x, y : array_like, pixels
            Broadcast against each other.

        Returns
        -------
        azimuth_deg, elevation_deg : float64 arrays, degrees
            Azimuth in [0, 360); NaN beyond the horizon.
        """
        wide, high = self._stretch
        east = self._side * (self.centre_x - np.asarray(x, dtype=np.float64)) / wide
        up = (self.centre_y - np.asarray(y, dtype=np.float64)) / high
        zenith_rad = self.zenith_angle_rad(np.hypot(east, up))
        azimuth = np.degrees(np.arctan2(east, up)) + self.rotation_deg
        azimuth = np.where(np.isnan(zenith_rad), np.nan, azimuth) % 360.0
        # A tiny negative angle is rounded up to 360 by the remainder.
        return np.where(azimuth >= 360.0, 0.0, azimuth), 90.0 - np.degrees(zenith_rad)

    def moved(self, centre_x: float, centre_y: float, rotation_deg: float) -> Lens:
        """Return the same glass on another camera: other centre and turn."""
        return replace(self, centre_x=centre_x, centre_y=centre_y, rotation_deg=rotation_deg)

    @property
    def _side(self) -> float:
        return -1.0 if self.flip else 1.0

    @property
    def _stretch(self) -> tuple[float, float]:
        root = float(np.sqrt(self.aspect))
        return root, 1.0 / root

    def _slope(self, zenith_rad: FloatArray) -> FloatArray:
        """Pixels per radian."""
        factors = [(2 * k + 1) * value for k, value in enumerate(self.radial)]
        return np.asarray(np.polynomial.polynomial.polyval(zenith_rad**2, factors or [0.0]))


def equidistant(shape: tuple[int, ...], diameter_px: float, rotation_deg: float = 0.0) -> Lens:
    """Return a lens whose radius is proportional to the zenith angle, in the middle of the image.

    Parameters
    ----------
    shape : tuple of int
        Rows and columns; a third size (channels) is ignored.
    diameter_px : float
        Across the horizon, pixels.
    rotation_deg : float
        As `Lens.rotation_deg`.
    """
    return Lens(shape[1] / 2, shape[0] / 2, rotation_deg, (diameter_px / np.pi,))


# Fitted to the 48,000 pixel centres above 2 degrees of Gakona's skymap of 2011-03-05: centre
# (124.650, 129.100), turn +22.600 degrees; what is left is below 4e-5 pixels or 3e-5 degrees. The
# cameras of the array share glass and CCD (Mende et al. 2008), not the centre and the turn.
_THEMIS_RADIAL = (83.977705, -2.0256436, -1.01806e-3)
_THEMIS_ASPECT = 0.965116819
GAKONA = Lens(124.649994, 129.100006, 22.600000, _THEMIS_RADIAL, aspect=_THEMIS_ASPECT)

# Fitted to stars of the Bright Star Catalogue in images of Gillam: 47 of them within 0.4 pixels
# (0.3 degrees) on 2022-03-07, near-infrared; 27 within a pixel (0.3 degrees) on 2021-10-30, colour.
_NIR_RADIAL, _RGB_RADIAL = (78.477, -3.198), (195.854, -8.843)

_LENSES: dict[str, Lens] = {
    "themis_asi": GAKONA.moved(128.0, 128.0, 0.0),
    "trex_nir": Lens(128.0, 128.0, 0.0, _NIR_RADIAL),
    "trex_rgb": Lens(276.5, 240.0, 0.0, _RGB_RADIAL),
    # Assumptions altogether: a whole sky just inside the frame, equal angles equal distances.
    "rego": equidistant((512, 512), 476.0),
    "trex_blue": equidistant((270, 320), 262.0),
}
_CAMERAS: dict[tuple[str, str], Lens] = {
    ("themis_asi", "gako"): GAKONA,
    # Cloud hides the stars of 2014-03-10: centre from the edge of the sky (to 2 pixels, as the same
    # edge tells at Gakona), turn from the Moon (to 1.5 degrees).
    ("themis_asi", "gill"): GAKONA.moved(131.1, 129.9, 2.0),
    ("trex_nir", "gill"): Lens(127.11, 130.79, -9.75, _NIR_RADIAL),
    ("trex_rgb", "gill"): Lens(280.25, 245.04, -0.49, _RGB_RADIAL, aspect=0.9928),
}


def default_lens(array: str, shape: tuple[int, ...], site: str = "") -> Lens:
    """Return the lens that stands for a camera while no skymap of it is known.

    The glass of THEMIS cameras is that of Gakona's skymap, that of TREx near-infrared and colour
    cameras was fitted to stars; those of other arrays are assumed: an equidistant circle that
    nearly fills the frame. Centre and turn are known for a few cameras, as long as they are not
    touched; for all others the zenith is assumed in the middle and north up.

    Parameters
    ----------
    array : str
        Key of an imager array, for example ``themis_asi``.
    shape : tuple of int
        Rows and columns of its images.
    site : str
        Four-letter code; empty for the array in general.
    """
    known = _CAMERAS.get((array, site.lower())) or _LENSES.get(array)
    return known or equidistant(shape, 0.97 * min(shape[:2]))
