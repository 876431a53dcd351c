from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import flask
import pytest
from flask.testing import FlaskClient

from api import errors, media
from core.archive import Archive
from core.archive.records import ephemeris_from_records
from core.instruments.registry import all_sources
from core.observatory import Observatory
from core.settings import Settings
from tests.api import sky
from tests.api.conftest import uploaded

URL = "/media/moment/20200101T0130.json"


@pytest.fixture(scope="module")
def observatory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Observatory]:
    settings = Settings(archive=tmp_path_factory.mktemp("moment") / "archive")
    with Archive.create(settings) as archive:
        archive.catalogue.sources.put(*all_sources())
        rows = ephemeris_from_records(archive.catalogue.sources, uploaded(sky.ephemeris()))
        archive.ephemeris.upsert(rows)
    with Observatory(settings) as opened:
        yield opened


@pytest.fixture
def client(observatory: Observatory) -> FlaskClient:
    server = flask.Flask("media")
    errors.install(server)
    media.register(server, observatory)
    return server.test_client()


def by_id(records: list[dict[str, object]]) -> dict[object, dict[str, object]]:
    return {record["id"]: record for record in records}


def test_every_record_of_a_minute_is_there(client: FlaskClient) -> None:
    records = {
        record["identifier"]: record
        for record in sky.ephemeris()
        if record["epoch"] == "2020-01-01T01:30:00"
    }
    assert records.keys() & set(sky.SPACE)
    document = client.get(f"{URL}?latitudes=delivered").json
    assert document["time"] == "2020-01-01T01:30:00Z"
    found = by_id(document["spacecraft"])
    assert found.keys() == records.keys() & set(sky.SPACE)
    for source, craft in found.items():
        record = records[source]
        for way, name in (
            (craft, "location_geo"),
            (craft["north"], "nbtrace"),
            (craft["south"], "sbtrace"),
        ):
            for axis in ("lat", "lon"):
                told = record[name][axis]
                # To 0.01 degrees, as the document has it.
                expected = None if told is None else pytest.approx(told, abs=0.005001)
                assert way[axis] == expected
    sites = by_id(document["sites"])
    for source in sky.GROUND:
        assert sites[source]["operating"] == (source in records)
    on = [site for site in document["sites"] if site["operating"]]
    assert document["imagers"]["operating"] == len(on) == len(records.keys() & sites.keys())
    assert document["imagers"]["of"] == len(sites) > 50
    assert document["fleet"]["shown"] == len(found)


def test_all_sites_of_imagers_and_no_others(client: FlaskClient) -> None:
    sites = by_id(client.get(URL).json["sites"])
    known = {
        source.identifier
        for source in all_sources()
        if source.source_type == "ground"
        and source.program not in ("go-canada", "amisr", "campaigns")
    }
    assert sites.keys() == known
    gillam = sites[sky.GILLAM]
    assert (gillam["code"], gillam["array"], gillam["program"]) == (
        "gill",
        "themis_asi",
        "themis-asi",
    )
    assert (gillam["lat"], gillam["lon"]) == (56.3767, -94.6437)


def test_headers_say_what_it_shows(client: FlaskClient) -> None:
    response = client.get("/media/moment/20200101T013015.json")
    assert (response.status_code, response.content_type) == (200, "application/json")
    assert response.headers["X-Atlas-Time"] == "2020-01-01T01:30:15.000Z"
    assert response.headers["X-Atlas-Provenance"] == "uploaded"
    assert client.get("/media/moment/20300101T0000.json").headers["X-Atlas-Provenance"] == "none"


def test_known_answers_are_not_sent_again(client: FlaskClient) -> None:
    tag = client.get(URL).headers["ETag"]
    again = client.get(URL, headers={"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")
    for other in (
        "/media/moment/20200101T0131.json",
        f"{URL}?fov=0",
        f"{URL}?trail_min=44",
        f"{URL}?alt_km=230",
        f"{URL}?latitudes=delivered",
    ):
        assert client.get(other, headers={"If-None-Match": tag}).status_code == 200
    for same in (f"{URL}?fov=1&trail_min=45", "/media/moment/20200101T013000.json"):
        assert client.get(same, headers={"If-None-Match": tag}).status_code == 304


def test_a_new_record_gives_a_new_answer(client: FlaskClient, observatory: Observatory) -> None:
    url = "/media/moment/20210601T0500.json"
    before = client.get(url)
    assert before.json["fleet"]["shown"] == 0
    epoch = datetime(2021, 6, 1, 5, tzinfo=UTC)
    rows = [
        sky.space_record(sky.SWARM_A, 0)
        | {"epoch": (epoch - timedelta(minutes=k)).strftime("%Y-%m-%dT%H:%M:%S")}
        for k in range(2)
    ]
    archive = observatory.archive
    archive.ephemeris.upsert(ephemeris_from_records(archive.catalogue.sources, uploaded(rows)))
    after = client.get(url, headers={"If-None-Match": before.headers["ETag"]})
    assert after.status_code == 200
    assert [craft["id"] for craft in after.json["spacecraft"]] == [sky.SWARM_A]
    gillam = archive.catalogue.sources.get(sky.GILLAM)
    archive.catalogue.sources.put(gillam.with_metadata(latitude_deg=57.0))
    moved = client.get(url, headers={"If-None-Match": after.headers["ETag"]})
    assert by_id(moved.json["sites"])[sky.GILLAM]["lat"] == 57.0
    archive.catalogue.sources.put(gillam)


@pytest.mark.parametrize(
    "name",
    ["20200101T0130.png", "20200101.json", "20200132T0000.json", "2020010aT0130.json",
     "20200101T01301.json", "٢٠٢٠٠١٠١T0130.json", ".json", "20200101T0130"],
)  # fmt: skip
def test_names_that_are_none(client: FlaskClient, name: str) -> None:
    response = client.get(f"/media/moment/{name}")
    assert response.status_code == 404
    assert "error_message" in response.json


@pytest.mark.parametrize(
    "wish",
    ["trail_min=181", "trail_min=-1", "trail_min=1.5", "trail_min=nan", "alt_km=2001", "alt_km=x",
     "latitudes=magnetic", "fov=perhaps", "trial_min=3"],
)  # fmt: skip
def test_wishes_that_cannot_be_met(client: FlaskClient, wish: str) -> None:
    response = client.get(f"{URL}?{wish}")
    assert response.status_code == 400
    assert wish.split("=")[0] in response.json["error_message"]


def test_times_that_no_archive_has(client: FlaskClient) -> None:
    for name in ("19491231T2359", "21010101T0000", "00010101T0000", "99991231T2359"):
        assert client.get(f"/media/moment/{name}.json").status_code == 400


def test_nothing_in_it_is_not_a_number(client: FlaskClient) -> None:
    text = client.get(URL).get_data(as_text=True)
    found: list[str] = []
    json.loads(text, parse_constant=found.append)
    assert found == []
