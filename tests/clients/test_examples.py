"""The seven examples through PyAuroraX give what the engine gives; that, in turn, brute force."""

from __future__ import annotations

import copy
import json
from datetime import datetime
from typing import Any

import pytest
from pyaurorax import PyAuroraX

from core.archive import Archive
from core.search.examples import EXAMPLES
from tests.clients.rows import client_rows, engine_rows

NUMBERS = [example.number for example in EXAMPLES]


def query_of(number: int) -> dict[str, Any]:
    return copy.deepcopy(EXAMPLES[number - 1].query)


@pytest.mark.parametrize("number", NUMBERS)
def test_examples_as_dictionaries(aurorax: PyAuroraX, archive: Archive, number: int) -> None:
    query = query_of(number)
    expected = engine_rows(archive, query)
    assert expected, "an example that finds nothing proves nothing"
    found = aurorax.search.conjunctions.search(
        datetime.fromisoformat(query["start"]),
        datetime.fromisoformat(query["end"]),
        query["max_distances"],
        ground=query["ground"],
        space=query["space"],
        conjunction_types=query["conjunction_types"],
    )
    assert client_rows(found.data) == expected
    assert found.status["search_result"]["result_count"] == len(expected)


@pytest.mark.parametrize("number", NUMBERS)
def test_examples_as_the_page_copies_them(
    aurorax: PyAuroraX, archive: Archive, number: int
) -> None:
    """As text, with the Z at the end of times that the client cuts off."""
    query = query_of(number)
    text = json.dumps(query | {"start": query["start"] + "Z", "end": query["end"] + "Z"})
    found = aurorax.search.conjunctions.search_from_raw_query(json.loads(text))
    assert client_rows(found.data) == engine_rows(archive, query)


@pytest.mark.parametrize("number", NUMBERS)
def test_examples_in_words(aurorax: PyAuroraX, number: int) -> None:
    query = query_of(number)
    text = aurorax.search.conjunctions.describe(query_dict=query)
    for block in (*query["ground"], *query["space"]):
        assert all(program in text for program in block["programs"])
    assert "one-minute precision" in text
    assert f"{query['start']} AND {query['end']} UTC" in text
    sharper = aurorax.search.conjunctions.describe(query_dict=query | {"subminute_precision": True})
    assert "sub-minute precision" in sharper
