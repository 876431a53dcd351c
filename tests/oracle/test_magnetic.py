"""AACGM coordinates and traces against published and recorded numbers, and the race."""

from __future__ import annotations

import csv
import threading
from datetime import UTC, datetime
from pathlib import Path

import aacgmv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import BadInput
from core.geo import magnetic
from core.geo.magnetic import (
    LOCK,
    footprints_aacgm,
    from_magnetic,
    ground_traces,
    mlt_h,
    to_magnetic,
)

DAY = datetime(2015, 1, 1, tzinfo=UTC)


def test_numbers_of_the_coefficients() -> None:
    mlat, mlon = to_magnetic(60.0, 0.0, 300.0, DAY)
    theirs = aacgmv2.convert_latlon(60.0, 0.0, 300.0, DAY.replace(tzinfo=None), "G2A")
    assert (float(mlat), float(mlon)) == pytest.approx(theirs[:2], abs=1e-9)
    # By field-line tracing: 58.2268, 81.1613; the coefficients are a fit to such lines.
    assert float(mlat) == pytest.approx(58.2268, abs=0.01)
    assert float(mlon) == pytest.approx(81.1613, abs=0.02)


def test_published_numbers_of_the_coefficients() -> None:
    # aacgmv2's own tests of its C level: 2018-01-01, (60, 0, 300 km), four decimals.
    day = datetime(2018, 1, 1, tzinfo=UTC)
    mlat, mlon = to_magnetic(60.0, 0.0, 300.0, day)
    assert (float(mlat), float(mlon)) == pytest.approx((58.2199, 80.7290), abs=6e-5)
    lat, lon = from_magnetic(60.0, 0.0, 300.0, day)
    assert (float(lat), float(lon)) == pytest.approx((50.4364, -77.5309), abs=6e-5)


# Published for 2015-01-01: place, flags of the C library, latitude, longitude, radius.
LIBRARY = [
    ((60.0, 0.0, 300.0), ("TRACE",), (58.2268, 81.1613, 1.0457)),
    ((61.0, 0.0, 300.0), ("TRACE",), (59.3185, 81.6080, 1.0456)),
    ((60.0, 0.0, 3000.0), ("BADIDEA",), (64.3578, 83.2895, 1.4694)),
    ((60.0, 0.0, 7000.0), ("TRACE", "BADIDEA"), (69.3187, 85.0845, 2.0973)),
]


@pytest.mark.parametrize(("place", "flags", "expected"), LIBRARY)
def test_published_numbers_of_the_library(
    place: tuple[float, float, float], flags: tuple[str, ...], expected: tuple[float, float, float]
) -> None:
    from aacgmv2 import _aacgmv2 as c_aacgm

    code = c_aacgm.G2A
    for flag in flags:
        code |= getattr(c_aacgm, flag)
    with LOCK:
        c_aacgm.set_datetime(2015, 1, 1, 0, 0, 0)
        found = c_aacgm.convert(*place, code)
    # Four decimals, some cut off and not rounded.
    assert found == pytest.approx(expected, abs=2e-4)
    if place[2] <= 300.0:
        # Ours come from the coefficients, a fit that is within 0.01 degrees of the traced line.
        mlat, mlon = to_magnetic(*place, DAY)
        assert float(mlat) == pytest.approx(expected[0], abs=0.01)
        assert float(mlon) == pytest.approx(expected[1], abs=0.02)


def test_the_pole_is_the_last_latitude() -> None:
    mlat, mlon = to_magnetic(90.0, 0.0, 300.0, DAY)
    assert (float(mlat), float(mlon)) == pytest.approx((83.927161, 170.1471396), abs=1e-6)


# Geodetic and AACGM (2015-01-01, 110 km) latitude and longitude of the THEMIS imagers.
THEMIS = [
    ("ATHA", 54.71, -113.28, 61.757, -51.233),
    ("CHBG", 49.814, -74.419, 58.872, 4.503),
    ("EKAT", 64.73, -110.6699, 71.742, -51.632),
    ("FSIM", 61.756, -121.23, 67.149, -63.734),
    ("FSMI", 60.017, -111.95, 67.092, -51.241),
    ("FYKN", 66.56, -145.214, 67.432, -91.485),
    ("GAKO", 62.407, -145.158, 63.236, -88.894),
    ("GBAY", 53.316, -60.46, 59.991, 23.333),
    ("GILL", 56.376, -94.64, 65.656, -25.509),
    ("INUV", 68.413, -133.77, 71.285, -82.091),
    ("KAPU", 49.392, -82.32, 59.153, -6.87),
    ("KIAN", 66.971, -160.438, 65.441, -104.516),
    ("KUUJ", 58.1, -68.4, 66.069, 13.862),
    ("MCGR", 62.953, -155.596, 61.992, -98.249),
    ("NRSQ", 61.16, -45.44, 65.145, 42.275),
    ("PGEO", 53.815, -122.828, 59.086, -62.436),
    ("RANK", 62.82, -92.11, 71.791, -22.453),
    ("SNAP", 63.58, -110.87, 70.635, -51.314),
    ("SNKQ", 56.536, -79.23, 65.743, -1.995),
    ("TALO", 69.53, -93.53, 77.852, -26.673),
    ("TPAS", 53.994, -100.941, 62.857, -34.418),
    ("WHIT", 61.01, -135.223, 63.722, -78.684),
    ("YKNF", 62.52, -114.31, 69.093, -55.436),
]


