"""Response formats: every leaf of the client's templates gives that part of the record, no more."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import requests
from pyaurorax import PyAuroraX

from tests.clients.conftest import client

NIGHT = datetime(2019, 1, 2, 5)  # noqa: DTZ001 - the client's times have no zone
KINDS = ("conjunctions", "ephemeris", "data_products")
PLACES = ("location_geo", "location_gsm", "nbtrace", "sbtrace")
Path = tuple[str, ...]


SEARCH = PyAuroraX().search


def template(kind: str, default: bool) -> dict[str, Any]:
    return getattr(SEARCH, kind).create_response_format_template(default=default)


def leaves(tree: Any, path: Path = ()) -> Iterator[Path]:
    if not isinstance(tree, dict):
        yield path
        return
    for key, value in tree.items():
        yield from leaves(value, (*path, key))


LEAVES = [(kind, path) for kind in KINDS for path in leaves(template(kind, True))]


@pytest.fixture(scope="module")
def searched(url: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[str, Any]]:
    """Each kind of search: the address of its results, and all that there is to mask."""
    search = client(url, tmp_path_factory.mktemp("masks")).search
    blocks = [{"programs": ["themis-asi"]}], [{"programs": ["swarm"]}]
    # A filter, so that generated queries have expressions.
    blocks[0][0]["ephemeris_metadata_filters"] = {
        "logical_operator": "AND",
        "expressions": [{"key": "calgary_apa_ml_v1_confidence", "operator": ">=", "values": [0]}],
    }
    found: list[Any] = [
        search.conjunctions.search(
            NIGHT, NIGHT + timedelta(hours=7), 900, ground=blocks[0], space=blocks[1]
        ),
        search.ephemeris.search(NIGHT, NIGHT + timedelta(minutes=9), programs=["swarm"]),
        search.data_products.search(NIGHT - timedelta(days=1), NIGHT + timedelta(days=3),
                                    programs=["rego"]),
    ]  # fmt: skip
    whole = "?data_source_record_format=full_record&generate_ephemeris_queries=true"
    return {
        kind: (
            one.data_url,
            requests.request("GET", one.data_url + whole, timeout=60).json()["result"],
        )
        for kind, one in zip(KINDS, found, strict=True)
    }


def part(value: Any, path: Path) -> Any:
    """The record without anything that is not on `path`; lists element by element."""
    if not path:
        return value
    if isinstance(value, list):
        return [part(item, path) for item in value]
    if not isinstance(value, dict) or path[0] not in value:
        return {} if isinstance(value, dict) else value
    # Half a place would crash the client.
    rest = () if path[0] in PLACES else path[1:]
    return {path[0]: part(value[path[0]], rest)}


@pytest.mark.parametrize(
    ("kind", "path"), LEAVES, ids=lambda value: ".".join(value) if value else ""
)
def test_each_leaf_of_a_template(searched: dict[str, Any], kind: str, path: Path) -> None:
    address, records = searched[kind]
    mask = template(kind, False)
    node = mask
    for key in path[:-1]:
        node = node[key]
    node[path[-1]] = True
    answer = requests.post(address, json=mask, timeout=60)
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.json()["result"] == [part(record, path) for record in records]
    assert len(records) > 3


@pytest.mark.parametrize("kind", KINDS)
def test_the_client_reads_whole_and_empty_templates(
    aurorax: PyAuroraX, searched: dict[str, Any], kind: str
) -> None:
    address, records = searched[kind]
    nothing = aurorax.search.requests.get_data(address, response_format=template(kind, False))
    assert nothing == [{}] * len(records)
    every = aurorax.search.requests.get_data(
        address, response_format=template(kind, True), skip_serializing=True
    )
    assert len(every) == len(records)
    for row, record in zip(every, records, strict=True):
        assert row.keys() == template(kind, True).keys()
        assert only_known(template(kind, True), record) == row


def only_known(mask: Any, value: Any) -> Any:
    """The record without keys that the template does not have."""
    if isinstance(value, list):
        return [only_known(mask, item) for item in value]
    if not isinstance(value, dict) or mask is True:
        return copy.deepcopy(value)
    return {key: only_known(mask[key], item) for key, item in value.items() if key in mask}
