from __future__ import annotations

import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from core.archive import Archive
from core.errors import Conflict, FileRefused, NotFound, SkymapRefused
from core.imaging import file_frames
from core.imaging.file_frames import FileFrames
from core.imaging.frames import FrameSource
from core.imaging.ingest import ingest_asi
from core.imaging.readers import read_frames
from core.imaging.skymap_ingest import ingest_skymaps
from core.instruments.registry import all_sources
from core.settings import Settings
from tests.unit.imaging import files
from tests.unit.imaging.sav_writer import GILLAM as GILLAM_PLACE
from tests.unit.imaging.sav_writer import skymap_fields, write_skymap

GILLAM, GAKONA, LUCK_SPECTRA, SWARM = 46, 64, 95, 10101
ALL = (np.datetime64("2000-01-01", "us"), np.datetime64("2030-01-01", "us"))
SIX = np.datetime64("2014-03-10T06:00", "us")
MINUTE = np.timedelta64(1, "m")
BEGIN_2011_S = 1_294_333_200.0  # 2011-01-06 17:00


@pytest.fixture
def archive(settings: Settings) -> Iterator[Archive]:
    with Archive.create(settings) as opened:
        opened.catalogue.sources.put(*all_sources())
        yield opened


@pytest.fixture
def gillam(archive: Archive, tmp_path: Path) -> list[Path]:
    paths = [files.minute_file(tmp_path, minute, seed=minute) for minute in (0, 1, 5)]
    ingest_asi(archive, paths)
    return paths


def test_frames_are_those_of_the_files(archive: Archive, gillam: list[Path]) -> None:
    source: FrameSource = FileFrames(archive)
    whole = xr.concat([read_frames(path) for path in gillam], "time", combine_attrs="override")
    times = source.times(GILLAM, *ALL)
    assert times.dtype == np.dtype("M8[us]")
    assert np.array_equal(times, whole["time"].values)
    frames = source.frames(GILLAM, times)
    assert frames["images"].equals(whole["images"])
    assert frames["exposure_s"].equals(whole["exposure_s"])
    expected = {
        "array": "themis_asi", "site": "gill", "camera": "themis19", "layer": "full",
        "cadence_s": 3.0, "provenance": "ingested",
        "source_file": ", ".join(path.name for path in gillam),
    }  # fmt: skip
    assert expected.items() <= frames.attrs.items()


def test_windows_are_half_open(archive: Archive, gillam: list[Path]) -> None:
    source = FileFrames(archive)
    every = source.times(GILLAM, *ALL)
    assert len(source.times(GILLAM, SIX, SIX + MINUTE)) == 4
    assert source.times(GILLAM, every[0], every[1]).tolist() == every[:1].tolist()
    assert source.times(GILLAM, SIX + 2 * MINUTE, SIX + 4 * MINUTE).size == 0
    assert source.times(GAKONA, *ALL).size == 0
    assert source.times(GAKONA, *ALL).dtype == np.dtype("M8[us]")


def test_frames_come_in_the_order_asked_for(archive: Archive, gillam: list[Path]) -> None:
    source = FileFrames(archive)
    times = source.times(GILLAM, *ALL)
    chosen = times[[9, 2, 2, 5]]
    frames = source.frames(GILLAM, chosen)
    assert np.array_equal(frames["time"].values, chosen)
    alone = [source.frames(GILLAM, chosen[i : i + 1])["images"].values[0] for i in range(4)]
    assert np.array_equal(frames["images"].values, np.stack(alone))


def test_a_time_without_a_frame_is_told(archive: Archive, gillam: list[Path]) -> None:
    source = FileFrames(archive)
    times = np.append(source.times(GILLAM, *ALL), SIX)
    with pytest.raises(NotFound, match="1 of 13 frames of source 46 were not taken in") as caught:
        source.frames(GILLAM, times)
    assert caught.value.missing == 1
    with pytest.raises(NotFound):
        source.frames(GILLAM, times[:0])


