"""Files that appear whole, in versions, without a lock.

``2014-03-10.v000002.zarr.zip`` is the second version of one day. A writer builds the
next version aside, forces it to disk and links it under its name, which fails when another writer
was faster. A killed writer leaves the old version; readers take the highest there is.
"""

from __future__ import annotations

import contextlib
import os
import re
import time
import uuid
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import NamedTuple

from core.archive.durable import sync_file, sync_folder

_NAME = re.compile(r"(\d{4}-\d\d-\d\d)\.v(\d{6,})\.zarr\.zip$")
_ABANDONED_S = 3600.0


class Version(NamedTuple):
    """One version of a day's file."""

    day: date
    number: int
    path: Path


def versions(folder: Path) -> Iterator[Version]:
    """Yield every version in a folder, in no order; none where there is no folder."""
    with contextlib.suppress(FileNotFoundError):
        for name in os.listdir(folder):
            if match := _NAME.match(name):
                day = date.fromisoformat(match[1])
                yield Version(day, int(match[2]), folder / name)


def newest(folder: Path, day: date) -> Version | None:
    """Return the highest version of a day."""
    found = [v for v in versions(folder) if v.day == day]
    return max(found, key=lambda v: v.number, default=None)


def publish(folder: Path, day: date, number: int, content: bytes) -> bool:
    """Make one version appear; False when another writer has this version or a later one."""
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{day}.v{number:06d}.zarr.zip"
    temporary = folder / f".build-{os.getpid()}-{uuid.uuid4().hex}"
    try:
        temporary.write_bytes(content)
        sync_file(temporary)
        os.link(temporary, target)
    except FileExistsError:
        return False
    finally:
        temporary.unlink(missing_ok=True)
    others = [v for v in versions(folder) if v.day == day]
    if any(other.number > number for other in others):
        # The number was free only because later versions had replaced it already.
        target.unlink(missing_ok=True)
        return False
    sync_folder(folder)
    for other in others:
        if other.number < number:
            other.path.unlink(missing_ok=True)
    return True


def sweep(folder: Path) -> None:
    """Remove what killed writers left behind, an hour after they did."""
    for path in folder.glob(".build-*"):
        with contextlib.suppress(FileNotFoundError):
            if time.time() - path.stat().st_mtime > _ABANDONED_S:
                path.unlink()
