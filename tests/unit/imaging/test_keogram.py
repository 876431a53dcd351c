from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import BadInput, Conflict
from core.imaging.keogram import keogram, make_keogram, means_of_runs, minute_keogram
from core.imaging.merging import merge_keograms
from core.imaging.readers import read_frames
from tests.unit.imaging import files

DAY = np.datetime64("2014-03-10", "us")


def simple(seconds: np.ndarray, values: np.ndarray | None = None):  # type: ignore[no-untyped-def]
    """Return a keogram of 4 pixels with frames at these seconds of 2014-03-10."""
    times = DAY + np.round(np.asarray(seconds) * 1e6).astype("timedelta64[us]")
    if values is None:
        values = np.arange(4 * len(times), dtype=np.uint16).reshape(-1, 4)
    attributes = {"array": "themis_asi", "site": "gill", "cadence_s": 3.0}
    return make_keogram(values, times, np.full(len(times), 1.0), attributes)


def test_keogram_is_the_centre_column_from_south_to_north(tmp_path: Path) -> None:
    frames = read_frames(files.minute_file(tmp_path))
    dataset = keogram(frames)
    images = frames["images"].values
    assert np.array_equal(dataset["counts"].values[:, 0], images[:, -1, 128])
    assert np.array_equal(dataset["counts"].values[:, -1], images[:, 0, 128])
    assert dataset["pixel"].values[[0, -1]].tolist() == [0.5, 255.5]
    assert dataset["counts"].attrs["units"] == "counts"


def test_column_can_be_chosen_and_must_exist(tmp_path: Path) -> None:
    frames = read_frames(files.minute_file(tmp_path))
    chosen = keogram(frames, column=3)["counts"].values
    assert np.array_equal(chosen, frames["images"].values[:, ::-1, 3])
    with pytest.raises(BadInput, match="256 columns"):
        keogram(frames, column=256)


def test_thumbnails_have_no_keogram(tmp_path: Path) -> None:
    path = files.themis_cdf(tmp_path / "a.cdf", files.images(5, (32, 32)), kind="ast")
    with pytest.raises(BadInput, match="superpixels"):
        keogram(read_frames(path))


def test_spectrograph_gives_the_green_line_above_its_background(tmp_path: Path) -> None:
    pictures = np.full((1, 1024, 256), 300, np.uint16)
    pictures[0, 433:449, 100] = 900  # rows of 557.7 nm, one place on the slit
    content = files.pgm_bytes(pictures, camera="spect-02", site="luck", position=files.LUCKY_LAKE)
    line = keogram(read_frames(files.write_pgm(tmp_path / "a.pgm", content)))["counts"].values[0]
    assert line[100] > 400
    assert np.delete(line, 100).tolist() == [0.0] * 255


def test_minute_means() -> None:
    dataset = minute_keogram(simple(np.array([0.5, 3.5, 59.9, 60.0, 200.0])))
    assert dataset["time"].values.tolist() == [
        (DAY + np.timedelta64(s, "s")).item() for s in (30, 90, 210)
    ]
    assert dataset["counts"].values[0].tolist() == [4.0, 5.0, 6.0, 7.0]
    assert dataset["counts"].values[1].tolist() == [12.0, 13.0, 14.0, 15.0]


@given(st.lists(st.integers(0, 65535), min_size=1, max_size=60), st.data())
def test_means_of_runs_are_those_of_numpy(values: list[int], data: st.DataObject) -> None:
    rows = np.array(values, np.uint16)[:, None]
    starts = data.draw(st.sets(st.integers(0, len(values) - 1)).map(lambda s: sorted({0, *s})))
    ours = means_of_runs(rows, np.array(starts))
    expected = [part.mean() for part in np.split(rows[:, 0].astype(float), starts[1:])]
    # Single precision keeps 24 bits: counts have 16.
    assert ours[:, 0] == pytest.approx(expected, rel=1e-6)


seconds = st.lists(st.integers(0, 1000), min_size=1, max_size=30, unique=True).map(sorted)


@settings(deadline=None, max_examples=40)
@given(seconds, seconds)
def test_merging_is_idempotent_and_keeps_every_instant(a: list[int], b: list[int]) -> None:
    one, two = simple(np.array(a) * 3.0), simple(np.array(b) * 3.0)
    merged = merge_keograms(one, two)
    assert merge_keograms(merged, two).identical(merged)
    times = merged["time"].values
    expected = sorted(set(a) | set(b))
    assert times.tolist() == [(DAY + np.timedelta64(3 * s, "s")).item() for s in expected]
    # What came last stands.
    for frame in range(len(b)):
        at = np.searchsorted(times, two["time"].values[frame])
        assert np.array_equal(merged["counts"].values[at], two["counts"].values[frame])


def test_frame_with_a_slightly_other_time_is_the_same_frame() -> None:
    merged = merge_keograms(simple(np.array([0.0, 3.0])), simple(np.array([3.009])))
    assert merged.sizes["time"] == 2
    assert merged["time"].values[1] == DAY + np.timedelta64(3_009_000, "us")


def test_keograms_of_different_height_do_not_merge() -> None:
    other = make_keogram(np.zeros((1, 5), np.uint16), DAY + np.zeros(1, "m8[us]"), np.ones(1), {})
    with pytest.raises(Conflict, match="5 pixels"):
        merge_keograms(simple(np.array([0.0])), other)
