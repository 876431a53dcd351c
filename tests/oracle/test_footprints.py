"""Feet of field lines: IRBEM's own tracer and published numbers against ours."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from core.geo.footprints import trace_feet
from core.geo.irbem import INTERNAL_ONLY, foot_point
from core.geo.magnetic import footprints_aacgm, to_magnetic
from core.geo.sphere import (
    EARTH_RADIUS_KM,
    distance_km,
    geodetic_to_geocentric_lat_deg,
    unit_vectors,
)

TIME = np.datetime64("2019-01-05T07:00", "us")


def test_irbem_gives_the_number_of_its_own_test() -> None:
    # T89 at Kp 4, 2015-02-02T06:12:43, (60 N, 50 E, 600 km geodetic) to 100 km.
    lat = float(geodetic_to_geocentric_lat_deg(60.0, 600.0))
    radius_re = _geodetic_radius_km(60.0, 600.0) / EARTH_RADIUS_KM
    alt, foot_lat, foot_lon = foot_point(
        radius_re * unit_vectors(lat, 50.0), np.datetime64("2015-02-02T06:12:43"), 4.0, 1
    )
    assert alt == pytest.approx(99.99412846, abs=0.05)
    assert foot_lat == pytest.approx(61.11386994, abs=1e-3)
    assert foot_lon == pytest.approx(50.55633538, abs=1e-3)


def test_the_feet_that_asilib_tests_its_tracing_with() -> None:
    # Olson-Pfitzer quiet field, 2020-01-01, from 500 to 110 km geodetic.
    lats, lons = np.linspace(52.7213, 56.7213, 6), np.linspace(-115.285, -111.285, 6)
    expected = [
        (53.63169896, -114.9137138),
        (54.39262177, -114.12793),
        (55.1545005, -113.342572),
        (55.91733138, -112.5576476),
        (56.68123125, -111.7731121),
        (57.44607773, -110.9890267),
    ]
    for lat, lon, (foot_lat, foot_lon) in zip(lats, lons, expected, strict=True):
        start = _geodetic_radius_km(lat, 500.0) / EARTH_RADIUS_KM
        where = start * unit_vectors(geodetic_to_geocentric_lat_deg(lat, 500.0), lon)
        _, found_lat, found_lon = foot_point(
            where, np.datetime64("2020-01-01"), 0.0, 1, alt_km=110.0, external=5
        )
        # 0.001 degrees: positions go through a sphere's radius on the way in.
        assert found_lat == pytest.approx(foot_lat, abs=1e-3)
        assert found_lon == pytest.approx(foot_lon, abs=1e-3)


def test_the_published_foot_of_a_line_at_three_earth_radii() -> None:
    alt, lat, lon = foot_point(
        [3.0, 0.0, 0.0], np.datetime64("2002-02-02T12:00:00"), 2.0, 1, external=INTERNAL_ONLY
    )
    # The example in spacepy's documentation, with another external field: 0.7 degrees.
    assert alt == pytest.approx(99.3, abs=1.0)
    assert lat == pytest.approx(55.714, abs=0.7)
    assert lon == pytest.approx(-10.219, abs=0.2)


@pytest.mark.parametrize("radius_re", [1.3, 2.0, 4.0, 6.6, 8.0])
def test_our_tracer_agrees_with_irbem(radius_re: float) -> None:
    random = np.random.default_rng(7)
    lat, lon = random.uniform(-25, 25, 40), random.uniform(-180, 180, 40)
    times = TIME + random.integers(0, 1440, 40) * np.timedelta64(1, "m")
    kp = random.integers(0, 7, 40).astype(float)
    feet = trace_feet(lat, lon, radius_re * EARTH_RADIUS_KM, times, kp)
    for row in range(lat.size):
        start = radius_re * unit_vectors(lat[row], lon[row])
        for hemisphere, found in ((1, feet[:2]), (-1, feet[2:])):
            _, their_lat, their_lon = foot_point(start, times[row], kp[row], hemisphere)
            if np.isnan(their_lat) or np.isnan(found[0][row]):
                assert np.isnan(their_lat)
                assert np.isnan(found[0][row])
                continue
            geocentric = geodetic_to_geocentric_lat_deg(their_lat, 100.0)
            apart = distance_km(found[0][row], found[1][row], geocentric, their_lon)
            # 0.2 degrees: IRBEM stops within 1 km of 100 km over the ellipsoid, we at 100 km
            # over the sphere, up to 15 km higher or lower on a slanting line.
            assert float(apart) < 22.0


def test_strides_cost_little_against_tiny_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    import core.geo.footprints as module

    lon = np.linspace(-180.0, 175.0, 30)
    place = (np.zeros(30), lon, 5.0 * EARTH_RADIUS_KM, np.full(30, TIME), 3.0)
    coarse = trace_feet(*place)
    monkeypatch.setattr(module, "COARSE", module.COARSE._replace(relative=0.06))
    fine = trace_feet(*place)
    assert distance_km(*coarse[:2], *fine[:2]).max() < 3.0
    assert distance_km(*coarse[2:], *fine[2:]).max() < 3.0


def test_open_lines_have_no_foot_on_the_open_side() -> None:
    # Far down the tail, well above the plasma sheet: the line leads to the north pole only.
    noon_lon = 180.0 - (7.0 - 12.0) * 15.0 - 180.0
    feet = trace_feet(
        np.array([40.0]),
        np.array([noon_lon + 180.0]),
        18.0 * EARTH_RADIUS_KM,
        np.array([TIME]),
        2.0,
    )
    assert np.isfinite(feet.nb_lat_deg[0])
    assert feet.nb_lat_deg[0] > 60.0
    assert np.isnan(feet.sb_lat_deg[0])


def test_missing_positions_stay_missing() -> None:
    feet = trace_feet([np.nan, 10.0], [0.0, np.nan], 30_000.0, np.full(2, TIME), 2.0)
    assert all(np.isnan(side).all() for side in feet)


def test_low_orbit_feet_agree_with_an_independent_trace() -> None:
    random = np.random.default_rng(3)
    lat = np.degrees(np.arcsin(random.uniform(-0.97, 0.97, 300)))
    lon, alt = random.uniform(-180, 180, 300), random.uniform(430.0, 870.0, 300)
    mlat, _ = to_magnetic(lat, lon, alt, TIME, geocentric=True)
    rows = np.flatnonzero((np.abs(mlat) > 30.0) & (np.abs(mlat) < 72.0))[:60]
    feet = footprints_aacgm(lat[rows], lon[rows], alt[rows], TIME)
    worst = []
    for at, row in enumerate(rows):
        start = (1.0 + alt[row] / EARTH_RADIUS_KM) * unit_vectors(lat[row], lon[row])
        same = 1 if mlat[row] > 0 else -1
        near = feet[:2] if same > 0 else feet[2:]
        _, their_lat, their_lon = foot_point(start, TIME, 1.0, same)
        geocentric = geodetic_to_geocentric_lat_deg(their_lat, 100.0)
        worst.append(float(distance_km(near[0][at], near[1][at], geocentric, their_lon)))
    # 0.3 degrees: the near foot; ellipsoid against sphere, T89 against none, and the fit of the
    # AACGM coefficients, which is 0.1 to 0.2 degrees.
    assert max(worst) < 33.0


def test_two_threads_get_right_numbers() -> None:
    lon = np.linspace(-180.0, 170.0, 60)
    inputs = [
        (np.full(60, np.datetime64("2008-01-05T03:00", "us")), 1.0),
        (np.full(60, np.datetime64("2022-06-21T15:00", "us")), 6.0),
    ]
    place = (np.full(60, 5.0), lon, 5.0 * EARTH_RADIUS_KM)
    right = [trace_feet(*place, *when) for when in inputs]
    wrong: list[int] = []

    def work(which: int) -> None:
        for _ in range(6):
            found = trace_feet(*place, *inputs[which])
            if not all(
                np.array_equal(a, b, equal_nan=True)
                for a, b in zip(found, right[which], strict=True)
            ):
                wrong.append(which)

    threads = [threading.Thread(target=work, args=(k % 2,)) for k in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_tracing_needs_no_home_and_writes_nothing(tmp_path: Path) -> None:
    code = (
        "import numpy as np; from core.geo.footprints import trace_feet; "
        "print(float(trace_feet([0.0], [0.0], 30000.0, [np.datetime64('2019-01-01')], 2.0)[0][0]))"
    )
    home = tmp_path / "home"
    home.mkdir(mode=0o500)
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={"HOME": str(home), "PATH": "/usr/bin:/bin"},
        cwd=Path(__file__).parents[2],
    )
    assert 50.0 < float(done.stdout) < 80.0
    assert list(home.iterdir()) == []


def _geodetic_radius_km(lat_deg: float, alt_km: float) -> float:
    a, e2, lat = 6378.137, 0.00669437999014, np.radians(lat_deg)
    n = a / np.sqrt(1 - e2 * np.sin(lat) ** 2)
    return float(np.hypot((n + alt_km) * np.cos(lat), (n * (1 - e2) + alt_km) * np.sin(lat)))
