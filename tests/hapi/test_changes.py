"""The catalogue follows the archive: what is written shows, and what is not, is not there."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa

from core.archive import Archive
from core.archive.columns import TIMESTAMP
from core.archive.records import ephemeris_from_records
from core.hapi.requests import read_data, read_info
from core.hapi.service import Hapi
from core.observatory import Observatory
from core.settings import Settings
from tests.hapi import world

DAY = datetime(2020, 2, 29, tzinfo=UTC)


def test_what_is_written_shows_at_once(tmp_path: Path) -> None:
    settings = Settings(archive=tmp_path / "archive", render_processes=0)
    with Archive.create(settings) as archive:
        archive.catalogue.sources.put(world.odd_source())
    with Observatory(settings) as opened:
        hapi = Hapi(opened.archive, opened.keograms, opened.frames)
        assert hapi.catalog("all", "http://x")["catalog"] == []
        assert "dataTest" not in hapi.about()
        opened.archive.indices.replace(series("my_index", [1.5, None]))
        assert [entry["id"] for entry in hapi.catalog("dataset", "")["catalog"]] == [
            "index_my_index"
        ]
        found = read(hapi, "index_my_index", "2020-02-29", "2020-03-01")
        assert [line.split(",")[1:] for line in found] == [
            ["1.5", "ingested"],
            ["-1e+31", "ingested"],
        ]
        write(opened.archive, 0, "uploaded")
        assert stop(hapi) == "2020-03-01T00:00:00Z"
        write(opened.archive, 1440, "simulated")
        assert stop(hapi) == "2020-03-02T00:00:00Z"
        info = hapi.info(read_info({"dataset": [world.ODD_RECORDS]}), "http://x")
        assert "SIMULATED" in info["description"]
        titles = [entry["title"] for entry in hapi.catalog("dataset", "")["catalog"]]
        assert titles[-1] == "Odd <names> minutes, partly SIMULATED"
        lines = read(hapi, world.ODD_RECORDS, "2020-02-29", "2020-03-02")
        assert [line.rpartition(",")[2] for line in lines] == ["uploaded", "simulated"]


def series(name: str, values: list[float | None]) -> pa.Table:
    epochs = [DAY + timedelta(seconds=k, microseconds=k) for k in range(len(values))]
    return pa.table(
        {
            "name": [name] * len(values),
            "epoch": pa.array(epochs, TIMESTAMP),
            "value": pa.array(values, pa.float64()),
            "provenance": ["ingested"] * len(values),
        }
    )


def write(archive: Archive, minute: int, provenance: str) -> None:
    record = world.odd_record(1) | {"epoch": world.stamp(DAY + timedelta(minutes=minute))}
    archive.ephemeris.upsert(
        ephemeris_from_records(archive.catalogue.sources, [record], provenance=provenance)
    )


def stop(hapi: Hapi) -> str:
    return str(hapi.info(read_info({"dataset": [world.ODD_RECORDS]}), "http://x")["stopDate"])


def read(hapi: Hapi, dataset: str, start: str, stop: str) -> list[str]:
    query = {"dataset": [dataset], "start": [start], "stop": [stop]}
    stream = hapi.data(read_data(query), "http://x").begun()
    json.dumps(stream.document, allow_nan=False)
    return b"".join(stream.chunks()).decode().splitlines()
