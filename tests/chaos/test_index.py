"""Processes that make, use, damage and drop one track index at once."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import time
import zlib
from pathlib import Path

import numpy as np
import pytest
import structlog

from core.archive import Archive
from core.archive.filters import SqlFilter
from core.search.filters.mixed_filter import MixedFilter
from core.search.filters.record_rows import RecordRows
from core.search.index.minutes import SourceMinutes
from core.search.index.source_minutes import SourceReader, year_minutes
from core.search.index.store import IndexStore, store_of
from core.search.plan import Partition
from core.settings import Settings

ROOT = Path(__file__).parents[2]
FIRST = year_minutes(2019)[0]
SPAN = 40 * 1440
TYPES = ("nbtrace", "geographic")
CONFIDENCE = "md_double_confidence"


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    # Not above: a child that runs this file has no such package.
    from tests.oracle.small_archive import make_archive, records, source

    minutes = FIRST + np.arange(SPAN)
    rng = np.random.default_rng(2)
    place = (rng.uniform(-90, 90, SPAN), rng.uniform(-180, 180, SPAN))
    table = records(1, minutes, nb=place, geo=place, md_double_confidence=rng.random(SPAN))
    return make_archive(tmp_path, [source(1, "leo", frame="geodetic")], [table])


def read(archive: Archive, index: IndexStore | None) -> SourceMinutes:
    """Read all minutes of the source."""
    reader = SourceReader(index, archive.ephemeris.store.snapshot(), TYPES, True)
    return reader.read(archive.catalogue.sources.get(1), FIRST, SPAN)


def chosen(archive: Archive, index: IndexStore | None) -> np.ndarray:
    """Return the minutes that a filter lets pass, read out of columns or the table."""
    rows = RecordRows(archive, archive.ephemeris.store.snapshot())
    rows.index = index
    condition = SqlFilter(f'"{CONFIDENCE}" > 0.5', columns=frozenset([CONFIDENCE]))
    piece = Partition(FIRST, FIRST + SPAN - 1)
    return np.sort(rows.read(MixedFilter(condition), [1], piece, "nbtrace")["minute"].to_numpy())


def fingerprint(archive: Archive, index: IndexStore | None) -> int:
    """Return a number for everything that is read."""
    found = read(archive, index)
    parts = [found.present, found.known, found.north, chosen(archive, index)]
    for kind in TYPES:
        track = found.tracks[kind]
        parts += [track.located, *track.hi, *track.lo]
    return zlib.crc32(b"".join(np.ascontiguousarray(part).tobytes() for part in parts))


def start(archive: Archive, times: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, __file__, str(archive.path), str(times)],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )


def seen(child: subprocess.Popen[str]) -> list[str]:
    said, _ = child.communicate(timeout=120)
    return said.split()


def test_processes_that_make_and_drop_one_index_all_read_the_same(archive: Archive) -> None:
    children = [start(archive, 6) for _ in range(3)]
    said = [seen(child) for child in children]
    assert [child.returncode for child in children] == [0, 0, 0]
    assert [len(lines) for lines in said] == [6, 6, 6]
    assert len({line for lines in said for line in lines}) == 1
    archive.close()


def test_a_process_killed_while_it_makes_an_index_leaves_a_good_one_or_none(
    archive: Archive,
) -> None:
    expected = fingerprint(archive, None)
    for delay_s in (0.0, 0.02, 0.1):
        child = start(archive, 1000)
        assert child.stdout is not None
        child.stdout.readline()
        time.sleep(delay_s)
        child.kill()
        child.communicate()
        store = store_of(archive)
        assert store is not None
        assert fingerprint(archive, IndexStore(archive)) == expected
        assert fingerprint(archive, store) == expected
    archive.close()


def test_what_killed_processes_left_is_cleared_away(archive: Archive) -> None:
    store = IndexStore(archive)
    folder = store.folder / "1"
    folder.mkdir(parents=True)
    old, new = folder / ".2019-x.tracks.1-a.tmp", folder / ".2019-x.tracks.2-b.tmp"
    for path in (old, new):
        path.write_bytes(b"half")
    os.utime(old, (time.time() - 90_000,) * 2)
    read(archive, store)
    assert not old.exists()
    assert new.exists()
    assert store.drop()[0] == 2
    assert list(folder.iterdir()) == []
    archive.close()


def make_and_drop(folder: Path, times: int) -> None:
    """Read the source again and again, without an index before each time; say what was seen."""
    with Archive.open(Settings(archive=folder)) as archive:
        for _ in range(times):
            store = IndexStore(archive)
            store.drop()
            sys.stdout.write(f"{fingerprint(archive, store)}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    structlog.configure(logger_factory=structlog.stdlib.LoggerFactory())
    make_and_drop(Path(sys.argv[1]), int(sys.argv[2]))
