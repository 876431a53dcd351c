"""What an opened row shows, read from the archive."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

import pyarrow as pa

from components.keogram_media import media_url
from components.keogram_records import grid_columns
from components.keogram_state import OpenKey, WallState
from core.figures.keogram import KeogramView
from core.imaging.wall import day_bounds
from core.imaging.wall_days import data_days, day_row
from core.imaging.wall_detail import ImageExtent, LabelTrack, image_extent, label_tracks
from core.imaging.wall_model import WallRow
from core.instruments.array import ImagerArray
from core.instruments.registry import array_of_source
from core.observatory import Observatory

_IMAGE_WIDTH = 1600
_ROOM = 0.04  # of the data's interval, left free on both sides


@dataclass(frozen=True, slots=True)
class Opened:
    """One imager and UT day: its row, its keogram's extent, labels, and the days beside it."""

    row: WallRow
    records: int
    extent: ImageExtent | None
    tracks: tuple[LabelTrack, ...]
    array: ImagerArray | None
    previous: date | None
    next: date | None

    @property
    def key(self) -> OpenKey:
        """Source and day as the address names them."""
        return self.row.source.identifier, self.row.day


def opened(observatory: Observatory, key: OpenKey) -> Opened:
    """Read one row with everything that its detail shows; NotFound when it is no imager."""
    archive = observatory.archive
    row = day_row(archive, *key)
    records = day_records(observatory, key, row)
    days = data_days(archive, [row.source])
    return Opened(
        row=row,
        records=records.num_rows,
        extent=image_extent(observatory.keograms, *key) if row.image else None,
        tracks=label_tracks(records, row.source),
        array=array_of_source(row.source),
        previous=days.before(row.day),
        next=days.after(row.day),
    )


def day_records(observatory: Observatory, key: OpenKey, row: WallRow) -> pa.Table:
    """Return the records of a row with the columns that its grid shows."""
    start, end = day_bounds(key[1], key[1])
    columns = list(grid_columns(row.source))
    return observatory.archive.ephemeris.read([key[0]], start, end, columns=columns)


def look_query(view: Opened, state: WallState) -> dict[str, str]:
    """Return the part of an image's address that says how counts become colours."""
    look = {"cmap": state.cmap}
    if state.scale == "fixed" and view.array is not None:
        low, high = view.array.scale_limits
        look |= {"vmin": f"{low:g}", "vmax": f"{high:g}"}
    return look


def figure_view(view: Opened, state: WallState) -> KeogramView:
    """Return what the figure of the keogram shows; without an image, an empty day."""
    midnight = datetime.combine(view.row.day, time.min, tzinfo=UTC)
    day = (midnight, midnight + timedelta(days=1))
    extent = view.extent or ImageExtent(*day, pixels=256, frames=0)
    shown = _with_room(extent, day) if state.extent == "data" and view.extent else day
    return KeogramView(
        image_url=_image_url(view, state, extent) if view.extent else "",
        image_start=extent.start,
        image_end=extent.end,
        pixels=extent.pixels,
        view_start=shown[0],
        view_end=shown[1],
        day_start=midnight,
        minutes=view.row.intervals,
        title=f"{view.row.source.display_name}, {view.row.day.isoformat()} UTC",
    )


def picture_url(view: Opened, state: WallState, suffix: str = "png") -> str:
    """Return the address of the picture of the whole day, as it looks now."""
    look = look_query(view, state)
    return media_url(*view.key, width=1440, height=256, look=look, suffix=suffix)


def beside(state: WallState, view: Opened, day: date | None) -> WallState | None:
    """Return the state in which the same imager is open on another day."""
    return replace(state, open=(view.row.source.identifier, day)) if day else None


def _image_url(view: Opened, state: WallState, extent: ImageExtent) -> str:
    window = (extent.start, extent.end)
    height = min(extent.pixels, 512)
    look = look_query(view, state)
    return media_url(*view.key, width=_IMAGE_WIDTH, height=height, window=window, look=look)


def _with_room(extent: ImageExtent, day: tuple[datetime, datetime]) -> tuple[datetime, datetime]:
    room = (extent.end - extent.start) * _ROOM
    return max(day[0], extent.start - room), min(day[1], extent.end + room)
