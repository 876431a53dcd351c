"""Looks a table over: its log, the data files that the log names, and those that it does not."""

from __future__ import annotations

import os
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from deltalake.exceptions import DeltaError

from core.archive import log_repair, recovery
from core.archive.audit_files import LEFT, LOST, REWRITTEN, Fault, file_fault
from core.archive.audit_model import Finding, State
from core.archive.compaction import regroup, scattered, unit_of
from core.archive.durable import sync_folder
from core.archive.layout import keep_last, split
from core.archive.maintenance import DEFAULT_HOURS
from core.archive.salvage import Salvage, salvage
from core.archive.snapshot import LiveFile, Snapshot
from core.archive.store import Change, TableStore

FEW_FILES = 10
THREADS = min(4, os.cpu_count() or 1)
_WORDS: dict[Fault, str] = {
    "missing": "are gone from the disk",
    "damaged": "cannot be read",
    "closed": "may not be read by this user",
    "untrue": "are not what the log says of them",
    "twice": "have rows twice",
    "disorder": "are not in order of time",
    "epochs": "have times between whole minutes",
    "misplaced": "have rows of another source or year than their folder says",
}


class TableAudit:
    """One table under audit; use `run` once.

    Attributes
    ----------
    files, rows : int
        Data files and rows that the newest version names.
    """

    def __init__(self, store: TableStore, *, repair: bool, every_column: bool) -> None:
        self.files = 0
        self.rows = 0
        self._store, self._repair, self._every_column = store, repair, every_column
        self._log_was_broken = False
        self._found: list[Finding] = []

    def run(self, progress: Callable[[float], None]) -> list[Finding]:
        """Look at everything and return what was found, with the worst first."""
        snapshot = self._open()
        if snapshot is None:
            return self._found
        self.files = len(snapshot.files)
        self.rows = sum(max(0, f.rows) for f in snapshot.files)
        faults = self._faults(snapshot, progress)
        self._lost(faults)
        self._rewritten(faults)
        for fault in LEFT:
            if files := faults[fault]:
                self._add(fault, f"{_told(files)} {_WORDS[fault]}", len(files), "left", files)
        self._scattered()
        self._orphans()
        return self._found

    def _open(self) -> Snapshot | None:
        root, layout = self._store.root, self._store.layout
        if torn := recovery.torn(root):
            names = ", ".join(p.name for p in torn)
            done = "; set aside in _torn" if self._repair else "; the data files were not looked at"
            self._add("torn", f"the log ends in torn files: {names}{done}", len(torn), self._fixed)
            if not self._repair:
                return None
            self._log_was_broken = True
            recovery.mend(root)
        if broken := log_repair.broken_entries(root):
            self._broken(broken)
            if not self._repair:
                return None
        try:
            return self._store.snapshot()
        except (DeltaError, OSError, ValueError) as error:
            reason = str(error).strip().splitlines()[0]
            text = f"the log of {layout.name} cannot be read: {reason}; take it from a backup"
            self._add("log", text, 1, "left")
            return None

    def _broken(self, versions: list[int]) -> None:
        root, layout = self._store.root, self._store.layout
        names = tuple(f"_delta_log/{version:020d}.json" for version in versions)
        text = f"{len(versions)} entries of the log are missing or cannot be read"
        if self._repair:
            self._log_was_broken = True
            count = log_repair.mend_entries(root, layout, versions)
            text += f"; mended from {count} data files that no other entry names"
        else:
            text += "; the data files can be looked over when it is mended"
        self._add("entries", text, len(versions), self._fixed, names)

    def _faults(
        self, snapshot: Snapshot, progress: Callable[[float], None]
    ) -> dict[Fault, list[LiveFile]]:
        found: dict[Fault, list[LiveFile]] = defaultdict(list)
        total = max(1, len(snapshot.files))
        with ThreadPoolExecutor(THREADS) as pool:
            looked = pool.map(self._fault, snapshot.files)
            for number, (file, fault) in enumerate(zip(snapshot.files, looked, strict=True)):
                if fault is not None:
                    found[fault].append(file)
                progress((number + 1) / total)
        unread = {f for fault in (*LOST, "closed") for f in found[fault]}
        sound = [f for f in snapshot.files if f not in unread]
        found["twice"] += [f for f in self._shared(sound) if f not in found["twice"]]
        return found

    def _fault(self, file: LiveFile) -> Fault | None:
        return file_fault(file, self._store.layout, every_column=self._every_column)

    def _shared(self, files: Iterable[LiveFile]) -> list[LiveFile]:
        """Files of which another file has rows too."""
        units: dict[object, list[LiveFile]] = defaultdict(list)
        for file in files:
            units[unit_of(file, self._store.layout)].append(file)
        return [f for group in units.values() for f in self._shared_of(group)]

    def _shared_of(self, files: Sequence[LiveFile]) -> list[LiveFile]:
        layout = self._store.layout
        if layout.time in layout.identity:
            files = [f for f in files if any(_overlap(f, g) for g in files if g is not f)]
        if len(files) < 2:
            return []
        columns = list(layout.identity)
        tables = [pq.read_table(f.path, columns=columns, partitioning=None) for f in files]
        rows = pa.concat_tables([t.cast(tables[0].schema) for t in tables])
        return list(files) if keep_last(rows, layout).num_rows < rows.num_rows else []

    def _lost(self, faults: dict[Fault, list[LiveFile]]) -> None:
        for fault in LOST:
            if not (files := faults[fault]):
                continue
            saved = {f: salvage(f, self._store.layout) for f in files if fault == "damaged"}
            text = f"{_told(files)} {_WORDS[fault]}; {_told_lost(files, saved)}"
            if len(files) > max(FEW_FILES, self.files // 2):
                # More likely a disk that is not there than so many files that are not.
                text += ". That is most of the table: is its disk there? Nothing was changed"
                self._add(fault, text, len(files), "left", files)
                continue
            if self._repair:
                self._forget(files, saved)
                text += "; the table can be read without them"
            self._add(fault, text, len(files), self._fixed, files)

    def _forget(self, files: Sequence[LiveFile], saved: Mapping[LiveFile, Salvage]) -> None:
        """Put what could be read in the place of files; what is left of them goes to ``_torn``."""
        of_path = {f.path: saved[f].rows if f in saved else None for f in files}

        def plan(base: Snapshot) -> Change:
            gone = tuple(f for f in base.files if f.path in of_path)
            rows = [rows for f in gone if (rows := of_path[f.path]) is not None]
            parts = tuple(part for table in rows for part in split(table, self._store.layout))
            count = sum(part.num_rows for part in parts)
            return Change(gone, parts, frozenset(f.key for f in gone), count)

        self._store.commit(plan)
        aside = self._store.root / "_torn"
        aside.mkdir(exist_ok=True)
        for file in files:
            if file.path.exists():
                file.path.rename(aside / f"{file.key}-{file.path.name}")
        sync_folder(aside)

    def _rewritten(self, faults: dict[Fault, list[LiveFile]]) -> None:
        bad = {f.path for fault in REWRITTEN for f in faults[fault]}
        if not bad:
            return
        extra = ""
        if self._repair:
            layout = self._store.layout

            def chosen(files: Iterable[LiveFile]) -> set[LiveFile]:
                group = list(files)
                wanted = {f for f in group if f.path in bad}
                return wanted | (scattered(group, layout) if wanted else set())

            done = regroup(self._store, chosen)
            extra = f"; written anew, {done.duplicates} rows that were there twice are gone"
        for fault in REWRITTEN:
            if files := faults[fault]:
                text = f"{_told(files)} {_WORDS[fault]}{extra}"
                self._add(fault, text, len(files), self._fixed, files)

    def _scattered(self) -> None:
        layout = self._store.layout
        units: dict[object, list[LiveFile]] = defaultdict(list)
        for file in self._store.snapshot().files:
            units[unit_of(file, layout)].append(file)
        count = sum(len(scattered(files, layout)) for files in units.values())
        if count:
            text = f"{count} files share their month with others; compact joins them"
            self._add("scattered", text, count, "note")

    def _orphans(self) -> None:
        live = {f.path for f in self._store.snapshot().files}
        oldest = time.time() - DEFAULT_HOURS * 3600
        strays = [p for p in self._store.root.glob("*=*/year=*/*") if p not in live]
        sizes = [(p, stat.st_size, stat.st_mtime) for p in strays if (stat := _stat(p))]
        old = [entry for entry in sizes if entry[2] < oldest]
        if not sizes:
            return
        megabytes = sum(size for _, size, _ in sizes) / 1e6
        text = f"{len(sizes)} files ({megabytes:.1f} MB) that no version needs any more"
        text += f", {len(old)} of them older than {DEFAULT_HOURS} hours"
        if self._log_was_broken:
            # The log that is gone may have named them: a person is to look before they go.
            text += "; the log was broken, so they stay"
        removed = 0
        if self._repair and old and not self._log_was_broken:
            removed = self._store.vacuum(DEFAULT_HOURS)
            text += f"; {removed} that no version of that time needs either were removed"
        self._add("orphans", text, len(sizes), "repaired" if removed else "note")

    @property
    def _fixed(self) -> State:
        return "repaired" if self._repair else "left"

    def _add(
        self,
        what: str,
        message: str,
        count: int,
        state: State,
        files: Sequence[LiveFile | str] = (),
    ) -> None:
        names = tuple(f if isinstance(f, str) else _short(f) for f in files)
        self._found.append(Finding(self._store.layout.name, what, message, count, state, names))


def _overlap(one: LiveFile, other: LiveFile) -> bool:
    return one.first_us <= other.last_us and other.first_us <= one.last_us


def _told(files: Sequence[LiveFile]) -> str:
    return f"{len(files)} files (first {_short(files[0])})"


def _short(file: LiveFile) -> str:
    return "/".join(file.path.parts[-3:])


def _told_lost(files: Sequence[LiveFile], saved: Mapping[LiveFile, Salvage]) -> str:
    rows = sum(max(0, f.rows) for f in files)
    kept = sum(found.rows.num_rows for found in saved.values())
    if not kept:
        return f"{rows} rows are lost"
    columns = ", ".join(sorted(set().union(*(found.columns for found in saved.values()))))
    return f"{kept} of {rows} rows can be saved, some of them without {columns}"


def _stat(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except OSError:  # removed meanwhile
        return None
