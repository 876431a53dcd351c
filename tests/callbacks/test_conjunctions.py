"""The finder's handlers as functions, and their wiring through Dash's own endpoint."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any
from urllib.parse import parse_qs

import pytest
from dash import Dash, no_update

from app import create_app
from callbacks.conjunction_dialogs import one_distance, read_import, set_distances
from callbacks.conjunction_filters import RESULT, apply
from callbacks.conjunction_results import clicked_row, row_detail
from callbacks.conjunction_search import describe_price, run_search
from callbacks.conjunctions import (
    add_block,
    load_example,
    merge,
    narrow,
    remove_block,
    reset_block,
)
from components.conjunction_answer import answers
from components.conjunction_rows import page, sort_of, where_of
from components.filter_group import Expression, FilterGroup
from components.finder_state import Block, FinderState
from components.ids import Conjunctions as Ids
from components.ids import Shell
from components.urlstate import decode_text, encode
from core.errors import BadInput
from core.instruments.registry import all_sources
from core.observatory import Observatory
from core.search.examples import EXAMPLES
from core.settings import Settings
from core.simulation.build import build_archive
from pages.conjunctions import layout
from pages.home import layout as home_layout
from tests.callbacks.page_of import PageOf, key

SOURCES = all_sources()
DAYS = (date(2019, 1, 1), date(2019, 1, 2))
FEW = (3, 29, 30, 46, 55)  # Swarm A, B, C and THEMIS-ASI at Gillam and Fort Smith


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of an archive with two days of five sources."""
    found = Settings(archive=tmp_path_factory.mktemp("finder") / "archive")
    build_archive(found, days=DAYS, sources=FEW, processes=1)
    return found


@pytest.fixture(scope="module")
def observatory(settings: Settings) -> Iterator[Observatory]:
    """The observatory over it."""
    with Observatory(settings) as opened:
        yield opened


@pytest.fixture(scope="module")
def application(settings: Settings) -> Dash:
    """The whole application over it."""
    return create_app(settings)


@pytest.fixture
def finder(application: Dash, observatory: Observatory) -> PageOf:
    """The finder's page as a fresh visitor has it."""
    return PageOf(application.server.test_client(), layout(observatory))


@pytest.fixture(scope="module")
def searched(observatory: Observatory) -> FinderState:
    """Example 1 over the two days, answered."""
    state, _, _ = run_search(observatory, replace(load_example(1), end="2019-01-02 23:59"))
    assert state.request
    return state


# ------------------------------------------------------------------ the form


def values(**changes: Any) -> dict[str, Any]:
    """Return what the fields of a fresh form hold."""
    empty: dict[int, Any] = {0: [], 1: []}
    fields = {
        "start": "2019-01-01 00:00",
        "end": "2019-01-03 23:59",
        "distance": 500,
        "types": ["nbtrace"],
        "programs": empty,
        "platforms": empty,
        "instruments": empty,
        "hemisphere": {1: []},
        "points": {},
    }
    return {**fields, **changes}


def test_fields_become_state() -> None:
    merged = merge(
        FinderState(),
        values(start="2019/2/1", end="2019-02-02", distance="", programs={0: ["rego"], 1: None}),
    )
    assert merged.start == "2019-02-01 00:00"
    assert merged.end == "2019-02-02 23:59"
    assert merged.distance_km is None
    assert merged.blocks[0].programs == ("rego",)
    assert merge(FinderState(), values()) == FinderState()


def test_fields_leave_filters_alone() -> None:
    group = FilterGroup("AND", (Expression("state", "in", ("definitive",)),))
    state = FinderState(blocks=(Block("ground"), Block("space", filters=group)))
    assert merge(state, values()).blocks[1].filters == group


def test_new_blocks_stand_with_their_kind_until_there_are_enough() -> None:
    state = add_block(FinderState(), "ground", 10)
    assert [b.kind for b in state.blocks] == ["ground", "ground", "space"]
    with pytest.raises(BadInput, match="at most 3"):
        add_block(state, "space", 3)


def test_distances_follow_their_blocks_when_one_goes() -> None:
    state = FinderState(
        blocks=(Block("ground"), Block("space"), Block("space"), Block("space")),
        pairs=(
            ("ground1-space1", 1.0),
            ("ground1-space2", 2.0),
            ("ground1-space3", 3.0),
            ("space1-space2", 12.0),
            ("space1-space3", 13.0),
            ("space2-space3", None),
        ),
    )
    left = dict(remove_block(state, 1).pairs or ())
    assert left == {"ground1-space1": 2.0, "ground1-space2": 3.0, "space1-space2": None}


