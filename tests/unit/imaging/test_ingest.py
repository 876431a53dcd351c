from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from core.archive import Archive
from core.archive.columns import TIMESTAMP
from core.imaging.ingest import ingest_asi
from core.imaging.operation import minutes_table
from core.imaging.store import KeogramStore
from core.instruments.registry import all_sources
from core.settings import Settings
from tests.unit.imaging import files

GILLAM, GAKONA = 46, 64
SIX = datetime(2014, 3, 10, 6, tzinfo=UTC)
DAY = (np.datetime64("2014-03-10", "us"), np.datetime64("2014-03-11", "us"))
EVER = (datetime(2000, 1, 1, tzinfo=UTC), datetime(2030, 1, 1, tzinfo=UTC))


@pytest.fixture
def archive(settings: Settings) -> Iterator[Archive]:
    with Archive.create(settings) as opened:
        opened.catalogue.sources.put(*all_sources())
        yield opened


def content(archive: Archive) -> tuple[pa.Table, pa.Table, int, int, list[str]]:
    """Return all that an ingest may change, the log left out."""
    return (
        archive.ephemeris.read(None, *EVER),
        archive.products.read(None, *EVER),
        archive.ephemeris.version,
        archive.products.version,
        sorted(path.name for path in archive.images_path.rglob("*.zip")),
    )


def test_operating_minutes_become_records(archive: Archive, tmp_path: Path) -> None:
    paths = [files.minute_file(tmp_path, minute, seed=minute) for minute in (0, 1, 5)]
    report = ingest_asi(archive, paths)
    assert report.exit_status == 0
    assert (report.records, report.products) == (3, 1)
    rows = archive.ephemeris.read([GILLAM], *EVER).to_pylist()
    assert [row["epoch"] for row in rows] == [SIX + timedelta(minutes=m) for m in (0, 1, 5)]
    row = rows[0]
    assert row["provenance"] == "ingested"
    assert (row["geo_lat_deg"], row["geo_lon_deg"]) == (56.376723, -94.643664)
    assert (row["nbtrace_lat_deg"], row["nbtrace_lon_deg"]) == (56.376723, -94.643664)
    assert row["sbtrace_lat_deg"] < -70
    assert row["gsm_lat_deg"] is None
    assert row["md_string_clausen_ml_oath"] == "not classified"
    assert row["md_string_calgary_apa_ml_v1"] == "not classified"
    assert row.get("md_double_calgary_apa_ml_v1_confidence") is None


def test_trace_is_that_of_a_record_of_aurorax() -> None:
    source = next(s for s in all_sources() if s.identifier == GILLAM)
    minute = np.array(["2020-01-01T00:00"], "datetime64[m]")
    (row,) = minutes_table(source, minute).to_pylist()
    # Published for this minute; the coefficients' versions differ by 0.003 degrees.
    assert row["sbtrace_lat_deg"] == pytest.approx(-72.76907, abs=0.005)
    assert row["sbtrace_lon_deg"] == pytest.approx(-134.66813, abs=0.005)


def test_keogram_becomes_a_data_product(archive: Archive, tmp_path: Path) -> None:
    ingest_asi(archive, [files.minute_file(tmp_path, 0, count=4)])
    (product,) = archive.products.read([GILLAM], *EVER).to_pylist()
    assert product["url"] == "/media/keogram/46/2014-03-10.png"
    assert product["data_product_type"] == "keogram"
    assert product["start"] == datetime(2014, 3, 10, tzinfo=UTC)
    assert product["end"] == datetime(2014, 3, 10, 23, 59, tzinfo=UTC)
    assert product["md_string_keogram_type"] == "daily"
    assert product["md_string_imaging_start_time"] == "2014-03-10T06:00:00.060000"
    assert product["md_string_imaging_end_time"] == "2014-03-10T06:00:10.060000"
    dataset = KeogramStore(archive).load(GILLAM, *DAY)
    assert dataset.sizes == {"time": 4, "pixel": 256}


def test_ingesting_again_changes_nothing(archive: Archive, tmp_path: Path) -> None:
    paths = [files.minute_file(tmp_path, minute) for minute in (0, 1)]
    ingest_asi(archive, paths)
    before = content(archive)
    report = ingest_asi(archive, paths)
    assert [file.outcome for file in report.files] == ["unchanged", "unchanged"]
    assert (report.records, report.products, report.exit_status) == (0, 0, 0)
    after = content(archive)
    assert all(
        a.equals(b) if isinstance(a, pa.Table) else a == b
        for a, b in zip(before, after, strict=True)
    )


def test_order_of_files_does_not_matter(settings: Settings, tmp_path: Path) -> None:
    paths = [files.minute_file(tmp_path, minute, seed=minute) for minute in (0, 1, 2)]
    found = []
    for name, order in (("a", paths), ("b", paths[::-1])):
        other = settings.model_copy(update={"archive": tmp_path / name})
        with Archive.create(other) as archive:
            ingest_asi(archive, order)
            found.append(KeogramStore(archive).load(GILLAM, *DAY))
    assert found[0].identical(found[1])


