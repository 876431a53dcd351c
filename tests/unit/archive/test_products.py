from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pyarrow as pa
import pytest

from core.archive import Archive
from core.archive.availability import ephemeris_availability, product_availability
from core.errors import BadInput
from tests.unit.archive.batches import EVER, ephemeris, product

DAY = datetime(2020, 1, 1, tzinfo=UTC)
NEXT = DAY + timedelta(days=1)


def urls(archive: Archive, *bounds: datetime, **options) -> list[str]:
    return archive.products.read([46], *(bounds or EVER), **options)["url"].to_pylist()


def test_a_product_with_the_same_url_is_replaced_whatever_its_start(archive: Archive) -> None:
    archive.products.upsert(product(46, "a.png", DAY, md_string_keogram_type="daily"))
    archive.products.upsert(product(46, "b.png", DAY))
    archive.products.upsert(product(46, "a.png", DAY - timedelta(days=1)))
    rows = archive.products.read([46], *EVER).to_pylist()
    assert [(r["url"], r["year"]) for r in rows] == [("a.png", 2019), ("b.png", 2020)]
    assert rows[0]["md_string_keogram_type"] is None


def test_the_same_url_of_another_source_is_another_product(archive: Archive) -> None:
    archive.products.upsert(product(46, "a.png", DAY))
    archive.products.upsert(product(55, "a.png", DAY))
    assert archive.products.read(None, *EVER)["source"].to_pylist() == [46, 55]


def test_last_of_equal_urls_in_a_batch_counts(archive: Archive) -> None:
    batch = pa.concat_tables([product(46, "a.png", DAY), product(46, "a.png", NEXT)])
    assert archive.products.upsert(batch).rows == 1
    assert archive.products.read([46], *EVER)["start"].to_pylist() == [NEXT]


@pytest.mark.parametrize(
    ("start", "end", "contained", "overlapping"),
    [
        (DAY, NEXT, True, True),
        (DAY + timedelta(hours=1), NEXT, False, True),
        (DAY, NEXT - timedelta(seconds=1), False, True),
        (NEXT, NEXT, False, True),
        (NEXT + timedelta(seconds=1), EVER[1], False, False),
        (EVER[0], DAY, False, True),
        (EVER[0], DAY - timedelta(seconds=1), False, False),
    ],
)
def test_read_wants_products_contained_or_overlapping(
    archive: Archive, start: datetime, end: datetime, contained: bool, overlapping: bool
) -> None:
    archive.products.upsert(product(46, "a.png", DAY))
    assert bool(urls(archive, start, end)) is contained
    assert bool(urls(archive, start, end, contained=False)) is overlapping


def test_a_product_that_reaches_into_the_next_year_is_found_there(archive: Archive) -> None:
    eve = datetime(2019, 12, 31, 12, tzinfo=UTC)
    archive.products.upsert(product(46, "a.png", eve))
    assert urls(archive, DAY, NEXT, contained=False) == ["a.png"]
    assert urls(archive, DAY, NEXT) == []


def test_an_end_between_two_milliseconds_is_found(archive: Archive) -> None:
    end = DAY + timedelta(microseconds=1500)
    archive.products.upsert(product(46, "a.png", DAY, hours=1.5e-3 / 3600))
    assert urls(archive, end, NEXT, contained=False) == ["a.png"]


def test_types_select_and_are_counted(archive: Archive) -> None:
    archive.products.upsert(product(46, "a.png", DAY))
    archive.products.upsert(product(46, "b.mp4", DAY, data_product_type="movie"))
    assert urls(archive, types=("movie", "montage")) == ["b.mp4"]
    day = DAY.date()
    assert product_availability(archive, day, day) == {46: {"2020-01-01": 2}}
    assert product_availability(archive, day, day, [46], ("movie",)) == {46: {"2020-01-01": 1}}
    assert product_availability(archive, day, day, [55]) == {}


def test_delete_urls_counts_what_was_there(archive: Archive) -> None:
    archive.products.upsert(product(46, "a.png", DAY))
    archive.products.upsert(product(46, "b.png", DAY))
    archive.products.upsert(product(55, "a.png", DAY))
    assert archive.products.delete_urls(46, ["a.png", "none.png"]) == 1
    assert archive.products.delete_urls(46, ["a.png"]) == 0
    assert urls(archive) == ["b.png"]
    assert archive.products.read([55], *EVER).num_rows == 1


def test_ephemeris_availability_has_both_days_and_no_empty_ones(archive: Archive) -> None:
    archive.ephemeris.upsert(ephemeris(3, [0, 1439, 1440, 4320]))
    found = ephemeris_availability(archive, date(2020, 1, 1), date(2020, 1, 3))
    assert found == {3: {"2020-01-01": 2, "2020-01-02": 1}}


def batch(name: str, hours: list[int], value: float) -> pa.Table:
    epochs = [DAY + timedelta(hours=h) for h in hours]
    return pa.table(
        {
            "name": [name] * len(hours),
            "epoch": epochs,
            "value": [value] * len(hours),
            "provenance": ["simulated"] * len(hours),
        }
    )


def test_indices_are_replaced_value_by_value(archive: Archive) -> None:
    archive.indices.replace(batch("kp", [0, 3, 6], 1.0))
    archive.indices.replace(batch("dst_nt", [0], -30.0))
    archive.indices.replace(batch("kp", [3, 9], 4.0))
    table = archive.indices.read(["kp"], DAY, DAY + timedelta(hours=6))
    assert table["value"].to_pylist() == [1.0, 4.0, 1.0]
    both = archive.indices.read(["kp", "dst_nt"], *EVER)
    assert both["name"].to_pylist() == ["dst_nt"] + ["kp"] * 4


@pytest.mark.parametrize("name", ["my index", "a/b", "Kp", "", "ü", "x" * 41, "%20"])
def test_a_name_of_an_index_is_plain(archive: Archive, name: str) -> None:
    with pytest.raises(BadInput, match="no name of an index"):
        archive.indices.replace(batch(name, [0], 1.0))
    assert archive.indices.store.snapshot().files == ()
