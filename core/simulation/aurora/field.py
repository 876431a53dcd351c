"""The emission of the aurora at any magnetic place and time."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.errors import BadInput
from core.simulation.aurora.arcs import arcs
from core.simulation.aurora.bulge import bulges
from core.simulation.aurora.diffuse import diffuse
from core.simulation.aurora.drivers import Drivers, drivers_at
from core.simulation.aurora.onset import onset_arcs
from core.simulation.aurora.pulsating import pulsating
from core.simulation.aurora.samples import Samples
from core.simulation.aurora.scene import Scene, scene_of
from core.simulation.aurora.shapes import Float32
from core.simulation.aurora.storm import disturbed, storms_of
from core.simulation.seeds import SEED

BANDS = ("green", "red", "blue", "nir")
"""557.7 nm, 630.0 nm, N2+ 427.8 nm and 844.6 nm."""

PARTS = ("diffuse", "arcs", "onset", "bulge", "pulsating")
"""Kinds of aurora that the emission is the sum of."""

_AT_ONCE = 65_536
_LOWEST_DEG = 40.0
_RATIO = {
    "green": dict.fromkeys(PARTS, 1.0),
    "blue": {"diffuse": 0.16, "arcs": 0.18, "onset": 0.2, "bulge": 0.22, "pulsating": 0.25},
    "nir": {"diffuse": 0.3, "arcs": 0.35, "onset": 0.3, "bulge": 0.3, "pulsating": 0.15},
    "red": {"diffuse": 0.35, "arcs": 0.3, "onset": 0.15, "bulge": 0.12, "pulsating": 0.02},
}


class Aurora:
    """The aurora of one seed.

    Parameters
    ----------
    seed : int
        Another seed gives another, equally plausible aurora.
    """

    def __init__(self, seed: int = SEED) -> None:
        self.seed = seed

    def emission_r(
        self,
        mlat_deg: ArrayLike,
        mlon_deg: ArrayLike,
        times: ArrayLike,
        exposure_s: float,
        band: str,
    ) -> Float32:
        """Return the emission of a column through the aurora, averaged over exposures.

        A value depends on its own place and time alone, to the bit, whatever else is asked for.

        Parameters
        ----------
        mlat_deg, mlon_deg : array_like of float, shape (P,)
            AACGM at the height of the emission (110 km; 230 km for red). Of the southern
            hemisphere the field is the conjugate one. NaN (not defined) has no aurora.
        times : array_like of datetime64, shape (T,)
            UTC, the middle of the exposure; in any order.
        exposure_s : float
            Seconds.
        band : str
            One of `BANDS`.

        Returns
        -------
        ndarray of float32, shape (T, P)
            Rayleigh, without airglow.

        Raises
        ------
        BadInput
            For an unknown band.
        """
        return self._evaluate(mlat_deg, mlon_deg, times, exposure_s, band, None)[0]

    def parts_r(
        self,
        mlat_deg: ArrayLike,
        mlon_deg: ArrayLike,
        times: ArrayLike,
        exposure_s: float,
        band: str,
        parts: Sequence[str] = PARTS,
    ) -> dict[str, Float32]:
        """Return what `emission_r` is the sum of, by the kind of aurora."""
        found = self._evaluate(mlat_deg, mlon_deg, times, exposure_s, band, tuple(parts))
        return dict(zip(parts, found, strict=True))

    def _evaluate(
        self,
        mlat_deg: ArrayLike,
        mlon_deg: ArrayLike,
        times: ArrayLike,
        exposure_s: float,
        band: str,
        parts: tuple[str, ...] | None,
    ) -> Float32:
        """Return each part, shape (parts, T, P), or for None their sum, shape (1, T, P)."""
        if band not in BANDS:
            raise BadInput("No such band.", field="band", value=band, allowed=BANDS)
        moments = np.atleast_1d(np.asarray(times, dtype="datetime64[us]"))
        mlat = np.abs(np.nan_to_num(np.atleast_1d(np.asarray(mlat_deg, dtype=np.float64))))
        mlon = np.nan_to_num(np.atleast_1d(np.asarray(mlon_deg, dtype=np.float64)))
        found = np.zeros((len(parts) if parts else 1, moments.size, mlat.size), np.float32)
        lit = np.flatnonzero(mlat > _LOWEST_DEG)
        if not lit.size or not moments.size:
            return found
        drivers = drivers_at(moments, self.seed)
        step = max(1, _AT_ONCE // lit.size)
        for first in range(0, moments.size, step):
            rows = slice(first, min(first + step, moments.size))
            scene = self._scene(mlat[lit], mlon[lit], drivers.part(rows), exposure_s, band)
            for name, values in _light(scene, band, parts or PARTS):
                plane = found[parts.index(name) if parts else 0]
                plane[rows, lit] += values.reshape(-1, lit.size)
        return found

    def _scene(
        self,
        mlat: NDArray[np.float64],
        mlon: NDArray[np.float64],
        drivers: Drivers,
        exposure_s: float,
        band: str,
    ) -> Scene:
        count = drivers.seconds.size
        local = drivers.zero_h[:, None] + (mlon / 15.0)[None, :]
        local -= 24.0 * np.floor(local / 24.0 + 0.5)
        row = np.repeat(np.arange(count), mlat.size) if count > 1 else None
        samples = Samples(
            mlat_deg=np.tile(mlat.astype(np.float32), count),
            local_h=local.astype(np.float32).ravel(),
            row=row,
        )
        return scene_of(samples, drivers, exposure_s, band == "red", self.seed)


def _light(scene: Scene, band: str, parts: Sequence[str]) -> list[tuple[str, Float32]]:
    """Return the parts that are lit, in the units of a band."""
    storms = storms_of(scene)
    swept = disturbed(scene, storms)
    makers = {
        "diffuse": lambda: diffuse(scene),
        "arcs": lambda: arcs(scene, swept),
        "onset": lambda: onset_arcs(scene, storms),
        "bulge": lambda: bulges(scene, storms),
        "pulsating": lambda: pulsating(scene),
    }
    found = []
    for name in parts:
        values = makers[name]()
        if values is not None:
            values *= np.float32(_RATIO[band][name])
            found.append((name, values))
    return found
