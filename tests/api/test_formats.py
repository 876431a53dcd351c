"""Formats, pages, entity tags and compression of the API's answers, as clients meet them."""

from __future__ import annotations

import csv
import gzip
import io
import json
import math
import zlib
from typing import Any
from urllib.parse import urlsplit

import flask
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from api import compression, entity, formats
from tests.api import sky

CSV, PARQUET, ARROW = formats.CSV_TYPE, formats.PARQUET_TYPE, formats.ARROW_TYPE
DAY = {"start": "2020-01-01T00:00:00", "end": "2020-01-01T06:59:59"}
QUERIES: dict[str, Any] = {
    "ephemeris": {**DAY, "data_sources": {"programs": ["swarm"]}},
    "data_products": {
        "start": "2020-01-01T00:00:00", "end": "2020-01-03T23:59:59",
        "data_sources": {"programs": ["trex"]},
    },
    "conjunctions": {
        **DAY, "ground": [{"programs": ["themis-asi"]}], "space": [{"programs": ["swarm"]}],
        "max_distances": {"ground1-space1": 1500},
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def paths(server: flask.Flask) -> dict[str, str]:
    """Where the results of a search of each kind are."""
    client = server.test_client()
    found = {}
    for name, query in QUERIES.items():
        location = client.post(f"/api/v1/{name}/search", json=query).headers["Location"]
        found[name] = f"{urlsplit(location).path}/data"
    return found


def get(client: FlaskClient, path: str, accept: str | None = None, **headers: str) -> TestResponse:
    given = {"Accept": accept} if accept is not None else {}
    return client.get(path, headers={**given, **headers})


def read(response: TestResponse) -> pa.Table:
    """Read an answer by its Content-Type."""
    assert response.status_code == 200, response.get_data(as_text=True)
    raw = io.BytesIO(response.get_data())
    kind = response.headers["Content-Type"]
    if kind == PARQUET:
        return pq.read_table(raw)
    if kind == ARROW:
        return pa.ipc.open_stream(raw).read_all()
    assert kind == "text/csv; charset=utf-8"
    return pa_csv.read_csv(raw)


# ---------------------------------------------------------------------------------- formats
@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (None, "application/json"),
        ("", "application/json"),
        ("*/*", "application/json"),
        ("application/json", "application/json"),
        ("Application/JSON; charset=utf-8", "application/json"),
        ("application/*", "application/json"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "application/json"),
        ("application/json, text/plain, */*", "application/json"),
        ("text/*", CSV),
        ("text/csv, */*", CSV),
        ("application/json;q=0, */*", CSV),
        ("application/json;q=0.3, application/vnd.apache.parquet", PARQUET),
        (ARROW, ARROW),
        ("image/png, text/csv;q=0.1", CSV),
    ],
)
def test_the_format_is_the_one_that_the_client_likes_best(
    accept: str | None, expected: str
) -> None:
    headers = {} if accept is None else {"Accept": accept}
    with flask.Flask("a").test_request_context("/", headers=headers):
        assert formats.chosen() == expected


@pytest.mark.parametrize("name", QUERIES)
@pytest.mark.parametrize("accept", ["image/png", "application/json;q=0"])
def test_a_format_that_is_not_there(
    client: FlaskClient, paths: dict[str, str], name: str, accept: str
) -> None:
    response = get(client, paths[name], "image/png")
    assert response.status_code == 406
    assert response.headers["Content-Type"] == "application/json"
    assert response.get_json()["error_code"] == "NotPermitted"
    assert all(kind in response.get_json()["error_message"] for kind in formats.ALL)


