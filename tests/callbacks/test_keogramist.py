"""The Keogramist's handlers, called as functions on a real archive."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import dash
import pytest
from dash.development.base_component import Component
from plotly.utils import PlotlyJSONEncoder

from callbacks.keogramist import (
    CONTROLS,
    draft_look,
    draft_wall,
    redraw,
    show_detail,
    show_look,
    show_records,
    show_wall,
)
from components.keogram_strip import drawn_runs
from core.archive import Archive
from core.errors import NotFound
from core.observatory import Observatory
from core.settings import Settings
from pages.keogramist import layout
from tests.unit.wall import nights
from tests.unit.wall.nights import DAYS, REAL_DAY

BASE = "http://127.0.0.1:8050"
EVERYTHING = "v=1&from=2008-01-01&to=2022-12-31"


@pytest.fixture(scope="module")
def observatory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Observatory]:
    settings = Settings(archive=tmp_path_factory.mktemp("keogramist") / "archive")
    with Archive.create(settings) as archive:
        nights.fill_sources(archive)
        nights.fill_nights(archive)
    with Observatory(settings) as opened:
        yield opened


def text(part: Any) -> str:
    """Return what a browser would be sent, as text."""
    return json.dumps(part, cls=PlotlyJSONEncoder, ensure_ascii=False)


def walk(part: Any) -> Iterator[Component]:
    if isinstance(part, list | tuple):
        for item in part:
            yield from walk(item)
    elif isinstance(part, Component):
        yield part
        yield from walk(getattr(part, "children", None))


def rows(part: Any) -> list[Any]:
    return [item for item in walk(part) if str(getattr(item, "className", "")).startswith("kg-row")]


def draft(**changes: Any) -> Any:
    asked = {
        "dates": ["2019-01-01", "2019-01-02"],
        "sources": [],
        "group": "date",
        "order": "earliest",
        "images": False,
        "height": "standard",
        "size": "50",
        "page": 1,
        "current": "v=1&from=2019-01-01&to=2019-01-02",
        "shown_days": "2019-01-01 2019-01-02",
    }
    return draft_wall(**(asked | changes))


def test_the_wall_links_each_row_to_itself_opened(observatory: Observatory) -> None:
    shown = show_wall(observatory, "v=1&from=2019-01-01&to=2019-01-02&sources=themis-asi")
    found = rows(shown["wall"])
    assert [row.to_plotly_json()["props"]["data-key"] for row in found] == [
        "46.2019-01-01",
        "55.2019-01-02",
        "46.2019-01-02",
    ]
    assert found[0].href == (
        "/keogramist?v=1&from=2019-01-01&to=2019-01-02&sources=themis-asi&open=46.2019-01-01"
    )
    assert "no image yet" in text(found[0])
    assert "SIMULATED" in text(found[0])
    assert "130 minutes of operation" in text(found[0])
    assert text(shown["summary"]).count("3") >= 2


def test_a_real_keogram_is_shown_by_address(observatory: Observatory) -> None:
    shown = show_wall(observatory, "v=1&from=2014-03-10&to=2014-03-10")
    (row,) = rows(shown["wall"])
    assert "/media/keogram/46/2014-03-10.webp" in text(row)
    assert "REAL" in text(row)
    assert "06:00–06:03" in text(row)
    assert "no image yet" not in text(row)


def test_without_days_the_last_day_with_data_is_shown(observatory: Observatory) -> None:
    shown = show_wall(observatory, "v=1")
    assert shown["dates"] == [str(DAYS[2])] * 2
    assert show_wall(observatory, "v=1&sources=55")["dates"] == [str(DAYS[1])] * 2


def test_an_empty_wall_names_the_nearest_days(observatory: Observatory) -> None:
    shown = show_wall(observatory, "v=1&from=2016-01-01&to=2016-01-31")
    assert "No imager data on 2016-01-01 to 2016-01-31" in text(shown["wall"])
    assert "from=2014-03-10&to=2014-03-10" in text(shown["wall"])
    assert "from=2019-01-01&to=2019-01-01" in text(shown["wall"])


def test_steps_go_to_days_that_have_data(observatory: Observatory) -> None:
    shown = show_wall(observatory, "v=1&from=2019-01-02&to=2019-01-02")
    assert "from=2019-01-01&to=2019-01-01" in shown["earlier"]
    assert "from=2019-02-10&to=2019-02-10" in shown["later"]
    assert show_wall(observatory, "v=1&from=2019-02-10&to=2019-02-10")["later"] == ""


def test_a_wall_of_many_rows_is_kilobytes_not_megabytes(observatory: Observatory) -> None:
    shown = show_wall(observatory, EVERYTHING)
    assert len(text(shown["wall"])) < 2500 * len(rows(shown["wall"])) + 8000


def test_strips_draw_a_bounded_number_of_runs() -> None:
    flicker = [(minute, minute + 1) for minute in range(0, 1440, 2)]
    drawn = drawn_runs(flicker)
    assert len(drawn) <= 48
    assert (drawn[0][0], drawn[-1][1]) == (0, 1439)
    assert drawn_runs(flicker[:10]) == flicker[:10]


def test_controls_that_say_what_is_shown_ask_for_nothing_new() -> None:
    assert draft() == "v=1&from=2019-01-01&to=2019-01-02"
    # The address names no days: the day shown is its meaning, and stays so.
    assert draft(current="v=1") == "v=1"


def test_another_choice_goes_to_the_first_page() -> None:
    current = "v=1&from=2019-01-01&to=2019-01-02&page=3"
    assert draft(current=current, page=3) == current
    assert "page" not in draft(current=current, page=3, sources=["46"])
    assert "page=4" in draft(current=current, page=4)
    assert "page=3" in draft(current=current, page=3, height="tall")


def test_half_a_range_of_days_asks_for_nothing() -> None:
    assert draft(dates=["2019-01-01", None]) is dash.no_update
    assert draft(dates=None) is dash.no_update


def test_the_look_leaves_out_defaults() -> None:
    assert draft_look("data", "percentile", "viridis") == ""
    assert draft_look("day", "fixed", "gray") == "scale=fixed&cmap=gray&extent=day"


def test_the_detail_of_a_real_day(observatory: Observatory) -> None:
    parts = show_detail(observatory, f"46.{REAL_DAY}", "", EVERYTHING, BASE)
    assert parts is not None
    assert parts.has_image
    image = parts.figure.layout.images[0]
    assert "start=2014-03-10T06%3A00%3A00" in image.source
    # 60 frames at 3 s: the figure opens on the three minutes, with a little room.
    start, end = parts.figure.layout.xaxis.range
    assert "05:59" in start
    assert "06:03" in end
    assert "2014-03-10T06:02:58.5" in text(parts.metadata)
    assert "THEMIS" in text(parts.cite)
    assert f'api_base_url=\\"{BASE}\\"' in text(parts.cite)
    assert "SIMULATED" not in text(parts.cite)
    # The next day with data of this imager is years later.
    assert "open=46.2019-01-01" in text(parts.title)


def test_the_detail_of_a_simulated_day_says_so(observatory: Observatory) -> None:
    parts = show_detail(observatory, f"46.{DAYS[1]}", "", EVERYTHING, BASE)
    assert parts is not None
    assert not parts.has_image
    assert "No image yet" in text(parts.no_image)
    assert "01:00–03:00, 23:50–24:00" in text(parts.no_image)
    assert "SIMULATED" in text(parts.cite)
    for neighbour in (DAYS[0], DAYS[2]):
        assert f"open=46.{neighbour}" in text(parts.title)


def test_nothing_open_and_nothing_there(observatory: Observatory) -> None:
    assert show_detail(observatory, "", "", EVERYTHING, BASE) is None
    with pytest.raises(NotFound):
        show_detail(observatory, "3.2019-01-02", "", EVERYTHING, BASE)


def test_fixed_limits_are_those_of_the_array(observatory: Observatory) -> None:
    key = f"46.{REAL_DAY}"
    figure, links = show_look(observatory, "scale=fixed&cmap=gray&extent=day", key, EVERYTHING)
    source = figure.layout.images[0].source
    assert "vmin=2500&vmax=14000" in source
    assert "cmap=gray" in source
    assert figure.layout.xaxis.range[1].startswith("2014-03-11")
    assert "cmap=gray" in text(links)


def test_records_come_in_blocks_and_sorted(observatory: Observatory) -> None:
    key = f"46.{DAYS[0]}"
    answer = show_records(observatory, {"startRow": 0, "endRow": 100, "sortModel": []}, key)
    assert answer["rowCount"] == 130
    assert len(answer["rowData"]) == 100
    assert answer["rowData"][0]["epoch"] == "2019-01-01 01:00:00"
    assert answer["rowData"][0]["geo_lat_deg"] == "56.400"
    last_first = {
        "startRow": 0,
        "endRow": 1,
        "sortModel": [{"colId": "epoch", "sort": "desc"}],
    }
    assert show_records(observatory, last_first, key)["rowData"][0]["epoch"].endswith("23:59:00")
    assert show_records(observatory, None, key) is dash.no_update


def test_the_layout_holds_keys_and_no_data(observatory: Observatory) -> None:
    page = layout(observatory, v="1", open=f"46.{REAL_DAY}", cmap="gray")
    stores = [item for item in walk(page) if type(item).__name__ == "Store"]
    assert {store.id: store.data for store in stores if getattr(store, "data", None)} == {
        "keogramist-wall-key": "v=1",
        "keogramist-open-key": f"46.{REAL_DAY}",
        "keogramist-look-key": "cmap=gray",
    }


def test_unknown_parts_of_an_address_are_no_error(observatory: Observatory) -> None:
    page = layout(observatory, utm_source="x", size="many", v="1")
    assert "The link's size cannot be read: many" in text(page)


def test_today_is_shown_when_the_archive_is_empty(settings: Settings) -> None:
    Archive.create(settings).close()
    with Observatory(settings) as empty:
        shown = show_wall(empty, "v=1")
    assert date.fromisoformat(shown["dates"][0]) >= date(2024, 1, 1)
    assert "The archive has none of any day." in text(shown["wall"])


def test_controls_that_asked_for_the_wall_are_left_alone() -> None:
    shown = {name: name for name in (*CONTROLS, "page", "wall", "summary")}
    drawn = redraw(shown, asked_by_controls=True)
    assert {name for name, value in drawn.items() if value is dash.no_update} == set(CONTROLS)
    assert redraw(shown, asked_by_controls=False) == shown
