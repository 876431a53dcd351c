"""The frame: chip, footer, acknowledgements, keys, and pages that fail."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from plotly.utils import PlotlyJSONEncoder
from structlog.testing import capture_logs

from components.acknowledgements import acknowledgements, as_text, others
from components.error_page import UNEXPECTED, guard_layouts, guarded
from components.keys_sheet import SECTIONS, keys_sheet
from components.shell import NAVIGATION, shell
from components.shell_truth import truth_of
from core.archive import Archive
from core.archive.provenance import provenance_counts
from core.errors import NotFound
from core.instruments.registry import all_sources, arrays
from core.observatory import Observatory
from core.settings import Settings
from tests.unit.wall import nights

DAY = date(2019, 1, 2)


def text(part: Any) -> str:
    return json.dumps(part, cls=PlotlyJSONEncoder, ensure_ascii=False)


@pytest.fixture
def archive(settings: Settings) -> Iterator[Archive]:
    with Archive.create(settings) as made:
        nights.fill_sources(made)
        yield made


def said(archive: Archive) -> str:
    with Observatory(archive.settings) as observatory:
        return text(shell("", observatory))


def test_provenance_is_counted_over_files_of_one_and_of_several_kinds(archive: Archive) -> None:
    assert provenance_counts(archive) == {}
    nights.write_minutes(archive, 46, DAY, range(100))
    nights.write_minutes(archive, 55, DAY, range(30))
    assert provenance_counts(archive) == {"simulated": 130}
    # The same month of the same source: both kinds lie in one file.
    nights.write_minutes(archive, 46, DAY, range(90, 110), "ingested")
    nights.write_product(archive, 93, DAY, "https://provider.example/a.jpg", "uploaded")
    assert provenance_counts(archive) == {"simulated": 120, "ingested": 20, "uploaded": 1}


def test_chip_and_footer_follow_the_archive(archive: Archive) -> None:
    assert "Empty" in said(archive)
    nights.write_minutes(archive, 46, DAY, range(5), "ingested")
    page = said(archive)
    assert "sim--observed" in page
    assert "SIMULATED" not in page
    nights.write_minutes(archive, 55, DAY, range(7))
    page = said(archive)
    assert "PARTLY SIMULATED" in page
    assert "7 records and products of this archive are simulated and 5 come" in page


def test_every_array_is_acknowledged_with_its_doi() -> None:
    page = text(acknowledgements(arrays(), all_sources(), truth_of({"simulated": 1})))
    for array in arrays():
        assert json.dumps(array.acknowledgement, ensure_ascii=False)[1:-1] in page
        assert json.dumps(array.citation, ensure_ascii=False)[1:-1] in page
        assert f"https://doi.org/{array.doi}" in page or not array.doi
    programs = {source.program for source in all_sources()}
    covered = {array.program for array in arrays()}
    assert len({program for program, _, _ in others(arrays(), all_sources())}) == len(
        programs - covered
    )


def test_the_text_to_be_copied_says_what_is_simulated() -> None:
    assert "simulated" in as_text(arrays(), truth_of({"simulated": 1}))
    assert "simulated" not in as_text(arrays(), truth_of({"ingested": 1}))


def test_every_page_has_its_keys_on_the_sheet() -> None:
    paths = {section.path for section in SECTIONS}
    assert {path for _, path in NAVIGATION} | {""} == paths
    assert text(keys_sheet()).count('"Dt"') == sum(len(s.shortcuts) for s in SECTIONS)


def test_a_page_that_fails_shows_a_reference_and_none_of_the_error() -> None:
    def fails(**query: Any) -> Any:
        raise RuntimeError("password is hunter2")

    with capture_logs() as logs:
        page = text(guarded(fails, "Home")(v="1"))
    assert UNEXPECTED in page
    assert "hunter2" not in page
    (entry,) = logs
    assert entry["page"] == "Home"
    assert entry["reference"] in page


def test_an_error_on_purpose_says_itself_what_is_wrong() -> None:
    def fails(**query: Any) -> Any:
        raise NotFound("No such night.", hint="Choose another.")

    page = text(guarded(fails, "Home")())
    assert "No such night." in page
    assert "Choose another." in page
    assert "lost__reference" not in page


def test_pages_that_do_not_fail_pass_through_and_are_guarded_once() -> None:
    registry = {
        "a": {"layout": lambda **query: query["v"], "name": "A"},
        "b": {"layout": "plain", "name": "B"},
    }
    guard_layouts(registry)
    once = registry["a"]["layout"]
    guard_layouts(registry)
    assert registry["a"]["layout"] is once
    assert once(v="1") == "1"
    assert registry["b"]["layout"] == "plain"
