"""What the system says of a process: bytes read, peak memory; and how to drop pages of files."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Counters:
    """Bytes that this process asked of read() and bytes that came from the disk, mapped or not."""

    read_bytes: int
    disk_bytes: int


def counters() -> Counters:
    """Return this process's counters."""
    lines = Path("/proc/self/io").read_text().splitlines()
    found = {name: int(value) for name, value in (line.split(": ") for line in lines)}
    return Counters(found["rchar"], found["read_bytes"])


def peak_rss_mb() -> float:
    """Return the most memory that this process had, mapped pages included, in MB."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) * 1024 / 1e6
    return float("nan")


def drop(folder: Path) -> int:
    """Ask the system to forget the pages of all files in a folder; return their bytes.

    Pages that some process has mapped stay, so nobody else may have the files open.
    """
    size = 0
    for path in folder.rglob("*"):
        if path.is_file():
            size += path.stat().st_size
            handle = os.open(path, os.O_RDONLY)
            try:
                os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
            finally:
                os.close(handle)
    return size
