from __future__ import annotations

import threading
from datetime import timedelta

import numpy as np
import pyarrow as pa
import pytest
from deltalake import DeltaTable

from core.archive import Archive, duck, rewrite
from core.archive.columns import EPHEMERIS_SCHEMA, POSITION_COLUMNS, TIMESTAMP
from core.archive.filters import MetadataFilter
from core.errors import BadInput
from core.instruments.model import MetadataField
from tests.unit.archive.batches import EVER, JANUARY, at, ephemeris

MONTH = 31 * 1440


def values(archive: Archive, source: int = 3) -> dict[int, float]:
    """Return what the archive holds of a source: minute to value."""
    table = archive.ephemeris.read([source], *EVER)
    minutes = [(e - JANUARY) // timedelta(minutes=1) for e in table["epoch"].to_pylist()]
    assert minutes == sorted(set(minutes))
    return dict(zip(minutes, table["geo_lat_deg"].to_pylist(), strict=True))


def test_empty_table_reads_as_an_empty_table(archive: Archive) -> None:
    table = archive.ephemeris.read([3], *EVER)
    assert table.schema == EPHEMERIS_SCHEMA
    assert table.num_rows == 0
    assert archive.ephemeris.day_counts(*EVER).num_rows == 0


def test_upsert_adds_and_replaces_and_leaves_the_rest(archive: Archive) -> None:
    first = archive.ephemeris.upsert(ephemeris(3, [0, 1, 2, MONTH], 1.0))
    second = archive.ephemeris.upsert(ephemeris(3, [2, 3], 2.0))
    assert (first.rows, second.rows) == (4, 2)
    assert second.version > first.version
    assert values(archive) == {0: 1.0, 1: 1.0, 2: 2.0, 3: 2.0, MONTH: 1.0}


def test_last_of_equal_rows_in_a_batch_counts_in_any_order_of_rows(archive: Archive) -> None:
    batch = pa.concat_tables([ephemeris(3, [5, 1], 1.0), ephemeris(3, [1, 0], 2.0)])
    assert archive.ephemeris.upsert(batch).rows == 3
    assert values(archive) == {0: 2.0, 1: 2.0, 5: 1.0}


def test_a_replaced_record_is_replaced_whole(archive: Archive) -> None:
    archive.ephemeris.upsert(ephemeris(3, [0], 1.0, md_double_x=5.0))
    archive.ephemeris.upsert(ephemeris(3, [0], 2.0))
    (row,) = archive.ephemeris.read([3], *EVER).to_pylist()
    assert (row["geo_lat_deg"], row["md_double_x"]) == (2.0, None)


def test_upsert_of_nothing_writes_nothing(archive: Archive) -> None:
    before = archive.ephemeris.version
    assert archive.ephemeris.upsert(ephemeris(3, [])).rows == 0
    assert archive.ephemeris.version == before


def test_bad_batch_leaves_nothing_behind(archive: Archive) -> None:
    before = archive.ephemeris.version
    files = sorted(archive.path.rglob("*.parquet"))
    with pytest.raises(BadInput):
        archive.ephemeris.upsert(ephemeris(3, [0, 1], 1.0, latitude=1.0))
    assert archive.ephemeris.version == before
    assert sorted(archive.path.rglob("*.parquet")) == files


@pytest.mark.parametrize(
    ("column", "values", "row"),
    [
        ("geo_lat_deg", [0.0, 90.5], 1),
        ("nbtrace_lon_deg", [-181.0, 0.0], 0),
        ("sbtrace_lat_deg", [0.0, 0.0], 0),
        ("gsm_lat_deg", [None, float("inf")], 1),
        ("md_double_x", [1.0, float("-inf")], 1),
    ],
)
def test_numbers_out_of_range_are_named_by_row_and_column(
    archive: Archive, column: str, values: list, row: int
) -> None:
    batch = ephemeris(3, [0, 1])
    if column in batch.column_names:
        batch = batch.drop_columns([column])
    with pytest.raises(BadInput) as caught:
        archive.ephemeris.upsert(batch.append_column(column, pa.array(values, pa.float64())))
    assert (caught.value.field, caught.value.row) == (column, row)


def test_epochs_between_minutes_and_unknown_provenance_are_refused(archive: Archive) -> None:
    batch = ephemeris(3, [0])
    seconds = pa.array([at(0) + timedelta(seconds=1)], TIMESTAMP)
    with pytest.raises(BadInput) as caught:
        archive.ephemeris.upsert(batch.set_column(1, "epoch", seconds))
    assert caught.value.field == "epoch"
    with pytest.raises(BadInput) as caught:
        archive.ephemeris.upsert(ephemeris(3, [0], provenance="guessed"))
    assert caught.value.field == "provenance"


def test_nan_is_kept_as_null_and_provenance_is_filled_in(archive: Archive) -> None:
    batch = ephemeris(3, [0], float("nan"), md_double_x=float("nan"))
    lon = pa.array([None], pa.float64())
    batch = batch.set_column(3, "geo_lon_deg", lon).drop_columns(["provenance"])
    archive.ephemeris.upsert(batch)
    (row,) = archive.ephemeris.read([3], *EVER).to_pylist()
    assert (row["geo_lat_deg"], row["md_double_x"]) == (None, None)
    assert row["provenance"] == "uploaded"


def test_files_written_before_a_column_was_there_read_as_null(archive: Archive) -> None:
    archive.ephemeris.upsert(ephemeris(3, [0], 1.0))
    archive.ephemeris.upsert(ephemeris(55, [0], 1.0, md_string_x="new"))
    table = archive.ephemeris.read(None, *EVER, columns=["source", "md_string_x", "md_bool_never"])
    assert table.to_pylist() == [
        {"source": 3, "md_string_x": None, "md_bool_never": None},
        {"source": 55, "md_string_x": "new", "md_bool_never": None},
    ]


def test_replace_replaces_its_range_and_its_provenance_only(archive: Archive) -> None:
    archive.ephemeris.upsert(ephemeris(3, [0, 1, 2, MONTH, 2 * MONTH], 1.0, provenance="simulated"))
    archive.ephemeris.upsert(ephemeris(3, [1, 5], 9.0, provenance="ingested"))
    archive.ephemeris.upsert(ephemeris(55, [1], 1.0, provenance="simulated"))
    archive.ephemeris.replace(ephemeris(3, [1, 4], 2.0), [3], at(1), at(MONTH), "simulated")
    assert values(archive) == {0: 1.0, 1: 9.0, 4: 2.0, 5: 9.0, 2 * MONTH: 1.0}
    assert values(archive, 55) == {1: 1.0}


def test_replace_by_itself_changes_nothing(archive: Archive) -> None:
    batch = pa.concat_tables([ephemeris(s, range(0, 2 * MONTH, 700), s) for s in (3, 46, 55)])
    for _ in range(2):
        archive.ephemeris.replace(batch, [3, 46, 55], at(0), at(2 * MONTH), "simulated")
        table = archive.ephemeris.read(None, *EVER)
        assert table["source"].to_pylist() == batch["source"].to_pylist()
        assert table["geo_lat_deg"].to_pylist() == batch["geo_lat_deg"].to_pylist()
        assert set(table["provenance"].to_pylist()) == {"simulated"}


@pytest.mark.parametrize(
    ("batch", "provenance", "field"),
    [
        (ephemeris(4, [1]), "simulated", "source"),
        (ephemeris(3, [11]), "simulated", "epoch"),
        (ephemeris(3, [1]), "guessed", "provenance"),
    ],
)
def test_replace_refuses_what_is_not_its_own(
    archive: Archive, batch: pa.Table, provenance: str, field: str
) -> None:
    with pytest.raises(BadInput) as caught:
        archive.ephemeris.replace(batch, [3], at(0), at(10), provenance)
    assert caught.value.field == field
    assert values(archive) == {}


def test_delete_range_is_inclusive_and_counts(archive: Archive) -> None:
    archive.ephemeris.upsert(ephemeris(3, [0, 1, 2, 3, MONTH], 1.0))
    archive.ephemeris.upsert(ephemeris(55, [1], 1.0))
    assert archive.ephemeris.delete_range(3, at(1), at(2)) == 2
    assert archive.ephemeris.delete_range(3, at(1), at(2)) == 0
    assert set(values(archive)) == {0, 3, MONTH}
    assert set(values(archive, 55)) == {1}


def test_delete_range_reads_only_the_files_at_its_ends(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    minutes = list(range(0, 200 * 1440, 333))
    archive.ephemeris.upsert(ephemeris(3, minutes, 1.0))
    seen: list[int] = []
    read = rewrite.read_files

    def counted(files, *rest):
        seen.append(len(files))
        return read(files, *rest)

    monkeypatch.setattr(rewrite, "read_files", counted)
    first, last = 10 * 1440, 190 * 1440
    gone = [m for m in minutes if first <= m <= last]
    assert archive.ephemeris.delete_range(3, at(first), at(last)) == len(gone)
    assert set(values(archive)) == set(minutes) - set(gone)
    assert archive.ephemeris.delete_range(3, at(last + 1), EVER[1]) == len(
        [m for m in minutes if m > last]
    )
    # The first span cuts July; what is left of it lies in the second as a whole.
    assert seen == [2, 0]


def test_read_bounds_are_inclusive_sorted_and_limited(archive: Archive) -> None:
    archive.ephemeris.upsert(ephemeris(55, range(10), 1.0))
    archive.ephemeris.upsert(ephemeris(3, range(10), 1.0))
    table = archive.ephemeris.read([55, 3], at(2), at(4), columns=["source", "epoch"])
    expected = [(s, at(m)) for s in (3, 55) for m in (2, 3, 4)]
    assert [(r["source"], r["epoch"]) for r in table.to_pylist()] == expected
    assert archive.ephemeris.read(None, at(2), at(4), limit=2).num_rows == 2
    assert archive.ephemeris.read([], at(2), at(4)).num_rows == 0
    # Times without a zone are UTC.
    assert archive.ephemeris.read([3], at(9).replace(tzinfo=None), EVER[1]).num_rows == 1


def test_read_refuses_unknown_columns_and_negative_limits(archive: Archive) -> None:
    archive.ephemeris.upsert(ephemeris(3, [0]))
    with pytest.raises(BadInput, match="latitude"):
        archive.ephemeris.read([3], *EVER, columns=["latitude"])
    with pytest.raises(BadInput, match="negative"):
        archive.ephemeris.read([3], *EVER, limit=-1)


def test_read_filters_by_metadata_that_no_record_has_yet(archive: Archive) -> None:
    archive.ephemeris.upsert(ephemeris(3, [0, 1]))
    fields = [MetadataField("tii_on", "", "bool")]
    group = {"expressions": [{"key": "tii_on", "operator": "!=", "values": ["true"]}]}
    where = MetadataFilter.from_dict(group).to_sql(fields)
    assert archive.ephemeris.read([3], *EVER, where=where).num_rows == 0
    archive.ephemeris.upsert(ephemeris(3, [2], md_bool_tii_on=False))
    assert archive.ephemeris.read([3], *EVER, where=where)["epoch"].to_pylist() == [at(2)]


def test_relation_and_sql_give_the_same_rows_as_read(archive: Archive) -> None:
    archive.ephemeris.upsert(ephemeris(3, [0, 1, 2], 4.0))
    with duck.connect() as con:
        relation = archive.ephemeris.relation(con, [3], at(1), at(2), columns=["md_int_x"])
        assert relation.aggregate("sum(geo_lat_deg), count(md_int_x)").fetchall() == [(8.0, 0)]
    sql = archive.ephemeris.sql([99], at(1), at(2))
    assert duck.query(f"SELECT * FROM {sql}").num_rows == 0


def test_live_files_are_one_per_source_and_month(archive: Archive) -> None:
    for value in (1.0, 2.0):
        archive.ephemeris.upsert(ephemeris(3, range(0, 85 * 1440, 1000), value))
        archive.ephemeris.upsert(ephemeris(55, [0], value))
    assert len(archive.ephemeris.live_files(None, *EVER)) == 4
    assert len(archive.ephemeris.live_files([3], at(0), at(MONTH - 1))) == 1
    (file,) = archive.ephemeris.live_files([55], *EVER)
    assert (file.key, file.year, file.rows, file.provenance) == (55, 2020, 1, "uploaded")
    assert file.first_us == file.last_us == duck.microseconds(at(0))


def test_day_counts_agree_with_the_rows(archive: Archive) -> None:
    archive.ephemeris.upsert(ephemeris(3, range(0, 5000, 7)))
    archive.ephemeris.upsert(ephemeris(55, [1439, 1440]))
    for first, last in ((at(0), at(1440 * 9 - 1)), (at(100), at(1500)), (at(1439), at(1440))):
        rows = archive.ephemeris.read(None, first, last)
        expected = {}
        for source, epoch in zip(
            rows["source"].to_pylist(), rows["epoch"].to_pylist(), strict=True
        ):
            key = (source, epoch.date())
            expected[key] = expected.get(key, 0) + 1
        counts = archive.ephemeris.day_counts(first, last)
        found = {(r["source"], r["day"]): r["count"] for r in counts.to_pylist()}
        assert found == expected
    assert counts.schema.types == [pa.int32(), pa.date32(), pa.int64()]


def test_threads_read_while_another_writes(archive: Archive) -> None:
    archive.ephemeris.upsert(ephemeris(3, range(100), 0.0))
    failures: list[BaseException] = []
    done = threading.Event()

    def read() -> None:
        try:
            while not done.is_set():
                table = archive.ephemeris.read([3], *EVER, columns=["geo_lat_deg"])
                assert table.num_rows == 100
                assert len(set(table["geo_lat_deg"].to_pylist())) == 1
        except BaseException as error:  # noqa: BLE001 - told to the main thread
            failures.append(error)

    readers = [threading.Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    for number in range(1, 15):
        archive.ephemeris.upsert(ephemeris(3, range(100), float(number)))
    done.set()
    for reader in readers:
        reader.join(60)
    assert failures == []


def test_each_write_of_another_is_seen_at_once(archive: Archive) -> None:
    with Archive.open(archive.settings) as other:
        for number in range(30):
            report = other.ephemeris.upsert(ephemeris(3, [number], 1.0))
            assert archive.ephemeris.store.snapshot().version == report.version
            assert archive.ephemeris.read([3], *EVER).num_rows == number + 1


def test_a_write_is_seen_where_older_entries_of_the_log_were_removed(archive: Archive) -> None:
    archive.ephemeris.upsert(ephemeris(3, [0], 1.0))
    seen = archive.ephemeris.store.snapshot().version
    with Archive.open(archive.settings) as other:
        for number in range(1, 4):
            newest = other.ephemeris.upsert(ephemeris(3, [number], 1.0)).version
        DeltaTable(str(other.ephemeris.store.root)).create_checkpoint()
    (archive.ephemeris.store.root / "_delta_log" / f"{seen + 1:020d}.json").unlink()
    assert archive.ephemeris.store.snapshot().version == newest


def test_a_log_that_has_not_grown_is_not_read_again(archive: Archive, monkeypatch) -> None:
    archive.ephemeris.upsert(ephemeris(3, [0], 1.0))
    first = archive.ephemeris.store.snapshot()
    monkeypatch.setattr(DeltaTable, "update_incremental", lambda self: pytest.fail("read again"))
    assert archive.ephemeris.store.snapshot() is first


def test_a_month_of_rounded_positions_takes_less_than_40_bytes_a_row(archive: Archive) -> None:
    minutes = np.arange(MONTH)
    columns = {
        name: np.round(80 * np.sin(minutes * 2 * np.pi / 95 + number), 4)
        for number, name in enumerate(POSITION_COLUMNS)
    }
    epochs = np.datetime64("2020-01-01", "us") + minutes * np.timedelta64(1, "m")
    batch = pa.table(
        {
            "source": pa.array(np.full(MONTH, 3, np.int32)),
            "epoch": pa.array(epochs.astype("datetime64[us]")).cast(TIMESTAMP),
            **columns,
        }
    )
    report = archive.ephemeris.replace(batch, [3], at(0), at(MONTH - 1), "simulated")
    assert report.rows == MONTH
    (file,) = archive.ephemeris.live_files([3], *EVER)
    assert file.path.stat().st_size == file.size < 40 * MONTH
