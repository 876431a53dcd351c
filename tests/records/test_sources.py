"""Data sources over HTTP: made, replaced, changed, deleted; who may, and what is refused."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from core.archive.records import source_to_dict
from core.errors import NotFound
from core.instruments.model import DataSource
from tests.records.conftest import SCHEMA, Site, email, record

KEYS = {
    "identifier", "program", "platform", "instrument_type", "source_type", "display_name",
    "metadata", "owner", "maintainers", "ephemeris_metadata_schema",
    "data_product_metadata_schema",
}  # fmt: skip
BASIC = {
    "program": "p", "platform": "q", "instrument_type": "r", "source_type": "ground",
    "display_name": "s",
}  # fmt: skip


def refused(answer: Any, status: int, code: str, *words: str) -> None:
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "application/json"
    document = answer.json()
    assert document.keys() == {"error_code", "error_message"}
    assert document["error_code"] == code
    for word in words:
        assert word in document["error_message"]


# --------------------------------------------------------------------------- create
def test_a_source_is_made_as_it_was_sent(site: Site) -> None:
    sent = BASIC | {
        "platform": "made", "metadata": {"a": {"ü": [1, None, 2.5]}}, "identifier": 401,
        "ephemeris_metadata_schema": SCHEMA, "data_product_metadata_schema": None,
    }  # fmt: skip
    answer = site.ask("POST", "/data_sources", sent)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.json().keys() == KEYS
    stored = site.archive.catalogue.sources.get(401)
    assert source_to_dict(stored, "full_record") == answer.json()
    assert stored.owner == email("owner")
    assert stored.metadata == sent["metadata"]
    assert [field.field_name for field in stored.ephemeris_metadata_schema] == [
        "region", "radius", "quality", "on",
    ]  # fmt: skip
    assert stored.data_product_metadata_schema == ()


def test_the_server_picks_an_identifier(site: Site) -> None:
    picked = [
        site.ask("POST", "/data_sources", BASIC | {"platform": f"picked {n}"}).json()["identifier"]
        for n in range(2)
    ]
    assert picked[1] == picked[0] + 1 > 100_000


def test_identifiers_and_names_are_unique(site: Site, source: DataSource) -> None:
    same_id = BASIC | {"platform": "elsewhere", "identifier": source.identifier}
    refused(site.ask("POST", "/data_sources", same_id), 409, "Duplicate")
    same_names = {name: getattr(source, name) for name in BASIC}
    refused(site.ask("POST", "/data_sources", same_names), 409, "Duplicate", "unique")
    other = site.new_source()
    path = f"/data_sources/{other.identifier}"
    refused(site.ask("PATCH", path, {"platform": source.platform}), 409, "Duplicate")
    refused(site.ask("PUT", path, same_names), 409, "Duplicate")
    assert site.archive.catalogue.sources.get(other.identifier) == other


@pytest.mark.parametrize(
    ("field", "longest"),
    [("program", 200), ("platform", 50), ("instrument_type", 200), ("display_name", 50)],
)
def test_lengths_are_limited(site: Site, field: str, longest: int) -> None:
    text = f"{field} ".ljust(longest, "é")
    sent = BASIC | {"platform": f"long {field}"} | {field: text}
    made = site.ask("POST", "/data_sources", sent)
    assert made.status_code == 200
    assert made.json()[field] == text
    refused(
        site.ask("POST", "/data_sources", sent | {field: text + "x"}), 400, "AssertionError", field
    )


BAD: list[tuple[str, Any]] = [
    *((name, BASIC | {name: None}) for name in BASIC),
    *((name, BASIC | {name: 5}) for name in BASIC),
    *((name, BASIC | {name: "  "}) for name in BASIC if name != "source_type"),
    ("source_type", BASIC | {"source_type": "sea"}),
    ("identifier", BASIC | {"identifier": -1}),
    ("identifier", BASIC | {"identifier": 0}),
    ("identifier", BASIC | {"identifier": "7"}),
    ("identifier", BASIC | {"identifier": 2**31}),
    ("identifier", BASIC | {"identifier": True}),
    ("metadata", BASIC | {"metadata": []}),
    ("metadata.a", BASIC | {"metadata": {"a": 2**64}}),
    ("maintainers", BASIC | {"maintainers": "a@b.c"}),
    ("maintainers[0]", BASIC | {"maintainers": ["nobody"]}),
    ("colour", BASIC | {"colour": "red"}),
    ("ephemeris_metadata_schema", BASIC | {"ephemeris_metadata_schema": {}}),
    ("ephemeris_metadata_schema[0]", BASIC | {"ephemeris_metadata_schema": ["a"]}),
    ("schema[0].field_name", BASIC | {"ephemeris_metadata_schema": [{"data_type": "int"}]}),
    ("schema[0].data_type",
     BASIC | {"data_product_metadata_schema": [{"field_name": "a", "data_type": "complex"}]}),
    ("schema[0].data_type",
     BASIC | {"data_product_metadata_schema": [{"field_name": "a", "data_type": ["int"]}]}),
    ("schema[1].field_name", BASIC | {"ephemeris_metadata_schema": [SCHEMA[0], SCHEMA[0]]}),
    ("schema[0].unit", BASIC | {"ephemeris_metadata_schema": [SCHEMA[0] | {"unit": "km"}]}),
    ("schema[0].field_name",
     BASIC | {"ephemeris_metadata_schema": [SCHEMA[0] | {"field_name": "derived.kp"}]}),
    ("schema[0].allowed_values[0]",
     BASIC | {"ephemeris_metadata_schema": [SCHEMA[0] | {"allowed_values": [1]}]}),
    ("ephemeris_metadata_schema", BASIC | {"ephemeris_metadata_schema": SCHEMA * 51}),
    ("body", []),
]  # fmt: skip


@pytest.mark.parametrize(("field", "sent"), BAD)
def test_what_is_wrong_is_named(site: Site, field: str, sent: Any) -> None:
    before = site.archive.catalogue.sources.revision()
    refused(site.ask("POST", "/data_sources", sent), 400, "AssertionError", field)
    assert site.archive.catalogue.sources.revision() == before


# --------------------------------------------------------------------------- rights
WRITES = [
    ("PUT", "", BASIC), ("PATCH", "", {}), ("DELETE", "", {}), ("POST", "/ephemeris", []),
    ("POST", "/data_products", []), ("DELETE", "/ephemeris", {}), ("DELETE", "/data_products", {}),
]  # fmt: skip


@pytest.mark.parametrize(("method", "rest", "body"), WRITES)
def test_writing_takes_a_key_and_the_right(
    site: Site, source: DataSource, method: str, rest: str, body: Any
) -> None:
    path = f"/data_sources/{source.identifier}{rest}"
    refused(site.ask(method, path, body, key=None), 401, "NotAuthenticated")
    site.keys["wrong"] = "atlas-000000000000." + "a" * 43
    refused(site.ask(method, path, body, key="wrong"), 401, "NotAuthenticated")
    strangers = ["user", "stranger", "other"] + (["maintainer"] if not rest else [])
    for key in strangers:
        refused(site.ask(method, path, body, key=key), 403, "NotAuthorized")
    gone = f"/data_sources/99999999{rest}"
    refused(site.ask(method, gone, body, key=None), 401, "NotAuthenticated")
    text = "No Data Source record found in AuroraX for identifier 99999999"
    refused(site.ask(method, gone, body, key="admin"), 404, "NotFound", text)
    assert site.archive.catalogue.sources.get(source.identifier) == source


@pytest.mark.parametrize("key", ["user", "maintainer"])
def test_owners_and_administrators_make_sources(site: Site, key: str) -> None:
    sent = BASIC | {"platform": f"by {key}"}
    refused(site.ask("POST", "/data_sources", sent, key=key), 403, "NotAuthorized")
    assert site.ask("POST", "/data_sources", sent, key="admin").json()["owner"] == email("admin")


@pytest.mark.parametrize("key", ["admin", "owner", "maintainer"])
def test_who_may_writes_records(site: Site, source: DataSource, key: str) -> None:
    path = f"/data_sources/{source.identifier}/ephemeris"
    rows = [record(source, "2020-01-01T00:00:00")]
    assert site.ask("POST", path, rows, key=key).status_code == 202
    assert len(site.ephemeris(source.identifier)) == 1


def test_an_owner_chooses_maintainers(site: Site, source: DataSource) -> None:
    path = f"/data_sources/{source.identifier}"
    upload = f"{path}/data_products"
    refused(site.ask("POST", upload, [], key="stranger"), 403, "NotAuthorized")
    chosen = {"maintainers": ["Stranger@Example.org", email("stranger")]}
    assert site.ask("PATCH", path, chosen).json()["maintainers"] == [email("stranger")]
    assert site.ask("POST", upload, [], key="stranger").status_code == 202
    refused(site.ask("POST", upload, [], key="maintainer"), 403, "NotAuthorized")
    assert site.ask("PATCH", path, {"maintainers": []}).json()["maintainers"] == []
    refused(site.ask("POST", upload, [], key="stranger"), 403, "NotAuthorized")


def test_only_an_administrator_changes_the_owner(site: Site, source: DataSource) -> None:
    path = f"/data_sources/{source.identifier}"
    refused(site.ask("PATCH", path, {"owner": email("other")}), 403, "NotAuthorized")
    assert site.ask("PATCH", path, {"owner": email("OWNER")}).status_code == 200
    sent = BASIC | {"owner": email("other"), "platform": "for another"}
    refused(site.ask("POST", "/data_sources", sent), 403, "NotAuthorized")
    moved = site.ask("PATCH", path, {"owner": email("other")}, key="admin")
    assert moved.json()["owner"] == email("other")
    refused(site.ask("DELETE", path), 403, "NotAuthorized")
    assert site.ask("DELETE", path, key="other").status_code == 200


# --------------------------------------------------------------------------- change
def test_null_is_left_out_and_empty_is_a_value(site: Site) -> None:
    source = site.new_source(metadata={"a": 1})
    path = f"/data_sources/{source.identifier}"
    nothing = dict.fromkeys(KEYS, None) | {"identifier": source.identifier, "stats": None}
    assert site.ask("PATCH", path, nothing).json() == source_to_dict(source, "full_record")
    empty = nothing | {"metadata": {}, "ephemeris_metadata_schema": [], "maintainers": []}
    changed = site.ask("PATCH", path, empty).json()
    assert changed == source_to_dict(source, "full_record") | {
        "metadata": {}, "ephemeris_metadata_schema": [], "maintainers": [],
    }  # fmt: skip
    assert source_to_dict(site.archive.catalogue.sources.get(source.identifier), "full_record") == (
        changed
    )


def test_the_identifier_of_the_body_is_that_of_the_path(site: Site, source: DataSource) -> None:
    path = f"/data_sources/{source.identifier}"
    body = BASIC | {"identifier": source.identifier + 1, "platform": "moved"}
    for method in ("PUT", "PATCH"):
        refused(site.ask(method, path, body), 400, "AssertionError", "identifier")
    refused(site.ask("PATCH", "/data_sources/x", {}), 400, "AssertionError", "identifier")


def test_put_replaces_all_but_the_owner(site: Site, source: DataSource) -> None:
    path = f"/data_sources/{source.identifier}"
    sent = BASIC | {"platform": f"put {source.identifier}"}
    assert site.ask("PUT", path, sent, key="admin").json() == sent | {
        "identifier": source.identifier, "owner": email("owner"), "maintainers": [],
        "metadata": {}, "ephemeris_metadata_schema": [], "data_product_metadata_schema": [],
    }  # fmt: skip
    refused(site.ask("PUT", path, {"platform": "x"}), 400, "AssertionError", "program is missing")


def test_changes_at_once_lose_nothing(site: Site, source: DataSource) -> None:
    path = f"/data_sources/{source.identifier}"
    changes = [{"metadata": {"a": 1}}, {"display_name": "new"}, {"maintainers": []}]
    threads = [threading.Thread(target=site.ask, args=("PATCH", path, c)) for c in changes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    now = site.archive.catalogue.sources.get(source.identifier)
    assert (now.metadata, now.display_name, now.maintainers) == ({"a": 1}, "new", ())


# --------------------------------------------------------------------------- delete, list, stats
def test_a_source_with_records_is_not_deleted(site: Site, source: DataSource) -> None:
    path = f"/data_sources/{source.identifier}"
    rows = [record(source, "2020-01-01T00:00:00")]
    assert site.ask("POST", f"{path}/ephemeris", rows).status_code == 202
    refused(site.ask("DELETE", path), 409, "Conflict", "has records")
    assert site.archive.catalogue.sources.get(source.identifier) == source
    assert len(site.ephemeris(source.identifier)) == 1


def test_a_source_without_records_is_deleted(site: Site, source: DataSource) -> None:
    path = f"/data_sources/{source.identifier}"
    answer = site.ask("DELETE", path)
    assert answer.status_code == 200
    assert answer.json()["identifier"] == source.identifier
    with pytest.raises(NotFound):
        site.archive.catalogue.sources.get(source.identifier)
    refused(site.ask("DELETE", path), 404, "NotFound")


def test_identifiers_below_zero_are_not_listed(site: Site) -> None:
    hidden = DataSource(-7, "adhoc", "point", "adhoc", "ground", "hidden")
    site.archive.catalogue.sources.put(hidden)
    listed = site.ask("GET", "/data_sources", key=None, params={"program": "adhoc"}).json()
    found = site.ask("POST", "/data_sources/search", {"programs": ["adhoc"]}, key=None).json()
    assert listed == found == []
    site.archive.catalogue.sources.delete(-7)


@pytest.mark.parametrize("slow", ["True", "false", None])
def test_statistics_of_a_source(site: Site, source: DataSource, slow: str | None) -> None:
    path = f"/data_sources/{source.identifier}"
    rows = [record(source, f"2020-0{month}-01T00:00:00") for month in (3, 1, 2)]
    site.ask("POST", f"{path}/ephemeris", rows)
    params = {"format": "identifier_only", "slow": slow}
    answer = site.ask("GET", f"{path}/stats", key=None, params=params)
    held = sorted(row["epoch"] for row in site.ephemeris(source.identifier))
    assert answer.json() == {
        "data_source": {"identifier": source.identifier}, "ephemeris_count": len(held),
        "earliest_ephemeris_loaded": held[0], "latest_ephemeris_loaded": held[-1],
        "data_product_count": 0, "earliest_data_product_loaded": None,
        "latest_data_product_loaded": None,
    }  # fmt: skip
    refused(site.ask("GET", "/data_sources/99999999/stats", key=None), 404, "NotFound")
    bad = site.ask("GET", f"{path}/stats", key=None, params={"format": "long"})
    refused(bad, 400, "AssertionError", "format")
