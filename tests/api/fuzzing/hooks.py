"""Hooks of schemathesis: identifiers that exist, and what JSON Schema cannot say.

A schema promises that `start` and `end` are times; that the end is not before the start, that
distances name blocks of the query, or that an upload names the data source of its path, it has no
words for. So a request that is to be valid is mended in these places. What breaks the schema on
purpose is left alone.
"""

from __future__ import annotations

import json
import os
import re
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

# schemathesis loads this file in a process of its own, where its folder is on the path.
import laws
import schemathesis
from hypothesis import strategies as st
from schemathesis.core.parameters import ParameterLocation

FACTS: dict[str, Any] = json.loads(Path(os.environ["ATLAS_FUZZ_FACTS"]).read_text())
# Of ten requests this many go to what exists.
KNOWN = 8
# No data source ever; others that were not there are made by the fuzzing itself.
NOBODY = 1_999_999_999

_TIMES = st.builds(
    lambda day, hour, minute, form: form.format(day=day, hour=hour, minute=minute),
    st.integers(1, 3),
    st.integers(0, 23),
    st.integers(0, 59),
    st.sampled_from(
        [
            "2019-01-{day:02d}T{hour:02d}:{minute:02d}:00",
            "2019-01-{day:02d}T{hour:02d}:{minute:02d}:00.000Z",
            "2019-01-{day:02d}T{hour:02d}:{minute:02d}",
            "2019-01-{day:02d}T{hour:02d}:{minute:02d}:00+01:00",
        ]
    ),
)
_VISIBLE = st.text(
    st.characters(min_codepoint=33, max_codepoint=0x2FF, exclude_categories=["C", "Z"])
)
for _name in ("iso-time", "iso-minute", "iso-second"):
    schemathesis.openapi.format(_name, _TIMES)
schemathesis.openapi.format("iso-day", st.dates().map(str))
schemathesis.openapi.format(
    "percentiles",
    st.tuples(st.integers(0, 49), st.integers(50, 100)).map(lambda pair: f"{pair[0]},{pair[1]}"),
)
schemathesis.openapi.format(
    "hapi-time",
    st.tuples(st.integers(1, 23), st.integers(0, 59)).map(
        lambda clock: "2019-01-01T{:02d}:{:02d}Z".format(*clock)
    ),
)
schemathesis.openapi.format(
    "order", st.sampled_from(["start", "-end", "-min_distance_km,start", "epoch", "url"])
)
schemathesis.openapi.format(
    "where", st.sampled_from(["{}", '{"start": {">=": "2019-01-01T06:00:00"}}'])
)
schemathesis.openapi.format("visible", _VISIBLE.filter(bool))


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: dict[str, Any]) -> None:
    """Send most requests to what exists, and make valid what is to be valid."""
    number = zlib.crc32(repr((case.path_parameters, case.query, case.body)).encode())
    if case.path_parameters and not _broken(case, ParameterLocation.PATH):
        case.path_parameters = _places(case, number)
    if not _broken(case, ParameterLocation.QUERY):
        case.query = laws.query(case.operation.path, dict(case.query or {}), _kind(case))
    if isinstance(case.body, dict | list) and not _broken(case, ParameterLocation.BODY):
        case.body = laws.body(
            f"{case.method} {case.operation.path}", case.body, case.path_parameters or {}
        )


def _broken(case: Any, location: ParameterLocation) -> bool:
    return case.meta is not None and case.meta.is_negative_at(location)


def _kind(case: Any) -> str:
    return str((case.path_parameters or {}).get("name", "")).rpartition(".")[2]


def _places(case: Any, number: int) -> dict[str, Any]:
    places = dict(case.path_parameters)
    label = f"{case.method} {case.operation.path}"
    changes = case.method not in ("GET", "HEAD")
    if number % 10 >= KNOWN and not (changes and places.get("identifier") in FACTS["sources"]):
        # Records name the source of the path, which nobody knows of a source made meanwhile.
        return places | ({"identifier": NOBODY} if label.endswith(_RECORDS) else {})
    for name in places:
        choices = _choices(name, label)
        if choices:
            places[name] = choices[(number // 10) % len(choices)]
    return places


_RECORDS = ("/ephemeris", "/data_products")


def _identifiers(label: str) -> Sequence[int]:
    if "/delete_jobs" in label or "/ephemeris" in label or "/data_products" in label:
        return [FACTS["written"]]
    if label.startswith(("PUT", "PATCH")):
        return [FACTS["changed"]]
    return list(FACTS["spare_sources" if label.startswith("DELETE") else "sources"])


def _request_ids(label: str) -> Sequence[str]:
    found = re.search("conjunctions|ephemeris|data_products", label)
    kind = found[0] if found else "conjunctions"
    return list(FACTS["spare" if label.startswith("DELETE") else "kept"][kind])


_NAMES: dict[str, Sequence[str]] = {
    "/media/keogram": [f"2019-01-01.{kind}" for kind in ("png", "webp", "json", "bin")],
    "/media/frame": [f"20190101T060000.{kind}" for kind in ("webp", "png", "json")],
    "/media/map": [f"20190101T060000.{kind}" for kind in ("webp", "png", "json")],
    "/media/grid": [f"20190101T060000.{kind}" for kind in ("bin", "json", "webp", "png", "nc")],
    "/media/mosaic": [f"20190101T060000.{kind}" for kind in ("webp", "png", "json")],
    "/media/moment": ["20190101T0600.json", "20190101T060030.json"],
    "/api/docs": ["docs.css", "docs.js"],
}
_CHOICES: dict[str, Callable[[str], Sequence[Any]]] = {
    "identifier": _identifiers,
    "request_id": _request_ids,
    "source": lambda _: FACTS["imagers"],
    "series": lambda _: ["themis-asi"],
    "stem": lambda _: ["20190101T060000"],
    "movie_id": lambda label: FACTS["spare_movies" if label.startswith("DELETE") else "movies"],
    "delete_job_id": lambda _: FACTS["delete_jobs"],
    "name": lambda label: next((v for k, v in _NAMES.items() if f" {k}" in label), ()),
}


def _choices(name: str, label: str) -> Sequence[Any]:
    return _CHOICES[name](label) if name in _CHOICES else ()
