"""The conjunction finder, used with a mouse in a real browser on a small simulated archive."""

from __future__ import annotations

import csv
import json
import re
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from playwright.sync_api import Locator, Page, expect

from callbacks.conjunctions import load_example as state_of_example
from components.urlstate import encode
from core.archive import Archive
from core.search.finding import prepare
from core.search.jobs.execution import execute
from core.search.jobs.files import partial_path
from core.search.jobs.queue import JobStore
from core.search.query import read_query
from core.search.results.header import ResultHeader, write_result
from core.settings import Settings
from tests.servers import live_server, running

FOUND = re.compile(r"^Found ([\d,]+) conjunctions? in \d+\.\d\d s$")


def open_finder(page: Page, query: str = "") -> None:
    page.goto(f"/conjunctions{query}")
    expect(page.locator(".blocks")).to_be_visible()
    # The price line is the last thing that a fresh form fetches.
    expect(page.locator(".price")).not_to_be_empty()


def block(page: Page, name: str) -> Locator:
    return page.get_by_role("group", name=name, exact=True)


def load_example(page: Page, number: int) -> None:
    page.get_by_role("button", name="Examples").click()
    page.get_by_role("menuitem", name=re.compile(f"^{number}")).click()
    page.wait_for_url("**/conjunctions?v=1&**")


def search(page: Page) -> int:
    """Press Search and return the number of conjunctions that the page reports."""
    before = page.url
    page.get_by_role("button", name="Search", exact=True).click()
    page.wait_for_url(lambda url: "request=" in url and url != before)
    line = page.locator(".results h2")
    expect(line).to_have_text(FOUND)
    return int(FOUND.match(line.inner_text())[1].replace(",", ""))  # type: ignore[index]


def choose(page: Page, name: str, *labels: str) -> None:
    """Choose options of a list by their labels."""
    field = page.get_by_label(name, exact=True)
    field.click()
    for label in labels:
        page.get_by_role("option", name=label, exact=True).click()
    page.keyboard.press("Escape")


def test_example_one_by_mouse(page: Page) -> None:
    open_finder(page)
    page.get_by_role("button", name="Two imagers and Swarm").click()
    expect(block(page, "Ground 1").get_by_text("Fort Smith (FSMI)")).to_be_visible()
    expect(block(page, "Space 1").get_by_text("Swarm", exact=True)).to_be_visible()
    count = search(page)
    assert count > 0
    first = page.locator(".ag-row").first
    expect(first).to_contain_text("THEMIS-ASI")
    expect(first).to_contain_text(re.compile(r"2019-01-0\dT\d\d:\d\dZ"))
    rows = page.locator(".ag-center-cols-container .ag-row")
    expect(rows).to_have_count(count)


def test_a_row_opens_in_full(page: Page) -> None:
    open_finder(page)
    load_example(page, 1)
    search(page)
    page.locator(".ag-row").first.get_by_text("North B-trace").click()
    drawer = page.get_by_role("dialog")
    expect(drawer.get_by_text("Closest")).to_be_visible()
    expect(drawer.get_by_role("cell", name=re.compile("THEMIS-ASI .* and Swarm"))).to_be_visible()
    page.keyboard.press("Escape")
    expect(drawer).to_be_hidden()


def test_a_search_built_by_hand(page: Page) -> None:
    open_finder(page)
    choose(page, "Ground 1: Programs", "THEMIS-ASI")
    kind = block(page, "Ground 1").locator(".block__instruments")
    expect(kind).to_contain_text("Panchromatic ASI")
    expect(kind.locator("input[type=text]")).to_be_disabled()
    page.get_by_label("Ground 1: Platforms", exact=True).click()
    expect(page.get_by_role("option", name="Gillam (GILL)")).to_be_visible()
    expect(page.get_by_role("option", name="Lucky Lake (LUCK)")).to_have_count(0)
    page.keyboard.press("Escape")
    choose(page, "Space 1: Programs", "Swarm")
    choose(page, "Space 1: Hemisphere of the spacecraft", "Northern")
    page.get_by_label("Distance (km)").fill("800")
    assert search(page) > 0
    assert "km=800" in page.url
    assert "program:themis-asi" in page.url


