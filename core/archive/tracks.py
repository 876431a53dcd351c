"""Taking observed spacecraft tracks into the ephemeris.

A record is made for every whole minute that the samples reach: the sample of that instant, or the
point between its two neighbours on the sphere. Nothing is made across a gap.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from core.archive.changed_rows import changed_rows
from core.archive.columns import TIMESTAMP, meta_column
from core.archive.ingest_report import FileOutcome, IngestReport, write_log
from core.archive.vires import Track, read_track, refused, whole_minutes
from core.errors import FileRefused, NotFound
from core.geo.magnetic import footprints_aacgm
from core.geo.sphere import EARTH_RADIUS_KM
from core.instruments.model import DataSource
from core.instruments.registry import all_sources

if TYPE_CHECKING:
    from core.archive import Archive

Progress = Callable[[str, float], None]
FloatArray = NDArray[np.float64]


def ingest_tracks(
    archive: Archive, paths: Sequence[Path], progress: Progress | None = None
) -> IngestReport:
    """Take track files into the ephemeris of their spacecraft.

    Parameters
    ----------
    archive : Archive
        Open for writing.
    paths : sequence of Path
        VirES CDF files of Swarm A, B or C.
    progress : callable, optional
        Called before each file with its name and the share done so far.

    Returns
    -------
    IngestReport
        A refused file stands in it with the reason and does not stop the others.
    """
    report = IngestReport()
    try:
        for i, path in enumerate(paths):
            if progress:
                progress(path.name, i / len(paths))
            report.files.append(_ingest_one(archive, path, report))
    finally:
        write_log(archive, "track", report.files)
    if progress:
        progress("", 1.0)
    return report


def track_table(source: DataSource, track: Track) -> pa.Table:
    """Return the ephemeris batch of a track at whole minutes.

    Positions are geocentric, as the source declares. Footprints are at 100 km, by AACGM, and null
    where that is not defined (near the magnetic equator). Of the metadata only what positions
    tell is given: `radial_distance`, and `state` definitive; regions and instrument flags are
    null.
    """
    count = len(track.times)
    columns: dict[str, Any] = {
        "source": pa.repeat(pa.scalar(source.identifier, pa.int32()), count),
        "epoch": pa.array(track.times.astype("datetime64[us]")).cast(TIMESTAMP),
        "provenance": pa.repeat(pa.scalar("ingested"), count),
        "geo_lat_deg": pa.array(track.lat_deg),
        "geo_lon_deg": pa.array((track.lon_deg + 180.0) % 360.0 - 180.0),
    }
    names = ("nbtrace_lat_deg", "nbtrace_lon_deg", "sbtrace_lat_deg", "sbtrace_lon_deg")
    for name, values in zip(names, _footprints(track), strict=True):
        columns[name] = pa.array(values, mask=~np.isfinite(values))
    known = {"radial_distance": pa.array(track.radius_km), "state": pa.repeat("definitive", count)}
    for field in source.ephemeris_metadata_schema:
        if field.field_name in known:
            columns[meta_column(field)] = known[field.field_name]
    return pa.table(columns)


def _footprints(track: Track) -> tuple[FloatArray, ...]:
    """North and south feet; AACGM's coefficients are taken once for each UT day."""
    feet = np.full((4, len(track.times)), np.nan)
    days = track.times.astype("datetime64[D]")
    for day in np.unique(days):
        of_day = days == day
        alt_km = track.radius_km[of_day] - EARTH_RADIUS_KM
        noon = day.astype("datetime64[s]") + np.timedelta64(12, "h")
        feet[:, of_day] = footprints_aacgm(
            track.lat_deg[of_day], track.lon_deg[of_day], alt_km, noon
        )
    # A foot is there whole or not at all.
    feet[:2, ~np.isfinite(feet[:2]).all(axis=0)] = np.nan
    feet[2:, ~np.isfinite(feet[2:]).all(axis=0)] = np.nan
    return tuple(feet)


def _ingest_one(archive: Archive, path: Path, report: IngestReport) -> FileOutcome:
    outcome = FileOutcome(path, "unchanged", "")
    try:
        if path.is_dir():
            raise refused(path, "it is a folder; name the files in it")
        if not path.is_file():
            raise refused(path, "there is no such file")
        track = whole_minutes(read_track(path, archive.settings.max_frame_file_bytes))
        if not len(track.times):
            raise refused(path, "it reaches no whole minute")
    except FileRefused as error:
        outcome.outcome, outcome.message = "refused", str(error.details["reason"])
        return outcome
    with path.open("rb") as file:
        outcome.sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    source = _source(archive, track.platform)
    batch = track_table(source, track)
    epochs = batch["epoch"]
    existing = archive.ephemeris.read([source.identifier], epochs[0].as_py(), epochs[-1].as_py())
    new = changed_rows(batch, existing, ("source", "epoch"))
    if new.num_rows:
        archive.ephemeris.upsert(new)
        outcome.outcome = "accepted"
    outcome.rows = batch.num_rows
    outcome.message = f"{batch.num_rows} minutes of {source.display_name}"
    report.records += new.num_rows
    return outcome


def _source(archive: Archive, platform: str) -> DataSource:
    described = next(s for s in all_sources() if (s.program, s.platform) == ("swarm", platform))
    sources = archive.catalogue.sources
    try:
        return sources.find(described.program, platform, described.instrument_type)
    except NotFound:
        sources.put(described)
        return described
