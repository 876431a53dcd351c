"""Compaction of what other programs leave: many files a month, long files, rows twice."""

from __future__ import annotations

import random

import pyarrow as pa
import pytest

from core.archive import Archive, rewrite
from core.archive.compaction import compact
from core.archive.store import Change
from tests.unit.archive.batches import EVER, JANUARY, ephemeris, product

MONTH = 31 * 1440


def add_foreign(archive: Archive, source: int, batch: pa.Table) -> None:
    """Append one file without looking at what is there, as another program might."""
    store = archive.ephemeris.store
    schema = store.snapshot().schema
    from core.archive.ephemeris import normalised

    part = rewrite.shape(normalised(batch), schema)
    store.commit(lambda _: Change((), (part,), frozenset([source]), part.num_rows))


def rows(archive: Archive) -> dict[tuple, float]:
    table = archive.ephemeris.read(None, *EVER)
    keys = list(zip(table["source"].to_pylist(), table["epoch"].to_pylist(), strict=True))
    assert len(set(keys)) == len(keys)
    return dict(zip(keys, table["geo_lat_deg"].to_pylist(), strict=True))


def test_files_of_a_month_become_one_and_later_rows_stay(archive: Archive) -> None:
    rng = random.Random(3)
    expected = {}
    for number in range(6):
        minutes = sorted([*rng.sample(range(MONTH + 29 * 1440), 40), 7])
        batch = ephemeris(3, minutes, float(number))
        month = [m for m in minutes if m < MONTH]
        for part in (batch.slice(0, len(month)), batch.slice(len(month))):
            add_foreign(archive, 3, part)
        expected |= {(3, t): number for t in batch["epoch"].to_pylist()}
    archive.ephemeris.upsert(ephemeris(55, [0], 9.0))
    expected[55, JANUARY] = 9.0
    done = compact(archive.ephemeris.store)
    assert (done.before, done.after) == (12, 2)
    assert done.duplicates == 6 * 41 + 1 - len(expected)
    assert rows(archive) == expected
    version = archive.ephemeris.version
    assert compact(archive.ephemeris.store).before == 0
    assert archive.ephemeris.version == version


def test_a_file_over_several_months_is_taken_apart(archive: Archive) -> None:
    add_foreign(archive, 3, ephemeris(3, [0, MONTH, 2 * MONTH], 1.0))
    add_foreign(archive, 3, ephemeris(3, [MONTH + 1], 1.0))
    shares: list[float] = []
    done = compact(archive.ephemeris.store, shares.append)
    assert (done.before, done.after, done.duplicates) == (2, 3, 0)
    assert len(rows(archive)) == 4
    assert shares == [1.0]


@pytest.mark.parametrize("years", [1, 3])
def test_products_are_left_as_they_are(archive: Archive, years: int) -> None:
    for year in range(years):
        archive.products.upsert(product(46, f"u{year}", JANUARY.replace(year=2018 + year)))
    assert compact(archive.products.store).before == 0
