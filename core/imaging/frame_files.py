"""Which provider's file holds which frames: a table of the catalogue, written by the ingest.

Images stay in the files that were taken in, wherever they lie. The table knows each by its path,
its size and time of change, and its hash; and the times of its frames, so that no file needs to be
opened to tell what there is.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import and_, delete, func, or_, select
from sqlalchemy.orm import Session

from core.archive.models import FrameFileRow
from core.errors import FileRefused
from core.imaging.frames import FULL, Frames, Times
from core.imaging.readers.bounded import refused, sha256_of

if TYPE_CHECKING:
    from core.archive.catalogue import Catalogue

_HINT = "Take it in again: `python -m core ingest asi FILE`."


@dataclass(frozen=True, eq=False, slots=True)
class FrameFile:
    """One file of images.

    Attributes
    ----------
    source_id : int
        Data source of the camera.
    path : Path
        Where it was when it was taken in, absolute.
    sha256 : str
        Hash of its bytes.
    size, mtime_ns : int
        Bytes, and time of the last change in nanoseconds since 1970.
    kind : str
        Layer of its frames, `core.imaging.frames.FULL` or `THUMBNAIL`.
    camera : str
        Name of the device, empty where the file does not tell.
    times : datetime64[us] array, shape (n,)
        Middles of its exposures, rising.
    """

    source_id: int
    path: Path
    sha256: str
    size: int
    mtime_ns: int
    kind: str
    camera: str
    times: Times

    def same(self, other: FrameFile) -> bool:
        """Whether both are of the same source and content at the same place, unchanged since."""
        mine, its = (
            (f.source_id, f.path, f.sha256, f.size, f.mtime_ns, f.kind, f.camera, f.times.tobytes())
            for f in (self, other)
        )
        return mine == its

    def check(self) -> int:
        """Refuse a file that is gone or has another content; return its time of change.

        A file whose size and time of change are those of its ingest is trusted; otherwise its
        bytes decide.

        Raises
        ------
        FileRefused
            With the path and a hint to take it in again.
        """
        try:
            stat = self.path.stat()
        except OSError as error:
            reason = f"it is not at {self.path} any more ({error.strerror or error})"
            raise refused(self.path, reason, _HINT) from error
        unchanged = (stat.st_size, stat.st_mtime_ns) == (self.size, self.mtime_ns)
        if not unchanged and self._hash(stat.st_size) != self.sha256:
            raise refused(self.path, "it has changed since it was taken in", _HINT)
        return stat.st_mtime_ns

    def _hash(self, size: int) -> str:
        if size != self.size:
            return ""
        try:
            return sha256_of(self.path)
        except OSError as error:
            reason = f"it cannot be read ({error.strerror or error})"
            raise refused(self.path, reason, _HINT) from error


def describe(frames: Frames, path: Path, source_id: int) -> FrameFile:
    """Return what the table keeps of a file that was read just now."""
    place = path.resolve()
    try:
        stat = place.stat()
    except OSError as error:
        raise refused(path, f"it went while it was read ({error.strerror or error})") from error
    return FrameFile(
        source_id,
        place,
        str(frames.attrs["sha256"]),
        stat.st_size,
        stat.st_mtime_ns,
        str(frames.attrs["layer"]),
        str(frames.attrs.get("camera", "")),
        frames["time"].values.astype("datetime64[us]"),
    )


class FrameFileTable:
    """The files of images that a catalogue knows.

    Parameters
    ----------
    catalogue : Catalogue
        Of the archive.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    def put(self, files: Sequence[FrameFile]) -> list[bool]:
        """Write files; tell for each whether that changed anything.

        A file that moved replaces the entry of its old place, another content at the same place
        replaces the old content.
        """
        known = self._known(files)
        changed = [not any(file.same(old) for old in known) for file in files]
        new = [file for file, is_new in zip(files, changed, strict=True) if is_new]
        if new:
            with self._catalogue.writing() as session:
                for file in new:
                    _replace(session, file)
        return changed

    def between(
        self, source_id: int, start: np.datetime64, end: np.datetime64, kind: str = FULL
    ) -> list[FrameFile]:
        """Return the files with a frame from `start` up to, not with, `end`; by their start."""
        query = (
            select(FrameFileRow)
            .where(
                FrameFileRow.source == source_id,
                FrameFileRow.kind == kind,
                FrameFileRow.start < _moment(end),
                FrameFileRow.end >= _moment(start),
            )
            .order_by(FrameFileRow.start, FrameFileRow.id)
        )
        with self._catalogue.reading() as session:
            found = [_file(row) for row in session.scalars(query)]
        return [f for f in found if np.any((f.times >= start) & (f.times < end))]

    def sources(self) -> list[int]:
        """Return the identifiers of sources with whole images, rising."""
        query = select(FrameFileRow.source).where(FrameFileRow.kind == FULL).distinct()
        with self._catalogue.reading() as session:
            return sorted(session.scalars(query))

    def version(self, source_id: int) -> str:
        """Return a text that changes when the entries of a source do."""
        query = select(func.count(), func.max(FrameFileRow.written)).where(
            FrameFileRow.source == source_id
        )
        with self._catalogue.reading() as session:
            count, written = session.execute(query).one()
        return f"{count}-{written.isoformat()}" if count else "0"

    def state(self) -> str:
        """Return a text that changes when any entry does; one look at the newest."""
        newest = select(FrameFileRow.id, FrameFileRow.written).order_by(FrameFileRow.id.desc())
        with self._catalogue.reading() as session:
            row = session.execute(newest.limit(1)).first()
        return f"{row[0]}-{row[1].isoformat()}" if row else "0"

    def days(self, source_id: int) -> NDArray[np.datetime64]:
        """Return the UT days that the files of a source touch, datetime64[D], rising."""
        query = select(FrameFileRow.start, FrameFileRow.end).where(
            FrameFileRow.source == source_id, FrameFileRow.kind == FULL
        )
        with self._catalogue.reading() as session:
            spans = session.execute(query).all()
        days = {day for start, end in spans for day in (start.date(), end.date())}
        return np.array(sorted(days), dtype="M8[D]")

    def _known(self, files: Iterable[FrameFile]) -> list[FrameFile]:
        paths = [str(file.path) for file in files]
        query = select(FrameFileRow).where(FrameFileRow.path.in_(paths))
        with self._catalogue.reading() as session:
            return [_file(row) for row in session.scalars(query)]


