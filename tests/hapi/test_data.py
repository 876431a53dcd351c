"""Records: those of the archive, in the window that was asked for, the same in every format."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.archive.delivery import ephemeris_to_records
from core.observatory import Observatory
from tests.hapi import world
from tests.hapi.reading import ask, binary_rows, csv_rows, json_rows

WHOLE = {"start": "2018-12-31", "stop": "2019-01-02"}
FILL = {"double": -1e31, "integer": -(2**31), "string": "n/a"}
RELAXED = settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
ALL = [
    world.SWARM, world.GILLAM_MINUTES, world.ODD_RECORDS, world.GILLAM_IMAGES, "index_kp",
    "index_dst", "index_sml", world.GILLAM_KEOGRAM, world.COLOUR_KEOGRAM,
]  # fmt: skip
QUICK = [dataset for dataset in ALL if dataset != world.COLOUR_KEOGRAM]
SECONDS = st.integers(0, 2 * 86_400 * 1000)


def at(milliseconds: int) -> str:
    moment = datetime(2018, 12, 31, tzinfo=UTC) + timedelta(milliseconds=milliseconds)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%f") + "Z"


def info(client: FlaskClient, dataset: str, names: str = "") -> list[dict[str, Any]]:
    query = {"dataset": dataset, "parameters": names}
    return client.get("/hapi/info", query_string=query).get_json()["parameters"]  # type: ignore[no-any-return]


def text(client: FlaskClient, dataset: str, start: str, stop: str, **more: str) -> str:
    response = ask(client, dataset=dataset, start=start, stop=stop, **more)
    assert response.status_code == 200, response.text
    return response.text  # type: ignore[no-any-return]


def records(
    observatory: Observatory, source: int, start: datetime, end: datetime
) -> list[dict[str, Any]]:
    """Records in [start, end] as the API delivers them."""
    table = observatory.archive.ephemeris.read([source], start, end)
    known = observatory.archive.catalogue.sources.get(source)
    return list(ephemeris_to_records(table, {source: known}))


@pytest.mark.parametrize(
    ("dataset", "source"), [(world.SWARM, world.SWARM_A), (world.GILLAM_MINUTES, world.GILLAM)]
)
def test_records_are_those_of_the_archive(
    client: FlaskClient, observatory: Observatory, dataset: str, source: int
) -> None:
    rows = csv_rows(text(client, dataset, **WHOLE), described := info(client, dataset))
    expected = records(observatory, source, world.BEGIN, world.BEGIN + timedelta(days=1))
    assert len(rows) == len(expected) > 100
    for row, record in zip(rows, expected, strict=True):
        named = dict(zip((p["name"] for p in described), row, strict=True))
        assert named["Time"] == record["epoch"] + "Z"
        for parameter in described[1:-1]:
            name = parameter["name"]
            place, _, axis = name.partition("_")
            if axis in ("lat", "lon"):
                kept = record[{"geo": "location_geo", "gsm": "location_gsm"}.get(place, place)][
                    axis
                ]
            else:
                kept = record["metadata"].get(name)
            assert named[name] == (FILL[parameter["type"]] if kept is None else kept), name


def test_known_records_of_a_spacecraft(client: FlaskClient) -> None:
    names = "geo_lat,nbtrace_lat,nbtrace_region,radial_distance,tii_on,tii_quality_viy,provenance"
    rows = csv_rows(
        text(client, world.SWARM, **WHOLE, parameters=names), info(client, world.SWARM, names)
    )
    assert len(rows) == world.MINUTES
    for minute, row in enumerate(rows):
        known = world.swarm_record(minute)
        foot, fields = known["nbtrace"]["lat"], known["metadata"]
        assert row == [
            known["epoch"] + "Z", known["location_geo"]["lat"], -1e31 if foot is None else foot,
            fields["nbtrace_region"], fields["radial_distance"], int(fields["tii_on"]),
            fields["tii_quality_viy"], "uploaded",
        ]  # fmt: skip


def test_texts_and_numbers_that_are_hard_to_write(client: FlaskClient) -> None:
    names = "text,Time__2,GEO_LAT__2,gr_e_in_m,count,on"
    rows = csv_rows(
        text(client, world.ODD_RECORDS, **WHOLE, parameters=names),
        info(client, world.ODD_RECORDS, names),
    )
    for minute, row in enumerate(rows):
        if minute % 5 == 0:
            assert row[1:] == ["n/a", -1e31, -1e31, -1e31, -(2**31), -(2**31)]
            continue
        assert row[1] == world.ODD_TEXTS[minute % len(world.ODD_TEXTS)]
        assert row[2:] == [1e-7 * minute, 0.0, 5e-324, -(2**31) + 1 + minute, int(minute % 2 == 0)]
        assert str(row[3]) == "-0.0"


def test_indices(client: FlaskClient) -> None:
    for name, count in (("kp", 16), ("dst", 48), ("sml", 2880)):
        rows = csv_rows(text(client, f"index_{name}", **WHOLE), info(client, f"index_{name}"))
        assert len(rows) == count
        assert [row[1] for row in rows] == [k**0.5 - 1 for k in range(count)]
        assert rows[1][0] == {
            "kp": "2018-12-31T03:00:00.000000Z", "dst": "2018-12-31T01:00:00.000000Z",
            "sml": "2018-12-31T00:01:00.000000Z",
        }[name]  # fmt: skip


def test_addresses_of_keograms_lead_to_pictures(client: FlaskClient) -> None:
    rows = csv_rows(text(client, world.GILLAM_IMAGES, **WHOLE), info(client, world.GILLAM_IMAGES))
    assert [row[1] for row in rows] == [
        f"http://localhost/media/keogram/46/{day}.png" for day in world.DAYS
    ]
    for row in rows:
        picture = client.get(row[1].removeprefix("http://localhost"))
        assert picture.data.startswith(b"\x89PNG")


def test_addresses_are_those_that_the_client_reaches(client: FlaskClient) -> None:
    headers = {"X-Forwarded-Host": "aurora.example.org", "X-Forwarded-Proto": "https"}
    query = {"dataset": world.GILLAM_IMAGES, **WHOLE, "parameters": "uri"}
    response = client.get("/hapi/data", query_string=query, headers=headers)
    assert response.text.splitlines()[0].endswith(
        ",https://aurora.example.org/media/keogram/46/2018-12-31.png"
    )
    query = {"dataset": world.GILLAM_IMAGES}
    told = client.get("/hapi/info", query_string=query, headers=headers).get_json()
    assert told["parameters"][1]["stringType"]["uri"]["scheme"] == "https"


# ------------------------------------------------------------------------------------------ laws
@pytest.mark.parametrize("dataset", ALL)
def test_the_formats_hold_the_same_values(client: FlaskClient, dataset: str) -> None:
    described = info(client, dataset)
    query = {"dataset": dataset, "start": "2018-12-31", "stop": "2019-01-01T04:30"}
    rows = csv_rows(ask(client, **query).text, described)
    assert rows
    assert rows == json_rows(ask(client, **query, format="json").text)
    assert rows == binary_rows(ask(client, **query, format="binary").data, described)


@RELAXED
@given(times=st.lists(SECONDS, min_size=3, max_size=3, unique=True), dataset=st.sampled_from(QUICK))
def test_windows_that_follow_one_another_give_what_one_gives(
    client: FlaskClient, times: list[int], dataset: str
) -> None:
    a, b, c = (at(time) for time in sorted(times))
    assert text(client, dataset, a, c) == text(client, dataset, a, b) + text(client, dataset, b, c)


@RELAXED
@given(times=st.lists(SECONDS, min_size=2, max_size=2, unique=True), dataset=st.sampled_from(QUICK))
def test_records_lie_in_the_window_and_no_other_is_left_out(
    client: FlaskClient, times: list[int], dataset: str
) -> None:
    start, stop = (at(time) for time in sorted(times))
    every = [line.partition(",")[0] for line in text(client, dataset, **WHOLE).splitlines()]
    found = [line.partition(",")[0] for line in text(client, dataset, start, stop).splitlines()]
    assert found == [time for time in every if padded(start) <= padded(time) < padded(stop)]
    assert every == sorted(set(every))


def padded(time: str) -> str:
    """A time with all its digits, so that texts compare as times do."""
    return f"{time.rstrip('Z'):0<26}" if "." in time else f"{time.rstrip('Z')}.000000"


@pytest.mark.parametrize("dataset", ALL)
def test_times_have_one_length_and_end_with_z(client: FlaskClient, dataset: str) -> None:
    (time,) = info(client, dataset, "Time")
    lines = text(client, dataset, **WHOLE, parameters="Time").splitlines()
    assert {len(line) for line in lines} == {time["length"]}
    assert all(line.endswith("Z") for line in lines)


def test_start_is_part_of_the_window_and_stop_is_not(client: FlaskClient) -> None:
    def times(start: str, stop: str) -> list[str]:
        found = text(client, world.SWARM, start, stop, parameters="Time")
        return [line[11:16] for line in found.splitlines()]

    assert times("2019-01-01T00:00", "2019-01-01T00:02") == ["00:00", "00:01"]
    assert times("2019-01-01T00:00:00.000000001", "2019-01-01T00:02:00.000000001") == [
        "00:01",
        "00:02",
    ]


@pytest.mark.parametrize(
    ("start", "stop"),
    [
        ("2019-01-01T00:00:00.000Z", "2019-01-01T02:00:00.000Z"),
        ("2019-01-01Z", "2019-01-01T02Z"),
        ("2019Z", "2019-01-01T02:00"),
        ("2019-01", "2019-001T02:00:00Z"),
        ("2019-001", "2019-01-01T02:00:00.000000000"),
        ("2018-365T24:00", "2019-001T02:00Z"),
    ],
)
def test_forms_of_times_are_the_same(client: FlaskClient, start: str, stop: str) -> None:
    expected = text(client, world.SWARM, "2019-01-01T00:00:00Z", "2019-01-01T02:00:00Z")
    assert expected.count("\n") == 120
    assert text(client, world.SWARM, start, stop) == expected


def test_old_and_new_names_give_the_same(client: FlaskClient) -> None:
    new = text(client, world.SWARM, **WHOLE)
    old = client.get(
        "/hapi/data",
        query_string={"id": world.SWARM, "time.min": WHOLE["start"], "time.max": WHOLE["stop"]},
    )
    assert old.text == new
    assert text(client, world.SWARM, **WHOLE, parameters="", format="csv") == new


def test_the_time_comes_first_asked_for_or_not(client: FlaskClient) -> None:
    window = ("2019-01-01T00:00", "2019-01-01T00:01")
    assert text(client, world.SWARM, *window, parameters="radial_distance").startswith("2019")
    with_time = text(client, world.SWARM, *window, parameters="Time,radial_distance")
    assert with_time == text(client, world.SWARM, *window, parameters="radial_distance")


@pytest.mark.parametrize("kind", ["csv", "binary", "json"])
def test_a_window_without_records(client: FlaskClient, kind: str) -> None:
    query = {
        "dataset": world.SWARM,
        "start": "2018-12-31T01",
        "stop": "2018-12-31T02",
        "format": kind,
    }
    response = ask(client, **query)
    assert response.status == "200 OK; HAPI 1201 OK - no data for time range"
    if kind == "json":
        document = response.get_json()
        assert document["data"] == []
        assert document["status"]["code"] == 1201
        return
    assert response.data == b""
    headed = ask(client, **query, include="header").text
    assert json.loads(headed.replace("\n#", "\n")[1:])["status"]["code"] == 1201


def test_media_types(client: FlaskClient) -> None:
    kinds = {"csv": "text/csv; charset=utf-8", "binary": "application/octet-stream"}
    for kind, media in (kinds | {"json": "application/json"}).items():
        response = ask(client, dataset=world.SWARM, **WHOLE, format=kind)
        assert response.headers["Content-Type"] == media
        assert response.status == "200 OK; HAPI 1200 OK"
