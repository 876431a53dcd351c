from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pyarrow as pa
import pytest
from sqlalchemy import text

from core.archive import Archive, exists, schema
from core.archive.maintenance import vacuum
from core.errors import ArchiveError, BadInput, Conflict
from core.settings import Settings
from tests.unit.archive.batches import EVER, ephemeris

ROOT = Path(__file__).parents[3]


def test_open_says_where_an_archive_is_missing(settings: Settings) -> None:
    assert not exists(settings)
    with pytest.raises(ArchiveError, match="make archive") as caught:
        Archive.open(settings)
    assert caught.value.path == str(settings.archive.resolve())
    assert not settings.archive.exists()


def test_create_keeps_what_is_there(settings: Settings) -> None:
    with Archive.create(settings) as archive:
        archive.ephemeris.upsert(ephemeris(3, [0, 1]))
        marker = (archive.path / "archive.json").read_bytes()
    assert Archive.exists(settings)
    with Archive.create(settings) as archive:
        assert archive.ephemeris.read([3], *EVER).num_rows == 2
        assert (archive.path / "archive.json").read_bytes() == marker
        assert archive.images_path.is_dir()
        assert archive.results_path.is_dir()


def test_create_completes_what_was_begun(settings: Settings) -> None:
    with Archive.create(settings) as archive:
        (archive.path / "archive.json").unlink()
    with pytest.raises(ArchiveError):
        Archive.open(settings)
    Archive.create(settings).close()
    Archive.open(settings).close()


@pytest.mark.parametrize(
    "marker",
    [
        '{"format": "aurora-atlas-archive", "version": 2}',
        '{"format": "other", "version": 1}',
        "{",
        "[]",
    ],
)
@pytest.mark.parametrize("way", [Archive.open, Archive.create])
def test_archives_of_another_format_are_refused_and_left_alone(
    settings: Settings, marker: str, way
) -> None:
    Archive.create(settings).close()
    (settings.archive / "archive.json").write_text(marker)
    with pytest.raises(ArchiveError):
        way(settings)
    assert (settings.archive / "archive.json").read_text() == marker


def test_a_catalogue_behind_is_refused_by_open_and_updated_by_create(settings: Settings) -> None:
    """An archive whose catalogue is at the first revision keeps its rows on the way to head."""
    Archive.create(settings).close()
    database = settings.archive / "catalogue.sqlite"
    for path in settings.archive.glob("catalogue.sqlite*"):
        path.unlink()
    with Archive(settings) as archive:
        schema.upgrade(archive.catalogue.engine, "0001")
        with archive.catalogue.writing() as session:
            session.execute(
                text(
                    "INSERT INTO data_sources VALUES (3, 'swarm', 'swarma', 'footprint', 'leo', "
                    "'Swarm A', '{\"a\": 1}', 'o@x', '[]', "
                    '\'[{"field_name": "f", "description": "", "data_type": "int"}]\', \'[]\')'
                )
            )
    with pytest.raises(ArchiveError, match="revision 0001") as caught:
        Archive.open(settings)
    assert caught.value.needed >= "0004"
    Archive.create(settings).close()
    with Archive.open(settings) as archive:
        source = archive.catalogue.sources.get(3)
        assert source.metadata == {"a": 1}
        assert source.ephemeris_metadata_schema[0].field_name == "f"
        with archive.catalogue.reading() as session:
            assert session.scalar(text("SELECT count(*) FROM search_requests")) == 0
    assert database.is_file()


@pytest.mark.parametrize("revision", ["0001", "0002", "0003"])
def test_an_archive_from_before_there_were_accounts_gets_them(
    settings: Settings, revision: str
) -> None:
    Archive.create(settings).close()
    for path in settings.archive.glob("catalogue.sqlite*"):
        path.unlink()
    with Archive(settings) as archive:
        schema.upgrade(archive.catalogue.engine, revision)
    for _ in range(2):  # also when it is up to date already
        Archive.create(settings).close()
    with Archive.open(settings) as archive:
        assert archive.catalogue.accounts.list() == []
        archive.catalogue.accounts.add("ada@example.org", "Owner")
        key = archive.catalogue.keys.create("ada@example.org").text
    with Archive.open(settings) as archive:
        found = archive.catalogue.keys.account(key)
        assert found is not None
        assert found.role == "Owner"


@pytest.mark.parametrize("way", [Archive.open, Archive.create])
def test_a_catalogue_ahead_is_refused(settings: Settings, way) -> None:
    with Archive.create(settings) as archive, archive.catalogue.writing() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(ArchiveError, match="newer version"):
        way(settings)


def test_two_archives_in_one_process_are_apart(tmp_path: Path) -> None:
    first = Archive.create(Settings(archive=tmp_path / "first"))
    second = Archive.create(Settings(archive=tmp_path / "second"))
    first.ephemeris.upsert(ephemeris(3, [0, 1], 1.0))
    second.ephemeris.upsert(ephemeris(3, [1, 2, 3], 2.0))
    assert first.ephemeris.read(None, *EVER)["geo_lat_deg"].to_pylist() == [1.0, 1.0]
    assert second.ephemeris.read(None, *EVER)["geo_lat_deg"].to_pylist() == [2.0] * 3
    assert first.ephemeris.day_counts(*EVER)["count"].to_pylist() == [2]
    assert second.ephemeris.day_counts(*EVER)["count"].to_pylist() == [3]
    first.close()
    second.close()


def test_two_open_archives_see_each_others_writes(archive: Archive, settings: Settings) -> None:
    with Archive.open(settings) as other:
        assert other.ephemeris.read(None, *EVER).num_rows == 0
        archive.ephemeris.upsert(ephemeris(3, [0]))
        assert other.ephemeris.read(None, *EVER).num_rows == 1
        other.ephemeris.upsert(ephemeris(3, [1]))
        assert archive.ephemeris.read(None, *EVER).num_rows == 2


