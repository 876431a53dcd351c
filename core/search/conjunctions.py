"""A whole conjunction search: pieces of the window, merged, as a table."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence

import pyarrow as pa

from core.archive import Archive
from core.search.engine.executors import over_pieces
from core.search.engine.guard import Cancelled, Guard, Progress
from core.search.engine.kernel import search_partition
from core.search.engine.kernels import choose_kernel
from core.search.engine.load import Loader
from core.search.engine.runs import Runs, join_parts
from core.search.engine.table import to_table
from core.search.plan import Partition, make_plan, partitions
from core.search.query import ConjunctionQuery
from core.search.sources import block_sources

__all__ = ["Partial", "run", "search_partition", "to_table"]

Partial = Callable[[Callable[[], pa.Table]], None]
# Part of a piece's progress that laying it out stands for.
LOADING, LOADING_MAPPED = 0.8, 0.1


def run(
    archive: Archive,
    query: ConjunctionQuery,
    progress: Progress,
    cancelled: Cancelled,
    partial: Partial | None = None,
) -> pa.Table:
    """Find all conjunctions of a query.

    The pieces may be searched side by side; the result does not depend on that, nor on which
    kernel works (settings `search_executor`, `search_threads`, `search_kernel`).

    Parameters
    ----------
    archive : Archive
    query : ConjunctionQuery
    progress : callable
        Given the fraction done (0 to 1) and the number found so far, often; it should be quick.
    cancelled : callable
        Asked often, by any thread; the search ends soon after it says True.
    partial : callable, optional
        Called after every piece with a function that makes a table of what was found so far.

    Returns
    -------
    pyarrow.Table
        One row a conjunction, ordered by start, then label (columns: `to_table`).

    Raises
    ------
    core.errors.SearchCancelled
        `cancelled` said so.
    core.errors.LimitExceeded
        More conjunctions than `settings.max_results`.
    """
    return _Search(archive, query, progress, cancelled).run(partial)


class _Search:
    """One search of an archive."""

    def __init__(
        self, archive: Archive, query: ConjunctionQuery, progress: Progress, cancelled: Cancelled
    ) -> None:
        self.settings, self.query = archive.settings, query
        sources = block_sources(archive, query)
        self.plan = make_plan(query, sources)
        self.guard = Guard(progress, cancelled, archive.settings.max_results)
        self.loader = Loader(archive, query, sources, self.plan, self.guard.check)
        found = partitions(self.plan, self.loader.mapped) if all(sources) else ()
        self.pieces = list(enumerate(found))
        self.guard.begin(len(self.pieces))
        self.kernel = choose_kernel(
            self.settings.search_kernel, self.settings.kernel_folder, self.guard.check
        )

    def run(self, partial: Partial | None) -> pa.Table:
        parts = [Runs.empty(len(self.plan.sources), len(self.plan.limits))]
        found = over_pieces(
            self.settings.search_executor,
            self._piece,
            self.pieces,
            self.guard.stop,
            self.settings.search_threads,
        )
        for part in found:
            parts.append(part)
            if partial is not None and len(parts) <= len(self.pieces):
                partial(functools.partial(self._joined, tuple(parts)))
        self.guard.check()
        joined = join_parts(parts, self.plan.step_s)
        self.guard.settle(len(joined))
        return self._table(joined)

    def _joined(self, parts: Sequence[Runs]) -> pa.Table:
        return self._table(join_parts(parts, self.plan.step_s))

    def _piece(self, numbered: tuple[int, Partition]) -> Runs:
        """Search one piece."""
        number, piece = numbered

        def watch(found: int, fraction: float) -> None:
            self.guard.watch(number, found, fraction)

        # Mapped positions are read while they are compared, others before.
        share = LOADING_MAPPED if self.loader.mapped else LOADING
        watch(0, 0.0)
        data = self.loader.load(piece, lambda fraction: watch(0, share * fraction))
        return search_partition(
            self.plan, data, lambda found, done: watch(found, share + (1.0 - share) * done),
            self.kernel,
        )  # fmt: skip

    def _table(self, runs: Runs) -> pa.Table:
        self.guard.check()
        kept = self._kept(runs)
        self.guard.check()
        return to_table(kept, self.plan, self.loader.by_id)

    def _kept(self, runs: Runs) -> Runs:
        """Apply the query's filters on results."""
        filters = self.query.result_filters
        return filters.apply(runs, self.plan.step_s) if filters else runs
