from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest

from core.errors import FileRefused
from core.imaging.readers import read_frames
from tests.unit.imaging import files


def refusal(path: Path, max_bytes: int = 2**26) -> str:
    with pytest.raises(FileRefused) as caught:
        read_frames(path, max_bytes)
    assert caught.value.path == str(path)
    return str(caught.value.reason)


@pytest.mark.parametrize("camera", files.SHAPES)
def test_images_of_every_array_come_back_as_written(tmp_path: Path, camera: str) -> None:
    pictures = files.images(2, files.SHAPES[camera])
    site = "luck" if camera.startswith("spect") else "gill"
    place = files.LUCKY_LAKE if site == "luck" else files.GILLAM
    content = files.pgm_bytes(pictures, camera=camera, site=site, position=place)
    frames = read_frames(files.write_pgm(tmp_path / "any_name.pgm.gz", content))
    # Near-infrared files begin in the north-west, the others and all frames in the north-east.
    stored = pictures[:, :, ::-1] if camera.startswith("nir") else pictures
    assert np.array_equal(frames["images"].values, stored)
    assert frames["images"].attrs["units"] == frames.attrs["units"] == "counts"
    assert (frames.attrs["site"], frames.attrs["camera"]) == (site, camera)
    assert frames.attrs["source_file"] == "any_name.pgm.gz"
    assert len(frames.attrs["sha256"]) == 64


def test_time_is_the_middle_of_the_exposure(tmp_path: Path) -> None:
    content = files.pgm_bytes(files.images(2), exposure_ms=985.0)
    frames = read_frames(files.write_pgm(tmp_path / "a.pgm", content))
    assert frames["time"].values[0] == np.datetime64("2014-03-10T06:00:00.552500")
    assert frames["exposure_s"].values.tolist() == [0.985, 0.985]


def test_exposure_of_the_array_where_the_header_has_none(tmp_path: Path) -> None:
    content = files.pgm_bytes(files.images(1), camera="nir-216", exposure_ms=None)
    frames = read_frames(files.write_pgm(tmp_path / "a.pgm", content))
    assert frames["exposure_s"].values.tolist() == [5.0]
    assert frames["time"].values[0] == np.datetime64("2014-03-10T06:00:02.560000")


def test_file_cut_in_a_frame_is_refused_with_the_place(tmp_path: Path) -> None:
    content = files.pgm_bytes(files.images(2))
    path = files.write_pgm(tmp_path / "cut.pgm", content[:-100])
    assert "image 1" in refusal(path)
    assert "100 of 131072 bytes short" in refusal(path)


def test_truncated_gzip_is_refused(tmp_path: Path) -> None:
    path = files.minute_file(tmp_path)
    path.write_bytes(path.read_bytes()[:-4])
    assert "truncated or damaged" in refusal(path)


def test_gzip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    content = files.pgm_bytes(np.zeros((40, 256, 256), np.uint16))
    path = files.write_pgm(tmp_path / "bomb.pgm.gz", content)
    assert path.stat().st_size < 200_000
    assert "more than 1000000 bytes when unpacked" in refusal(path, 1_000_000)


def test_endless_header_line_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "line.pgm.gz"
    path.write_bytes(gzip.compress(b"P5\n#" + b"x" * 10_000_000))
    assert "no end to" in refusal(path)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ((b"256 256", b"128 128"), "128 rows of 128"),
        ((b"256 256", b"99999 99999"), "99999 rows of 99999"),
        ((b"65535", b"255"), "not 65535"),
        ((b"gill", b"moon"), "no site 'moon'"),
        ((b"themis19", b"kodak1"), "imager 'kodak1'"),
        ((b"2014-03-10", b"2014-02-30"), "no readable Image request start"),
        ((b'latitude" 56.3539', b'latitude" 12.0'), "header puts gill at 12"),
    ],
)
def test_contradictory_header_is_refused(
    tmp_path: Path, change: tuple[bytes, bytes], reason: str
) -> None:
    content = files.pgm_bytes(files.images(1)).replace(*change)
    assert reason in refusal(files.write_pgm(tmp_path / "a.pgm", content))


