"""Index files: what was written comes back, and every kind of damage is noticed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import IndexDamaged
from core.search.index import file as index_file
from core.search.index.file import BLOCK, IndexFile, write_index

RNG = np.random.default_rng(3)
PLANES = RNG.integers(-(2**30), 2**30, (3, 40_000)).astype(np.int32)
WORDS = RNG.integers(0, 2**63, 700).astype(np.uint64)
ARRAYS = {"words": WORDS, "same": WORDS.copy(), "hi": PLANES, "one": PLANES[:, :1]}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "7" / "2019-x.tracks"
    write_index(made, {"year": 2019}, ARRAYS)
    return made


def test_arrays_come_back_whole_and_in_parts(path: Path) -> None:
    opened = IndexFile(path)
    assert opened.facts == {"year": 2019}
    for name, array in ARRAYS.items():
        assert np.array_equal(opened.array(name), array)
        assert opened.array(name).dtype == array.dtype
        assert opened.columns(name) == array.shape[-1]
    part = opened.array("hi", 1000, 500)
    assert np.array_equal(part, PLANES[:, 1000:1500])
    assert all(plane.flags.c_contiguous for plane in part)
    assert "hi" in opened
    assert "lo" not in opened


def test_what_is_mapped_cannot_be_written(path: Path) -> None:
    with pytest.raises(ValueError, match="read-only"):
        IndexFile(path).array("hi")[0, 0] = 1


def test_equal_bitmaps_and_zeros_take_space_once(tmp_path: Path) -> None:
    path = tmp_path / "zeros"
    size = write_index(path, {}, {"a": WORDS, "hi": np.zeros((3, 525_600), np.int32), "b": WORDS})
    assert path.stat().st_size > 6_000_000
    assert size < 300_000
    assert not IndexFile(path).array("hi").any()


def test_only_blocks_that_are_asked_for_are_compared_with_their_sums(path: Path) -> None:
    opened = IndexFile(path)
    opened.array("hi", 0, 10)
    assert 0 < opened.checked.sum() < len(opened.checked)
    opened.check_all()
    assert opened.checked.all()


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(where=st.floats(0, 1, exclude_max=True), flip=st.integers(1, 255))
def test_one_changed_byte_anywhere_is_noticed(path: Path, where: float, flip: int) -> None:
    whole = path.read_bytes()
    place = int(where * len(whole))
    damaged = path.with_name("damaged")
    damaged.write_bytes(whole[:place] + bytes([whole[place] ^ flip]) + whole[place + 1 :])
    try:
        opened = IndexFile(damaged)
        opened.check_all()
    except IndexDamaged as error:
        assert error.details["path"] == str(damaged)  # noqa: PT017 - or the byte is between arrays
    else:
        # Bytes between the header's parts mean nothing.
        for name, array in ARRAYS.items():
            assert np.array_equal(opened.array(name), array)


def test_swapped_blocks_are_noticed(path: Path) -> None:
    whole = bytearray(path.read_bytes())
    first, second = len(whole) - 2 * BLOCK, len(whole) - 3 * BLOCK
    a, b = whole[first : first + BLOCK], whole[second : second + BLOCK]
    whole[first : first + BLOCK], whole[second : second + BLOCK] = b, a
    path.write_bytes(whole)
    with pytest.raises(IndexDamaged, match="does not match its sum"):
        IndexFile(path).array("hi")


@pytest.mark.parametrize("left", [0, 10, 4095, 4096, 70_000])
def test_a_truncated_file_is_noticed_when_it_is_opened(path: Path, left: int) -> None:
    path.write_bytes(path.read_bytes()[:left])
    with pytest.raises(IndexDamaged):
        IndexFile(path)


@pytest.mark.parametrize("content", [b"PAR1" * 4096, b"\0" * 8192, b"ATLASIDX" + b"\xff" * 9000])
def test_a_foreign_file_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "foreign"
    path.write_bytes(content)
    with pytest.raises(IndexDamaged):
        IndexFile(path)


def test_a_failed_write_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(index_file.os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_index(tmp_path / "x", {}, ARRAYS)
    assert list(tmp_path.iterdir()) == []


def test_positions_stay_valid_when_their_file_is_removed(path: Path) -> None:
    part = IndexFile(path).array("hi", 5, 100)
    path.unlink()
    assert np.array_equal(part, PLANES[:, 5:105])
