"""The search benchmark measures what it says: its records, its questions, its SQL."""

from datetime import UTC, datetime

import numpy as np
import pyarrow.compute as pc
import pytest

from benchmarks import search_report, search_sql
from benchmarks.search_archive import bench_settings, ensure_archive
from benchmarks.search_modes import Answer, canonical
from benchmarks.search_orbits import FOOT_KM, Orbit, feet, positions
from benchmarks.search_queries import DAY, NAMES, question
from benchmarks.search_records import FIRST_YEAR, craft_year, station_year, year_minutes
from benchmarks.search_sources import ground_stations, sources, spacecraft
from core.archive import Archive
from core.geo.sphere import EARTH_RADIUS_KM, distance_km
from core.geo.sun import sun_elevation_deg
from core.search import conjunctions
from core.search.query import ConjunctionQuery

PLATFORMS = ("athabasca", "fort smith", "gillam", "inuvik", "swarma", "swarmc", "themisa")


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    """Two winter days around that of Q5, of a few sources."""
    settings = bench_settings(tmp_path_factory.mktemp("bench"))
    day = datetime.fromisoformat(DAY).replace(tzinfo=UTC)
    with Archive.create(settings) as made:
        made.catalogue.sources.put(*sources())
        items = [(s, station_year) for s in ground_stations() if s.source.program == "themis-asi"]
        items += [(c, craft_year) for c in spacecraft()]
        tables = [
            make(item, FIRST_YEAR) for item, make in items if item.source.platform in PLATFORMS
        ]
        last = day.replace(day=day.day + 2)
        chosen = [t.filter(pc.and_(pc.greater_equal(t["epoch"], day), pc.less(t["epoch"], last)))
                  for t in tables]  # fmt: skip
        made.ephemeris.load(chosen, provenance="simulated")
        yield made


def test_forty_ground_sources_and_thirty_spacecraft():
    kinds = [source.source_type for source in sources()]
    assert (kinds.count("ground"), kinds.count("leo"), kinds.count("heo")) == (40, 14, 16)
    assert len({source.identifier for source in sources()}) == 70
    assert sum(station.lat_deg < 0 for station in ground_stations()) == 4


@pytest.mark.parametrize(("perigee_km", "apogee_km"), [(325.0, 1485.0), (500.0, 71_500.0)])
def test_an_orbit_keeps_between_perigee_and_apogee_and_comes_back(perigee_km, apogee_km):
    orbit = Orbit(perigee_km, apogee_km, 30.0, 10.0, 20.0, 0.0)
    minutes = year_minutes(2014)[:20_000]
    radius = positions(orbit, minutes).radius_km - 6378.137
    assert radius.min() == pytest.approx(perigee_km, abs=0.02 * (apogee_km - perigee_km) + 1)
    assert radius.max() == pytest.approx(apogee_km, abs=1)
    period = 2 * np.pi * np.sqrt((6378.137 + (perigee_km + apogee_km) / 2) ** 3 / 398600.4418) / 60
    turns = np.flatnonzero((radius[1:-1] < radius[:-2]) & (radius[1:-1] <= radius[2:]))
    assert len(turns) == pytest.approx(len(minutes) / period, abs=1.5)


def test_both_feet_are_as_far_from_the_dipoles_poles_as_their_shell_says():
    lat, lon = np.radians([10.0, 50.0, -45.0]), np.radians([30.0, -110.0, 170.0])
    radius = np.full(3, 3.0 * EARTH_RADIUS_KM)
    north, south = feet(lat, lon, radius)
    to_pole = distance_km(80.5, -72.7, np.degrees(lat), np.degrees(lon)) / EARTH_RADIUS_KM
    shell = radius / np.sin(to_pole) ** 2
    expected = np.arcsin(np.sqrt(FOOT_KM / shell)) * EARTH_RADIUS_KM
    assert distance_km(80.5, -72.7, *north) == pytest.approx(expected, abs=0.02)
    assert distance_km(-80.5, 107.3, *south) == pytest.approx(expected, abs=0.02)


def test_an_open_line_has_no_foot_but_near_the_earth():
    lat, lon = np.radians([80.0, 80.0]), np.radians([-72.7, -72.7])
    north, south = feet(lat, lon, np.array([1.1, 5.0]) * EARTH_RADIUS_KM)
    assert np.isnan(north[0]).tolist() == [False, True]
    assert np.isnan(north[1]).tolist() == [False, True]
    assert np.isnan(south[0]).all()


def test_a_station_has_records_in_a_quarter_of_all_minutes_and_only_when_dark():
    station = ground_stations()[0]
    table = station_year(station, 2014)
    assert 0.2 < table.num_rows / 525_600 < 0.31
    assert table.equals(station_year(station, 2014))
    epochs = table["epoch"].to_numpy()[::97]
    sun = sun_elevation_deg(station.lat_deg, station.lon_deg, epochs)
    assert sun.max() < -11.7
    confidence = table["md_double_calgary_apa_ml_v1_confidence"]
    assert 60 <= pc.min(confidence).as_py() <= pc.max(confidence).as_py() <= 100


def test_questions_differ_by_repeat_and_are_valid(archive):
    for name in NAMES:
        read = [
            ConjunctionQuery.from_dict(question(name, 10, repeat), archive.settings)
            for repeat in range(3)
        ]
        assert not any(query.ignored for query in read)
        assert len({query.limits for query in read}) == 3
        assert len(read[0].blocks) == (3 if name == "Q3" else 2)


@pytest.mark.parametrize(("name", "km"), [("Q1", 500.0), ("Q2", 1500.0), ("Q3", 6000.0)])
def test_sql_and_engine_give_the_same_runs(archive, name, km):
    asked = question(name, 1)
    asked["max_distances"] = dict.fromkeys(asked["max_distances"], km)
    query = ConjunctionQuery.from_dict(asked, archive.settings)
    table = conjunctions.run(archive, query, lambda done, found: None, lambda: False)
    con = search_sql.connect()
    ours, our_km = canonical(table)
    theirs, their_km = canonical(search_sql.run(con, search_sql.statement(archive, query).sql))
    assert len(ours)
    assert np.array_equal(ours, theirs)
    assert our_km == pytest.approx(their_km, rel=1e-9)


def test_an_archive_of_another_kind_is_left_alone(tmp_path):
    (tmp_path / "made.json").write_text('{"seed": -1, "years": {}}')
    with pytest.raises(SystemExit, match="another kind"):
        ensure_archive(tmp_path, 1)


def test_the_summary_tells_minima_and_what_is_missed():
    answers = {
        "engine": [Answer(s, 7, 9, "x", (1.0, 2.0), 300.0, 0, 0) for s in (0.6, 0.5)],
        "duckdb": [Answer(4.0, 7, 9, "x", (1.0, 2.0), 900.0, 10, 0)],
    }
    found = search_report.summary(answers)
    assert (found["engine_s"], found["duckdb_s"], found["numpy_s"]) == (0.5, 4.0, None)
    assert (found["runs"], found["peak_rss_mb"]) == (7, 300)
    aims = search_report.aims({"Q4": found}, 10)
    assert aims["Q4 under 0.4 s"] == {"found": 0.5, "met": False}
    assert aims["Q4 20 times faster than DuckDB"] == {"found": 8.0, "met": False}
    assert aims["peak RSS under 3000 MB"]["met"]
