"""Mapped columns of records: what the table says, whatever happens to their files."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from core.archive import Archive
from core.archive.filters import MetadataFilter
from core.errors import ArchiveError, IndexDamaged
from core.search.filters.mixed_filter import MixedFilter
from core.search.filters.record_rows import RecordRows
from core.search.index import store as index_store
from core.search.index.columns import MINUTE
from core.search.index.source_minutes import SourceYear, source_years, year_minutes
from core.search.index.store import IndexStore, store_of
from core.search.index.upkeep import remove_stale, stale
from core.search.plan import Partition
from tests.oracle.small_archive import records, source

FIRST = int(datetime(2019, 3, 1, tzinfo=UTC).timestamp()) // 60
COUNT = 700
STEP = 400  # they reach over several months, and so over several files
MINUTES = FIRST + STEP * np.arange(COUNT)
WORDS = ["APA", "not APA", "Gänsefüßchen „“", "", None]
VALUES: dict[str, list[Any]] = {
    "md_string_class": [WORDS[n % 5] for n in range(COUNT)],
    "md_string_empty": [""] * COUNT,
    "md_double_confidence": [None if n % 7 == 0 else n / 7 for n in range(COUNT)],
    "md_int_quality": [2**53 + n if n % 3 else None for n in range(COUNT)],
    "md_bool_cloudy": [None if n % 11 == 0 else n % 2 == 0 for n in range(COUNT)],
}
KINDS = {"string": pa.string(), "double": pa.float64(), "int": pa.int64(), "bool": pa.bool_()}
LAT = np.linspace(-89, 89, COUNT)
NAMES = [*VALUES, "md_double_unheard_of", "nbtrace_lat_deg"]


def made(number: int, places: Any, **more: Any) -> pa.Table:
    """Records of some of the minutes, by place."""
    places = np.asarray(places)
    columns = {
        name: pa.array([values[n] for n in places], KINDS[name.split("_")[1]])
        for name, values in VALUES.items()
    }
    return records(number, MINUTES[places], nb=(LAT[places], LAT[places] * 2), **columns, **more)


@pytest.fixture
def archive(archive_of: Callable[..., Archive]) -> Archive:
    loose = pa.array([None] * 5 + ['{"note": 7}'])
    tables = [made(1, np.arange(COUNT)), made(2, np.arange(6), metadata_json=loose)]
    return archive_of([source(1, "leo"), source(2, "leo")], tables)


def year_of(archive: Archive, number: int = 1, year: int = 2019) -> SourceYear:
    return source_years(archive.ephemeris.store.snapshot())[number, year]


def columns(
    archive: Archive, number: int = 1, names: Any = NAMES, first: int = FIRST,
    count: int = STEP * COUNT, index: IndexStore | None = None,
) -> pa.Table | None:  # fmt: skip
    store = index or store_of(archive)
    assert store is not None
    return store.columns(year_of(archive, number), list(names), first, count)


def files(archive: Archive) -> list[Path]:
    return sorted((archive.path / "index").rglob("*.column"))


def assert_all(found: pa.Table | None, first: int = 0, end: int = COUNT) -> None:
    assert found is not None
    assert found.column_names == [MINUTE, *NAMES]
    assert np.array_equal(found[MINUTE].to_numpy(), MINUTES[first:end])
    for name, values in VALUES.items():
        assert found[name].to_pylist() == values[first:end]
    assert found["md_double_unheard_of"].null_count == end - first
    assert np.array_equal(found["nbtrace_lat_deg"].to_numpy(), LAT[first:end])
    found.validate(full=True)


def test_columns_hold_what_the_records_say(archive: Archive) -> None:
    assert_all(columns(archive))
    assert len(files(archive)) == len(NAMES)
    assert_all(columns(archive, index=IndexStore(archive)))  # as it was written


@pytest.mark.parametrize(
    ("first", "count", "begin", "end"),
    [
        (0, 1, 0, 1),
        (1, 1, 1, 1),
        (STEP + 1, 100 * STEP, 2, 102),
        (-9, 9, 0, 0),
        (STEP * (COUNT - 1), 1, COUNT - 1, COUNT),
        (STEP * COUNT, 9, COUNT, COUNT),
    ],
)
def test_some_minutes_of_them(
    archive: Archive, first: int, count: int, begin: int, end: int
) -> None:
    columns(archive)
    assert_all(columns(archive, first=FIRST + first, count=count), begin, end)


def test_rows_come_in_the_order_of_minutes_from_many_files(
    archive_of: Callable[..., Archive],
) -> None:
    shuffled = np.random.default_rng(5).permutation(COUNT)
    archive = archive_of([source(1, "leo")], [made(1, part) for part in np.split(shuffled, 7)])
    assert len(year_of(archive).files) > 1
    assert_all(columns(archive))


def test_a_record_with_undeclared_fields_is_not_told_by_columns(archive: Archive) -> None:
    assert columns(archive, 2) is None
    assert columns(archive, 2, ["md_double_confidence"]) is None
    places = columns(archive, 2, ["nbtrace_lat_deg"])
    assert places is not None
    assert np.array_equal(places["nbtrace_lat_deg"].to_numpy(), LAT[:6])


def test_a_write_makes_them_out_of_date_at_once(archive: Archive) -> None:
    columns(archive)
    before = files(archive)
    older = year_of(archive)
    archive.ephemeris.upsert(records(1, [FIRST + 1], md_double_confidence=[12.5]))
    found = columns(archive, names=["md_double_confidence"])
    assert found is not None
    assert found["md_double_confidence"].to_pylist()[:3] == [None, 12.5, 1 / 7]
    assert len(files(archive)) == len(before)  # one was replaced, the others wait
    store = store_of(archive)
    assert store is not None
    assert len(stale(archive, store)) == len(NAMES) - 1
    remove_stale(archive, store)
    assert len(files(archive)) == 1
    # A search that began before the write keeps its version, and takes nothing away from others.
    assert_all(store.columns(older, NAMES, FIRST, STEP * COUNT))
    again = columns(archive, names=["md_double_confidence"], index=IndexStore(archive))
    assert again is not None
    assert again.equals(found)


DAMAGE: dict[str, Callable[[Path], object]] = {
    "flipped": lambda path: path.write_bytes(
        bytes(b ^ (255 if 8192 <= n < 8256 else 0) for n, b in enumerate(path.read_bytes()))
    ),
    "empty": lambda path: path.write_bytes(b""),
    "cut": lambda path: os.truncate(path, path.stat().st_size // 2),
    "gone": lambda path: path.unlink(),
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_file_is_made_anew(archive: Archive, damage: Callable[[Path], object]) -> None:
    columns(archive)
    whole = {path: path.read_bytes() for path in files(archive)}
    damaged = files(archive)[0]
    damage(damaged)
    assert_all(columns(archive, index=IndexStore(archive)))  # what another process sees
    assert {path: path.read_bytes() for path in files(archive)} == whole


def test_files_that_stay_damaged_are_done_without(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*arguments: object) -> pa.Table:
        path = files(archive)[0]
        raise IndexDamaged("no good", path=str(path), reason="always")

    monkeypatch.setattr(index_store, "records_of", broken)
    assert columns(archive) is None


def test_a_few_minutes_of_a_long_year_are_read_from_the_table(
    archive_of: Callable[..., Archive],
) -> None:
    first = year_minutes(2019)[0]
    spread = first + np.arange(0, 300 * 1440, 10)
    archive = archive_of([source(1, "leo")], [records(1, spread, md_bool_on=[True] * len(spread))])
    assert columns(archive, names=["md_bool_on"], first=first, count=1440) is None
    assert files(archive) == []
    assert columns(archive, names=["md_bool_on"], first=first, count=200 * 1440) is not None
    assert columns(archive, names=["md_bool_on"], first=first, count=1440) is not None


def test_a_full_index_has_no_columns(archive: Archive) -> None:
    narrow = archive.settings.model_copy(update={"max_index_bytes": 4096})
    with Archive.open(narrow) as opened:
        assert columns(opened) is None
        assert files(opened) == []


def test_columns_never_take_the_room_of_positions(archive_of: Callable[..., Archive]) -> None:
    old, new = (year_minutes(year)[0] + np.arange(2000) for year in (2018, 2019))
    spread = np.linspace(-80, 80, 2000)
    tables = [
        records(1, minutes, nb=(spread, spread), md_double_confidence=list(spread))
        for minutes in (old, new)
    ]
    archive = archive_of([source(1, "leo")], tables)
    found = archive.catalogue.sources.get(1)
    store = store_of(archive)
    assert store is not None
    for year in (2018, 2019):
        assert store.make_tracks(found, year_of(archive, 1, year))
    assert store.make_columns(year_of(archive, 1, 2018), ["md_double_confidence"])
    taken = store.usage()[1]
    full = archive.settings.model_copy(update={"max_index_bytes": taken})
    with Archive.open(full) as opened:
        narrow = IndexStore(opened)
        # Another column finds the room that one of an older year had, and no more than that.
        assert narrow.make_columns(year_of(opened, 1, 2019), ["md_double_confidence"])
        assert [path.name[:4] for path in files(archive)] == ["2019"]
        assert not narrow.make_columns(year_of(opened, 1, 2019), ["nbtrace_lat_deg"])
        assert all(narrow.has(found, year_of(opened, 1, year)) for year in (2018, 2019))
        assert narrow.usage()[1] <= taken


def test_a_damaged_data_file_outside_of_the_window_does_no_harm(
    archive_of: Callable[..., Archive], monkeypatch: pytest.MonkeyPatch
) -> None:
    march, september = (
        int(datetime(2019, month, 1, tzinfo=UTC).timestamp()) // 60 + np.arange(size)
        for month, size in ((3, 3000), (9, 50))
    )
    archive = archive_of(
        [source(1, "leo")],
        [
            records(1, minutes, nb=(60.0, 0.0), md_double_confidence=[97.0] * len(minutes))
            for minutes in (march, september)
        ],
    )
    late = [file for file in year_of(archive).files if file.rows == 50]
    assert len(late) == 1
    late[0].path.write_bytes(b"no Parquet")
    condition = MixedFilter(
        MetadataFilter.from_dict(
            [{"key": "confidence", "operator": ">", "values": [95]}]
        ).to_sql(archive.catalogue.sources.get(1).ephemeris_metadata_schema)
    )  # fmt: skip
    rows = RecordRows(archive, archive.ephemeris.store.snapshot())
    read = rows.read(condition, [1], Partition(int(march[0]), int(march[-1])), "nbtrace")
    assert read.num_rows == len(march)
    with pytest.raises(ArchiveError):
        rows.read(condition, [1], Partition(int(march[0]), int(september[0])), "nbtrace")
    assert files(archive) == []
