"""Files that appear whole, in versions, without a lock.

``2014-03-10.v000002.zarr.zip`` is the second version of what has the key ``2014-03-10``. A writer
builds the next version aside, forces it to disk and links it under its name, which fails when
another writer was faster. A killed writer leaves the old version; readers take the highest there
is.
"""

from __future__ import annotations

import contextlib
import os
import re
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import NamedTuple

from core.archive.durable import sync_file, sync_folder
from core.errors import ArchiveError

ATTEMPTS = 50
_NAME = re.compile(r"([\d-]+)\.v(\d{6,})\.zarr\.zip$")
_ABANDONED_S = 3600.0


class Version(NamedTuple):
    """One version of a file; its key is a day or a part of one, in digits and dashes."""

    key: str
    number: int
    path: Path

    @property
    def day(self) -> date:
        """The key of files that hold a day each."""
        return date.fromisoformat(self.key)


def versions(folder: Path) -> Iterator[Version]:
    """Yield every version in a folder, in no order; none where there is no folder."""
    with contextlib.suppress(FileNotFoundError):
        for name in os.listdir(folder):
            if match := _NAME.match(name):
                yield Version(match[1], int(match[2]), folder / name)


def newest(folder: Path, key: str) -> Version | None:
    """Return the highest version of a key."""
    found = [v for v in versions(folder) if v.key == key]
    return max(found, key=lambda v: v.number, default=None)


def identity(path: Path) -> str:
    """Return a text that tells a file from another that had its name before."""
    try:
        stat = path.stat()
    except FileNotFoundError:
        return "replaced"  # by a newer version, which the next caller sees
    return f"{stat.st_ino}:{stat.st_mtime_ns}:{stat.st_size}"


def update(folder: Path, key: str, content: Callable[[Path | None], bytes | None]) -> bool:
    """Put a newer version in the place of the newest.

    Parameters
    ----------
    folder : Path
        It is made where there is none.
    key : str
    content : callable
        Makes of the newest version's path (None where there is none) the bytes of the next, or
        None to leave things as they are. It is called again when another writer was faster; a
        FileNotFoundError that it raises means just that.

    Returns
    -------
    bool
        Whether there is a newer version.

    Raises
    ------
    ArchiveError
        Other writers were faster every time.
    """
    sweep(folder)
    for _ in range(ATTEMPTS):
        current = newest(folder, key)
        try:
            made = content(current.path if current else None)
        except FileNotFoundError:
            continue  # another writer has replaced it since
        if made is None:
            return False
        if publish(folder, key, current.number + 1 if current else 1, made):
            return True
    raise ArchiveError(
        f"{folder.name}/{key} was not written in {ATTEMPTS} tries.",
        hint="Many writers work on the same file of the archive; let them finish.",
    )


def publish(folder: Path, key: str, number: int, content: bytes) -> bool:
    """Make one version appear; False when another writer has this version or a later one."""
    _make(folder)
    target = folder / f"{key}.v{number:06d}.zarr.zip"
    temporary = folder / f".build-{os.getpid()}-{uuid.uuid4().hex}"
    try:
        temporary.write_bytes(content)
        sync_file(temporary)
        os.link(temporary, target)
    except FileExistsError:
        return False
    finally:
        temporary.unlink(missing_ok=True)
    others = [v for v in versions(folder) if v.key == key]
    if any(other.number > number for other in others):
        # The number was free only because later versions had replaced it already.
        target.unlink(missing_ok=True)
        return False
    sync_folder(folder)
    for other in others:
        if other.number < number:
            other.path.unlink(missing_ok=True)
    return True


def _make(folder: Path) -> None:
    """Make a folder whose name, and those of new folders above it, survive a power cut."""
    if not folder.is_dir():
        _make(folder.parent)
        folder.mkdir(exist_ok=True)
        sync_folder(folder.parent)


def sweep(folder: Path) -> None:
    """Remove what killed writers left behind, an hour after they did."""
    for path in folder.glob(".build-*"):
        with contextlib.suppress(FileNotFoundError):
            if time.time() - path.stat().st_mtime > _ABANDONED_S:
                path.unlink()
