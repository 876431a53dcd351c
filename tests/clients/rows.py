"""What the archive says, in the form in which clients say it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from core.archive import Archive
from core.search import conjunctions
from core.search.query import ConjunctionQuery

Row = tuple[Any, ...]
SHARED = ("location_geo", "location_gsm", "nbtrace", "sbtrace")
COLUMNS = {"location_geo": "geo", "location_gsm": "gsm", "nbtrace": "nbtrace", "sbtrace": "sbtrace"}


def stamp(time: datetime) -> str:
    """Write a time as the API does; the clients' have no zone."""
    if time.tzinfo is not None:
        time = time.astimezone(UTC)
    return time.strftime("%Y-%m-%dT%H:%M:%S")


def engine_rows(archive: Archive, query: dict[str, Any]) -> list[Row]:
    """Ask the engine itself, in this process."""
    parsed = ConjunctionQuery.from_dict(query, archive.settings)
    table = conjunctions.run(archive, parsed, lambda done, found: None, lambda: False)
    return sorted(
        (
            row["conjunction_type"], tuple(row["sources"]), stamp(row["start"]), stamp(row["end"]),
            row["min_distance_km"], row["max_distance_km"],
            stamp(row["closest_epoch"]), stamp(row["farthest_epoch"]),
            tuple(
                (e["e1_source"], e["e2_source"], stamp(e["start"]), stamp(e["end"]),
                 e["min_distance_km"], e["max_distance_km"])
                for e in row["events"]
            ),
        )
        for row in table.to_pylist()
    )  # fmt: skip


def client_rows(found: list[Any]) -> list[Row]:
    """Give the client's conjunctions as `engine_rows` gives the engine's."""
    return sorted(
        (
            c.conjunction_type, tuple(s.identifier for s in c.data_sources), stamp(c.start),
            stamp(c.end), c.min_distance, c.max_distance, stamp(c.closest_epoch),
            stamp(c.farthest_epoch),
            tuple(
                (e["e1_source"]["identifier"], e["e2_source"]["identifier"], stamp(e["start"]),
                 stamp(e["end"]), e["min_distance"], e["max_distance"])
                for e in c.events
            ),
        )
        for c in found
    )  # fmt: skip


def json_rows(found: list[dict[str, Any]]) -> list[Row]:
    """Give conjunctions as the API writes them, as `engine_rows` gives the engine's."""
    return sorted(
        (
            c["conjunction_type"], tuple(s["identifier"] for s in c["data_sources"]), c["start"],
            c["end"], c["min_distance"], c["max_distance"], c["closest_epoch"],
            c["farthest_epoch"],
            tuple(
                (e["e1_source"]["identifier"], e["e2_source"]["identifier"], e["start"], e["end"],
                 e["min_distance"], e["max_distance"])
                for e in c["events"]
            ),
        )
        for c in found
    )  # fmt: skip


def stored(archive: Archive, sources: list[int], start: datetime, end: datetime) -> dict[Any, Row]:
    """Return all columns of the table of ephemeris, by source and epoch."""
    table = archive.ephemeris.read(sources, start, end)
    return {(row["source"], stamp(row["epoch"])): row for row in table.to_pylist()}


def place(row: Any, name: str) -> dict[str, float | None]:
    """Return one of the four places of a row of the table."""
    column = COLUMNS[name]
    return {"lat": row[f"{column}_lat_deg"], "lon": row[f"{column}_lon_deg"]}
