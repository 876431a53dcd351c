"""One version of a table: its columns and its live files, pruned without opening any."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from deltalake import DeltaTable

from core.archive.columns import TIMESTAMP
from core.archive.layout import Layout

_FIRST, _LAST = np.iinfo(np.int64).min, np.iinfo(np.int64).max


@dataclass(frozen=True, slots=True)
class LiveFile:
    """One data file of a version; files never change, so the path may key a cache.

    `first_us` and `last_us` bound the table's time column in microseconds since 1970;
    `provenance` is set where all rows agree in it, `modified_ms` is when it was written, in
    milliseconds since 1970.
    """

    path: Path
    key: int | str
    year: int
    rows: int
    size: int
    first_us: int
    last_us: int
    last_end_us: int
    provenance: str | None
    modified_ms: int = 0

    @property
    def bounded(self) -> bool:
        """Whether the log says which times the file holds."""
        return self.first_us > _FIRST and self.last_us < _LAST


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Version, columns and live files of a table, in order of key and time."""

    version: int
    schema: pa.Schema
    files: tuple[LiveFile, ...]

    def paths_of(self, keys: Collection[int | str]) -> frozenset[Path]:
        """Paths of all files that hold rows of `keys`."""
        return frozenset(f.path for f in self.files if f.key in keys)

    def overlapping(
        self, keys: Collection[int | str] | None, first_us: int, last_us: int
    ) -> list[LiveFile]:
        """Files that may hold rows of `keys` (None: any) with a time in the closed range."""
        files = self.files if keys is None else self._of_keys(keys)
        return [f for f in files if f.first_us <= last_us and f.last_us >= first_us]

    def _of_keys(self, keys: Collection[int | str]) -> list[LiveFile]:
        """Files of some keys, in order; found by halving, as many searches name few of many."""
        out: list[LiveFile] = []
        for key in sorted(set(keys)):
            first = bisect_left(self.files, key, key=_key)
            out += self.files[first : bisect_right(self.files, key, first, key=_key)]
        return out


def _key(file: LiveFile) -> Any:
    return file.key


def take(table: DeltaTable, root: Path, layout: Layout) -> Snapshot:
    """Read the snapshot out of a loaded Delta table."""
    actions = pa.table(table.get_add_actions(flatten=True))
    columns = _columns(actions, layout)
    files = [LiveFile(root / path, *rest) for path, *rest in zip(*columns, strict=True)]
    files.sort(key=lambda f: (f.key, f.first_us))
    schema = pa.schema(table.schema().to_arrow())
    return Snapshot(table.version(), _plain(schema), tuple(files))


def _columns(actions: pa.Table, layout: Layout) -> list[Sequence[object]]:
    low, high = (
        _bounds(actions, f"min.{layout.time}", _FIRST),
        _bounds(actions, f"max.{layout.time}", _LAST),
    )
    end = _bounds(actions, f"max.{layout.times[-1]}", _LAST)
    return [
        actions["path"].to_pylist(),
        actions[f"partition.{layout.key}"].to_pylist(),
        actions["partition.year"].to_pylist(),
        pc.fill_null(actions["num_records"], -1).to_pylist(),
        actions["size_bytes"].to_pylist(),
        low,
        high,
        end,
        _provenances(actions),
        actions["modification_time"].cast(pa.int64()).to_pylist(),
    ]


def _bounds(actions: pa.Table, name: str, absent: int) -> list[int]:
    """Statistics in microseconds; a file without them may hold any time."""
    if name not in actions.column_names:
        return [absent] * actions.num_rows
    column = actions[name].cast(TIMESTAMP).cast(pa.int64())
    bounds: list[int] = pc.fill_null(column, absent).to_pylist()
    return bounds


def _provenances(actions: pa.Table) -> list[str | None]:
    if "min.provenance" not in actions.column_names:
        return [None] * actions.num_rows
    pairs = zip(
        actions["min.provenance"].to_pylist(),
        actions["max.provenance"].to_pylist(),
        actions["null_count.provenance"].to_pylist(),
        strict=True,
    )
    return [low if low == high and nulls == 0 else None for low, high, nulls in pairs]


def _plain(schema: pa.Schema) -> pa.Schema:
    """Drop view types and nullability that the Delta schema carries."""
    plain = {pa.string_view(): pa.string(), pa.large_string(): pa.string()}
    return pa.schema([(f.name, plain.get(f.type, f.type)) for f in schema])