def test_files_that_hold_the_same_frames_give_them_once(
    archive: Archive, gillam: list[Path], tmp_path: Path
) -> None:
    images = files.images(8, seed=3)
    ingest_asi(archive, [files.write_pgm(tmp_path / "b.pgm", files.pgm_bytes(images))])
    source = FileFrames(archive)
    times = source.times(GILLAM, SIX, SIX + MINUTE)
    assert len(times) == 8
    assert source.frames(GILLAM, times).sizes["time"] == 8


def test_a_frame_whose_times_differ_by_milliseconds_is_there_once(
    archive: Archive, tmp_path: Path
) -> None:
    """The raw file has the exposure that was asked for, the CDF the one that was measured."""
    begin = 1_394_431_200.0  # 2014-03-10 06:00
    body = files.pgm_bytes(files.images(3), site="gako", position=(62.41, -145.16))
    pgm = files.write_pgm(tmp_path / "a.pgm", body)
    cdf = files.themis_cdf(tmp_path / "a.cdf", files.images(3), begin=begin)
    ingest_asi(archive, [pgm, cdf])
    source = FileFrames(archive)
    times = source.times(GAKONA, *ALL)
    assert (times - SIX).astype(int).tolist() == [490_000, 3_490_000, 6_490_000]
    assert source.frames(GAKONA, times).attrs["source_file"] == "a.cdf"
    assert source.times(GAKONA, times[0] + np.timedelta64(1, "us"), times[1]).size == 0


def test_a_file_that_moved_is_refused_by_name_until_taken_in_again(
    archive: Archive, gillam: list[Path], tmp_path: Path
) -> None:
    source = FileFrames(archive)
    times, version = source.times(GILLAM, *ALL), source.version(GILLAM)
    source.frames(GILLAM, times)  # decoded images in memory do not hide it
    moved = tmp_path / "moved.pgm.gz"
    shutil.move(gillam[1], moved)
    with pytest.raises(FileRefused, match=f"{gillam[1].name} is refused: it is not at") as caught:
        source.frames(GILLAM, times)
    assert "ingest asi" in caught.value.hint
    assert len(source.frames(GILLAM, times[:4])["time"]) == 4
    assert source.version(GILLAM) == version
    report = ingest_asi(archive, [moved])
    assert [file.outcome for file in report.files] == ["accepted"]
    assert source.version(GILLAM) != version
    assert source.frames(GILLAM, times).sizes["time"] == 12


def test_a_file_that_changed_is_refused(archive: Archive, gillam: list[Path]) -> None:
    source = FileFrames(archive)
    times = source.times(GILLAM, *ALL)
    source.frames(GILLAM, times)
    files.write_pgm(gillam[0], files.pgm_bytes(files.images(4, seed=9)))
    with pytest.raises(FileRefused, match="it has changed since it was taken in"):
        source.frames(GILLAM, times)
    ingest_asi(archive, [gillam[0]])
    assert source.frames(GILLAM, times)["images"].values[0].tolist() == (
        files.images(4, seed=9)[0].tolist()
    )


def test_an_archive_of_before_learns_the_files_by_taking_them_in_again(
    archive: Archive, gillam: list[Path]
) -> None:
    from sqlalchemy import text

    with archive.catalogue.writing() as session:
        session.execute(text("DELETE FROM frame_files"))
    assert FileFrames(archive).sources() == []
    report = ingest_asi(archive, gillam)
    assert [file.outcome for file in report.files] == ["accepted"] * 3
    assert (report.records, report.products) == (0, 0)
    assert len(FileFrames(archive).times(GILLAM, *ALL)) == 12
    assert {file.outcome for file in ingest_asi(archive, gillam).files} == {"unchanged"}


def test_a_refused_file_has_no_frames(archive: Archive, tmp_path: Path) -> None:
    cut = files.write_pgm(tmp_path / "cut.pgm", files.pgm_bytes(files.images(2))[:-1])
    thumbnails = files.themis_cdf(tmp_path / "a.cdf", files.images(60, (32, 32)), kind="ast")
    ingest_asi(archive, [cut, thumbnails])
    assert FileFrames(archive).sources() == []
    assert FileFrames(archive).times(GAKONA, *ALL).size == 0