def test_reset_empties_one_block_only() -> None:
    state = load_example(1)
    changed = reset_block(state, 0)
    assert changed.blocks[0] == Block("ground")
    assert changed.blocks[1] == state.blocks[1]


def test_lists_narrow_each_other() -> None:
    programs, platforms, chosen, types, type_chosen, single = narrow(
        SOURCES, Block("ground"), ["rego"], ["gillam", "chibougamau"], [], False
    )
    assert chosen == ["gillam"]
    assert type_chosen == ["redline ASI"]
    assert single
    assert {o["value"] for o in types} == {"redline ASI"}
    assert "lucky lake" in {o["value"] for o in platforms}
    assert {"rego", "trex"} <= {o["value"] for o in programs}


# --------------------------------------------------------------- the dialogs


def test_one_value_for_every_pair_is_no_advanced_distance() -> None:
    state = FinderState()
    assert set_distances(state, {"ground1-space1": 500}) == state
    told = set_distances(state, {"ground1-space1": ""})
    assert told.pairs == (("ground1-space1", None),)
    assert told.distance_km is None
    assert one_distance(told).pairs is None
    assert one_distance(told).distance_km == 500
    assert one_distance(set_distances(state, {"ground1-space1": 70})).distance_km == 70


def test_filters_are_checked_against_the_sources() -> None:
    state = load_example(1)
    field = "calgary_cloud_ml_v1_confidence"
    said = {"key": field, "operator": ">=", "values": "90"}
    good, errors = apply(state, 0, SOURCES, {"logic": "OR", "members": [said]})
    assert errors == {}
    assert good.blocks[0].filters == FilterGroup("OR", (Expression(field, ">=", ("90",)),))
    _, errors = apply(state, 0, SOURCES, {"logic": "AND", "members": [said | {"values": "x"}]})
    assert list(errors) == ["0"]


def test_filters_of_the_result_are_the_states_own() -> None:
    long = {"key": "duration_min", "operator": ">=", "values": "3"}
    state, errors = apply(load_example(1), RESULT, SOURCES, {"logic": "AND", "members": [long]})
    assert errors == {}
    assert state.result_filters == FilterGroup("AND", (Expression("duration_min", ">=", ("3",)),))
    assert state.blocks == load_example(1).blocks


