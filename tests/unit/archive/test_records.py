from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.archive import Archive
from core.archive.records import (
    ephemeris_from_records,
    ephemeris_to_records,
    products_from_records,
    products_to_records,
    source_to_dict,
)
from core.errors import BadInput, NotFound, RecordError
from tests.unit.archive.batches import EVER
from tests.unit.archive.conftest import SOURCES

SWARM = {"program": "swarm", "platform": "swarma", "instrument_type": "footprint"}
GILLAM = {"program": "themis-asi", "platform": "gillam", "instrument_type": "panchromatic ASI"}
BY_ID = {s.identifier: s for s in SOURCES}
NOWHERE = {"lat": None, "lon": None}


class Finder:
    """The sources of the tests, without a catalogue."""

    def find(self, program: str, platform: str, instrument_type: str):
        for source in SOURCES:
            if (source.program, source.platform, source.instrument_type) == (
                program,
                platform,
                instrument_type,
            ):
                return source
        raise NotFound("no such source")


def record(**changes: Any) -> dict[str, Any]:
    return {**SWARM, "epoch": "2020-01-01T00:01:00.000Z", **changes}


def product(**changes: Any) -> dict[str, Any]:
    whole = {
        **GILLAM,
        "data_product_type": "keogram",
        "start": "2020-01-01T00:00:00.000",
        "end": "2020-01-01T23:59:00.000",
        "url": "https://example.org/a.jpg",
    }
    return {**whole, **changes}


@pytest.mark.parametrize(
    "text",
    [
        "2020-01-01T00:01:00",
        "2020-01-01T00:01:00Z",
        "2020-01-01T00:01:00.000Z",
        "2020-01-01T00:01:00.000",
        "2020-01-01T00:01",
        "2020-01-01 00:01:00",
        "2019-12-31T17:01:00-07:00",
        datetime(2020, 1, 1, 0, 1, tzinfo=UTC),
    ],
)
def test_epochs_are_read_in_all_forms(text: Any) -> None:
    table = ephemeris_from_records(Finder(), [record(epoch=text)])
    assert table["epoch"].to_pylist() == [datetime(2020, 1, 1, 0, 1, tzinfo=UTC)]


BAD_RECORDS = [
    ("epoch", record(epoch="2020-01-01T00:01:30")),
    ("epoch", record(epoch="2020-01-01T00:01:00.001")),
    ("epoch", record(epoch="2020-13-01T00:01:00")),
    ("epoch", record(epoch="2020-01-01")),
    ("epoch", record(epoch="1066-01-01T00:00:00")),
    ("epoch", record(epoch=1577836860)),
    ("epoch", record(epoch=None)),
    ("program", record(program="swarmx")),
    ("program", record(program=7)),
    ("platform", record(platform="")),
    ("instrument_type", {"program": "swarm", "platform": "swarma", "epoch": "x"}),
    ("location_geo.lat", record(location_geo={"lat": 90.01, "lon": 0})),
    ("location_geo.lon", record(location_geo={"lat": 0, "lon": -180.5})),
    ("location_gsm.lat", record(location_gsm={"lat": float("nan"), "lon": 0})),
    ("nbtrace.lon", record(nbtrace={"lat": 0, "lon": float("inf")})),
    ("nbtrace.lat", record(nbtrace={"lat": "51", "lon": 0})),
    ("nbtrace.lat", record(nbtrace={"lat": True, "lon": 0})),
    ("sbtrace", record(sbtrace={"lat": 1})),
    ("sbtrace", record(sbtrace={"lat": None, "lon": 1})),
    ("sbtrace", record(sbtrace=[1, 2])),
    ("sbtrace.alt", record(sbtrace={"lat": 1, "lon": 1, "alt": 1})),
    ("location", record(location={"lat": 1, "lon": 1})),
    ("metadata", record(metadata=[1])),
    ("metadata.other", record(metadata={"other": float("nan")})),
    ("metadata.other", record(metadata={"other": "\ud800"})),
    ("metadata.radial_distance", record(metadata={"radial_distance": "6800"})),
    ("metadata.radial_distance", record(metadata={"radial_distance": float("inf")})),
    ("metadata.radial_distance", record(metadata={"radial_distance": 10**400})),
    ("metadata.radial_distance", record(metadata={"radial_distance": True})),
    ("metadata.tii_quality_viy", record(metadata={"tii_quality_viy": 1.5})),
    ("metadata.tii_quality_viy", record(metadata={"tii_quality_viy": 2**63})),
    ("metadata.tii_on", record(metadata={"tii_on": 1})),
    ("metadata.tii_on", record(metadata={"tii_on": "yes"})),
    ("metadata.nbtrace_region", record(metadata={"nbtrace_region": 5})),
    ("", "text"),
]


@pytest.mark.parametrize(("field", "bad"), BAD_RECORDS)
def test_a_bad_record_is_named_by_row_and_field(archive: Archive, field: str, bad: Any) -> None:
    with pytest.raises(RecordError) as caught:
        archive.ephemeris.upsert(
            ephemeris_from_records(archive.catalogue.sources, [record(), bad, record()])
        )
    assert (caught.value.row, caught.value.field) == (1, field)
    assert archive.ephemeris.read(None, *EVER).num_rows == 0


