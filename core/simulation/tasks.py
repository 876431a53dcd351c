"""One piece of the build: the records of one source over some consecutive days of a month.

`run_task` runs in worker processes; it takes and returns plain values, and depends on nothing
but its argument.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

import numpy as np
import pyarrow as pa

from core.instruments.array import ImagerArray, Site
from core.instruments.events import EVENT_LISTS, EventList
from core.instruments.model import DataSource
from core.instruments.other_ground import OTHER_GROUND, GroundInstrument
from core.instruments.registry import arrays
from core.instruments.spacecraft import SPACECRAFT_BY_IDENTIFIER
from core.simulation.event_records import event_records
from core.simulation.ground_records import imager_records, instrument_records
from core.simulation.spacecraft_records import spacecraft_records

_COST = {"leo": 1.0, "heo": 2.0, "lunar": 1.0, "ground": 0.08, "event_list": 0.03}


@dataclass(frozen=True, slots=True)
class Task:
    """Days `first` to `last`, both included and in one month, of one source."""

    identifier: int
    first: date
    last: date
    seed: int

    @property
    def days(self) -> list[np.datetime64]:
        """The days as numpy dates."""
        count = (self.last - self.first).days + 1
        return [np.datetime64(self.first) + np.timedelta64(k, "D") for k in range(count)]


def month_runs(days: Iterable[date]) -> list[tuple[date, date]]:
    """Return the longest runs of consecutive days that lie within one month, in order."""
    runs: list[tuple[date, date]] = []
    for day in sorted(set(days)):
        if runs and day - runs[-1][1] == timedelta(days=1) and day.month == runs[-1][1].month:
            runs[-1] = (runs[-1][0], day)
        else:
            runs.append((day, day))
    return runs


def task_for(source: DataSource, run: tuple[date, date], seed: int) -> Task | None:
    """Return the task of a source for a run of days, None where it did not exist then."""
    life = source.metadata["lifetime"]
    first = max(run[0], date.fromisoformat(life["start"]))
    last = min(run[1], date.fromisoformat(life["end"])) if life["end"] else run[1]
    return Task(source.identifier, first, last, seed) if first <= last else None


def cost(source: DataSource, task: Task) -> float:
    """Return about how long a task takes, in units of a low orbit's day."""
    return _COST.get(source.source_type, 1.0) * len(task.days)


def run_task(task: Task) -> pa.Table | None:
    """Return the records of a task in order of time, None when there are none."""
    tables = list(_records(task.identifier, task.days, task.seed))
    rows = [table for table in tables if table.num_rows]
    return pa.concat_tables(rows).combine_chunks() if rows else None


def _records(identifier: int, days: Sequence[np.datetime64], seed: int) -> Iterable[pa.Table]:
    if identifier in SPACECRAFT_BY_IDENTIFIER:
        return [spacecraft_records(SPACECRAFT_BY_IDENTIFIER[identifier], days, seed)]
    if identifier in _cameras():
        array, site = _cameras()[identifier]
        return imager_records(array, site, days, seed)
    if identifier in _instruments():
        return instrument_records(_instruments()[identifier], days, seed)
    return event_records(_event_lists()[identifier], days, seed)


@cache
def _cameras() -> dict[int, tuple[ImagerArray, Site]]:
    return {site.identifier: (array, site) for array in arrays() for site in array.sites.values()}


@cache
def _instruments() -> dict[int, GroundInstrument]:
    return {instrument.identifier: instrument for instrument in OTHER_GROUND}


@cache
def _event_lists() -> dict[int, EventList]:
    return {event_list.identifier: event_list for event_list in EVENT_LISTS}
