"""Bringing files and folders safely to disk: what was acknowledged survives a power cut."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path


def sync_file(path: Path) -> None:
    """Force the content of a file to disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_folder(path: Path) -> None:
    """Force the entries of a folder to disk (names of new and renamed files)."""
    sync_file(path)


def sync_folders_up_to(folders: Iterable[Path], root: Path) -> None:
    """Force to disk each folder and those above it, up to and with `root`."""
    wanted: set[Path] = set()
    for folder in folders:
        current = folder
        while current not in wanted and current != root:
            wanted.add(current)
            current = current.parent
        wanted.add(root)
    for folder in wanted:
        sync_folder(folder)


def write_text(path: Path, text: str) -> None:
    """Write a small file whole or not at all: temporary file, fsync, rename, fsync of folder."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    with temporary.open("w", encoding="utf-8") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    temporary.replace(path)
    sync_folder(path.parent)
