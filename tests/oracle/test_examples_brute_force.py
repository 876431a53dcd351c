"""The seven example searches give the rows that brute force gives, on the simulated archive."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from core.archive import Archive
from core.instruments.registry import all_sources
from core.search import conjunctions
from core.search.examples import EVERY_IMAGER, EXAMPLES
from core.search.query import ConjunctionQuery
from core.settings import Settings
from core.simulation.build import build_archive
from tests.oracle.comparison import TOLERANCE_KM, assert_same, brute_force

# The examples' windows, cut to days that brute force gets through in seconds.
CUT = {
    1: ("2019-01-02T00:00:00", "2019-01-02T23:59:59"),
    2: ("2019-02-01T00:00:00", "2019-02-01T23:59:59"),
    3: ("2019-03-01T00:00:00", "2019-03-01T23:59:59"),
    4: ("2019-01-02T00:00:00", "2019-01-02T11:59:59"),
    5: ("2019-01-02T00:00:00", "2019-01-02T23:59:59"),
    6: ("2020-01-02T00:00:00", "2020-01-02T23:59:59"),
    7: ("2008-01-16T00:00:00", "2008-01-16T23:59:59"),
}
DAYS = [date(2008, 1, 16), date(2019, 1, 2), date(2019, 2, 1), date(2019, 3, 1), date(2020, 1, 2)]


@pytest.fixture(scope="module")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    """The simulated archive for the days of the cut windows."""
    settings = Settings(archive=tmp_path_factory.mktemp("examples") / "archive")
    wanted = {*EVERY_IMAGER, "footprint"}
    sources = [s.identifier for s in all_sources() if s.instrument_type in wanted]
    build_archive(settings, days=DAYS, processes=1, sources=sources)
    with Archive.open(settings) as archive:
        yield archive


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    """The embedded archive, whole."""
    settings = Settings(archive=tmp_path_factory.mktemp("embedded") / "archive")
    build_archive(settings)
    with Archive.open(settings) as archive:
        yield archive


def query_of(number: int) -> dict[str, Any]:
    return copy.deepcopy(EXAMPLES[number - 1].query)


def check(archive: Archive, query: dict[str, Any], folder: Path) -> int:
    """Compare a search with brute force; return the number of rows."""
    answer = brute_force(archive, query, folder)
    assert answer.margin_km > TOLERANCE_KM, "a distance is too near its limit to compare"
    parsed = ConjunctionQuery.from_dict(query, archive.settings)
    table = conjunctions.run(archive, parsed, lambda done, found: None, lambda: False)
    assert_same(table, answer)
    return table.num_rows


@pytest.mark.parametrize("number", sorted(CUT))
def test_examples_with_cut_windows(simulated: Archive, tmp_path: Path, number: int) -> None:
    start, end = CUT[number]
    rows = check(simulated, query_of(number) | {"start": start, "end": end}, tmp_path)
    assert rows > 0 or number >= 5, "only the last three may find nothing in one day"


def test_pulsating_aurora_with_a_wider_net(simulated: Archive, tmp_path: Path) -> None:
    start, end = CUT[7]
    query = query_of(7) | {"start": start, "end": end}
    query["max_distances"] = {"ground1-space1": 6000}
    assert check(simulated, query, tmp_path) > 0


@pytest.mark.parametrize(
    "changes",
    [
        {"subminute_precision": True},
        {"latitude_frame": "as_delivered"},
        {"conjunction_types": ["nbtrace", "sbtrace", "geographic"]},
    ],
)
def test_other_ways_to_compare(simulated: Archive, tmp_path: Path, changes: dict[str, Any]) -> None:
    start, end = CUT[1]
    assert check(simulated, query_of(1) | {"start": start, "end": end} | changes, tmp_path) > 0


@pytest.mark.soak
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("number", [1, 2, 3, 4, 5, 6, 7])
def test_examples(embedded: Archive, tmp_path: Path, number: int) -> None:
    assert check(embedded, query_of(number), tmp_path) > 0
