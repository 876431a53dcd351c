"""Whatever is done to a file, the readers return frames or refuse it: nothing else, ever."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from core.archive.cdf import CdfFile
from core.errors import FileRefused
from core.imaging.readers import read_frames
from tests.unit.imaging import files

LIMIT = 2**22
FRAMES = 2
FRAME_BYTES = 256 * 256 * 2


@cache
def plain() -> bytes:
    return files.pgm_bytes(files.images(FRAMES))


@cache
def packed() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        return files.minute_file(Path(folder), count=FRAMES).read_bytes()


@cache
def cdf() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        pictures = files.images(20, (32, 32))
        return files.themis_cdf(Path(folder) / "a.cdf", pictures, kind="ast").read_bytes()


def frames_or_refusal(content: bytes) -> int:
    """Return the number of frames, 0 when refused; any other exception fails the test."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(content)
        file.flush()
        try:
            frames = read_frames(Path(file.name), LIMIT)
        except FileRefused:
            return 0
    images = frames["images"].values
    assert images.dtype == np.uint16
    assert (np.diff(frames["time"].values) > np.timedelta64(0)).all()
    return int(images.shape[0])


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 2 * FRAME_BYTES + 2000))
def test_truncated_plain_file_gives_whole_frames_only(size: int) -> None:
    count = frames_or_refusal(plain()[:size])
    # Only a cut exactly between two images leaves a file that is whole by itself.
    assert count == (FRAMES if size >= len(plain()) else 0) or plain()[size : size + 3] == b"P5\n"


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_truncated_gzip_is_always_refused(data: st.DataObject) -> None:
    size = data.draw(st.integers(0, len(packed()) - 1))
    assert frames_or_refusal(packed()[:size]) == 0


@settings(deadline=None, max_examples=150)
@given(st.integers(0, 420), st.integers(1, 255), st.sampled_from([0, FRAME_BYTES]))
def test_flipped_bits_of_a_header_are_harmless(place: int, mask: int, frame: int) -> None:
    content = bytearray(plain())
    content[(place + frame) % len(content)] ^= mask
    assert frames_or_refusal(bytes(content)) in (0, FRAMES)


@settings(deadline=None, max_examples=60)
@given(st.data(), st.integers(1, 255))
def test_flipped_bits_of_a_gzip_file_are_harmless(data: st.DataObject, mask: int) -> None:
    content = bytearray(packed())
    content[data.draw(st.integers(0, len(content) - 1))] ^= mask
    assert frames_or_refusal(bytes(content)) in (0, FRAMES)


@settings(deadline=None, max_examples=300)
@given(st.data(), st.integers(1, 255))
def test_flipped_bits_of_a_cdf_are_harmless(data: st.DataObject, mask: int) -> None:
    content = bytearray(cdf())
    content[data.draw(st.integers(0, len(content) - 1))] ^= mask
    assert frames_or_refusal(bytes(content)) in range(21)


@settings(deadline=None, max_examples=200)
@given(st.data())
def test_overwritten_fields_of_a_cdf_are_harmless(data: st.DataObject) -> None:
    content = bytearray(cdf())
    place = data.draw(st.integers(0, len(content) - 8))
    content[place : place + 8] = data.draw(st.binary(min_size=8, max_size=8))
    assert frames_or_refusal(bytes(content)) in range(21)


@settings(deadline=None, max_examples=100)
@given(st.binary(max_size=400))
def test_any_bytes_are_refused(content: bytes) -> None:
    assert frames_or_refusal(content) == 0
    assert frames_or_refusal(b"\xcd\xf3\x00\x01\x00\x00\xff\xff" + content) == 0
    assert frames_or_refusal(b"P5\n" + content) == 0


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_every_variable_of_a_damaged_cdf_is_read_or_refused(data: st.DataObject) -> None:
    content = bytearray(cdf())
    place = data.draw(st.integers(0, len(content) - 4))
    content[place : place + 4] = data.draw(st.binary(min_size=4, max_size=4))
    with tempfile.NamedTemporaryFile() as file:
        file.write(content)
        file.flush()
        read = 0
        try:
            with CdfFile(Path(file.name), LIMIT) as opened:
                for name in opened.variables:
                    read += opened.read(name).nbytes
        except FileRefused:
            pass  # the other allowed end
    assert read <= 10 * LIMIT
