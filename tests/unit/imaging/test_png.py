from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.errors import FileRefused
from core.imaging.keogram import keogram
from core.imaging.readers import read_frames

NAME = "20211030_060500_149606_gill_rgb-04_320ms_burst.png"


def png(picture: np.ndarray) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(picture).save(stream, "PNG")
    return stream.getvalue()


@pytest.fixture(scope="module")
def picture() -> np.ndarray:
    return np.random.default_rng(1).integers(0, 256, (480, 553, 3), dtype=np.uint8)


def refusal(path: Path, content: bytes) -> str:
    path.write_bytes(content)
    with pytest.raises(FileRefused) as caught:
        read_frames(path)
    assert path.name in str(caught.value)
    return str(caught.value)


def test_a_colour_picture_is_a_frame(tmp_path: Path, picture: np.ndarray) -> None:
    path = tmp_path / NAME
    path.write_bytes(png(picture))
    frames = read_frames(path)
    images = frames["images"]
    assert images.dims == ("time", "y", "x", "channel")
    assert images.dtype == np.uint8
    # Its files begin in the north-west, frames in the north-east.
    assert np.array_equal(images.values[0], picture[:, ::-1])
    # 06:05:00.149606 and half of 320 ms
    assert frames["time"].values.tolist() == [np.datetime64("2021-10-30T06:05:00.309606").item()]
    assert frames["exposure_s"].values.tolist() == [0.32]
    names = ("array", "site", "camera", "mode", "layer", "provenance")
    expected = ["trex_rgb", "gill", "rgb-04", "burst", "full", "ingested"]
    assert [frames.attrs[name] for name in names] == expected
    assert keogram(frames)["counts"].shape == (1, 480, 3)


def test_what_the_name_does_not_tell_is_refused(tmp_path: Path, picture: np.ndarray) -> None:
    content = png(picture)
    assert "name does not tell" in refusal(tmp_path / "picture.png", content)
    assert "no site 'fsim'" in refusal(tmp_path / NAME.replace("gill", "fsim"), content)
    assert "13-30" in refusal(tmp_path / NAME.replace("1030", "1330"), content)
    assert "0 ms" in refusal(tmp_path / NAME.replace("320ms", "0ms"), content)


def test_other_pictures_are_refused(tmp_path: Path, picture: np.ndarray) -> None:
    path = tmp_path / NAME
    assert "has 480 rows of 552" in refusal(path, png(picture[:, :-1]))
    assert "kind L" in refusal(path, png(picture[..., 0]))
    path.write_bytes(png(picture))
    with pytest.raises(FileRefused, match="ATLAS_MAX_FRAME_FILE_BYTES"):
        read_frames(path, 2**19)


def test_a_picture_that_is_said_to_be_huge_takes_no_memory(tmp_path: Path) -> None:
    def chunk(kind: bytes, body: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + body))
        return struct.pack(">I", len(body)) + kind + body + check

    for size in (100_000, 2**31 - 1):
        head = chunk(b"IHDR", struct.pack(">IIBBBBB", size, size, 8, 2, 0, 0, 0))
        refusal(tmp_path / NAME, b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", b""))


def test_damaged_pictures_are_refused_or_read(tmp_path: Path, picture: np.ndarray) -> None:
    content, path = png(picture), tmp_path / NAME
    for end in (8, 20, 33, 60, len(content) // 2, len(content) - 200):
        refusal(path, content[:end])
    rng = np.random.default_rng(2)
    for place in (*rng.integers(0, 200, 60), *rng.integers(0, len(content), 40)):
        damaged = bytearray(content)
        damaged[place] ^= 1 << int(rng.integers(8))
        path.write_bytes(damaged)
        try:
            assert read_frames(path)["images"].shape == (1, 480, 553, 3)
        except FileRefused:
            continue


@pytest.mark.realdata
@pytest.mark.parametrize(
    ("name", "mean"),
    [
        ("20200508_060500_122643_gill_rgb-04_320ms_full.png", 41.907),
        (NAME, 17.282),
    ],
)
def test_means_of_real_pictures(test_data: Path, name: str, mean: float) -> None:
    # Published with three decimals.
    images = read_frames(test_data / "trex" / name)["images"].values
    assert images.mean() == pytest.approx(mean, abs=0.0005)
