"""Fits the new files of a bulk load to those that a table has: one file per key and period."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from deltalake.transaction import AddAction
from numpy.typing import NDArray

from core.archive import rewrite
from core.archive.columns import META_PREFIX, epoch_us, with_meta_columns
from core.archive.layout import Layout, arrange, period_of, split
from core.archive.snapshot import LiveFile, Snapshot
from core.errors import Duplicate

Existing = Literal["refuse", "replace", "keep"]


class Slot(NamedTuple):
    """What one data file is of: a key, and a month (or year) counted from 1970."""

    key: int | str
    period: int


@dataclass(frozen=True, slots=True)
class Piece:
    """A new data file: what the log is to say of it, its columns, and its times."""

    action: AddAction
    schema: pa.Schema
    rows: int
    first_us: int
    last_us: int

    @classmethod
    def of(cls, action: AddAction, part: pa.Table, layout: Layout) -> Piece:
        """Describe the file that `part` was written to."""
        times = epoch_us(part[layout.time])
        return cls(action, part.schema, part.num_rows, int(times[0]), int(times[-1]))


Write = Callable[[pa.Table], Piece]


def slot_of(part: pa.Table, layout: Layout) -> Slot:
    """Return what a part made by `split` is of."""
    first = epoch_us(part[layout.time].slice(0, 1))
    return Slot(part[layout.key][0].as_py(), period_of(int(first[0]), layout))


def concat(parts: Sequence[pa.Table], layout: Layout) -> pa.Table:
    """Return rows of one key in order of time; of equal identities the one of the last part."""
    if len(parts) == 1:
        return parts[0]
    return arrange(rewrite.concat(parts), layout)


def join(root: Path, layout: Layout, pieces: Sequence[Piece], write: Write) -> Piece:
    """Return one file with the rows of several of one slot."""
    if len(pieces) == 1:
        return pieces[0]
    return write(concat([_read(root, layout, piece) for piece in pieces], layout))


@dataclass(frozen=True, slots=True)
class _Joined:
    """What becomes of old and new files: new ones in their place, and how many rows both had.

    Where the load brings nothing new, `pieces` is empty and the old files stay.
    """

    slots: tuple[Slot, ...]
    pieces: dict[Slot, Piece]
    common: int


class Merge:
    """New files of a load, together with whatever rows the table has in the same months.

    Attributes
    ----------
    replaced, kept : int
        Rows that both have, of the table and of the load, that gave way; as of the last plan.
    """

    def __init__(
        self,
        root: Path,
        layout: Layout,
        pieces: Mapping[Slot, Piece],
        existing: Existing,
        write: Write,
    ) -> None:
        self._root, self._layout, self._pieces = root, layout, pieces
        self._existing, self._write = existing, write
        # By the old files, which never change: a plan made anew joins only what is new to it.
        self._joined: dict[tuple[LiveFile, ...], _Joined] = {}
        self._plan: list[_Joined] = []

    @property
    def replaced(self) -> int:
        """Rows of the table that gave way."""
        return self._common() if self._existing == "replace" else 0

    @property
    def kept(self) -> int:
        """Rows of the load that gave way."""
        return self._common() if self._existing == "keep" else 0

    def slots(self) -> Iterable[Slot]:
        """Return what the new files are of."""
        return self._pieces.keys()

    def schema(self) -> pa.Schema:
        """Metadata columns of the new files."""
        fields = {f.name: f for p in self._pieces.values() for f in p.schema}
        return pa.schema([f for name, f in fields.items() if name.startswith(META_PREFIX)])

    def actions(self) -> list[AddAction]:
        """Files that the plan adds to the log."""
        pieces = dict(self._pieces)
        for joined in self._plan:
            for slot in joined.slots:
                del pieces[slot]
            pieces |= joined.pieces
        return [piece.action for piece in pieces.values()]

    def plan(self, base: Snapshot) -> tuple[LiveFile, ...]:
        """Join with what a version has in the same months; return its files that go.

        Raises
        ------
        Duplicate
            It has some of the rows, and is to have none.
        """
        groups = self._groups(base)
        if self._existing == "refuse":
            self._refuse(groups)
        self._plan = []
        for old, slots in groups.items():
            if old not in self._joined:
                self._joined[old] = self._join(old, slots, base.schema)
            self._plan.append(self._joined[old])
        return tuple(f for old in groups if self._joined[old].pieces for f in old)

    def _common(self) -> int:
        return sum(joined.common for joined in self._plan)

    def _groups(self, base: Snapshot) -> dict[tuple[LiveFile, ...], list[Slot]]:
        """Old files that share a month with new ones, with those; apart where they can be."""
        of_key: dict[int | str, list[LiveFile]] = defaultdict(list)
        for file in base.files:
            of_key[file.key].append(file)
        groups: dict[tuple[LiveFile, ...], list[Slot]] = {}
        for key in {slot.key for slot in self._pieces}:
            slots = sorted(slot for slot in self._pieces if slot.key == key)
            beside = {slot: self._beside(slot, of_key[key]) for slot in slots}
            files = [file for found in beside.values() for file in found]
            if len(set(files)) < len(files):  # a foreign file that reaches over several months
                groups[tuple(dict.fromkeys(files))] = [s for s in slots if beside[s]]
            else:
                groups |= {tuple(found): [slot] for slot, found in beside.items() if found}
        return groups

    def _beside(self, slot: Slot, files: Sequence[LiveFile]) -> list[LiveFile]:
        unit = f"M8[{self._layout.period}]"
        edges = np.array([slot.period, slot.period + 1]).astype(unit).astype("M8[us]")
        first, end = edges.astype(np.int64).tolist()
        return [f for f in files if f.first_us < end and f.last_us >= first]

    def _join(self, old: tuple[LiveFile, ...], slots: Sequence[Slot], schema: pa.Schema) -> _Joined:
        if self._existing == "keep":
            common = self._times(old, slots).size
            if common == sum(self._pieces[slot].rows for slot in slots):
                return _Joined(tuple(slots), {}, common)
        there = rewrite.read_files(old, self._layout, schema)
        new = [_read(self._root, self._layout, self._pieces[slot]) for slot in slots]
        both = [*new, there] if self._existing == "keep" else [there, *new]
        rows = concat(both, self._layout)
        common = sum(table.num_rows for table in both) - rows.num_rows
        pieces = {slot_of(p, self._layout): self._write(p) for p in split(rows, self._layout)}
        return _Joined(tuple(slots), pieces, common)

    def _refuse(self, groups: Mapping[tuple[LiveFile, ...], Sequence[Slot]]) -> None:
        common = [(slots[0].key, self._times(old, slots)) for old, slots in groups.items()]
        found = [(key, times) for key, times in common if times.size]
        if not found:
            return
        key, times = found[0]
        first = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=int(times[0]))
        count = sum(times.size for _, times in found)
        total = sum(piece.rows for piece in self._pieces.values())
        raise Duplicate(
            f"{count} of {total} rows are in the archive already, first that of "
            f"{self._layout.key} {key} at {first:%Y-%m-%dT%H:%M:%SZ}.",
            hint="Nothing was changed. Choose to replace or to keep what is there.",
            kind=f"{self._layout.name} record",
            key=f"{key} {first:%Y-%m-%dT%H:%M:%SZ}",
            count=count,
        )

    def _times(self, old: Sequence[LiveFile], slots: Sequence[Slot]) -> NDArray[np.int64]:
        """Find times that old and new files of one key both have; often the log alone tells."""
        pieces = [self._pieces[slot] for slot in slots]
        first, last = min(p.first_us for p in pieces), max(p.last_us for p in pieces)
        if all(f.last_us < first or f.first_us > last for f in old):
            return np.empty(0, np.int64)
        there = [self._read_times(file.path) for file in old]
        new = [self._read_times(self._root / piece.action.path) for piece in pieces]
        common: NDArray[np.int64] = np.intersect1d(np.concatenate(there), np.concatenate(new))
        return common

    def _read_times(self, path: Path) -> NDArray[np.int64]:
        time = self._layout.time
        return epoch_us(pq.read_table(path, columns=[time], partitioning=None)[time])


def _read(root: Path, layout: Layout, piece: Piece) -> pa.Table:
    table = pq.read_table(root / piece.action.path, partitioning=None, memory_map=False)
    return rewrite.shape(table, with_meta_columns(layout.schema, _meta(table.column_names)))


def _meta(names: Iterable[str]) -> list[str]:
    return [name for name in names if name.startswith(META_PREFIX)]
