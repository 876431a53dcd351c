"""The rows that a running search has found so far, in a file of their own."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa

from core.archive import duck
from core.search.results.header import ResultHeader, write_result

# A search that is over before this needs no file of what it had half-way.
FIRST_AFTER_S = 0.15
# After that the file is made again, at most every second and for a tenth of the time.
EVERY_S = 1.0
SHARE = 0.1


class RowsSoFar:
    """Writes what was found so far, seldom enough that the search hardly takes longer.

    Parameters
    ----------
    path : Path
        The file; it is replaced as a whole, so that readers never see half of one.
    header : callable
        Makes the header of a table.
    clock : callable, optional
        Seconds, rising.
    """

    def __init__(
        self,
        path: Path,
        header: Callable[[pa.Table], ResultHeader],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.path, self.header, self.clock = path, header, clock
        self.next = clock() + FIRST_AFTER_S
        self.rows = 0

    def __call__(self, make: Callable[[], pa.Table]) -> None:
        """Write the table that `make` makes, when it is time for it and it has rows."""
        begun = self.clock()
        if begun < self.next:
            return
        duck.check()
        table = make()
        # Rows may also become fewer, where pieces that touch are joined.
        if table.num_rows and table.num_rows != self.rows:
            write_result(table, self.header(table), self.path, durable=False)
            self.rows = table.num_rows
        took = self.clock() - begun
        self.next = begun + max(EVERY_S, took / SHARE)
