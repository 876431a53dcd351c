"""Whom to acknowledge: every array, spacecraft program and list, as their descriptions have it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from dash import html
from dash.development.base_component import Component

from components.icons import icon
from components.shell_truth import Truth
from core.instruments.array import ImagerArray
from core.instruments.model import DataSource
from core.instruments.programs import program_label

_TEXT_ID = "acknowledgements-text"


def acknowledgements(
    arrays: Sequence[ImagerArray], sources: Sequence[DataSource], truth: Truth
) -> html.Div:
    """Return the page's body; `sources` are those of the archive."""
    return html.Div(
        [
            html.H2("Imager arrays"),
            html.Div([_array(array) for array in arrays], className="thanks__list"),
            html.H2("Spacecraft, other instruments and event lists"),
            _others(others(arrays, sources)),
            html.H2("To be copied"),
            html.Div(
                [
                    html.Pre(as_text(arrays, truth), id=_TEXT_ID, className="code", tabIndex=0),
                    html.Button(
                        [icon("copy"), html.Span("Copy", **{"data-label": ""})],
                        type="button",
                        className="btn btn--small thanks__copy",
                        **{"data-copy": _TEXT_ID},
                    ),
                ],
                className="thanks__text",
            ),
        ],
        className="thanks",
    )


def as_text(arrays: Iterable[ImagerArray], truth: Truth) -> str:
    """Return acknowledgements and citations of the arrays, ready for a paper."""
    lines = [
        f"{array.name}: {array.acknowledgement} {citation_line(array.citation, array.doi)}"
        for array in arrays
    ]
    if truth.simulated:
        lines.append(f"{truth.sentence} Simulated records are made by Aurora Atlas.")
    return "\n\n".join(lines)


def citation_line(citation: str, doi: str) -> str:
    """Return a citation with its DOI, where it has one."""
    return f"{citation}. doi:{doi}" if doi else f"{citation}."


def doi_link(doi: str) -> Component:
    """Return the link of a DOI."""
    return html.A(f"doi:{doi}", href=f"https://doi.org/{doi}", target="_blank", rel="noreferrer")


def others(
    arrays: Sequence[ImagerArray], sources: Iterable[DataSource]
) -> list[tuple[str, str, str]]:
    """Return program, acknowledgement and DOI of all sources that no array covers, each once."""
    covered = {(array.program, array.instrument_type) for array in arrays}
    found = {
        (
            program_label(source.program),
            str(source.metadata.get("acknowledgement") or ""),
            str(source.metadata.get("doi") or ""),
        )
        for source in sources
        if (source.program, source.instrument_type) not in covered
    }
    return sorted((item for item in found if item[1]), key=lambda item: (item[0].lower(), item[1]))


def _array(array: ImagerArray) -> html.Article:
    cited = [f"{array.citation}. ", doi_link(array.doi)] if array.doi else [f"{array.citation}."]
    facts = [("Acknowledge", array.acknowledgement), ("Cite", cited)]
    if array.rules_of_the_road:
        facts.append(("Rules of use", array.rules_of_the_road))
    return html.Article(
        [
            html.H3([array.name, html.Small(f"{len(array.sites)} sites")]),
            html.Dl([html.Div([html.Dt(name), html.Dd(told)]) for name, told in facts]),
        ],
        className="panel thanks__one",
    )


def _others(found: Sequence[tuple[str, str, str]]) -> html.Div:
    rows = [
        html.Tr(
            [
                html.Th(program, scope="row"),
                html.Td([text, *([" ", doi_link(doi)] if doi else [])]),
            ]
        )
        for program, text, doi in found
    ]
    head = html.Tr([html.Th("Program", scope="col"), html.Th("Acknowledge", scope="col")])
    table = html.Table([html.Thead(head), html.Tbody(rows)], className="plain")
    return html.Div(
        table, className="scrolled", tabIndex=0, role="region", **{"aria-label": "Other programs"}
    )