def test_the_dialog_grows_by_a_group_and_keeps_what_was_typed(finder: PageOf) -> None:
    finder.parts[Ids.STATE].data = encode(load_example(1))
    opened = finder.call(Ids.RESULT_FILTERS, "n_clicks", 1)
    assert opened[Ids.FILTERS]["title"] == "Result filters"
    shown = str(opened[Ids.FILTERS_BODY]["children"])
    assert "duration_min" in shown
    assert opened[Ids.FILTERS_BLOCK]["data"] == RESULT


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "not JSON"),
        ('{"start": 1', "line 1"),
        ("[]", "query"),
        ('{"start": "2019-01-01T00:00:00", "end": "x", "ground": [{}], "space": [{}]}', "end"),
    ],
)
def test_import_says_where_it_fails(text: str, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        read_import(text, Settings())


def test_import_reads_what_auroras_page_writes() -> None:
    text = (
        '{"start": "2019-01-01T00:00:00.000Z", "end": "2019-01-01T06:59:59.000Z", "ground": '
        '[{"programs": ["themis-asi"]}], "space": [{"programs": ["swarm"], "hemisphere": '
        '["northern"]}], "max_distances": {"space1-ground1": 300}, "conjunction_types": []}'
    )
    state = read_import(text, Settings())
    assert (state.start, state.end) == ("2019-01-01 00:00", "2019-01-01 06:59")
    assert state.distance_km == 300
    assert state.types == ("nbtrace",)


# --------------------------------------------------------------- the search


def test_price_says_where_the_search_would_run(observatory: Observatory) -> None:
    assert "answered at once" in describe_price(observatory, load_example(1)).price
    wrong = describe_price(observatory, replace(load_example(1), start="soon"))
    assert "not a time" in wrong.start_error
    lost = replace(load_example(1), blocks=(Block("ground", programs=("nobody",)), Block("space")))
    assert "No source" in describe_price(observatory, lost).price


def test_a_wrong_search_is_shown_and_has_no_request(observatory: Observatory) -> None:
    state, shown, rows = run_search(observatory, FinderState(blocks=(Block("ground"),)))
    assert rows is no_update
    assert state.request == ""
    assert "notice--bad" in str(shown)


def test_an_empty_answer_says_where_there_are_no_records(observatory: Observatory) -> None:
    before = replace(load_example(1), start="2015-01-01", end="2015-01-03")
    _, shown, rows = run_search(observatory, before)
    assert rows is no_update
    assert "no records of Ground 1 or Space 1 in this window" in str(shown)
    _, shown, rows = run_search(observatory, replace(load_example(1), distance_km=0.0))
    assert "No minute met all criteria" in str(shown)


def test_results_belong_to_their_criteria(observatory: Observatory, searched: FinderState) -> None:
    assert answers(observatory.search, searched)
    assert answers(observatory.search, decode_text(encode(searched)))
    assert not answers(observatory.search, replace(searched, distance_km=400.0))
    assert not answers(observatory.search, replace(searched, request=""))


def test_grid_models_become_conditions() -> None:
    assert sort_of([{"colId": "start", "sort": "desc"}]) == [("start", "desc")]
    model = {
        "min_distance_km": {"type": "inRange", "filter": 10, "filterTo": 20},
        "max_distance_km": {"type": "lessThanOrEqual", "filter": 300},
        "label": {"type": "contains", "filter": "Swarm"},
        "conjunction_type": {"type": "contains", "filter": "north"},
    }
    assert where_of(model) == {
        "min_distance_km": {">=": 10, "<=": 20},
        "max_distance_km": {"<=": 300},
        "label": {"contains": "Swarm"},
        "conjunction_type": ["nbtrace"],
    }
    assert where_of(None) == {}


@pytest.mark.parametrize("typed", ["2019-01-01T05", "2019/01/01 05", "2019-01-01t05", "T05:"])
def test_times_are_found_as_the_table_shows_them(
    observatory: Observatory, searched: FinderState, typed: str
) -> None:
    found = observatory.search.results(searched.request)
    for column in ("start", "end"):
        hours = [t.hour for t in found.table()[column].to_pylist()]
        model = {column: {"filterType": "text", "type": "contains", "filter": typed}}
        answer = page(found, {"startRow": 0, "endRow": 100, "filterModel": model})
        assert all("T05:" in row[column] for row in answer["rowData"])
        if typed == "T05:":
            assert answer["rowCount"] == hours.count(5)


def test_a_time_copied_from_the_table_finds_its_row(
    observatory: Observatory, searched: FinderState
) -> None:
    found = observatory.search.results(searched.request)
    shown = page(found, {"startRow": 0, "endRow": 100})["rowData"]
    model = {"start": {"filterType": "text", "type": "contains", "filter": shown[0]["start"]}}
    answer = page(found, {"startRow": 0, "endRow": 100, "filterModel": model})
    alike = [row for row in shown if row["start"] == shown[0]["start"]]
    assert answer["rowData"] == alike


def test_times_finer_than_a_minute_are_shown_with_seconds(observatory: Observatory) -> None:
    state, _, _ = run_search(observatory, replace(load_example(1), subminute=True))
    found = observatory.search.results(state.request)
    shown = page(found, {"startRow": 0, "endRow": 100})["rowData"]
    assert shown
    assert all(len(row["start"]) == len("2019-01-01T05:36:30Z") for row in shown)
    pairs = found.table()["events"].to_pylist()
    seconds = {row: events for row, events in enumerate(pairs) if events[0]["start"].second}
    assert seconds
    row = next(iter(seconds))
    assert f"{seconds[row][0]['start']:%H:%M:%SZ}" in str(row_detail(found, row))


def test_clicks_name_a_row() -> None:
    assert clicked_row({"rowId": "7"}) == 7
    assert clicked_row({"points": [{"customdata": [3, 2]}]}) == 3
    assert clicked_row({"rowId": ""}) is None
    assert clicked_row(None) is None


# --------------------------------------------------------------- the wiring


def test_an_example_fills_the_form(finder: PageOf) -> None:
    answer = finder.call(Ids.CHOSEN, "data", {"number": 3, "at": 1})
    assert answer[Ids.START]["value"] == "2019-03-01 00:00"
    state = decode_text(answer[Ids.STATE]["data"])
    assert state.blocks[0].programs == ("trex",)


def test_a_value_becomes_state(finder: PageOf) -> None:
    answer = finder.call(Ids.block("programs", 0), "value", ["rego"], output=Ids.STATE)
    assert decode_text(answer[Ids.STATE]["data"]).blocks[0].programs == ("rego",)


def test_a_button_that_appears_is_not_clicked(finder: PageOf) -> None:
    assert finder.call(Ids.add("ground"), "n_clicks", None) == {}


def test_add_a_block(finder: PageOf) -> None:
    answer = finder.call(Ids.add("events"), "n_clicks", 1)
    assert "Events 1" in str(answer[Ids.BLOCKS]["children"])


def test_an_error_of_a_handler_becomes_a_notification(
    application: Dash, observatory: Observatory
) -> None:
    full = PageOf(application.server.test_client(), layout(observatory, v="1", b=["ground"] * 10))
    full.call(Ids.add("ground"), "n_clicks", 1)
    toast = full.side_update[Shell.TOAST]["sendNotifications"][0]
    assert toast["title"] == "A search has at most 10 criteria blocks."
    assert toast["message"] == "Remove one first."


def test_lists_are_narrowed_on_the_page(finder: PageOf) -> None:
    trigger = Ids.block("programs", 0)
    answer = finder.call(trigger, "value", ["rego"], output='"conjunctions-block-instruments"')
    assert answer[key(Ids.block("instruments", 0))]["value"] == ["redline ASI"]
    assert answer[key(Ids.block("instruments", 0))]["disabled"] is True


def test_a_search_is_answered_on_the_page(finder: PageOf) -> None:
    finder.parts[Ids.STATE].data = encode(load_example(1))
    answer = finder.call(Ids.SEARCH, "n_clicks", 1)
    assert decode_text(answer[Ids.STATE]["data"]).request
    assert answer[Ids.STATE]["data"] == answer[Ids.RESULT_STATE]["data"]


@pytest.fixture
def answered(application: Dash, observatory: Observatory, searched: FinderState) -> PageOf:
    """The finder's page as a visitor has it who follows a link to results."""
    query = {k: v if len(v) > 1 else v[0] for k, v in parse_qs(encode(searched)).items()}
    return PageOf(application.server.test_client(), layout(observatory, **query))


def test_rows_come_page_by_page_in_order(
    answered: PageOf, observatory: Observatory, searched: FinderState
) -> None:
    count = observatory.search.results(searched.request).count
    order = [{"colId": "min_distance_km", "sort": "desc"}]
    wanted = {"startRow": 1, "endRow": 3, "sortModel": order, "filterModel": {}}
    answer = answered.call(Ids.ASK, "data", {"request": searched.request, **wanted})
    found = answer[Ids.GRID]["getRowsResponse"]
    everything = observatory.search.results(searched.request).table()["min_distance_km"]
    expected = sorted(everything.to_pylist(), reverse=True)[1:3]
    assert found["rowCount"] == count
    assert [row["min_distance_km"] for row in found["rowData"]] == expected
    assert answer[Ids.MATCHED]["children"] == ""
    assert all(row["start"].endswith("Z") for row in found["rowData"])


def test_how_many_rows_the_filters_leave_is_said(
    answered: PageOf, observatory: Observatory, searched: FinderState
) -> None:
    distances = observatory.search.results(searched.request).table()["min_distance_km"]
    nearest = min(distances.to_pylist())
    model = {"min_distance_km": {"type": "lessThanOrEqual", "filter": nearest}}
    wanted = {"startRow": 0, "endRow": 100, "sortModel": [], "filterModel": model}
    answer = answered.call(Ids.ASK, "data", {"request": searched.request, **wanted})
    line = answer[Ids.MATCHED]["children"]
    assert line == f"1 of {len(distances)} match the table’s filters"


def test_a_row_opens_the_drawer(answered: PageOf, searched: FinderState) -> None:
    clicked = {"request": searched.request, "event": {"rowId": "0"}}
    answer = answered.call(Ids.CLICKED, "data", clicked)
    assert answer[Ids.DRAWER]["opened"] is True
    assert "THEMIS-ASI" in str(answer[Ids.DRAWER_BODY]["children"])


def test_a_link_to_results_is_not_stale(answered: PageOf, searched: FinderState) -> None:
    assert answered.parts[Ids.STATE].data == encode(searched)
    assert answered.parts[Ids.RESULT_STATE].data == encode(searched)


def test_every_example_can_be_priced(observatory: Observatory) -> None:
    for example in EXAMPLES:
        text = describe_price(observatory, load_example(example.number))
        assert text.price
        assert text.start_error + text.end_error + text.distance_error == ""


def test_the_front_page_names_the_server_that_one_looks_at(
    application: Dash, observatory: Observatory
) -> None:
    with application.server.test_request_context("/", base_url="http://127.0.0.1:9123"):
        shown = str(home_layout(observatory))
    assert 'api_base_url="http://127.0.0.1:9123"' in shown
