"""Searches from submission to results, run by the calling process."""

from __future__ import annotations

import io
import uuid
from datetime import datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
import pytest

from core.archive import Archive
from core.errors import BadInput, Conflict, LimitExceeded, NotFound, SearchCancelled, SearchFailed
from core.search.service import SearchService
from tests.oracle.small_archive import records, source

DAY = int(np.datetime64("2019-01-31T23:00", "m").astype(np.int64))
HOUR = range(DAY, DAY + 60)
QUERY: dict[str, Any] = {
    "start": "2019-01-31T00:00:00",
    "end": "2019-02-02T00:00:00",
    "ground": [{}],
    "space": [{}],
    "max_distances": {"ground1-space1": 500},
}


@pytest.fixture
def archive(archive_of: Any) -> Archive:
    place = ([60.0] * 60, [-100.0] * 60)
    gaps = [m for m in HOUR if m % 5]
    near = np.linspace(60.0, 63.0, len(gaps))
    tables = [
        records(1, list(HOUR), nb=place, geo=place),
        records(2, gaps, nb=(near, np.full(len(gaps), -100.0)), geo=(near, near)),
        records(
            3,
            list(HOUR),
            nb=place,
            md_double_confidence=pa.array(np.arange(60.0)),
            metadata_json=pa.array(['{"note": "x"}'] * 60),
        ),
    ]
    made: Archive = archive_of([source(1, "ground"), source(2, "leo"), source(3, "heo")], tables)
    made.products.upsert(
        pa.table(
            {
                "source": pa.array([1, 1, 3], pa.int32()),
                "url": ["b", "a", "c"],
                "data_product_type": ["keogram", "movie", "keogram"],
                "start": pa.array([DAY * 60_000_000] * 3, pa.int64()).cast(
                    pa.timestamp("us", "UTC")
                ),
                "end": pa.array([(DAY + 5) * 60_000_000] * 3, pa.int64()).cast(
                    pa.timestamp("us", "UTC")
                ),
                "provenance": ["uploaded"] * 3,
            }
        )
    )
    return made


@pytest.fixture
def service(archive: Archive) -> SearchService:
    return SearchService(archive)


def queued(archive: Archive, **changes: Any) -> SearchService:
    """Make a service that leaves every search to a worker."""
    archive.settings = archive.settings.model_copy(update={"inline_pair_minutes": 0, **changes})
    return SearchService(archive)


def test_status_of_a_finished_search(service: SearchService) -> None:
    request_id = service.submit("conjunction", QUERY, client="127.0.0.1")
    status = service.status(request_id)
    request, result = status["search_request"], status["search_result"]
    assert set(status) == {"search_request", "search_result", "logs"}
    assert request["request_type"] == "conjunction"
    assert request["query"] == QUERY | {"request_id": request_id}
    assert set(result) == {
        "data_uri", "result_count", "file_size", "completed_timestamp", "query_duration",
        "error_condition", "result_file_deleted_timestamp",
    }  # fmt: skip
    assert result["data_uri"] == f"/api/v1/conjunctions/requests/{request_id}/data"
    assert result["error_condition"] is False
    assert result["result_count"] == service.results(request_id).count == 13
    assert result["file_size"] == service.results(request_id).path.stat().st_size
    assert result["result_file_deleted_timestamp"] is None
    assert status["logs"][-1]["summary"].startswith("Found 13 conjunctions")
    assert any("'geocentric'" in line["summary"] for line in status["logs"])
    progress = service.progress(request_id)
    assert (progress.state, progress.fraction, progress.count) == ("done", 1.0, 13)


def test_records_of_conjunctions_have_the_keys_of_the_api(service: SearchService) -> None:
    results = service.results(service.submit("conjunction", QUERY))
    rows = list(results.records())
    assert [row["start"] for row in rows] == sorted(row["start"] for row in rows)
    assert set(rows[0]) == {
        "conjunction_type", "start", "end", "data_sources", "min_distance", "max_distance",
        "closest_epoch", "farthest_epoch", "events",
    }  # fmt: skip
    assert datetime.strptime(rows[0]["closest_epoch"], "%Y-%m-%dT%H:%M:%S")  # noqa: DTZ007
    assert rows[0]["data_sources"][0] == {
        "identifier": 1, "program": "ground", "platform": "platform 1",
        "instrument_type": "imager", "source_type": "ground", "display_name": "Source 1",
    }  # fmt: skip
    assert list(results.records(offset=2, limit=3)) == rows[2:5]
    assert list(results.records(offset=13)) == []


