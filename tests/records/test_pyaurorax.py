"""PyAuroraX, unchanged, writing to a live server; what it did is read out of the archive itself."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pyaurorax import PyAuroraX
from pyaurorax.exceptions import (
    AuroraXAPIError,
    AuroraXConflictError,
    AuroraXDuplicateError,
    AuroraXError,
    AuroraXUnauthorizedError,
)
from pyaurorax.search import DataProductData, DataSource, EphemerisData, Location

from core.archive.records import source_to_dict
from tests.records.conftest import PRODUCT_SCHEMA, SCHEMA, Site, email

START = datetime(2020, 1, 31, 20, 0)  # noqa: DTZ001 - the client's times have no zone
FORM = "%Y-%m-%dT%H:%M:%S"


@pytest.fixture
def aurorax(site: Site, tmp_path: Path) -> Iterator[PyAuroraX]:
    client = site.client(tmp_path)
    yield client
    # The client keeps its headers, the key among them, for the whole process.
    client.api_headers.pop("x-aurorax-api-key", None)


@pytest.fixture
def own(site: Site, aurorax: PyAuroraX) -> DataSource:
    """A source that the client itself has added."""
    return add(site, aurorax)


def add(site: Site, aurorax: PyAuroraX) -> DataSource:
    number = next(site.numbers)
    return aurorax.search.sources.add(
        DataSource(
            identifier=number, program="client", platform=f"p{number}", instrument_type="x",
            source_type="leo", display_name=f"C {number}", metadata={"k": [1, "ü"]},
            ephemeris_metadata_schema=SCHEMA,  # type: ignore[arg-type]
            data_product_metadata_schema=PRODUCT_SCHEMA,  # type: ignore[arg-type]
        )
    )  # fmt: skip


def stored(site: Site, source: Any) -> dict[str, Any]:
    held = site.archive.catalogue.sources.get(source.identifier)
    return source_to_dict(held, "full_record")


def told(source: DataSource) -> dict[str, Any]:
    return {k: v for k, v in vars(source).items() if k not in ("stats", "format")}


# --------------------------------------------------------------------------- sources
def test_add(site: Site, own: DataSource) -> None:
    assert told(own) == stored(site, own)
    assert own.owner == email("owner")


def test_add_without_identifier(site: Site, aurorax: PyAuroraX) -> None:
    made = aurorax.search.sources.add(
        DataSource(program="client", platform="unnumbered", instrument_type="x",
                   source_type="heo", display_name="C")
    )  # fmt: skip
    assert made.identifier is not None
    assert told(made) == stored(site, made)


def test_add_a_duplicate(aurorax: PyAuroraX, own: DataSource) -> None:
    with pytest.raises(AuroraXDuplicateError, match="Duplicate - There is a data source"):
        aurorax.search.sources.add(own)


def test_get_list_and_search(site: Site, aurorax: PyAuroraX, own: DataSource) -> None:
    sources = aurorax.search.sources
    one = sources.get(own.program, own.platform, own.instrument_type, format="full_record")
    listed = [s for s in sources.list(program="client") if s.identifier == own.identifier]
    found = sources.search(programs=["client"], platforms=[own.platform])  # type: ignore[list-item]
    filtered = sources.get_using_filters(program="client", owner=email("owner"), source_type="leo")
    by_filters = [s for s in filtered if s.identifier == own.identifier]
    by_id = sources.get_using_identifier(own.identifier)  # type: ignore[arg-type]
    for source in (one, by_id, *listed, *found, *by_filters):
        assert told(source) == stored(site, own)
    assert len(listed) == len(found) == len(by_filters) == 1


def test_update(site: Site, aurorax: PyAuroraX, own: DataSource) -> None:
    before = stored(site, own)
    changed = aurorax.search.sources.update(
        own.identifier,  # type: ignore[arg-type]
        display_name="Renamed", metadata={}, maintainers=[email("maintainer")],
        data_product_metadata_schema=[],
    )  # fmt: skip
    assert told(changed) == stored(site, own) == before | {
        "display_name": "Renamed", "metadata": {}, "maintainers": [email("maintainer")],
        "data_product_metadata_schema": [],
    }  # fmt: skip


def test_delete(site: Site, aurorax: PyAuroraX, own: DataSource) -> None:
    upload(aurorax, own, 1)
    with pytest.raises(AuroraXConflictError, match=r"Conflict - Data source .* has records"):
        aurorax.search.sources.delete(own.identifier)  # type: ignore[arg-type]
    assert stored(site, own)
    aurorax.search.ephemeris.delete(own, START, START)
    assert aurorax.search.sources.delete(own.identifier) == 0  # type: ignore[arg-type]
    text = f"No Data Source record found in AuroraX for identifier {own.identifier}"
    with pytest.raises(AuroraXAPIError, match=text):
        aurorax.search.sources.get_using_identifier(own.identifier)  # type: ignore[arg-type]


def test_without_a_key_or_the_right(
    site: Site, aurorax: PyAuroraX, own: DataSource, tmp_path: Path
) -> None:
    aurorax.api_key = site.keys["user"]
    with pytest.raises(AuroraXAPIError, match="Could not create data source"):
        add(site, aurorax)
    aurorax.api_key = "wrong"
    with pytest.raises(AuroraXUnauthorizedError, match="401"):
        upload(aurorax, own, 1)
    assert site.ephemeris(own.identifier) == []  # type: ignore[arg-type]


# --------------------------------------------------------------------------- ephemeris
def positions(count: int) -> list[dict[str, Any]]:
    """Positions of a track, some of them not there, with all digits."""
    draw = random.Random(count)
    rows = []
    for _ in range(count):
        four = [(draw.uniform(-90, 90), draw.uniform(-180, 180)) for _ in range(4)]
        rows.append(
            {
                name: None if draw.random() < 0.2 else place
                for name, place in zip(
                    ("location_geo", "location_gsm", "nbtrace", "sbtrace"), four, strict=True
                )
            }
        )
    return rows


def upload(aurorax: PyAuroraX, source: DataSource, count: int, seconds: int = 0) -> list[Any]:
    """Upload a record a minute and return what has to be in the archive."""
    expected, records = [], []
    for number, row in enumerate(positions(count)):
        epoch = START + timedelta(minutes=number)
        values = {"region": f"r{number}", "radius": 6800.1 + number, "on": bool(number % 2),
                  "further": {"n": number}}  # fmt: skip
        places = {name: Location(*place) if place else None for name, place in row.items()}
        records.append(
            EphemerisData(source, epoch + timedelta(seconds=seconds), metadata=values, **places)
        )
        lat_lon = {k: dict(zip(("lat", "lon"), p or (None, None), strict=True))
                   for k, p in row.items()}  # fmt: skip
        expected.append({"epoch": epoch.strftime(FORM), "metadata": dict(values), **lat_lon})
    assert aurorax.search.ephemeris.upload(source.identifier, records, validate_source=True) == 0  # type: ignore[arg-type]
    return expected


def held(site: Site, source: DataSource) -> list[dict[str, Any]]:
    rows = site.ephemeris(source.identifier)  # type: ignore[arg-type]
    return [{k: v for k, v in row.items() if k != "data_source"} for row in rows]


def test_upload_in_chunks(site: Site, aurorax: PyAuroraX, own: DataSource) -> None:
    """1,234 records over the end of a month, in three requests; one place in five is null."""
    expected = upload(aurorax, own, 1234, seconds=37)  # the client puts its seconds to 00
    assert held(site, own) == expected
    assert upload(aurorax, own, 1234) == expected  # again, and nothing changes
    assert held(site, own) == expected


def test_search_finds_what_was_uploaded(site: Site, aurorax: PyAuroraX, own: DataSource) -> None:
    expected = upload(aurorax, own, 30)
    found = aurorax.search.ephemeris.search(
        START,
        START + timedelta(minutes=29),
        programs=["client"],
        platforms=[own.platform],  # type: ignore[list-item]
    )
    rows = [
        {"epoch": row.epoch.strftime(FORM), "metadata": row.metadata}
        | {
            name: {"lat": getattr(row, name).lat, "lon": getattr(row, name).lon}
            for name in ("location_geo", "location_gsm", "nbtrace", "sbtrace")
        }
        for row in found.data
    ]
    assert rows == expected == held(site, own)


def test_delete_ephemeris(site: Site, aurorax: PyAuroraX, own: DataSource) -> None:
    expected = upload(aurorax, own, 20)
    first, last = START + timedelta(minutes=5), START + timedelta(minutes=9)
    assert aurorax.search.ephemeris.delete(own, first, last) == 0
    assert held(site, own) == expected[:5] + expected[10:]


def test_upload_of_another_source_is_refused(
    site: Site, aurorax: PyAuroraX, own: DataSource
) -> None:
    other = add(site, aurorax)
    rows = [EphemerisData(other, START)]
    with pytest.raises(AuroraXError, match="Unable to validate"):
        aurorax.search.ephemeris.upload(own.identifier, rows, validate_source=True)  # type: ignore[arg-type]
    with pytest.raises(AuroraXAPIError, match=r"400.*Record 0: program"):
        aurorax.search.ephemeris.upload(own.identifier, rows)  # type: ignore[arg-type]
    assert held(site, own) == held(site, other) == []


# --------------------------------------------------------------------------- data products
def upload_products(aurorax: PyAuroraX, source: DataSource) -> list[str]:
    day = timedelta(days=1)
    urls = [f"https://example.org/{source.identifier}/{n}.jpg" for n in range(4)]
    records = [
        DataProductData(source, "movie" if n == 3 else "keogram", START + n * day,
                        START + n * day + timedelta(hours=1), url, {"keogram_type": "daily"})
        for n, url in enumerate(urls)
    ]  # fmt: skip
    assert aurorax.search.data_products.upload(source.identifier, records) == 0  # type: ignore[arg-type]
    return urls


def product_urls(site: Site, source: DataSource) -> list[str]:
    return [row["url"] for row in site.products(source.identifier)]  # type: ignore[arg-type]


def test_upload_products(site: Site, aurorax: PyAuroraX, own: DataSource) -> None:
    for _ in range(2):
        urls = upload_products(aurorax, own)
        rows = site.products(own.identifier)  # type: ignore[arg-type]
        assert [row["url"] for row in rows] == urls
        assert [(row["start"], row["end"], row["metadata"]) for row in rows][1:2] == [
            ("2020-02-01T20:00:00", "2020-02-01T21:00:00", {"keogram_type": "daily"})
        ]


def test_delete_products_by_url(site: Site, aurorax: PyAuroraX, own: DataSource) -> None:
    urls = upload_products(aurorax, own)
    assert aurorax.search.data_products.delete_urls(own, [urls[1], "https://example.org/no"]) == 0
    assert product_urls(site, own) == [urls[0], *urls[2:]]


def test_delete_products_by_range_and_type(site: Site, aurorax: PyAuroraX, own: DataSource) -> None:
    urls = upload_products(aurorax, own)
    end = START + timedelta(days=9)
    delete = aurorax.search.data_products.delete
    assert delete(own, START + timedelta(days=1), end, data_product_types=["keogram"]) == 0
    assert product_urls(site, own) == [urls[0], urls[3]]
    assert delete(own, START, end) == 0
    assert product_urls(site, own) == []
    assert delete(own, START, end) == 0  # of none


# --------------------------------------------------------------------------- counts
def test_statistics_and_availability(site: Site, aurorax: PyAuroraX, own: DataSource) -> None:
    upload(aurorax, own, 300)
    upload_products(aurorax, own)
    epochs = [row["epoch"] for row in held(site, own)]
    products = site.products(own.identifier)  # type: ignore[arg-type]
    found: Any = aurorax.search.sources.get_using_identifier(own.identifier, include_stats=True)  # type: ignore[arg-type]
    assert found.stats.ephemeris_count == len(epochs)
    assert found.stats.earliest_ephemeris_loaded.strftime(FORM) == epochs[0]
    assert found.stats.latest_ephemeris_loaded.strftime(FORM) == epochs[-1]
    assert found.stats.data_product_count == len(products)
    assert found.stats.latest_data_product_loaded.strftime(FORM) == products[-1]["end"]
    for slow in (False, True):
        asked: Any = {"program": "client", "platform": own.platform, "slow": slow}
        days = (date(2020, 1, 1), date(2020, 3, 1))
        (by_day,) = aurorax.search.availability.ephemeris(*days, **asked)
        assert by_day.available_ephemeris == counts(epochs)
        assert by_day.data_source.identifier == own.identifier
        (by_day,) = aurorax.search.availability.data_products(*days, **asked)
        assert by_day.available_data_products == counts([row["start"] for row in products])
    midnight = datetime(2020, 2, 1, tzinfo=UTC).replace(tzinfo=None)
    aurorax.search.ephemeris.delete(own, START, midnight - timedelta(minutes=1))
    (by_day,) = aurorax.search.availability.ephemeris(*days, **asked)
    assert by_day.available_ephemeris == counts([e for e in epochs if e >= "2020-02-01"])


def counts(times: list[str]) -> dict[str, int]:
    return {day: sum(t[:10] == day for t in times) for day in sorted({t[:10] for t in times})}
