"""Uploads that are refused: an error document for each bad record, and nothing is written."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from core.instruments.model import DataSource
from tests.records.conftest import Site, product, record

Change = dict[str, Any]
NULLS = {"lat": None, "lon": None}
# What is changed in one good record, and the field that the answer names.
EPHEMERIS: list[tuple[str, Change]] = [
    ("program", {"program": "other"}),
    ("program", {"program": None}),
    ("platform", {"platform": ""}),
    ("instrument_type", {"instrument_type": 5}),
    ("epoch", {"epoch": None}),
    ("epoch", {"epoch": "2020-01-01"}),
    ("epoch", {"epoch": "2020-13-01T00:00:00"}),
    ("epoch", {"epoch": "2020-01-01T00:00:30"}),
    ("epoch", {"epoch": "2020-01-01T00:00:00.5Z"}),
    ("epoch", {"epoch": 1577836800}),
    ("epoch", {"epoch": "0001-01-01T00:00:00+14:00"}),
    ("location_geo", {"location_geo": {"lat": 1.0, "lon": None}}),
    ("location_geo", {"location_geo": {"lon": 1.0}}),
    ("location_geo", {"location_geo": [1, 2]}),
    ("location_geo.lat", {"location_geo": {"lat": 90.1, "lon": 0}}),
    ("location_geo.lat", {"location_geo": {"lat": "50", "lon": 0}}),
    ("location_geo.lat", {"location_geo": {"lat": True, "lon": 0}}),
    ("location_gsm.lon", {"location_gsm": {"lat": 0, "lon": 180.5}}),
    ("nbtrace.lon", {"nbtrace": {"lat": 0, "lon": float("nan")}}),
    ("nbtrace.lon", {"nbtrace": {"lat": 0, "lon": -1e300}}),
    ("sbtrace.alt", {"sbtrace": {"lat": 0, "lon": 0, "alt": 1}}),
    ("metadata", {"metadata": []}),
    ("metadata.radius", {"metadata": {"radius": "6800"}}),
    ("metadata.radius", {"metadata": {"radius": float("inf")}}),
    ("metadata.quality", {"metadata": {"quality": 1.5}}),
    ("metadata.quality", {"metadata": {"quality": 2**63}}),
    ("metadata.on", {"metadata": {"on": 1}}),
    ("metadata.region", {"metadata": {"region": 1}}),
    ("metadata.own", {"metadata": {"own": 2**64}}),
    ("metadata.own.a[1]", {"metadata": {"own": {"a": [0, float("nan")]}}}),
    ("metadata.own", {"metadata": {"own": "\0"}}),
    ("metadata.own", {"metadata": {"own": "\ud800"}}),
    ("metadata", {"metadata": {"\0": 1}}),
    ("colour", {"colour": "red"}),
    ("data_source", {"data_source": {"identifier": 1}}),
]
PRODUCTS: list[tuple[str, Change]] = [
    ("platform", {"platform": None}),
    ("data_product_type", {"data_product_type": ""}),
    ("start", {"start": None}),
    ("start", {"start": "2020-01-01T00:00:00.250"}),
    ("end", {"end": "yesterday"}),
    ("end", {"end": "2019-01-01T00:00:00.000"}),
    ("url", {"url": None}),
    ("url", {"url": ["u"]}),
    ("url", {"url": "u" * 4097}),
    ("url", {"url": "a\0b"}),
    ("metadata.keogram_type", {"metadata": {"keogram_type": 1}}),
    ("epoch", {"epoch": "2020-01-01T00:00:00"}),
]


def good(source: DataSource, number: int) -> dict[str, Any]:
    return record(source, f"2020-01-01T00:{number:02d}:00")


def good_product(source: DataSource, number: int) -> dict[str, Any]:
    return product(source, f"https://example.org/{number}.jpg")


def post(site: Site, source: DataSource, kind: str, rows: Any) -> Any:
    # Python's writer of JSON also writes NaN and lone surrogates, as PyAuroraX does.
    body = rows if isinstance(rows, bytes) else json.dumps(rows).encode()
    return site.ask("POST", f"/data_sources/{source.identifier}/{kind}", body)


def check_refused(answer: Any, expected: list[tuple[int, str]]) -> None:
    assert answer.status_code == 400, answer.text
    assert answer.headers["Content-Type"] == "application/json"
    documents = answer.json()
    assert len(documents) == len(expected)
    for document, (row, field) in zip(documents, expected, strict=True):
        assert document.keys() == {"error_code", "error_message"}
        assert document["error_code"] == "AssertionError"
        assert document["error_message"].startswith(f"Record {row}: {field} "), document


@pytest.fixture(scope="module")
def target(site: Site) -> DataSource:
    """One source for all refusals: nothing ever arrives there."""
    return site.new_source()


@pytest.mark.parametrize(("field", "change"), EPHEMERIS)
def test_a_bad_ephemeris_record_is_named(
    site: Site, target: DataSource, field: str, change: Change
) -> None:
    rows = [good(target, 0), good(target, 1) | change, good(target, 2)]
    check_refused(post(site, target, "ephemeris", rows), [(1, field)])
    assert site.ephemeris(target.identifier) == []


@pytest.mark.parametrize(("field", "change"), PRODUCTS)
def test_a_bad_product_is_named(site: Site, target: DataSource, field: str, change: Change) -> None:
    rows = [good_product(target, 0), good_product(target, 1) | change]
    check_refused(post(site, target, "data_products", rows), [(1, field)])
    assert site.products(target.identifier) == []


def test_every_bad_record_is_told_once(site: Site, target: DataSource) -> None:
    """All mutations in one upload, each between two good records."""
    rows: list[Any] = []
    expected = []
    for number, (field, change) in enumerate(EPHEMERIS):
        rows += [good(target, number), good(target, 59) | change]
        expected.append((len(rows) - 1, field))
    check_refused(post(site, target, "ephemeris", rows), expected)
    assert site.ephemeris(target.identifier) == []


def test_more_than_can_be_told_are_counted(site: Site, target: DataSource) -> None:
    rows = [good(target, 0)] + [good(target, 1) | {"epoch": "never"}] * 70
    documents = post(site, target, "ephemeris", rows).json()
    assert len(documents) == 51
    assert documents[49]["error_message"].startswith("Record 50: epoch ")
    last = "These are 50 of 70 bad records, of 71 in all; nothing was written."
    assert documents[50] == {"error_code": "AssertionError", "error_message": last}
    assert site.ephemeris(target.identifier) == []


@pytest.mark.parametrize("row", [None, 5, "text", [], [1], True])
def test_a_record_that_is_no_object(site: Site, target: DataSource, row: Any) -> None:
    answer = post(site, target, "ephemeris", [row])
    assert answer.status_code == 400
    (document,) = answer.json()
    assert document["error_message"].startswith("Record 0 ")


@pytest.mark.parametrize(
    "body", [b"", b"{}", b"null", b"[", b'{"a": 1}', b"[1,]", b"\xff", b"[" * 100_000]
)
@pytest.mark.parametrize("kind", ["ephemeris", "data_products"])
def test_a_body_that_is_no_array(site: Site, target: DataSource, kind: str, body: bytes) -> None:
    answer = post(site, target, kind, body)
    assert answer.status_code == 400
    (document,) = answer.json()
    assert "array" in document["error_message"]


def test_records_nested_too_deeply(site: Site, target: DataSource) -> None:
    deep: Any = 1
    for _ in range(40):
        deep = [deep]
    answer = post(site, target, "ephemeris", [good(target, 0) | {"metadata": {"own": deep}}])
    assert answer.status_code == 400
    assert "nested deeper" in answer.json()[0]["error_message"]


def test_uploads_have_a_limit_of_their_own(site: Site, target: DataSource) -> None:
    settings = site.observatory.settings
    large = b"[" + b" " * settings.max_body_bytes + b"]"
    assert post(site, target, "ephemeris", large).status_code == 202
    assert site.ask("POST", "/data_sources/search", large).status_code == 413
    too_large = b"[" + b" " * settings.max_upload_bytes + b"]"
    answer = post(site, target, "ephemeris", too_large)
    assert answer.status_code == 413
    assert str(settings.max_upload_bytes) in answer.json()["error_message"]


@pytest.mark.parametrize("make", [good, good_product])
def test_records_of_another_source_than_the_path_names(
    site: Site, target: DataSource, make: Callable[[DataSource, int], dict[str, Any]]
) -> None:
    other = site.new_source()
    kind = "ephemeris" if make is good else "data_products"
    rows = [make(target, 0), make(other, 0)]
    check_refused(post(site, target, kind, rows), [(1, "program")])
    check_refused(post(site, other, kind, rows), [(0, "program")])
    for source in (target, other):
        assert site.ephemeris(source.identifier) == site.products(source.identifier) == []
