"""Killed with SIGKILL at random instants: what was acknowledged is there, once, and no half.

A child tells before it writes a numbered batch and after the write has returned. The parent
kills it a random time after one of those lines; a kill before the acknowledgement of the batch
that was begun last counts as a kill inside a write.
"""

from __future__ import annotations

import random
import sqlite3
import statistics
import time
from dataclasses import dataclass, field
from datetime import timedelta

import numpy as np
import pytest

from core.archive import Archive
from core.archive.audit import audit
from core.settings import Settings
from tests.chaos.children import START, VALUE, a_source, batch_minutes, large_load, minutes
from tests.chaos.processes import Child, children, run_at_once

FAR = START + timedelta(days=400)
CHILDREN_AT_ONCE = 2  # one starts up while the other is being killed


@dataclass
class Kills:
    """What the parent has seen."""

    next_number: int = 0
    acknowledged: set[int] = field(default_factory=set)
    unknown: set[int] = field(default_factory=set)
    inside: int = 0
    landed: int = 0
    durations_s: list[float] = field(default_factory=lambda: [0.05])

    def kill_once(self, child: Child) -> None:
        """Let a child write two batches in peace, then kill it in or just after the third."""
        child.go(self.next_number)
        for _ in range(2):
            self._batch(child)
        begun = self._number(child, "begin")
        # Most of the instants fall inside of a write, some after it.
        time.sleep(random.uniform(0, 1.1) * statistics.median(self.durations_s[-9:]))
        child.kill()
        last = "begin"
        for word, rest in child.lines():
            last, number = word, int(rest)
            if word == "ack":
                self.acknowledged.add(number)
            begun = max(begun, number)
        if last == "begin":
            self.inside += 1
            self.unknown.add(begun)
        self.next_number = begun + 1

    def _batch(self, child: Child) -> None:
        self._number(child, "begin")
        started = time.monotonic()
        self.acknowledged.add(self._number(child, "ack"))
        self.durations_s.append(time.monotonic() - started)

    def _number(self, child: Child, word: str) -> int:
        line = child.line()
        assert line is not None
        assert line[0] == word
        return int(line[1])


def kill_many(settings: Settings, task: str, count: int) -> Kills:
    kills = Kills()
    random.seed(count)
    for first in range(0, count, CHILDREN_AT_ONCE):
        with children(settings.archive, task, min(CHILDREN_AT_ONCE, count - first)) as started:
            for child in started:
                kills.kill_once(child)
    return kills


def check_records(settings: Settings, kills: Kills) -> None:
    """Each batch is there whole or not at all, an acknowledged one whole, no row twice."""
    with Archive.open(settings) as archive:
        rows = archive.ephemeris.read([1], START, FAR, columns=["epoch", VALUE])
        # The table can be written to, and by the very source that was being killed.
        assert archive.ephemeris.upsert(minutes(1, [59_000], -1.0)).rows == 1
    found = {
        (e - START) // timedelta(minutes=1): int(v)
        for e, v in zip(rows["epoch"].to_pylist(), rows[VALUE].to_pylist(), strict=True)
    }
    assert len(found) == rows.num_rows
    whole = set()
    for number in kills.acknowledged | kills.unknown:
        own = [m for m in batch_minutes(number) if m]
        there = [m for m in own if found.get(m) == number]
        assert there in ([], own), f"batch {number} is there by half"
        if there:
            whole.add(number)
    assert kills.acknowledged <= whole
    assert found.keys() == {0} | {m for n in whole for m in batch_minutes(n)}
    assert found[0] == max(whole)
    kills.landed = len(kills.unknown & whole)


def check_loads(settings: Settings, kills: Kills) -> None:
    """Each load is there whole or not at all; one that was killed can be done again."""
    held = loads_held(settings)
    begun = kills.acknowledged | kills.unknown
    # Of loads of the same minutes the last one that landed is there.
    for place in range(15):
        mine = sorted(n for n in begun if n % 15 == place)
        last = max((n for n in mine if n in kills.acknowledged), default=-1)
        allowed = {n for n in mine if n >= last}
        assert held.get(place, -1) in allowed | ({-1} if last < 0 else set())
    kills.landed = len(kills.unknown & set(held.values()))
    with Archive.open(settings) as archive:
        for number in sorted(kills.unknown)[-3:]:
            rows = sum(batch.num_rows for batch in large_load(number))
            again = archive.ephemeris.load(large_load(number), "keep")
            assert (again.rows, again.kept) in [(rows, 0), (0, rows)]
            assert archive.ephemeris.load(large_load(number), "replace").replaced == rows
    loads_held(settings)
    assert audit(settings, deep=True).left == []


