"""What an opened row shows of its records: labels by the minute."""

from __future__ import annotations

from datetime import date

from core.archive import Archive
from core.imaging.wall import day_bounds
from core.imaging.wall_detail import label_tracks
from tests.unit.wall import nights


def test_label_tracks_give_each_minute_its_one_label(archive: Archive) -> None:
    day = date(2020, 1, 5)
    words = ["classified as APA"] * 10 + ["classified as not APA"] * 5 + ["classified as APA"] * 5
    nights.write_minutes(archive, 46, day, range(100, 120), calgary_apa_ml_v1=words)
    records = archive.ephemeris.read([46], *day_bounds(day, day))
    tracks = label_tracks(records, nights.source(46), day)
    assert [track.field.field_name for track in tracks] == ["calgary_apa_ml_v1"]
    assert dict(tracks[0].runs) == {
        "classified as APA": ((100, 110), (115, 120)),
        "classified as not APA": ((110, 115),),
    }