@pytest.mark.parametrize(
    ("field", "bad"),
    [
        ("end", product(end="2019-01-01T00:00:00")),
        ("start", product(start="2019-01-01T00:00:00.5")),
        ("url", product(url="")),
        ("url", product(url="x" * 5000)),
        ("data_product_type", product(data_product_type=None)),
        ("epoch", product(epoch="2019-01-01T00:00:00")),
        ("metadata.keogram_type", product(metadata={"keogram_type": 1})),
    ],
)
def test_a_bad_product_is_named_by_row_and_field(field: str, bad: Any) -> None:
    with pytest.raises(RecordError) as caught:
        products_from_records(Finder(), [product(), bad])
    assert (caught.value.row, caught.value.field) == (1, field)


def test_records_of_another_source_than_expected_are_refused() -> None:
    assert ephemeris_from_records(Finder(), [record()], expect=3).num_rows == 1
    with pytest.raises(RecordError, match="data source 3"):
        ephemeris_from_records(Finder(), [record()], expect=46)


def test_records_that_are_no_list_are_refused() -> None:
    with pytest.raises(RecordError, match="list"):
        ephemeris_from_records(Finder(), record())  # type: ignore[arg-type]


def test_declared_metadata_is_typed_and_the_rest_is_json() -> None:
    metadata = {
        "radial_distance": 6800,
        "tii_quality_viy": 2.0,
        "tii_on": "True",
        "nbtrace_region": "anywhere",
        "other": {"a": [1, None]},
    }
    (row,) = ephemeris_from_records(Finder(), [record(metadata=metadata)]).to_pylist()
    assert row["md_double_radial_distance"] == 6800.0
    assert (row["md_int_tii_quality_viy"], row["md_bool_tii_on"]) == (2, True)
    assert row["md_string_nbtrace_region"] == "anywhere"
    assert json.loads(row["metadata_json"]) == {"other": {"a": [1, None]}}
    assert row["provenance"] == "uploaded"


def test_last_of_equal_records_counts() -> None:
    rows = [record(location_geo={"lat": n, "lon": 0}) for n in range(3)]
    assert ephemeris_from_records(Finder(), rows)["geo_lat_deg"].to_pylist() == [2.0]


def test_ephemeris_comes_back_with_exactly_the_keys_of_the_api(archive: Archive) -> None:
    sent = record(
        location_geo={"lat": 51, "lon": -114.5},
        nbtrace=NOWHERE,
        sbtrace=None,
        metadata={"radial_distance": 6802.930422181797, "tii_on": False, "note": "a"},
    )
    sources = archive.catalogue.sources
    archive.ephemeris.upsert(ephemeris_from_records(sources, [sent]))
    (got,) = ephemeris_to_records(archive.ephemeris.read([3], *EVER), BY_ID)
    assert got == {
        "data_source": {
            "identifier": 3,
            **SWARM,
            "source_type": "leo",
            "display_name": "Swarm A",
        },
        "epoch": "2020-01-01T00:01:00",
        "location_geo": {"lat": 51.0, "lon": -114.5},
        "location_gsm": NOWHERE,
        "nbtrace": NOWHERE,
        "sbtrace": NOWHERE,
        "metadata": {"tii_on": False, "radial_distance": 6802.930422181797, "note": "a"},
    }


def test_products_come_back_with_exactly_the_keys_of_the_api(archive: Archive) -> None:
    sent = product(metadata={"keogram_type": "daily", "n": 1})
    archive.products.upsert(products_from_records(archive.catalogue.sources, [sent]))
    (got,) = products_to_records(archive.products.read([46], *EVER), BY_ID, "identifier_only")
    assert got == {
        "data_source": {"identifier": 46},
        "data_product_type": "keogram",
        "start": "2020-01-01T00:00:00",
        "end": "2020-01-01T23:59:00",
        "url": "https://example.org/a.jpg",
        "metadata": {"keogram_type": "daily", "n": 1},
    }


def test_records_of_a_source_that_is_unknown_are_not_delivered(archive: Archive) -> None:
    archive.ephemeris.upsert(ephemeris_from_records(archive.catalogue.sources, [record()]))
    with pytest.raises(NotFound):
        list(ephemeris_to_records(archive.ephemeris.read([3], *EVER), {}))


def test_formats_of_a_data_source() -> None:
    source = BY_ID[46]
    assert source_to_dict(source, "identifier_only") == {"identifier": 46}
    basic = source_to_dict(source)
    assert list(basic) == [
        "identifier",
        "program",
        "platform",
        "instrument_type",
        "source_type",
        "display_name",
    ]
    assert source_to_dict(source, "with_metadata") == {**basic, "metadata": source.metadata}
    full = source_to_dict(source, "full_record")
    assert full.keys() - source_to_dict(source, "with_metadata").keys() == {
        "owner",
        "maintainers",
        "ephemeris_metadata_schema",
        "data_product_metadata_schema",
    }
    assert full["data_product_metadata_schema"][0]["allowed_values"] == ["daily", "hourly"]
    assert json.loads(json.dumps(full)) == full
    with pytest.raises(BadInput):
        source_to_dict(source, "everything")


scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
anything = st.recursive(scalars, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner))


@settings(deadline=None)
@given(
    st.dictionaries(
        st.sampled_from([*record(), "location_geo", "nbtrace", "metadata", "else"]), anything
    )
)
def test_anything_at_all_is_taken_or_refused_with_row_and_field(changes: dict[str, Any]) -> None:
    refused: RecordError | None = None
    rows = 0
    try:
        rows = ephemeris_from_records(Finder(), [{**record(), **changes}]).num_rows
    except RecordError as error:
        refused = error
    if refused is None:
        assert rows == 1
    else:
        assert refused.row == 0
        assert isinstance(refused.field, str)
