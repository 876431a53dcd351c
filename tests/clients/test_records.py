"""Ephemeris, data products, availability and statistics, value by value as the archive has them."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import Any

import pytest
from pyaurorax import PyAuroraX
from pyaurorax.search import MetadataFilter, MetadataFilterExpression

from core.archive import Archive
from core.instruments.registry import all_sources
from tests.clients.rows import SHARED, place, stamp, stored

SWARM, GROUND = [3, 29, 30], [46, 55]
DAY = datetime(2019, 1, 2)  # noqa: DTZ001 - the client's times have no zone
FIRST, LAST = DAY.replace(hour=5), DAY.replace(hour=5, minute=59)
PREFIXES = ("md_double_", "md_string_", "md_bool_", "md_int_")


def utc(time: datetime) -> datetime:
    return time.replace(tzinfo=UTC)


def metadata(row: dict[str, Any]) -> dict[str, Any]:
    """The metadata of a row of a table: its columns that hold something."""
    found = {}
    for column, value in row.items():
        prefix = next((p for p in PREFIXES if column.startswith(p)), None)
        if prefix and value is not None:
            found[column.removeprefix(prefix)] = value
    return found


def given(values: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not None}


def test_ephemeris_is_what_the_archive_holds(aurorax: PyAuroraX, archive: Archive) -> None:
    found = aurorax.search.ephemeris.search(
        FIRST, LAST, programs=["swarm", "themis-asi"], platforms=["swarma", "gillam", "swarmc"]
    ).data
    expected = stored(archive, [3, 30, 46], utc(FIRST), utc(LAST))
    assert len(found) == len(expected) > 100
    for row in found:
        other = expected.pop((row.data_source.identifier, stamp(row.epoch)))
        for name in SHARED:
            held = getattr(row, name)
            assert {"lat": held.lat, "lon": held.lon} == place(other, name)
        assert given(row.metadata) == metadata(other)
    assert expected == {}


COMPARISONS: list[tuple[list[MetadataFilterExpression], str, Any]] = [
    (
        [MetadataFilterExpression("nbtrace_region", ["north polar cap", "north cusp"])],
        "and",
        lambda m: m["nbtrace_region"] in ("north polar cap", "north cusp"),
    ),
    (
        [MetadataFilterExpression("tii_on", True, "="),
         MetadataFilterExpression("tii_quality_viy", 0, "!=")],
        "and",
        lambda m: m["tii_on"] and m["tii_quality_viy"] != 0,
    ),
    (
        [MetadataFilterExpression("radial_distance", [6815, 6820.5], "between"),
         MetadataFilterExpression("radial_distance", 6890, ">"),
         MetadataFilterExpression("state", "predictive", "=")],
        "or",
        lambda m: 6815 <= m["radial_distance"] <= 6820.5 or m["radial_distance"] > 6890
        or m["state"] == "predictive",
    ),
    (
        [MetadataFilterExpression("spacecraft_region", ["nightside magnetosphere"], "not in"),
         MetadataFilterExpression("radial_distance", 6820, "<=")],
        "AND",
        lambda m: m["spacecraft_region"] != "nightside magnetosphere"
        and m["radial_distance"] <= 6820,
    ),
]  # fmt: skip


@pytest.mark.parametrize("number", range(len(COMPARISONS)))
def test_filters_of_ephemeris(aurorax: PyAuroraX, archive: Archive, number: int) -> None:
    expressions, operator, holds = COMPARISONS[number]
    end = DAY.replace(hour=23, minute=59)
    found = aurorax.search.ephemeris.search(
        DAY, end, programs=["swarm"], metadata_filters=MetadataFilter(expressions, operator)
    ).data
    rows = stored(archive, SWARM, utc(DAY), utc(end))
    expected = sorted(key for key, row in rows.items() if holds(metadata(row)))
    assert 0 < len(expected) < len(rows)
    assert sorted((r.data_source.identifier, stamp(r.epoch)) for r in found) == expected


def test_filters_in_the_old_form(aurorax: PyAuroraX, archive: Archive) -> None:
    found = aurorax.search.ephemeris.search(
        FIRST, LAST, programs=["swarm"], metadata_filters_logical_operator="or",
        metadata_filters=[
            {"key": "tii_quality_viz", "operator": "=", "values": [1]},
            {"key": "tii_quality_vixh", "operator": "=", "values": ["1"]},
        ],
    ).data  # fmt: skip
    rows = {
        key: metadata(row) for key, row in stored(archive, SWARM, utc(FIRST), utc(LAST)).items()
    }
    expected = [
        key for key, m in rows.items() if m["tii_quality_viz"] == 1 or m["tii_quality_vixh"] == 1
    ]
    assert expected
    assert sorted((r.data_source.identifier, stamp(r.epoch)) for r in found) == sorted(expected)


def products(archive: Archive, start: datetime, end: datetime) -> list[dict[str, Any]]:
    return archive.products.read(None, utc(start), utc(end)).to_pylist()


def test_data_products_are_what_the_archive_holds(
    aurorax: PyAuroraX, archive: Archive, url: str
) -> None:
    start, end = datetime(2019, 1, 1), datetime(2019, 3, 31)  # noqa: DTZ001
    identifiers = {s.identifier: s.program for s in all_sources()}
    expected = [
        row for row in products(archive, start, end)
        if identifiers[row["source"]] in ("themis-asi", "rego")
        and row["md_string_keogram_type"] == "daily"
    ]  # fmt: skip
    found = aurorax.search.data_products.search(
        start,
        end,
        programs=["themis-asi", "rego"],
        data_product_types=["keogram"],
        metadata_filters=MetadataFilter([MetadataFilterExpression("keogram_type", "daily", "=")]),
    ).data
    assert len(found) == len(expected) > 20
    by_url = {row["url"]: row for row in expected}
    for row in found:
        other = by_url.pop(row.url.removeprefix(url))
        assert row.url.startswith(f"{url}/media/")
        assert row.data_source.identifier == other["source"]
        assert (stamp(row.start), stamp(row.end)) == (stamp(other["start"]), stamp(other["end"]))
        assert row.data_product_type == other["data_product_type"] == "keogram"
        assert given(row.metadata) == metadata(other)
    assert by_url == {}


def counted(archive: Archive, programs: set[str], start: datetime, end: datetime) -> Any:
    sources = [s.identifier for s in all_sources() if s.program in programs]
    days = Counter(
        (identifier, epoch[:10])
        for identifier, epoch in stored(archive, sources, utc(start), utc(end))
    )
    found: dict[int, dict[str, int]] = {}
    for (identifier, day), count in days.items():
        found.setdefault(identifier, {})[day] = count
    return found


@pytest.mark.parametrize("slow", [False, True])
def test_availability_counts_the_records(aurorax: PyAuroraX, archive: Archive, slow: bool) -> None:
    expected = counted(archive, {"rego"}, DAY, DAY.replace(day=5))
    found = aurorax.search.availability.ephemeris(
        DAY.date(), DAY.date().replace(day=5), program="rego", slow=slow
    )
    assert {row.data_source.identifier: row.available_ephemeris for row in found} == expected
    assert len(expected) > 3


def test_availability_of_products_counts_them(aurorax: PyAuroraX, archive: Archive) -> None:
    start, end = datetime(2019, 1, 1), datetime(2019, 1, 31)  # noqa: DTZ001
    identifiers = {s.identifier for s in all_sources() if s.program == "trex"}
    expected: dict[int, Counter[str]] = {}
    for row in products(archive, start, end):
        if row["source"] in identifiers:
            days = expected.setdefault(row["source"], Counter())
            days[stamp(row["start"])[:10]] += 1
    found = aurorax.search.availability.data_products(start.date(), end.date(), program="trex")
    assert {row.data_source.identifier: row.available_data_products for row in found} == expected
    assert expected


def test_statistics_are_first_last_and_number(aurorax: PyAuroraX, archive: Archive) -> None:
    every = sorted(
        epoch
        for _, epoch in stored(
            archive, [30], datetime(1990, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
        )
    )
    stats: Any = aurorax.search.sources.get("swarm", "swarmc", "footprint", include_stats=True)
    stats = stats.stats
    assert stats.ephemeris_count == len(every)
    assert stamp(stats.earliest_ephemeris_loaded) == every[0]
    assert stamp(stats.latest_ephemeris_loaded) == every[-1]
    assert stats.data_product_count == 0


def test_sources_are_those_of_the_catalogue(aurorax: PyAuroraX, archive: Archive) -> None:
    catalogue = {s.identifier: s for s in archive.catalogue.sources.list() if s.identifier >= 0}
    listed = {source.identifier: source for source in aurorax.search.sources.list()}
    assert listed.keys() == catalogue.keys()
    plain = ("program", "platform", "instrument_type", "source_type", "display_name", "owner")
    for identifier, source in listed.items():
        other = catalogue[identifier]
        assert [getattr(source, name) for name in plain] == [getattr(other, name) for name in plain]
        assert source.metadata == other.metadata
        assert list(source.maintainers) == list(other.maintainers)
        for name in ("ephemeris_metadata_schema", "data_product_metadata_schema"):
            fields = {f.field_name: f for f in getattr(other, name)}
            assert [f["field_name"] for f in getattr(source, name)] == list(fields)
            for entry in getattr(source, name):
                assert entry["data_type"] == fields[entry["field_name"]].data_type
                assert entry["allowed_values"] == list(fields[entry["field_name"]].allowed_values)
    south = aurorax.search.sources.list(source_type="heo", order="display_name")
    names = [source.display_name for source in south]
    assert names == sorted(s.display_name for s in catalogue.values() if s.source_type == "heo")


def test_schemas_validate_records(aurorax: PyAuroraX, archive: Archive) -> None:
    schema = aurorax.search.metadata.get_ephemeris_schema(3)
    row = next(iter(stored(archive, [3], utc(FIRST), utc(LAST)).values()))
    assert aurorax.search.metadata.validate(schema, metadata(row))
    assert not aurorax.search.metadata.validate(schema, {"radial_distance": 1}, quiet=True)
    products_schema = aurorax.search.metadata.get_data_products_schema(46)
    assert "keogram_type" in {field["field_name"] for field in products_schema}
