"""Mends a log in which an entry is missing or cannot be read, from the data files on disk.

The other entries say which data files they know. A file that none of them knows was named by the
broken one, or by a writer that was killed before it could tell anyone: it is taken in, so that
nothing that can be read is lost. What the broken entry took away comes back. Rows that are there
twice by that are an ordinary fault, of which the later one stays.
"""

from __future__ import annotations

import json
import tempfile
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from core.archive import files
from core.archive.columns import META_PREFIX, with_meta_columns
from core.archive.durable import sync_folder, write_text
from core.archive.layout import Layout, keep_last
from core.archive.salvage import salvage
from core.archive.snapshot import LiveFile

Action = dict[str, Any]


@dataclass(slots=True)
class _Log:
    """What the readable entries say: paths that they know, and the table's description."""

    known: set[str] = field(default_factory=set)
    description: Action | None = None


def broken_entries(root: Path) -> list[int]:
    """Return the versions that a reader needs and whose entry is missing or cannot be read.

    Torn entries at the end of the log are no such: `recovery` sets them aside.
    """
    folder = root / "_delta_log"
    versions = sorted(int(p.stem) for p in folder.glob("[0-9]" * 20 + ".json"))
    if not versions:
        return []
    checkpoints = [int(p.name[:20]) for p in folder.glob("*.checkpoint*.parquet")]
    first = max(checkpoints, default=-1) + 1
    return [v for v in range(first, versions[-1] + 1) if _actions(_entry(root, v)) is None]


def mend_entries(root: Path, layout: Layout, broken: list[int]) -> int:
    """Put an entry in place of broken ones; return how many data files it names.

    The broken entries go into ``_torn``. Safe to call again after it was killed.
    """
    told = _read_log(root)
    found = [_addition(path, root, layout) for path in _strangers(root, layout, told.known)]
    additions = [action for action in found if action is not None]
    for version in broken:
        _set_aside(_entry(root, version), root)
    description = _description(root, layout, told.description, with_protocol=0 in broken)
    lines = [*description, *additions]
    for version in reversed(broken):  # the first one last: until then the log is still broken
        lines_here = lines if version == broken[0] else []
        note: Action = {"commitInfo": {"operation": "REPAIR"}}
        text = "".join(json.dumps(action) + "\n" for action in [note, *lines_here])
        write_text(_entry(root, version), text)
    return len(additions)


def _entry(root: Path, version: int) -> Path:
    return root / "_delta_log" / f"{version:020d}.json"


def _actions(path: Path) -> list[Action] | None:
    """Return the actions of an entry, None where it is missing or cannot be read."""
    try:
        actions = [json.loads(line) for line in path.read_bytes().splitlines()]
    except (OSError, ValueError):
        return None
    return actions if actions and all(isinstance(a, dict) for a in actions) else None


def _read_log(root: Path) -> _Log:
    told = _Log()
    for path in sorted((root / "_delta_log").glob("[0-9]" * 20 + ".json")):
        for action in _actions(path) or []:
            for kind in ("add", "remove"):
                if kind in action:
                    told.known.add(str(action[kind]["path"]))
            told.description = action.get("metaData", told.description)
    return told


def _strangers(root: Path, layout: Layout, known: set[str]) -> Iterator[Path]:
    """Yield data files that no entry knows."""
    for path in sorted(root.glob(f"{layout.key}=*/year=*/*.parquet")):
        if str(path.relative_to(root)) not in known:
            yield path


def _addition(path: Path, root: Path, layout: Layout) -> Action | None:
    """Return the action that adds a data file, None where it cannot be read."""
    key = path.parent.parent.name.partition("=")[2]
    year = int(path.parent.name.partition("=")[2])
    stat = path.stat()
    of_key = key if layout.schema.field(layout.key).type == pa.string() else int(key)
    file = LiveFile(path, of_key, year, -1, stat.st_size, 0, 0, 0, None)
    rows = salvage(file, layout).rows
    if not rows.num_rows or keep_last(rows, layout).num_rows < rows.num_rows:
        return None
    return {
        "add": {
            "path": str(path.relative_to(root)),
            "partitionValues": {layout.key: key, "year": str(year)},
            "size": stat.st_size,
            "modificationTime": int(stat.st_mtime * 1000),
            "dataChange": True,
            "stats": files.statistics(rows, layout),
        }
    }


def _set_aside(path: Path, root: Path) -> None:
    if not path.exists():
        return
    aside = root / "_torn"
    aside.mkdir(exist_ok=True)
    path.rename(aside / f"{path.name}.{uuid.uuid4().hex}")
    sync_folder(aside)
    sync_folder(path.parent)


def _description(
    root: Path, layout: Layout, before: Action | None, *, with_protocol: bool
) -> list[Action]:
    """Return the actions that describe the table, with every column that a data file has."""
    names: set[str] = set()
    for path in root.glob(f"{layout.key}=*/year=*/*.parquet"):
        try:
            names.update(pq.read_schema(path).names)
        except (pa.ArrowException, OSError):
            continue
    schema = with_meta_columns(layout.schema, [n for n in names if n.startswith(META_PREFIX)])
    described = _described(schema, layout)
    if before is not None:
        described["metaData"]["id"] = before["id"]
    return [
        {name: described[name]} for name in ("protocol", "metaData")
        if with_protocol or name == "metaData"
    ]  # fmt: skip


def _described(schema: pa.Schema, layout: Layout) -> Action:
    """Return how the table's library itself describes a table of these columns."""
    from core.archive.store import create_table

    with tempfile.TemporaryDirectory() as folder:
        create_table(Path(folder), schema, layout)
        actions = _actions(_entry(Path(folder), 0)) or []
    return {name: action[name] for action in actions for name in action}
