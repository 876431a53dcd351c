"""Two processes write at the same time; neither has a lock to wait for."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pyarrow.compute as pc

from core.archive import Archive
from core.settings import Settings
from tests.chaos.children import START, VALUE, minutes
from tests.chaos.processes import run_at_once

FAR = START + timedelta(days=400)


def test_two_processes_on_one_source_both_land_and_give_way(settings: Settings) -> None:
    Archive.create(settings).close()
    even, odd = list(range(0, 60, 2)), list(range(1, 60, 2))
    retries = run_at_once(settings.archive, "write_singly", [(1, even, VALUE), (1, odd, VALUE)])
    with Archive.open(settings) as archive:
        rows = archive.ephemeris.read([1], START, FAR)
    assert sorted(rows[VALUE].to_pylist()) == list(range(60))
    assert rows["epoch"].to_pylist() == [START + timedelta(minutes=n) for n in range(60)]
    assert sum(retries) >= 1
    assert_no_lock_files(settings.archive)


def test_two_bulk_loads_of_one_source_both_land(settings: Settings) -> None:
    Archive.create(settings).close()
    even, odd = list(range(0, 30, 2)), list(range(1, 30, 2))
    run_at_once(settings.archive, "load_singly", [(1, even, VALUE), (1, odd, VALUE)])
    with Archive.open(settings) as archive:
        rows = archive.ephemeris.read([1], START, FAR)
        assert len(archive.ephemeris.store.snapshot().files) == 1
    assert rows[VALUE].to_pylist() == list(range(30))


def test_two_processes_on_different_sources_do_not_give_way(settings: Settings) -> None:
    with Archive.create(settings) as archive:
        # Have the column first: adding one changes the schema, and that all writers wait for.
        archive.ephemeris.upsert(minutes(9, [0], 0.0))
    numbers = list(range(12))
    retries = run_at_once(settings.archive, "write_singly", [(s, numbers, VALUE) for s in (1, 2)])
    with Archive.open(settings) as archive:
        counts = archive.ephemeris.day_counts(START, FAR, [1, 2])
    assert counts["count"].to_pylist() == [12, 12]
    assert retries == [0, 0]


def test_two_processes_that_add_columns_at_once_both_land(settings: Settings) -> None:
    Archive.create(settings).close()
    jobs = [(source, list(range(4)), f"md_double_of_{source}") for source in (1, 2)]
    run_at_once(settings.archive, "write_singly", jobs)
    with Archive.open(settings) as archive:
        rows = archive.ephemeris.read(None, START, FAR)
    for source, other in ((1, 2), (2, 1)):
        own = rows.filter(pc.equal(rows["source"], source))
        assert own[f"md_double_of_{source}"].to_pylist() == [0, 1, 2, 3]
        assert own[f"md_double_of_{other}"].null_count == 4


def test_processes_that_create_one_archive_at_once_all_have_it(settings: Settings) -> None:
    run_at_once(settings.archive, "create", [(), (), ()])
    with Archive.open(settings) as archive:
        assert archive.ephemeris.upsert(minutes(1, [0], 1.0)).version == 2


def test_two_processes_that_add_sources_get_different_identifiers(settings: Settings) -> None:
    Archive.create(settings).close()
    run_at_once(settings.archive, "add_sources", [(0, 20), (100, 20)])
    with Archive.open(settings) as archive:
        found = archive.catalogue.sources.list()
    assert len({s.identifier for s in found}) == len(found) == 40


def assert_no_lock_files(folder: Path) -> None:
    assert not [p for p in folder.rglob("*") if "lock" in p.name.lower()]
