"""Joining keograms of the same source and day."""

from __future__ import annotations

import numpy as np
import xarray as xr

from core.errors import Conflict

# The same frame has slightly different times in PGM (exposure asked for) and CDF (measured).
_SAME_FRAME_SHARE = 0.1
_SAME_FRAME_LONGEST_S = 0.25


def merge_keograms(old: xr.Dataset | None, new: xr.Dataset) -> xr.Dataset:
    """Return `old` with the frames of `new`, in order of time.

    A frame of `old` that was measured within a tenth of the cadence (at most 0.25 s) of one of
    `new` is replaced by it.

    Raises
    ------
    Conflict
        The keograms differ in their number of pixels or in what their values are.
    """
    new = _in_order(new)
    if old is None:
        return new
    if old["counts"].shape[1:] != new["counts"].shape[1:] or (
        old["counts"].dtype != new["counts"].dtype
    ):
        raise Conflict(
            f"A keogram of {_what(new)} does not fit to one of {_what(old)}.",
            hint="Both must come from images of the same size.",
        )
    kept = old.isel(time=~_near(old["time"].values, new["time"].values, _tolerance(new)))
    merged = xr.concat([kept, new], "time", combine_attrs="override").sortby("time")
    # The first to be stored names the group, so that the order of files does not matter.
    return merged.assign_attrs(old.attrs)


def _what(dataset: xr.Dataset) -> str:
    counts = dataset["counts"]
    colour = " in colour" if counts.ndim == 3 else ""
    return f"{dataset.sizes['pixel']} pixels{colour} ({counts.dtype})"


def _in_order(dataset: xr.Dataset) -> xr.Dataset:
    ordered = dataset.sortby("time")
    times = ordered["time"].values
    last_of_its_time = np.r_[times[1:] != times[:-1], True]
    return ordered.isel(time=last_of_its_time)


def _tolerance(dataset: xr.Dataset) -> np.timedelta64:
    seconds = min(
        _SAME_FRAME_SHARE * float(dataset.attrs.get("cadence_s", 1.0)), _SAME_FRAME_LONGEST_S
    )
    return np.timedelta64(int(seconds * 1e6), "us")


def _near(times: np.ndarray, others: np.ndarray, tolerance: np.timedelta64) -> np.ndarray:
    """Which of `times` lie within `tolerance` of one of `others`; both sorted."""
    after = np.searchsorted(others, times).clip(0, len(others) - 1)
    before = (after - 1).clip(0)
    distance = np.minimum(abs(others[after] - times), abs(times - others[before]))
    return np.asarray(distance <= tolerance)
