"""Pulsating patches: periods, exposure, drift, sizes, where and when."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import ndimage

from core.geo.magnetic import mlt_h
from core.simulation.activity import smooth_kp
from core.simulation.aurora import Aurora
from core.simulation.aurora.pulsating import _filled, _kinds, amorphous_base
from core.simulation.aurora.samples import KM_PER_DEG
from core.simulation.seeds import SEED

AURORA = Aurora()
FloatArray = NDArray[np.float64]
MORNINGS = np.datetime64("2008-01-02T12:00", "us") + np.arange(120) * np.timedelta64(24, "h")
HALF_KM, STEP_KM = 280.0, 4.0


def patches(
    time: np.datetime64, local_h: float, since_s: FloatArray, exposure_s: float
) -> FloatArray:
    """Return pulsating emission over 560 km square, fixed in magnetic longitude, by time."""
    centre = 65.0 - (float(smooth_kp(time)) - 3.0)
    x = np.arange(-HALF_KM, HALF_KM, STEP_KM)
    mlat = centre + x / KM_PER_DEG
    mlon = 15.0 * (local_h - float(mlt_h(0.0, time))) + x / (KM_PER_DEG * np.cos(np.radians(66.0)))
    grid = np.meshgrid(mlat, mlon, indexing="ij")
    times = time + (since_s * 1e6).astype("timedelta64[us]")
    places = grid[0].ravel(), grid[1].ravel()
    got = AURORA.emission_r(*places, times, exposure_s, "green", ("pulsating",))
    return got.reshape(-1, x.size, x.size).astype(float)


@pytest.fixture(scope="module")
def active() -> list[np.datetime64]:
    """Mornings with bright pulsating aurora at 5 local time, where shapes last."""
    once = np.array([0.0])
    lasting = [t for t in MORNINGS if amorphous_base(t[None].astype(float) / 1e6, SEED)[0] < 0.3]
    lit = [t for t in lasting if np.percentile(patches(t, 5.0, once, 60.0), 95) > 300.0]
    assert len(lit) >= 4
    return lit[:6]


def test_periods_are_2_to_20_s_with_a_median_of_8() -> None:
    periods = 4096.0 / _kinds(SEED).turns
    assert 1.99 < periods.min() < periods.max() < 20.1
    assert 7.0 < np.median(periods) < 9.0


def test_places_go_on_and_off_with_such_periods(active: list[np.datetime64]) -> None:
    since = np.arange(0.0, 60.0, 0.25)
    found = []
    for time in active[:3]:
        film = patches(time, 5.0, since, 0.1)[:, ::7, ::7].reshape(since.size, -1)
        film = film[:, film.max(axis=0) > 500.0]
        assert (film.min(axis=0) < 0.35 * film.max(axis=0)).mean() > 0.7
        window = np.hanning(since.size)[:, None]
        waves = np.abs(np.fft.rfft((film - film.mean(axis=0)) * window, axis=0))
        # Patches that drift by add changes slower than 20 s.
        found += (60.0 / (waves[3:].argmax(axis=0) + 3.0)).tolist()
    assert 5.0 < np.median(found) < 13.0


def test_an_exposure_is_the_mean_of_its_moments() -> None:
    """Against brute force over the wave itself: 1 in 1,000 for 2,000 moments."""
    kinds = _kinds(SEED)
    period, start = (4096.0 / kinds.turns).astype(float), kinds.start.astype(float)
    for exposure_s in (1.0, 5.0, 30.0):
        length = (exposure_s / period).astype(np.float32)
        begin = kinds.start
        exact = (_filled(begin + length, kinds.duty) - _filled(begin, kinds.duty)) / length
        moment = (np.arange(2000) + 0.5) / 2000.0 * exposure_s
        phase = (start[None, :] + moment[:, None] / period[None, :]) % 1.0
        duty = kinds.duty.astype(float)[None, :]
        rise = np.clip(phase / 0.12, 0.0, 1.0)
        fall = np.clip((phase - duty) / 0.12, 0.0, 1.0)
        np.testing.assert_allclose(exact, (rise - fall).mean(axis=0), atol=2e-3)


def test_long_exposures_blur_the_pulsation(active: list[np.datetime64]) -> None:
    since = np.arange(0.0, 40.0, 1.0)
    short, long = (patches(active[0], 5.0, since, s).std(axis=0).mean() for s in (0.5, 15.0))
    assert long < 0.7 * short


def test_patches_drift_eastward_at_300_to_1000_m_s(active: list[np.datetime64]) -> None:
    """Over the ground: the Earth turns below by 0.19 km/s, so 0.41 km/s are 0.6 over local time."""
    speeds = []
    for time in active:
        # Of a minute each, so that the pulsation is averaged out, nearly.
        before, after = patches(time, 5.0, np.array([0.0, 60.0]), 60.0)
        lags = np.arange(0, 40)
        match = [
            np.corrcoef(before[:, : before.shape[1] - lag].ravel(), after[:, lag:].ravel())[0, 1]
            for lag in lags
        ]
        if max(match) > 0.4:
            speeds.append(lags[int(np.argmax(match))] * STEP_KM / 60.0)
    assert len(speeds) >= 3
    assert 0.3 < np.median(speeds) < 1.0


def test_patches_are_20_to_150_km(active: list[np.datetime64]) -> None:
    sizes = []
    for time in active:
        picture = patches(time, 5.0, np.array([0.0]), 60.0)[0]
        labels, count = ndimage.label(picture > 0.35 * np.percentile(picture, 98))
        area = ndimage.sum_labels(np.ones_like(picture), labels, np.arange(1, count + 1))
        sizes += (2.0 * np.sqrt(area * STEP_KM**2 / np.pi)).tolist()
    large = np.array(sizes)[np.array(sizes) > 12.0]
    assert 20.0 < np.median(large) < 150.0


def test_they_are_half_to_five_kilorayleigh(active: list[np.datetime64]) -> None:
    for time in active:
        film = patches(time, 5.0, np.arange(0.0, 20.0, 1.0), 1.0)
        assert 500.0 < np.percentile(film.max(axis=0), 95) < 6500.0


def test_they_belong_to_the_morning_and_to_a_band_of_latitude() -> None:
    mlat = np.arange(50.0, 80.0, 0.2)
    for time in MORNINGS[:15]:
        centre = 65.0 - (float(smooth_kp(time)) - 3.0)
        for local_h in (20.0, 23.0, 0.5, 8.0, 12.0):
            mlon = np.full(mlat.size, 15.0 * (local_h - float(mlt_h(0.0, time))))
            got = AURORA.emission_r(mlat, mlon, time[None], 1.0, "green", ("pulsating",))
            assert not got.any()
        mlon = np.full(mlat.size, 15.0 * (4.0 - float(mlt_h(0.0, time))))
        got = AURORA.emission_r(mlat, mlon, time[None], 60.0, "green", ("pulsating",))[0]
        assert not got[np.abs(mlat - centre) > 3.7].any()


def test_there_are_none_in_the_red_line() -> None:
    mlat = np.arange(60.0, 70.0, 0.1)
    for time in MORNINGS[:5]:
        mlon = np.full(mlat.size, 15.0 * (4.0 - float(mlt_h(0.0, time))))
        assert not AURORA.emission_r(mlat, mlon, time[None], 1.0, "red", ("pulsating",)).any()
