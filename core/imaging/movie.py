"""Movies: pictures one after the other as an H.264 file that browsers and journals play.

The file grows under a temporary name beside the wanted one and is renamed when it is whole, so a
movie that was cancelled, interrupted or did not fit on the disk leaves nothing behind.
"""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Callable, Iterable
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import ArchiveError, BadInput, MovieCancelled, NotFound

Progress = Callable[[int, int], None]
Cancelled = Callable[[], bool]

LEAST_RATE, MOST_RATE = 0.1, 240.0
"""Pictures a second."""
CRF = "18"
"""Constant rate factor of x264, 0 (lossless) to 51: at 18 the eye sees no difference."""
_BT709, _LIMITED = 1, 1
_OPTIONS = {"crf": CRF, "preset": "veryfast"}


def write_movie(
    path: Path,
    pictures: Iterable[NDArray[np.uint8]],
    fps: float,
    *,
    total: int = 0,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
    metadata: dict[str, str] | None = None,
) -> int:
    """Write a movie.

    Parameters
    ----------
    path : Path
        The MP4 file; one that is there already is replaced when the new one is whole.
    pictures : iterable of uint8 arrays, shape (height, width, 3)
        RGB, all of one size; asked for one by one. An odd size is made even by repeating the last
        row or column, as the format wants it.
    fps : float
        Pictures a second, 0.1 to 240.
    total : int
        Number of pictures if known, for `progress`.
    progress : callable, optional
        Called with (pictures written, `total`) after each.
    cancelled : callable, optional
        Asked before each picture; True ends the work.
    metadata : dict, optional
        Title, comment and so on, kept in the file.

    Returns
    -------
    int
        Pictures in the movie.

    Raises
    ------
    MovieCancelled
        `cancelled` said so.
    NotFound
        There is no picture.
    BadInput
        Pictures differ in size or are none; a rate below 0.1 or above 240.
    core.errors.ArchiveError
        The file cannot be written (disk full, no right).
    """
    _check_rate(fps)
    part = _temporary(path)
    try:
        count = _encode(part, pictures, fps, total, progress, cancelled, metadata or {})
        if not count:
            raise NotFound("There is no picture to make a movie of.", kind="picture", key=path.name)
        _publish(part, path)
    except OSError as error:  # PyAV's errors of the file are OSErrors too
        raise unwritable(path, error) from error
    finally:
        part.unlink(missing_ok=True)
    return count


def _encode(
    part: Path,
    pictures: Iterable[NDArray[np.uint8]],
    fps: float,
    total: int,
    progress: Progress | None,
    cancelled: Cancelled | None,
    metadata: dict[str, str],
) -> int:
    count, stream, shape = 0, None, (0, 0)
    import av  # takes a while to import, and few programs make movies

    with av.open(str(part), "w", format="mp4", options={"movflags": "faststart"}) as container:
        container.metadata.update(metadata)
        for picture in pictures:
            if cancelled and cancelled():
                raise MovieCancelled("The movie was cancelled.", pictures=count)
            even = _even(picture)
            if stream is None:
                stream, shape = _stream(container, fps, even.shape), even.shape
            if even.shape != shape:
                raise _other_size(count, even.shape, shape)
            frame = av.VideoFrame.from_ndarray(even, format="rgb24")
            converted = frame.reformat(format="yuv420p", dst_colorspace=_BT709)
            container.mux(stream.encode(converted))
            count += 1
            if progress:
                progress(count, total)
        if stream is not None:
            container.mux(stream.encode(None))
    return count


def _stream(container: Any, fps: float, shape: tuple[int, ...]) -> Any:
    rate = Fraction(fps).limit_denominator(1001)
    stream = container.add_stream("libx264", rate=rate, options=_OPTIONS)
    stream.height, stream.width = shape[:2]
    stream.pix_fmt = "yuv420p"
    # Said in the file, so that players do not guess the colours from the size.
    context = stream.codec_context
    context.colorspace = context.color_primaries = context.color_trc = _BT709
    context.color_range = _LIMITED
    return stream


def _even(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    shape = np.shape(picture)
    if len(shape) != 3 or shape[2] != 3 or picture.dtype != np.uint8 or 0 in shape:
        raise BadInput(
            f"A movie is made of RGB pictures, not of arrays {shape}.",
            field="pictures", value=shape,
        )  # fmt: skip
    height, width = shape[:2]
    return np.pad(picture, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")


def _other_size(count: int, shape: tuple[int, ...], first: tuple[int, ...]) -> BadInput:
    return BadInput(
        f"Picture {count + 1} of the movie is {shape[1]} x {shape[0]} pixels, "
        f"those before it {first[1]} x {first[0]}.",
        field="pictures", value=shape,
    )  # fmt: skip


def _check_rate(fps: float) -> None:
    if not LEAST_RATE <= fps <= MOST_RATE:
        raise BadInput(
            f"A movie of {fps:g} pictures a second cannot be made.",
            hint=f"Give a number from {LEAST_RATE:g} to {MOST_RATE:g}.", field="fps", value=fps,
        )  # fmt: skip


def _temporary(path: Path) -> Path:
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
    except OSError as error:
        raise unwritable(path, error) from error
    os.close(handle)
    return Path(name)


def _publish(part: Path, path: Path) -> None:
    mask = os.umask(0)
    os.umask(mask)
    part.chmod(0o666 & ~mask)  # a temporary file is its owner's alone; a result is like any file
    with part.open("rb") as file:
        os.fsync(file.fileno())
    part.replace(path)


def unwritable(path: Path, error: OSError) -> ArchiveError:
    """Return the error that says why a file cannot be written."""
    reason = (error.strerror or str(error)).lower()
    full = error.errno in (errno.ENOSPC, errno.EDQUOT)
    return ArchiveError(
        f"{path} cannot be written: {reason}.",
        hint="Make room, or choose another place." if full else "Choose another place.",
        path=str(path),
    )
