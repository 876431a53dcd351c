"""What an opened row shows: extent of the keogram, labels, the figure."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from core.archive import Archive
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