def test_the_table_of_the_themis_imagers() -> None:
    lat, lon, mlat, mlon = np.array([row[1:] for row in THEMIS]).T
    found = to_magnetic(lat, lon, 110.0, DAY)
    # The table has three decimals.
    np.testing.assert_allclose(found[0], mlat, atol=6e-4)
    np.testing.assert_allclose(found[1], mlon, atol=6e-4)
    names = [row[0] for row in THEMIS]
    assert len(names) == len(set(names)) == 23


def test_altitude_matters() -> None:
    # Coordinates at 0 km in place of 110 are 0.2 degrees, 22 km, off at Gillam.
    ground, layer = (float(to_magnetic(56.376, -94.64, alt, DAY)[0]) for alt in (0.0, 110.0))
    assert 0.1 < layer - ground < 0.5


def test_magnetic_local_time() -> None:
    found = mlt_h([270.0, 80.0, -95.0], np.datetime64("2015-01-01T00:00"))
    np.testing.assert_allclose(found, [12.7780412, 0.11137453, 12.44470786], atol=1e-6)


@pytest.mark.parametrize("before", ["2018-12-20", "2019-01-09", "2019-01-20", "2008-06-01"])
def test_local_time_does_not_depend_on_the_call_before(before: str) -> None:
    times = np.datetime64("2019-01-10T04:00", "us") + np.arange(3) * np.timedelta64(7, "h")
    magnetic._mlt_of_zero.cache_clear()
    expected = mlt_h(0.0, times)
    magnetic._mlt_of_zero.cache_clear()
    to_magnetic(60.0, 10.0, 100.0, np.datetime64(before, "us"))
    assert np.array_equal(mlt_h(0.0, times), expected)


def test_magnetic_local_time_between_its_nodes() -> None:
    times = np.datetime64("2019-03-03T00:00", "us") + np.arange(0, 2880, 7) * np.timedelta64(1, "m")
    theirs = aacgmv2.convert_mlt([33.0] * times.size, [t.item() for t in times])
    apart = (mlt_h(33.0, times) - theirs + 12.0) % 24.0 - 12.0
    # 0.0001 hours is 0.4 seconds: what five-minute nodes are said to cost.
    np.testing.assert_allclose(apart, 0.0, atol=1e-4)


def test_the_recorded_traces_of_gillam() -> None:
    nb_lat, nb_lon, sb_lat, sb_lon = ground_traces(
        56.376723, -94.643664, datetime(2020, 1, 1, tzinfo=UTC)
    )
    assert (float(nb_lat), float(nb_lon)) == (56.376723, -94.643664)
    # A record delivered by AuroraX; 0.01 degrees: its coefficients are of another version.
    assert float(sb_lat) == pytest.approx(-72.76907128936035, abs=0.01)
    assert float(sb_lon) == pytest.approx(-134.6681254931047, abs=0.01)


def test_the_recorded_traces_of_a_southern_place_swap() -> None:
    nb_lat, _, sb_lat, sb_lon = ground_traces(-72.7694, -134.6708, datetime(2020, 1, 1, tzinfo=UTC))
    assert (float(sb_lat), float(sb_lon)) == (-72.7694, -134.6708)
    # There and back differ by what the two sets of coefficients do.
    assert float(nb_lat) == pytest.approx(56.38, abs=0.1)


@pytest.mark.realdata
def test_coordinates_of_the_themis_sites(test_data: Path) -> None:
    with (test_data / "themis" / "themis_sites_aacgm2015_110km.csv").open() as file:
        rows = list(csv.DictReader(file))
    keys = list(rows[0])
    columns = {k: np.array([float(row[k]) for row in rows]) for k in keys[1:5]}
    lat, lon, mlat, mlon = columns.values()
    found = to_magnetic(lat, lon, 110.0, DAY)
    # The table has three decimals.
    np.testing.assert_allclose(found[0], mlat, atol=6e-4)
    np.testing.assert_allclose(found[1], mlon, atol=6e-4)