def test_back_forward_and_reload_keep_the_state(page: Page) -> None:
    open_finder(page)
    load_example(page, 1)
    first = search(page)
    first_url = page.url
    assert "request=" in first_url
    page.get_by_label("Distance (km)").fill("900")
    page.get_by_label("Distance (km)").press("Enter")
    expect(page.get_by_text("The form has changed since this search.")).to_be_visible()
    second = search(page)
    second_url = page.url
    assert second > first
    expect(page.get_by_text("The form has changed since this search.")).to_be_hidden()

    page.go_back()
    expect(page.get_by_label("Distance (km)")).to_have_value("500")
    expect(page.locator(".results h2")).to_contain_text(f"Found {first} ")
    assert page.url == first_url

    page.go_forward()
    expect(page.get_by_label("Distance (km)")).to_have_value("900")
    expect(page.locator(".results h2")).to_contain_text(f"Found {second} ")
    assert page.url == second_url

    page.reload()
    expect(page.get_by_label("Distance (km)")).to_have_value("900")
    expect(page.locator(".results h2")).to_contain_text(f"Found {second} ")
    expect(page.locator(".ag-row").first).to_be_visible()
    assert page.url == second_url

    page.go_back()
    page.go_back()
    expect(page.locator(".results h2")).to_have_text("Start from an example")
    expect(page.get_by_label("Distance (km)")).to_have_value("500")


def test_the_menu_entry_of_the_open_page_starts_anew(page: Page) -> None:
    open_finder(page)
    load_example(page, 5)
    expect(page.get_by_role("group", name="Space 2")).to_be_visible()
    page.get_by_role("navigation").get_by_role("link", name="Conjunctions").click()
    expect(page.get_by_role("group", name="Space 2")).to_have_count(0)
    assert page.url.endswith("/conjunctions")


def test_two_visitors_do_not_share_state(visitor: Callable[..., Page]) -> None:
    one, two = visitor(), visitor()
    open_finder(one)
    open_finder(two)
    load_example(one, 1)
    found = search(one)
    expect(two.locator(".results h2")).to_have_text("Start from an example")
    load_example(two, 5)
    expect(block(two, "Space 2")).to_be_visible()
    expect(one.get_by_role("group", name="Space 2")).to_have_count(0)
    expect(one.locator(".results h2")).to_contain_text(f"Found {found} ")


def test_a_link_gives_another_visitor_the_same_page(visitor: Callable[..., Page]) -> None:
    one, two = visitor(), visitor()
    open_finder(one)
    load_example(one, 1)
    found = search(one)
    two.goto(one.url)
    expect(two.locator(".results h2")).to_contain_text(f"Found {found} ")
    expect(block(two, "Ground 1").get_by_text("Gillam (GILL)")).to_be_visible()


def test_distances_pair_by_pair(page: Page) -> None:
    open_finder(page)
    page.get_by_role("button", name="Add criteria block: Space").click()
    expect(block(page, "Space 2")).to_be_visible()
    page.get_by_role("button", name="Pairs").click()
    dialog = page.get_by_role("dialog")
    fields = dialog.get_by_role("textbox")
    expect(fields).to_have_count(3)
    dialog.get_by_label("Distance between Ground 1 and Space 2 in km").fill("900")
    dialog.get_by_label("Distance between Space 1 and Space 2 in km").fill("")
    dialog.get_by_role("button", name="OK").click()
    expect(dialog).to_be_hidden()
    expect(page.get_by_role("button", name="Advanced")).to_be_visible()
    expect(page.get_by_label("Distance (km)")).to_be_disabled()
    assert "pairs=ground1-space1:500,ground1-space2:900,space1-space2:" in page.url

    page.get_by_role("button", name="Advanced").click()
    dialog.get_by_role("button", name="Reset").click()
    expect(dialog.get_by_label("Distance between Space 1 and Space 2 in km")).to_have_value("500")
    dialog.get_by_role("button", name="Cancel").click()
    assert "space1-space2:&" in page.url
    page.get_by_role("button", name="Advanced").click()
    dialog.get_by_role("button", name="One distance for all").click()
    expect(page.get_by_role("button", name="Pairs")).to_be_visible()
    expect(page.get_by_label("Distance (km)")).to_be_enabled()


