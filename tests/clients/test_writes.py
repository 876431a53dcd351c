"""Writing on a real server: what one client uploads, its command line and others then read."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pyaurorax import PyAuroraX
from pyaurorax.exceptions import AuroraXAPIError, AuroraXUnauthorizedError
from pyaurorax.search import DataSource, EphemerisData, Location

from core.archive import Archive
from tests.clients.conftest import client
from tests.clients.rows import stored
from tests.clients.test_command_line import Run, at

START = datetime(2021, 3, 4, 5)  # noqa: DTZ001 - the client's times have no zone
MINUTES = 1200  # more than the client sends at a time
SCHEMA: list[dict[str, Any]] = [
    {"field_name": "with", "description": "d", "data_type": "double", "allowed_values": [],
     "additional_description": "more"},
    {"field_name": "null", "description": "d", "data_type": "string", "allowed_values": [],
     "additional_description": None},
    {"field_name": "without", "description": "d", "data_type": "bool", "allowed_values": []},
]  # fmt: skip


@pytest.fixture
def key(archive: Archive) -> str:
    """A key of an account that may have sources."""
    if "writer@example.org" not in {a.email for a in archive.catalogue.accounts.list()}:
        archive.catalogue.accounts.add("writer@example.org", "Owner")
    return archive.catalogue.keys.create("writer@example.org").text


@pytest.fixture
def writer(url: str, key: str, tmp_path: Path) -> PyAuroraX:
    return client(url, tmp_path, api_key=key)


@pytest.fixture
def own(writer: PyAuroraX, key: str, archive: Archive) -> Iterator[DataSource]:
    """A source that the client adds and, at the end, deletes with all that it holds."""
    source = writer.search.sources.add(
        DataSource(
            identifier=7001, program="client-writes", platform="one", instrument_type="footprint",
            source_type="leo", display_name="One", ephemeris_metadata_schema=SCHEMA,
            data_product_metadata_schema=SCHEMA,
        )
    )  # fmt: skip
    yield source
    archive.ephemeris.delete_range(
        7001, START.replace(tzinfo=UTC), (START + timedelta(days=2)).replace(tzinfo=UTC)
    )
    writer.api_key = key
    writer.search.sources.delete(7001)


def record(number: int) -> EphemerisData:
    lat = -60 + number / 10
    return EphemerisData(
        data_source=None, epoch=START + timedelta(minutes=number),
        location_geo=Location(lat, 10.5), nbtrace=Location(lat, 11.25),
        sbtrace=Location(None, None), location_gsm=Location(None, None),
        metadata={"with": number / 4, "null": f"n{number % 3}", "without": number % 2 == 0},
    )  # fmt: skip


def test_what_is_uploaded_is_found_by_everybody(
    writer: PyAuroraX, own: DataSource, archive: Archive, url: str, tmp_path: Path
) -> None:
    records = [record(number) for number in range(MINUTES)]
    for one in records:
        one.data_source = own
    assert writer.search.ephemeris.upload(own.identifier, records) == 0
    held = stored(archive, [7001], START.replace(tzinfo=UTC),
                  (START + timedelta(days=1)).replace(tzinfo=UTC))  # fmt: skip
    assert len(held) == MINUTES
    assert sum(row["md_double_with"] for row in held.values()) == sum(range(MINUTES)) / 4
    writer.api_key = ""
    anyone = client(url, tmp_path)
    found = anyone.search.ephemeris.search(
        START, START + timedelta(days=1), programs=["client-writes"],
        metadata_filters=[{"key": "with", "operator": ">=", "values": ["250"]},
                          {"key": "without", "operator": "=", "values": ["True"]}],
    ).data  # fmt: skip
    expected = [n for n in range(MINUTES) if n / 4 >= 250 and n % 2 == 0]
    assert sorted(row.epoch for row in found) == [START + timedelta(minutes=n) for n in expected]
    lats = sorted(row.nbtrace.lat for row in found)
    assert lats == pytest.approx([-60 + n / 10 for n in expected], abs=1e-5)
    assert {row.sbtrace.lat for row in found} == {None}
    with pytest.raises(AuroraXUnauthorizedError):
        anyone.search.ephemeris.delete(own, START, START + timedelta(hours=1))


def test_the_command_line_prints_any_schema(
    own: DataSource, url: str, archive: Archive, key: str
) -> None:
    """It cannot print a description that is null; there is none in what it is given."""
    run: Run = at(url)
    shown = run("search", "sources", "get_using_identifier", "7001", "--format=full_record").output
    for field in SCHEMA:
        assert shown.count(f" {field['field_name']} ") >= 2
    assert shown.count("more") == 2


def test_the_command_line_changes_and_deletes_a_source(
    writer: PyAuroraX, url: str, archive: Archive, key: str
) -> None:
    source = DataSource(
        identifier=7002, program="client-writes", platform="two", instrument_type="footprint",
        source_type="leo", display_name="Two",
    )  # fmt: skip
    writer.search.sources.add(source)
    run: Run = at(url)
    done = run("--api-key", key, "search", "sources", "delete", "7002").output
    assert "Successfully deleted" in done
    with pytest.raises(AuroraXAPIError, match="404"):
        writer.search.sources.get_using_identifier(7002)
