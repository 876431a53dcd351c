"""An audit finds each fault that is put into an archive, and repairs what can be repaired."""

from __future__ import annotations

import os
import random
import sqlite3
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sqlalchemy import insert

from core import cli
from core.archive import Archive
from core.archive.audit import Audit, audit
from core.archive.models import SearchRequest
from core.archive.salvage import salvage
from core.archive.store import Change
from core.errors import ArchiveError
from core.instruments.model import DataSource
from core.settings import Settings
from tests.unit.archive.batches import EVER, ephemeris, product
from tests.unit.archive.test_compaction import add_foreign

MONTH = 31 * 1440


@pytest.fixture
def filled(archive: Archive) -> Archive:
    for source in (3, 55):
        archive.ephemeris.upsert(ephemeris(source, range(0, 3 * MONTH, 500), 1.0))
    archive.products.upsert(product(46, "u", datetime(2020, 1, 1, tzinfo=UTC)))
    return archive


def codes(report: Audit) -> set[tuple[str, str]]:
    return {(f.what, f.state) for f in report.findings}


def first_file(archive: Archive) -> Path:
    return archive.ephemeris.store.snapshot().files[0].path


def test_a_sound_archive_has_no_findings(filled: Archive) -> None:
    shares: list[tuple[str, float]] = []
    for deep in (False, True):
        report = audit(filled.settings, deep=deep, progress=lambda *seen: shares.append(seen))
        assert report.findings == []
    assert report.exit_status == 0
    assert report.files == len(filled.ephemeris.store.snapshot().files) + 1
    assert report.rows == filled.ephemeris.read(None, *EVER).num_rows + 1
    assert shares[-1] == ("data_products", 1.0)


def _gone(path: Path) -> None:
    path.unlink()


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _empty(path: Path) -> None:
    path.write_bytes(b"")


@pytest.mark.parametrize(
    ("harm", "what"), [(_gone, "missing"), (_cut, "damaged"), (_empty, "damaged")]
)
def test_lost_data_files_are_found_and_taken_out_of_the_log(
    filled: Archive, harm: Callable[[Path], None], what: str
) -> None:
    total = filled.ephemeris.read(None, *EVER).num_rows
    file = filled.ephemeris.store.snapshot().files[0]
    harm(file.path)
    version = filled.ephemeris.version
    report = audit(filled.settings)
    assert codes(report) == {(what, "left")}
    assert f"{file.rows} rows are lost" in report.findings[0].message
    assert (report.exit_status, filled.ephemeris.version) == (1, version)
    assert codes(audit(filled.settings, repair=True)) == {(what, "repaired")}
    assert audit(filled.settings).findings == []
    assert filled.ephemeris.read(None, *EVER).num_rows == total - file.rows


def test_a_disk_that_is_not_there_is_no_reason_to_forget_a_table(filled: Archive) -> None:
    filled.ephemeris.upsert(ephemeris(46, range(0, 12 * MONTH, 5000), 1.0))
    version = filled.ephemeris.version
    folder = filled.ephemeris.store.root
    for source in (3, 46, 55):
        (folder / f"source={source}").rename(folder / f"_{source}")
    report = audit(filled.settings, repair=True)
    assert ("missing", "left") in codes(report)
    assert "is its disk there?" in report.findings[0].message
    assert filled.ephemeris.version == version
    for source in (3, 46, 55):
        (folder / f"_{source}").rename(folder / f"source={source}")
    assert audit(filled.settings).findings == []


