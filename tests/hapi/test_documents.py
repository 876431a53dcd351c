"""Documents keep the rules of HAPI 3.3, and say what is true of the archive."""

from __future__ import annotations

import json
from email.utils import parsedate_to_datetime
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.hapi import rules, world
from tests.hapi.reading import ask


def get(client: FlaskClient, path: str, **query: str) -> Any:
    response = client.get(f"/hapi/{path}", query_string=query)
    assert response.status_code == 200, response.text
    assert response.headers["Content-Type"] == "application/json"
    return response.get_json()


def test_about(client: FlaskClient) -> None:
    document = get(client, "about")
    rules.check_about(document)
    query = document["dataTest"]["query"]
    assert client.get("/hapi/data", query_string=query).data


def test_capabilities(client: FlaskClient) -> None:
    document = get(client, "capabilities")
    rules.check_status(document)
    assert document["outputFormats"] == ["csv", "binary", "json"]
    assert document["catalogDepthOptions"] == ["dataset", "all"]
    assert set(document) == {"HAPI", "status", "outputFormats", "catalogDepthOptions"}


def test_the_catalogue_lists_what_has_records(client: FlaskClient) -> None:
    document = get(client, "catalog")
    rules.check_status(document)
    entries = {entry["id"]: entry["title"] for entry in document["catalog"]}
    assert set(entries) == {
        world.SWARM, world.GILLAM_MINUTES, world.GILLAM_KEOGRAM, world.GILLAM_IMAGES,
        world.COLOUR_KEOGRAM, f"{world.COLOUR_KEOGRAM}_images", world.SIMULATED_KEOGRAM,
        f"{world.SIMULATED_KEOGRAM}_images", "trex_gillam_blueline_asi", world.ODD_RECORDS,
        "index_kp", "index_dst", "index_sml",
    }  # fmt: skip
    assert len(entries) == len(document["catalog"])
    assert entries[world.SWARM] == "Swarm A positions"
    assert entries[world.SIMULATED_KEOGRAM].endswith("SIMULATED")


def test_every_description_keeps_the_rules(client: FlaskClient) -> None:
    for entry in get(client, "catalog")["catalog"]:
        document = get(client, "info", dataset=entry["id"])
        rules.check_status(document)
        rules.check_info(document)
        assert "format" not in document


def test_the_whole_catalogue_has_the_same_descriptions(client: FlaskClient) -> None:
    for entry in get(client, "catalog", depth="all")["catalog"]:
        alone = get(client, "info", dataset=entry["id"])
        assert entry["info"] == {k: v for k, v in alone.items() if k not in ("HAPI", "status")}
    assert get(client, "catalog", depth="dataset") == get(client, "catalog")
    assert get(client, "catalog", resolve_references="false") == get(client, "catalog")


def test_descriptions_have_the_time_of_the_last_write(client: FlaskClient) -> None:
    response = client.get("/hapi/info", query_string={"dataset": world.SWARM})
    told = response.get_json()["modificationDate"][:19]
    assert parsedate_to_datetime(response.headers["Last-Modified"]).isoformat()[:19] == told
    assert "Last-Modified" in client.get("/hapi/catalog").headers


def test_a_subset_has_the_time_and_what_was_asked_for(client: FlaskClient) -> None:
    whole = get(client, "info", dataset=world.SWARM)
    for names, expected in [
        ("geo_lon", ["Time", "geo_lon"]),
        ("Time", ["Time"]),
        ("Time,geo_lat,tii_on", ["Time", "geo_lat", "tii_on"]),
        ("", [parameter["name"] for parameter in whole["parameters"]]),
    ]:
        part = get(client, "info", dataset=world.SWARM, parameters=names)
        assert [parameter["name"] for parameter in part["parameters"]] == expected
        assert all(parameter in whole["parameters"] for parameter in part["parameters"])
        assert {**part, "parameters": 0} == {**whole, "parameters": 0}


def test_old_names_of_request_parameters(client: FlaskClient) -> None:
    old = get(client, "info", id=world.SWARM, parameters="geo_lat")
    assert old == get(client, "info", dataset=world.SWARM, parameters="geo_lat")