def test_pages_are_sorted_and_filtered_on_the_server(service: SearchService) -> None:
    results = service.results(service.submit("conjunction", QUERY))
    every = results.table().sort_by([("min_distance_km", "descending"), ("row", "ascending")])
    page, matched = results.page(2, 4, [("min_distance_km", "desc")])
    assert matched == 13
    assert page["row"].to_pylist() == every["row"].to_pylist()[2:6]
    page, matched = results.page(
        where={"label": {"contains": "source 2"}, "max_distance_km": {">": 100, "<=": 250.0}}
    )
    expected = [
        row["row"]
        for row in results.table().to_pylist()
        if "Source 2" in row["label"] and 100 < row["max_distance_km"] <= 250
    ]
    assert page["row"].to_pylist() == expected
    assert matched == len(expected) > 0
    assert results.page(where={"conjunction_type": ["sbtrace"]})[1] == 0
    assert results.page(where={"conjunction_type": "nbtrace"})[1] == 13
    assert results.page(where={"conjunction_type": []})[1] == 0


@pytest.mark.parametrize(
    ("sort", "where"),
    [
        ([("nothing", "asc")], None),
        ([("start", "up")], None),
        ([], {'start" --': 1}),
        ([], {"start": {"like": "x"}}),
    ],
)
def test_a_wrong_page_is_refused(service: SearchService, sort: Any, where: Any) -> None:
    results = service.results(service.submit("conjunction", QUERY))
    with pytest.raises(BadInput):
        results.page(sort=sort, where=where)


def test_csv_says_the_frame(service: SearchService) -> None:
    results = service.results(service.submit("conjunction", QUERY))
    stream = io.BytesIO()
    results.to_csv(stream)
    stream.seek(0)
    table = pa_csv.read_csv(stream)
    assert table.num_rows == 13
    assert set(table["latitude_frame"].to_pylist()) == {"geocentric"}
    assert table["sources"][0].as_py() in ("1;2", "1;3")


def test_results_without_rows(service: SearchService) -> None:
    request_id = service.submit("conjunction", QUERY | {"space": [{"programs": ["none"]}]})
    results = service.results(request_id)
    assert results.count == 0
    assert list(results.records()) == []
    assert results.page()[1] == 0
    stream = io.BytesIO()
    results.to_csv(stream)
    assert stream.getvalue().startswith(b"start,end,duration_min,")
    levels = {line["level"] for line in service.status(request_id)["logs"]}
    assert "warn" in levels


def test_ephemeris_results(service: SearchService, archive: Archive) -> None:
    query = {
        "start": "2019-01-31T23:00:00",
        "end": "2019-01-31T23:01:00",
        "data_sources": {"platforms": ["platform 1", "platform 3"]},
    }
    request_id = service.submit("ephemeris", query)
    assert "/ephemeris/" in service.status(request_id)["search_result"]["data_uri"]
    results = service.results(request_id)
    rows = list(results.records())
    assert [(r["epoch"], r["data_source"]["identifier"]) for r in rows] == [
        ("2019-01-31T23:00:00", 1),
        ("2019-01-31T23:00:00", 3),
        ("2019-01-31T23:01:00", 1),
        ("2019-01-31T23:01:00", 3),
    ]
    assert rows[3]["metadata"] == {"confidence": 1.0, "note": "x"}
    assert rows[0]["location_gsm"] == {"lat": None, "lon": None}
    assert results.page(sort=[("md_double_confidence", "desc")])[0]["row"].to_pylist()[0] == 3
    filtered = query["data_sources"] | {
        "ephemeris_metadata_filters": [{"key": "confidence", "operator": ">", "values": ["0"]}]
    }
    found = service.results(service.submit("ephemeris", query | {"data_sources": filtered}))
    assert [r["epoch"] for r in found.records()] == ["2019-01-31T23:01:00"]


def test_product_results(service: SearchService) -> None:
    query = {
        "start": "2019-01-31T23:00:00",
        "end": "2019-01-31T23:05:00",
        "data_sources": {},
        "data_product_type_filters": ["keogram"],
    }
    request_id = service.submit("data_product", query)
    assert "/data_products/" in service.status(request_id)["search_result"]["data_uri"]
    assert [row["url"] for row in service.results(request_id).records()] == ["b", "c"]
    late = query | {"start": "2019-01-31T23:00:01"}
    assert service.results(service.submit("data_product", late)).count == 0


