"""What the front page says: numbers of the archive, and what is true of them."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from dash import html
from plotly.utils import PlotlyJSONEncoder

from components.home import Holding, holdings, home
from components.shell_truth import truth_of
from core.archive.statistics import Extent, SourceStatistics
from core.instruments.registry import all_sources

FIRST, LAST = datetime(2008, 1, 1, tzinfo=UTC), datetime(2022, 1, 1, tzinfo=UTC)


def text(part: html.Div) -> str:
    return json.dumps(part, cls=PlotlyJSONEncoder, ensure_ascii=False)


def test_programs_are_summed_and_the_fullest_comes_first() -> None:
    sources = [s for s in all_sources() if s.program in ("swarm", "rego")]
    counts = {
        s.identifier: SourceStatistics(
            Extent(10 if s.program == "rego" else 100, FIRST, LAST), Extent(1, FIRST, LAST)
        )
        for s in sources
    }
    found = holdings(sources, counts)
    rego = sum(1 for s in sources if s.program == "rego")
    assert found == [
        Holding("swarm", 3, 300, 3, FIRST, LAST),
        Holding("rego", rego, 10 * rego, rego, FIRST, LAST),
    ]


def test_a_program_without_records_is_not_listed() -> None:
    sources = list(all_sources())[:3]
    counts = {s.identifier: SourceStatistics(Extent(), Extent()) for s in sources}
    assert holdings(sources, counts) == []


def test_the_truth_in_all_four_cases() -> None:
    said = {
        truth_of(counts).kind: truth_of(counts)
        for counts in (
            {"simulated": 1200},
            {"ingested": 7, "uploaded": 3},
            {"simulated": 5, "ingested": 7},
            {},
        )
    }
    assert said["simulated"].sentence.startswith("All 1,200 records")
    assert "none is simulated" in said["observed"].sentence
    assert said["observed"].observed == 10
    assert said["both"].sentence.startswith("5 records")
    assert "7 come from" in said["both"].sentence
    assert said["empty"].label == "Empty archive"


def test_the_front_page_leads_everywhere() -> None:
    held = [Holding("swarm", 3, 300, 3, FIRST, LAST)]
    page = text(home(all_sources(), held, truth_of({"simulated": 303}), "http://127.0.0.1:1"))
    for path in ("/conjunctions", "/keogramist", "/explorer", "/availability"):
        assert f'"href": "{path}"' in page
    assert "2008 – 2022" in page
    assert "All 303 records and products" in page
    assert "/availability?v=1&year=2022&sources=swarm" in page


def test_an_empty_archive_says_so() -> None:
    page = text(home(all_sources(), [], truth_of({}), "http://127.0.0.1:1"))
    assert "There are no records yet." in page
    assert "This archive holds no records yet." in page
