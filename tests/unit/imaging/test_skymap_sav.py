from __future__ import annotations

import struct
import tracemalloc
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.errors import FileRefused
from core.imaging.readers import read_frames
from core.imaging.readers.idl_save import read_idl_save
from core.imaging.skymap import Skymap
from core.imaging.skymap_sav import read_skymap
from tests.unit.imaging.sav_writer import GAKONA, GILLAM, sav_bytes, skymap_fields, write_skymap

LIMIT = 8 * 2**20
VARIOUS: dict[str, Any] = {
    "s": {"a": np.arange(6, dtype="f8").reshape(2, 3), "b": {"c": "x", "d": np.int16(-7)}},
    "t": "text",
    "empty": "",
    "n": np.float64(2.5),
    "bytes": np.arange(5, dtype="u1"),
    "small": np.array([-1, 3], "i2"),
    "big": np.array([2**60], "u8"),
}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_skymap(tmp_path_factory.mktemp("sav") / "a.sav")


def same(ours: Any, theirs: Any) -> bool:
    if isinstance(ours, dict):
        record = theirs[0]
        return all(same(value, record[name]) for name, value in ours.items())
    if isinstance(ours, str):
        return (theirs.decode() if theirs else "") == ours
    return np.array_equal(ours, theirs) and ours.dtype == theirs.dtype.newbyteorder("=")


@pytest.mark.parametrize("compressed", [False, True])
def test_variables_are_those_that_scipy_reads(tmp_path: Path, compressed: bool) -> None:
    from scipy.io import readsav

    path = tmp_path / "a.sav"
    path.write_bytes(sav_bytes(VARIOUS, compressed=compressed))
    ours = read_idl_save(path, LIMIT)
    theirs = readsav(path, python_dict=True)
    assert {name.lower() for name in ours} == set(theirs) == set(VARIOUS)
    assert all(same(value, theirs[name.lower()]) for name, value in ours.items())
    assert ours["S"]["B"] == {"C": "x", "D": -7}


def test_a_skymap_is_read(whole: Path) -> None:
    skymap = read_skymap(whole)
    assert (skymap.site, skymap.array, skymap.camera) == ("gako", "themis_asi", "themis20")
    assert (skymap.lat_deg, skymap.lon_deg, skymap.alt_m) == pytest.approx(GAKONA, abs=1e-5)
    assert (skymap.kind, skymap.source) == ("official", "a.sav")
    assert (skymap.valid_from, skymap.valid_to) == (np.datetime64("2011-03-05T08:00:00"), None)
    assert not skymap.approximate
    fields = skymap_fields()
    assert np.array_equal(
        skymap.elevation_deg, fields["FULL_ELEVATION"].astype("f8"), equal_nan=True
    )


def test_corners_come_back_at_every_altitude(whole: Path) -> None:
    fields, skymap = skymap_fields(), read_skymap(whole)
    for layer, alt_km in enumerate((90, 110, 150)):
        mapped = skymap.mapped(alt_km)
        lat, lon = fields["FULL_MAP_LATITUDE"][layer], fields["FULL_MAP_LONGITUDE"][layer]
        south_m = (mapped.corner_lat_deg - lat) * 111e3
        east_m = ((mapped.corner_lon_deg - lon + 180) % 360 - 180) * 111e3
        # Single precision of 215 degrees of longitude is 0.85 m, twice where it is added to.
        apart_m = np.hypot(south_m, east_m * np.cos(np.radians(lat)))
        assert np.isfinite(apart_m).sum() > 40_000
        assert np.nanmax(apart_m) < 2


def test_a_closed_interval_of_days(tmp_path: Path) -> None:
    info = {"VALID_INTERVAL_START": "20110305", "VALID_INTERVAL_STOP": "2011070112"}
    skymap = read_skymap(write_skymap(tmp_path / "a.sav", GENERATION_INFO=info))
    assert skymap.valid_from == np.datetime64("2011-03-05T00:00:00")
    assert skymap.valid_to == np.datetime64("2011-07-01T12:00:00")