def choose_field(page: Page, condition: str, key: str) -> None:
    """Choose the field of a condition in the filters dialog."""
    field = page.get_by_role("dialog").get_by_role("textbox", name=f"{condition}: field")
    field.click()
    field.fill(key)
    page.get_by_role("option", name=key, exact=True).click()


def test_metadata_filters_know_their_fields(page: Page) -> None:
    open_finder(page)
    load_example(page, 1)
    without = search(page)
    page.get_by_role("button", name="Ground 1: metadata filters").click()
    dialog = page.get_by_role("dialog")
    choose_field(page, "Condition 1", "calgary_cloud_ml_v1_confidence")
    dialog.get_by_label("Condition 1: value").fill("ninety")
    dialog.get_by_role("button", name="OK").click()
    expect(dialog.get_by_text("“ninety” is not a number.")).to_be_visible()
    choose_field(page, "Condition 1", "calgary_cloud_ml_v1")
    values = dialog.get_by_label("Condition 1: value")
    expect(values).to_have_attribute("placeholder", "Choose")
    values.click()
    page.get_by_role("option", name="classified as not cloudy", exact=True).click()
    page.keyboard.press("Escape")
    dialog.get_by_role("button", name="OK").click()
    expect(dialog).to_be_hidden()
    button = page.get_by_role("button", name="Ground 1: metadata filters, 1 set")
    expect(button).to_contain_text("1 set")
    assert "if:calgary_cloud_ml_v1|in|classified+as+not+cloudy" in page.url

    page.get_by_role("button", name="Search", exact=True).click()
    expect(page.get_by_text("The form has changed since this search.")).to_be_hidden()
    line = page.locator(".results h2")
    expect(line).to_have_text(re.compile(r"^Found (no|[\d,]+) conjunctions?"))
    match = FOUND.match(line.inner_text())
    assert (int(match[1]) if match else 0) <= without
    button.click()
    expect(dialog.get_by_text("classified as not cloudy")).to_be_visible()


def test_a_second_search_begins_as_a_new_table(page: Page) -> None:
    """One table serves all searches of the page; its order and filters are of one search only."""
    open_finder(page)
    load_example(page, 1)
    search(page)
    cell = page.locator(".grid .ag-row[row-index='0'] [col-id=start]")
    expect(cell).to_be_visible()
    earliest = cell.inner_text()
    page.get_by_role("columnheader", name="Min (km)").click()
    page.evaluate(
        """() => window.dash_ag_grid.getApi("conjunctions-grid").setFilterModel(
            {label: {filterType: "text", type: "contains", filter: "nobody"}})"""
    )
    expect(page.get_by_text("No row matches the filters of the table.")).to_be_visible()
    expect(page.locator(".matched")).to_contain_text("0 of ")
    page.locator("#conjunctions-distance").fill("501")
    search(page)
    expect(cell).to_have_text(earliest)
    expect(page.locator(".matched")).to_be_empty()
    expect(page.get_by_role("columnheader", name="Start (UTC)")).to_have_attribute(
        "aria-sort", "ascending"
    )
    page.locator("#conjunctions-distance").fill("0")
    page.get_by_role("button", name="Search", exact=True).click()
    expect(page.locator(".results h2")).to_contain_text("Found no conjunctions")
    expect(page.locator(".grid")).to_be_hidden()
    page.locator("#conjunctions-distance").fill("500")
    search(page)
    expect(cell).to_have_text(earliest)
    page.get_by_role("link", name="Availability").first.click()
    page.get_by_role("heading", name="Availability").first.wait_for()
    page.go_back()
    expect(cell).to_have_text(earliest)


