"""Pictures, keograms and movies from the command line, as a user meets them."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import time
from datetime import date
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
import xarray as xr
from PIL import Image

from core.archive import Archive
from core.cli import main
from core.errors import BadInput, NotFound
from core.imaging.readers import read_frames
from core.instruments.registry import array_for, find_site
from core.media_cli.keogram_files import write_keogram
from core.media_cli.loose_files import LooseFiles
from core.media_cli.movie import default_step_s, thinned
from core.media_cli.names import find_imager
from core.media_cli.outputs import Bar, whole
from core.observatory import Observatory
from core.settings import Settings, read_settings
from core.simulation import marker

ROOT = Path(__file__).resolve().parents[2]
GILL = "20140310_060{}_gill_themis19_full.pgm.gz"
GAKO = "thg_l1_asf_gako_2011010617_v01.cdf"
GAKO_SKYMAP = "themis_skymap_gako_20110305-+_vXX.sav"


def write_pgm(
    path: Path, count: int = 6, start: str = "2014-03-10 06:00:00", step_s: float = 3
) -> Path:
    """Write a minute file of Gillam: a bright column that moves to the west."""
    first = np.datetime64(start, "us")
    with path.open("wb") as file:
        for number in range(count):
            moment = first + np.timedelta64(3 * number, "s")
            image = np.full((256, 256), 3000 + 10 * number, dtype=">u2")
            image[:, 40 + 10 * number : 46 + 10 * number] = 9000
            head = [
                '#"Site unique ID" GILL', '#"Imager unique ID" themis19',
                '#"Geodetic latitude" 56.376', '#"Geodetic Longitude" -94.64',
                '#"Mode unique ID" full', '#"Exposure options" CCD 1000 ms',
                f'#"Image request start" {str(moment).replace("T", " ")} UTC',
                '#"Exposure duration plus readout" 1000 ms',
            ]  # fmt: skip
            file.write(("P5\n" + "\n".join(head) + "\n256 256\n65535\n").encode())
            file.write(image.tobytes())
    return path


@pytest.fixture
def minute(tmp_path: Path) -> Path:
    return write_pgm(tmp_path / "20140310_0600_gill_themis19_full.pgm")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setenv("ATLAS_ARCHIVE", str(tmp_path / "no archive"))
    return folder


def told(capsys: pytest.CaptureFixture[str]) -> tuple[str, str]:
    captured = capsys.readouterr()
    return captured.out, captured.err


def test_one_file_is_drawn_without_an_archive(
    minute: Path, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["image", str(minute)]) == 0
    out, err = told(capsys)
    assert out == "themis_asi_gill_20140310T060000.png\n"
    assert err == "note: Model skymap, approximate\n"
    with Image.open(here / out.strip()) as picture:
        assert picture.format == "PNG"
        assert picture.info["Time"] == "2014-03-10T06:00:00.500Z"
        assert picture.info["Skymap kind"] == "model, approximate"
        assert picture.info["Provenance"] == "observed"
        assert picture.info["Source file"] == minute.name
        assert picture.info["Software"].startswith("Aurora Atlas")
    assert [item.name for item in here.iterdir()] == [out.strip()]


def test_the_frame_nearest_to_the_time_is_drawn(minute: Path, here: Path) -> None:
    assert main(["image", str(minute), "2014-03-10T06:00:08.5Z", "-o", "a.png"]) == 0
    with Image.open("a.png") as picture:
        assert picture.info["Time"] == "2014-03-10T06:00:09.500Z"


@pytest.mark.parametrize(
    ("words", "status", "wrong"),
    [
        (["2014-03-10T06:00:40"], 1, "There is no frame within 3 s of 2014-03-10T06:00:40"),
        (["2014-03-10T07:00"], 1, "The files hold 2014-03-10T06:00:00.500000 to"),
        (["--vmin", "9", "--vmax", "3"], 2, "--vmin 9 is not below --vmax 3"),
        (["-o", "a.jpeg"], 2, "a.jpeg is no name of a file that is written here"),
        (["-o", "none/a.png"], 1, "none/a.png cannot be written: no such file or directory"),
        (["--skymap", "none.sav"], 1, "none.sav"),
        (["--log", "--vmax", "1"], 2, "A logarithmic scale cannot end at 1."),
        (["-o", "a" * 300 + ".png"], 1, "cannot be written: file name too long"),
        (["--map", "--alt-km", "0.1"], 2, "0.1 km is no altitude above the camera"),
    ],
)
def test_what_cannot_be_drawn_is_one_line(
    words: list[str], status: int, wrong: str, minute: Path, here: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    assert main(["image", str(minute), *words]) == status
    out, err = told(capsys)
    assert out == ""
    assert wrong in err
    assert err.startswith("error: ")
    assert len(err.splitlines()) == 1
    assert not list(here.iterdir())


@pytest.mark.parametrize(
    ("word", "status", "wrong"),
    [
        ("nowhere", 2, "'nowhere' is no source"),
        ("themis-asi/nowhere", 1, "has no site 'nowhere'"),
        ("orion/gill", 1, "No imager array 'orion'"),
        ("99999", 1, "No imager has the identifier 99999"),
        ("missing.pgm.gz", 1, "there is no such file"),
        ("a" * 300, 2, "is no source"),
        ("a\0b", 2, "is no source"),
        ("themis-asi/gill", 1, "There is no archive in"),
    ],
)
def test_a_source_that_is_none_is_named(
    word: str, status: int, wrong: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["image", word, "2014-03-10T06:00"]) == status
    assert wrong in told(capsys)[1]


@pytest.mark.parametrize(
    "word", ["46", "themis-asi/gill", "themis_asi/gill", "THEMIS-ASI/Gillam", "themis-asi/gillam"]
)
def test_an_imager_has_many_names(word: str) -> None:
    array, site = find_imager(word)
    assert (array.key, site.code) == ("themis_asi", "gill")
    assert find_imager("rego/gill")[0].key == "rego"
    assert find_imager("trex-rgb/fort smith")[1].code == "fsmi"


@pytest.mark.parametrize(
    "options",
    [
        ["--gamma", "0"], ["--size", "9"], ["--percentile", "5"], ["--cmap", "jet"],
        ["--gamma", "1e300"], ["--gamma", "nan"], ["--alt-km", "3000"], ["--size", "99999"],
        ["--min-elevation", "95"], ["--skymap", "a.sav", "--model-skymap"], ["--alt-km", "-1"],
    ],
)  # fmt: skip
def test_options_that_cannot_be_are_wrong_usage(options: list[str], here: Path) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["image", "46", "2014-03-10T06:00", *options])


def test_a_map_says_its_altitude(minute: Path, here: Path) -> None:
    words = ["--map", "--alt-km", "120", "--size", "200", "--radius-km", "500", "-o", "m.png"]
    assert main(["image", str(minute), *words]) == 0
    with Image.open("m.png") as picture:
        assert picture.info["Altitude"] == "120 km"
        assert picture.info["Map radius"] == "500 km"
        assert picture.info["View"] == "map, north up, east to the right"


def test_a_webp_and_a_dark_page(minute: Path, here: Path) -> None:
    assert main(["image", str(minute), "-o", "a.webp", "--dark", "--size", "256"]) == 0
    with Image.open("a.webp") as picture:
        assert picture.format == "WEBP"
        assert max(picture.convert("RGB").getpixel((2, 2))) < 40  # type: ignore[type-var]


def test_a_keogram_of_a_folder(
    minute: Path, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = minute.parent / "files"
    folder.mkdir()
    minute.rename(folder / minute.name)
    write_pgm(folder / "20140310_0601_gill_themis19_full.pgm", 4, "2014-03-10 06:01:00")
    (folder / "notes.txt").write_text("not an image\n")
    assert main(["keogram", str(folder), "-o", "k.png", "--width", "400", "--height", "128"]) == 0
    out, err = told(capsys)
    assert out == "k.png: 10 lines of 256 pixels\n"
    assert "1 file of the folder is no image file: notes.txt" in err
    with Image.open("k.png") as picture:
        assert picture.info["Start"] == "2014-03-10T06:00:00.000Z"
        assert picture.info["Axis"] == "pixel from south"
        assert "2 files" in picture.info["Source file"]


@pytest.mark.parametrize("slice_", ["column", "meridian"])
def test_the_values_of_a_keogram_come_as_netcdf_with_units(
    slice_: str, minute: Path, here: Path
) -> None:
    assert main(["keogram", str(minute), "-o", "k.nc", "--slice", slice_]) == 0
    assert Path("k.nc").read_bytes()[:4] == b"CDF\x02"  # NetCDF 3, 64-bit offset
    with xr.open_dataset("k.nc", engine="scipy") as keogram:
        frames = read_frames(minute)
        times = frames["time"].values.astype("M8[us]")
        assert keogram["time"].values.astype("M8[us]").tolist() == times.tolist()
        assert keogram.attrs["Conventions"] == "CF-1.11"
        assert keogram.attrs["skymap_kind"] == "model, approximate"
        assert keogram.attrs["comment"] == "Model skymap, approximate"
        assert keogram["latitude"].attrs["standard_name"] == "latitude"
        assert keogram["latitude"].attrs["units"] == "degrees_north"
        assert keogram["mlat_deg"].dims == ("pixel",)
        assert np.nanmin(np.diff(keogram["mlat_deg"].values)) > 0
        if slice_ == "column":
            expected = frames["images"].values[:, ::-1, 128]
            np.testing.assert_array_equal(keogram["counts"].values, expected)


def test_csv_and_zarr_hold_the_same_values(minute: Path, here: Path) -> None:
    assert main(["keogram", str(minute), "-o", "k.csv"]) == 0
    assert main(["keogram", str(minute), "-o", "k.zarr"]) == 0
    lines = Path("k.csv").read_text().splitlines()
    table = [line.split(",") for line in lines if not line.startswith("#")]
    assert table[0][:3] == ["time", "exposure_s", "p0.5"]
    assert table[1][0] == "2014-03-10T06:00:00.500000Z"
    assert any(line.startswith("# mlat_deg,,") for line in lines)
    assert any(line == "# skymap_kind: model, approximate" for line in lines)
    with xr.open_zarr("k.zarr", consolidated=False) as keogram:
        values = np.array([row[2:] for row in table[1:]], dtype=float)
        np.testing.assert_array_equal(values, keogram["counts"].values)


def test_a_folder_that_is_there_is_not_overwritten(
    minute: Path, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("k.zarr").mkdir()
    assert main(["keogram", str(minute), "-o", "k.zarr"]) == 2
    assert "k.zarr is a folder that is there already" in told(capsys)[1]


def test_colour_keograms_have_a_column_for_each_channel(tmp_path: Path) -> None:
    from core.imaging.keogram import make_keogram

    counts = np.arange(2 * 3 * 3, dtype="u1").reshape(2, 3, 3)
    moments = np.array(["2020-01-01T00:00:00", "2020-01-01T00:00:03"], "M8[us]")
    dataset = make_keogram(
        counts, moments, np.ones(2), {"array": "trex_rgb", "site": "gill", "cadence_s": 3.0}
    )
    write_keogram(tmp_path / "k.csv", dataset, None, "csv")
    rows = [line for line in (tmp_path / "k.csv").read_text().splitlines() if line[0] != "#"]
    assert rows[0].split(",")[2:6] == ["p0.5_red", "p0.5_green", "p0.5_blue", "p1.5_red"]
    assert rows[2].split(",")[2:] == [str(value) for value in range(9, 18)]
    write_keogram(tmp_path / "k.nc", dataset, None, "nc")
    with xr.open_dataset(tmp_path / "k.nc", engine="scipy") as read:
        np.testing.assert_array_equal(read["counts"].values, counts)


def test_a_movie_of_a_file(minute: Path, here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["movie", str(minute), "-o", "m.mp4", "--size", "128", "--fps", "5"]) == 0
    assert told(capsys)[0] == "m.mp4: 6 of 6 frames, 1.2 s\n"
    with av.open("m.mp4") as movie:
        assert movie.streams.video[0].frames == 6
        assert movie.metadata["title"] == "THEMIS-ASI Gillam (GILL)"
        assert "Skymap kind: model, approximate" in movie.metadata["comment"]


def test_a_movie_in_steps(minute: Path, here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["movie", str(minute), "--step", "6", "--size", "128", "-o", "m.mp4"]) == 0
    assert "3 of 6 frames" in told(capsys)[0]


def test_steps_take_the_first_frame_of_each_though_some_come_early() -> None:
    start = np.datetime64("2014-03-10T06:00:00", "us")
    late_us = np.array([0, 20_000, -20_000, 10_000, -15_000, 0])
    times = start + (np.arange(6) * 3_000_000 + late_us).astype("m8[us]")
    assert np.searchsorted(times, thinned(times, 6.0)).tolist() == [0, 2, 4]
    assert len(thinned(times, 3.0)) == 6
    assert default_step_s(1440, 3.0) == 3.0
    assert default_step_s(1441, 3.0) == 6.0


INTERRUPTED = """
import sys, time
from core.archive import Archive
from core.cli import main
import core.imaging.page as page

