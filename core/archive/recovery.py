"""Sets aside what a power cut left half-written in a table's log.

deltalake does not force log entries and checkpoints to disk; the archive does so before it
acknowledges a write. An entry that a power cut tore was therefore never acknowledged, and the
table is whole without it. Killing a process tears nothing: entries appear whole.
"""

from __future__ import annotations

import json
from pathlib import Path

import structlog

from core.archive.durable import sync_folder

log = structlog.get_logger(__name__)

_PARQUET_MAGIC = b"PAR1"


def mend(root: Path) -> list[Path]:
    """Set aside torn checkpoints and torn entries at the end of a table's log.

    Parameters
    ----------
    root : Path
        Folder of the table; it need not exist.

    Returns
    -------
    list of Path
        Where the torn files are now (folder ``_torn`` beside the log), for a person to look at.
    """
    found = torn(root)
    if not found:
        return []
    folder, aside = root / "_delta_log", root / "_torn"
    aside.mkdir(exist_ok=True)
    moved = [path.rename(aside / path.name) for path in found]
    sync_folder(folder)
    sync_folder(aside)
    log.warning("set torn log files aside", table=root.name, files=[p.name for p in moved])
    return moved


def torn(root: Path) -> list[Path]:
    """Return the torn checkpoints and torn entries at the end of a table's log; change nothing."""
    folder = root / "_delta_log"
    return _torn_checkpoints(folder) + _torn_entries(folder) if folder.is_dir() else []


def _torn_entries(folder: Path) -> list[Path]:
    """Entries at the end of the log that cannot be read, newest first."""
    entries = []
    for path in sorted(folder.glob("[0-9]" * 20 + ".json"), reverse=True):
        if _is_entry(path):
            break
        entries.append(path)
    return entries


def _is_entry(path: Path) -> bool:
    lines = path.read_bytes().splitlines()
    try:
        return bool(lines) and all(isinstance(json.loads(line), dict) for line in lines)
    except ValueError:
        return False


def _torn_checkpoints(folder: Path) -> list[Path]:
    found = [p for p in folder.glob("*.checkpoint*.parquet") if not _is_parquet(p)]
    last = folder / "_last_checkpoint"
    if last.is_file() and (found or not _is_entry(last)):
        found.append(last)
    return found


def _is_parquet(path: Path) -> bool:
    with path.open("rb") as stream:
        start = stream.read(4)
        stream.seek(max(0, path.stat().st_size - 4))
        return start == _PARQUET_MAGIC and stream.read(4) == _PARQUET_MAGIC
