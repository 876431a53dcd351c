"""Reads records of a dataset from the files of one of the archive's tables, file after file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from core.archive import reading
from core.archive.filters import SqlFilter
from core.archive.snapshot import LiveFile, Snapshot
from core.hapi.columns import batch_of
from core.hapi.model import Parameter


@dataclass(frozen=True, slots=True)
class TableReader:
    """The records of one source or series.

    Attributes
    ----------
    snapshot : Snapshot
        The version of the table that is read.
    files : sequence of LiveFile
        Its files with the records, in order of time.
    columns : mapping
        The table's column of each parameter, by name.
    time : str
        The table's column of times.
    step_us : int
        Least distance of two records, where there is one; 0 where there is none.
    limit : int
        Most records of one request.
    where : SqlFilter
        Which rows are records of the dataset.
    order : tuple of str
        Columns that order the rows.
    """

    snapshot: Snapshot
    files: Sequence[LiveFile]
    columns: Mapping[str, str]
    time: str
    step_us: int
    limit: int
    where: SqlFilter = SqlFilter("true")  # noqa: RUF009 - it is immutable
    order: tuple[str, ...] = ("epoch",)

    def rows(self, start_us: int, stop_us: int) -> int:
        """Return about how many records there are in [start, stop): see `Reader`.

        A file counts for a part of its span as if its rows were evenly spread over it. Where
        records have a least distance, there are never more than fit.
        """
        return sum(
            self._rows_of(file, start_us, stop_us) for file in self._touched(start_us, stop_us)
        )

    def max_rows(self, parameters: Sequence[Parameter]) -> int:
        """Return the most records of one request."""
        return self.limit

    def batches(
        self, start_us: int, stop_us: int, parameters: Sequence[Parameter]
    ) -> Iterator[pa.Table]:
        """Yield the records in [start, stop), those of a file at a time: see `Reader`."""
        for files in _apart(self._touched(start_us, stop_us)):
            conditions = [
                reading.between_condition(self.time, start_us, stop_us - 1),
                self.where,
            ]
            names = [self.columns[parameter.name] for parameter in parameters]
            # A column may serve two parameters, and order needs its own.
            distinct = list(dict.fromkeys(names))
            table = reading.select(self.snapshot, files, conditions, distinct, self.order, None)
            yield batch_of([table[name] for name in names], parameters)

    def _touched(self, start_us: int, stop_us: int) -> list[LiveFile]:
        return [f for f in self.files if f.first_us < stop_us and f.last_us >= start_us]

    def _rows_of(self, file: LiveFile, start_us: int, stop_us: int) -> int:
        first, last = max(file.first_us, start_us), min(file.last_us, stop_us - 1)
        span = max(1, file.last_us - file.first_us)
        share = min(1.0, (last - first) / span)
        even = max(1, round(file.rows * share)) if file.rows >= 0 else 0
        if not self.step_us:
            return even
        fitting = (last - first) // self.step_us + 1
        return min(file.rows, fitting) if file.rows >= 0 else fitting


def _apart(files: Sequence[LiveFile]) -> Iterator[list[LiveFile]]:
    """Yield files in groups that do not overlap in time, so that groups follow one another."""
    group: list[LiveFile] = []
    last_us = 0
    for file in sorted(files, key=lambda f: f.first_us):
        if group and file.first_us > last_us:
            yield group
            group = []
        last_us = file.last_us if not group else max(last_us, file.last_us)
        group.append(file)
    if group:
        yield group
