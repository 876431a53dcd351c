"""The finder's form: window, distance, types, and one row of criteria a block."""

from __future__ import annotations

from collections.abc import Sequence

import dash_mantine_components as dmc
from dash import html

from components.conjunction_blocks import KIND_LABELS, block_rows, filters_label
from components.finder_state import FinderState, Kind
from components.icons import icon
from components.ids import Conjunctions as Ids
from core.instruments.model import DataSource
from core.search.examples import EXAMPLES

TYPES = [
    {"value": "nbtrace", "label": "North B-trace"},
    {"value": "sbtrace", "label": "South B-trace"},
    {"value": "geographic", "label": "Geographic"},
]
TYPE_LABELS = {t["value"]: t["label"] for t in TYPES}
_TYPES_HELP = (
    "Which positions are compared: where the field line through a source meets the northern or "
    "the southern ionosphere, or the place below the source."
)
_RESULT_HELP = (
    "Which of the conjunctions found are given out: how long they are, how near, and whether the "
    "closest approach lies inside them."
)
_DISTANCE_HELP = "Greatest great-circle distance between any two blocks, on a sphere of 6371.2 km."


def form(state: FinderState, sources: Sequence[DataSource]) -> html.Div:
    """Return the whole form for `state`."""
    return html.Div(
        [
            html.Div(
                [_window(state), _distance(state), _types(state), _result(state)],
                className="ask",
            ),
            html.Div(block_rows(state, sources), id=Ids.BLOCKS, className="blocks"),
            _foot(),
        ],
        className="panel",
    )


def _window(state: FinderState) -> html.Div:
    start = dmc.TextInput(
        id=Ids.START,
        label="Start (UTC)",
        value=state.start,
        debounce=True,
        placeholder="2019-01-01 00:00",
        className="ask__time",
    )
    end = dmc.TextInput(
        id=Ids.END,
        label="End (UTC)",
        value=state.end,
        debounce=True,
        placeholder="2019-01-03 23:59",
        className="ask__time",
        rightSection=_calendar(state),
    )
    return html.Div([start, end], className="ask__window")


def _calendar(state: FinderState) -> dmc.Popover:
    button = dmc.ActionIcon(
        icon("calendar"),
        variant="subtle",
        color="gray",
        **{"aria-label": "Choose days from a calendar"},
    )
    picker = dmc.DatePicker(
        id=Ids.CALENDAR,
        type="range",
        numberOfColumns=2,
        value=[None, None],
        defaultDate=state.start[:10] if state.start[:4].isdigit() else "2019-01-01",
        allowSingleDateInRange=True,
        weekendDays=[],
    )
    return dmc.Popover(
        [
            dmc.PopoverTarget(html.Span(button)),
            dmc.PopoverDropdown(
                [picker, html.P("First and last day, both whole.", className="calendar__hint")]
            ),
        ],
        position="bottom-end",
        shadow="md",
        trapFocus=True,
    )


def _distance(state: FinderState) -> html.Div:
    advanced = state.pairs is not None
    field = dmc.NumberInput(
        id=Ids.DISTANCE,
        label=labelled("Distance (km)", _DISTANCE_HELP),
        value="" if state.distance_km is None else state.distance_km,
        placeholder="Pair by pair" if advanced else "km",
        min=0,
        max=20100,
        step=50,
        hideControls=True,
        debounce=True,
        disabled=advanced,
        className="ask__km",
        **{"aria-description": _DISTANCE_HELP},
    )
    button = dmc.Button(
        "Advanced" if advanced else "Pairs",
        id=Ids.DISTANCES_OPEN,
        variant="light" if advanced else "default",
        leftSection=icon("settings-2"),
        className="ask__pairs",
    )
    explained = dmc.Tooltip(button, label="Advanced distances: a limit for each pair of blocks")
    return html.Div([field, explained], className="ask__distance")


def _types(state: FinderState) -> dmc.MultiSelect:
    return dmc.MultiSelect(
        id=Ids.TYPES,
        label=labelled("Conjunction types", _TYPES_HELP),
        data=TYPES,
        value=list(state.types),
        placeholder="" if state.types else "North B-trace",
        className="ask__types",
        comboboxProps={"shadow": "md"},
        attributes={"inputField": {"aria-description": _TYPES_HELP}},
    )


def _result(state: FinderState) -> html.Div:
    count = sum(1 for _ in state.result_filters.leaves)
    button = dmc.Button(
        filters_label(count),
        id=Ids.RESULT_FILTERS,
        variant="light" if count else "default",
        leftSection=icon("filter"),
        **{"aria-label": "Result filters"},
    )
    return html.Div(
        [html.Span(labelled("Result filters", _RESULT_HELP), className="ask__label"), button],
        className="ask__result",
    )


def labelled(text: str, explanation: str) -> html.Span:
    """Return a label with a mark that explains it to those who point at it.

    The field itself carries the explanation as its description for those who hear the page.
    """
    mark = html.Span(icon("circle-help"), className="help", **{"aria-hidden": "true"})
    return html.Span([text, " ", dmc.Tooltip(mark, label=explanation, w=280)])


def examples_menu() -> html.Div:
    """Return the menu that loads an example into the form."""
    items = [
        dmc.MenuItem(
            [html.Span(f"{e.number}", className="ex__n"), html.Span(e.title)],
            id=Ids.example(e.number, "menu"),
        )
        for e in EXAMPLES
    ]
    menu = dmc.Menu(
        [
            dmc.MenuTarget(
                dmc.Button(
                    "Examples",
                    variant="default",
                    leftSection=icon("book-open"),
                    rightSection=icon("chevron-down"),
                )
            ),
            dmc.MenuDropdown(items),
        ],
        position="bottom-end",
        shadow="md",
        width=320,
    )
    return html.Div(menu, className="examples")


def _allowed_button() -> html.Button:
    return html.Button(id=Ids.ALLOWED, type="button", className="btn btn--small", hidden=True)


def _foot() -> html.Div:
    kinds: tuple[Kind, ...] = ("ground", "space", "events", "adhoc")
    add = [
        html.Button(
            [icon("plus"), KIND_LABELS[kind]],
            id=Ids.add(kind),
            type="button",
            className=f"btn btn--small add add--{kind}",
            **{"aria-label": f"Add criteria block: {KIND_LABELS[kind]}"},
        )
        for kind in kinds
    ]
    tools = [
        html.Button(
            [icon("code"), "About query"], id=Ids.ABOUT, type="button", className="btn btn--bare"
        ),
        html.Button(
            [icon("clipboard-paste"), "Import"],
            id=Ids.IMPORT,
            type="button",
            className="btn btn--bare",
        ),
        html.Button(
            [icon("eraser"), "Reset all"],
            id=Ids.RESET_ALL,
            type="button",
            className="btn btn--bare",
        ),
    ]
    search = dmc.Tooltip(
        dmc.Button("Search", id=Ids.SEARCH, leftSection=icon("search"), className="search"),
        label="Ctrl + Enter",
        position="bottom",  # above it are the buttons of the last block
        openDelay=400,
    )
    return html.Div(
        [
            html.Div(
                [html.Span("Add criteria", className="foot__label"), *add], className="form__add"
            ),
            html.Div(tools, className="form__tools"),
            html.Div(
                [
                    html.Div(
                        [
                            html.Div(id=Ids.PRICE, role="status"),
                            _allowed_button(),
                        ],
                        className="price",
                    ),
                    search,
                ],
                className="form__go",
            ),
        ],
        className="form__foot",
    )