@pytest.mark.parametrize("name", QUERIES)
def test_all_formats_hold_the_rows_of_json(
    client: FlaskClient, paths: dict[str, str], name: str
) -> None:
    records = get(client, paths[name]).get_json()["result"]
    assert len(records) > 5
    parquet, arrow = (read(get(client, paths[name], kind)) for kind in (PARQUET, ARROW))
    assert parquet.equals(arrow)
    assert json.loads(parquet.schema.metadata[b"aurora_atlas_facts"])["simulated"] is False
    text = get(client, paths[name], CSV).get_data(as_text=True)
    lines = list(csv.DictReader(io.StringIO(text)))
    time = "epoch" if name == "ephemeris" else "start"
    assert [line[time] for line in lines] == [f"{record[time]}Z" for record in records]
    assert [t.strftime("%Y-%m-%dT%H:%M:%S") for t in parquet[time].to_pylist()] == [
        record[time] for record in records
    ]
    if name == "conjunctions":
        ids = [[source["identifier"] for source in r["data_sources"]] for r in records]
        assert [line["sources"] for line in lines] == [";".join(map(str, i)) for i in ids]
        assert [float(line["min_distance_km"]) for line in lines] == [
            record["min_distance"] for record in records
        ]
    else:
        sources = [record["data_source"] for record in records]
        assert [int(line["source"]) for line in lines] == [s["identifier"] for s in sources]
        assert [line["display_name"] for line in lines] == [s["display_name"] for s in sources]
    if name == "data_products":
        assert parquet["url"].to_pylist() == [record["url"] for record in records]


@pytest.mark.parametrize("name", ["ephemeris", "data_products"])
def test_synchronous_searches_have_the_formats_too(client: FlaskClient, name: str) -> None:
    path, body = f"/api/v1/{name}/search_synchronous", {"query": QUERIES[name]}
    records = client.post(path, json=body).get_json()
    for kind in (CSV, PARQUET, ARROW):
        table = read(client.post(path, json=body, headers={"Accept": kind}))
        assert table["source"].to_pylist() == [r["data_source"]["identifier"] for r in records]
    masked = {**body, "response_format": {"url": True, "epoch": True}}
    assert client.post(path, json=masked, headers={"Accept": CSV}).status_code == 406


@pytest.mark.parametrize("form", ["identifier_only", "basic_info", "with_metadata", "full_record"])
def test_listings_of_sources_as_tables(client: FlaskClient, form: str) -> None:
    for query in ("program=swarm&include_stats=true", "program=none"):
        path = f"/api/v1/data_sources?format={form}&{query}"
        documents = client.get(path).get_json()
        table = read(get(client, path, PARQUET))
        assert table["identifier"].to_pylist() == [item["identifier"] for item in documents]
        assert read(get(client, path, CSV)).column_names == table.column_names
        if form == "full_record":
            assert [json.loads(text) for text in table["metadata_json"].to_pylist()] == [
                item["metadata"] for item in documents
            ]
        if "stats" in query and documents:
            assert table["ephemeris_count"].to_pylist() == [
                item["stats"]["ephemeris_count"] for item in documents
            ]


@pytest.mark.parametrize("name", ["ephemeris", "data_products"])
def test_availability_as_a_table(client: FlaskClient, name: str) -> None:
    path = f"/api/v1/availability/{name}?start=2020-01-01&end=2020-01-31"
    documents = client.get(path).get_json()
    assert documents
    expected = [
        (item["data_source"]["identifier"], day, count)
        for item in documents
        for day, count in item[f"available_{name}"].items()
    ]
    table = read(get(client, path, ARROW))
    assert [
        (row["identifier"], row["day"].isoformat(), row["count"]) for row in table.to_pylist()
    ] == expected
    assert client.get(path.replace("2020", "1990"), headers={"Accept": CSV}).status_code == 200


