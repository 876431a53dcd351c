"""The finder's dialogs: distances pair by pair, the query in words and code, import of a query."""

from __future__ import annotations

import json
from typing import Any

import dash_mantine_components as dmc
from dash import html

from components.conjunction_blocks import block_title
from components.finder_state import FinderState, pair_distances
from components.icons import icon
from components.ids import Conjunctions as Ids

_CLOSE = {"aria-label": "Close"}


def dialogs() -> list[Any]:
    """Return the dialogs, closed and empty; callbacks fill them when they open."""
    return [_distances(), _about(), _import()]


def notice(kind: str, title: str, hint: str = "", symbol: str = "triangle-alert") -> html.Div:
    """Return a notice that stands in the page; `kind` is bad, warn or plain."""
    text = [html.Strong(title)] + ([html.Span(hint, className="notice__hint")] if hint else [])
    return html.Div(
        [icon(symbol), html.Div(text)], className=f"notice notice--{kind}", role="alert"
    )


def _distances() -> dmc.Modal:
    explanation = (
        "One limit for each pair of criteria blocks. A pair whose field is empty is not "
        "considered: any distance will do."
    )
    buttons = html.Div(
        [
            dmc.Button(
                "One distance for all", id=Ids.DISTANCES_OFF, variant="subtle", color="gray"
            ),
            dmc.Button("Reset", id=Ids.DISTANCES_RESET, variant="subtle", color="gray"),
            html.Span(className="grow"),
            dmc.Button("Cancel", id=Ids.DISTANCES_CANCEL, variant="default"),
            dmc.Button("OK", id=Ids.DISTANCES_OK),
        ],
        className="dialog__foot",
    )
    return dmc.Modal(
        [
            html.P(explanation, className="dim"),
            html.Div(id=Ids.DISTANCES_BODY),
            *_how_measured(),
            buttons,
        ],
        id=Ids.DISTANCES,
        title="Advanced distances",
        size="md",
        closeButtonProps=_CLOSE,
    )


def _how_measured() -> list[Any]:
    frame = dmc.RadioGroup(
        id=Ids.FRAME,
        label="Latitudes compared",
        value="geocentric",
        children=html.Div(
            [
                dmc.Radio(
                    label="Directions from the Earth's centre",
                    description="Geodetic latitudes of ground sites are converted on WGS84.",
                    value="geocentric",
                ),
                dmc.Radio(
                    label="As delivered",
                    description="As AuroraX does: geodetic and geocentric mixed, up to 20 km off.",
                    value="as_delivered",
                ),
            ],
            className="frames",
        ),
    )
    precision = dmc.Switch(
        id=Ids.SUBMINUTE,
        label="Sub-minute precision",
        description="Also look between the minutes, by interpolation along the track. Slower.",
        checked=False,
    )
    return [frame, precision]


def distance_fields(state: FinderState) -> list[Any]:
    """Return one field for every pair of blocks."""
    limits = pair_distances(state)
    rows = [_distance_row(pair, km) for pair, km in limits.items()]
    if not rows:
        rows = [html.P("Distances need at least two criteria blocks.", className="dim")]
    return [html.Div(rows, className="pairs")]


def _distance_row(pair: str, km: float | None) -> html.Div:
    first, second = (block_title(name) for name in pair.split("-"))
    field = dmc.NumberInput(
        id=Ids.pair(pair),
        value="" if km is None else km,
        min=0,
        max=20100,
        step=50,
        hideControls=True,
        placeholder="Not considered",
        rightSection=html.Span("km", className="faint small"),
        rightSectionWidth=38,
        **{"aria-label": f"Distance between {first} and {second} in km"},
    )
    return html.Div(
        [html.Span(first), html.Span("to", className="faint"), html.Span(second), field],
        className="pairs__row",
    )


def _about() -> dmc.Modal:
    return dmc.Modal(
        html.Div(id=Ids.ABOUT_BODY),
        id=Ids.ABOUT_DIALOG,
        title="About this query",
        size="xl",
        closeButtonProps=_CLOSE,
    )


def about_body(description: str, query: dict[str, Any], code: str, curl: str) -> list[Any]:
    """Return the query in words, as JSON, for PyAuroraX and for curl, each to be copied."""
    text = json.dumps(query, indent=2)
    return [
        _copyable(
            "In words", html.P(description, id="conjunctions-about-words", className="words")
        ),
        dmc.Tabs(
            [
                dmc.TabsList(
                    [
                        dmc.TabsTab("Python", value="python", leftSection=icon("code")),
                        dmc.TabsTab("curl", value="curl", leftSection=icon("code")),
                        dmc.TabsTab("JSON", value="json", leftSection=icon("file-json")),
                    ]
                ),
                dmc.TabsPanel(
                    _copyable(
                        "Runs this search with PyAuroraX against this server.",
                        html.Pre(code, id="conjunctions-about-code", className="code"),
                    ),
                    value="python",
                ),
                dmc.TabsPanel(
                    _copyable(
                        "Submits this search to this server and fetches its rows.",
                        html.Pre(curl, id="conjunctions-about-curl", className="code"),
                    ),
                    value="curl",
                ),
                dmc.TabsPanel(
                    _copyable(
                        "The body of POST /api/v1/conjunctions/search. Import reads it back.",
                        html.Pre(text, id="conjunctions-about-json", className="code"),
                    ),
                    value="json",
                ),
            ],
            value="python",
        ),
    ]


def _copyable(label: str, content: Any) -> html.Div:
    button = html.Button(
        [icon("copy"), html.Span("Copy", **{"data-label": "1"})],
        type="button",
        className="btn btn--small",
        **{"data-copy": content.id},
    )
    return html.Div(
        [
            html.Div([html.Span(label, className="dim small"), button], className="copyable__head"),
            content,
        ],
        className="copyable",
    )


def _import() -> dmc.Modal:
    explanation = (
        "Paste the JSON of a conjunction search: from About query, from AuroraX's own page, or "
        "written by hand. It replaces the form."
    )
    return dmc.Modal(
        [
            html.P(explanation, className="dim"),
            dmc.Textarea(
                id=Ids.IMPORT_TEXT,
                label="Query",
                autosize=True,
                minRows=10,
                maxRows=22,
                className="json",
                placeholder='{"start": "2019-01-01T00:00:00", "end": ...}',
                **{"data-autofocus": True},
            ),
            html.Div(id=Ids.IMPORT_ERROR),
            html.Div(
                [
                    html.Span(className="grow"),
                    dmc.Button("Cancel", id=Ids.IMPORT_CANCEL, variant="default"),
                    dmc.Button("Import", id=Ids.IMPORT_OK),
                ],
                className="dialog__foot",
            ),
        ],
        id=Ids.IMPORT_DIALOG,
        title="Import a query",
        size="lg",
        closeButtonProps=_CLOSE,
    )