def test_groups_derived_fields_and_result_filters_are_clicked_together(page: Page) -> None:
    open_finder(page)
    load_example(page, 1)
    expect(block(page, "Ground 1").get_by_text("Gillam (GILL)")).to_be_visible()
    everything = search(page)
    page.get_by_role("button", name="Ground 1: metadata filters").click()
    dialog = page.get_by_role("dialog")
    choose_field(page, "Condition 1", "derived.sun_elevation_deg")
    operator = dialog.get_by_role("textbox", name="Condition 1: operator")
    operator.click()
    page.get_by_role("option", name="≤ at most").click()
    dialog.get_by_label("Condition 1: value").fill("-6")
    dialog.get_by_label("Filter: add a group").click()
    choose_field(page, "Condition 2.1", "derived.mlt_h")
    dialog.get_by_role("textbox", name="Condition 2.1: operator").click()
    page.get_by_role("option", name="between", exact=True).click()
    dialog.get_by_label("Condition 2.1: value").fill("22 and 2")
    dialog.get_by_role("textbox", name="Group 2: how its conditions are joined").click()
    page.get_by_role("option", name="None of these (NOT OR)").click()
    dialog.get_by_label("Filter: add a condition").click()
    expect(dialog.get_by_label("Condition 2.1: value")).to_have_value("22 and 2")
    dialog.get_by_label("Remove Condition 3").click()
    expect(dialog.get_by_label("Condition 3: field")).to_have_count(0)
    dialog.get_by_role("button", name="OK").click()
    expect(page.get_by_role("button", name="Ground 1: metadata filters, 2 set")).to_be_visible()

    page.get_by_role("button", name="Result filters").click()
    choose_field(page, "Condition 1", "duration_min")
    dialog.get_by_label("Condition 1: value").fill("2")
    dialog.get_by_role("button", name="OK").click()
    expect(page.get_by_role("button", name="Result filters")).to_contain_text("1 set")
    found = search(page)
    assert 0 < found < everything

    page.reload()
    expect(page.locator(".results h2")).to_contain_text(f"Found {found} ")
    page.get_by_role("button", name="Ground 1: metadata filters, 2 set").click()
    logic = dialog.get_by_role("textbox", name="Group 2: how its conditions are joined")
    expect(logic).to_have_value("None of these (NOT OR)")
    expect(dialog.get_by_label("Condition 2.1: value")).to_have_value("22 and 2")
    dialog.get_by_role("button", name="Cancel").click()
    page.get_by_role("button", name="About query").click()
    expect(page.locator("#conjunctions-about-words")).to_contain_text("result (duration_min >= (2)")
    expect(page.locator("#conjunctions-about-code")).to_contain_text("'result_filters'")


def test_rows_are_sorted_and_filtered_by_the_server(page: Page) -> None:
    open_finder(page)
    load_example(page, 4)
    count = search(page)
    cells = page.locator(".ag-center-cols-container [col-id=min_distance_km]")
    page.get_by_role("columnheader", name="Min (km)").click()
    expect(cells.first).to_be_visible()
    page.wait_for_timeout(500)
    shown = [float(text) for text in cells.all_inner_texts() if text]
    assert len(shown) > 5
    assert shown == sorted(shown)
    page.get_by_role("columnheader", name="Conjunction between").locator(
        ".ag-header-cell-filter-button"
    ).click()
    page.get_by_placeholder("Filter...").first.fill("Swarm")
    labels = page.locator(".ag-center-cols-container [col-id=label]")
    expect(labels.first).to_contain_text("Swarm")
    page.wait_for_timeout(500)
    assert all("Swarm" in text for text in labels.all_inner_texts())
    assert labels.count() < count


def test_downloads_hold_what_the_table_holds(page: Page, tmp_path: Path) -> None:
    open_finder(page)
    load_example(page, 1)
    count = search(page)
    with page.expect_download() as waiting:
        page.get_by_role("link", name="CSV").click()
    path = tmp_path / "rows.csv"
    waiting.value.save_as(path)
    lines = path.read_text(encoding="utf-8").splitlines()
    head = [line for line in lines if line.startswith("#")]
    assert any("SIMULATED" in line for line in head)
    assert any("latitude_frame: geocentric" in line for line in head)
    rows = list(csv.DictReader(line for line in lines if not line.startswith("#")))
    assert len(rows) == count
    assert all(float(row["min_distance_km"]) <= 500 for row in rows)
    assert all(row["start"].endswith("Z") for row in rows)

    with page.expect_download() as waiting:
        page.get_by_role("link", name="JSON").click()
    path = tmp_path / "rows.json"
    waiting.value.save_as(path)
    found = json.loads(path.read_text(encoding="utf-8"))
    assert len(found["result"]) == count
    assert found["simulated"] is True