def loads_held(settings: Settings) -> dict[int, int]:
    """Return the number of the load that is there, by the minutes that it is of."""
    with Archive.open(settings) as archive:
        rows = archive.ephemeris.read(None, START, FAR, columns=["source", "epoch", VALUE])
    place = np.asarray(rows["epoch"].cast("int64")) // 60_000_000 % 15
    place = (place - int(START.timestamp()) // 60) % 15
    value = np.asarray(rows[VALUE])
    held = {}
    for one in np.unique(place):
        (number,) = np.unique(value[place == one])  # nothing of another load among it
        assert np.sum(place == one) == sum(batch.num_rows for batch in large_load(int(number)))
        held[int(one)] = int(number)
    return held


def check_catalogue(settings: Settings, kills: Kills) -> None:
    database = settings.archive / "catalogue.sqlite"
    with sqlite3.connect(database) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    connection.close()
    with Archive.open(settings) as archive:
        numbers = [entry.rows for entry in archive.catalogue.ingest_log.entries(100_000)]
        (source,) = archive.catalogue.sources.list()
    assert len(numbers) == len(set(numbers))
    assert kills.acknowledged <= set(numbers) <= kills.acknowledged | kills.unknown
    # The source is written before the log line of the same number.
    assert int(source.platform.split()[1]) in {max(numbers), max(kills.unknown, default=0)}


def report(kills: Kills, count: int) -> None:
    assert 2 * kills.inside >= count, f"only {kills.inside} of {count} kills fell inside a write"
    print(  # noqa: T201
        f"{count} kills, {kills.inside} of them between begin and acknowledgement; "
        f"{kills.landed} of those batches had landed"
    )


def test_twenty_kills_lose_no_acknowledged_record(settings: Settings) -> None:
    Archive.create(settings).close()
    kills = kill_many(settings, "write_records", 20)
    check_records(settings, kills)
    report(kills, 20)


def test_twenty_kills_of_large_loads_leave_them_whole_or_not_there(settings: Settings) -> None:
    with Archive.create(settings) as archive:
        for number in (1, 2, 3):
            archive.catalogue.sources.put(a_source(number, f"platform {number}"))
    kills = kill_many(settings, "load_much", 20)
    check_loads(settings, kills)
    report(kills, 20)


def test_ten_kills_of_bulk_loads_lose_no_acknowledged_record(settings: Settings) -> None:
    Archive.create(settings).close()
    kills = kill_many(settings, "load_records", 10)
    check_records(settings, kills)
    report(kills, 10)


def test_six_kills_lose_nothing_of_the_catalogue(settings: Settings) -> None:
    Archive.create(settings).close()
    kills = kill_many(settings, "write_catalogue", 6)
    check_catalogue(settings, kills)


@pytest.mark.soak
@pytest.mark.timeout(2700)
@pytest.mark.parametrize(
    ("task", "check", "count"),
    [
        ("write_records", check_records, 200),
        ("load_records", check_records, 200),
        ("load_much", check_loads, 100),
        ("write_catalogue", check_catalogue, 200),
    ],
)
def test_many_kills(settings: Settings, task: str, check, count: int) -> None:
    with Archive.create(settings) as archive:
        for number in (1, 2, 3) if check is check_loads else ():
            archive.catalogue.sources.put(a_source(number, f"platform {number}"))
    kills = kill_many(settings, task, count)
    check(settings, kills)
    report(kills, count)


def test_files_of_a_killed_write_are_not_seen(settings: Settings) -> None:
    """A data file that no log entry names is no part of the table."""
    with Archive.create(settings) as archive:
        archive.ephemeris.upsert(minutes(1, [1, 2, 3], 7.0))
        (live,) = archive.ephemeris.live_files([1], START, FAR)
        stray = live.path.with_name("2020-01-stray.parquet")
        stray.write_bytes(live.path.read_bytes())
        half = live.path.with_name("2020-01-half.parquet")
        half.write_bytes(live.path.read_bytes()[:100])
    with Archive.open(settings) as archive:
        assert archive.ephemeris.read([1], START, FAR).num_rows == 3
        assert archive.ephemeris.upsert(minutes(1, [1, 4], 8.0)).rows == 2
        assert archive.ephemeris.read([1], START, FAR)[VALUE].to_pylist() == [8, 7, 7, 8]


def test_a_full_disk_is_told_and_leaves_what_was_there(settings: Settings) -> None:
    Archive.create(settings).close()
    ((told, files, rows),) = run_at_once(settings.archive, "write_on_a_full_disk", [()])
    # One file is live; what the failed write began is gone.
    assert (told, files, rows) == ("ArchiveError", 1, 1)
    with Archive.open(settings) as archive:
        assert archive.ephemeris.read([1], START, FAR)[VALUE].to_pylist() == [1, 1, 3]


def test_a_disk_that_fills_up_during_a_load_leaves_nothing_of_it(settings: Settings) -> None:
    Archive.create(settings).close()
    ((told, files, rows),) = run_at_once(settings.archive, "load_on_a_full_disk", [()])
    assert (told, files) == ("ArchiveError", 1)
    assert rows == sum(batch.num_rows for batch in large_load(5))


@pytest.mark.parametrize("torn", [b"", b'{"add":{"path":"sou'])
def test_a_log_entry_torn_by_a_power_cut_is_set_aside(settings: Settings, torn: bytes) -> None:
    with Archive.create(settings) as archive:
        version = archive.ephemeris.upsert(minutes(1, [1, 2], 7.0)).version
    folder = settings.archive / "tables" / "ephemeris" / "_delta_log"
    entry = folder / f"{version + 1:020d}.json"
    entry.write_bytes(torn)
    with Archive.open(settings) as archive:
        assert archive.ephemeris.read([1], START, FAR).num_rows == 2
        assert archive.ephemeris.upsert(minutes(1, [3], 7.0)).version == version + 1
    aside = settings.archive / "tables" / "ephemeris" / "_torn" / entry.name
    assert aside.read_bytes() == torn


def test_a_torn_checkpoint_is_set_aside(settings: Settings) -> None:
    with Archive.create(settings) as archive:
        for number in range(52):
            archive.ephemeris.upsert(minutes(1, [number], number))
    folder = settings.archive / "tables" / "ephemeris" / "_delta_log"
    (checkpoint,) = folder.glob("*.checkpoint*.parquet")
    checkpoint.write_bytes(checkpoint.read_bytes()[:-50])
    with Archive.open(settings) as archive:
        assert archive.ephemeris.read([1], START, FAR)[VALUE].to_pylist() == list(range(52))
    assert not list(folder.glob("*.checkpoint*"))