slow = page.Page.fill
def fill(self, *args):
    print("a picture", flush=True)
    time.sleep(0.3)
    return slow(self, *args)
page.Page.fill = fill
sys.exit(main(["movie", sys.argv[1], "-o", sys.argv[2], "--size", "128"]))
"""


def test_an_interrupted_movie_leaves_nothing(minute: Path, here: Path) -> None:
    words = [sys.executable, "-c", INTERRUPTED, str(minute), str(here / "m.mp4")]
    with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True) as movie:
        assert movie.stdout is not None
        assert movie.stdout.readline() == "a picture\n"
        assert [item.suffix for item in here.iterdir()] == [".part"]
        os.kill(movie.pid, signal.SIGINT)
        assert movie.wait(30) == 130
    assert not list(here.iterdir())


def test_results_appear_whole_or_not_at_all(tmp_path: Path) -> None:
    target = tmp_path / "a.csv"
    target.write_text("older")

    def interrupted() -> None:
        with whole(target) as part:
            part.write_text("half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert target.read_text() == "older"
    with whole(target) as part:
        part.write_text("all")
    assert target.read_text() == "all"
    assert [item.name for item in tmp_path.iterdir()] == ["a.csv"]


def test_files_of_two_cameras_are_refused(minute: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.pgm"
    content = minute.read_bytes()
    content = content.replace(b"GILL", b"GAKO").replace(b"56.376", b"62.407")
    other.write_bytes(content.replace(b"-94.64", b"-145.158").replace(b"themis19", b"themis05"))
    with pytest.raises(BadInput, match="is of themis_asi gill"):
        LooseFiles(tmp_path, 2**28)


def test_times_that_files_do_not_have_are_not_found(minute: Path) -> None:
    files = LooseFiles(minute, 2**28)
    with pytest.raises(NotFound):
        files.frames(46, np.array(["2014-03-10T06:00:01"], "M8[us]"))
    chosen = files.every_time[[4, 1]]
    assert files.frames(46, chosen)["time"].values.astype("M8[us]").tolist() == chosen.tolist()


# ---- an archive


@pytest.fixture(scope="module")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive that says that Gillam and one colour camera are simulated on 2019-01-01."""
    folder = tmp_path_factory.mktemp("media") / "archive"
    settings = Settings(archive=folder)
    with Archive.create(settings) as archive:
        for key in ("themis_asi", "trex_rgb"):
            source = array_for(key).source(find_site(key, "gill"))
            archive.catalogue.sources.put(source.with_metadata(provenance="simulated"))
    marker.finish(settings, [date(2019, 1, 1)])
    return folder