@pytest.mark.parametrize("kind", ["csv", "binary", "json"])
@pytest.mark.parametrize("dataset", [world.SWARM, world.COLOUR_KEOGRAM, world.GILLAM_IMAGES])
@pytest.mark.parametrize("names", ["", "provenance"])
def test_the_header_is_the_description(
    client: FlaskClient, dataset: str, kind: str, names: str
) -> None:
    info = get(client, "info", dataset=dataset, parameters=names)
    response = ask(
        client, dataset=dataset, start=info["sampleStartDate"], stop=info["sampleStopDate"],
        parameters=names, format=kind, include="header",
    )  # fmt: skip
    if kind == "json":
        document = response.get_json()
        assert list(document)[-1] == "data"
        assert document.pop("data")
    else:
        head, body = split_header(response.data)
        document = json.loads(head)
        assert body == ask(
            client, dataset=dataset, start=info["sampleStartDate"], stop=info["sampleStopDate"],
            parameters=names, format=kind,
        ).data  # fmt: skip
    assert document.pop("format") == kind
    assert document == info


def split_header(content: bytes) -> tuple[bytes, bytes]:
    """Split at the end of the lines that begin with a hash."""
    lines, rest = [], content
    while rest.startswith(b"#"):
        line, _, rest = rest.partition(b"\n")
        lines.append(line[1:])
    return b"\n".join(lines), rest


def test_spacecraft(client: FlaskClient) -> None:
    info = get(client, "info", dataset=world.SWARM)
    described = {parameter["name"]: parameter for parameter in info["parameters"]}
    assert list(described)[:9] == [
        "Time", "geo_lat", "geo_lon", "gsm_lat", "gsm_lon", "nbtrace_lat", "nbtrace_lon",
        "sbtrace_lat", "sbtrace_lon",
    ]  # fmt: skip
    assert described["geo_lat"]["coordinateSystemName"] == "GEO"
    assert described["gsm_lat"]["coordinateSystemName"] == "GSM"
    assert described["geo_lon"]["vectorComponents"] == "longitude"
    assert described["radial_distance"]["units"] == "km"
    assert described["nbtrace_region"]["length"] == len("north auroral oval")
    assert described["tii_on"]["type"] == "integer"
    assert info["startDate"] == "2018-12-31T00:00:00Z"
    assert info["stopDate"] == "2019-01-02T00:00:00Z"
    assert info["sampleStopDate"] == "2019-01-01T08:00:00Z"
    assert info["cadence"] == "PT1M"


def test_instruments_on_the_ground(client: FlaskClient) -> None:
    info = get(client, "info", dataset=world.GILLAM_MINUTES)
    assert info["geoLocation"][:2] == [-94.643664, 56.376723]
    names = [parameter["name"] for parameter in info["parameters"]]
    assert not any(name.startswith("gsm") for name in names)
    assert "calgary_apa_ml_v1_confidence" in names
    assert info["datasetCitation"].endswith("https://doi.org/10.1007/s11214-008-9380-x")
    assert info["resourceID"] == "https://doi.org/10.1007/s11214-008-9380-x"
    assert info["resourceURL"] == "http://localhost/api/v1/data_sources/46?format=full_record"
    assert "SIMULATED" not in json.dumps(info)


def test_simulated_sources_say_so(client: FlaskClient) -> None:
    info = get(client, "info", dataset=world.SIMULATED_KEOGRAM)
    assert info["description"].startswith("SIMULATED")
    assert "SIMULATED" in info["provenance"]
    assert "not observed" in info["datasetCitation"]
    assert info["additionalMetadata"][0]["content"]["provenance"] == ["SIMULATED"]
    assert info["licenseURL"].startswith("https://spdx.org/")


def test_names_that_cannot_stand_are_changed(client: FlaskClient) -> None:
    info = get(client, "info", dataset=world.ODD_RECORDS)
    names = [parameter["name"] for parameter in info["parameters"]]
    assert names[-7:] == ["text", "Time__2", "GEO_LAT__2", "gr_e_in_m", "count", "on", "provenance"]
    assert info["licenseURL"] == "https://spdx.org"
    assert info["contact"] == "someone@example.org"


def test_bins_of_keograms(client: FlaskClient) -> None:
    parameters = get(client, "info", dataset=world.COLOUR_KEOGRAM)["parameters"]
    counts = parameters[1]
    assert counts["size"] == [480, 3]
    assert [bins["centers"] for bins in counts["bins"]] == ["latitude", None]
    assert parameters[2]["size"] == [480]


def test_the_page_for_people(client: FlaskClient) -> None:
    response = client.get("/hapi")
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "http://localhost/hapi" in response.text
    links = [part.split('"')[0] for part in response.text.split('href="')[1:]]
    for link in links:
        if link.startswith("/hapi/"):
            assert client.get(link.replace("&amp;", "&")).status_code == 200, link
