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
_REACH_KM = 300.0
_STEP_KM = 25.0
_SIDE_KM = 170.0
_KINDS = {
    "arc": ("arcs", "onset", "cap", "steve", "resonances"),
    "discrete": ("bulge", "streamers", "onset"),
    "diffuse": ("diffuse", "torches", "cusp"),
    "pulsating": ("pulsating",),
}
_NEEDED = tuple(dict.fromkeys(part for parts in _KINDS.values() for part in parts))


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

    Sampled at 35 points on three lines to the north and south, 25 km apart on the middle one.
    """
    mlat, mlon = _view(site.lat_deg, site.lon_deg, times[0].astype("datetime64[M]"))
    parts = Aurora(seed).parts_r(mlat, mlon, times, EXPOSURE_S, "green", _NEEDED)
    kinds = {kind: _sum([parts[name] for name in names]) for kind, names in _KINDS.items()}
    total = _sum(list(parts.values()))
    local = (mlt_h(float(mlon[0]), times) + 12.0) % 24.0 - 12.0
    loose = amorphous_base(times.astype("datetime64[us]").astype(np.int64) / 1e6, seed)
    return Features(
        arc_r=kinds["arc"].max(axis=1).astype(float),
        discrete_r=kinds["discrete"].max(axis=1).astype(float),
        diffuse_r=kinds["diffuse"].mean(axis=1, dtype=float),
        pulsating_r=kinds["pulsating"].max(axis=1).astype(float),
        total_r=total.max(axis=1).astype(float),
        amorphous=np.clip(loose - AMORPHOUS_PER_H * (local - AMORPHOUS_H), 0.0, 1.0),
    )


def _sum(parts: list[Float32]) -> Float32:
    total = parts[0].copy()
    for part in parts[1:]:
        total += part
    return total


@lru_cache(maxsize=512)
def _view(lat_deg: float, lon_deg: float, month: np.datetime64) -> tuple[FloatArray, FloatArray]:
    """Return the magnetic places of the points in view; the first is the zenith."""
    middle = np.arange(-_REACH_KM, _REACH_KM + 1.0, _STEP_KM)
    middle = middle[np.argsort(np.abs(middle), kind="stable")]
    side = np.linspace(-200.0, 200.0, 5)
    north = np.concatenate([middle, side, side])
    east = np.concatenate([0.0 * middle, side * 0.0 - _SIDE_KM, side * 0.0 + _SIDE_KM])
    lat = np.clip(lat_deg + north / KM_PER_DEG, -89.9, 89.9)
    lon = lon_deg + east / (KM_PER_DEG * np.cos(np.radians(lat)))
    return to_magnetic(lat, lon, _ALT_KM, month)
