"""Time zones over HTTP, against instants whose local times are published."""

from __future__ import annotations

from typing import Any

import pytest

from tests.records.conftest import Site


def convert(site: Site, **params: Any) -> Any:
    return site.ask("GET", "/utils/timezones/convert", key=None, params=params)


def test_names(site: Site) -> None:
    answer = site.ask("GET", "/utils/timezones", key=None)
    assert answer.headers["Content-Type"] == "application/json"
    names = answer.json()
    assert names == sorted(names)
    assert {"UTC", "America/Edmonton", "Europe/Oslo", "Asia/Kathmandu"} <= set(names)


@pytest.mark.parametrize(
    ("ts", "zone", "local", "offset_s", "abbreviation"),
    [
        ("2020-01-01T00:00:00", "UTC", "2020-01-01T00:00:00", 0, "UTC"),
        ("2020-01-01T06:30:00", "America/Edmonton", "2019-12-31T23:30:00", -25200, "MST"),
        ("2020-07-01T06:30:00Z", "America/Edmonton", "2020-07-01T00:30:00", -21600, "MDT"),
        # The two hours of the night in which clocks went back.
        ("2019-11-03T07:30:00", "America/Edmonton", "2019-11-03T01:30:00", -21600, "MDT"),
        ("2019-11-03T08:30:00", "America/Edmonton", "2019-11-03T01:30:00", -25200, "MST"),
        ("2020-01-01T01:00:00+01:00", "Asia/Kathmandu", "2020-01-01T05:45:00", 20700, "+0545"),
    ],
)
def test_convert(
    site: Site, ts: str, zone: str, local: str, offset_s: int, abbreviation: str
) -> None:
    answer = convert(site, ts=ts, tz=zone)
    assert answer.headers["Content-Type"] == "application/json"
    utc = "2020-01-01T00:00:00" if "+" in ts else ts.rstrip("Z")
    assert answer.json() == {
        "timezone": zone, "utc": utc, "local": local, "utc_offset_seconds": offset_s,
        "abbreviation": abbreviation,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("params", "status"),
    [
        ({"tz": "UTC"}, 400),
        ({"ts": "2020-01-01T00:00:00"}, 400),
        ({"ts": "now", "tz": "UTC"}, 400),
        ({"ts": "9999-12-31T23:59:59", "tz": "Asia/Tokyo"}, 400),
        ({"ts": "2020-01-01T00:00:00", "tz": "Mars/Olympus"}, 404),
        ({"ts": "2020-01-01T00:00:00", "tz": "../../etc/passwd"}, 404),
        ({"ts": "2020-01-01T00:00:00", "tz": "a\0b"}, 404),
    ],
)  # fmt: skip
def test_what_cannot_be_converted(site: Site, params: dict[str, str], status: int) -> None:
    answer = convert(site, **params)
    assert answer.status_code == status
    assert answer.json().keys() == {"error_code", "error_message"}