def test_about_query_can_be_imported_again(page: Page) -> None:
    open_finder(page)
    load_example(page, 6)
    expect(block(page, "Ground 2")).to_be_visible()
    page.get_by_role("button", name="About query").click()
    expect(page.locator(".words")).to_contain_text("Find conjunctions of type (nbtrace)")
    expect(page.locator("#conjunctions-about-code")).to_contain_text("search_from_raw_query")
    page.get_by_role("tab", name="JSON").click()
    text = page.locator("#conjunctions-about-json").inner_text()
    page.keyboard.press("Escape")
    url = page.url

    page.get_by_role("button", name="Reset all").click()
    expect(page.get_by_role("group", name="Ground 2")).to_have_count(0)
    page.get_by_role("button", name="Import").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Query").fill('{"start": ')
    dialog.get_by_role("button", name="Import").click()
    expect(dialog.get_by_role("alert")).to_contain_text("This is not JSON")
    broken = json.loads(text)
    broken["space"][0]["hemisphere"] = ["western"]
    dialog.get_by_label("Query").fill(json.dumps(broken))
    dialog.get_by_role("button", name="Import").click()
    expect(dialog.get_by_role("alert")).to_contain_text("space[0].hemisphere")
    dialog.get_by_label("Query").fill(text)
    dialog.get_by_role("button", name="Import").click()
    expect(dialog).to_be_hidden()
    expect(block(page, "Ground 2")).to_be_visible()
    assert page.url == url


def test_custom_location_and_wrong_times_are_named_at_the_field(page: Page) -> None:
    open_finder(page)
    page.get_by_role("button", name="Remove Ground 1").click()
    page.get_by_role("button", name="Add criteria block: Custom location").click()
    points = page.get_by_label("Custom location 1: points")
    points.fill("56.4, -94.6\nnorth of here")
    page.get_by_label("Start (UTC)").click()
    expect(page.get_by_text("Line 2 is not a point: 'north of here'.")).to_be_visible()
    points.fill("56.4, -94.6")
    choose(page, "Space 1: Programs", "Swarm")
    page.get_by_label("Start (UTC)").fill("2019-02-31")
    page.get_by_label("End (UTC)").click()
    expect(page.get_by_text("start is not a time", exact=False)).to_be_visible()
    page.get_by_label("Start (UTC)").fill("2019/01/01T02:00Z")
    page.get_by_label("End (UTC)").click()
    expect(page.get_by_label("Start (UTC)")).to_have_value("2019-01-01 02:00")
    assert search(page) > 0
    expect(page.locator(".ag-row").first).to_contain_text("Swarm")


def test_control_enter_searches_with_what_was_just_typed(page: Page) -> None:
    open_finder(page)
    load_example(page, 1)
    field = page.get_by_label("Distance (km)")
    field.fill("1")
    field.press("Control+Enter")
    expect(page.locator(".results h2")).to_contain_text("Found no conjunctions")
    expect(page.get_by_text("No minute met all criteria at once.")).to_be_visible()
    assert "km=1&" in page.url


def test_unreadable_link_says_so(page: Page) -> None:
    open_finder(page, "?v=7&km=12")
    expect(page.get_by_text("This link is of version '7'.")).to_be_visible()
    expect(page.get_by_label("Distance (km)")).to_have_value("500")


def test_link_to_results_that_are_gone(page: Page) -> None:
    open_finder(page, "?v=1&km=300&b=ground&b=space&request=00000000-0000-4000-8000-000000000000")
    expect(page.get_by_text("The results of this link are no longer kept.")).to_be_visible()
    expect(page.get_by_label("Distance (km)")).to_have_value("300")


@pytest.fixture(scope="module")
def queueing_server(e2e_archive: Path):  # type: ignore[no-untyped-def]
    """A server that leaves every search to a worker, and no worker yet."""
    with live_server(e2e_archive, ATLAS_INLINE_PAIR_MINUTES="0") as url:
        yield url


