"""What of the aurora is in view of a place: the brightness of its kinds, minute by minute."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from core.geo.magnetic import mlt_h, to_magnetic
from core.instruments.array import Site
from core.simulation.aurora.field import Aurora
from core.simulation.aurora.pulsating import AMORPHOUS_H, AMORPHOUS_PER_H, amorphous_base
from core.simulation.aurora.samples import KM_PER_DEG
from core.simulation.aurora.shapes import Float32
from core.simulation.seeds import FloatArray

TimeArray = NDArray[np.datetime64]

EXPOSURE_S = 1.0
_ALT_KM = 110.0
_SIDE_KM = 170.0
_KINDS = {
    "arc": ("onset", "cap", "steve", "resonances"),
    "discrete": ("bulge", "streamers", "onset"),
    "diffuse": ("diffuse", "torches", "cusp"),
    "pulsating": ("pulsating",),
}
_BROAD = tuple(dict.fromkeys(part for parts in _KINDS.values() for part in parts))


@dataclass(frozen=True, slots=True)
class Features:
    """Aurora in view of a site at times; arrays of shape (n,), green emission in Rayleigh.

    All are of the brightest point in view, but `diffuse`, which is the mean over it; `total` is
    of all kinds together. `amorphous` is 0 to 1.
    """

    arc_r: FloatArray
    discrete_r: FloatArray
    diffuse_r: FloatArray
    pulsating_r: FloatArray
    total_r: FloatArray
    amorphous: FloatArray


def features(site: Site, times: TimeArray, seed: int) -> Features:
    """Return what is in view of a site, within 300 km of its zenith, at times of one month.

    Sampled on three lines to the north and south: arcs 12.5 km apart on the middle one and 25 km
    on the others, the rest, which is broad or changes fast, 40 and 100 km apart.
    """
    month = times[0].astype("datetime64[M]")
    aurora = Aurora(seed)
    broad = aurora.parts_r(*_view(site, month, 40.0, 100.0), times, EXPOSURE_S, "green", _BROAD)
    kinds = {kind: _sum([broad[name] for name in names]) for kind, names in _KINDS.items()}
    fine = aurora.emission_r(*_view(site, month, 12.5, 25.0), times, EXPOSURE_S, "green", ("arcs",))
    brightest = fine.max(axis=1)
    other = _sum(list(broad.values())).max(axis=1)
    seconds = times.astype("datetime64[us]").astype(np.int64) / 1e6
    mlon = float(_view(site, month, 40.0, 100.0)[1][0])
    local = (mlt_h(mlon, times) + 12.0) % 24.0 - 12.0
    loose = amorphous_base(seconds, seed) - AMORPHOUS_PER_H * (local - AMORPHOUS_H)
    return Features(
        arc_r=np.maximum(brightest, kinds["arc"].max(axis=1)).astype(float),
        discrete_r=kinds["discrete"].max(axis=1).astype(float),
        diffuse_r=kinds["diffuse"].mean(axis=1, dtype=float),
        pulsating_r=kinds["pulsating"].max(axis=1).astype(float),
        total_r=np.maximum(other, brightest + kinds["diffuse"].mean(axis=1)).astype(float),
        amorphous=np.clip(loose, 0.0, 1.0),
    )


def _sum(parts: list[Float32]) -> Float32:
    total = parts[0].copy()
    for part in parts[1:]:
        total += part
    return total


@lru_cache(maxsize=1024)
def _view(
    site: Site, month: np.datetime64, step_km: float, side_step_km: float
) -> tuple[FloatArray, FloatArray]:
    """Return the magnetic places of the points in view; the first is the zenith."""
    middle = np.arange(0.0, 301.0, step_km)
    side = np.arange(0.0, 201.0, side_step_km)
    north = np.concatenate([middle, -middle[1:], side, -side[1:], side, -side[1:]])
    east = np.zeros(north.size)
    edge, width = 2 * middle.size - 1, 2 * side.size - 1
    east[edge : edge + width], east[edge + width :] = -_SIDE_KM, _SIDE_KM
    lat = np.clip(site.lat_deg + north / KM_PER_DEG, -89.9, 89.9)
    lon = site.lon_deg + east / (KM_PER_DEG * np.cos(np.radians(lat)))
    return to_magnetic(lat, lon, _ALT_KM, month)