# ------------------------------------------------------------------------------------- pages
@pytest.mark.parametrize("accept", [None, CSV, PARQUET, ARROW])
@pytest.mark.parametrize("name", QUERIES)
def test_following_the_links_gives_everything(
    client: FlaskClient, paths: dict[str, str], name: str, accept: str | None
) -> None:
    time = "epoch" if name == "ephemeris" else "start"

    def times(response: TestResponse) -> list[str]:
        if accept is None:
            return [record[time] for record in response.get_json()["result"]]
        return [str(value)[:19].replace(" ", "T") for value in read(response)[time].to_pylist()]

    whole = get(client, paths[name], accept)
    expected = sorted(times(whole), reverse=True)
    assert whole.headers["X-Total-Count"] == str(len(expected))
    found: list[str] = []
    size = len(expected) // 3 + 1
    address: str | None = f"{paths[name]}?order=-{time}&limit={size}"
    requests = 0
    while address:
        page = get(client, address, accept)
        requests += 1
        found += times(page)
        assert page.headers["X-Total-Count"] == str(len(expected))
        link = page.headers.get("Link")
        address = link.split(">")[0].removeprefix("<http://localhost") if link else None
    assert found == expected
    assert requests == math.ceil(len(expected) / size) > 1


def test_rows_can_be_filtered(client: FlaskClient, paths: dict[str, str]) -> None:
    where = {"nbtrace_lat_deg": {">": 60.0}, "source": [sky.SWARM_A]}
    response = client.get(paths["ephemeris"], query_string={"where": json.dumps(where)})
    expected = [
        row["epoch"]
        for row in sky.ephemeris()
        if row["identifier"] == sky.SWARM_A and (row["nbtrace"]["lat"] or 0) > 60
    ]
    assert [record["epoch"] for record in response.get_json()["result"]] == expected
    assert response.headers["X-Total-Count"] == str(len(expected))


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"limit": "-1"}, "limit"),
        ({"limit": "1e3"}, "limit"),
        ({"limit": "99999999"}, "limit"),
        ({"offset": "x"}, "offset"),
        ({"order": "nothing"}, "order"),
        ({"order": "sources"}, "order"),
        ({"where": "["}, "where"),
        ({"where": "[1]"}, "where"),
        ({"where": '{"nothing": 1}'}, "where"),
        ({"where": '{"start": "yesterday"}'}, "where.start"),
        ({"where": '{"start": {"like": "x"}}'}, "where.start"),
        ({"where": '{"min_distance_km": "far"}'}, "where.min_distance_km"),
        ({"where": '{"min_distance_km": NaN}'}, "where.min_distance_km"),
        ({"where": '{"min_distance_km": null}'}, "where.min_distance_km"),
        ({"where": '{"label": {"contains": 3}}'}, "where.label"),
        ({"where": '{"label": {"in": "x"}}'}, "where.label"),
        ({"where": '{"sources": 46}'}, "where.sources"),
    ],
)
def test_what_no_page_can_be_made_of(
    client: FlaskClient, paths: dict[str, str], query: dict[str, str], field: str
) -> None:
    response = client.get(paths["conjunctions"], query_string=query)
    assert response.status_code == 400
    assert response.get_json()["error_code"] == "AssertionError"
    assert response.get_json()["error_message"].startswith(f"{field}")


def test_what_shapes_json_alone_is_refused_elsewhere(
    client: FlaskClient, paths: dict[str, str]
) -> None:
    path = f"{paths['conjunctions']}?data_source_record_format=full_record"
    assert get(client, path, CSV).status_code == 400
    path = f"{paths['conjunctions']}?generate_ephemeris_queries=False"
    assert get(client, path, CSV).status_code == 200


def test_masked_results_have_pages(client: FlaskClient, paths: dict[str, str]) -> None:
    path = f"{paths['ephemeris']}?order=-epoch&limit=2"
    response = client.post(path, json={"epoch": True})
    assert response.get_json() == {"result": [{"epoch": sky.stamp(419)}] * 2}
    assert "ETag" not in response.headers or response.status_code == 200
    assert client.post(path, json={"epoch": True}, headers={"Accept": CSV}).status_code == 406


# ------------------------------------------------------------------------------- entity tags
@pytest.fixture
def tagged_paths(paths: dict[str, str]) -> list[str]:
    return [
        *paths.values(),
        "/api/v1/data_sources?program=swarm",
        "/api/v1/data_sources/3",
        "/api/v1/availability/ephemeris?start=2020-01-01",
        "/api/v1/availability/data_products?start=2020-01-01",
    ]


