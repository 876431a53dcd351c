"""Substorms measured in the field: drift, beads, brightening, expansion, surge, recovery."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from core.geo.magnetic import mlt_h
from core.simulation.aurora import Aurora
from core.simulation.aurora.samples import KM_PER_DEG, KM_PER_HOUR
from core.simulation.substorms import Substorm, substorms_of_day

AURORA = Aurora()
FloatArray = NDArray[np.float64]
SECOND = np.timedelta64(1_000_000, "us")


def _apart() -> list[Substorm]:
    """Return strong substorms with no other one within three hours."""
    found = [s for day in range(13_880, 13_990) for s in substorms_of_day(day)]
    times = np.array([s.onset_s for s in found])
    lone = [np.sort(np.abs(times - t))[1] > 4.5 * 3600 for t in times]
    strong = [s for s, alone in zip(found, lone, strict=True) if alone and s.strength_nt > 300.0]
    return strong[:12]


SUBSTORMS = _apart()


def moments(substorm: Substorm, since_s: FloatArray) -> NDArray[np.datetime64]:
    """Return times since onset."""
    return substorm.onset.astype("datetime64[us]") + (since_s * 1e6).astype("timedelta64[us]")


def light(
    substorm: Substorm, since_s: float, east_km: FloatArray, north_km: FloatArray, part: str
) -> FloatArray:
    """Return one part of the emission at distances from the onset, in local time and latitude."""
    time = moments(substorm, np.array([since_s]))
    east, north = np.broadcast_arrays(east_km, north_km)
    mlon = 15.0 * (substorm.mlt_h + east / KM_PER_HOUR - float(mlt_h(0.0, time[0])))
    mlat = substorm.mlat_deg + north / KM_PER_DEG
    got = AURORA.emission_r(mlat.ravel(), mlon.ravel(), time, 1.0, "green", (part,))
    return got[0].reshape(east.shape).astype(float)


NORTH = np.arange(-80.0, 1300.0, 2.0)
EAST = np.arange(-3200.0, 2400.0, 10.0)


@pytest.mark.parametrize("substorm", SUBSTORMS, ids=lambda s: str(s.onset))
def test_the_growth_arc_drifts_equatorward_at_100_to_200_m_s(substorm: Substorm) -> None:
    since = np.linspace(-0.75 * 60.0 * substorm.growth_min, -30.0, 7)
    where = [NORTH[light(substorm, t, np.array(0.0), NORTH, "onset").argmax()] for t in since]
    speed = -np.polyfit(since, where, 1)[0]
    assert 0.09 < speed < 0.21
    assert abs(where[-1]) < 30.0


def test_the_growth_arc_thins_and_brightens() -> None:
    for substorm in SUBSTORMS:
        early, late = (
            light(substorm, t, np.array(0.0), NORTH, "onset")
            for t in (-0.7 * 60.0 * substorm.growth_min, -250.0)
        )
        assert late.max() > 1.3 * early.max()
        assert (late > 0.5 * late.max()).sum() < (early > 0.5 * early.max()).sum()


def _along_arc(substorm: Substorm, since_s: float) -> FloatArray:
    """Return the brightest emission across the onset arc, along it near the onset."""
    east = np.arange(-260.0, 260.0, 4.0)
    across = np.arange(-40.0, 90.0, 2.0)
    grid = light(substorm, since_s, east[None, :], across[:, None], "onset")
    return grid.max(axis=0)


def test_beads_of_60_to_130_km_grow_in_one_to_three_minutes() -> None:
    lengths, early, late = [], [], []
    for substorm in SUBSTORMS:
        row = _along_arc(substorm, 110.0)
        row = row / np.convolve(row, np.full(41, 1 / 41), mode="same")
        inner = row[20:-20] - row[20:-20].mean()
        power = np.abs(np.fft.rfft(inner * np.hanning(inner.size), 4096)) ** 2
        waves = np.fft.rfftfreq(4096, 4.0)
        band = (waves > 1 / 200.0) & (waves < 1 / 40.0)
        lengths.append(1.0 / waves[band][power[band].argmax()])
        late.append(inner.std())
        before = _along_arc(substorm, -10.0)
        early.append((before / before.mean()).std())
    # The window of 360 km blurs a wavelength by some 15 per cent.
    assert np.mean((np.array(lengths) > 52.0) & (np.array(lengths) < 150.0)) > 0.9
    assert np.median(late) > 2.0 * np.median(early)


def test_the_onset_arc_becomes_5_to_10_times_as_bright() -> None:
    for substorm in SUBSTORMS:
        before, after = (_along_arc(substorm, t).mean() for t in (-60.0, 150.0))
        quiet = _along_arc(substorm, -260.0).mean()
        assert 4.0 < after / quiet < 13.0
        assert before < 0.85 * quiet  # the fading before breakup


def _extent(substorm: Substorm, since_s: float) -> tuple[float, float, float]:
    """Return how far the bulge reaches north, west and east of the onset, km."""
    grid = light(substorm, since_s, EAST[None, :], NORTH[:, None], "bulge")
    lit = grid > 0.12 * grid.max()
    rows, columns = np.flatnonzero(lit.any(axis=1)), np.flatnonzero(lit.any(axis=0))
    return float(NORTH[rows[-1]]), float(-EAST[columns[0]]), float(EAST[columns[-1]])


@pytest.mark.parametrize("substorm", SUBSTORMS[:6], ids=lambda s: str(s.onset))
def test_the_bulge_expands_3_to_8_degrees_and_the_surge_runs_west(substorm: Substorm) -> None:
    length = 60.0 * substorm.expansion_min
    since = np.array([150.0, 210.0, 270.0, 330.0, 390.0])
    extents = np.array([_extent(substorm, t) for t in since])
    final = _extent(substorm, 90.0 + 0.95 * length)
    # Curtains wander 60 km (two standard deviations) to either side of the mean boundary.
    assert 3.0 - 0.6 < final[0] / KM_PER_DEG < 8.0 + 0.8
    poleward = np.polyfit(since, extents[:, 0], 1)[0]
    westward = np.polyfit(since, extents[:, 1], 1)[0]
    # From the first minutes, before it slows down; the wandering makes it uncertain by 0.3 km/s.
    assert 0.2 < poleward < 2.3
    assert 0.6 < westward < 2.4
    assert final[1] > final[2]  # farther west than east
    assert final[2] > 200.0


def test_breakups_have_tens_to_hundreds_of_kilorayleigh() -> None:
    tops = []
    for substorm in SUBSTORMS:
        grid = light(substorm, 400.0, EAST[None, ::2], NORTH[:, None], "bulge")
        tops.append(grid.max())
        assert np.median(grid[grid > 100.0]) > 1500.0
    assert min(tops) > 20_000.0
    assert 100_000.0 < max(tops) < 800_000.0


def test_quiet_arcs_go_where_the_bulge_comes() -> None:
    kept = []
    for substorm in SUBSTORMS:
        inside = np.arange(30.0, 200.0, 2.0)
        east = np.arange(-300.0, 300.0, 30.0)
        before, during = (
            light(substorm, t, east[None, :], inside[:, None], "arcs").sum() for t in (0.0, 900.0)
        )
        if before > 0.0:
            kept.append(during / before)
    assert np.median(kept) < 0.3


def test_it_fades_within_one_to_two_hours() -> None:
    for substorm in SUBSTORMS:
        peak, later, end = (
            light(substorm, t, EAST[None, ::4], NORTH[::3, None], "bulge").sum()
            for t in (
                60.0 * substorm.expansion_min,
                60.0 * (substorm.expansion_min + 0.6 * substorm.recovery_min),
                60.0 * (substorm.expansion_min + substorm.recovery_min) + 100.0,
            )
        )
        assert later < 0.2 * peak
        assert end == 0.0


def test_streamers_are_longer_than_wide_and_north_south() -> None:
    ratios = []
    for substorm in SUBSTORMS:
        for since in 60.0 * (substorm.expansion_min + np.array([4.0, 9.0, 14.0, 20.0])):
            east = np.arange(-2000.0, 1500.0, 6.0)
            grid = light(substorm, since, east[None, :], NORTH[::3, None], "streamers")
            if grid.max() < 2000.0:
                continue
            column = grid.max(axis=0).argmax()
            box = grid[:, max(0, column - 30) : column + 30] > 0.2 * grid.max()
            widths = box.sum(axis=1)
            ratios.append(np.count_nonzero(widths) / np.median(widths[widths > 0]))
    assert len(ratios) > 8
    assert np.median(ratios) > 2.0


def test_the_red_line_lags_and_is_smoother() -> None:
    """The red trail behind the boundary is the light of minutes before (110 s)."""
    rough: dict[str, list[float]] = {"green": [], "red": []}
    for substorm in SUBSTORMS[:6]:
        time = moments(substorm, np.array([500.0]))
        north = substorm.mlat_deg + NORTH / KM_PER_DEG
        mlon = np.full(NORTH.size, 15.0 * (substorm.mlt_h - float(mlt_h(0.0, time[0]))))
        for band, values in rough.items():
            row = AURORA.emission_r(north, mlon, time, 1.0, band, ("bulge",))[0].astype(float)
            values.append(np.abs(np.diff(row)).sum() / row.max())
    assert np.median(rough["red"]) < 0.6 * np.median(rough["green"])
