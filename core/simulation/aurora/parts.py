"""The kinds of aurora, their sum, and how bright each is in each band."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from core.simulation.aurora import listed, polar
from core.simulation.aurora.arcs import arcs
from core.simulation.aurora.bulge import bulges
from core.simulation.aurora.diffuse import diffuse
from core.simulation.aurora.onset import onset_arcs
from core.simulation.aurora.pulsating import pulsating
from core.simulation.aurora.scene import Scene
from core.simulation.aurora.shapes import Float32
from core.simulation.aurora.storm import Storm, disturbed, storms_of
from core.simulation.aurora.streamers import streamers

Part = Callable[[Scene, list[Storm]], Float32 | None]

_MAKERS: dict[str, Part] = {
    "diffuse": lambda scene, _: diffuse(scene),
    "arcs": lambda scene, storms: arcs(scene, disturbed(scene, storms)),
    "onset": onset_arcs,
    "bulge": bulges,
    "streamers": streamers,
    "pulsating": lambda scene, _: pulsating(scene),
    "cusp": lambda scene, _: polar.cusp(scene),
    "cap": lambda scene, _: polar.cap_arcs(scene),
    "steve": lambda scene, _: listed.steve(scene),
    "torches": lambda scene, _: listed.torches(scene),
    "resonances": lambda scene, _: listed.resonances(scene),
}

PARTS = tuple(_MAKERS)
"""Kinds of aurora that the emission is the sum of."""

RAYED = ("arcs", "onset", "bulge", "streamers", "steve")
"""Kinds that reach to great height along the field; the others are layers of 10 to 20 km."""

# Of the green emission. Energetic electrons stop below the oxygen and make more N2+ (Strickland
# et al. 1983, J. Geophys. Res. 88, 8051): blue rises with energy, red and 844.6 nm fall.
_RATIO: dict[str, dict[str, float]] = {
    "green": dict.fromkeys(PARTS, 1.0),
    "blue": {
        "diffuse": 0.17, "arcs": 0.18, "onset": 0.2, "bulge": 0.22, "streamers": 0.2,
        "pulsating": 0.25, "cusp": 0.3, "cap": 0.15, "steve": 0.6, "torches": 0.22,
        "resonances": 0.18,
    },
    "nir": {
        "diffuse": 0.3, "arcs": 0.35, "onset": 0.3, "bulge": 0.28, "streamers": 0.3,
        "pulsating": 0.15, "cusp": 1.2, "cap": 0.6, "steve": 0.6, "torches": 0.2,
        "resonances": 0.35,
    },
    "red": {
        "diffuse": 0.3, "arcs": 0.35, "onset": 0.15, "bulge": 0.13, "streamers": 0.2,
        "pulsating": 0.0, "cusp": 7.0, "cap": 1.1, "steve": 1.0, "torches": 0.06,
        "resonances": 0.5,
    },
}  # fmt: skip


def light(
    scene: Scene, bands: tuple[str, ...], parts: tuple[str, ...], *, summed: bool
) -> list[tuple[int, Float32]]:
    """Return the lit parts of one band with their places in `parts`, or sums by band."""
    storms = storms_of(scene)
    found: dict[int, Float32] = {}
    for soft in (False, True):
        some = [(number, band) for number, band in enumerate(bands) if (band == "red") is soft]
        if not some:
            continue
        seen = replace(scene, soft=soft)
        own = [replace(storm, here=replace(storm.here, soft=soft)) for storm in storms]
        for place, name in enumerate(parts):
            wanted = [(number, _RATIO[band][name]) for number, band in some if _RATIO[band][name]]
            values = _MAKERS[name](seen, own) if wanted else None
            if values is not None:
                for number, ratio in wanted:
                    _add(found, number if summed else place, values * np.float32(ratio))
    return list(found.items())


def _add(found: dict[int, Float32], number: int, values: Float32) -> None:
    if number in found:
        found[number] += values
    else:
        found[number] = values
