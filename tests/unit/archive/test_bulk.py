"""The bulk load against a dictionary that is filled row by row."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.archive import Archive, bulk
from core.archive.layout import EPHEMERIS
from core.errors import ArchiveError, BadInput, Duplicate
from tests.unit.archive.batches import EVER, JANUARY, at, ephemeris

MONTH = 31 * 1440


def held(archive: Archive) -> dict[tuple[int, int], float]:
    """Return what the archive holds: (source, minute) to value; no identity twice."""
    table = archive.ephemeris.read(None, *EVER)
    minutes = [(e - JANUARY) // timedelta(minutes=1) for e in table["epoch"].to_pylist()]
    keys = list(zip(table["source"].to_pylist(), minutes, strict=True))
    assert keys == sorted(set(keys))
    return dict(zip(keys, table["geo_lat_deg"].to_pylist(), strict=True))


def files_on_disk(archive: Archive) -> set[str]:
    return {str(p) for p in archive.ephemeris.store.root.rglob("source=*/**/*.parquet")}


def live_files(archive: Archive) -> set[str]:
    return {str(f.path) for f in archive.ephemeris.store.snapshot().files}


def test_a_stream_in_any_order_becomes_one_file_per_source_and_month(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "CHUNK_ROWS", 50)
    rng = np.random.default_rng(5)
    minutes = rng.permutation(np.arange(0, 3 * MONTH, 211)).tolist()
    stream = [
        ephemeris(s, minutes[k : k + 9], s) for k in range(0, len(minutes), 9) for s in (3, 55)
    ]
    report = archive.ephemeris.load(iter(stream))
    assert (report.rows, report.duplicates, report.files) == (2 * len(minutes), 0, 8)
    assert set(held(archive)) == {(s, m) for s in (3, 55) for m in minutes}
    assert len(live_files(archive)) == 8
    assert files_on_disk(archive) == live_files(archive)
    for file in archive.ephemeris.store.snapshot().files:
        assert (
            len(
                {
                    f"{t:%Y-%m}"
                    for t in archive.ephemeris.read([file.key], *EVER)["epoch"].to_pylist()
                    if file.first_us <= t.timestamp() * 1e6 <= file.last_us
                }
            )
            == 1
        )


@st.composite
def _loads(draw):
    rows = st.tuples(
        st.sampled_from([3, 55]), st.sampled_from([0, 1, 2, MONTH, MONTH + 1, 9 * MONTH])
    )
    return [
        (draw(st.sampled_from(["replace", "keep"])), draw(st.lists(rows, max_size=8)))
        for _ in range(draw(st.integers(1, 4)))
    ]


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(loads=_loads())
def test_loads_agree_with_a_dictionary(archive: Archive, loads) -> None:
    for source in (3, 55):
        archive.ephemeris.delete_range(source, *EVER)
    expected: dict[tuple[int, int], float] = {}
    value = 0.0
    for existing, rows in loads:
        before, batches, new = dict(expected), [], {}
        for source, minute in rows:
            value += 1e-3
            new[source, minute] = value
            batches.append(ephemeris(source, [minute], value))
        expected = {**before, **new} if existing == "replace" else {**new, **before}
        report = archive.ephemeris.load(batches, existing)
        common = len(before.keys() & new.keys())
        assert report.duplicates == len(rows) - len(new)
        assert (report.replaced, report.kept) == (
            (common, 0) if existing == "replace" else (0, common)
        )
        assert report.rows == len(new) - report.kept
        assert held(archive) == expected
        assert files_on_disk(archive) >= live_files(archive)


def test_rows_that_are_there_are_refused_and_nothing_changes(archive: Archive) -> None:
    archive.ephemeris.upsert(ephemeris(3, [5, 6, MONTH], 1.0))
    before, version = files_on_disk(archive), archive.ephemeris.version
    with pytest.raises(
        Duplicate, match=r"2 of 4 rows .* source 3 at 2020-01-01T00:06:00Z"
    ) as caught:
        archive.ephemeris.load([ephemeris(55, [0], 2.0), ephemeris(3, [6, 7, MONTH], 2.0)])
    assert caught.value.count == 2
    assert (files_on_disk(archive), archive.ephemeris.version) == (before, version)
    # Beside what is there, in the same month, is no conflict.
    assert archive.ephemeris.load([ephemeris(3, [4, 7], 2.0)]).rows == 2
    assert held(archive) == {(3, 4): 2, (3, 5): 1, (3, 6): 1, (3, 7): 2, (3, MONTH): 1}
    assert len(live_files(archive)) == 2


def test_a_bad_row_late_in_the_stream_leaves_nothing_behind(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "CHUNK_ROWS", 10)
    stream = [ephemeris(3, range(k * MONTH, k * MONTH + 10), 1.0) for k in range(6)]
    with pytest.raises(BadInput):
        archive.ephemeris.load([*stream, ephemeris(3, [0], 91.0)])
    assert files_on_disk(archive) == set()
    assert held(archive) == {}


def test_a_disk_that_fills_up_is_told_early_and_leaves_nothing_behind(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "CHUNK_ROWS", 10)
    read = []

    def stream():
        for k in range(400):
            read.append(k)
            yield ephemeris(3, range(k * MONTH, k * MONTH + 10), 1.0)

    def full(*_args, **_kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(bulk.files, "write_file", full)
    with pytest.raises(ArchiveError, match="No space left"):
        archive.ephemeris.load(stream())
    assert len(read) < 400
    assert files_on_disk(archive) == set()


def test_metadata_columns_that_the_table_lacks_are_added(archive: Archive) -> None:
    archive.ephemeris.upsert(ephemeris(3, [0], 1.0))
    archive.ephemeris.load(
        [ephemeris(3, [1], 1.0, md_double_x=2.0), ephemeris(55, [1], 1.0, md_string_y="a")]
    )
    table = archive.ephemeris.read(None, *EVER, columns=["md_double_x", "md_string_y"])
    assert table["md_double_x"].to_pylist() == [None, 2.0, None]
    assert table["md_string_y"].to_pylist() == [None, None, "a"]


def test_another_writer_of_the_same_month_is_given_way_to(archive: Archive) -> None:
    """What another process commits while the stream is read is neither lost nor doubled."""
    other = Archive.open(archive.settings)

    def stream():
        yield ephemeris(3, [1, 2], 1.0)
        other.ephemeris.upsert(ephemeris(3, [0, 1], 9.0))

    report = archive.ephemeris.load(stream(), "keep")
    other.close()
    assert (report.rows, report.kept) == (1, 1)
    assert held(archive) == {(3, 0): 9, (3, 1): 9, (3, 2): 1}


def test_keeping_what_is_there_writes_only_what_is_new(archive: Archive) -> None:
    batch = ephemeris(3, [0, 1, MONTH], 1.0)
    archive.ephemeris.load([batch])
    before, version = files_on_disk(archive), archive.ephemeris.version
    report = archive.ephemeris.load([batch], "keep")
    assert (report.rows, report.kept, report.files) == (0, 3, 0)
    assert (files_on_disk(archive), archive.ephemeris.version) == (before, version)
    report = archive.ephemeris.load([batch, ephemeris(3, [2], 2.0)], "keep")
    assert (report.rows, report.kept, report.files) == (1, 3, 1)
    assert held(archive) == {(3, 0): 1, (3, 1): 1, (3, 2): 2, (3, MONTH): 1}


def test_nothing_loads_as_nothing(archive: Archive) -> None:
    before = archive.ephemeris.version
    assert archive.ephemeris.load([]).rows == 0
    assert archive.ephemeris.load([ephemeris(3, [])]).files == 0
    assert archive.ephemeris.version == before


def test_provenance_is_stamped_and_checked(archive: Archive) -> None:
    archive.ephemeris.load([ephemeris(3, [0])], provenance="simulated")
    assert archive.ephemeris.read([3], *EVER)["provenance"].to_pylist() == ["simulated"]
    with pytest.raises(BadInput):
        archive.ephemeris.load([ephemeris(3, [1])], provenance="guessed")
    with pytest.raises(BadInput):
        archive.ephemeris.load([ephemeris(3, [1])], "overwrite")


def test_a_foreign_file_over_several_months_is_taken_apart(archive: Archive) -> None:
    """Another program may have written one file for a year; a load puts the layout right."""
    store = archive.ephemeris.store
    rows = archive.ephemeris
    rows.upsert(ephemeris(3, [0, MONTH, 2 * MONTH], 1.0))
    table = rows.read([3], *EVER)
    from core.archive.store import Change

    old = tuple(store.snapshot().files)
    store.commit(lambda _: Change(old, (table.select(EPHEMERIS.schema.names),), frozenset([3]), 3))
    assert len(live_files(archive)) == 1
    report = rows.load([ephemeris(3, [1, MONTH, 3 * MONTH], 2.0)], "replace")
    assert (report.rows, report.replaced) == (3, 1)
    assert held(archive) == {
        (3, 0): 1, (3, 1): 2, (3, MONTH): 2, (3, 2 * MONTH): 1, (3, 3 * MONTH): 2
    }  # fmt: skip
    assert len(live_files(archive)) == 4
    assert isinstance(table, pa.Table)
    assert at(0) == JANUARY