def _replace(session: Session, file: FrameFile) -> None:
    same_content = and_(FrameFileRow.source == file.source_id, FrameFileRow.sha256 == file.sha256)
    session.execute(
        delete(FrameFileRow).where(or_(FrameFileRow.path == str(file.path), same_content))
    )
    session.add(
        FrameFileRow(
            source=file.source_id,
            path=str(file.path),
            sha256=file.sha256,
            size=file.size,
            mtime_ns=file.mtime_ns,
            start=_moment(file.times[0]),
            end=_moment(file.times[-1]),
            frames=len(file.times),
            kind=file.kind,
            camera=file.camera,
            times=zlib.compress(file.times.astype("<M8[us]").tobytes()),
            written=datetime.now(UTC),
        )
    )


def _file(row: FrameFileRow) -> FrameFile:
    try:
        times = np.frombuffer(zlib.decompress(row.times), "<i8").astype("M8[us]")
    except (zlib.error, ValueError) as error:
        raise FileRefused(
            f"What the catalogue knows of {row.path} is damaged.",
            hint=_HINT, path=row.path, reason="its entry in the catalogue is damaged",
        ) from error  # fmt: skip
    return FrameFile(
        row.source, Path(row.path), row.sha256, row.size, row.mtime_ns, row.kind, row.camera, times
    )


def _moment(time: np.datetime64) -> datetime:
    moment: datetime = time.astype("M8[us]").astype(datetime)
    return moment.replace(tzinfo=UTC)
