"""Derived fields against the libraries themselves, asked one record at a time."""

from __future__ import annotations

import warnings
from datetime import UTC, datetime, timedelta

import aacgmv2
import numpy as np
import pytest

from core.archive import Archive
from core.geo.magnetic import to_magnetic
from core.search.filters import derived_magnetic, magnetic_harmonics
from core.search.filters.derived import DerivedRows, Moments
from core.settings import Settings

FIRST, LAST = datetime(2008, 1, 1, tzinfo=UTC), datetime(2025, 12, 31, 23, 59, tzinfo=UTC)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DAYS = 16


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    return Archive.create(Settings(archive=tmp_path_factory.mktemp("derived") / "archive"))


def pieces() -> list[int]:
    """First minutes of stretches of some days, with turns of years among them."""
    rng = np.random.default_rng(5)
    minutes = rng.integers(_minute(FIRST), _minute(LAST) - DAYS * 1440, 12)
    return [*minutes.tolist(), _minute(datetime(2014, 12, 25, tzinfo=UTC)),
            _minute(datetime(2020, 2, 25, tzinfo=UTC)), _minute(FIRST)]  # fmt: skip


def _minute(time: datetime) -> int:
    return int((time - EPOCH).total_seconds()) // 60


def sample(archive: Archive, first: int, count: int, frame: str = "geodetic") -> tuple:
    rng = np.random.default_rng(first)
    index = np.sort(rng.choice(DAYS * 1440, count, replace=False))
    lat = np.degrees(np.arcsin(rng.uniform(-1, 1, count)))
    lon = rng.uniform(-180, 180, count)
    lat[:2], lon[2:4] = (90.0, -90.0), (180.0, -180.0)
    rows = DerivedRows(Moments(archive, first, DAYS * 1440), index, lat, lon, frame)
    times = [EPOCH + timedelta(minutes=int(first + i)) for i in index]
    return rows, lat, lon, times


@pytest.mark.parametrize("first", pieces())
def test_magnetic_latitude_and_local_time(archive: Archive, first: int) -> None:
    rows, lat, lon, times = sample(archive, first, 150)
    every = np.arange(len(lat))
    mlat, mlt = rows.values("derived.mlat_deg", every), rows.values("derived.mlt_h", every)
    for i, time in enumerate(times):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            want_lat, _, want_mlt = aacgmv2.get_aacgm_coord(lat[i], lon[i], 100.0, time)
        # At the edge of where AACGM is defined a month decides whether it is.
        if abs(want_lat) < 18 or np.isnan(want_lat):
            continue
        assert abs(mlat[i] - want_lat) < 0.01
        if abs(want_lat) < 89:
            assert abs((mlt[i] - want_mlt + 12) % 24 - 12) < 0.002 / np.cos(np.radians(want_lat))


@pytest.mark.parametrize("year", [1995, 2008, 2014, 2021, 2029])
def test_low_magnetic_latitudes_are_those_of_the_library_at_the_middle_of_the_month(
    year: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(year)
    count, month = 20_000, (year - 1970) * 12 + int(rng.integers(12))
    lat, lon = rng.uniform(-40, 40, count), rng.uniform(-180, 180, count)
    lat[:4], lon[:4] = (np.nan, 10.0, 90.0, -90.0), (0.0, np.nan, 12.0, 180.0)
    asked: list[int] = []

    def counted(lat_deg: np.ndarray, *others: object) -> tuple[np.ndarray, np.ndarray]:
        asked.append(len(lat_deg))
        return to_magnetic(lat_deg, *others)  # type: ignore[arg-type]

    monkeypatch.setattr(derived_magnetic, "to_magnetic", counted)
    mlat, mlon = derived_magnetic.magnetic(lat, lon, np.full(count, month))
    middle = np.datetime64(month, "M").astype("datetime64[s]") + np.timedelta64(15, "D")
    want_lat, want_lon = to_magnetic(lat, lon, 100.0, middle)
    assert np.array_equal(np.isnan(mlat), np.isnan(want_lat))
    known = ~np.isnan(mlat)
    assert np.abs(mlat - want_lat)[known].max() < 0.01
    apart = (mlon - want_lon + 180.0) % 360.0 - 180.0
    assert (np.abs(apart) * np.cos(np.radians(want_lat)))[known].max() < 0.001
    # What decides on the time it takes: few positions go to the library one by one.
    assert sum(asked) < 0.12 * count


@pytest.mark.parametrize("time", ["2001-02-03T04:05:06", "2016-08-30T00:00:00"])
def test_harmonics_are_the_library_to_its_last_digits(time: str) -> None:
    moment = np.datetime64(time, "s")
    lat, lon = np.linspace(-90.0, 90.0, 73), np.linspace(-180.0, 175.0, 41)
    net = magnetic_harmonics.horizontal(magnetic_harmonics.fit(moment), lat, lon)
    mlat, mlon = to_magnetic(lat[:, None], lon[None, :], 100.0, moment)
    known = ~np.isnan(mlat)
    assert np.array_equal(np.abs(net) <= 1.0, known)
    exact = np.cos(np.radians(mlat)) * np.exp(1j * np.radians(mlon))
    assert np.abs(net - exact)[known].max() < 1e-11


def test_where_aacgm_is_not_defined_there_is_no_value(archive: Archive) -> None:
    index = np.arange(3)
    lat, lon = np.array([5.0, 60.0, np.nan]), np.array([20.0, -100.0, np.nan])
    rows = DerivedRows(Moments(archive, _minute(FIRST), 60), index, lat, lon, "geodetic")
    for key in ("derived.mlat_deg", "derived.mlt_h"):
        assert np.isnan(rows.values(key, index)).tolist() == [True, False, True]


@pytest.mark.parametrize("frame", ["geodetic", "geocentric"])
@pytest.mark.parametrize("first", pieces()[:3])
def test_sun_and_moon(archive: Archive, first: int, frame: str) -> None:
    from astropy import units
    from astropy.coordinates import AltAz, EarthLocation, get_body
    from astropy.time import Time

    rows, lat, lon, times = sample(archive, first, 60, frame)
    every = np.arange(len(lat))
    geodetic = lat if frame == "geodetic" else _on_the_ellipsoid(lat)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        moments = Time(times)
        places = EarthLocation.from_geodetic(lon * units.deg, geodetic * units.deg)
        horizon = AltAz(obstime=moments, location=places)
        for body, bound in (("sun", 0.01), ("moon", 0.02)):
            seen = get_body(body, moments, places, ephemeris="builtin").transform_to(horizon)
            found = rows.values(f"derived.{body}_elevation_deg", every)
            assert np.abs(found - seen.alt.deg).max() < bound
        sun, moon = (get_body(b, moments, ephemeris="builtin") for b in ("sun", "moon"))
        apart = sun.separation(moon)
        angle = np.arctan2(
            sun.distance * np.sin(apart), moon.distance - sun.distance * np.cos(apart)
        )
        lit = (1 + np.cos(angle)) / 2
    assert np.abs(rows.values("derived.moon_phase", every) - lit.value).max() < 1e-3


def _on_the_ellipsoid(lat: np.ndarray) -> np.ndarray:
    """Geodetic latitude: tan b = (a / b)^2 tan b'."""
    flat = (1.0 - 1.0 / 298.257223563) ** 2
    return np.degrees(np.arctan(np.tan(np.radians(lat)) / flat))
