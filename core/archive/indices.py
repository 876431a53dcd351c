"""The table of geomagnetic indices: Kp, Dst, SML and the like over time."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from core.archive import duck, reading, rewrite
from core.archive.checks import check_values
from core.archive.columns import INDICES_SCHEMA, normalise
from core.archive.layout import INDICES, keep_last, key_order
from core.archive.store import TableStore, WriteReport
from core.errors import BadInput

_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")


class IndicesTable:
    """Series by name (``kp``, ``dst_nt``, ``sml_nt``); columns are `INDICES_SCHEMA`."""

    def __init__(self, folder: Path, retries: int) -> None:
        self.store = TableStore(folder, INDICES, retries)

    def replace(self, batch: pa.Table) -> WriteReport:
        """Write values; one with the same name and epoch is replaced, all others stay.

        Raises
        ------
        core.errors.BadInput
            A name is not written as in ``sml_nt``: it becomes part of a path and of addresses.
        """
        rows = check_values(normalise(batch, INDICES_SCHEMA, "epoch"))
        _check_names(pc.unique(rows["name"]).to_pylist())
        rows = keep_last(key_order(rows, INDICES), INDICES)
        if not rows.num_rows:
            return WriteReport(0, self.store.snapshot().version, 0)
        return self.store.commit(lambda base: rewrite.upsert(base, INDICES, rows))

    def read(self, names: Sequence[str], start: datetime, end: datetime) -> pa.Table:
        """Return values with start <= epoch <= end, in order of name and epoch."""
        snapshot = self.store.snapshot()
        first, last = duck.microseconds(start), duck.microseconds(end)
        return reading.select(
            snapshot,
            snapshot.overlapping(names, first, last),
            [reading.between_condition("epoch", first, last)],
            None,
            ("name", "epoch"),
            None,
        )


def _check_names(names: Iterable[str]) -> None:
    for name in names:
        if not _NAME.fullmatch(name):
            raise BadInput(
                f"{name!r:.60} is no name of an index.",
                hint="Write a letter, then letters, digits and _, all small: kp, dst_nt, sml_nt.",
                field="name",
                value=name,
            )
