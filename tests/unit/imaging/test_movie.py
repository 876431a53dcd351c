"""Movies: what players need is in them, and nothing is left of those that fail."""

from __future__ import annotations

import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import pytest

from core.errors import ArchiveError, BadInput, MovieCancelled, NotFound
from core.imaging.movie import write_movie


def pictures(count: int, height: int = 48, width: int = 64) -> Iterator[np.ndarray]:
    """Pictures of one grey each, brighter from one to the next."""
    for number in range(count):
        yield np.full((height, width, 3), 20 + 8 * number, dtype="u1")


def test_a_movie_plays_back_what_was_written(tmp_path: Path) -> None:
    path = tmp_path / "night.mp4"
    assert write_movie(path, pictures(20), 10, metadata={"title": "Gillam"}) == 20
    with av.open(str(path)) as movie:
        stream = movie.streams.video[0]
        assert stream.codec_context.name == "h264"
        assert stream.codec_context.pix_fmt == "yuv420p"
        assert (stream.width, stream.height, stream.frames) == (64, 48, 20)
        assert stream.average_rate == 10
        assert movie.metadata["title"] == "Gillam"
        for number, frame in enumerate(movie.decode(video=0)):
            shown = frame.to_ndarray(format="rgb24")
            # 8 bits of limited range, lossy: grey levels come back within 3 of 255.
            assert np.abs(shown.astype(int) - (20 + 8 * number)).max() <= 3


def test_colours_come_back(tmp_path: Path) -> None:
    colour = np.zeros((32, 32, 3), dtype="u1")
    colour[...] = (30, 200, 90)
    write_movie(tmp_path / "green.mp4", [colour] * 3, 5)
    with av.open(str(tmp_path / "green.mp4")) as movie:
        frame = next(movie.decode(video=0))
        assert frame.colorspace == 1  # BT.709, said in the file
        shown = frame.reformat(format="rgb24", src_colorspace=1).to_ndarray()
    assert np.abs(shown.astype(int) - colour).max() <= 4  # rounding of chroma


def test_the_index_comes_first_so_that_a_browser_starts_at_once(tmp_path: Path) -> None:
    write_movie(tmp_path / "m.mp4", pictures(5), 10)
    content = (tmp_path / "m.mp4").read_bytes()
    assert 0 < content.find(b"moov") < content.find(b"mdat")


def test_odd_sizes_are_made_even_by_the_last_row_and_column(tmp_path: Path) -> None:
    write_movie(tmp_path / "odd.mp4", pictures(3, 47, 63), 10)
    with av.open(str(tmp_path / "odd.mp4")) as movie:
        assert (movie.streams.video[0].width, movie.streams.video[0].height) == (64, 48)
        last = next(movie.decode(video=0)).to_ndarray(format="rgb24")[-1, -1]
    assert np.abs(last.astype(int) - 20).max() <= 3


def test_progress_counts_pictures_that_are_made_one_by_one(tmp_path: Path) -> None:
    asked: list[int] = []
    told: list[tuple[int, int]] = []

    def lazily() -> Iterator[np.ndarray]:
        for number, picture in enumerate(pictures(4)):
            asked.append(number)
            assert len(told) == number  # the one before is written before the next is asked for
            yield picture

    write_movie(tmp_path / "m.mp4", lazily(), 10, total=4, progress=lambda *at: told.append(at))
    assert asked == [0, 1, 2, 3]
    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_a_cancelled_movie_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "m.mp4"
    path.write_bytes(b"an older movie")
    calls = iter([False, False, True])
    with pytest.raises(MovieCancelled):
        write_movie(path, pictures(9), 10, cancelled=lambda: next(calls))
    assert path.read_bytes() == b"an older movie"
    assert [item.name for item in tmp_path.iterdir()] == ["m.mp4"]


@pytest.mark.parametrize("fault", [ValueError, KeyboardInterrupt])
def test_an_error_between_pictures_leaves_nothing(
    fault: type[BaseException], tmp_path: Path
) -> None:
    def broken() -> Iterator[np.ndarray]:
        yield from pictures(3)
        raise fault

    with pytest.raises(fault):
        write_movie(tmp_path / "m.mp4", broken(), 10)
    assert not list(tmp_path.iterdir())


FULL = """
import resource, signal, sys
from pathlib import Path
import numpy as np
from core.errors import ArchiveError
from core.imaging.movie import write_movie

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000))
noise = np.random.default_rng(1)
try:
    write_movie(
        Path(sys.argv[1]) / "m.mp4",
        (noise.integers(0, 255, (128, 128, 3), dtype="u1") for _ in range(200)), 10,
    )
except ArchiveError as error:
    print(error)
"""


def test_a_movie_that_does_not_fit_leaves_nothing_and_says_so(tmp_path: Path) -> None:
    """A limit on the size of files stands for a disk that is full."""
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(tmp_path)],
        capture_output=True, text=True, check=True, cwd=Path(__file__).parents[3],
    )  # fmt: skip
    assert f"{tmp_path / 'm.mp4'} cannot be written: file too large." in done.stdout
    assert not list(tmp_path.iterdir())


def test_a_movie_is_read_by_whom_any_new_file_is(tmp_path: Path) -> None:
    write_movie(tmp_path / "m.mp4", pictures(1), 10)
    (tmp_path / "plain").touch()
    modes = [stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("m.mp4", "plain")]
    assert modes[0] == modes[1]


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match=r"none/m\.mp4 cannot be written: no such file"):
        write_movie(tmp_path / "none" / "m.mp4", pictures(2), 10)


def test_what_cannot_be_a_movie_is_named(tmp_path: Path) -> None:
    path = tmp_path / "m.mp4"
    with pytest.raises(NotFound, match="no picture"):
        write_movie(path, pictures(0), 10)
    for fps in (0, -1, 1000, float("nan")):
        with pytest.raises(BadInput, match="pictures a second"):
            write_movie(path, pictures(1), fps)
    with pytest.raises(BadInput, match="Picture 3 of the movie is 64 x 50 pixels"):
        write_movie(path, [*pictures(2), *pictures(1, 50)], 10)
    with pytest.raises(BadInput, match="RGB pictures"):
        write_movie(path, [np.zeros((4, 4), dtype="u1")], 10)
    assert not list(tmp_path.iterdir())
