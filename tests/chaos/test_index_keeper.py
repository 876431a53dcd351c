"""The index that is made in the background: by one process at a time, away when a job comes."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from core.archive import Archive
from core.search.index import upkeep
from core.search.index.idle import IdleKeeper
from core.search.index.source_minutes import year_minutes
from core.search.index.store import IndexStore
from core.settings import Settings
from tests.oracle.small_archive import make_archive, records, source

ROOT = Path(__file__).parents[2]
YEARS = (2018, 2019, 2020)
SOURCES = (1, 2, 3)
FULL = len(YEARS) * len(SOURCES)


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    rng = np.random.default_rng(4)
    minutes = np.concatenate([year_minutes(year)[0] + np.arange(9000) for year in YEARS])
    tables = []
    for number in SOURCES:
        place = rng.uniform(-90, 90, len(minutes)), rng.uniform(-180, 180, len(minutes))
        tables.append(records(number, minutes, nb=place, geo=place))
    made = make_archive(tmp_path, [source(n, "leo") for n in SOURCES], tables)
    yield made
    made.close()


def start(archive: Archive, *words: str, **environment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "core", "index", "build", "--idle", "--quiet", *words],
        stdout=subprocess.PIPE, text=True, cwd=ROOT,
        env=os.environ | {"ATLAS_ARCHIVE": str(archive.path)} | environment,
    )  # fmt: skip


def left(archive: Archive) -> int:
    return len(upkeep.missing(archive, IndexStore(archive)))


def half_made(archive: Archive) -> list[Path]:
    return list((archive.path / "index").glob("*/.*.tmp"))


def wait_for(what: object, seconds: float = 60.0) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if what():  # type: ignore[operator]
            return True
        time.sleep(0.02)
    return False


def checked(archive: Archive) -> None:
    """Look at every byte of every file."""
    store = IndexStore(archive)
    for pair in upkeep.years_of(archive):
        opened = store.make_tracks(*pair)
        assert opened is not None
        opened.check_all()


def test_two_processes_at_once_make_each_file_once_and_whole(archive: Archive) -> None:
    children = [start(archive) for _ in range(2)]
    said = [child.communicate(timeout=120)[0].strip() for child in children]
    assert [child.returncode for child in children] == [0, 0]
    assert set(said) <= {"0 source-years are left", "another process is at it"}
    assert "0 source-years are left" in said
    assert left(archive) == 0
    assert half_made(archive) == []
    checked(archive)


def test_while_one_process_is_at_it_another_leaves_it_alone(archive: Archive) -> None:
    store = IndexStore(archive)
    with upkeep.only_one(store) as alone:
        assert alone
        assert upkeep.kept_now(store)
        said = start(archive).communicate(timeout=120)[0]
        assert "another process" in said
        assert left(archive) == FULL
    assert not upkeep.kept_now(store)


def test_one_killed_at_any_moment_is_followed_by_one_that_ends_the_work(archive: Archive) -> None:
    for made in range(0, FULL, 3):
        child = start(archive)
        assert wait_for(lambda made=made: left(archive) <= FULL - made or half_made(archive))
        child.send_signal(signal.SIGKILL)
        child.communicate(timeout=60)
        upkeep.clear_after(IndexStore(archive), child.pid)
        assert half_made(archive) == []
    child = start(archive)
    child.communicate(timeout=120)
    assert (child.returncode, left(archive)) == (0, 0)
    checked(archive)


FULL_DISK = """
import resource, runpy, signal, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
sys.argv = ["core", "index", "build", "--idle", "--quiet"]
runpy.run_module("core", run_name="__main__")
"""


def test_a_full_disk_leaves_nothing_half_made_and_the_next_one_ends_the_work(
    archive: Archive,
) -> None:
    child = subprocess.run(
        [sys.executable, "-c", FULL_DISK],
        cwd=ROOT, env=os.environ | {"ATLAS_ARCHIVE": str(archive.path)},
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert (child.returncode, left(archive)) == (1, FULL)
    assert f"{FULL} source-years are left" in child.stdout
    assert "searches read the tables" in child.stdout + child.stderr
    assert half_made(archive) == []
    child = start(archive)
    child.communicate(timeout=120)
    assert left(archive) == 0


@pytest.mark.parametrize("number", [errno.EROFS, errno.EACCES, errno.ENOSPC])
def test_a_folder_that_refuses_is_done_without(
    archive: Archive, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def refuse(*arguments: object, **options: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(Path, "mkdir", refuse)
    store = IndexStore(archive)
    assert upkeep.keep(archive, store, lambda: False) == FULL
    assert upkeep.remove_stale(archive, store) == (0, 0)


def test_what_is_out_of_date_goes_and_what_is_current_stays(archive: Archive) -> None:
    store = IndexStore(archive)
    assert upkeep.keep(archive, store, lambda: False) == 0
    whole = {path for path, _ in store.files()}
    first = year_minutes(2019)[0]
    archive.ephemeris.upsert(records(2, [first], nb=(1.0, 2.0)))
    assert upkeep.remove_stale(archive, store)[0] == 1
    assert {path for path, _ in store.files()} < whole
    assert left(archive) == 1
    asked: list[bool] = []
    assert upkeep.keep(archive, store, lambda: not asked.append(True)) == 1  # told to stop
    assert upkeep.keep(archive, store, lambda: False) == 0


COLUMN = "nbtrace_lat_deg"


def with_column(archive: Archive) -> set[tuple[int, int]]:
    """Return source and year of what has the column, as it is in the table now."""
    store = IndexStore(archive)
    return {
        (records.source, records.year)
        for _, records in upkeep.years_of(archive)
        if store.column_path_of(records, COLUMN).is_file()
    }


def ask_for_column(archive: Archive, number: int, year: int) -> None:
    """Do what a search with a filter on the column does."""
    years = {(records.source, records.year): records for _, records in upkeep.years_of(archive)}
    assert IndexStore(archive).make_columns(years[number, year], [COLUMN])


def test_a_column_of_one_year_is_made_of_the_others_and_anew_after_a_write(
    archive: Archive,
) -> None:
    store = IndexStore(archive)
    assert not upkeep.columns_missing(archive, store)
    ask_for_column(archive, 2, 2019)
    assert with_column(archive) == {(2, 2019)}
    assert upkeep.work_left(archive, store)
    assert upkeep.keep(archive, store, lambda: False) == 0
    assert with_column(archive) == {(2, year) for year in YEARS}
    assert not upkeep.work_left(archive, store)
    first = year_minutes(2019)[0]
    archive.ephemeris.upsert(records(2, [first], nb=(12.5, 2.0)))
    assert with_column(archive) == {(2, 2018), (2, 2020)}
    assert upkeep.keep(archive, store, lambda: True) == 1
    assert upkeep.columns_missing(archive, store), "one that was told to stop forgets nothing"
    assert upkeep.keep(archive, store, lambda: False) == 0
    assert not upkeep.work_left(archive, store)
    years = {(records.source, records.year): records for _, records in upkeep.years_of(archive)}
    found = store.columns(years[2, 2019], [COLUMN], first, 2)
    assert found is not None
    assert found[COLUMN].to_pylist()[0] == 12.5
    assert len({path for path, _ in store.files() if path.suffix == ".column"}) == len(YEARS)


def test_an_idle_worker_makes_the_columns_that_a_search_has_asked_for(archive: Archive) -> None:
    upkeep.keep(archive, IndexStore(archive), lambda: False)
    stop = threading.Event()
    keeper = IdleKeeper(Settings(archive=archive.path), stop, idle_after_s=0.1)
    keeper.start()
    try:
        time.sleep(0.5)
        assert not keeper.at_work
        ask_for_column(archive, 3, 2018)  # as a search in the web server does
        assert wait_for(lambda: len(with_column(archive)) == len(YEARS))
        assert wait_for(lambda: not keeper.at_work)
    finally:
        stop.set()
        keeper.join(60)
    assert with_column(archive) == {(3, year) for year in YEARS}
    assert half_made(archive) == []


def test_the_newest_years_have_the_room_there_is(archive: Archive) -> None:
    child = start(archive)
    child.communicate(timeout=120)
    size = IndexStore(archive).usage()[1]
    IndexStore(archive).drop()
    child = start(archive, ATLAS_MAX_INDEX_BYTES=str(size * 6 // 10))
    assert child.communicate(timeout=120)[0].split()[0] != "0"
    assert child.returncode == 1
    there = {path.name[:4] for path in (archive.path / "index").rglob("*.tracks")}
    assert "2020" in there
    assert "2018" not in there
    assert IndexStore(archive).usage()[1] <= size * 6 // 10


def test_an_idle_worker_has_it_made_and_a_job_ends_that_at_once(archive: Archive) -> None:
    stop = threading.Event()
    keeper = IdleKeeper(Settings(archive=archive.path), stop, idle_after_s=0.1)
    keeper.start()
    try:
        assert wait_for(lambda: keeper.at_work)
        with keeper.away():
            assert not keeper.at_work
            before = left(archive)
            time.sleep(0.5)
            assert not keeper.at_work
            assert left(archive) == before
        assert wait_for(lambda: left(archive) == 0)
        assert wait_for(lambda: not keeper.at_work)
        assert half_made(archive) == []
        archive.ephemeris.upsert(records(1, [year_minutes(2020)[0]], nb=(1.0, 2.0)))
        assert left(archive) == 1
        assert wait_for(lambda: left(archive) == 0)
    finally:
        stop.set()
        keeper.join(60)
    assert not keeper.is_alive()
    assert not keeper.at_work
