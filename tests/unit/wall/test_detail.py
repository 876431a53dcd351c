"""What an opened row shows: extent of the keogram, labels, the figure."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from core.archive import Archive
from core.figures.keogram import KeogramView, keogram_figure
from core.imaging.store import KeogramStore
from core.imaging.wall import day_bounds
from core.imaging.wall_detail import image_extent, label_tracks
from tests.unit.wall import nights
from tests.unit.wall.nights import DAYS, REAL_DAY

DAY = datetime(2014, 3, 10, tzinfo=UTC)


def test_the_extent_reaches_half_a_cadence_beyond_both_exposures(filled: Archive) -> None:
    extent = image_extent(KeogramStore(filled), 46, REAL_DAY)
    assert extent is not None
    # 60 frames, mid-exposure 06:00:01.5 to 06:02:58.5, three seconds apart.
    assert extent.start == DAY + timedelta(hours=6)
    assert extent.end == DAY + timedelta(hours=6, minutes=3)
    assert (extent.pixels, extent.frames) == (256, 60)


def test_a_day_without_keogram_has_no_extent(filled: Archive) -> None:
    assert image_extent(KeogramStore(filled), 46, DAYS[0]) is None


def test_label_tracks_give_each_minute_its_one_label(archive: Archive) -> None:
    day = date(2020, 1, 5)
    words = ["classified as APA"] * 10 + ["classified as not APA"] * 5 + ["classified as APA"] * 5
    nights.write_minutes(archive, 46, day, range(100, 120), calgary_apa_ml_v1=words)
    records = archive.ephemeris.read([46], *day_bounds(day, day))
    tracks = label_tracks(records, nights.source(46))
    assert [track.field.field_name for track in tracks] == ["calgary_apa_ml_v1"]
    assert dict(tracks[0].runs) == {
        "classified as APA": ((100, 110), (115, 120)),
        "classified as not APA": ((110, 115),),
    }


@pytest.fixture
def view() -> KeogramView:
    return KeogramView(
        image_url="/media/keogram/46/2014-03-10.webp?width=1600",
        image_start=DAY + timedelta(hours=6),
        image_end=DAY + timedelta(hours=6, minutes=3),
        pixels=256,
        view_start=DAY,
        view_end=DAY + timedelta(days=1),
        day_start=DAY,
        minutes=((360, 363), (400, 401)),
        title="THEMIS-ASI GILL",
    )


def test_the_image_lies_where_it_was_taken(view: KeogramView) -> None:
    (image,) = keogram_figure(view).layout.images
    start = np.datetime64(image.x)
    assert start == np.datetime64("2014-03-10T06:00:00")
    # On a date axis sizes are milliseconds.
    assert start + np.timedelta64(int(image.sizex), "ms") == np.datetime64("2014-03-10T06:03:00")
    assert (image.y, image.sizey, image.yanchor, image.sizing) == (256, 256, "top", "stretch")
    assert image.source == view.image_url


def test_the_axes_are_time_and_pixel(view: KeogramView) -> None:
    layout = keogram_figure(view).layout
    assert layout.xaxis.type == "date"
    assert [np.datetime64(edge) for edge in layout.xaxis.range] == [
        np.datetime64("2014-03-10"),
        np.datetime64("2014-03-11"),
    ]
    assert tuple(layout.yaxis.range) == (0, 256)
    assert "UTC" in layout.xaxis.title.text


def test_each_run_of_minutes_is_a_band(view: KeogramView) -> None:
    bands = keogram_figure(view).layout.shapes
    edges = [(np.datetime64(band.x0), np.datetime64(band.x1)) for band in bands]
    assert edges[0] == (np.datetime64("2014-03-10T06:00"), np.datetime64("2014-03-10T06:03"))
    assert len(edges) == 2


def test_the_figure_is_kilobytes_whatever_the_keogram_is(view: KeogramView) -> None:
    assert len(keogram_figure(view).to_json()) < 4000