@given(
    lat=st.floats(40.0, 85.0),
    lon=st.floats(-180.0, 179.9),
    alt=st.floats(0.0, 1500.0),
    south=st.booleans(),
)
def test_there_and_back(lat: float, lon: float, alt: float, south: bool) -> None:
    place = (-lat if south else lat, lon)
    mlat, mlon = to_magnetic(*place, alt, DAY)
    if abs(float(mlat)) < 30.0:
        return  # Coefficients are not each other's inverse near the magnetic equator.
    back = from_magnetic(mlat, mlon, alt, DAY)
    east = (float(back[1]) - lon + 180.0) % 360.0 - 180.0
    # The two sets of coefficients are fitted apart: mostly within 0.05 degrees of each other,
    # 0.2 at the low end over the South Atlantic.
    assert float(back[0]) == pytest.approx(place[0], abs=0.3)
    assert east * np.cos(np.radians(lat)) == pytest.approx(0.0, abs=0.3)


def test_undefined_places_are_nan() -> None:
    mlat, mlon = to_magnetic([np.nan, 60.0, 60.0], [0.0, 0.0, 0.0], [0.0, 2500.0, -5.0], DAY)
    assert np.isnan(mlat).all()
    assert np.isnan(mlon).all()
    assert np.isnan(mlt_h(np.nan, np.datetime64("2019-01-01T00:00")))


def test_no_time_is_refused() -> None:
    with pytest.raises(BadInput) as refused:
        to_magnetic(60.0, 0.0, 0.0, np.datetime64("NaT"))
    assert refused.value.field == "time"


@pytest.mark.parametrize("year", [1589, 2030])
def test_years_without_coefficients_are_refused_and_their_neighbours_not(year: int) -> None:
    with pytest.raises(BadInput, match=f"not known for the year {year}"):
        to_magnetic(60.0, 0.0, 110.0, np.datetime64(f"{year}-06-01"))
    inside = {1589: "1590-06-01", 2030: "2029-06-01"}[year]
    assert np.isfinite(to_magnetic(60.0, 0.0, 110.0, np.datetime64(inside))[0])


def test_a_swarm_footprint_of_the_record() -> None:
    # Swarm A, 2020-01-01T00:00: delivered traces (76.86447, 103.15613), (-58.288635, 114.33702).
    feet = footprints_aacgm(
        76.696365, 103.03342, 6802.930422 - 6371.2, datetime(2020, 1, 1, tzinfo=UTC)
    )
    nb_lat, nb_lon, sb_lat, sb_lon = (float(value) for value in feet)
    assert nb_lat == pytest.approx(76.86447, abs=0.05)
    assert nb_lon == pytest.approx(103.15613, abs=0.2)
    # The far foot is that of another field model: SSCWeb's has an external field.
    assert sb_lat == pytest.approx(-58.288635, abs=0.5)
    assert sb_lon == pytest.approx(114.33702, abs=2.5)


def test_two_threads_with_different_dates_get_right_numbers() -> None:
    lat, lon = np.linspace(50.0, 80.0, 200), np.linspace(-150.0, -60.0, 200)
    dates = [datetime(1990, 1, 1, tzinfo=UTC), datetime(2022, 1, 1, tzinfo=UTC)]
    right = [to_magnetic(lat, lon, 110.0, date) for date in dates]
    assert np.abs(right[0][1] - right[1][1]).max() > 0.3
    wrong: list[int] = []

    def work(which: int) -> None:
        for _ in range(60):
            found = to_magnetic(lat, lon, 110.0, dates[which])
            if not all(np.array_equal(a, b) for a, b in zip(found, right[which], strict=True)):
                wrong.append(which)

    threads = [threading.Thread(target=work, args=(k % 2,)) for k in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_the_library_keeps_its_date_for_everybody() -> None:
    # Why the lock is there: whoever sets the date last decides for all.
    from aacgmv2 import _aacgmv2 as c_aacgm

    def convert() -> float:
        return float(c_aacgm.convert_arr([60.0], [0.0], [110.0], c_aacgm.G2A)[1][0])

    c_aacgm.set_datetime(1990, 1, 1, 0, 0, 0)
    before = convert()
    c_aacgm.set_datetime(2022, 1, 1, 0, 0, 0)
    assert abs(convert() - before) > 0.1