def test_too_many_records_are_refused(archive: Archive) -> None:
    archive.settings = archive.settings.model_copy(update={"max_results": 59})
    service = SearchService(archive)
    query: dict[str, Any] = {
        "start": "2019-01-31T23:00:00",
        "end": "2019-01-31T23:59:00",
        "data_sources": {"platforms": ["platform 3"]},
    }
    with pytest.raises(LimitExceeded, match="would find 60 records, more than 59"):
        service.submit("ephemeris", query)
    # How many a filter leaves, nobody knows before.
    group = [{"key": "confidence", "operator": ">=", "values": ["0"]}]
    query["data_sources"]["ephemeris_metadata_filters"] = group
    request_id = service.submit("ephemeris", query)
    status = service.status(request_id)
    assert status["search_result"]["error_condition"] is True
    assert status["search_result"]["data_uri"] is not None
    assert "more than 59 records" in status["logs"][-1]["summary"]
    with pytest.raises(SearchFailed, match="more than 59"):
        service.results(request_id)


def test_a_client_may_choose_the_identifier_once(service: SearchService) -> None:
    chosen = str(uuid.uuid4())
    assert service.submit("conjunction", QUERY | {"request_id": chosen}) == chosen
    with pytest.raises(Conflict):
        service.submit("conjunction", QUERY, request_id=chosen.upper())
    with pytest.raises(BadInput, match="UUID"):
        service.submit("conjunction", QUERY, request_id="../../etc/passwd")


def test_a_bad_query_leaves_no_trace(service: SearchService) -> None:
    chosen = str(uuid.uuid4())
    with pytest.raises(BadInput):
        service.submit("conjunction", QUERY | {"max_distances": 3}, request_id=chosen)
    group = [{"key": "confidence", "operator": ">=", "values": ["high"]}]
    with pytest.raises(BadInput):
        service.submit(
            "conjunction",
            QUERY | {"space": [{"ephemeris_metadata_filters": group}]},
            request_id=chosen,
        )
    with pytest.raises(NotFound):
        service.status(chosen)


def test_a_large_search_waits_and_can_be_cancelled(archive: Archive) -> None:
    service = queued(archive)
    request_id = service.submit("conjunction", QUERY)
    assert service.status(request_id)["search_result"]["data_uri"] is None
    assert service.progress(request_id).state == "queued"
    with pytest.raises(Conflict):
        service.results(request_id)
    with pytest.raises(Conflict):
        service.delete_results(request_id)
    assert service.cancel(request_id) is True
    status = service.status(request_id)
    assert status["search_result"]["error_condition"] is True
    assert status["search_result"]["data_uri"] is not None
    assert "cancelled" in status["logs"][-1]["summary"]
    assert service.cancel(request_id) is False
    with pytest.raises(SearchCancelled):
        service.results(request_id)


def test_the_queue_has_an_end(archive: Archive) -> None:
    service = queued(archive, max_queued_searches=2)
    for _ in range(2):
        service.submit("conjunction", QUERY)
    with pytest.raises(LimitExceeded) as caught:
        service.submit("conjunction", QUERY)
    assert caught.value.details["limit"] == "queued searches"


def test_a_client_has_a_share_of_the_queue(archive: Archive) -> None:
    service = queued(archive, max_searches_per_client=2)
    first = service.submit("conjunction", QUERY, client="one")
    service.submit("conjunction", QUERY, client="one")
    with pytest.raises(LimitExceeded) as caught:
        service.submit("conjunction", QUERY, client="one")
    assert (caught.value.asked, caught.value.allowed) == (3, 2)
    service.submit("conjunction", QUERY, client="another")
    service.submit("conjunction", QUERY)
    service.cancel(first)
    service.submit("conjunction", QUERY, client="one")


def test_deleted_results_are_gone_and_the_request_is_known(service: SearchService) -> None:
    request_id = service.submit("conjunction", QUERY)
    path = service.results(request_id).path
    service.delete_results(request_id)
    assert not path.exists()
    result = service.status(request_id)["search_result"]
    assert result["result_file_deleted_timestamp"] is not None
    assert result["data_uri"] is not None
    with pytest.raises(NotFound):
        service.results(request_id)


def test_a_result_whose_file_is_lost_is_not_found(service: SearchService) -> None:
    request_id = service.submit("conjunction", QUERY)
    service.results(request_id).path.unlink()
    with pytest.raises(NotFound):
        service.results(request_id)


def test_unknown_requests(service: SearchService) -> None:
    with pytest.raises(NotFound):
        service.progress(str(uuid.uuid4()))
