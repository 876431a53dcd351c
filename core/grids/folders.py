"""What the folders of a series hold, listed again only when they changed."""

from __future__ import annotations

import hashlib
import os
import threading
import time
from collections import OrderedDict
from pathlib import Path
from typing import NamedTuple

from core.imaging.versions import Version, versions

_KEPT = 4000
# A folder changed so lately may change again without its time of change moving on.
_SETTLED_NS = 2_000_000_000


class Listing(NamedTuple):
    """The newest version of every key in a folder, in order, and a mark that changes with them."""

    found: dict[str, Version]
    mark: str
    changed_ns: int
    settled: bool


_NOTHING = Listing({}, "", 0, False)


class Folders:
    """Listings of folders of versioned files, kept while they hold; safe in threads."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Path, Listing] = OrderedDict()
        self._lock = threading.Lock()

    def list(self, folder: Path) -> Listing:
        """Return what a folder holds; nothing where there is none."""
        try:
            stat = folder.stat()
        except FileNotFoundError:
            return _NOTHING
        with self._lock:
            kept = self._kept.get(folder)
            if kept and kept.settled and kept.changed_ns == stat.st_mtime_ns:
                self._kept.move_to_end(folder)
                return kept
        listing = _list(folder, stat)
        with self._lock:
            self._kept[folder] = listing
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return listing


def _list(folder: Path, stat: os.stat_result) -> Listing:
    settled = time.time_ns() - stat.st_mtime_ns > _SETTLED_NS
    ordered = sorted(versions(folder))  # by key, then by number: the last of a key is the newest
    found = {version.key: version for version in ordered}
    names = ",".join(version.path.name for version in found.values())
    # The folder's inode and time tell a new archive from an older one in the same place.
    text = f"{stat.st_ino}:{stat.st_mtime_ns}:{names}"
    mark = hashlib.sha256(text.encode()).hexdigest()[:16]
    return Listing(found, mark, stat.st_mtime_ns, settled)