def test_two_sites_in_one_file_are_refused(tmp_path: Path) -> None:
    content = files.pgm_bytes(files.images(2), later={1: '#"Site unique ID" fsmi'})
    reason = refusal(files.write_pgm(tmp_path / "a.pgm", content))
    assert "image 1" in reason
    assert "'fsmi'" in reason


def test_times_that_do_not_rise_are_refused(tmp_path: Path) -> None:
    content = files.pgm_bytes(files.images(3), cadence_s=-3.0)
    assert "times do not rise: image 1" in refusal(files.write_pgm(tmp_path / "a.pgm", content))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"\x89PNG\r\n\x1a\n" + bytes(50), "PNG"),
        (b"\x89HDF\r\n\x1a\n" + bytes(50), "HDF5"),
        (b"P6\n256 256\n255\n", "no format that is read here"),
        (b"P5\n", "where width and height should"),
        (gzip.compress(b"", mtime=0), "empty"),
        (gzip.compress(b"hello, world", mtime=0), "not with P5"),
        (b"\xcd\xf3\x00\x01\x00\x00\xff\xff", "truncated or damaged"),
    ],
)
def test_foreign_files_are_refused_by_name(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "foreign"
    path.write_bytes(content)
    assert reason in refusal(path)


def test_missing_file_is_refused(tmp_path: Path) -> None:
    assert "there is no such file" in refusal(tmp_path / "nowhere.pgm")


def test_themis_cdf_comes_back_as_written(tmp_path: Path) -> None:
    pictures = files.images(3)
    frames = read_frames(files.themis_cdf(tmp_path / "a.cdf", pictures))
    # Such files begin in the south-west, frames in the north-east.
    assert np.array_equal(frames["images"].values, pictures[:, ::-1, ::-1])
    first = np.datetime64(1_300_000_000, "s").astype("datetime64[us]")
    assert frames["time"].values[0] == first + np.timedelta64(490_000, "us")
    assert frames.attrs["layer"] == "full"


def test_thumbnails_are_a_layer_of_their_own(tmp_path: Path) -> None:
    path = files.themis_cdf(tmp_path / "a.cdf", files.images(5, (32, 32)), kind="ast")
    assert read_frames(path).attrs["layer"] == "thumbnail"


def test_cdf_with_other_variables_is_refused(tmp_path: Path) -> None:
    path = files.write_cdf(tmp_path / "a.cdf", {"density": (45, np.ones(3))})
    assert "no variable thg_asf_<site>" in refusal(path)
    assert "density" in refusal(path)


def test_cdf_images_of_another_size_are_refused(tmp_path: Path) -> None:
    path = files.themis_cdf(tmp_path / "a.cdf", files.images(2, (128, 128)))
    assert "128 rows of 128" in refusal(path)


def test_cdf_times_that_do_not_rise_are_refused(tmp_path: Path) -> None:
    name = "thg_asf_gako"
    times = np.array([1.3e9, 1.3e9])
    variables = {name: (12, files.images(2)), f"{name}_time": (45, times)}
    assert "do not rise" in refusal(files.write_cdf(tmp_path / "a.cdf", variables))


def test_cdf_of_two_sites_is_refused(tmp_path: Path) -> None:
    variables = {
        f"thg_asf_{site}{suffix}": value
        for site in ("gako", "gill")
        for suffix, value in {"": (12, files.images(1)), "_time": (45, np.array([1.3e9]))}.items()
    }
    assert "mixes" in refusal(files.write_cdf(tmp_path / "a.cdf", variables))


def test_cdf_larger_than_the_limit_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = files.themis_cdf(tmp_path / "a.cdf", np.zeros((20, 256, 256), np.uint16))
    assert path.stat().st_size < 100_000
    assert "2621440 bytes, 1000000 are allowed" in refusal(path, 1_000_000)
