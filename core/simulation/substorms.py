"""Substorms, and the SML index that follows from them.

Three to six onsets a day when it is active; onset near 23 MLT at the equatorward edge of the
oval; growth of 30 to 90 minutes, expansion of 10 to 30, recovery of one to two hours (Akasofu
1964, Planet. Space Sci. 12, 273; Newell and Gjerloev 2011, J. Geophys. Res. 116, A12211 for SML).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from core.simulation.activity import kp, smooth_kp
from core.simulation.oval import equatorward_edge_deg
from core.simulation.seeds import SEED, FloatArray, generator, smooth_noise

TimeArray = NDArray[np.datetime64]

_SLOT_H = 2
_SLOTS = 24 // _SLOT_H
_MEMORY = np.timedelta64(5, "h")
_MINUTE = np.timedelta64(1, "m")
_HOUR = np.timedelta64(1, "h")
_EASE = 0.35
SHIFT_SHARE = 0.3
"""What the oval moves of the distance that the arcs in it move."""


@dataclass(frozen=True, slots=True)
class Substorm:
    """One onset and what follows. Times UTC, durations minutes, place AACGM at 110 km.

    `bulge_deg` is how far it expands poleward, `surge_km_s` the speed of the surge westward,
    `bead_km` the distance between the beads of the onset arc; `number` tells it from others.
    """

    onset: np.datetime64
    mlat_deg: float
    mlt_h: float
    strength_nt: float
    growth_min: float
    expansion_min: float
    recovery_min: float
    bulge_deg: float
    surge_km_s: float
    bead_km: float
    number: int

    @property
    def onset_s(self) -> float:
        """Return when it began, seconds since 1970."""
        return float(self.onset.astype("datetime64[us]").astype(np.int64)) / 1e6

    @property
    def drift_km_s(self) -> float:
        """Return the speed at which arcs drift equatorward before onset: 0.1 to 0.2."""
        return 0.1 + 0.1 * (90.0 - self.growth_min) / 60.0

    @property
    def travel_km(self) -> float:
        """Return how far they drift in the growth phase."""
        return 60.0 * self.growth_min * self.drift_km_s

    def since_min(self, times: TimeArray) -> FloatArray:
        """Return minutes since onset."""
        return np.asarray((times - self.onset) / _MINUTE, dtype=np.float64)

    def envelope(self, times: TimeArray) -> FloatArray:
        """Return 0 to 1: up during expansion, down during recovery, 0 outside."""
        age = self.since_min(times)
        rise = np.clip(age / self.expansion_min, 0.0, 1.0)
        fall = np.clip(1.0 - (age - self.expansion_min) / self.recovery_min, 0.0, 1.0)
        return np.asarray(rise * fall)


@lru_cache(maxsize=512)
def substorms_of_day(day: int, seed: int = SEED) -> tuple[Substorm, ...]:
    """Return the substorms whose onset is on a UT day (days since 1970), in order of time.

    The day has slots of two hours; a slot holds at most one onset, with a probability that grows
    with Kp, in its first 80 minutes: onsets are at least 40 minutes apart.
    """
    random = generator("substorms", day, seed=seed)
    draws = random.random((_SLOTS, 8))
    forms = generator("forms", day, seed=seed).random((_SLOTS, 3))
    midnight = np.datetime64(day, "D").astype("datetime64[us]")
    found = []
    for slot, draw in enumerate(draws):
        minute = slot * _SLOT_H * 60 + int(draw[1] * 80)
        onset = midnight + minute * _MINUTE
        activity = float(kp(onset, seed=seed))
        if draw[0] < min(0.06 + 0.075 * activity, 0.75):
            kps = activity, float(smooth_kp(onset, seed=seed))
            found.append(_substorm(onset, kps, (draw, forms[slot]), day * _SLOTS + slot))
    return tuple(found)


def _substorm(
    onset: np.datetime64,
    kps: tuple[float, float],
    draws: tuple[FloatArray, FloatArray],
    number: int,
) -> Substorm:
    (activity, eased), (draw, form) = kps, draws
    mlt_h = 23.0 + 1.2 * (draw[2] + draw[3] - 1.0)
    edge = float(equatorward_edge_deg(mlt_h, eased))
    strength = 0.5 * draw[5] + 0.5 * min(activity / 5.0, 1.0)
    return Substorm(
        onset=onset,
        mlat_deg=edge + 1.0 + 1.5 * draw[4],
        mlt_h=mlt_h,
        strength_nt=150.0 + 130.0 * activity * (0.5 + draw[5]),
        growth_min=30.0 + 60.0 * draw[6],
        expansion_min=10.0 + 20.0 * draw[7],
        recovery_min=60.0 + 60.0 * draw[4],
        bulge_deg=3.0 + 5.0 * (0.7 * strength + 0.3 * form[0]),
        surge_km_s=1.0 + form[1],
        bead_km=60.0 + 70.0 * form[2],
        number=number,
    )


def substorms_between(
    start: np.datetime64, end: np.datetime64, *, seed: int = SEED
) -> list[Substorm]:
    """Return substorms with onset from `start` to `end`, both included."""
    first, last = (int(t.astype("datetime64[D]").astype(np.int64)) for t in (start, end))
    return [
        substorm
        for day in range(first, last + 1)
        for substorm in substorms_of_day(day, seed)
        if start <= substorm.onset <= end
    ]


def days_near(times: TimeArray, before: np.timedelta64, ahead: np.timedelta64) -> list[int]:
    """Return the UT days (since 1970) that hold any moment from `before` to `ahead` of a time."""
    first = (times - before).astype("datetime64[D]").astype(np.int64)
    last = (times + ahead).astype("datetime64[D]").astype(np.int64)
    most = int((last - first).max())
    return sorted({int(day) for k in range(most + 1) for day in np.unique(first + k)})


def substorms_near(
    times: TimeArray, before: np.timedelta64, ahead: np.timedelta64, *, seed: int = SEED
) -> list[Substorm]:
    """Return at least the substorms with onset from `before` to `ahead` of one of the times.

    Times may lie years apart: what is in between is not looked at.
    """
    near = days_near(times, before, ahead)
    return [substorm for day in near for substorm in substorms_of_day(day, seed)]


def substorm_level(times: TimeArray, *, seed: int = SEED) -> FloatArray:
    """Return the strength (nT, positive) of substorm activity at sorted times."""
    level = np.zeros(times.size)
    for substorm in substorms_between(times[0] - _MEMORY, times[-1], seed=seed):
        level = np.maximum(level, substorm.strength_nt * substorm.envelope(times))
    return level


def oval_shift_deg(times: TimeArray, *, seed: int = SEED) -> FloatArray:
    """Return by how much the night side of the oval is displaced, degrees: 0 or less.

    Equatorward at a steady speed in the growth phase, back in the recovery (McPherron 1970, J.
    Geophys. Res. 75, 5592). Known at any time in any order: substorms that do not matter at a
    time add exactly nothing.
    """
    shift = np.zeros(times.size)
    for substorm in substorms_near(times, _MEMORY, 2 * _HOUR, seed=seed):
        age = substorm.since_min(times)
        part = np.clip(1.0 + age / substorm.growth_min, 0.0, 1.0)
        # Gathers speed in the first third, then is steady.
        down = np.where(part < _EASE, part * part / (2.0 * _EASE), part - 0.5 * _EASE)
        down /= 1.0 - 0.5 * _EASE
        back = np.clip((age - substorm.expansion_min) / substorm.recovery_min, 0.0, 1.0)
        eased = down * (1.0 - back * back * (3.0 - 2.0 * back))
        shift -= SHIFT_SHARE * substorm.travel_km / 111.2 * eased
    return shift


def sml_nt(minutes: TimeArray, *, seed: int = SEED) -> FloatArray:
    """Return SML at sorted times, nT: quiet convection by Kp, substorms, and noise."""
    hours = minutes.astype("datetime64[us]").astype(np.int64) / 3.6e9
    noise = smooth_noise("sml", hours, 0.15, seed=seed)
    quiet = 15.0 + 14.0 * kp(minutes, seed=seed)
    level = quiet * (1.0 + 0.25 * noise) + substorm_level(minutes, seed=seed)
    return np.asarray(-np.round(np.maximum(level, 2.0), 1))