def test_a_queued_search_can_be_cancelled_and_is_finished_by_the_worker(
    queueing_server: str, e2e_archive: Path, visitor: Callable[..., Page]
) -> None:
    page = visitor(base_url=queueing_server)
    open_finder(page)
    load_example(page, 1)
    expect(page.locator(".price")).to_contain_text("run by the worker")
    page.get_by_role("button", name="Search", exact=True).click()
    expect(page.locator(".results h2")).to_have_text("Searching")
    page.get_by_role("button", name="Cancel search").click()
    expect(page.get_by_text("The search was cancelled.")).to_be_visible()

    page.get_by_role("button", name="Search", exact=True).click()
    expect(page.locator(".results h2")).to_have_text("Searching")
    words = [sys.executable, "-m", "core", "worker"]
    with running(words, {"ATLAS_ARCHIVE": str(e2e_archive), "ATLAS_LOG_LEVEL": "WARNING"}):
        expect(page.locator(".results h2")).to_have_text(FOUND, timeout=60_000)
    expect(page.locator(".ag-row").first).to_be_visible()


def test_rows_so_far_are_shown_and_become_the_result(
    queueing_server: str, e2e_archive: Path, visitor: Callable[..., Page]
) -> None:
    page = visitor(base_url=queueing_server)
    open_finder(page)
    load_example(page, 4)
    page.get_by_role("button", name="Search", exact=True).click()
    line = page.locator(".results h2")
    expect(line).to_have_text("Searching")
    page.wait_for_url("**request=**")
    request_id = page.url.rpartition("request=")[2]
    with Archive.open(Settings(archive=e2e_archive)) as archive:
        store = JobStore(archive.catalogue.engine)
        claim = store.claim("a test", 60.0, request_id)
        assert claim is not None
        table, header = found_by(archive, claim.query)
        write_result(table.slice(0, 60), header, partial_path(archive, request_id, claim.attempt))
        store.beat(claim, 60.0, 0.5, 61)
        expect(line).to_have_text("Searching: 61 conjunctions so far")
        expect(page.locator(".results__state")).to_contain_text("50 % done")
        expect(page.locator(".results__state")).to_contain_text("60 rows so far, not the result")
        expect(page.get_by_role("button", name="Cancel search")).to_be_visible()
        cell = page.locator(".grid .ag-row[row-index='0'] [col-id=min_distance_km]")
        expect(cell).to_be_visible()
        page.get_by_role("columnheader", name="Min (km)").click()
        nearest = min(table.slice(0, 60)["min_distance_km"].to_pylist())
        expect(cell).to_have_text(f"{nearest:,.1f}")
        view = page.locator(".grid .ag-body-viewport")
        view.evaluate("view => { view.scrollTop = 400; }")
        so_far = page.request.get(f"/api/v1/conjunctions/requests/{request_id}/data/so_far")
        assert (so_far.json()["rows"], so_far.json()["final"]) == (60, False)

        execute(archive, store, claim)
        expect(line).to_have_text(FOUND)
        expect(page.get_by_role("button", name="Cancel search")).to_be_hidden()
        assert view.evaluate("view => view.scrollTop") == 400
        view.evaluate("view => { view.scrollTop = 0; }")
        nearest = min(table["min_distance_km"].to_pylist())
        expect(cell).to_have_text(f"{nearest:,.1f}")
        expect(page.locator(".results__figure .points path").first).to_be_visible()


def found_by(archive: Archive, query: dict[str, Any]) -> tuple[pa.Table, ResultHeader]:
    """Return what a query finds, with the header of its result file."""
    job = prepare(archive, read_query("conjunction", query, archive.settings))
    table = job.run(lambda done, found: None, lambda: False)
    return table, job.header(table)


def test_a_window_that_is_too_long_is_refused_before_with_one_that_is_not(
    e2e_archive: Path, visitor: Callable[..., Page]
) -> None:
    with live_server(e2e_archive, ATLAS_MAX_PAIR_MINUTES="2000000") as url:
        page = visitor(base_url=url)
        open_finder(
            page, "?v=1&from=2019-01-01&to=2019-01-03&km=500&types=nbtrace&b=ground&b=space"
        )
        expect(page.locator(".price")).to_contain_text("Too large to run.")
        offer = page.locator(".price button")
        expect(offer).to_have_text(re.compile(r"End at 2019-01-01 \d\d:59"))
        offer.click()
        expect(page.locator(".price")).to_contain_text("pair-minutes, answered at once")
        expect(offer).to_be_hidden()


