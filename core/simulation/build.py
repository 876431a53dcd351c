"""Builds the embedded archive: worker processes compute, this process writes.

A month of a group of sources is one transaction. The result depends on the seed and the days
alone, not on the number of processes or on what was built before.
"""

from __future__ import annotations

import multiprocessing
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock

import pyarrow as pa
import structlog

from core.archive import Archive
from core.errors import BadInput
from core.instruments.model import DataSource
from core.instruments.registry import all_sources
from core.settings import Settings
from core.simulation import marker
from core.simulation.indices import index_table
from core.simulation.keogram_products import write_products
from core.simulation.seeds import SEED
from core.simulation.tables import PROVENANCE
from core.simulation.tasks import Task, cost, month_runs, run_task, task_for

log = structlog.get_logger(__name__)

Progress = Callable[[str, float], None]
Run = tuple[date, date]

_GROUP = 24
_AHEAD = 2


def _days(first: date, last: date) -> tuple[date, ...]:
    return tuple(first + timedelta(days=k) for k in range((last - first).days + 1))


EMBEDDED_DAYS: tuple[date, ...] = (
    *_days(date(2008, 1, 1), date(2008, 1, 31)),
    date(2018, 1, 1),
    *_days(date(2019, 1, 1), date(2019, 3, 5)),
    *_days(date(2020, 1, 1), date(2020, 1, 5)),
    *_days(date(2021, 1, 1), date(2021, 1, 3)),
    date(2022, 1, 1),
)
"""The days of the example searches and of the real files that tutorials use."""


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build wrote."""

    days: int
    sources: int
    records: int
    index_values: int
    products: int
    seconds: float


@dataclass(frozen=True, slots=True)
class _Group:
    """Sources of one month that are written in one transaction."""

    run: Run
    sources: tuple[DataSource, ...]
    tasks: tuple[Task, ...]
    costs: tuple[float, ...]

    @property
    def label(self) -> str:
        first, last = self.sources[0].display_name, self.sources[-1].display_name
        return f"{self.run[0]:%Y-%m}: {first} to {last}"


def build_archive(
    settings: Settings,
    days: Sequence[date] | None = None,
    progress: Progress | None = None,
    processes: int = 2,
    sources: Sequence[int] | None = None,
    seed: int = SEED,
) -> BuildReport:
    """Create the archive where there is none and write simulated records into it.

    Safe to run again: simulated records of the days are replaced, observed ones stay. A source
    that observed data have taken over (its metadata no longer say simulated) is left alone.

    Parameters
    ----------
    settings : Settings
        Names the archive.
    days : sequence of date, optional
        UT days; default `EMBEDDED_DAYS`.
    progress : callable, optional
        Called with what is being done and the fraction done.
    processes : int
        Worker processes; 1 computes in this process.
    sources : sequence of int, optional
        Identifiers; default all.
    seed : int
        Seed of everything random.

    Raises
    ------
    BadInput
        No days, or an identifier that no described source has.
    """
    began = time.monotonic()
    tell = progress or (lambda _stage, _fraction: None)
    wanted = sorted(set(EMBEDDED_DAYS if days is None else days))
    if not wanted:
        raise BadInput("There are no days to build.", field="days", value=[])
    with Archive.create(settings) as archive:
        tell("sources", 0.0)
        if sources is None:
            marker.begin(settings, wanted, seed)
        chosen = _put_sources(archive, sources)
        groups = _plan(chosen, month_runs(wanted), seed)
        values = sum(
            archive.indices.replace(index_table(*run, seed)).rows for run in month_runs(wanted)
        )
        records = _write_groups(archive, groups, tell, processes)
        tell("keograms", 0.99)
        products = write_products(archive, wanted)
        if sources is None:
            marker.finish(settings, wanted)
            marker.note_products(settings, wanted)
        tell("done", 1.0)
    seconds = time.monotonic() - began
    return BuildReport(len(wanted), len(chosen), records, values, products, seconds)


def _put_sources(archive: Archive, identifiers: Sequence[int] | None) -> list[DataSource]:
    """Write the described sources and return those that are to be simulated."""
    known = {source.identifier: source for source in all_sources()}
    unknown = sorted(set(identifiers or ()) - set(known))
    if unknown:
        raise BadInput(
            f"No described source has identifier {unknown[0]}.",
            hint="core.instruments.registry lists them.",
            field="sources",
            value=unknown,
        )
    taken = {
        source.identifier
        for source in archive.catalogue.sources.list()
        if source.metadata.get("provenance") != PROVENANCE
    }
    ours = [source for source in known.values() if source.identifier not in taken]
    notice = "SIMULATED: made by this program, not observed."
    archive.catalogue.sources.put(
        *(source.with_metadata(provenance=PROVENANCE, notice=notice) for source in ours)
    )
    return [source for source in ours if identifiers is None or source.identifier in identifiers]


def _plan(sources: Sequence[DataSource], runs: Sequence[Run], seed: int) -> list[_Group]:
    groups = []
    for run in runs:
        pairs = [(source, task_for(source, run, seed)) for source in sources]
        alive = [(source, task) for source, task in pairs if task is not None]
        for first in range(0, len(alive), _GROUP):
            part = alive[first : first + _GROUP]
            members = tuple(source for source, _ in part)
            costs = tuple(cost(source, task) for source, task in part)
            groups.append(_Group(run, members, tuple(task for _, task in part), costs))
    return groups


def _write_groups(
    archive: Archive, groups: Sequence[_Group], tell: Progress, processes: int
) -> int:
    total = sum(sum(group.costs) for group in groups) or 1.0
    done, records = 0.0, 0
    for group, results in _computed(groups, processes):
        tables = []
        for table, cost_of_task in zip(results, group.costs, strict=True):
            tables.append(table)
            done += cost_of_task
            tell(group.label, min(done / total, 0.99))
        records += _write(archive, group, tables)
        log.debug("simulated records written", group=group.label, records=records)
    return records


def _computed(
    groups: Sequence[_Group], processes: int
) -> Iterator[tuple[_Group, Iterator[pa.Table | None]]]:
    """Yield groups with their tables, in order; at most two groups are computed ahead."""
    if processes <= 1:
        for group in groups:
            yield group, map(run_task, group.tasks)
        return
    # Spawned, never forked: this process holds Delta and DuckDB threads.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, mp_context=context) as pool:
        waiting: deque[tuple[_Group, Iterator[pa.Table | None]]] = deque()
        for group in groups:
            waiting.append((group, _results([pool.submit(run_task, t) for t in group.tasks])))
            if len(waiting) > _AHEAD:
                yield waiting.popleft()
        yield from waiting


def _results(futures: Sequence[Future[pa.Table | None]]) -> Iterator[pa.Table | None]:
    return (future.result() for future in futures)


def _write(archive: Archive, group: _Group, tables: Sequence[pa.Table | None]) -> int:
    """Replace what the group's sources had in its days by what was computed."""
    found = [table for table in tables if table is not None]
    if not found:
        return 0
    batch = pa.concat_tables(found, promote_options="default")
    start = datetime.combine(group.run[0], clock(0), tzinfo=UTC)
    end = datetime.combine(group.run[1], clock(23, 59), tzinfo=UTC)
    identifiers = [source.identifier for source in group.sources]
    return archive.ephemeris.replace(batch, identifiers, start, end, PROVENANCE).rows
