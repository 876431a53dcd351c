"""One opened row of the wall: the extent of its keogram, the classifiers' words by the minute."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol

import numpy as np
import pyarrow as pa
import xarray as xr

from core.archive.columns import epoch_us, meta_column
from core.errors import NotFound
from core.imaging.wall_model import MINUTES_PER_DAY, minute_runs
from core.instruments.model import DataSource, MetadataField

Runs = tuple[tuple[int, int], ...]
_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()


class KeogramReader(Protocol):
    """What keograms are read from: the store of an archive, or the library over it."""

    def load(self, source_id: int, start: np.datetime64, end: np.datetime64) -> xr.Dataset:
        """Return the keogram of a window; NotFound where there is none."""
        ...


@dataclass(frozen=True, slots=True)
class ImageExtent:
    """What a keogram covers: UTC from the first exposure to the end of the last, and its height.

    `frames` is the number of lines, `pixels` the number of pixels in each.
    """

    start: datetime
    end: datetime
    pixels: int
    frames: int


@dataclass(frozen=True, slots=True)
class LabelTrack:
    """A metadata field with a fixed set of values, as the minutes of the row that had each."""

    field: MetadataField
    runs: tuple[tuple[str, Runs], ...]


def image_extent(keograms: KeogramReader, source_id: int, day: date) -> ImageExtent | None:
    """Return what the keogram of one UT day covers, None where there is none."""
    midnight = datetime.combine(day, time.min, tzinfo=UTC)
    return window_extent(keograms, source_id, midnight, midnight + timedelta(days=1))


def window_extent(
    keograms: KeogramReader, source_id: int, start: datetime, end: datetime
) -> ImageExtent | None:
    """Return what the keogram of a window (UTC, half-open) covers, None where there is none.

    Times of a keogram are mid-exposure; half a cadence on each side is added, within the window,
    so that the first and the last line are shown whole.
    """
    try:
        dataset = keograms.load(source_id, _instant(start), _instant(end))
    except NotFound:
        return None
    if not dataset.sizes["time"]:
        return None
    half = timedelta(seconds=float(dataset.attrs.get("cadence_s", 60.0)) / 2)
    first, last = (_moment(dataset["time"].values[place]) for place in (0, -1))
    return ImageExtent(
        start=max(start, first - half),
        end=min(end, last + half),
        pixels=int(dataset.sizes["pixel"]),
        frames=int(dataset.sizes["time"]),
    )


def label_tracks(
    records: pa.Table, source: DataSource, day: date | None = None
) -> tuple[LabelTrack, ...]:
    """Return the labels that the records of one row carry, fields without any left out.

    Parameters
    ----------
    records : pyarrow.Table
        Records of one source and night or UT day with `epoch` and the source's metadata columns.
    source : DataSource
        Its schema says which fields are labels: text with allowed values.
    day : date, optional
        Minutes are counted from its 00:00 UTC; by default from that of each record's own day.
    """
    minutes = epoch_us(records.column("epoch")) // 60_000_000
    minutes -= _midnight_min(day) if day else minutes // MINUTES_PER_DAY * MINUTES_PER_DAY
    fields = [
        item
        for item in source.ephemeris_metadata_schema
        if item.data_type == "string" and item.allowed_values
    ]
    tracks = (LabelTrack(item, _runs(records, item, minutes)) for item in fields)
    return tuple(track for track in tracks if track.runs)


def _runs(
    records: pa.Table, field: MetadataField, minutes: np.ndarray[tuple[int], np.dtype[np.int64]]
) -> tuple[tuple[str, Runs], ...]:
    if meta_column(field) not in records.column_names:
        return ()
    values = records.column(meta_column(field)).to_pandas().to_numpy(dtype=object)
    return tuple(
        (value, runs)
        for value in field.allowed_values
        if (runs := minute_runs(minutes[values == value]))
    )


def _moment(value: np.datetime64) -> datetime:
    return value.astype("datetime64[us]").item().replace(tzinfo=UTC)  # type: ignore[no-any-return]


def _midnight_min(day: date) -> int:
    return (day.toordinal() - _EPOCH_ORDINAL) * MINUTES_PER_DAY


def _instant(moment: datetime) -> np.datetime64:
    return np.datetime64(moment.astimezone(UTC).replace(tzinfo=None), "us")