def colour_of_marks(page: Page) -> str:
    mark = page.locator(".results__figure .points path").first
    expect(mark).to_be_visible()
    return str(mark.evaluate("mark => getComputedStyle(mark).fill"))


def test_marks_of_the_figure_follow_the_colour_scheme(visitor: Callable[..., Page]) -> None:
    page = visitor(color_scheme="light")
    open_finder(page)
    load_example(page, 1)
    search(page)
    assert colour_of_marks(page) == "rgb(15, 118, 110)"
    page.emulate_media(color_scheme="dark")
    expect(page.locator("html")).to_have_attribute("data-mantine-color-scheme", "dark")
    assert colour_of_marks(page) == "rgb(92, 200, 188)"


def test_a_link_to_times_with_seconds_shows_them_whole(visitor: Callable[..., Page]) -> None:
    """The table of a link is made after its rows are named: it has its widths all the same."""
    page = visitor()
    open_finder(page, "?" + encode(replace(state_of_example(1), subminute=True)))
    search(page)
    other = visitor(viewport={"width": 1024, "height": 900})
    other.goto(page.url)
    cell = other.locator(".ag-center-cols-container [col-id=start]").first
    expect(cell).to_have_text(re.compile(r"^2019-01-0\dT\d\d:\d\d:\d\dZ$"))
    column = other.locator(".ag-header-cell[col-id=start]")
    assert column.evaluate("head => head.getBoundingClientRect().width") >= 184
    assert cell.evaluate("cell => cell.scrollWidth <= cell.clientWidth + 1")


@pytest.mark.parametrize("width", [1024, 1440])
def test_heads_and_times_of_the_table_are_whole(visitor: Callable[..., Page], width: int) -> None:
    page = visitor(viewport={"width": width, "height": 900})
    open_finder(page)
    load_example(page, 1)
    search(page)
    expect(page.locator(".ag-center-cols-container [col-id=start]").first).to_have_text(
        re.compile(r"^2019-01-0\dT\d\d:\d\dZ$")
    )
    cut = page.evaluate(
        """() => [...document.querySelectorAll(
            ".ag-header-cell-text, .ag-cell[col-id=start], .ag-cell[col-id=end]"
        )].filter(e => e.scrollWidth > e.clientWidth + 1).map(e => e.textContent)"""
    )
    assert cut == []
    overlapping = page.evaluate(
        """() => [...document.querySelectorAll(".ag-header-cell")].filter(cell => {
            const box = name => cell.querySelector(name).getBoundingClientRect();
            const text = box(".ag-header-cell-text");
            const icon = box(".ag-header-cell-filter-button");
            return text.left < icon.right + 2 && icon.left < text.right + 2;
        }).map(cell => cell.textContent)"""
    )
    assert overlapping == []


def test_instrument_types_stand_side_by_side(page: Page) -> None:
    open_finder(page)
    load_example(page, 4)
    row = block(page, "Ground 1")
    expect(row.get_by_text("Spectrograph", exact=True)).to_be_visible()
    assert row.bounding_box()["height"] < 130  # type: ignore[index]


def test_a_long_dialog_keeps_its_buttons_in_sight(page: Page) -> None:
    open_finder(page)
    load_example(page, 1)
    page.get_by_role("button", name="Space 1: metadata filters").click()
    dialog = page.get_by_role("dialog")
    for number in range(2, 13):
        dialog.get_by_label("Filter: add a group").click()
        expect(dialog.get_by_role("group", name=f"Group {number}", exact=True)).to_be_attached()
    expect(dialog.get_by_role("button", name="OK")).to_be_in_viewport()


def test_rows_are_found_by_time_and_counted(page: Page) -> None:
    open_finder(page)
    load_example(page, 4)
    count = search(page)
    head = page.locator(".ag-header-cell[col-id=end]")
    head.locator(".ag-header-cell-filter-button").click()
    page.get_by_placeholder("Filter...").first.fill("2019-01-02T")
    line = page.locator(".matched")
    expect(line).to_have_text(re.compile(rf"^\d+ of {count} match the table’s filters$"))
    expect(page.locator(".ag-center-cols-container [col-id=end]").first).to_contain_text(
        "2019-01-02T"
    )