TELL = """
import json, sys
from datetime import datetime
from core.archive import Archive, duck
from core.archive.records import ephemeris_from_records, ephemeris_to_records
from core.instruments.model import DataSource
from core.settings import Settings
source = DataSource(3, "a", "b", "c", "leo", "d")
with Archive.create(Settings(archive=sys.argv[1])) as archive:
    archive.catalogue.sources.put(source)
    names = {"program": "a", "platform": "b", "instrument_type": "c"}
    times = ["2020-03-08T09:59:00", "2019-12-31T23:59:00Z", "2020-01-01T00:00:00.000Z"]
    rows = [{**names, "epoch": t} for t in times]
    archive.ephemeris.upsert(ephemeris_from_records(archive.catalogue.sources, rows))
    table = archive.ephemeris.read([3], datetime(2019, 12, 31, 23, 59), datetime(2020, 3, 8, 9, 59))
    counts = archive.ephemeris.day_counts(datetime(2019, 1, 1), datetime(2021, 1, 1))
    with duck.connect() as con:
        sql = archive.ephemeris.sql([3], datetime(2020, 1, 1), datetime(2020, 1, 1))
        day = con.sql(f"SELECT CAST(epoch AS DATE)::VARCHAR FROM {sql}").fetchall()
    archive.catalogue.ingest_log.add("x", "y", "z", 0, "accepted")
    print(json.dumps({
        "epochs": [r["epoch"] for r in ephemeris_to_records(table, {3: source})],
        "years": table["year"].to_pylist(),
        "days": [d.isoformat() for d in counts["day"].to_pylist()],
        "sql": day[0][0],
        "log": archive.catalogue.ingest_log.entries()[0].timestamp.isoformat()[:13],
    }))
"""


@pytest.mark.parametrize("zone", ["America/Edmonton", "Pacific/Kiritimati"])
def test_the_time_zone_of_the_machine_does_not_matter(tmp_path: Path, zone: str) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", TELL, str(tmp_path / "archive")],
        env=os.environ | {"TZ": zone, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    told = json.loads(done.stdout)
    assert told.pop("log")[:13] == time.strftime("%Y-%m-%dT%H", time.gmtime())
    assert told == {
        "epochs": ["2019-12-31T23:59:00", "2020-01-01T00:00:00", "2020-03-08T09:59:00"],
        "years": [2019, 2020, 2020],
        "days": ["2019-12-31", "2020-01-01", "2020-03-08"],
        "sql": "2020-01-01",
    }


def test_vacuum_removes_old_strays_and_keeps_what_is_live(archive: Archive) -> None:
    for value in (1.0, 2.0):
        archive.ephemeris.upsert(ephemeris(3, [0], value))
    (live,) = archive.ephemeris.live_files([3], *EVER)
    old, new = live.path.with_name("old.parquet"), live.path.with_name("new.parquet")
    for stray in (old, new):
        stray.write_bytes(b"left by a writer that was killed")
    days_ago = time.time() - 2 * 86_400
    for path in (old, live.path):
        os.utime(path, (days_ago, days_ago))
    assert vacuum(archive).files == {"ephemeris": 1, "data_products": 0, "indices": 0}
    assert (old.exists(), new.exists()) == (False, True)
    assert archive.ephemeris.read([3], *EVER)["geo_lat_deg"].to_pylist() == [2.0]
    with pytest.raises(BadInput):
        vacuum(archive, 0)


def test_a_write_that_always_comes_second_gives_up_and_leaves_nothing(settings: Settings) -> None:
    once = settings.model_copy(update={"commit_retries": 1})
    with Archive.create(once) as slow, Archive.open(once) as fast:
        tries = []

        def interrupt(plan):
            def planned(base):
                tries.append(base.version)
                fast.ephemeris.upsert(ephemeris(3, [len(tries)], 1.0))
                return plan(base)

            return planned

        commit = slow.ephemeris.store.commit
        slow.ephemeris.store.commit = lambda plan: commit(interrupt(plan))  # type: ignore[method-assign]
        with pytest.raises(Conflict, match="ephemeris"):
            slow.ephemeris.upsert(ephemeris(3, [100], 5.0))
        assert len(tries) == 2
        assert fast.ephemeris.read([3], *EVER)["geo_lat_deg"].to_pylist() == [1.0, 1.0]
        live = {f.path for f in fast.ephemeris.live_files(None, *EVER)}
        known = set((settings.archive / "tables" / "ephemeris").rglob("*.parquet"))
        # What is left on disk beside the live file is the one that the second write replaced.
        assert len(known - live) == 1


def test_other_engines_read_the_tables(archive: Archive) -> None:
    """The tables are plain Delta: deltalake's own reader sees the same rows."""
    from deltalake import DeltaTable, QueryBuilder

    archive.ephemeris.upsert(ephemeris(3, range(50), 1.5, md_string_x="a"))
    archive.ephemeris.upsert(ephemeris(46, [0], 2.5))
    table = DeltaTable(str(archive.path / "tables" / "ephemeris"))
    assert table.metadata().partition_columns == ["source", "year"]
    sql = "SELECT source, epoch, geo_lat_deg, md_string_x FROM t ORDER BY source, epoch"
    theirs = pa.table(QueryBuilder().register("t", table).execute(sql).read_all())
    columns = ["source", "epoch", "geo_lat_deg", "md_string_x"]
    ours = archive.ephemeris.read(None, *EVER, columns=columns)
    assert theirs.to_pylist() == ours.to_pylist()
