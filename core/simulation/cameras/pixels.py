"""What does not change with time at a set of a camera's pixels: directions, losses, offsets.

Every array is computed pixel by pixel from the pixel's number alone, so that any set of pixels
gets the values that the whole frame has.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.geo.sphere import EARTH_RADIUS_KM
from core.simulation.cameras.camera import Camera
from core.simulation.cameras.sight import air_mass, brightening, central_angle, directions
from core.simulation.cameras.surroundings import Surroundings, surroundings_of

FloatArray = NDArray[np.float64]
Float32 = NDArray[np.float32]
Index = NDArray[np.int64]

EXTINCTION = 0.14
"""Optical depth of clear air in the zenith; from Gakona's frames, 20 to 60 degrees high."""

AIRGLOW_KM = 92.0
CLOUD_KM = 6.0
_HORIZON_RAD = np.pi / 2
_TWILIGHT_PER_RAD = 0.07 * 180.0 / np.pi
TWILIGHT_TOWARDS = 3.5
_SCATTER_DEPTH = 0.3


@dataclass(frozen=True, eq=False, slots=True)
class Pixels:
    """Static properties of pixels, float32 arrays of shape (n,) unless said otherwise.

    Attributes
    ----------
    camera : Camera
        Whose pixels.
    index : int64 array
        Row times width plus column, rising.
    east, north, up : array
        Unit vectors of the directions; pixels beyond the horizon have that of the horizon next to
        them.
    open_gain : array
        Share of the sky's light that is counted: vignetting, dust, obstacles.
    clear : array
        Transmission of clear air over that in the zenith.
    airglow : array
        Airglow over that in the zenith.
    scatter : array
        Light scattered by the air over that in the zenith.
    twilight : array
        Factor of twilight that depends on the pixel.
    town : array
        Glow of the nearest settlement.
    veil : array
        Share of the mean sky that reaches the pixel by ways of its own: off the ground, off trees,
        off the edge of the dome.
    offset : array
        Counts without light: dark level, fixed pattern, hot pixels.
    lamps : array
        Light of lamps, 1 saturates.
    cloud_east_km, cloud_north_km, cloud_detail : array
        Where the line of sight meets the clouds, and how much of their finest structure a pixel
        still resolves.
    """

    camera: Camera
    index: Index
    east: Float32
    north: Float32
    up: Float32
    open_gain: Float32
    clear: Float32
    airglow: Float32
    scatter: Float32
    twilight: Float32
    town: Float32
    veil: Float32
    offset: Float32
    lamps: Float32
    cloud_east_km: Float32
    cloud_north_km: Float32
    cloud_detail: Float32

    @property
    def size(self) -> int:
        """Number of pixels."""
        return self.index.size


def pixels_of(camera: Camera, index: Index) -> Pixels:
    """Return the static properties of pixels.

    Parameters
    ----------
    camera : Camera
        The camera.
    index : int64 array, shape (n,)
        Row times width plus column, rising.
    """
    row, column = np.divmod(index, camera.width)
    x, y = column + 0.5, row + 0.5
    azimuth, elevation = directions(camera.lens, x, y)
    around = surroundings_of(camera)
    radius = _radius(camera, x, y)
    level = np.cos(elevation)
    air = air_mass(elevation)
    clear = np.exp(-EXTINCTION * (air - 1.0))
    reach_km = EARTH_RADIUS_KM * central_angle(elevation, CLOUD_KM)
    inside = _open(camera, around, azimuth, elevation, radius)
    values = {
        "east": level * np.sin(azimuth),
        "north": level * np.cos(azimuth),
        "up": np.sin(elevation),
        "open_gain": inside * _gain(camera, around, x, y, radius),
        "clear": clear,
        "airglow": brightening(elevation, AIRGLOW_KM) * clear,
        "scatter": _scatter(air),
        "twilight": np.exp(-_TWILIGHT_PER_RAD * elevation - TWILIGHT_TOWARDS * level),
        "town": _town(around, azimuth, elevation),
        "veil": _veil(camera, around, azimuth, elevation, radius, inside),
        "offset": _offset(camera, index, row, column),
        "lamps": _lamps(camera, around, x, y),
        "cloud_east_km": reach_km * np.sin(azimuth),
        "cloud_north_km": reach_km * np.cos(azimuth),
        "cloud_detail": 1.0 / (1.0 + (reach_km / 18.0) ** 2),
    }
    narrow = {name: np.ascontiguousarray(v, dtype=np.float32) for name, v in values.items()}
    return Pixels(camera, index, **narrow)


