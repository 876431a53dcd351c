"""One opened row of the wall: the extent of its keogram, the classifiers' words by the minute."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from core.archive.columns import epoch_us, meta_column
from core.errors import NotFound
from core.imaging.wall_model import MINUTES_PER_DAY, minute_runs
from core.instruments.model import DataSource, MetadataField

if TYPE_CHECKING:
    from core.imaging.store import KeogramStore

Runs = tuple[tuple[int, int], ...]


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
    """A metadata field with a fixed set of values, as the minutes of the day that had each."""

    field: MetadataField
    runs: tuple[tuple[str, Runs], ...]


def image_extent(keograms: KeogramStore, source_id: int, day: date) -> ImageExtent | None:
    """Return what the keogram of one UT day covers, None where there is none.

    Times of a keogram are mid-exposure; half a cadence on each side is added, within the day, so
    that the first and the last line are shown whole.
    """
    try:
        dataset = keograms.load(source_id, np.datetime64(day), np.datetime64(day) + 1)
    except NotFound:
        return None
    if not dataset.sizes["time"]:
        return None
    half = timedelta(seconds=float(dataset.attrs.get("cadence_s", 60.0)) / 2)
    first, last = (_moment(dataset["time"].values[place]) for place in (0, -1))
    midnight = datetime.combine(day, time.min, tzinfo=UTC)
    return ImageExtent(
        start=max(midnight, first - half),
        end=min(midnight + timedelta(days=1), last + half),
        pixels=int(dataset.sizes["pixel"]),
        frames=int(dataset.sizes["time"]),
    )


def label_tracks(records: pa.Table, source: DataSource) -> tuple[LabelTrack, ...]:
    """Return the labels that the records of one UT day carry, fields without any left out.

    Parameters
    ----------
    records : pyarrow.Table
        Records of one source and UT day with `epoch` and the source's metadata columns.
    source : DataSource
        Its schema says which fields are labels: text with allowed values.
    """
    minutes = epoch_us(records.column("epoch")) // 60_000_000 % MINUTES_PER_DAY
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
