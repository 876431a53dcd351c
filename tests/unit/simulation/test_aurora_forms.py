"""Forms of the aurora, measured in the field itself: widths, distances, drifts, brightness."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import ndimage

from core.geo.magnetic import mlt_h
from core.simulation.activity import smooth_kp
from core.simulation.aurora import Aurora
from core.simulation.aurora.samples import KM_PER_DEG
from core.simulation.oval import equatorward_edge_deg, poleward_edge_deg

AURORA = Aurora()
DAYS = np.datetime64("2008-01-02", "us") + np.arange(0, 40, 2) * np.timedelta64(24, "h")
FloatArray = NDArray[np.float64]

STEP_KM = 1.0
LINE = np.arange(58.0, 78.0, STEP_KM / KM_PER_DEG)


def mlon_at(local_h: float, time: np.datetime64) -> float:
    """Return the magnetic longitude that has a local time."""
    return 15.0 * (local_h - float(mlt_h(0.0, time)))


def meridian(local_h: float, time: np.datetime64, band: str, parts: tuple[str, ...]) -> FloatArray:
    """Return emission along a meridian at a local time."""
    mlon = np.full(LINE.size, mlon_at(local_h, time))
    return AURORA.emission_r(LINE, mlon, time[None], 1.0, band, parts)[0].astype(float)


def profiles(local_h: float, band: str, parts: tuple[str, ...]) -> FloatArray:
    """Return emission along a meridian at a local time, one row a day."""
    return np.array([meridian(local_h, day, band, parts) for day in DAYS])


def peaks_of(row: FloatArray, least: float) -> tuple[NDArray[np.intp], FloatArray]:
    """Return where the maxima above `least` are, and their full widths at half maximum in km."""
    inside = row[1:-1]
    top = np.flatnonzero((inside > row[:-2]) & (inside >= row[2:]) & (inside > least)) + 1
    widths = []
    for peak in top:
        left = right = int(peak)
        while left > 0 and row[left] > 0.5 * row[peak]:
            left -= 1
        while right < row.size - 1 and row[right] > 0.5 * row[peak]:
            right += 1
        widths.append((right - left - 1) * STEP_KM)
    return top, np.array(widths)


@pytest.fixture(scope="module")
def arc_peaks() -> tuple[FloatArray, FloatArray, FloatArray]:
    """Widths, distances to the next arc, and brightness of evening arcs."""
    widths, gaps, bright = [], [], []
    for local_h in (19.0, 20.5, 22.0, 22.5):
        for row in profiles(local_h, "green", ("arcs",)):
            top, width = peaks_of(row, 600.0)
            widths += width.tolist()
            gaps += (np.diff(top) * STEP_KM).tolist()
            bright += row[top].tolist()
    return np.array(widths), np.array(gaps), np.array(bright)


def test_arcs_are_10_to_30_km_wide(arc_peaks: tuple[FloatArray, ...]) -> None:
    widths = arc_peaks[0]
    assert widths.size > 60
    assert 12.0 < np.median(widths) < 22.0
    # Arcs that split are wider, and their halves narrower, for a while.
    assert np.mean((widths >= 9.0) & (widths <= 32.0)) > 0.85


def test_arcs_are_30_to_60_km_apart(arc_peaks: tuple[FloatArray, ...]) -> None:
    gaps = arc_peaks[1]
    # Below 25 km are the halves of an arc that splits, above 66 km one between them is dark.
    neighbours = gaps[(gaps < 66.0) & (gaps > 25.0)]
    assert neighbours.size > 20
    assert np.mean((neighbours >= 30.0) & (neighbours <= 60.0)) > 0.85


def test_arcs_have_1_to_10_kilorayleigh(arc_peaks: tuple[FloatArray, ...]) -> None:
    bright = arc_peaks[2]
    assert 1000.0 < np.median(bright) < 5000.0
    assert 4000.0 < bright.max() < 20_000.0


def test_arcs_are_sharper_on_their_equatorward_side() -> None:
    shares = []
    for row in profiles(21.0, "green", ("arcs",)):
        for peak in peaks_of(row, 1000.0)[0]:
            south, north = row[peak - 7], row[peak + 7]
            shares.append(np.log(row[peak] / max(south, 1.0)) / np.log(row[peak] / max(north, 1.0)))
    assert np.median(shares) > 1.2


def test_red_arcs_are_broader_by_tens_of_km() -> None:
    green = np.concatenate([peaks_of(row, 600.0)[1] for row in profiles(21.0, "green", ("arcs",))])
    red = np.concatenate([peaks_of(row, 200.0)[1] for row in profiles(21.0, "red", ("arcs",))])
    assert np.median(red) > np.median(green) + 15.0


def test_arcs_run_for_500_km_along_magnetic_longitude() -> None:
    lengths, ratios = [], []
    for day in DAYS[:10]:
        north = np.arange(60.0, 74.0, 6.0 / KM_PER_DEG)
        east = np.arange(-1500.0, 1500.0, 12.0)
        mlon = mlon_at(21.0, day) + east / (KM_PER_DEG * np.cos(np.radians(66.0)))
        grid = np.meshgrid(north, mlon, indexing="ij")
        places = grid[0].ravel(), grid[1].ravel()
        light = AURORA.emission_r(*places, day[None], 1.0, "green", ("arcs",))
        picture = light.reshape(grid[0].shape)
        labels, _ = ndimage.label(picture > 250.0)
        for number, box in enumerate(ndimage.find_objects(labels), start=1):
            if picture[box][labels[box] == number].max() > 1500.0:
                lengths.append((box[1].stop - box[1].start) * 12.0)
                ratios.append(
                    lengths[-1] / (1.0 + (labels[box] == number).sum(axis=0).mean() * 6.0)
                )
    assert len(lengths) > 10
    assert np.median(lengths) > 500.0
    assert np.median(ratios) > 10.0


def test_arcs_fade_over_tens_of_minutes() -> None:
    """An arc is much the same after a minute and another one after three hours."""
    same = []
    for lag_min in (1, 180):
        values = []
        for day in DAYS:
            times = day + np.array([0, lag_min]) * np.timedelta64(1, "m")
            rows = [
                AURORA.emission_r(
                    LINE, np.full(LINE.size, mlon_at(21.0, t)), t[None], 1.0, "green", ("arcs",)
                )[0]
                for t in times
            ]
            if min(row.max() for row in rows) > 800.0:
                values.append(np.corrcoef(rows[0], rows[1])[0, 1])
        same.append(np.mean(values))
    # In a minute arcs move by some 5 km, a third of their width.
    assert same[0] > 0.9
    assert same[1] < 0.5


def test_the_diffuse_oval_lies_between_its_edges_and_has_half_to_two_kilorayleigh() -> None:
    peaks = []
    for local_h in (21.0, 0.0, 3.0):
        for day, row in zip(DAYS, profiles(local_h, "green", ("diffuse",)), strict=True):
            activity = float(smooth_kp(day))
            # The growth phase moves the night side by up to two degrees.
            low = float(equatorward_edge_deg(local_h, activity)) - 2.6
            high = float(poleward_edge_deg(local_h, activity)) + 1.5
            assert row[(low > LINE) | (high < LINE)].max(initial=0.0) < 60.0
            peaks.append(row.max())
    assert 400.0 < np.median(peaks) < 2000.0
    assert max(peaks) < 5000.0


def test_mornings_are_diffuse_and_evenings_have_the_arcs() -> None:
    evening, morning = (
        np.mean([profiles(h, "green", ("arcs",)).max(axis=1) for h in hours])
        for hours in ((20.0, 21.0, 22.0), (4.0, 5.0, 6.0))
    )
    assert evening > 1.8 * morning
    dusk, dawn = (profiles(h, "green", ("diffuse",)).max(axis=1).mean() for h in (20.0, 4.0))
    assert dawn > 1.2 * dusk


def test_the_cusp_is_red() -> None:
    noon = {band: profiles(11.5, band, ("diffuse", "cusp")) for band in ("green", "red")}
    where = LINE[noon["red"].mean(axis=0).argmax()]
    assert 75.0 < where < 78.0
    assert 800.0 < noon["red"].max(axis=1).mean() < 5000.0
    assert noon["red"].max(axis=1).mean() > 2.0 * noon["green"].max(axis=1).mean()


def test_polar_cap_arcs_point_at_the_sun_when_it_is_quiet() -> None:
    rng = np.random.default_rng(1)
    days = np.datetime64("2008-01-01", "us") + np.arange(0, 300, 3) * np.timedelta64(24, "h")
    activity = np.array([float(smooth_kp(day)) for day in days])
    quiet, active = days[activity < 0.8][:12], days[activity > 3.5][:6]
    x, y = np.meshgrid(np.arange(-6.0, 6.01, 0.1), np.arange(-6.0, 6.01, 0.1))
    mlat, angle = 90.0 - np.hypot(x, y), np.degrees(np.arctan2(y, x)) / 15.0
    across, along = [], []
    for day in quiet:
        mlon = 15.0 * (angle - float(mlt_h(0.0, day)))
        cap = AURORA.emission_r(mlat.ravel(), mlon.ravel(), day[None], 1.0, "green", ("cap",))
        cap = cap.reshape(x.shape).astype(float)
        along.append(np.abs(np.diff(cap, axis=1)).mean())
        across.append(np.abs(np.diff(cap, axis=0)).mean())
    # x points along the noon-midnight line.
    assert np.sum(across) > 3.0 * np.sum(along)
    for day in active:
        mlon = rng.uniform(-180.0, 180.0, mlat.size)
        assert not AURORA.emission_r(mlat.ravel(), mlon, day[None], 1.0, "green", ("cap",)).any()