@pytest.mark.parametrize(("camera", "shape"), [("nir-216", (256, 256)), ("rgb-04", (480, 553))])
def test_skymaps_are_turned_as_the_images_of_their_array(
    tmp_path: Path, camera: str, shape: tuple[int, int]
) -> None:
    """Files of these cameras begin in the north-west, frames in the north-east."""
    fields = skymap_fields(shape, GILLAM, SITE_UID="GILL", IMAGER_UID=camera)
    skymap = read_skymap(write_skymap(tmp_path / "a.sav", fields))
    assert (skymap.site, skymap.camera, skymap.shape) == ("gill", camera, shape)
    stored = fields["FULL_AZIMUTH"].astype("f8")
    assert np.array_equal(skymap.azimuth_deg, stored[:, ::-1], equal_nan=True)
    corner_lat = skymap.mapped(150.0).corner_lat_deg[:, ::-1]
    assert np.nanmax(np.abs(corner_lat - fields["FULL_MAP_LATITUDE"][2])) < 1e-5


def test_cameras_elsewhere_are_refused(tmp_path: Path) -> None:
    fields = skymap_fields((480, 553), SITE_UID="GILL", IMAGER_UID="rgb-04")
    fields |= {"SITE_MAP_LATITUDE": np.float32(56.4), "SITE_MAP_LONGITUDE": np.float32(265.36)}
    with pytest.raises(FileRefused, match="degrees off its pixels' centres"):
        read_skymap(write_skymap(tmp_path / "a.sav", fields))  # corners are still of Gakona
    fields = skymap_fields((512, 512), IMAGER_UID="rego-652")
    with pytest.raises(FileRefused, match="no site 'gako'"):
        read_skymap(write_skymap(tmp_path / "a.sav", fields))


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"SITE_UID": "xxxx"}, "no site 'xxxx'"),
        ({"SITE_UID": np.float32(1)}, "SITE_UID is missing or no text"),
        ({"IMAGER_UID": "spect-02"}, "no array with skymaps"),
        ({"SITE_MAP_LATITUDE": np.float32(56.4)}, "header puts gako at 56.4"),
        ({"SITE_MAP_LONGITUDE": np.float32(np.nan)}, "puts the site at"),
        ({"GENERATION_INFO": "x"}, "GENERATION_INFO is missing or no structure"),
        ({"GENERATION_INFO": {"VALID_INTERVAL_START": "2011130508"}}, "'2011130508'"),
        ({"FULL_AZIMUTH": np.zeros((255, 256), "f4")}, "FULL_AZIMUTH has 255 rows of 256"),
        ({"FULL_AZIMUTH": np.zeros(256, "f4")}, "FULL_AZIMUTH has 1 dimensions"),
        ({"FULL_ELEVATION": np.full((256, 256), np.nan, "f4")}, "none of its pixels"),
        ({"FULL_ELEVATION": np.full((256, 256), 91, "f4")}, "beyond 90 degrees"),
        ({"FULL_MAP_LATITUDE": np.zeros((3, 256, 256), "f4")}, "corners have shape"),
        ({"FULL_MAP_LATITUDE": np.full((3, 257, 257), 100, "f4")}, "corners beyond 90"),
        ({"FULL_MAP_LATITUDE": np.full((3, 257, 257), np.nan, "f4")}, "corners are up to"),
        ({"FULL_MAP_ALTITUDE": np.array([90, 110, 150], "f4")}, "mapped to"),
    ],
)
def test_contradictions_are_refused_by_name(
    tmp_path: Path, changed: dict[str, Any], reason: str
) -> None:
    path = write_skymap(tmp_path / "odd.sav", **changed)
    with pytest.raises(FileRefused, match=reason) as caught:
        read_skymap(path)
    assert "odd.sav" in str(caught.value)
    assert caught.value.path == str(path)


