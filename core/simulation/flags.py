"""When instruments on Swarm and ePOP operate, and how good their data are."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.simulation.seeds import generator

TimeArray = NDArray[np.datetime64]
Flags = dict[str, NDArray[np.generic]]

_TII_COMPONENTS = ("vixh", "vixv", "viy", "viz")
_TII_GOOD = (0.35, 0.75, 0.55, 0.25)
_SLOT_MIN = 45
_SLOTS = 1440 // _SLOT_MIN


def _slot_draws(purpose: str, identifier: int, minutes: TimeArray, seed: int, width: int) -> Flags:
    """Return uniform draws (n, width), constant over slots of 45 minutes."""
    days = minutes.astype("datetime64[D]")
    unique = np.unique(days)
    draws = np.stack(
        [
            generator(purpose, identifier, int(day.astype(np.int64)), seed=seed).random(
                (_SLOTS, width)
            )
            for day in unique
        ]
    )
    slot = ((minutes - days) / np.timedelta64(_SLOT_MIN, "m")).astype(np.int64)
    return {"draws": draws[np.searchsorted(unique, days), slot]}


def swarm_flags(identifier: int, minutes: TimeArray, seed: int) -> Flags:
    """Return tii_on and the four quality flags of the thermal ion imager.

    It is on for some two thirds of the half-orbits; flags are 0 (bad) while it is off, and 0 or
    1 (good) by component while it is on.
    """
    draws = _slot_draws("tii", identifier, minutes, seed, 1 + len(_TII_COMPONENTS))["draws"]
    values = np.asarray(draws, dtype=float)
    on = values[:, 0] < 0.65
    flags: Flags = {"md_bool_tii_on": on}
    for column, (name, share) in enumerate(zip(_TII_COMPONENTS, _TII_GOOD, strict=True), 1):
        flags[f"md_int_tii_quality_{name}"] = (on & (values[:, column] < share)).astype(np.int64)
    return flags


def epop_flags(instruments: Sequence[str], identifier: int, minutes: TimeArray, seed: int) -> Flags:
    """Return whether each ePOP instrument operates: campaigns of 45 minutes, a few a day."""
    draws = _slot_draws("epop", identifier, minutes, seed, 1 + len(instruments))["draws"]
    values = np.asarray(draws, dtype=float)
    campaign = values[:, 0] < 0.2
    return {
        f"md_bool_{name}_on": campaign & (values[:, column] < 0.5)
        for column, name in enumerate(instruments, 1)
    }
