"""The expanding bulge: a bright poleward boundary, folded curtains behind it, a surge in the west.

A bulge grows from the onset (Akasofu 1964, Planet. Space Sci. 12, 273), its boundary moving
poleward at 0.5 to 2 km/s, its western end as a surge at 1 to 2 km/s with a fold that is wound
as spirals are, counterclockwise seen from below (Davis and Hallinan 1976, J. Geophys. Res. 81,
3953). The curtains are level lines of the distance behind the boundary, warped by noise of two
sizes that drift apart; where the warp is as steep as the distance they fold over and close.
Divided by the steepness of the warped distance, they keep their width through every fold.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from core.simulation.aurora.scene import Scene
from core.simulation.aurora.shapes import Float32, above, bell, f32, ramp, ramp64, scaled
from core.simulation.aurora.storm import Storm
from core.simulation.aurora.textures import SIZE, fine, fractal, smooth
from core.simulation.seeds import generator

_SPACING_KM = 36.0
_COUNT = 64
_FOLD_KM = 170.0
_FOLD_RAD = 2.2
_LARGE = (8.0, 30.0)
_SMALL = (2.4, 12.0)


@lru_cache(maxsize=4)
def _levels(seed: int) -> Float32:
    """Return the brightness of curtains by their number behind the boundary."""
    draw = generator("curtains", seed=seed).random(_COUNT)
    levels = (0.10 + 0.55 * draw**2) * np.exp(-np.arange(_COUNT) / 9.0)
    levels[0] = 1.0
    return levels.astype(np.float32)


def bulges(scene: Scene, storms: list[Storm]) -> Float32 | None:
    """Return the green emission of expansions and of what they leave."""
    total = None
    for storm in storms:
        if not (storm.progress.power > 0.0).any():
            continue
        if total is None:
            total = np.zeros(scene.size, np.float32)
        _add(storm, total)
    return total


def _add(storm: Storm, total: Float32) -> None:
    at, whole = storm.progress, storm.here
    east, north = storm.east_km, storm.north_km
    lit = (east > -whole.of(at.west_km + 120.0)) & (east < whole.of(at.east_km + 60.0))
    lit &= (north > f32(-110.0)) & (north < whole.of(at.top_km + 130.0))
    lit &= whole.of(at.power) > f32(0.002)
    index = np.flatnonzero(lit)
    if not index.size:
        return
    here = whole.only(index)
    bulge = _Bulge(storm, here, east.take(index), north.take(index))
    total[storm.index.take(index)] += bulge.emission()


class _Bulge:
    """The samples in and around one bulge."""

    def __init__(self, storm: Storm, here: Scene, east: Float32, north: Float32) -> None:
        self.storm, self.here = storm, here
        self.shift = f32(173.3 * (storm.substorm.number % 997))
        self.base = ramp(north, -70.0, 25.0)
        self.head = self._fold(east, north)
        self.east, self.north = east, north

    def _fold(self, east: Float32, north: Float32) -> Float32:
        """Wind up the coordinates around the head of the surge; return how near it is."""
        at = self.storm.progress
        x = east + self.here.of(at.west_km - 70.0)
        y = north - self.here.of(0.5 * at.top_km)
        near = x * x
        near += y * y
        near *= f32(-1.0 / _FOLD_KM**2)
        np.exp(near, out=near)
        inside = np.flatnonzero(near > f32(0.01))
        x, y = x.take(inside), y.take(inside)
        scene = self.here.only(inside)
        angle = near.take(inside) * scene.of(_FOLD_RAD * at.stir)
        sine, cosine = np.sin(angle), np.cos(angle)
        east[inside] += x * cosine - y * sine - x
        north[inside] += x * sine + y * cosine - y
        return near

    def emission(self) -> Float32:
        """Return the emission over the samples."""
        behind, slope = self._behind()
        value = self._trail(behind) if self.here.soft else self._curtains(behind, slope)
        boost = self.head * f32(2.2)
        boost += f32(1.0)
        value *= boost
        value += self._glow(behind)
        value *= self.base
        level = 6000.0 + 60.0 * self.storm.substorm.strength_nt
        value *= self.here.of(level * self.storm.progress.power)
        return value

    def _curtains(self, behind: Float32, slope: Float32) -> Float32:
        """Return the light of curtains: thin bright cores, and wider skirts around them."""
        number = np.rint(behind * f32(1.0 / _SPACING_KM))
        np.maximum(number, f32(0.0), out=number)
        off = behind - number * f32(_SPACING_KM)
        edge = f32(1.0) - ramp(np.abs(off), 0.36 * _SPACING_KM, 0.5 * _SPACING_KM)
        edge[behind < f32(0.0)] = f32(1.0)
        off /= slope
        variation, width = self._variation(number)
        off /= width
        value = bell(off)
        off *= f32(0.36)
        skirt = bell(off)
        skirt *= f32(0.3)
        value += skirt
        value *= edge
        value *= variation
        value *= _levels(self.here.seed).take(number.astype(np.int32) & (_COUNT - 1))
        return value

    def _trail(self, behind: Float32) -> Float32:
        """Return the red light: it lasts for 110 s after the boundary has passed."""
        ahead = bell(np.minimum(behind, f32(0.0)) * f32(1 / 30.0))
        ahead *= np.exp(np.maximum(behind, f32(0.0)) * f32(-1 / 90.0))
        ahead *= f32(0.4)
        return ahead

    def _behind(self) -> tuple[Float32, Float32]:
        """Return the warped distance behind the boundary in km, and how steep it is."""
        at, here = self.storm.progress, self.here
        half, middle = 0.5 * (at.west_km + at.east_km), 0.5 * (at.east_km - at.west_km)
        inverse, lift = here.of(1.0 / half), here.of(1.0 / at.top_km)
        x = (self.east - here.of(middle)) * inverse
        y = self.north * lift
        radius = np.sqrt(x * x + y * y)
        x *= inverse
        y *= lift
        steep = np.sqrt(x * x + y * y)
        steep += f32(1e-7)
        behind = (f32(1.0) - radius) * radius / steep
        x /= -steep
        y /= -steep
        for scale, amplitude, west, north in ((*_LARGE, 0.6, 0.2), (*_SMALL, -0.9, -0.25)):
            if here.soft and scale < 4.0:
                continue
            u = scaled(self.east, 1.0 / scale) + here.moved(west / scale, SIZE)
            u += self.shift
            v = scaled(self.north, 1.0 / scale) + here.moved(north / scale, SIZE)
            warp, by_u, by_v = smooth(here.seed).with_slopes(u, v)
            stir = here.of(at.stir * amplitude)
            behind += warp * stir
            stir = stir * f32(1.0 / scale)
            x += by_u * stir
            y += by_v * stir
        slope = np.sqrt(x * x + y * y)
        np.clip(slope, f32(0.35), f32(3.0), out=slope)
        return behind, slope

    def _variation(self, number: Float32) -> tuple[Float32, Float32]:
        """Return brightness along curtains with their rays, and half widths in km."""
        here = self.here
        own = number * f32(37.7)
        own += self.shift
        value = fractal(here.seed).at(
            scaled(self.east, 1 / 1.3) + own, scaled(self.north, 1 / 1.3) + here.moved(0.4, SIZE)
        )
        width = scaled(value, 2.6, 7.0)
        np.clip(width, f32(3.5), f32(14.0), out=width)
        value *= f32(0.65)
        value += f32(0.75)
        np.clip(value, f32(0.12), f32(2.2), out=value)
        rays = fine(here.seed).at(
            scaled(self.east, 1 / 0.55) + here.moved(5.0, SIZE), own + here.moved(2.0, SIZE)
        )
        rays *= f32(0.33)
        rays += f32(1.0)
        value *= above(rays, 0.1)
        return value, width

    def _glow(self, behind: Float32) -> Float32:
        """Return the diffuse light inside the bulge."""
        here = self.here
        patch = fractal(here.seed).at(
            scaled(self.east, 1 / 4.0) + here.moved(0.1, SIZE),
            scaled(self.north, 1 / 2.5) + self.shift,
        )
        patch *= f32(0.5)
        patch += f32(0.8)
        above(patch, 0.1)
        patch *= ramp(behind, -20.0, 50.0)
        age = self.storm.progress.age_s
        level = 0.22 - 0.13 * ramp64(age, 300.0, 1500.0)
        patch *= here.of(0.5 * level if here.soft else level)
        return patch