def test_foreign_files_are_refused(tmp_path: Path, whole: Path) -> None:
    path = tmp_path / "a.sav"
    path.write_bytes(b"P5\n1 1\n")
    with pytest.raises(FileRefused, match="no IDL save file"):
        read_skymap(path)
    path.write_bytes(sav_bytes({"calibration": {"a": "b"}}))
    with pytest.raises(FileRefused, match=r"no structure SKYMAP \(its variables: CALIBRATION\)"):
        read_skymap(path)
    with pytest.raises(FileRefused, match="No such file"):
        read_skymap(tmp_path / "nowhere.sav")
    with pytest.raises(FileRefused, match="more than the 2097152 that are allowed") as caught:
        read_skymap(whole, 2 * 2**20)
    assert "ATLAS_MAX_SKYMAP_FILE_BYTES" in caught.value.hint
    with pytest.raises(FileRefused, match="ingest skymap"):
        read_frames(whole)


def test_a_compressed_file_is_unpacked_up_to_the_limit(tmp_path: Path) -> None:
    path = tmp_path / "a.sav"
    path.write_bytes(sav_bytes({"bomb": np.zeros(2**22, "f8")}, compressed=True))
    assert path.stat().st_size < 2**16
    with pytest.raises(FileRefused, match="when unpacked"):
        read_idl_save(path, 2**20)


def outcome(path: Path, content: bytes) -> str:
    """Read a damaged file; anything but a refusal or a sane skymap is an error."""
    path.write_bytes(content)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            skymap = read_skymap(path, LIMIT)
        except FileRefused:
            return "refused"
    assert isinstance(skymap, Skymap)
    assert skymap.elevation_deg.shape == (256, 256)
    assert not np.any(np.abs(skymap.elevation_deg) > 90)
    return "read"


def test_a_cut_file_is_refused_wherever_it_ends(tmp_path: Path, whole: Path) -> None:
    content = whole.read_bytes()
    steps = [*range(0, 2000, 37), len(content) // 2, len(content) - 17, len(content) - 1]
    assert {outcome(tmp_path / "cut.sav", content[:end]) for end in steps} == {"refused"}


def test_flipped_bits_give_a_refusal_or_a_skymap_within_the_memory_of_the_file(
    tmp_path: Path, whole: Path
) -> None:
    content = whole.read_bytes()
    rng = np.random.default_rng(5)
    described = content.index(struct.pack(">i", 7) + struct.pack(">i", 0))  # where data begin
    places = [*rng.integers(0, described, 250), *rng.integers(described, len(content), 20)]
    tracemalloc.start()
    found = []
    for place in places:
        damaged = bytearray(content)
        damaged[place] ^= 1 << int(rng.integers(8))
        found.append(outcome(tmp_path / "flipped.sav", bytes(damaged)))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    # Numbers of the file in double precision, lines of sight and their working arrays: what a
    # sound file takes is 20 times its size.
    assert peak < 30 * len(content)
    assert set(found) == {"refused", "read"}


@pytest.mark.parametrize("count", [0, -1, 2**31 - 1, 2**28])
def test_a_damaged_count_takes_neither_memory_nor_time(tmp_path: Path, count: int) -> None:
    content = sav_bytes({"skymap": {"A": np.arange(4, dtype="f4"), "B": "word"}})
    path = tmp_path / "a.sav"
    number = struct.pack(">i", count)
    for place in range(20, len(content) - 16, 4):
        damaged = content[:place] + number + content[place + 4 :]
        tracemalloc.start()
        try:
            path.write_bytes(damaged)
            read_idl_save(path, LIMIT)
        except FileRefused:
            pass
        finally:
            _, peak = tracemalloc.get_traced_memory()
            tracemalloc.stop()
        assert peak < 2**20


def test_classes_and_pointers_are_not_followed(tmp_path: Path) -> None:
    path = tmp_path / "a.sav"
    content = sav_bytes({"s": {"A": np.int32(1)}})
    start = content.index(struct.pack(">ii", 9, 0)) + 8
    path.write_bytes(content[:start] + struct.pack(">i", 2) + content[start + 4 :])
    with pytest.raises(FileRefused, match="flags 2"):
        read_idl_save(path, LIMIT)
    path.write_bytes(content[:start] + struct.pack(">i", 1) + content[start + 4 :])
    with pytest.raises(FileRefused, match="not described"):
        read_idl_save(path, LIMIT)
