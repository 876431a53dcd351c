"""When instruments on the ground operate: darkness, outages, campaigns."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from core.geo.sun import sun_elevation_deg
from core.instruments.array import Site
from core.simulation.seeds import generator

TimeArray = NDArray[np.datetime64]
Mask = NDArray[np.bool_]

DARK_DEG = -12.0
"""All-sky imagers operate while the Sun is below this elevation."""

_BLOCK_DAYS = 10
_LONGEST_OUTAGE_DAYS = 9.0
_MINUTE = np.timedelta64(1, "m")
_MICROSECOND = np.timedelta64(1, "us")


def imager_operates(site: Site, minutes: TimeArray, seed: int) -> Mask:
    """Return in which minutes a camera takes images: dark, and no outage."""
    dark = sun_elevation_deg(site.lat_deg, site.lon_deg, minutes) < DARK_DEG
    return np.asarray(dark & ~outage(site.identifier, minutes, seed))


def outage(identifier: int, minutes: TimeArray, seed: int) -> Mask:
    """Return in which minutes an instrument is down.

    One block of ten days in four has an outage that lasts a day and a half on average, nine days
    at most; besides, one stretch of 24 hours from noon UT in thirty is lost.
    """
    days = minutes.astype("datetime64[D]").astype(np.int64)
    down = np.zeros(minutes.size, dtype=bool)
    first, last = int(days.min()) // _BLOCK_DAYS - 1, int(days.max()) // _BLOCK_DAYS
    for block in range(first, last + 1):
        draw = generator("outage", identifier, block, seed=seed).random(3)
        if draw[0] < 0.25:
            begin = np.datetime64(block * _BLOCK_DAYS, "D").astype("datetime64[us]")
            begin = begin + int(draw[1] * _BLOCK_DAYS * 1440) * _MINUTE
            length = min(-1.5 * np.log1p(-draw[2]), _LONGEST_OUTAGE_DAYS)
            down |= (minutes >= begin) & (minutes < begin + int(length * 1440) * _MINUTE)
    noons = (minutes - np.timedelta64(12, "h")).astype("datetime64[D]").astype(np.int64)
    for noon in np.unique(noons):
        if generator("lost", identifier, int(noon), seed=seed).random() < 1 / 30:
            down |= noons == noon
    return down


def campaign(identifier: int, minutes: TimeArray, seed: int, share: float, hours: int) -> Mask:
    """Return in which minutes a campaign runs: slots of `hours`, each with probability `share`."""
    days = minutes.astype("datetime64[D]")
    running = np.zeros(minutes.size, dtype=bool)
    for day in np.unique(days):
        here = np.flatnonzero(days == day)
        slot = ((minutes[here] - day) / np.timedelta64(hours, "h")).astype(np.int64)
        draws = generator("campaign", identifier, int(day.astype(np.int64)), seed=seed)
        running[here] = draws.random(24 // hours + 1)[slot] < share
    return running


def exposures_between(
    site: Site, cadence_s: float, start: np.datetime64, end: np.datetime64, seed: int
) -> TimeArray:
    """Return when exposures of a camera begin.

    Parameters
    ----------
    site : Site
        With its first and last UT day.
    cadence_s : float
        Seconds between exposures; a whole number of them makes a minute, and one begins with it.
    start, end : datetime64
        Beginnings with start <= time < end.
    seed : int
        Of the archive.

    Returns
    -------
    ndarray of datetime64[us]
        Rising; in minutes in which the camera operates.
    """
    low, high = start.astype("datetime64[us]"), end.astype("datetime64[us]")
    life_end = np.datetime64(site.end, "D") + 1 if site.end else high
    low = max(low, np.datetime64(site.start, "D").astype("datetime64[us]"))
    high = min(high, life_end.astype("datetime64[us]"))
    if low >= high:
        return np.array([], dtype="datetime64[us]")
    first, last = low.astype("datetime64[D]"), (high - _MICROSECOND).astype("datetime64[D]")
    minutes = np.concatenate([_minutes(site, day, seed) for day in np.arange(first, last + 1)])
    edges = np.searchsorted(minutes, np.array([low.astype("datetime64[m]"), high]))
    steps = (np.arange(round(60.0 / cadence_s)) * round(cadence_s * 1e6)).astype("timedelta64[us]")
    begun = (minutes[slice(*edges)][:, None] + steps).ravel()
    return np.asarray(begun[slice(*np.searchsorted(begun, np.array([low, high])))])


@lru_cache(maxsize=256)
def _minutes(site: Site, day: np.datetime64, seed: int) -> TimeArray:
    """Return the minutes of a UT day in which a camera operates, read-only."""
    minutes = day.astype("datetime64[us]") + np.arange(1440) * _MINUTE
    minutes = minutes[imager_operates(site, minutes, seed)]
    minutes.flags.writeable = False
    return np.asarray(minutes)