def test_refused_file_does_not_stop_the_others(archive: Archive, tmp_path: Path) -> None:
    good = files.minute_file(tmp_path, 0)
    cut = files.write_pgm(tmp_path / "cut.pgm", files.pgm_bytes(files.images(2))[:-1])
    picture = tmp_path / "burst.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(40))
    last = files.minute_file(tmp_path, 3)
    report = ingest_asi(archive, [cut, good, picture, last])
    assert report.exit_status == 1
    assert [file.outcome for file in report.files] == ["refused", "accepted"] * 2
    assert "image 1" in report.refused[0].message
    assert "PNG" in report.refused[1].message
    assert archive.ephemeris.read([GILLAM], *EVER).num_rows == 2
    log = archive.catalogue.ingest_log.entries(10)
    assert [(entry.status, entry.rows) for entry in reversed(log)] == [
        ("refused", 0),
        ("accepted", 1),
        ("refused", 0),
        ("accepted", 1),
    ]
    assert all(len(entry.sha256) == 64 for entry in log if entry.status == "accepted")


def test_nothing_but_refused_files_is_status_2(archive: Archive, tmp_path: Path) -> None:
    report = ingest_asi(archive, [tmp_path / "nowhere.pgm"])
    assert report.exit_status == 2
    assert archive.ephemeris.read(None, *EVER).num_rows == 0


def test_simulated_records_of_the_same_minutes_are_replaced(
    archive: Archive, tmp_path: Path
) -> None:
    minutes = [SIX + timedelta(minutes=m) for m in range(3)]
    simulated = pa.table(
        {
            "source": pa.array([GILLAM] * 3, pa.int32()),
            "epoch": pa.array(minutes, TIMESTAMP),
            "geo_lat_deg": [56.0] * 3,
            "geo_lon_deg": [-94.0] * 3,
            "md_string_clausen_ml_oath": ["classified as arc"] * 3,
            "md_double_calgary_apa_ml_v1_confidence": [91.5] * 3,
            "provenance": ["simulated"] * 3,
        }
    )
    archive.ephemeris.upsert(simulated)
    ingest_asi(archive, [files.minute_file(tmp_path, 1)])
    rows = archive.ephemeris.read([GILLAM], *EVER).to_pylist()
    assert [row["provenance"] for row in rows] == ["simulated", "ingested", "simulated"]
    confidences = [row["md_double_calgary_apa_ml_v1_confidence"] for row in rows]
    assert confidences == [91.5, None, 91.5]


def test_thumbnails_give_minutes_and_no_keogram(archive: Archive, tmp_path: Path) -> None:
    path = files.themis_cdf(tmp_path / "a.cdf", files.images(60, (32, 32)), kind="ast")
    report = ingest_asi(archive, [path])
    assert (report.records, report.products) == (4, 0)
    assert "operating minutes only" in report.files[0].message
    assert KeogramStore(archive).days(GAKONA) == []


def test_file_over_midnight_is_split(archive: Archive, tmp_path: Path) -> None:
    start = datetime(2014, 3, 10, 23, 59, 57, tzinfo=UTC)
    body = files.pgm_bytes(files.images(3), start=start)
    report = ingest_asi(archive, [files.write_pgm(tmp_path / "a.pgm", body)])
    assert (report.records, report.products) == (2, 2)
    assert KeogramStore(archive).days(GILLAM) == [date(2014, 3, 10), date(2014, 3, 11)]


def test_sites_and_days_in_any_order(archive: Archive, tmp_path: Path) -> None:
    gakona = files.themis_cdf(tmp_path / "a.cdf", files.images(3), begin=1_394_431_200.0)
    paths = [files.minute_file(tmp_path, 0), gakona, files.minute_file(tmp_path, 1)]
    seen: list[tuple[str, float]] = []
    report = ingest_asi(archive, paths, lambda name, share: seen.append((name, share)))
    assert report.exit_status == 0
    assert [share for _, share in seen] == pytest.approx([0, 1 / 3, 2 / 3, 1])
    assert archive.ephemeris.day_counts(*EVER).to_pylist() == [
        {"source": GILLAM, "day": date(2014, 3, 10), "count": 2},
        {"source": GAKONA, "day": date(2014, 3, 10), "count": 1},
    ]


def test_source_that_the_catalogue_lacks_is_added(settings: Settings, tmp_path: Path) -> None:
    with Archive.create(settings) as archive:
        ingest_asi(archive, [files.minute_file(tmp_path)])
        assert archive.catalogue.sources.get(GILLAM).display_name == "THEMIS-ASI GILL"


@pytest.mark.realdata
def test_real_files_of_every_array(archive: Archive, test_data: Path) -> None:
    paths = sorted((test_data / "themis").glob("*.pgm.gz")) + sorted(
        (test_data / "themis").glob("*.cdf")
    )
    paths += sorted((test_data / "trex").iterdir())
    report = ingest_asi(archive, paths)
    assert report.refused == []
    assert len(report.accepted) == 10
    counts = {
        row["source"]: row["count"] for row in archive.ephemeris.day_counts(*EVER).to_pylist()
    }
    # Of the last day of each. Gakona: 17:00 and 17:01 on one day, 09:14 to 10:08 (55 minutes) by
    # thumbnails on another.
    assert counts == {46: 3, 64: 55, 92: 1, 93: 1, 95: 1, 103: 1}
    before = content(archive)
    assert ingest_asi(archive, paths).records == 0
    assert content(archive)[2:] == before[2:]
