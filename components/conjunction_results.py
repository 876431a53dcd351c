"""What the finder shows below its form: a start, a wait, rows, nothing, or what went wrong."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import html

from components.conjunction_dialogs import notice
from components.icons import icon
from components.ids import Conjunctions as Ids
from core.search.examples import EXAMPLES


def empty() -> html.Div:
    """Return what stands here before the first search: the examples, ready to load."""
    items = [
        html.Li(
            html.Button(
                [
                    html.Span(str(e.number), className="ex__n"),
                    html.Span(
                        [html.Strong(e.title), html.Span(e.description)], className="ex__text"
                    ),
                    icon("arrow-right"),
                ],
                id=Ids.example(e.number, "list"),
                type="button",
                className="ex",
            )
        )
        for e in EXAMPLES
    ]
    return html.Div(
        [
            html.Div(
                [
                    html.H2("Start from an example"),
                    html.P(
                        "Each fills the form above. Change what you like, then search.",
                        className="dim",
                    ),
                ],
                className="results__head results__head--stack",
            ),
            html.Ul(items, className="exs"),
        ],
        className="results results--empty",
    )


def failed(title: str, hint: str = "") -> html.Div:
    """Return what stands here when a search could not be run."""
    return html.Div(
        [html.H2("Search", className="sr-only"), notice("bad", title, hint)], className="results"
    )


def gone() -> html.Div:
    """Return what stands here when a link's results are no longer kept."""
    return html.Div(
        [
            html.H2("Search", className="sr-only"),
            notice(
                "warn",
                "The results of this link are no longer kept.",
                "The form above holds its criteria: search again.",
                "clock",
            ),
        ],
        className="results",
    )


def nothing(duration_s: float | None, without: Sequence[str] = ()) -> html.Div:
    """Return what stands here when a search found no row.

    `without` names the criteria blocks whose sources have no record in the whole window.
    """
    if without:
        blocks = " or ".join(without)
        return _nothing(
            duration_s,
            notice(
                "warn",
                f"The archive holds no records of {blocks} in this window.",
                "Choose other days or sources: the front page lists first and last day by program.",
            ),
        )
    advice = [
        html.P("No minute met all criteria at once. What often helps:"),
        html.Ul(
            [
                html.Li("a larger distance, or an empty field for pairs that do not matter;"),
                html.Li("a longer window: imagers observe only on dark nights;"),
                html.Li("fewer metadata filters, or none, to see whether there are records."),
            ]
        ),
    ]
    return _nothing(duration_s, html.Div(advice, className="panel nothing"))


def _nothing(duration_s: float | None, why: Any) -> html.Div:
    return html.Div(
        [
            html.Div(html.H2(found_line(0, duration_s)), className="results__head"),
            why,
        ],
        className="results",
    )


def found_line(count: int, duration_s: float | None) -> str:
    """Return the status line: Found 8 conjunctions in 0.41 s."""
    noun = "conjunction" if count == 1 else "conjunctions"
    took = "" if duration_s is None else f" in {duration_s:.2f} s"
    return f"Found {count:,} {noun}{took}" if count else f"Found no conjunctions{took}"