def test_a_file_that_may_not_be_read_stays_in_the_log(
    filled: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, opened = first_file(filled), pq.ParquetFile

    def guarded(given: Path, **options: bool):
        if given == path:  # root may read everything, so its mode would not do
            raise PermissionError(13, "Permission denied")
        return opened(given, **options)

    monkeypatch.setattr("core.archive.audit_files.pq.ParquetFile", guarded)
    assert codes(audit(filled.settings, repair=True)) == {("closed", "left")}


def test_damage_inside_of_a_column_is_found_by_a_deep_look(filled: Archive) -> None:
    path = first_file(filled)
    column = pq.ParquetFile(path).metadata.row_group(0)
    chunk = next(
        column.column(i)
        for i in range(column.num_columns)
        if column.column(i).path_in_schema == "geo_lat_deg"
    )
    content = bytearray(path.read_bytes())
    start = chunk.dictionary_page_offset or chunk.data_page_offset
    content[start : start + chunk.total_compressed_size] = b"\xff" * chunk.total_compressed_size
    path.write_bytes(bytes(content))
    assert audit(filled.settings).findings == []
    before = filled.ephemeris.read(None, *EVER, columns=["source", "epoch", "provenance"])
    report = audit(filled.settings, deep=True)
    assert codes(report) == {("damaged", "left")}
    assert report.findings[0].files == ("/".join(path.parts[-3:]),)
    assert "geo_lat_deg, geo_lon_deg" in report.findings[0].message
    assert codes(audit(filled.settings, deep=True, repair=True)) == {("damaged", "repaired")}
    assert audit(filled.settings, deep=True).findings == []
    after = filled.ephemeris.read(None, *EVER)
    assert after.select(before.column_names).equals(before)
    assert after["geo_lat_deg"].null_count == after["geo_lon_deg"].null_count > 0


def test_any_flipped_bit_of_a_data_file_is_found_and_what_is_left_stays(filled: Archive) -> None:
    path = first_file(filled)
    sound = path.read_bytes()
    before = filled.ephemeris.read(None, *EVER)
    rows = len(before)
    rng = random.Random(4)
    end = len(sound) - 8 - int.from_bytes(sound[-8:-4], "little")
    for _ in range(40):
        content = bytearray(sound)
        content[rng.randrange(4, end)] ^= 1 << rng.randrange(8)
        path.write_bytes(bytes(content))
        report = audit(filled.settings, deep=True)
        assert report.exit_status == 1 or filled.ephemeris.read(None, *EVER).equals(before)
        file = filled.ephemeris.store.snapshot().files[0]
        saved = salvage(file, filled.ephemeris.store.layout).rows
        assert saved.num_rows in (0, file.rows)
        for name in ("epoch", "geo_lat_deg", "geo_lon_deg", "provenance"):
            read = saved[name].to_pylist()
            true = before.slice(0, file.rows)[name].to_pylist()
            assert read in ([], true, [None] * file.rows)
    path.write_bytes(sound)
    assert filled.ephemeris.read(None, *EVER).num_rows == rows


def test_a_damaged_page_is_not_written_anew_by_a_write(filled: Archive) -> None:
    path = first_file(filled)
    column = pq.ParquetFile(path).metadata.row_group(0).column(3)
    content = bytearray(path.read_bytes())
    content[column.data_page_offset + column.total_compressed_size - 2] ^= 1
    path.write_bytes(bytes(content))
    with pytest.raises(ArchiveError):
        filled.ephemeris.upsert(ephemeris(3, [0], 2.0))
    assert path.exists()


def test_rows_twice_are_found_within_and_across_files_and_the_later_stays(
    filled: Archive,
) -> None:
    before = filled.ephemeris.read(None, *EVER).num_rows
    add_foreign(filled, 3, ephemeris(3, [0, 500, 501], 2.0))
    add_foreign(filled, 55, ephemeris(55, [9, 9, 8], 2.0))
    report = audit(filled.settings)
    assert codes(report) == {("twice", "left"), ("scattered", "note")}
    assert codes(audit(filled.settings, repair=True)) == {("twice", "repaired")} | {
        ("orphans", "note")
    }
    assert filled.ephemeris.read(None, *EVER).num_rows == before + 1 + 2
    values = filled.ephemeris.read([3], *EVER)["geo_lat_deg"].to_pylist()
    assert values[:3] == [2.0, 2.0, 2.0]
    assert audit(filled.settings).left == []


def test_products_that_are_there_twice_are_found_over_years(filled: Archive) -> None:
    store = filled.products.store
    rows = filled.products.read(None, *EVER)
    later = product(46, "u", datetime(2021, 1, 1, tzinfo=UTC))
    filled.products.upsert(product(46, "v", datetime(2021, 1, 1, tzinfo=UTC)))
    from core.archive.columns import PRODUCTS_SCHEMA, normalise

    part = normalise(later, PRODUCTS_SCHEMA, "start")
    store.commit(lambda _: Change((), (part,), frozenset([46]), 1))
    assert ("twice", "left") in codes(audit(filled.settings))
    audit(filled.settings, repair=True)
    assert audit(filled.settings).left == []
    kept = filled.products.read(None, *EVER)
    assert sorted(kept["url"].to_pylist()) == ["u", "v"]
    assert {t.year for t in kept["start"].to_pylist()} == {2021}
    assert rows.num_rows == 1


def test_a_file_out_of_order_is_written_anew(filled: Archive) -> None:
    add_foreign(filled, 3, ephemeris(3, [9 * MONTH + 2, 9 * MONTH + 1], 2.0))
    assert codes(audit(filled.settings)) == {("disorder", "left")}
    assert ("disorder", "repaired") in codes(audit(filled.settings, repair=True))
    assert audit(filled.settings).left == []


def test_a_file_of_which_the_log_says_something_else_is_written_anew(filled: Archive) -> None:
    path = first_file(filled)
    table = pq.read_table(path, partitioning=None)
    pq.write_table(table.slice(0, table.num_rows - 1), path)
    assert codes(audit(filled.settings)) == {("untrue", "left")}
    assert ("untrue", "repaired") in codes(audit(filled.settings, repair=True))
    assert audit(filled.settings).left == []


def test_rows_of_another_source_or_between_minutes_are_told(filled: Archive) -> None:
    path = first_file(filled)
    table = pq.read_table(path, partitioning=None)
    other = table.set_column(0, "source", pa.array([46] * table.num_rows, pa.int32()))
    pq.write_table(other, path)
    report = audit(filled.settings, repair=True)
    assert ("untrue", "repaired") in codes(report) or ("misplaced", "left") in codes(report)


def test_a_torn_log_is_found_without_being_touched(filled: Archive) -> None:
    folder = filled.ephemeris.store.root / "_delta_log"
    entry = folder / f"{filled.ephemeris.version + 1:020d}.json"
    entry.write_bytes(b'{"add":{"path":"sou')
    assert codes(audit(filled.settings)) == {("torn", "left")}
    assert entry.exists()
    assert codes(audit(filled.settings, repair=True)) == {("torn", "repaired")}
    assert not entry.exists()
    assert audit(filled.settings).findings == []


@pytest.mark.parametrize("harm", [_gone, _cut, _empty])
@pytest.mark.parametrize("version", [0, 1, 2])
def test_a_log_with_a_broken_entry_is_mended_from_the_data_files(
    filled: Archive, harm: Callable[[Path], None], version: int
) -> None:
    filled.ephemeris.upsert(ephemeris(3, [7, MONTH], 2.0, md_double_x=4.0))
    filled.ephemeris.upsert(ephemeris(55, [8], 3.0))
    before = filled.ephemeris.read(None, *EVER)
    entry = filled.ephemeris.store.root / "_delta_log" / f"{version:020d}.json"
    harm(entry)
    report = audit(filled.settings)
    assert codes(report) == {("entries", "left")}
    assert report.findings[0].files == (f"_delta_log/{entry.name}",)
    audit(filled.settings, repair=True)
    assert audit(filled.settings, repair=True).left == []
    with Archive.open(filled.settings) as archive:
        after = archive.ephemeris.read(None, *EVER)
        assert after.equals(before.select(after.column_names))
        assert archive.ephemeris.upsert(ephemeris(3, [9], 2.0, md_double_x=4.0)).rows == 1


def test_a_broken_entry_that_brought_a_column_gives_it_back(filled: Archive) -> None:
    filled.ephemeris.upsert(ephemeris(3, [7, 20 * MONTH], 2.0, md_double_x=4.0))
    before = filled.ephemeris.read(None, *EVER)
    for number in (3, 4):  # the column, and the rows that have it
        (filled.ephemeris.store.root / "_delta_log" / f"{number:020d}.json").write_text("{")
    filled.ephemeris.store.root.joinpath("_delta_log", f"{5:020d}.json").write_text(
        '{"commitInfo":{"operation":"WRITE"}}\n'
    )
    audit(filled.settings, repair=True)
    assert audit(filled.settings).left == []
    with Archive.open(filled.settings) as archive:
        after = archive.ephemeris.read(None, *EVER)
        assert after.equals(before.select(after.column_names))


def test_orphans_are_notes_and_old_ones_go(filled: Archive) -> None:
    path = first_file(filled)
    young, old = path.with_name("2020-01-young.parquet"), path.with_name("2020-01-old.parquet")
    for stray in (young, old):
        stray.write_bytes(path.read_bytes()[:100])
    os.utime(old, (time.time() - 2 * 86_400,) * 2)
    report = audit(filled.settings)
    assert codes(report) == {("orphans", "note")}
    assert report.findings[0].message.startswith("2 files")
    assert report.exit_status == 0
    assert codes(audit(filled.settings, repair=True)) == {("orphans", "repaired")}
    assert (young.exists(), old.exists(), path.exists()) == (True, False, True)


def test_records_of_an_unknown_source_are_told(filled: Archive) -> None:
    filled.ephemeris.upsert(ephemeris(77, [0]))
    report = audit(filled.settings, repair=True)
    assert codes(report) == {("sources", "left")}
    assert "77" in report.findings[0].message
    filled.catalogue.sources.put(DataSource(77, "p", "x", "i", "leo", "X"))
    assert audit(filled.settings).findings == []


def a_job(archive: Archive, request_id: str, state: str, **values) -> None:
    row = {
        "request_id": request_id, "kind": "conjunction", "query": {}, "state": state,
        "requested": datetime.now(UTC), "attempts": 1, "progress": 1.0,
        "cancel_requested": False, "client": "",
    }  # fmt: skip
    with archive.catalogue.engine.execution_options(write=True).begin() as con:
        con.execute(insert(SearchRequest).values(**row, **values))


def a_result(archive: Archive, name: str, age: timedelta = timedelta(0)) -> Path:
    path = archive.results_path / name
    pq.write_table(pa.table({"x": [1]}), path)
    then = time.time() - age.total_seconds()
    os.utime(path, (then, then))
    return path


def test_results_and_jobs_are_held_against_each_other(filled: Archive) -> None:
    days = timedelta(days=3)
    whole = a_result(filled, "a.1.parquet", days)
    running = a_result(filled, "r.1.sofar.parquet", days)
    young = a_result(filled, "nobody.1.parquet")
    stray = a_result(filled, "nobody.2.parquet", days)
    cut = a_result(filled, "c.1.parquet")
    size = cut.stat().st_size
    _cut(cut)
    for name, state, more in (
        ("a", "done", {"file_size": whole.stat().st_size}),
        ("b", "done", {}),
        ("c", "done", {"file_size": size}),
        ("d", "done", {"result_deleted": datetime.now(UTC)}),
        ("r", "running", {}),
    ):
        a_job(filled, name, state, **more)
    report = audit(filled.settings)
    assert codes(report) == {("lost", "left"), ("unknown", "left")}
    assert [f.count for f in report.findings] == [2, 2]
    assert codes(audit(filled.settings, repair=True)) == {
        ("lost", "repaired"),
        ("unknown", "repaired"),
    }
    assert [p.exists() for p in (whole, running, young, stray, cut)] == [True] * 3 + [False] * 2
    assert audit(filled.settings).findings == []


def test_a_damaged_catalogue_is_told(filled: Archive) -> None:
    filled.close()
    database = filled.path / "catalogue.sqlite"
    with sqlite3.connect(database) as con:
        con.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    con.close()
    content = bytearray(database.read_bytes())
    content[4096:] = b"\x5a" * (len(content) - 4096)
    database.write_bytes(bytes(content))
    report = audit(filled.settings)
    assert ("database", "left") in codes(report)


def test_the_verbs_say_what_they_did(
    filled: Archive, monkeypatch: pytest.MonkeyPatch, capsys
) -> None:
    monkeypatch.setenv("ATLAS_ARCHIVE", str(filled.path))
    add_foreign(filled, 3, ephemeris(3, [0, 1], 2.0))
    assert cli.main(["check", "--quiet"]) == 1
    assert "FAULT     ephemeris: 2 files" in capsys.readouterr().out
    assert cli.main(["check", "--repair", "--quiet"]) == 0
    assert "1 rows that were there twice are gone" in capsys.readouterr().out
    add_foreign(filled, 3, ephemeris(3, [2], 2.0))
    assert cli.main(["compact", "--quiet"]) == 0
    assert "ephemeris: 2 files made into 1" in capsys.readouterr().out
    assert cli.main(["vacuum", "--dry-run"]) == 0
    assert cli.main(["vacuum", "--hours", "0"]) == 2
    span = ["--source", "3", "--start", "2020-01-01", "--end", "2020-01-01T00:02"]
    assert cli.main(["delete", *span]) == 0
    assert "3 records would be deleted" in capsys.readouterr().out
    assert cli.main(["delete", *span, "--yes"]) == 0
    assert "source 3: 3 records deleted" in capsys.readouterr().out
    assert cli.main(["check", "--quiet"]) == 0
    later = ["--start", "2020-01-02", "--end", "2020-01-01", "--yes"]
    assert cli.main(["delete", "--source", "3", *later]) == 2
    assert "is before the start" in capsys.readouterr().err
    assert cli.main(["delete", "--source", "3", "99", *span[2:], "--yes"]) == 2
    assert "knows no source 99" in capsys.readouterr().err


def test_without_an_archive_there_is_nothing_to_look_at(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError):
        audit(Settings(archive=tmp_path / "none"))
