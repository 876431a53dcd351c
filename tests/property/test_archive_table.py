"""Whatever is written in whatever order, the table holds what a dictionary would hold."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from core.archive.columns import TIMESTAMP
from core.archive.ephemeris import EphemerisTable

# Minutes on both sides of the edges of months and years, where files and partitions begin.
EDGES = [
    datetime(2019, 12, 31, 23, 58, tzinfo=UTC),
    datetime(2020, 1, 31, 23, 59, tzinfo=UTC),
    datetime(2020, 2, 29, 23, 58, tzinfo=UTC),
]
TIMES = [edge + timedelta(minutes=n) for edge in EDGES for n in range(4)]
EVER = (datetime(2000, 1, 1, tzinfo=UTC), datetime(2040, 1, 1, tzinfo=UTC))
SOURCES = [3, 46]
PROVENANCES = ["simulated", "ingested"]

rows = st.lists(
    st.tuples(st.sampled_from(SOURCES), st.sampled_from(TIMES), st.integers(0, 99)), max_size=8
)
spans = st.tuples(st.sampled_from(TIMES), st.sampled_from(TIMES)).map(lambda s: sorted(s))
fields = st.sampled_from(["md_int_a", "md_int_b"])
Key = tuple[int, datetime]


def table_of(drawn: list[tuple[int, datetime, int]], column: str) -> pa.Table:
    return pa.table(
        {
            "source": pa.array([s for s, _, _ in drawn], pa.int32()),
            "epoch": pa.array([t for _, t, _ in drawn], TIMESTAMP),
            column: pa.array([v for _, _, v in drawn], pa.int64()),
        }
    )


class TableMachine(RuleBasedStateMachine):
    """The table beside a dictionary: (source, epoch) to (column, value, provenance)."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.table = EphemerisTable(Path(self.folder.name), retries=1)
        self.table.store.create()
        self.model: dict[Key, tuple[str, int, str]] = {}

    def teardown(self) -> None:
        self.folder.cleanup()

    @rule(drawn=rows, column=fields, provenance=st.sampled_from(PROVENANCES))
    def upsert(self, drawn: list, column: str, provenance: str) -> None:
        batch = table_of(drawn, column)
        batch = batch.append_column("provenance", pa.array([provenance] * len(drawn), pa.string()))
        report = self.table.upsert(batch)
        new = {(s, t): (column, v, provenance) for s, t, v in drawn}
        assert report.rows == len(new)
        self.model |= new

    @rule(drawn=rows, column=fields, span=spans, sources=st.sampled_from([[3], [46], SOURCES]))
    def replace(self, drawn: list, column: str, span: list, sources: list[int]) -> None:
        first, last = span
        own = [(s, t, v) for s, t, v in drawn if s in sources and first <= t <= last]
        self.table.replace(table_of(own, column), sources, first, last, "simulated")
        self.model = {
            key: value
            for key, value in self.model.items()
            if not (key[0] in sources and first <= key[1] <= last and value[2] == "simulated")
        }
        kept = set(self.model)
        self.model |= {(s, t): (column, v, "simulated") for s, t, v in own if (s, t) not in kept}

    @rule(source=st.sampled_from(SOURCES), span=spans)
    def delete(self, source: int, span: list) -> None:
        first, last = span
        gone = {k for k in self.model if k[0] == source and first <= k[1] <= last}
        assert self.table.delete_range(source, first, last) == len(gone)
        self.model = {k: v for k, v in self.model.items() if k not in gone}

    @rule(span=spans)
    def count(self, span: list) -> None:
        counts = self.table.day_counts(*span)
        expected: dict[Any, int] = {}
        for source, time in self.model:
            if span[0] <= time <= span[1]:
                expected[source, time.date()] = expected.get((source, time.date()), 0) + 1
        assert {(r["source"], r["day"]): r["count"] for r in counts.to_pylist()} == expected

    @invariant()
    def holds_what_the_model_holds(self) -> None:
        columns = ["source", "epoch", "year", "md_int_a", "md_int_b", "provenance"]
        found = {}
        order = []
        for row in self.table.read(None, *EVER, columns=columns).to_pylist():
            key = (row["source"], row["epoch"])
            order.append(key)
            column = "md_int_a" if row["md_int_a"] is not None else "md_int_b"
            found[key] = (column, row[column], row["provenance"])
            assert row["year"] == row["epoch"].year
        assert order == sorted(self.model)
        assert found == self.model

    @invariant()
    def files_hold_one_source_and_month_each(self) -> None:
        files = self.table.live_files(None, *EVER)
        months = {(s, t.year, t.month) for s, t in self.model}
        assert len(files) == len(months)
        assert sum(f.rows for f in files) == len(self.model)


TestTable = TableMachine.TestCase
TestTable.settings = hypothesis_settings(max_examples=12, stateful_step_count=12, deadline=None)