def test_decoded_files_are_kept_up_to_a_limit(
    archive: Archive, gillam: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    monkeypatch.setattr(
        file_frames, "read_frames", lambda path, n: read.append(path.name) or read_frames(path, n)
    )
    small = archive.settings.model_copy(update={"max_decoded_frame_bytes": 2**20})
    for settings, reads in ((archive.settings, 3), (small, 6)):
        monkeypatch.setattr(archive, "settings", settings)
        source = FileFrames(archive)
        times = source.times(GILLAM, *ALL)
        for _ in range(2):
            source.frames(GILLAM, times)
        assert len(read) == reads  # four frames are half a mebibyte: the small one keeps two files
        read.clear()


def test_threads_get_the_same_frames(archive: Archive, gillam: list[Path]) -> None:
    source = FileFrames(archive)
    times = source.times(GILLAM, *ALL)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: source.frames(GILLAM, times), range(12)))
    assert all(frames.identical(found[0]) for frames in found)


def test_images_of_two_shapes_are_not_mixed(
    archive: Archive, gillam: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    source = FileFrames(archive)
    monkeypatch.setattr(
        source._cache,
        "_read",
        lambda path, _: read_frames(path).isel(y=slice(200 if path == gillam[0] else None)),
    )
    with pytest.raises(Conflict, match="not of one shape"):
        source.frames(GILLAM, source.times(GILLAM, *ALL))


def gakona(archive: Archive, folder: Path, camera: str = "themis20") -> FileFrames:
    path = files.themis_cdf(folder / "a.cdf", files.images(3), begin=BEGIN_2011_S)
    ingest_asi(archive, [path])
    ingest_skymaps(archive, [write_skymap(folder / "gako.sav", IMAGER_UID=camera)])
    return FileFrames(archive)


def test_an_official_skymap_of_another_date_is_refused_unless_accepted(
    archive: Archive, tmp_path: Path
) -> None:
    source = gakona(archive, tmp_path)
    time = source.times(GAKONA, *ALL)[0]
    with pytest.raises(SkymapRefused, match="58 days before"):
        source.skymap(GAKONA, time)
    use = source.skymap(GAKONA, time, accept=True)
    assert (use.forced, use.skymap.kind) == (True, "official")
    assert "2011-03-05 08:00" in use.reason
    proper = source.skymap(GAKONA, np.datetime64("2012-01-01"))
    assert (proper.forced, proper.reason, proper.skymap.kind) == (False, "", "official")


def test_without_a_skymap_of_the_site_a_model_stands_in(
    archive: Archive, gillam: list[Path], tmp_path: Path
) -> None:
    source = gakona(archive, tmp_path)
    use = source.skymap(GILLAM, SIX + MINUTE)
    assert (use.skymap.site, use.skymap.kind, use.skymap.approximate) == ("gill", "model", True)
    assert use.skymap.shape == (256, 256)
    assert use.reason.startswith("approximate")
    assert source.skymap(GILLAM, SIX + MINUTE).skymap is use.skymap


def test_the_camera_is_compared_where_a_file_names_it(
    archive: Archive, gillam: list[Path], tmp_path: Path
) -> None:
    fields = skymap_fields(place=GILLAM_PLACE, SITE_UID="gill", IMAGER_UID="themis07")
    path = write_skymap(tmp_path / "gill.sav", fields)
    assert ingest_skymaps(archive, [path]).exit_status == 0
    with pytest.raises(SkymapRefused, match="camera themis07, the frames are of themis19"):
        FileFrames(archive).skymap(GILLAM, FileFrames(archive).times(GILLAM, *ALL)[0])


def test_what_is_no_picture_of_the_sky_has_no_skymap(archive: Archive) -> None:
    source = FileFrames(archive)
    for identifier in (LUCK_SPECTRA, SWARM):
        with pytest.raises(NotFound):
            source.skymap(identifier, SIX)
    with pytest.raises(NotFound):
        source.skymap(999_999, SIX)
