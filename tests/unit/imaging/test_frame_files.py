from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import text

from core.archive import Archive
from core.errors import FileRefused
from core.imaging.frame_files import FrameFile, FrameFileTable
from core.imaging.frames import THUMBNAIL
from core.imaging.readers.bounded import sha256_of
from core.settings import Settings

START = np.datetime64("2014-03-10T06:00:00.5", "us")
SECOND = np.timedelta64(1, "s")


@pytest.fixture
def table(settings: Settings) -> Iterator[FrameFileTable]:
    with Archive.create(settings) as archive:
        yield FrameFileTable(archive.catalogue)


def file(path: Path, *, begin: int = 0, count: int = 4, source: int = 46) -> FrameFile:
    if not path.exists():
        path.write_text(path.name)
    stat = path.stat()
    times = START + SECOND * (begin + 3 * np.arange(count))
    return FrameFile(
        source, path, sha256_of(path), stat.st_size, stat.st_mtime_ns, "full", "themis19", times
    )


def found(table: FrameFileTable, begin: int, end: int, source: int = 46) -> list[str]:
    files = table.between(source, START + begin * SECOND, START + end * SECOND)
    return [item.path.name for item in files]


def test_what_was_written_is_read(table: FrameFileTable, tmp_path: Path) -> None:
    one = file(tmp_path / "a")
    assert table.put([one]) == [True]
    (back,) = table.between(46, START, START + SECOND)
    assert back.same(one)
    assert np.array_equal(back.times, one.times)
    assert table.put([one, file(tmp_path / "b", begin=60)]) == [False, True]
    assert table.put([]) == []
    assert table.sources() == [46]


def test_windows_are_half_open_and_by_frame(table: FrameFileTable, tmp_path: Path) -> None:
    table.put(
        [file(tmp_path / "b", begin=60), file(tmp_path / "a"), file(tmp_path / "c", source=3)]
    )
    assert found(table, 0, 61) == ["a", "b"]
    assert found(table, 9, 10) == ["a"]
    assert found(table, -5, 0) == []
    assert found(table, 10, 60) == []
    assert found(table, 4, 6) == []  # between two frames of one file
    assert found(table, 0, 100, source=3) == ["c"]
    assert found(table, 0, 100, source=4) == []


def test_thumbnails_are_a_kind_of_their_own(table: FrameFileTable, tmp_path: Path) -> None:
    table.put([replace(file(tmp_path / "a"), kind=THUMBNAIL)])
    assert found(table, 0, 100) == []
    assert len(table.between(46, START, START + SECOND, THUMBNAIL)) == 1
    assert table.sources() == []


def test_a_moved_file_and_a_new_content_replace_the_old_entry(
    table: FrameFileTable, tmp_path: Path
) -> None:
    one = file(tmp_path / "a")
    table.put([one])
    moved = replace(one, path=tmp_path / "elsewhere")
    assert table.put([moved]) == [True]
    assert found(table, 0, 100) == ["elsewhere"]
    other = replace(moved, sha256="0" * 64, times=one.times + 5 * SECOND)
    assert table.put([other]) == [True]
    (back,) = table.between(46, START, START + 100 * SECOND)
    assert back.same(other)


def test_version_changes_with_the_entries(table: FrameFileTable, tmp_path: Path) -> None:
    versions = [table.version(46)]
    for name in ("a", "b"):
        table.put([file(tmp_path / name, begin=60 * len(versions))])
        versions.append(table.version(46))
    assert len(set(versions)) == 3
    table.put([file(tmp_path / "a", begin=60)])
    assert table.version(46) == versions[-1]
    table.put([replace(file(tmp_path / "b", begin=120), source_id=47)])  # it was another's
    assert table.version(46) == versions[1]  # and so all is as before it came


def test_a_file_is_known_by_size_and_time_or_by_its_bytes(tmp_path: Path) -> None:
    one = file(tmp_path / "a")
    assert one.check() == one.mtime_ns
    os.utime(one.path, ns=(1, 1))  # touched, the same bytes
    assert one.check() == 1
    one.path.write_text("b")
    with pytest.raises(FileRefused, match=r"a is refused: it has changed since") as caught:
        one.check()
    assert "ingest asi" in caught.value.hint
    one.path.write_text("longer")
    with pytest.raises(FileRefused, match="has changed"):
        one.check()
    one.path.unlink()
    with pytest.raises(FileRefused, match=r"a is refused: it is not at .* any more"):
        one.check()


def test_a_damaged_entry_is_refused_by_name(settings: Settings, tmp_path: Path) -> None:
    with Archive.create(settings) as archive:
        table = FrameFileTable(archive.catalogue)
        table.put([file(tmp_path / "a")])
        with archive.catalogue.writing() as session:
            session.execute(text("UPDATE frame_files SET times = zeroblob(3)"))
        with pytest.raises(FileRefused, match=r"catalogue knows of .*a is damaged"):
            table.between(46, START, START + SECOND)