@pytest.fixture
def archive(simulated: Path, here: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ATLAS_ARCHIVE", str(simulated))
    return here


def test_a_simulated_frame_says_so(archive: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["image", "themis-asi/gill", "2019-01-01T06:00", "-o", "s.png"]) == 0
    assert told(capsys) == ("s.png\n", "note: SIMULATED, not observed\n")
    text = facts(archive / "s.png")
    assert (text["Provenance"], text["Skymap kind"]) == ("simulated", "simulated")
    assert text["Time"] == "2019-01-01T06:00:00.500Z"


def test_a_simulated_frame_with_a_model_skymap_is_marked_twice(
    archive: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["image", "46", "2019-01-01T06:00", "-o", "s.png", "--model-skymap", "--map"]
    assert main([*words, "--size", "200"]) == 0
    assert told(capsys)[1] == "note: SIMULATED, not observed\nnote: Model skymap, approximate\n"


def test_a_day_without_frames_is_named(archive: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["image", "46", "2019-03-01T06:00"]) == 1
    assert "THEMIS-ASI GILL has no frame within two minutes of 2019-03-01T06:00" in told(capsys)[1]
    assert main(["movie", "46", "2019-03-01", "2019-03-02"]) == 1
    assert "has no frames from 2019-03-01" in told(capsys)[1]
    assert main(["keogram", "46", "2019-03-01", "2019-03-02"]) == 1
    assert "There is no keogram of source 46" in told(capsys)[1]
    assert main(["image", "46"]) == 2
    assert "Say of which time" in told(capsys)[1]
    assert main(["keogram", "46", "2019-01-01", "2018-01-01"]) == 2
    assert "is not after START" in told(capsys)[1]


def test_the_colour_keogram_on_the_meridian(
    archive: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    window = ["2019-01-01T06:00", "2019-01-01T06:20"]
    words = ["keogram", "trex-rgb/gill", *window, "--slice", "meridian"]
    assert main([*words, "-o", "k.png"]) == 0
    assert main([*words, "-o", "k.nc"]) == 0
    out, err = told(capsys)
    assert out.splitlines()[0] == "k.png: 20 lines of 480 pixels"
    assert err == 2 * "note: SIMULATED, not observed\n"
    assert facts(archive / "k.png")["Line"].startswith("magnetic meridian, AACGM longitude")
    with xr.open_dataset("k.nc", engine="scipy") as keogram:
        assert keogram["counts"].shape == (20, 480, 3)
        assert keogram.attrs["provenance"] == "simulated"
        assert keogram.attrs["comment"] == "SIMULATED, not observed"


def test_windows_that_hold_nothing_or_too_much(
    archive: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["keogram", "46", "2019-01-01T18:00", "2019-01-01T19:00"]) == 1  # daylight
    assert "no image was taken then" in told(capsys)[1]
    for verb in ("keogram", "movie"):
        assert main([verb, "46", "1019-01-01", "3019-01-01"]) == 2
        assert "are 730,485 days; at most 31 are drawn at once" in told(capsys)[1]
    assert not list(archive.iterdir())


def test_a_file_from_a_time_on(
    minute: Path, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["keogram", str(minute), "2014-03-10T06:00:06", "-o", "a.png"]) == 0
    assert told(capsys)[0] == "a.png: 4 lines of 256 pixels\n"
    assert main(["movie", str(minute), "2014-03-10T06:00:06", "-o", "a.mp4"]) == 0
    assert told(capsys)[0].startswith("a.mp4: 4 of 4 frames")
    assert main(["keogram", str(minute), "2014-03-10T07:00", "-o", "b.png"]) == 1
    assert "has no frames from 2014-03-10T07:00" in told(capsys)[1]


def test_the_keogram_is_the_column_of_the_frames(archive: Path) -> None:
    window = ["2019-01-01T06:00", "2019-01-01T06:03"]
    assert main(["keogram", "46", *window, "-o", "k.nc"]) == 0
    with Observatory(read_settings()) as observatory, xr.open_dataset("k.nc") as keogram:
        times = keogram["time"].values.astype("M8[us]")
        images = observatory.frames.frames(46, times)["images"].values
        np.testing.assert_array_equal(keogram["counts"].values, images[:, ::-1, 128])


def test_a_movie_of_simulated_maps(archive: Path, capsys: pytest.CaptureFixture[str]) -> None:
    window = ["2019-01-01T06:00", "2019-01-01T06:01"]
    words = ["movie", "themis-asi/gill", *window, "--map", "--step", "15", "--size", "160"]
    assert main([*words, "-o", "m.mp4"]) == 0
    assert told(capsys)[0] == "m.mp4: 4 of 20 frames, 0.3 s\n"
    with av.open("m.mp4") as movie:
        assert "Provenance: simulated" in movie.metadata["comment"]


# ---- real files


@pytest.fixture
def themis(test_data: Path) -> Path:
    return test_data / "themis"


def facts(path: Path) -> dict[str, Any]:
    with Image.open(path) as picture:
        return dict(picture.info)


@pytest.mark.realdata
def test_gakona_with_a_skymap_of_two_months_later_is_refused_with_the_reason(
    themis: Path, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["image", str(themis / GAKO), "--skymap", str(themis / GAKO_SKYMAP), "-o", "g.png"]
    assert main(words) == 1
    err = told(capsys)[1]
    assert f"The skymap {GAKO_SKYMAP} is refused: it holds from 2011-03-05 08:00 UTC" in err
    assert "the frames are of 2011-01-06 17:00, 58 days before" in err
    assert "--accept-skymap" in err
    assert not list(here.iterdir())


@pytest.mark.realdata
@pytest.mark.parametrize("options", [[], ["--map"]])
def test_gakona_forced_says_so_in_the_picture_and_in_its_text(
    options: list[str], themis: Path, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["image", str(themis / GAKO), "--skymap", str(themis / GAKO_SKYMAP), "-o", "g.png"]
    assert main([*words, "--accept-skymap", *options]) == 0
    reason = (
        "it holds from 2011-03-05 08:00 UTC, the frames are of 2011-01-06 17:00, 58 days before"
    )
    assert told(capsys)[1] == f"note: Skymap forced: {reason}\n"
    text = facts(here / "g.png")
    assert text["Skymap"] == GAKO_SKYMAP
    assert text["Skymap forced"] == f"yes: {reason}"
    assert text["Source file"] == GAKO
    assert text["Site"] == "gako"
    assert text["Time"] == "2011-01-06T17:00:00.490Z"
    assert "NAS5-02099" in text["Acknowledgement"]
    with Image.open(here / "g.png") as picture:
        page = np.asarray(picture.convert("RGB")).astype(int)
    assert (np.abs(page - (176, 32, 24)).max(axis=2) < 60).sum() > 300  # the mark in red letters


@pytest.mark.realdata
def test_gillam_is_drawn_with_a_model_and_marked(
    themis: Path, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["image", str(themis / GILL.format(0)), "-o", "g.png"]) == 0
    assert told(capsys)[1] == "note: Model skymap, approximate\n"
    assert facts(here / "g.png")["Skymap kind"] == "model, approximate"


@pytest.mark.realdata
@pytest.mark.parametrize("accept", [[], ["--accept-skymap"]])
def test_gillam_with_the_skymap_of_gakona_is_refused_by_name(
    accept: list[str], themis: Path, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["image", str(themis / GILL.format(0)), "--skymap", str(themis / GAKO_SKYMAP)]
    assert main([*words, *accept]) == 1
    assert "it is of GAKO, the frames are of GILL" in told(capsys)[1]
    assert not list(here.iterdir())


@pytest.mark.realdata
def test_spectra_are_no_pictures(
    test_data: Path, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = str(test_data / "trex" / "20230503_0600_luck_spect-02_spectra.pgm.gz")
    assert main(["image", file, "-o", "s.png"]) == 2
    assert "spectra along a slit, no pictures of the sky" in told(capsys)[1]
    assert main(["keogram", file, "-o", "k.png"]) == 0
    assert facts(here / "k.png")["Line"] == "slit of the spectrograph, 557.7 nm"


@pytest.mark.realdata
@pytest.mark.parametrize(
    ("name", "array"),
    [
        ("20220307_0600_gill_nir-216_8446.pgm.gz", "trex_nir"),
        ("20220308_0600_gill_blue-814_full.pgm.gz", "trex_blue"),
        ("20211030_060500_149606_gill_rgb-04_320ms_burst.png", "trex_rgb"),
    ],
)
def test_other_cameras_are_drawn_with_the_models_of_their_arrays(
    name: str, array: str, test_data: Path, here: Path
) -> None:
    assert main(["image", str(test_data / "trex" / name), "-o", "a.png", "--size", "300"]) == 0
    text = facts(here / "a.png")
    assert text["Array"] == array
    assert text["Skymap kind"] == "model, approximate"


@pytest.mark.realdata
def test_the_real_minutes_of_gillam_make_a_keogram_and_a_movie(
    themis: Path, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = here / "gill"
    folder.mkdir()
    for number in range(3):
        (folder / GILL.format(number)).symlink_to(themis / GILL.format(number))
    assert main(["keogram", str(folder), "--axis", "magnetic", "-o", "k.png"]) == 0
    assert main(["movie", str(folder), "--map", "--size", "192", "-o", "m.mp4"]) == 0
    assert told(capsys)[0] == "k.png: 60 lines of 256 pixels\nm.mp4: 60 of 60 frames, 4.0 s\n"
    assert facts(here / "k.png")["Axis"] == "AACGM latitude"


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("quiet", "shown"), [(False, True), (True, False)])
def test_a_terminal_shows_how_far_it_is(
    quiet: bool, shown: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal = _Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    with Bar(2, "frames", quiet) as bar:
        time.sleep(0.15)  # bars are drawn ten times a second at most
        bar.show(2, 2)
    assert ("2/2" in terminal.getvalue()) is shown
