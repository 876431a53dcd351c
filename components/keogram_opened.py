"""What an opened row shows, read from the archive."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import pyarrow as pa

from components.keogram_records import grid_columns
from components.keogram_state import OpenKey, WallState
from core.imaging.wall_days import data_days, day_row
from core.imaging.wall_detail import LabelTrack, label_tracks
from core.imaging.wall_model import By, WallRow
from core.instruments.array import ImagerArray
from core.instruments.registry import array_of_source
from core.observatory import Observatory


@dataclass(frozen=True, slots=True)
class Opened:
    """One imager in one night or on one UT day: its row, labels, and the dates beside it."""

    row: WallRow
    records: int
    tracks: tuple[LabelTrack, ...]
    array: ImagerArray | None
    previous: date | None
    next: date | None

    @property
    def key(self) -> OpenKey:
        """Source and date as the address names them."""
        return self.row.source.identifier, self.row.day


def opened(observatory: Observatory, key: OpenKey, by: By) -> Opened:
    """Read one row with everything that its detail shows; NotFound when it is no imager."""
    archive = observatory.archive
    row = day_row(archive, *key, by)
    records = row_records(observatory, row)
    days = data_days(archive, [row.source], by)
    return Opened(
        row=row,
        records=records.num_rows,
        tracks=label_tracks(records, row.source, row.day),
        array=array_of_source(row.source),
        previous=days.before(row.day),
        next=days.after(row.day),
    )


def row_records(observatory: Observatory, row: WallRow) -> pa.Table:
    """Return the records of a row with the columns that its grid shows."""
    start, end = row.window
    last = end - timedelta(microseconds=1)  # the end belongs to the next row
    columns = list(grid_columns(row.source))
    return observatory.archive.ephemeris.read([row.source.identifier], start, last, columns=columns)


def beside(state: WallState, view: Opened, day: date | None) -> WallState | None:
    """Return the state in which the same imager is open on another date."""
    return state.with_open((view.row.source.identifier, day)) if day else None
