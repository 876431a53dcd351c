"""The same load on aacgmv2 and IRBEM from several threads, with and without their locks.

A process of its own: `library_load.py aacgm unguarded 20` prints how many
answers there were and how many of them were wrong. Without the lock Fortran's common blocks may
be left in any state, which is no state for a test run to go on in.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable
from contextlib import nullcontext

import aacgmv2._aacgmv2 as c_aacgm
import numpy as np
from numpy.typing import NDArray

from core.geo import irbem, magnetic
from core.geo.footpoint import trace_to_altitude

Answer = NDArray[np.float64]
Load = list[Callable[[], Answer]]
THREADS = 4


def aacgm() -> Load:
    """Return conversions for two dates and local times, which set the library's date as well."""
    lat, lon = np.linspace(50.0, 80.0, 40), np.linspace(-150.0, -60.0, 40)
    dates = [np.datetime64("1990-01-01", "s"), np.datetime64("2022-01-01", "s")]

    def convert(date: np.datetime64) -> Answer:
        return np.stack(magnetic.to_magnetic(lat, lon, 110.0, date))

    def back(date: np.datetime64) -> Answer:
        return np.stack(magnetic.from_magnetic(lat, lon, 110.0, date))

    def local_time() -> Answer:
        magnetic._mlt_of_zero.cache_clear()
        return magnetic.mlt_h(lon, dates[0])

    first, second = dates
    return [lambda: convert(first), lambda: convert(second), lambda: back(second), local_time]


def aacgm_directly() -> Load:
    """Return the two calls of the C library as its own package makes them."""
    lat, lon = np.linspace(50.0, 80.0, 40).tolist(), np.linspace(-150.0, -60.0, 40).tolist()

    def convert(year: int) -> Answer:
        c_aacgm.set_datetime(year, 1, 1, 0, 0, 0)
        return np.array(c_aacgm.convert_arr(lat, lon, [110.0] * 40, c_aacgm.G2A)[:2])

    return [lambda: convert(1990), lambda: convert(2022)]


def fields() -> Load:
    """Return T89 fields for two dates and two Kp."""
    random = np.random.default_rng(1)
    at = random.normal(size=(3, 200))
    at *= random.uniform(1.1, 8.0, 200) / np.sqrt((at**2).sum(axis=0))
    models = [
        irbem.FieldModel(np.full(200, np.datetime64(moment, "us")), kp)
        for moment, kp in (("1995-01-05T03:00", 1.0), ("2022-06-21T15:00", 6.0))
    ]
    rows = np.arange(200)
    first, second = models
    return [lambda: first.field_nt(rows, at), lambda: second.field_nt(rows, at)]


def feet() -> Load:
    """Return feet of lines in T89 and in IGRF alone, for two dates."""
    lon = np.linspace(-180.0, 170.0, 20)
    first, second = np.datetime64("1995-01-05T03:00"), np.datetime64("2022-06-21T15:00")

    def foot(moment: np.datetime64, kp: float | None) -> Answer:
        field = "IGRF" if kp is None else "T89"
        found = trace_to_altitude(60.0, lon, 500.0, moment, kp, field=field)
        return np.stack([found.lat_deg, found.lon_deg])

    return [lambda: foot(first, 1.0), lambda: foot(second, 6.0), lambda: foot(second, None)]


LOADS = {"aacgm": aacgm, "aacgm_directly": aacgm_directly, "fields": fields, "feet": feet}


def run(load: Load, seconds: float, *, until_wrong: bool) -> tuple[int, int]:
    """Return the number of answers from threads at once, and of those unlike the lonely ones."""
    right = [answer() for answer in load]
    end, counts, wrong = time.monotonic() + seconds, [0] * THREADS, [0] * THREADS
    stop = threading.Event()

    def work(thread: int) -> None:
        turn = thread
        while time.monotonic() < end and not stop.is_set():
            which = turn % len(load)
            turn += 1 if len(load) % THREADS else 0
            counts[thread] += 1
            if not np.array_equal(load[which](), right[which], equal_nan=True):
                wrong[thread] += 1
                if until_wrong:
                    stop.set()

    threads = [threading.Thread(target=work, args=(k,)) for k in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts), sum(wrong)


def main(name: str, guard: str, seconds: str) -> None:
    """Run a load; without the guard until the first wrong answer."""
    if guard == "unguarded":
        magnetic.LOCK = irbem.LOCK = nullcontext()  # type: ignore[assignment]
    # Threads take turns often, so that a second of this is a day of a busy server.
    sys.setswitchinterval(1e-6)
    answers, wrong = run(LOADS[name](), float(seconds), until_wrong=guard == "unguarded")
    sys.stdout.write(f"{answers} {wrong}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