@pytest.mark.parametrize("coding", ["identity", "gzip", "br", "zstd", "deflate"])
def test_what_the_client_has_is_not_sent_again(
    client: FlaskClient, tagged_paths: list[str], coding: str
) -> None:
    for path in tagged_paths:
        first = get(client, path, **{"Accept-Encoding": coding})
        tag = first.headers["ETag"]
        assert tag.startswith('"')  # strong
        for held in (tag, f"W/{tag}", f'"x", {tag}', "*"):
            again = get(client, path, **{"Accept-Encoding": coding, "If-None-Match": held})
            assert again.status_code == 304, path
            assert again.get_data() == b""
            assert "Content-Type" not in again.headers
            assert held == "*" or again.headers["ETag"] == tag
        assert get(client, path, **{"If-None-Match": '"other"'}).status_code == 200


def test_tags_differ_wherever_bytes_do(client: FlaskClient, paths: dict[str, str]) -> None:
    path = paths["conjunctions"]
    asked = [
        get(client, path),
        get(client, f"{path}?limit=3"),
        get(client, f"{path}?limit=3&offset=3"),
        get(client, f"{path}?order=-start"),
        get(client, f"{path}?generate_ephemeris_queries=true"),
        get(client, f"{path}?data_source_record_format=full_record"),
        get(client, path, CSV),
        get(client, path, PARQUET),
        get(client, path, ARROW),
        get(client, path, **{"Accept-Encoding": "gzip"}),
        get(client, path, **{"Accept-Encoding": "deflate"}),
    ]
    assert len({response.headers["ETag"] for response in asked}) == len(asked)
    assert len({response.get_data() for response in asked}) == len(asked)
    for response in asked:
        assert {"Accept", "Accept-Encoding"} <= set(response.vary)
        assert response.cache_control.private
    repeated = get(client, path)
    assert repeated.headers["ETag"] == asked[0].headers["ETag"]
    assert repeated.get_data() == asked[0].get_data()
    pictures = [get(client, paths["data_products"], Host=host) for host in ("a", "b")]
    assert pictures[0].headers["ETag"] != pictures[1].headers["ETag"]


def test_a_tag_is_not_taken_from_a_list_without_end() -> None:
    tags = ", ".join(f'"{n}"' for n in range(10_000))
    with flask.Flask("a").test_request_context("/", headers={"If-None-Match": tags}):
        assert entity.not_modified("nothing") is None


# ------------------------------------------------------------------------------- compression
@pytest.mark.parametrize("accept", [None, CSV])
def test_text_is_compressed_when_asked_for(
    client: FlaskClient, paths: dict[str, str], accept: str | None
) -> None:
    plain = get(client, paths["ephemeris"], accept)
    assert "Content-Encoding" not in plain.headers
    for coding, unpack in (("gzip", gzip.decompress), ("deflate", zlib.decompress)):
        packed = get(client, paths["ephemeris"], accept, **{"Accept-Encoding": coding})
        assert packed.headers["Content-Encoding"] == coding
        assert packed.headers["Content-Type"] == plain.headers["Content-Type"]
        assert unpack(packed.get_data()) == plain.get_data()
        assert len(packed.get_data()) < len(plain.get_data()) / 3


