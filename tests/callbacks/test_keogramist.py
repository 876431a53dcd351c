"""The Keogramist's handlers, called as functions on a real archive."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import dash
import pytest
from dash.development.base_component import Component
from plotly.utils import PlotlyJSONEncoder

from callbacks.keogramist import (
    CONTROLS,
    draft_wall,
    redraw,
    show_detail,
    show_records,
    show_wall,
)
from components.keogram_detail import DetailParts
from components.keogram_strip import drawn_runs
from core.archive import Archive
from core.errors import NotFound
from core.imaging.colour import COLOUR_MAPS
from core.observatory import Observatory
from core.settings import Settings
from pages.keogramist import layout
from tests.unit.wall import nights
from tests.unit.wall.nights import DAYS, REAL_DAY

BASE = "http://127.0.0.1:8050"
# UT days, as the records of these tests are written.
EVERYTHING = "v=2&by=day&from=2008-01-01&to=2022-12-31"
NIGHTS = "v=2&from=2008-01-01&to=2022-12-31"


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
        "by": "night",
        "dates": ["2019-01-01", "2019-01-02"],
        "sources": [],
        "group": "date",
        "order": "earliest",
        "images": False,
        "height": "standard",
        "size": "50",
        "page": 1,
        "current": "v=2&from=2019-01-01&to=2019-01-02",
        "shown_days": "2019-01-01 2019-01-02",
    }
    return draft_wall(**(asked | changes))


def test_the_wall_links_each_row_to_itself_opened(observatory: Observatory) -> None:
    wanted = "by=day&from=2019-01-01&to=2019-01-02&sources=themis-asi"
    shown = show_wall(observatory, f"v=2&{wanted}")
    found = rows(shown["wall"])
    assert [row.to_plotly_json()["props"]["data-key"] for row in found] == [
        "46.2019-01-01",
        "55.2019-01-02",
        "46.2019-01-02",
    ]
    assert found[0].href == f"/keogramist?v=2&{wanted}&open=46.2019-01-01"
    assert "no image yet" in text(found[0])
    assert "SIMULATED" in text(found[0])
    assert "130 minutes of operation" in text(found[0])
    assert text(shown["summary"]).count("3") >= 2


def test_a_night_takes_the_evening_of_the_day_before(observatory: Observatory) -> None:
    shown = show_wall(observatory, "v=2&from=2019-01-02&to=2019-01-02&sources=46")
    (row,) = rows(shown["wall"])
    # 23:50 to 24:00 of the 1st and 01:00 to 03:00 of the 2nd are one night of Gillam.
    assert "night of 2019-01-02" in text(row)
    assert "130 minutes of operation" in text(row)
    axis = shown["wall"].to_plotly_json()["props"]
    assert int(axis["data-start"]) <= -10
    assert int(axis["data-end"]) >= 180
    assert shown["days_label"].startswith("Nights")


def test_a_real_keogram_is_shown_by_address(observatory: Observatory) -> None:
    shown = show_wall(observatory, "v=2&from=2014-03-10&to=2014-03-10")
    (row,) = rows(shown["wall"])
    assert "/media/keogram/46/2014-03-10.webp" in text(row)
    assert "start=2014-03-10T06%3A00%3A00" in text(row)
    assert "REAL" in text(row)
    assert "kg-row-ingested" in row.className
    assert "06:00–06:03" in text(row)
    assert "no image yet" not in text(row)


def test_without_days_the_last_day_with_data_is_shown(observatory: Observatory) -> None:
    shown = show_wall(observatory, "v=2&by=day")
    assert shown["dates"] == [str(DAYS[2])] * 2
    # Its last minutes, 23:50 to 24:00, begin another night; its morning has more.
    assert show_wall(observatory, "v=2")["dates"] == [str(DAYS[2])] * 2
    assert str(DAYS[2] + timedelta(days=1)) in show_wall(observatory, "v=2")["later"]
    assert show_wall(observatory, "v=2&sources=55")["dates"] == [str(DAYS[1])] * 2


def test_a_link_to_what_is_no_imager_shows_the_wall_and_says_so(observatory: Observatory) -> None:
    page = layout(observatory, v="2", open="99999.2019-01-02")
    assert "No imager of this archive has the identifier 99999" in text(page)
    assert rows(page)


def test_an_empty_wall_names_the_nearest_days(observatory: Observatory) -> None:
    shown = show_wall(observatory, "v=2&by=day&from=2016-01-01&to=2016-01-31")
    assert "No imager data on UT day 2016-01-01 to 2016-01-31" in text(shown["wall"])
    assert "from=2014-03-10&to=2014-03-10" in text(shown["wall"])
    assert "from=2019-01-01&to=2019-01-01" in text(shown["wall"])


def test_steps_go_to_days_that_have_data(observatory: Observatory) -> None:
    shown = show_wall(observatory, "v=2&by=day&from=2019-01-02&to=2019-01-02")
    assert "from=2019-01-01&to=2019-01-01" in shown["earlier"]
    assert "from=2019-02-10&to=2019-02-10" in shown["later"]
    assert show_wall(observatory, "v=2&by=day&from=2019-02-10&to=2019-02-10")["later"] == ""


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
    assert draft() == "v=2&from=2019-01-01&to=2019-01-02"
    # The address names no days: the day shown is its meaning, and stays so.
    assert draft(current="v=2") == "v=2"


def test_another_choice_goes_to_the_first_page() -> None:
    current = "v=2&from=2019-01-01&to=2019-01-02&page=3"
    assert draft(current=current, page=3) == current
    assert "page" not in draft(current=current, page=3, sources=["46"])
    assert draft(current=current, page=3, by="day") == "v=2&by=day&from=2019-01-01&to=2019-01-02"
    assert "page=4" in draft(current=current, page=4)
    assert "page=3" in draft(current=current, page=3, height="tall")


def test_half_a_range_of_days_asks_for_nothing() -> None:
    assert draft(dates=["2019-01-01", None]) is dash.no_update
    assert draft(dates=None) is dash.no_update


def stage(parts: DetailParts | None) -> dict[str, Any]:
    """Return what the browser is told of an opened row."""
    assert parts is not None
    told: dict[str, Any] = json.loads(parts.stage)
    return told


def test_the_detail_of_a_real_day(observatory: Observatory) -> None:
    parts = show_detail(observatory, f"46.{REAL_DAY}", EVERYTHING, BASE)
    told = stage(parts)
    assert parts is not None
    assert (told["key"], told["by"], told["provenance"]) == (f"46.{REAL_DAY}", "day", "ingested")
    assert (told["start"], told["end"]) == ("2014-03-10T00:00:00Z", "2014-03-11T00:00:00Z")
    assert told["image"] == [360, 363]
    assert told["runs"] == [[360, 363]]
    assert told["array"]["limits"] == [2500.0, 14000.0]
    assert told["urls"]["keogram"] == "/media/keogram/46/2014-03-10"
    assert parts.no_image == []
    assert "2014-03-10T06:02:58.5" in text(parts.metadata)
    assert "THEMIS" in text(parts.cite)
    assert f'api_base_url=\\"{BASE}\\"' in text(parts.cite)
    assert "2014-03-10.bin?start=2014-03-10T00:00:00&end=2014-03-11T00:00:00" in text(parts.cite)
    assert "SIMULATED" not in text(parts.cite)
    # The next day with data of this imager is years later.
    assert "open=46.2019-01-01" in text(parts.title)


def test_the_detail_of_a_simulated_day_says_so(observatory: Observatory) -> None:
    parts = show_detail(observatory, f"46.{DAYS[1]}", EVERYTHING, BASE)
    told = stage(parts)
    assert parts is not None
    assert (told["image"], told["provenance"]) == (None, "simulated")
    assert "No image yet" in text(parts.no_image)
    assert "01:00–03:00, 23:50–24:00" in text(parts.no_image)
    assert "SIMULATED" in text(parts.cite)
    for neighbour in (DAYS[0], DAYS[2]):
        assert f"open=46.{neighbour}" in text(parts.title)


def test_a_night_runs_from_noon_to_noon_of_the_site(observatory: Observatory) -> None:
    parts = show_detail(observatory, "46.2019-01-02", NIGHTS, BASE)
    told = stage(parts)
    assert parts is not None
    # Local solar noon at 94.644 W is 18:19 UTC.
    assert (told["start"], told["end"]) == ("2019-01-01T18:19:00Z", "2019-01-02T18:19:00Z")
    assert told["runs"] == [[-10, 0], [60, 180]]
    assert "Night of " in text(parts.title)
    assert "datetime.datetime(2019, 1, 2, 18, 18, 59)" in text(parts.cite)


def test_the_browser_is_told_places_and_colours_in_kilobytes(observatory: Observatory) -> None:
    parts = show_detail(observatory, f"46.{REAL_DAY}", EVERYTHING, BASE)
    told = stage(parts)
    assert parts is not None
    assert len(parts.stage) < 24_000
    assert set(told["site"]["rings"]) == {"5", "10"}
    assert "65" in told["site"]["parallels"]
    assert set(told["choices"]["tables"]) == set(COLOUR_MAPS)
    assert list(base64.b64decode(told["choices"]["tables"]["gray"])[-3:]) == [255, 255, 255]


def test_nothing_open_and_nothing_there(observatory: Observatory) -> None:
    assert show_detail(observatory, "", EVERYTHING, BASE) is None
    with pytest.raises(NotFound):
        show_detail(observatory, "3.2019-01-02", EVERYTHING, BASE)


def test_records_come_in_blocks_and_sorted(observatory: Observatory) -> None:
    key = f"day 46.{DAYS[0]}"
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
    night = show_records(observatory, {"startRow": 0, "endRow": 500}, "night 46.2019-01-02")
    epochs = [row["epoch"] for row in night["rowData"]]
    assert (epochs[0], epochs[-1]) == ("2019-01-01 23:50:00", "2019-01-02 02:59:00")


def test_the_layout_holds_keys_and_no_data(observatory: Observatory) -> None:
    page = layout(observatory, v="2", open=f"46.{REAL_DAY}", cmap="gray")
    stores = [item for item in walk(page) if type(item).__name__ == "Store"]
    assert {store.id: store.data for store in stores if getattr(store, "data", None)} == {
        "keogramist-wall-key": "v=2",
        "keogramist-open-key": f"46.{REAL_DAY}",
    }


def test_unknown_parts_of_an_address_are_no_error(observatory: Observatory) -> None:
    page = layout(observatory, utm_source="x", size="many", v="2")
    assert "The link's size cannot be read: many" in text(page)


def test_today_is_shown_when_the_archive_is_empty(settings: Settings) -> None:
    Archive.create(settings).close()
    with Observatory(settings) as empty:
        shown = show_wall(empty, "v=2")
    assert date.fromisoformat(shown["dates"][0]) >= date(2024, 1, 1)
    assert "The archive has none of any day." in text(shown["wall"])


def test_controls_that_asked_for_the_wall_are_left_alone() -> None:
    shown = {name: name for name in (*CONTROLS, "page", "wall", "summary")}
    drawn = redraw(shown, asked_by_controls=True)
    assert {name for name, value in drawn.items() if value is dash.no_update} == set(CONTROLS)
    assert redraw(shown, asked_by_controls=False) == shown
