"""The track index of an archive: the same minutes as the table, whatever happens to its files."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.archive import Archive
from core.errors import IndexDamaged
from core.geo.sphere import geodetic_to_geocentric_lat_deg, unit_vectors
from core.search.index import folder as index_folder
from core.search.index import store as index_store
from core.search.index.minutes import COLUMN_PREFIX, SourceMinutes
from core.search.index.source_minutes import SourceReader, spans_by_year, year_minutes
from core.search.index.store import IndexStore, store_of
from core.search.index.tracks import unpack
from tests.oracle.small_archive import records, source

TYPES = tuple(COLUMN_PREFIX)
FIRST = int(datetime(2019, 12, 20, tzinfo=UTC).timestamp()) // 60
SPAN = 30 * 1440
RNG = np.random.default_rng(11)
MINUTES = FIRST + np.sort(RNG.choice(SPAN, SPAN // 2, replace=False))
LAT, LON = RNG.uniform(-90, 90, len(MINUTES)), RNG.uniform(-180, 180, len(MINUTES))
LAT[::7] = np.nan
GEO = np.where(np.arange(len(MINUTES)) % 5, RNG.uniform(-90, 90, len(MINUTES)), np.nan)
GEO_LON = np.where(np.isnan(GEO), np.nan, LON)
LON[::7] = np.nan
PARTS = [(0, SPAN), (100, 3000), (12 * 1440 - 1, 2), (0, 64), (63, 65)]
FRAMES = {1: "geodetic", 2: "geocentric", 3: "geodetic"}


@pytest.fixture
def archive(archive_of: Callable[..., Archive]) -> Archive:
    sources = [source(i, "leo" if i < 3 else "ground", frame=f) for i, f in FRAMES.items()]
    moving = {"nb": (LAT, LON), "sb": (-LAT, LON), "geo": (GEO, GEO_LON)}
    still = {"nb": (60.0, -113.0), "geo": (60.0, -113.0)}
    tables = [records(1, MINUTES, **moving), records(2, MINUTES, **moving)]
    return archive_of(sources, [*tables, records(3, MINUTES[::3], **still)])


def reader(archive: Archive, centric: bool = True, **options: Any) -> SourceReader:
    index = options.get("index", store_of(archive))
    return SourceReader(index, archive.ephemeris.store.snapshot(), TYPES, centric)


def read(archive: Archive, identifier: int = 1, **options: Any) -> SourceMinutes:
    found = archive.catalogue.sources.get(identifier)
    return reader(archive, **options).read(found, FIRST, SPAN)


def index_files(archive: Archive) -> list[Path]:
    return sorted((archive.path / "index").rglob("*.tracks"))


def assert_same(one: SourceMinutes, two: SourceMinutes) -> None:
    for name in ("present", "known", "north"):
        assert np.array_equal(getattr(one, name), getattr(two, name))
    for kind in TYPES:
        a, b = one.tracks[kind], two.tracks[kind]
        assert np.array_equal(a.located, b.located)
        where = np.flatnonzero(unpack(a.located, one.length))
        assert np.array_equal(a.vectors(where), b.vectors(where))


@pytest.mark.parametrize("identifier", [1, 2, 3])
def test_index_and_table_give_the_same_minutes(archive: Archive, identifier: int) -> None:
    found = archive.catalogue.sources.get(identifier)
    read(archive, identifier)
    assert len(index_files(archive)) == 2
    for centric, (first, length) in product((False, True), PARTS):
        without = reader(archive, centric, index=None).read(found, FIRST + first, length)
        assert_same(reader(archive, centric).read(found, FIRST + first, length), without)


@pytest.mark.parametrize(("identifier", "centric"), [(1, True), (1, False), (2, True)])
def test_the_index_holds_what_the_records_say(
    archive: Archive, identifier: int, centric: bool
) -> None:
    found = read(archive, identifier, centric=centric)
    there = np.zeros(SPAN, dtype=bool)
    there[MINUTES - FIRST] = True
    assert np.array_equal(unpack(found.present, SPAN), there)
    assert np.array_equal(unpack(found.north, SPAN)[there], GEO >= 0)
    assert np.array_equal(unpack(found.known, SPAN)[there], ~np.isnan(GEO))
    track, ok = found.tracks["nbtrace"], ~np.isnan(LAT)
    assert np.array_equal(unpack(track.located, SPAN)[there], ok)
    turned = centric and FRAMES[identifier] == "geodetic"
    lat = geodetic_to_geocentric_lat_deg(LAT) if turned else LAT
    expected = unit_vectors(lat, LON).T
    assert np.abs(track.vectors(MINUTES - FIRST)[:, ok] - expected[:, ok]).max() <= 2.0**-53


def test_a_source_that_stands_still_has_one_column(archive: Archive) -> None:
    found = read(archive, 3)
    assert found.tracks["nbtrace"].still
    assert not found.tracks["sbtrace"].located.any()
    assert sum(path.stat().st_blocks * 512 for path in index_files(archive)) < 2**20


def test_a_write_makes_the_index_out_of_date_at_once(archive: Archive) -> None:
    read(archive)
    before = index_files(archive)
    lat = np.full(1, 12.5)
    archive.ephemeris.upsert(records(1, [FIRST], nb=(lat, 0.0), sb=(lat, 0.0), geo=(lat, 0.0)))
    found = read(archive)
    assert unpack(found.present, 1)[0]
    assert_same(found, read(archive, index=None))
    after = index_files(archive)
    assert len(after) == len(before)
    assert len(set(after) & set(before)) == 1  # that of the other year is as good as it was


def test_a_search_that_began_before_a_write_keeps_its_version(archive: Archive) -> None:
    found = archive.catalogue.sources.get(1)
    older = reader(archive)
    expected = read(archive, index=None)
    archive.ephemeris.delete_range(
        1, datetime(2019, 12, 1, tzinfo=UTC), datetime(2019, 12, 31, tzinfo=UTC)
    )
    newer = read(archive)
    assert_same(older.read(found, FIRST, SPAN), expected)
    assert_same(read(archive), newer)


def test_a_source_whose_frame_changes_is_read_anew(archive: Archive) -> None:
    found = read(archive, 2)
    changed = source(2, "leo", frame="geodetic")
    turned = reader(archive).read(changed, FIRST, SPAN)
    index = np.flatnonzero(unpack(found.tracks["nbtrace"].located, SPAN))
    assert not np.array_equal(
        found.tracks["nbtrace"].vectors(index), turned.tracks["nbtrace"].vectors(index)
    )


def _flip(path: Path) -> None:
    whole = bytearray(path.read_bytes())
    for place in range(20_000, len(whole), 4096):
        whole[place] ^= 255
    path.write_bytes(whole)


DAMAGE: dict[str, Callable[[Path], object]] = {
    "flipped": _flip,
    "empty": lambda path: path.write_bytes(b""),
    "foreign": lambda path: path.write_bytes(b"PAR1" * 10_000),
    "cut": lambda path: os.truncate(path, path.stat().st_size // 2),
    "gone": lambda path: path.unlink(),
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_file_is_made_anew(archive: Archive, damage: Callable[[Path], object]) -> None:
    expected = read(archive, index=None)
    read(archive)
    whole = {path: path.read_bytes() for path in index_files(archive)}
    for path in whole:
        damage(path)
    fresh = IndexStore(archive)  # what another process sees
    assert_same(read(archive, index=fresh), expected)
    assert {path: path.read_bytes() for path in index_files(archive)} == whole


def test_a_file_that_stays_damaged_is_done_without(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*arguments: object) -> SourceMinutes:
        raise IndexDamaged("no good", path="", reason="always")

    monkeypatch.setattr(index_store, "minutes_of", broken)
    assert_same(read(archive), read(archive, index=None))


def test_a_folder_that_cannot_be_written_is_done_without_and_said_once(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    monkeypatch.setattr(index_folder.log, "warning", lambda event, **facts: said.append(event))
    (archive.path / "index").write_text("a file, no folder")
    assert_same(read(archive), read(archive, index=None))
    assert_same(read(archive, 2), read(archive, 2, index=None))
    assert said == ["no track index can be written; searches read the tables"]


def test_settings_can_do_without(archive_of: Callable[..., Archive]) -> None:
    archive = archive_of([source(1, "leo")], [records(1, MINUTES[:9], nb=(1.0, 2.0))])
    without = archive.settings.model_copy(update={"track_index": False})
    with Archive.open(without) as opened:
        assert store_of(opened) is None


def test_a_few_minutes_of_a_long_year_are_read_from_the_table(
    archive_of: Callable[..., Archive],
) -> None:
    first = year_minutes(2019)[0]
    spread = first + np.arange(0, 300 * 1440, 10)
    archive = archive_of([source(1, "leo")], [records(1, spread, nb=(1.0, 2.0))])
    found = archive.catalogue.sources.get(1)
    assert reader(archive).read(found, first, 1440).present.any()
    assert index_files(archive) == []
    reader(archive).read(found, first, 200 * 1440)
    assert len(index_files(archive)) == 1


def test_few_open_files_are_enough(archive: Archive) -> None:
    narrow = archive.settings.model_copy(update={"index_open_files": 1})
    with Archive.open(narrow) as opened:
        for identifier in (1, 2, 1):
            assert_same(read(opened, identifier), read(archive, identifier, index=None))


def test_spans_are_cut_at_the_turn_of_years() -> None:
    first = year_minutes(2020)[0]
    assert year_minutes(2020)[1] == 366 * 1440
    assert list(spans_by_year(first - 2, 366 * 1440 + 3)) == [
        (2019, first - 2, 2), (2020, first, 366 * 1440), (2021, first + 366 * 1440, 1),
    ]  # fmt: skip
