"""What a detector makes of light: noise, offset, tone curve, saturation, whole numbers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.simulation.cameras.camera import Camera
from core.simulation.cameras.noise import hashed, normals
from core.simulation.cameras.pixels import Pixels
from core.simulation.cameras.sky import Sky

Float32 = NDArray[np.float32]


def detected(
    camera: Camera, pixels: Pixels, sky: Sky, channels: Sequence[Float32]
) -> NDArray[np.uint16] | NDArray[np.uint8]:
    """Return counts of light.

    Parameters
    ----------
    camera, pixels, sky
        Which pixels at which times.
    channels : sequence of float32 arrays, shape (times, pixels)
        Light in counts; is overwritten.

    Returns
    -------
    uint16 array, shape (times, pixels), or uint8 array, shape (times, pixels, channels)
    """
    constant, slope = (np.float32(value) for value in camera.design.noise)
    words = hashed(sky.keys, pixels.index.astype(np.uint64))
    eight_bits = camera.design.ceiling <= 255
    shape = channels[0].shape
    out = np.empty((*shape, len(channels)), dtype=np.uint8 if eight_bits else np.uint16)
    for number, light in enumerate(channels):
        spread = light * slope
        spread += constant
        np.sqrt(spread, out=spread)
        spread *= normals(words, number)
        light += spread
        light += pixels.offset
        if eight_bits:
            _tone(light, camera.design.gamma)
        np.clip(light, 0.0, camera.design.ceiling, out=light)
        np.rint(light, out=light)
        out[..., number] = light
    return out if eight_bits else out[..., 0]


def _tone(value: Float32, gamma: float) -> None:
    """Bend values of an 8-bit picture: a gamma, and a shoulder above the middle."""
    np.maximum(value, np.float32(0.0), out=value)
    if gamma != 1.0:
        value *= np.float32(1.0 / 255.0)
        np.power(value, np.float32(1.0 / gamma), out=value)
        value *= np.float32(255.0)
    above = np.maximum(value - np.float32(128.0), np.float32(0.0))
    value -= above
    above *= np.float32(1.0 / 127.0)
    np.tanh(above, out=above)
    above *= np.float32(127.0)
    value += above