@pytest.mark.parametrize("accept", [PARQUET, ARROW])
def test_tables_are_not_compressed_twice(
    client: FlaskClient, paths: dict[str, str], accept: str
) -> None:
    packed = get(client, paths["ephemeris"], accept, **{"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in packed.headers


@pytest.mark.parametrize("coding", ["identity", "gzip"])
@pytest.mark.parametrize("accept", ["*/*", CSV, PARQUET, ARROW])
def test_results_are_streamed_compressed_or_not(
    client: FlaskClient,
    paths: dict[str, str],
    accept: str,
    coding: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole = get(client, paths["ephemeris"], accept, **{"Accept-Encoding": coding}).get_data()
    monkeypatch.setattr("core.search.results.result_set.BATCH_ROWS", 100)
    monkeypatch.setattr("api.answers.CHUNK_RECORDS", 100)
    headers = {"Accept": accept, "Accept-Encoding": coding}
    response = client.get(paths["ephemeris"], headers=headers, buffered=False)
    assert "Content-Length" not in response.headers
    pieces = [piece for piece in response.iter_encoded() if piece]
    response.close()
    assert len(pieces) > (1 if coding == "gzip" else 5)
    if accept in ("*/*", CSV):
        assert b"".join(pieces) == whole or coding == "gzip"


def test_a_part_of_a_file_is_never_compressed() -> None:
    server = flask.Flask("parts")
    compression.install(server)
    server.add_url_rule(
        "/", view_func=lambda: flask.Response("x" * 5000, 206, {"Content-Range": "bytes 0-4999/*"})
    )
    response = server.test_client().get("/", headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in response.headers


# --------------------------------------------------------------------------- nested filters
def group(operator: str, *members: Any) -> dict[str, Any]:
    return {"logical_operator": operator, "expressions": list(members)}


def is_(key: str, operator: str, *values: Any) -> dict[str, Any]:
    return {"key": key, "operator": operator, "values": list(values)}


NESTED = group(
    "AND",
    group("OR", is_("nbtrace_region", "=", "north polar cap"), is_("tii_on", "=", "true")),
    group("NOT", group("AND", is_("tii_quality_viy", ">=", "2"), is_("tii_on", "=", "true"))),
)


def wanted(row: sky.Record) -> bool:
    metadata = row["metadata"]
    polar, on = metadata["nbtrace_region"] == "north polar cap", metadata["tii_on"]
    return (polar or on) and not (metadata["tii_quality_viy"] >= 2 and on)


def test_groups_in_groups_in_a_search_for_records(client: FlaskClient) -> None:
    query = {
        **DAY,
        "data_sources": {"platforms": ["swarma"], "ephemeris_metadata_filters": NESTED},
    }
    found = client.post("/api/v1/ephemeris/search_synchronous", json={"query": query}).get_json()
    expected = [r for r in sky.ephemeris() if r["identifier"] == sky.SWARM_A and wanted(r)]
    assert 0 < len(expected) < sky.MINUTES
    assert [record["epoch"] for record in found] == [row["epoch"] for row in expected]
    location = client.post("/api/v1/ephemeris/search", json=query).headers["Location"]
    kept = client.get(f"{urlsplit(location).path}/data").get_json()["result"]
    assert kept == found


def test_groups_in_groups_in_a_search_for_products(client: FlaskClient) -> None:
    nested = group(
        "OR",
        group("NOT", is_("keogram_type", "in", "daily", "hourly")),
        group("AND", is_("keogram_type", "=", "hourly")),
    )
    query = QUERIES["data_products"] | {
        "data_sources": {"programs": ["trex"], "data_product_metadata_filters": nested}
    }
    location = client.post("/api/v1/data_products/search", json=query).headers["Location"]
    found = client.get(f"{urlsplit(location).path}/data").get_json()["result"]
    kinds = [record["metadata"].get("keogram_type") for record in found]
    assert kinds.count("hourly") == 1
    assert "daily" not in kinds


def test_groups_in_groups_in_a_search_for_conjunctions(client: FlaskClient) -> None:
    space = {"platforms": ["swarma"], "ephemeris_metadata_filters": NESTED}
    query = QUERIES["conjunctions"] | {"space": [space]}
    location = client.post("/api/v1/conjunctions/search", json=query).headers["Location"]
    found = client.get(f"{urlsplit(location).path}/data").get_json()["result"]
    rows = {r["epoch"]: r for r in sky.ephemeris() if r["identifier"] == sky.SWARM_A}
    assert found
    for record in found:
        first, last = record["start"], record["end"]
        assert all(wanted(row) for epoch, row in rows.items() if first <= epoch <= last)
