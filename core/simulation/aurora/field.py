"""The emission of the aurora at any magnetic place and time."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.errors import BadInput
from core.simulation.aurora.drivers import Drivers, drivers_at
from core.simulation.aurora.parts import PARTS, light
from core.simulation.aurora.scene import Scene, scene_of
from core.simulation.aurora.shapes import Float32
from core.simulation.seeds import SEED

BANDS = ("green", "red", "blue", "nir")
"""557.7 nm, 630.0 nm, N2+ 427.8 nm and 844.6 nm."""

_AT_ONCE = 65_536
_LOWEST_DEG = 40.0


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
        parts: Sequence[str] = PARTS,
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
        parts : sequence of str
            Kinds of aurora, of `PARTS`; `RAYED` are those that reach to great height.

        Returns
        -------
        ndarray of float32, shape (T, P)
            Rayleigh, without airglow.

        Raises
        ------
        BadInput
            For an unknown band or part.
        """
        where = mlat_deg, mlon_deg, times, exposure_s
        return np.asarray(self._evaluate(*where, (band,), tuple(parts), summed=True)[0])

    def emissions_r(
        self,
        mlat_deg: ArrayLike,
        mlon_deg: ArrayLike,
        times: ArrayLike,
        exposure_s: float,
        bands: Sequence[str],
        parts: Sequence[str] = PARTS,
    ) -> dict[str, Float32]:
        """Return what `emission_r` returns for several bands, to the bit, at little more cost.

        The red line comes from another height: ask for it by itself, at its own coordinates.
        """
        where = mlat_deg, mlon_deg, times, exposure_s
        found = self._evaluate(*where, tuple(bands), tuple(parts), summed=True)
        return dict(zip(bands, found, strict=True))

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
        where = mlat_deg, mlon_deg, times, exposure_s
        found = self._evaluate(*where, (band,), tuple(parts), summed=False)
        return dict(zip(parts, found, strict=True))

    def _evaluate(
        self,
        mlat_deg: ArrayLike,
        mlon_deg: ArrayLike,
        times: ArrayLike,
        exposure_s: float,
        bands: tuple[str, ...],
        parts: tuple[str, ...],
        *,
        summed: bool,
    ) -> Float32:
        """Return each part, shape (parts, T, P), or their sum by band, shape (bands, T, P)."""
        _check(bands, parts)
        moments = np.atleast_1d(np.asarray(times, dtype="datetime64[us]"))
        mlat = np.abs(np.atleast_1d(np.asarray(mlat_deg, dtype=np.float32)))
        mlon = np.atleast_1d(np.asarray(mlon_deg, dtype=np.float64))
        found = np.zeros((len(bands if summed else parts), moments.size, mlat.size), np.float32)
        lit = np.flatnonzero(mlat > _LOWEST_DEG)
        if not moments.size:
            return found
        drivers = drivers_at(moments, self.seed)
        rows, columns = _blocks(moments.size, lit.size)
        for some in rows:
            for few in columns:
                where = few if lit.size == mlat.size else lit[few]
                north, east = mlat[where], mlon[where]
                scene = self._scene(north, east, drivers.part(some), exposure_s)
                for number, values in light(scene, bands, parts, summed=summed):
                    found[number][some, where] = values.reshape(-1, north.size)
        return found

    def _scene(
        self,
        mlat: Float32,
        mlon: NDArray[np.float64],
        drivers: Drivers,
        exposure_s: float,
    ) -> Scene:
        local = drivers.zero_h[:, None] + (mlon / 15.0)[None, :]
        local -= 24.0 * np.floor(local / 24.0 + 0.5)
        return scene_of(mlat, local.astype(np.float32), drivers, exposure_s, self.seed)


def _check(bands: tuple[str, ...], parts: tuple[str, ...]) -> None:
    """Refuse a band or a part that does not exist."""
    for name in bands:
        if name not in BANDS:
            raise BadInput("No such band.", field="band", value=name, allowed=BANDS)
    for name in parts:
        if name not in PARTS:
            raise BadInput("No such kind of aurora.", field="parts", value=name, allowed=PARTS)


def _blocks(times: int, places: int) -> tuple[list[slice], list[slice]]:
    """Return parts of the times and of the places that are worked on together."""
    wide = min(max(places, 1), _AT_ONCE)
    long = max(1, _AT_ONCE // wide)
    rows = [slice(k, min(k + long, times)) for k in range(0, times, long)]
    return rows, [slice(k, k + wide) for k in range(0, places, wide)]
