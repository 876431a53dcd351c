"""Activity: ranges, memory, storms, and substorms that SML and the event list share."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from core.simulation.activity import dst_nt, kp, smooth_kp
from core.simulation.oval import (
    equatorward_edge_deg,
    oval_terms,
    poleward_edge_deg,
    zone_code,
)
from core.simulation.seeds import generator, smooth_noise
from core.simulation.substorms import (
    SHIFT_SHARE,
    oval_shift_deg,
    sml_nt,
    substorms_between,
    substorms_near,
    substorms_of_day,
)

START = np.datetime64("2010-01-01", "us")
BINS = START + np.arange(8 * 2000) * np.timedelta64(3, "h")


def test_kp_is_in_thirds_between_0_and_9() -> None:
    series = kp(BINS)
    assert series.min() >= 0.0
    assert series.max() <= 9.0
    np.testing.assert_allclose(series * 3, np.round(series * 3), atol=1e-9)
    # The long-term mean of the real index is 2.1 (2010 to 2015: 1.8), storms of 6 a few per cent.
    assert 1.5 < series.mean() < 2.6
    assert 0.005 < (series >= 6).mean() < 0.06


def test_kp_remembers_hours_and_forgets_days() -> None:
    series = kp(BINS)
    series = series - series.mean()

    def correlation(lag: int) -> float:
        return float((series[:-lag] * series[lag:]).mean() / series.var())

    assert correlation(1) > 0.6
    assert correlation(2) > correlation(8) > -0.2
    assert abs(correlation(8 * 9)) < 0.35


def test_dst_follows_storms() -> None:
    hours = START + np.arange(24 * 600) * np.timedelta64(1, "h")
    dst, activity = dst_nt(hours), kp(hours)
    assert dst.max() < 30.0
    assert dst.min() < -50.0
    assert dst[activity >= 6].mean() < dst[activity <= 2].mean() - 20.0


@settings(max_examples=20, deadline=None)
@given(day=st.integers(12_000, 20_000), offset=st.integers(1, 40))
def test_no_value_depends_on_what_else_is_asked(day: int, offset: int) -> None:
    start = np.datetime64(day, "D").astype("datetime64[us]")
    long = start + np.arange(-offset * 8, 8) * np.timedelta64(3, "h")
    short = start + np.arange(8) * np.timedelta64(3, "h")
    np.testing.assert_array_equal(kp(long)[-8:], kp(short))
    minutes = start + np.arange(-600, 300) * np.timedelta64(1, "m")
    np.testing.assert_array_equal(sml_nt(minutes)[600:], sml_nt(minutes[600:]))


def test_onsets_are_apart_and_more_frequent_when_active() -> None:
    days = range(14_000, 14_400)
    storms = [substorm for day in days for substorm in substorms_of_day(day)]
    gaps = np.diff([s.onset for s in storms]) / np.timedelta64(1, "m")
    assert gaps.min() >= 40
    noons = [np.datetime64(day, "D").astype("datetime64[us]") for day in days]
    busy = np.array([kp(noon + np.timedelta64(12, "h")) for noon in noons])
    count = np.array([len(substorms_of_day(day)) for day in days])
    assert 3.0 <= count[busy >= 3.3].mean() <= 6.0
    assert count[busy <= 1.0].mean() < 2.5


def test_onsets_lie_before_midnight_at_the_equatorward_edge() -> None:
    for substorm in substorms_between(START, START + np.timedelta64(100, "D")):
        assert 21.7 < substorm.mlt_h < 24.3
        edge = equatorward_edge_deg(substorm.mlt_h, smooth_kp(substorm.onset))
        assert 0.9 < substorm.mlat_deg - float(edge) < 2.6


def test_smooth_kp_goes_through_kp_in_the_middle_of_intervals_without_steps() -> None:
    middles = BINS[:400] + np.timedelta64(90, "m")
    np.testing.assert_allclose(smooth_kp(middles), kp(middles), atol=1e-12)
    minutes = START + np.arange(8 * 1440) * np.timedelta64(1, "m")
    series = smooth_kp(minutes)
    # An interval of 180 minutes eased by a cubic: at most 1.5 / 180 of the difference a minute.
    assert np.abs(np.diff(series)).max() <= 1.5 / 180 * np.abs(np.diff(kp(BINS[:80]))).max() + 1e-9
    np.testing.assert_array_equal(smooth_kp(minutes[5000:5010]), series[5000:5010])


def test_the_oval_goes_equatorward_before_onsets_and_comes_back() -> None:
    for substorm in substorms_between(START, START + np.timedelta64(30, "D")):
        end = int(substorm.expansion_min + substorm.recovery_min)
        minutes = substorm.onset + np.array([-substorm.growth_min, 0.0, end + 1.0]).astype(
            "timedelta64[m]"
        )
        before, onset, _ = oval_shift_deg(minutes)
        moved = SHIFT_SHARE * substorm.travel_km / 111.2
        assert onset <= -0.98 * moved
        assert onset - before < 0.2
        assert -6.0 < onset <= 0.0
    assert oval_shift_deg(START + np.arange(5000) * np.timedelta64(9, "m")).max() == 0.0


def test_oval_terms_are_the_edges() -> None:
    local, activity = np.meshgrid(np.arange(0.0, 24.0, 0.5), np.arange(0.0, 9.0, 0.7))
    low, low_swing, high, high_swing = oval_terms(activity)
    wave = np.cos(2 * np.pi * (local - 23.5) / 24.0)
    edges = equatorward_edge_deg(local, activity), poleward_edge_deg(local, activity)
    np.testing.assert_allclose(low + low_swing * wave, edges[0], atol=1e-9)
    np.testing.assert_allclose(high + high_swing * wave, edges[1], atol=1e-9)


def test_substorms_near_times_years_apart_are_found_without_what_lies_between() -> None:
    times = np.array(["2008-01-16T05:00", "2019-02-07T09:00"], dtype="datetime64[us]")
    hours = np.timedelta64(3, "h")
    found = substorms_near(times, hours, hours)
    for time in times:
        assert set(substorms_between(time - hours, time + hours)) <= set(found)
    assert len(found) < 40


def test_sml_dips_after_every_strong_onset() -> None:
    for substorm in substorms_between(START, START + np.timedelta64(60, "D")):
        if substorm.strength_nt < 400:
            continue
        minutes = substorm.onset + np.arange(-10, 60) * np.timedelta64(1, "m")
        series = sml_nt(minutes)
        assert series[20:].min() < -substorm.strength_nt
        assert (series < 0).all()


def test_another_seed_gives_another_series() -> None:
    assert not np.array_equal(kp(BINS[:200]), kp(BINS[:200], seed=1))
    assert generator("x", 1).random() == generator("x", 1).random()
    assert generator("x", 1).random() != generator("x", 2).random()


def test_noise_has_unit_variance_and_is_smooth() -> None:
    hours = np.arange(0, 20_000, 0.5)
    noise = smooth_noise("test", hours, 5.0)
    assert abs(noise.mean()) < 0.1
    assert 0.85 < noise.std() < 1.15
    assert np.abs(np.diff(noise)).max() < 0.6


@given(kp_value=st.floats(0, 9), local=st.floats(0, 24))
def test_the_oval_is_a_band_that_widens_with_kp(kp_value: float, local: float) -> None:
    low, high = equatorward_edge_deg(local, kp_value), poleward_edge_deg(local, kp_value)
    assert 45.0 < low < high < 80.0
    assert low <= equatorward_edge_deg(local, 0.0)


def test_zones_by_latitude() -> None:
    from core.simulation.oval import ZONES

    def zone(mlat: float, local: float) -> str:
        return ZONES[int(zone_code(mlat, local, 2.0))]

    assert zone(20.0, 3.0) == "low latitude"
    assert zone(float("nan"), 3.0) == "low latitude"
    assert zone(-50.0, 3.0) == "mid-latitude"
    assert zone(67.0, 23.5) == "auroral oval"
    assert zone(85.0, 23.5) == "polar cap"
    assert zone(76.5, 11.5) == "cusp"
    assert zone(76.0, 9.0) == "cleft"
