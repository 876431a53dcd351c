"""A schema that changes while there are records: they follow, or the change is refused.

The oracle is a second source that had the new schema from the start and was sent the same
records: after the change both have to answer every search alike.
"""

from __future__ import annotations

import threading
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.archive import source_changes
from core.archive.archive import Archive
from core.archive.restate import restate
from core.archive.source_changes import change_source, upload_ephemeris
from core.archive.source_documents import patched_source
from core.errors import NotFound, RecordError
from core.instruments.model import DataSource
from tests.records.conftest import EVER, SCHEMA, Site, product, record, search

TYPES = ("string", "double", "int", "bool")
FIELDS = ("a", "b", "Ü c")
LIVE = settings(
    max_examples=25, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
START, END = "2020-01-30T00:00:00", "2020-02-10T00:00:00"


def entries(types: dict[str, str]) -> list[dict[str, Any]]:
    return [{"field_name": n, "description": "", "data_type": t} for n, t in types.items()]


schemas = st.dictionaries(st.sampled_from(FIELDS), st.sampled_from(TYPES))
values = (
    st.none() | st.booleans() | st.integers(-5, 5) | st.sampled_from([0.5, 2.0, 1e300])
    | st.sampled_from(["true", "False", "x", ""])
)  # fmt: skip
batches = st.lists(st.dictionaries(st.sampled_from(FIELDS), values), min_size=1, max_size=6)


def rows_of(source: DataSource, batch: list[dict[str, Any]]) -> list[dict[str, Any]]:
    days = ("2020-01-30", "2020-01-31", "2020-02-01")  # two files
    return [
        record(source, f"{days[n % 3]}T00:{n:02d}:00", metadata=item)
        for n, item in enumerate(batch)
    ]


def outline(site: Site, source: DataSource, filters: Any = None) -> list[tuple[str, Any]]:
    more = {"ephemeris_metadata_filters": filters} if filters else {}
    rows = search(site, "ephemeris", source, START, END, **more)
    return [(row["epoch"], row["metadata"]) for row in rows]


def normal(rows: list[tuple[str, Any]]) -> str:
    return repr([(epoch, sorted(metadata.items())) for epoch, metadata in rows])


@LIVE
@given(old=schemas, new=schemas, batch=batches)
def test_records_follow_their_schema(
    site: Site, old: dict[str, str], new: dict[str, str], batch: list[dict[str, Any]]
) -> None:
    source = site.new_source(ephemeris_metadata_schema=entries(old))
    twin = site.new_source(ephemeris_metadata_schema=entries(new))
    path = f"/data_sources/{source.identifier}"
    if site.ask("POST", f"{path}/ephemeris", rows_of(source, batch)).status_code != 202:
        return  # a value that is none of its field's old type
    before = outline(site, source)
    changed = site.ask("PATCH", path, {"ephemeris_metadata_schema": entries(new)})
    # What the old schema made of the records is what the new one is asked to take.
    held = [metadata for _, metadata in sorted(before)]
    held_rows = [
        row | {"metadata": metadata}
        for row, metadata in zip(
            sorted(rows_of(twin, batch), key=lambda r: r["epoch"]), held, strict=True
        )
    ]
    taken = site.ask("POST", f"/data_sources/{twin.identifier}/ephemeris", held_rows)
    if taken.status_code == 400:
        assert (changed.status_code, changed.json()["error_code"]) == (409, "Conflict")
        assert normal(outline(site, source)) == normal(before)
        fields = site.archive.catalogue.sources.get(source.identifier).ephemeris_metadata_schema
        assert {f.field_name: f.data_type for f in fields} == old
        return
    assert changed.status_code == 200, changed.text
    assert normal(outline(site, source)) == normal(outline(site, twin))
    for name in FIELDS:
        for value in (1, "x", True, 0.5):
            for operator in ("=", "!=", ">="):
                expression = {"key": name, "operator": operator, "values": [value]}
                filters = {"expressions": [expression]}
                assert _asked(site, source, filters) == _asked(site, twin, filters)


def _asked(site: Site, source: DataSource, filters: Any) -> Any:
    body = {
        "data_sources": {"platforms": [source.platform], "ephemeris_metadata_filters": filters},
        "start": "2020-01-30T00:00:00", "end": "2020-01-31T23:59:59",
    }  # fmt: skip
    answer = site.ask("POST", "/ephemeris/search_synchronous", {"query": body}, key=None)
    if answer.status_code != 200:
        return answer.status_code
    return normal([(row["epoch"], row["metadata"]) for row in answer.json()])


def test_a_field_that_is_no_longer_declared_is_still_delivered_and_found(
    site: Site, source: DataSource
) -> None:
    path = f"/data_sources/{source.identifier}"
    site.ask("POST", f"{path}/ephemeris", [record(source, "2020-01-30T00:00:00")])
    filters = {"expressions": [{"key": "radius", "operator": ">", "values": ["6000"]}]}
    before = outline(site, source, filters)
    assert len(before) == 1
    assert site.ask("PATCH", path, {"ephemeris_metadata_schema": []}).status_code == 200
    assert outline(site, source, filters) == before
    assert site.ask("PATCH", path, {"ephemeris_metadata_schema": SCHEMA}).status_code == 200
    assert outline(site, source, filters) == before


def test_a_change_that_values_do_not_allow_says_which(site: Site, source: DataSource) -> None:
    path = f"/data_sources/{source.identifier}"
    rows = [record(source, f"2020-01-30T00:{n:02d}:00") for n in range(3)]
    rows[0]["metadata"] = {"radius": 5.0}
    site.ask("POST", f"{path}/ephemeris", rows)
    answer = site.ask("PATCH", path, {"ephemeris_metadata_schema": entries({"radius": "int"})})
    assert (answer.status_code, answer.json()["error_code"]) == (409, "Conflict")
    assert answer.json()["error_message"].startswith(
        "radius cannot become a int: 2 of 3 records have a value that is none, "
        "the first 6802.930422181797."
    )


def test_products_follow_their_schema(site: Site, source: DataSource) -> None:
    path = f"/data_sources/{source.identifier}"
    sent = [product(source, f"u{n}", metadata={"n": n, "keogram_type": "daily"}) for n in range(3)]
    assert site.ask("POST", f"{path}/data_products", sent).status_code == 202
    changed = site.ask("PATCH", path, {"data_product_metadata_schema": entries({"n": "double"})})
    assert changed.status_code == 200
    filters = {"expressions": [{"key": "n", "operator": ">=", "values": ["1.0"]}]}
    found = search(site, "data_products", source, "2020-01-01T00:00:00", "2020-01-01T23:59:59",
                   data_product_metadata_filters=filters)  # fmt: skip
    assert [(row["url"], row["metadata"]) for row in found] == [
        (f"u{n}", {"n": float(n), "keogram_type": "daily"}) for n in (1, 2)
    ]


def test_restating_again_changes_nothing(site: Site, source: DataSource) -> None:
    path = f"/data_sources/{source.identifier}"
    site.ask("POST", f"{path}/ephemeris", [record(source, "2020-01-30T00:00:00")])
    site.ask("PATCH", path, {"ephemeris_metadata_schema": entries({"radius": "string"})})
    site.ask("PATCH", path, {"ephemeris_metadata_schema": entries({"own": "string"})})
    version = site.archive.ephemeris.version
    now = site.archive.catalogue.sources.get(source.identifier)
    store = site.archive.ephemeris.store
    assert restate(store, source.identifier, now.ephemeris_metadata_schema) == 0
    assert site.archive.ephemeris.version == version


def test_a_change_that_was_cut_off_is_finished_by_sending_it_again(
    site: Site, source: DataSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = f"/data_sources/{source.identifier}"
    site.ask("POST", f"{path}/ephemeris", [record(source, "2020-01-30T00:00:00")])
    before = outline(site, source)
    change = {"ephemeris_metadata_schema": entries({"radius": "double"})}
    with monkeypatch.context() as patched:
        patched.setattr(source_changes, "_settle", lambda *_: None)  # it is killed before that
        assert site.ask("PATCH", path, change).status_code == 200
    assert outline(site, source) != before
    assert site.ask("PATCH", path, change).status_code == 200
    assert outline(site, source) == before


def _between(archive: Archive, monkeypatch: pytest.MonkeyPatch, act: Any) -> None:
    """Do `act` after the next upload was checked and before it is written."""
    upsert = archive.ephemeris.upsert

    def late(batch: Any) -> Any:
        monkeypatch.setattr(archive.ephemeris, "upsert", upsert)
        act()
        return upsert(batch)

    monkeypatch.setattr(archive.ephemeris, "upsert", late)


def test_an_upload_that_overlaps_with_a_change_follows_it(
    site: Site, source: DataSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = f"/data_sources/{source.identifier}"
    change = {"ephemeris_metadata_schema": entries({"radius": "string", "quality": "double"})}
    _between(site.archive, monkeypatch, lambda: site.ask("PATCH", path, change))
    rows = [record(source, "2020-01-30T00:00:00")]
    assert site.ask("POST", f"{path}/ephemeris", rows).status_code == 202
    table = site.archive.ephemeris.read([source.identifier], *EVER)
    (row,) = table.to_pylist()
    assert row["md_double_quality"] == 1.0
    assert row["md_int_quality"] is None
    assert row["md_double_radius"] is None  # what does not fit stays as it is, undeclared
    assert outline(site, source)[0][1] == {"region": "cap", "on": True, "quality": 1.0,
                                           "radius": 6802.930422181797}  # fmt: skip


def test_an_upload_that_overlaps_with_the_end_of_its_source_is_undone(
    site: Site, source: DataSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = f"/data_sources/{source.identifier}"
    _between(site.archive, monkeypatch, lambda: site.ask("DELETE", path))
    rows = [record(source, "2020-01-30T00:00:00")]
    answer = site.ask("POST", f"{path}/ephemeris", rows)
    assert (answer.status_code, answer.json()["error_code"]) == (404, "NotFound")
    assert site.archive.ephemeris.read([source.identifier], *EVER).num_rows == 0


def test_a_source_is_not_deleted_from_under_an_acknowledged_upload(
    site: Site, source: DataSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The records come after the first look for records and before the source is gone."""
    path = f"/data_sources/{source.identifier}"
    sources = site.archive.catalogue.sources
    looks = [False]
    monkeypatch.setattr(sources, "_has_records", lambda _: looks.pop() if looks else True)
    answer = site.ask("DELETE", path)
    assert (answer.status_code, answer.json()["error_code"]) == (409, "Conflict")
    assert sources.get(source.identifier) == source


def test_changes_and_uploads_at_once_end_as_declared(site: Site, source: DataSource) -> None:
    """Four writers; whoever comes last, every value stands in the column of the last schema."""
    archive, identifier = site.archive, source.identifier

    def upload(first: int) -> None:
        for n in range(6):
            rows = [record(source, f"2020-01-30T0{first}:{n:02d}:00", metadata={"quality": n})]
            upload_ephemeris(archive, identifier, rows)

    def change(name: str) -> None:
        for kind in ("double", "int", "double", "int"):
            document = {"ephemeris_metadata_schema": entries({"quality": kind, name: "string"})}
            change_source(archive, identifier, partial(patched_source, document))

    work = [(upload, 1), (upload, 2), (change, "x"), (change, "y")]
    threads = [threading.Thread(target=task, args=(each,)) for task, each in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()  # pytest fails where one ended with an error
    now = archive.catalogue.sources.get(identifier)
    kind = next(f.data_type for f in now.ephemeris_metadata_schema if f.field_name == "quality")
    table = archive.ephemeris.read([identifier], *EVER)
    assert table.num_rows == 12
    assert table[f"md_{kind}_quality"].null_count == 0
    assert table["metadata_json"].null_count == 12


def test_an_upload_to_no_source_is_refused(site: Site) -> None:
    with pytest.raises(NotFound):
        upload_ephemeris(site.archive, 99_999_999, [])
    with pytest.raises(RecordError):
        source_changes.upload_products(site.archive, site.new_source().identifier, [{}])
