"""One opened row of the wall: the classifiers' words by the minute."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa

from core.archive.columns import epoch_us, meta_column
from core.imaging.wall_model import MINUTES_PER_DAY, minute_runs
from core.instruments.model import DataSource, MetadataField

Runs = tuple[tuple[int, int], ...]
_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()


@dataclass(frozen=True, slots=True)
class LabelTrack:
    """A metadata field with a fixed set of values, as the minutes of the row that had each."""

    field: MetadataField
    runs: tuple[tuple[str, Runs], ...]


def label_tracks(records: pa.Table, source: DataSource, day: date) -> tuple[LabelTrack, ...]:
    """Return the labels that the records of one row carry, fields without any left out.

    Parameters
    ----------
    records : pyarrow.Table
        Records of one source and night or UT day with `epoch` and the source's metadata columns.
    source : DataSource
        Its schema says which fields are labels: text with allowed values.
    day : date
        Minutes are counted from its 00:00 UTC.
    """
    midnight_min = (day.toordinal() - _EPOCH_ORDINAL) * MINUTES_PER_DAY
    minutes = epoch_us(records.column("epoch")) // 60_000_000 - midnight_min
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
