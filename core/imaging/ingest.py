"""Taking imager files into the archive: operating minutes, keograms, data products, a log.

Files are read one after the other; what they hold is written when the next file is of another
source or day, in the order keogram, records, product, place of the file. Each of these writes is
whole or not there, and all can be done again: an ingest that was killed is repaired by running it
again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from core.archive.ingest_report import FileOutcome, IngestReport, write_log
from core.errors import AtlasError, BadInput, Conflict, FileRefused, NotFound
from core.imaging.frame_files import FrameFile, FrameFileTable, describe
from core.imaging.frames import THUMBNAIL, Frames
from core.imaging.keogram import keogram
from core.imaging.merging import merge_keograms
from core.imaging.operation import operating_minutes, write_minutes, write_product
from core.imaging.readers import read_frames
from core.imaging.store import KeogramStore
from core.instruments.model import DataSource
from core.instruments.registry import array_for, find_site

if TYPE_CHECKING:
    from core.archive import Archive

Progress = Callable[[str, float], None]
_DAY = np.timedelta64(1, "D")


@dataclass(slots=True)
class _Part:
    """What one file holds of one day: minutes, and a keogram unless it is of thumbnails."""

    day: date
    minutes: NDArray[Any]
    keogram: xr.Dataset | None


@dataclass(slots=True)
class _Batch:
    """What files of one source and day hold that is not written yet."""

    source: DataSource
    part: _Part
    outcomes: list[FileOutcome] = field(default_factory=list)

    @property
    def key(self) -> tuple[int, date]:
        return self.source.identifier, self.part.day


def ingest_asi(
    archive: Archive, paths: Sequence[Path], progress: Progress | None = None
) -> IngestReport:
    """Take imager files into the archive.

    Parameters
    ----------
    archive : Archive
        Open for writing.
    paths : sequence of Path
        Files that `core.imaging.readers.read_frames` reads. Files of one night in order of time
        are fastest, because a day is written once.
    progress : callable, optional
        Called before each file with its name and the share done so far.

    Returns
    -------
    IngestReport
        A refused file stands in it with the reason and does not stop the others.
    """
    ingest = _Ingest(archive)
    try:
        for i, path in enumerate(paths):
            if progress:
                progress(path.name, i / len(paths))
            ingest.take(path)
        ingest.flush()
    finally:
        write_log(archive, "asi", ingest.report.files)
    if progress:
        progress("", 1.0)
    return ingest.report


class _Ingest:
    def __init__(self, archive: Archive) -> None:
        self.archive = archive
        self.store = KeogramStore(archive)
        self.report = IngestReport()
        self.waiting: list[_Batch] = []
        self.read: list[tuple[FileOutcome, FrameFile]] = []

    def take(self, path: Path) -> None:
        outcome = FileOutcome(path, "unchanged", "")
        self.report.files.append(outcome)
        try:
            frames = read_frames(path, self.archive.settings.max_frame_file_bytes)
            source = self._source(frames)
            parts = _by_day(frames)
            described = describe(frames, path, source.identifier)
        except (FileRefused, BadInput) as error:
            _refuse(outcome, error)
            return
        outcome.sha256 = str(frames.attrs["sha256"])
        outcome.message = _summary(frames, source)
        if {batch.key for batch in self.waiting} - {(source.identifier, p.day) for p in parts}:
            self.flush()
        self.read.append((outcome, described))
        for part in parts:
            outcome.rows += len(part.minutes)
            self._queue(_Batch(source, part, [outcome]))

    def flush(self) -> None:
        for batch in self.waiting:
            try:
                self._write(batch)
            except Conflict as error:
                for outcome in batch.outcomes:
                    _refuse(outcome, error)
        self.waiting.clear()
        self._write_files()

    def _write_files(self) -> None:
        """Write which file holds which frames, last: a killed ingest is run again."""
        taken = [(outcome, file) for outcome, file in self.read if outcome.outcome != "refused"]
        changed = FrameFileTable(self.archive.catalogue).put([file for _, file in taken])
        for (outcome, _), is_new in zip(taken, changed, strict=True):
            if is_new:
                outcome.outcome = "accepted"
        self.read.clear()

    def _queue(self, new: _Batch) -> None:
        batch = next((batch for batch in self.waiting if batch.key == new.key), None)
        if batch is None:
            self.waiting.append(new)
            return
        batch.part.minutes = np.union1d(batch.part.minutes, new.part.minutes)
        batch.outcomes += new.outcomes
        if new.part.keogram is not None:
            batch.part.keogram = merge_keograms(batch.part.keogram, new.part.keogram)

    def _write(self, batch: _Batch) -> None:
        source, part = batch.source, batch.part
        changed, products = False, 0
        if part.keogram is not None:
            changed = self.store.save(source.identifier, part.day, part.keogram)
        records = write_minutes(self.archive, source, part.minutes)
        if part.keogram is not None:
            midnight = np.datetime64(part.day, "us")
            stored = self.store.load(source.identifier, midnight, midnight + _DAY)
            products = write_product(self.archive, source, part.day, stored)
        self.report.records += records
        self.report.products += products
        if changed or records or products:
            for outcome in batch.outcomes:
                outcome.outcome = "accepted"

    def _source(self, frames: Frames) -> DataSource:
        """Return the catalogue's source of the frames; the described one is added if it lacks."""
        array = array_for(str(frames.attrs["array"]))
        site = find_site(array.key, str(frames.attrs["site"]))
        sources = self.archive.catalogue.sources
        try:
            return sources.find(array.program, site.platform, array.instrument_type)
        except NotFound:
            source = array.source(site)
            sources.put(source)
            return source


def _by_day(frames: Frames) -> list[_Part]:
    pictures = frames.attrs["layer"] != THUMBNAIL
    whole = keogram(frames) if pictures else None
    times = frames["time"].values
    days = times.astype("datetime64[D]")
    return [
        _Part(
            date.fromisoformat(str(day)),
            operating_minutes(times[days == day]),
            whole.isel(time=days == day) if whole is not None else None,
        )
        for day in np.unique(days)
    ]


def _summary(frames: Frames, source: DataSource) -> str:
    count = frames.sizes["time"]
    if frames.attrs["layer"] == THUMBNAIL:
        return (
            f"{count} thumbnails of {source.display_name}: operating minutes only, "
            "because superpixels are not pictures"
        )
    return f"{count} images of {source.display_name}"


def _refuse(outcome: FileOutcome, error: AtlasError) -> None:
    outcome.outcome, outcome.rows = "refused", 0
    reason = str(error.details.get("reason", error.message))
    outcome.message = f"{reason}. {error.hint}".strip() if error.hint else reason
