"""Readers of providers' image files, one module a format; `read_frames` finds the right one."""

from __future__ import annotations

from pathlib import Path

from core.imaging.frames import Frames
from core.imaging.readers.bounded import first_bytes, refused
from core.imaging.readers.pgm import read_pgm
from core.imaging.readers.png import read_png
from core.imaging.readers.themis_cdf import read_themis_cdf

MAX_BYTES = 256 * 2**20

_READERS = {
    b"\x1f\x8b": read_pgm,
    b"P5": read_pgm,
    b"\xcd\xf3": read_themis_cdf,
    b"\xcd\xf2": read_themis_cdf,
    b"\x89PNG": read_png,
}
_FOREIGN = {
    b"\x89HDF": (
        "it is HDF5 (TREx RGB minute files are), which is not read yet",
        "Read are PGM, PGM in gzip, THEMIS level 1 CDF and TREx PNG.",
    ),
    b"\xff\xd8": ("it is a JPEG picture, no raw counts", "Give the minute files in PGM or CDF."),
    b"SR\x00": (
        "it is an IDL save file, no images",
        "A skymap goes in by `ingest skymap`.",
    ),
}


def read_frames(path: Path, max_bytes: int = MAX_BYTES) -> Frames:
    """Read an imager's file, whatever its format, which its first bytes tell.

    The name of the file does not matter, but for a PNG: that has no header.

    Parameters
    ----------
    path : Path
        PGM, PGM in gzip, THEMIS level 1 CDF, or PNG of a TREx colour camera.
    max_bytes : int
        Most bytes of its content when unpacked.

    Returns
    -------
    Frames
        See `core.imaging.frames`.

    Raises
    ------
    FileRefused
        With details `path` and `reason`.
    """
    start = first_bytes(path, 8)
    for magic, reader in _READERS.items():
        if start.startswith(magic):
            return reader(path, max_bytes)
    for magic, (reason, hint) in _FOREIGN.items():
        if start.startswith(magic):
            raise refused(path, reason, hint)
    raise refused(
        path,
        f"it begins with {start!r}, which is no format that is read here"
        if start
        else "it is empty",
        "Read are PGM, PGM in gzip, THEMIS level 1 CDF and TREx PNG.",
    )


__all__ = ["MAX_BYTES", "read_frames"]
