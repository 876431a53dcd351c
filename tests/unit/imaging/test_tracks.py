from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import cdflib
import numpy as np
import pytest

from core.archive import Archive
from core.archive.tracks import ingest_tracks
from core.archive.vires import read_track, whole_minutes
from core.errors import FileRefused
from core.geo.sphere import distance_km
from core.instruments.registry import all_sources
from core.settings import Settings
from tests.unit.imaging import files

SWARM_A, SWARM_B = 3, 29
NEW_YEAR = datetime(2016, 1, 1, tzinfo=UTC)
EVER = (datetime(2000, 1, 1, tzinfo=UTC), datetime(2030, 1, 1, tzinfo=UTC))
LIMIT = 2**26


@pytest.fixture
def archive(settings: Settings) -> Iterator[Archive]:
    with Archive.create(settings) as opened:
        opened.catalogue.sources.put(*all_sources())
        yield opened


def orbit(seconds: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Latitude and longitude of a circular orbit that passes 87 degrees, once in 94 minutes."""
    angle, tilt = 2 * np.pi * seconds / 5640, np.radians(87.35)
    x, y, z = np.cos(angle), np.sin(angle) * np.cos(tilt), np.sin(angle) * np.sin(tilt)
    return np.degrees(np.arcsin(z)), np.degrees(np.arctan2(y, x))


def track_file(path: Path, seconds: np.ndarray, spacecraft: str = "A") -> Path:
    return files.track_cdf(path, seconds, *orbit(seconds), spacecraft=spacecraft)


def test_samples_on_the_minute_are_taken_as_they_are(tmp_path: Path) -> None:
    seconds = np.arange(0, 301, 10.0)
    minutes = whole_minutes(read_track(track_file(tmp_path / "a.cdf", seconds), LIMIT))
    lat, lon = orbit(np.arange(0, 301, 60.0))
    assert np.array_equal(minutes.lat_deg, lat)
    assert np.array_equal(minutes.lon_deg, lon)


def test_between_samples_the_point_lies_on_the_orbit(tmp_path: Path) -> None:
    # Three orbits over poles and date line, no sample on a minute.
    seconds = np.arange(7, 3 * 5640, 13.0)
    minutes = whole_minutes(read_track(track_file(tmp_path / "a.cdf", seconds), LIMIT))
    expected = orbit(60.0 * (1 + np.arange(len(minutes.times))))
    # The orbit is a great circle of this frame, so the sphere's interpolation is exact.
    assert distance_km(minutes.lat_deg, minutes.lon_deg, *expected).max() < 1e-3


def test_nothing_is_made_across_a_gap_or_beyond_the_ends(tmp_path: Path) -> None:
    seconds = np.r_[np.arange(5, 200, 10.0), np.arange(505, 700, 10.0)]
    minutes = whole_minutes(read_track(track_file(tmp_path / "a.cdf", seconds), LIMIT))
    start = np.datetime64("2016-01-01T00:00", "m")
    assert ((minutes.times - start) // np.timedelta64(60, "s")).tolist() == [1, 2, 3, 9, 10, 11]


def test_records_of_a_track(archive: Archive, tmp_path: Path) -> None:
    path = track_file(tmp_path / "a.cdf", np.arange(0, 5641, 10.0), "B")
    report = ingest_tracks(archive, [path])
    assert (report.exit_status, report.records) == (0, 95)
    rows = archive.ephemeris.read([SWARM_B], *EVER).to_pylist()
    assert [row["epoch"] for row in rows] == [NEW_YEAR + timedelta(minutes=m) for m in range(95)]
    row = rows[15]
    assert row["md_double_radial_distance"] == 6830.0
    assert row["md_string_state"] == "definitive"
    assert row["provenance"] == "ingested"
    assert row.get("md_string_nbtrace_region") is None
    # A foot is whole or null, and near the equator AACGM has none.
    for side in ("nbtrace", "sbtrace"):
        halves = [(r[f"{side}_lat_deg"] is None, r[f"{side}_lon_deg"] is None) for r in rows]
        assert set(halves) <= {(True, True), (False, False)}
        assert 0 < halves.count((True, True)) < 40


def test_feet_of_a_high_latitude_track_lie_below_it(archive: Archive, tmp_path: Path) -> None:
    path = track_file(tmp_path / "a.cdf", np.arange(0, 5641, 10.0))
    ingest_tracks(archive, [path])
    rows = [r for r in archive.ephemeris.read([SWARM_A], *EVER).to_pylist()]
    north = [r for r in rows if r["geo_lat_deg"] > 65]
    distances = distance_km(
        [r["geo_lat_deg"] for r in north],
        [r["geo_lon_deg"] for r in north],
        [r["nbtrace_lat_deg"] for r in north],
        [r["nbtrace_lon_deg"] for r in north],
    )
    # From 460 km to 100 km along a field line that is steeper than 70 degrees.
    assert 0 < distances.max() < 360 * np.tan(np.radians(20))


def test_track_twice_changes_nothing(archive: Archive, tmp_path: Path) -> None:
    path = track_file(tmp_path / "a.cdf", np.arange(0, 600, 10.0))
    ingest_tracks(archive, [path])
    before = archive.ephemeris.read(None, *EVER), archive.ephemeris.version
    report = ingest_tracks(archive, [path])
    assert (report.files[0].outcome, report.records) == ("unchanged", 0)
    assert archive.ephemeris.read(None, *EVER).equals(before[0])
    assert archive.ephemeris.version == before[1]


def refusal(path: Path) -> str:
    with pytest.raises(FileRefused) as caught:
        read_track(path, LIMIT)
    return str(caught.value.reason)


def test_what_is_no_track_is_refused(tmp_path: Path) -> None:
    seconds = np.arange(0, 300, 10.0)
    lat, lon = orbit(seconds)
    path = tmp_path / "a.cdf"
    assert "not A, B or C" in refusal(track_file(path, seconds, "-"))
    assert "do not rise" in refusal(track_file(path, seconds[::-1].copy()))
    assert "low orbit" in refusal(files.track_cdf(path, seconds, lat, lon, radius_m=4.2e7))
    assert "jumps" in refusal(files.track_cdf(path, seconds, lat, lon + 90 * (seconds > 100)))
    assert "low orbit" in refusal(files.track_cdf(path, seconds, lat * np.nan, lon))
    assert "no variable Spacecraft" in refusal(files.themis_cdf(path, files.images(1)))


def test_truncated_track_is_refused_and_the_rest_goes_in(archive: Archive, tmp_path: Path) -> None:
    good = track_file(tmp_path / "good.cdf", np.arange(0, 300, 10.0))
    cut = tmp_path / "cut.cdf"
    cut.write_bytes(good.read_bytes()[:-10])
    report = ingest_tracks(archive, [cut, good, tmp_path / "nowhere.cdf"])
    assert [file.outcome for file in report.files] == ["refused", "accepted", "refused"]
    assert "truncated" in report.refused[0].message
    assert report.exit_status == 1
    assert archive.ephemeris.read([SWARM_A], *EVER).num_rows == 5


@pytest.mark.realdata
def test_swarm_a_on_2016_01_01(archive: Archive, test_data: Path) -> None:
    path = test_data / "swarm" / "test_data_01.cdf"
    report = ingest_tracks(archive, [path])
    assert report.records == 32
    rows = archive.ephemeris.read([SWARM_A], *EVER).to_pylist()
    assert rows[0]["epoch"] == datetime(2016, 1, 1, 0, 28, tzinfo=UTC)
    assert rows[-1]["epoch"] == datetime(2016, 1, 1, 0, 59, tzinfo=UTC)
    oracle = cdflib.CDF(path)
    for column, variable, scale in (
        ("geo_lat_deg", "Latitude", 1.0),
        ("geo_lon_deg", "Longitude", 1.0),
        ("md_double_radial_distance", "Radius", 1e-3),
    ):
        expected = oracle.varget(variable)[::6] * scale
        assert [row[column] for row in rows] == pytest.approx(expected.tolist(), abs=1e-9)
