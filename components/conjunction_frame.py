"""The frame of a search's answer: it stays while what is in it changes from rows so far to rows.

The table is not in the frame: one table, made with the page, serves all its searches, because
making one takes the browser longer than a search. Which rows it is to hold is a key in the Store
`shown`; when that changes, the browser has the table ask again. So order, filters and the place
one has scrolled to stay from the first rows to the last. The figure comes once the first rows are
on screen.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from components.conjunction_results import found_line
from components.icons import icon
from components.ids import Conjunctions as Ids

FIRST_POLL_MS, LAST_POLL_MS = 60, 700


@dataclass(frozen=True, slots=True)
class Shown:
    """What the frame shows of a search.

    `token` names the rows that the table holds, empty while there are none, and `rows` is how many
    they are; `seconds` says that their times are finer than a minute. `body` is what stands below
    the head instead of a table.
    """

    head: Any
    token: str = ""
    rows: int = 0
    seconds: bool = False
    body: Any = None
    running: bool = False
    poll_ms: int = FIRST_POLL_MS
    figure: bool = False

    @property
    def key(self) -> dict[str, Any]:
        """Return what names the rows of the table."""
        return {"token": self.token, "rows": self.rows, "seconds": self.seconds}


def frame(request: str, shown: Shown) -> html.Div:
    """Return the frame of a request with what is shown first."""
    return html.Div(
        [
            dcc.Store(id=Ids.running("shown", request), data=shown.key),
            dcc.Store(id=Ids.running("held", request)),
            dcc.Store(id=Ids.running("draw", request)),
            dcc.Interval(
                id=Ids.running("poll", request),
                interval=shown.poll_ms,
                disabled=not shown.running,
            ),
            html.Div(
                [
                    html.Div(
                        shown.head, id=Ids.running("head", request), className="results__state"
                    ),
                    _cancel(request, hidden=not shown.running),
                ],
                className="results__top",
            ),
            html.Div(
                id=Ids.running("figure", request),
                className="results__place" + (" results__place--kept" if shown.figure else ""),
            ),
            html.Div(shown.body, id=Ids.running("body", request), className="results__body"),
        ],
        className="results",
    )


def poll_ms(duration_ms: int) -> int:
    """Return how long to wait before asking again: short at first, a fifth of the time so far."""
    return min(max(duration_ms // 5, FIRST_POLL_MS), LAST_POLL_MS)


def _cancel(request: str, *, hidden: bool) -> html.Button:
    return html.Button(
        [icon("x"), "Cancel search"],
        id=Ids.running("cancel", request),
        type="button",
        className="btn",
        hidden=hidden,
    )


def running_head(
    state: str, fraction: float, count: int, seconds: float, rows: int, message: str
) -> list[Any]:
    """Return what is said of a running search: how far, how many, how long, and what they are."""
    percent = round(100 * min(max(fraction, 0.0), 1.0))
    if state == "queued":
        title, line = "Searching", message or "Waiting for the worker."
    else:
        noun = "conjunction" if count == 1 else "conjunctions"
        title = f"Searching: {count:,} {noun} so far"
        line = f"{percent} % done after {seconds:.1f} s. {_about_rows(rows)}"
    return [
        html.H2(title),
        html.P(line, className="dim num", role="status"),
        dmc.ProgressRoot(
            dmc.ProgressSection(
                value=max(percent, 2), **{"aria-label": f"{percent} per cent of the search is done"}
            ),
            size="sm",
        ),
    ]


def _about_rows(rows: int) -> str:
    if not rows:
        return "Rows appear here as soon as a part of the window is done."
    return (
        f"Below: {rows:,} {'row' if rows == 1 else 'rows'} so far, not the result yet. More come, "
        "and a row at the edge of a part may still grow."
    )


def found_head(request: str, count: int, duration_s: float | None, frame_of: str) -> html.Div:
    """Return the line of a search that is done, and the ways to take its rows away."""
    compared = "geocentric latitudes" if frame_of == "geocentric" else "latitudes as delivered"
    return html.Div(
        [
            html.Div(
                [
                    html.H2(found_line(count, duration_s), role="status"),
                    html.Span(f"{compared}, sphere of 6371.2 km", className="faint small"),
                ],
                className="results__line",
            ),
            _ways_out(request),
        ],
        className="results__head",
    )


def _ways_out(request: str) -> html.Div:
    links = [
        html.A(
            [icon("download"), label],
            href=f"/exports/{request}.{extension}",
            download=f"conjunctions-{request[:8]}.{extension}",
            className="btn btn--small",
            title=title,
        )
        for label, extension, title in (
            ("CSV", "csv", "Table with units, query and frame in its head"),
            ("JSON", "json", "As the API delivers it"),
            ("Parquet", "parquet", "Typed columns with the query in the metadata"),
        )
    ]
    permalink = html.Button(
        [icon("link"), html.Span("Copy link", **{"data-label": "1"})],
        type="button",
        className="btn btn--small",
        title="A link to this form and these results",
        **{"data-copy": "url"},
    )
    return html.Div([permalink, *links], className="results__out")


def graph(request: str, figure: Any) -> html.Div:
    """Return the figure above the table."""
    drawn = dcc.Graph(
        id=Ids.figure(request),
        figure=figure,
        className="results__figure",
        config={"displaylogo": False, "displayModeBar": False, "responsive": True},
    )
    return html.Div(drawn, className="panel figure", role="img", **{"aria-label": figure_text()})


def figure_text() -> str:
    """Return what the figure shows, for people who do not see it."""
    return "Minimum distance of each conjunction against its start; the table holds the same."
