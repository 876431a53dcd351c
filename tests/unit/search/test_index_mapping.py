"""Files mapped into memory: as they are, without a descriptor, and let go when nothing looks."""

from __future__ import annotations

import gc
import os
from pathlib import Path

import numpy as np
import pytest

from core.search.index.file import IndexFile, write_index
from core.search.index.mapping import map_file

MANY = 300


def mapped(path: Path) -> bool:
    return str(path) in Path("/proc/self/maps").read_text()


def test_bytes_outlive_the_descriptor_and_go_with_the_last_view(tmp_path: Path) -> None:
    path = tmp_path / "x"
    content = np.random.default_rng(1).bytes(100_000)
    path.write_bytes(content)
    with path.open("rb") as stream:
        octets = map_file(stream.fileno(), len(content))
    assert octets.tobytes() == content
    assert not octets.flags.writeable
    part = octets[5:9].view("<u4")
    del octets
    gc.collect()
    assert part.tobytes() == content[5:9]
    assert mapped(path)
    del part
    gc.collect()
    assert not mapped(path)


def test_open_index_files_take_no_descriptors(tmp_path: Path) -> None:
    path = tmp_path / "7" / "2019-x.tracks"
    write_index(path, {}, {"a": np.arange(10)})
    before = len(os.listdir("/proc/self/fd"))
    files = [IndexFile(path) for _ in range(MANY)]
    assert len(os.listdir("/proc/self/fd")) == before
    assert all(file.array("a")[9] == 9 for file in files)


def test_what_cannot_be_mapped_says_why(tmp_path: Path) -> None:
    descriptor = os.open(tmp_path, os.O_RDONLY)
    try:
        with pytest.raises(OSError, match=r"No such device|Invalid|Permission"):
            map_file(descriptor, 10)
    finally:
        os.close(descriptor)