def _radius(camera: Camera, x: FloatArray, y: FloatArray) -> FloatArray:
    """Return the distance from the zenith over that of the horizon."""
    root = np.sqrt(camera.lens.aspect)
    across, along = (x - camera.lens.centre_x) / root, (y - camera.lens.centre_y) * root
    return np.asarray(np.hypot(across, along) / camera.lens.horizon_px)


def _open(
    camera: Camera, around: Surroundings, azimuth: FloatArray, elevation: FloatArray,
    radius: FloatArray,
) -> FloatArray:  # fmt: skip
    pixel_deg = 90.0 / camera.lens.horizon_px
    share = around.open_share(np.degrees(azimuth), np.degrees(elevation), pixel_deg)
    edge = np.clip((1.0 - radius) * camera.lens.horizon_px + 0.5, 0.0, 1.0)
    return share * edge


def _gain(
    camera: Camera, around: Surroundings, x: FloatArray, y: FloatArray, radius: FloatArray
) -> FloatArray:
    lost, power = camera.vignetting
    gain = 1.0 - lost * np.minimum(radius, 1.0) ** power
    lens = camera.lens
    for right, down, size_px, dim in around.dust:
        across = x - lens.centre_x - right * lens.horizon_px
        along = y - lens.centre_y - down * lens.horizon_px
        spread = size_px * lens.horizon_px / 120.0
        gain = gain * (1.0 - dim * np.exp(-(across**2 + along**2) / (2.0 * spread**2)))
    return np.asarray(gain)


def _scatter(air: FloatArray) -> FloatArray:
    """Return the share of light that the air scatters into the line of sight, zenith 1."""
    zenith = 1.0 - np.exp(-_SCATTER_DEPTH)
    return np.asarray((1.0 - np.exp(-_SCATTER_DEPTH * np.minimum(air, 3.0))) / zenith) ** 0.5


def _town(around: Surroundings, azimuth: FloatArray, elevation: FloatArray) -> FloatArray:
    centre, width, strength = around.town
    aside = np.cos(azimuth - np.radians(centre)) - 1.0
    spread = np.radians(width) ** 2
    return np.asarray(strength * np.exp(aside / spread - np.degrees(elevation) / 6.5))


def _veil(
    camera: Camera, around: Surroundings, azimuth: FloatArray, elevation: FloatArray,
    radius: FloatArray, inside: FloatArray,
) -> FloatArray:  # fmt: skip
    """Light off snow and trees, the ring of stray light round the picture, the dome's edge."""
    beyond = np.maximum(radius - 1.0, 0.0)
    ring = 0.055 * np.exp(-beyond / 0.045) + 0.012 * np.exp(-beyond / 0.2)
    ring = np.where(radius > 1.0, ring, 0.05 + 0.03 * np.degrees(elevation) / 10.0)
    middle, half, strength = around.rim
    aside = np.cos(azimuth - np.radians(middle)) - np.cos(np.radians(half))
    arc = np.clip(4.0 * aside, 0.0, 1.0) * np.exp(-(((radius - 1.028) / 0.009) ** 2))
    return np.asarray((1.0 - inside) * (ring + strength * arc))


def _offset(camera: Camera, index: Index, row: Index, column: Index) -> FloatArray:
    offset = np.full(index.shape, camera.dark)
    size = camera.height * camera.width
    random = camera.random("hot pixels")
    count = 4 + size // 10_000
    hot = random.integers(0, size, count)
    scale = camera.design.noise[0] ** 0.5
    level = scale * np.exp(random.uniform(np.log(6.0), np.log(120.0), count))
    where, found = _positions(index, hot)
    np.add.at(offset, where, level[found])
    if camera.design.stripes:
        random = camera.random("stripes")
        offset += camera.design.stripes * random.normal(size=camera.height)[row]
        offset += camera.design.stripes * random.normal(size=camera.width)[column]
    return offset


def _positions(index: Index, wanted: Index) -> tuple[Index, NDArray[np.bool_]]:
    """Return where wanted numbers stand in a rising index, and which of them do."""
    where = np.minimum(np.searchsorted(index, wanted), index.size - 1)
    found = index[where] == wanted
    return where[found], found


def _lamps(camera: Camera, around: Surroundings, x: FloatArray, y: FloatArray) -> FloatArray:
    total = np.zeros(x.shape)
    spread = 0.75 * camera.lens.horizon_px / 120.0
    for azimuth, elevation, strength in around.lamps:
        at_x, at_y = camera.lens.pixel_of(azimuth, elevation)
        square = (x - at_x) ** 2 + (y - at_y) ** 2
        total += strength * np.exp(-square / (2.0 * spread**2))
        total += 0.01 * strength * np.exp(-np.sqrt(square) / (3.0 * spread))
    return total
