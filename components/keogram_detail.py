"""One opened row: its title, the stage the browser draws on, labels, records, citation, code."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component

from components.icons import icon
from components.ids import Keogramist as Ids
from components.keogram_cite import cite_panel, metadata_panel
from components.keogram_labels import label_legend
from components.keogram_opened import Opened, beside
from components.keogram_records import records_grid
from components.keogram_stage import stage_data
from components.keogram_state import WallState
from components.keogram_strip import describe_runs, mark_of, provenance_mark
from components.keogram_wall import day_name, href, place


@dataclass(frozen=True, slots=True)
class DetailParts:
    """What changes when another row is opened; `stage` is empty when none is."""

    title: Any = ()
    stage: str = ""
    no_image: Any = ()
    labels: Any = ()
    records: Any = ()
    metadata: Any = ()
    cite: Any = ()
    links: Any = ()


def detail_parts(view: Opened, state: WallState, base_url: str) -> DetailParts:
    """Return the contents of the opened row."""
    return DetailParts(
        title=_title(view, state),
        stage=stage_data(view),
        no_image=[] if view.row.image else _no_image(view),
        labels=label_legend(view.tracks),
        records=_records(view),
        metadata=metadata_panel(view),
        cite=cite_panel(view, base_url),
        links=_links(view),
    )


def night(parts: DetailParts | None) -> Component:
    """Return the section of the opened row, hidden when there is none."""
    shown = parts or DetailParts()
    return html.Section(
        [
            html.Div(shown.title, id=Ids.TITLE, className="kg-title"),
            html.Div(shown.no_image, id=Ids.NO_IMAGE),
            # Its inside is the browser's (`assets/modules/keogram`); React keeps out of it.
            html.Div(id=Ids.STAGE, className="kg-stage", **{"data-night": shown.stage}),
            html.Div(shown.labels, id=Ids.LABELS, className="kg-labels"),
            _tabs(shown),
        ],
        id=Ids.NIGHT,
        className="kg-night",
        hidden=parts is None,
        **{"aria-label": "Opened keogram"},
    )


def _links(view: Opened) -> list[Component]:
    """Return what one may take away beside the figure: the address, the API's entry."""
    source = view.row.source.identifier
    copy = html.Button(
        [icon("link"), html.Span("Copy link", **{"data-label": ""})],
        type="button",
        className="btn btn--small",
        title="Copy the address of this view: keogram, axis, colours, cursor",
        **{"data-copy": "url"},
    )
    entry = html.A(
        [icon("braces"), "Source in the API"],
        href=f"/api/v1/data_sources/{source}?format=full_record",
        target="_blank",
        className="btn btn--small",
    )
    return [copy, entry]


def _title(view: Opened, state: WallState) -> list[Component]:
    source = view.row.source
    noun = "Night of " if view.row.by == "night" else "UT day "
    return [
        html.Button(
            [icon("arrow-left"), "Wall"],
            type="button",
            className="btn btn--small",
            title="Back to the wall (Escape)",
            **{"data-close": "night"},
        ),
        html.H1(
            [source.display_name, html.Span(place(source.platform), className="kg-title-place")],
            className="kg-title-text",
            # The heading takes the focus when a row is opened.
            tabIndex=-1,
        ),
        provenance_mark(mark_of(view.row)),
        html.Div(
            [
                _day_link("previous", "chevron-left", "P", state, view, view.previous),
                html.Span(
                    [noun, html.B(day_name(view.row.day))], className="num", title=_window(view)
                ),
                _day_link("next", "chevron-right", "N", state, view, view.next),
            ],
            className="kg-title-day",
        ),
    ]


def _window(view: Opened) -> str:
    if view.row.by == "day":
        return "00:00 to 24:00 UTC"
    start, end = (_to_minute(moment) for moment in view.row.window)
    return f"local noon to noon, {start} to {end} UTC"


def _to_minute(moment: datetime) -> str:
    return f"{moment:%m-%d %H:%M}"


def _day_link(
    name: str, shape: str, key: str, state: WallState, view: Opened, day: date | None
) -> Component:
    target = beside(state, view, day)
    if target is None:
        return html.Span(icon(shape), className="kg-step kg-step-off")
    label = f"{name.capitalize()} {state.by} with data: {day} (key {key})"
    return html.A(
        icon(shape),
        href=href(target),
        className="kg-step",
        title=label,
        **{"data-day": name, "aria-label": label},
    )


def _no_image(view: Opened) -> list[Component]:
    row = view.row
    ran = describe_runs(row.intervals)
    words = f"The records say that it operated {ran} UTC ({row.minutes} minutes)." if ran else ""
    command = html.Code("python -m core ingest asi FILES")
    hint = ["Images come from the providers' files: ", command]
    return [
        html.Div(
            [html.Strong("No image yet"), html.Span(words), html.Span(hint, className="kg-quiet")],
            className="kg-missing",
        )
    ]


def _records(view: Opened) -> Any:
    if not view.records:
        return html.P(f"The archive has no records of this {view.row.by}.", className="kg-quiet")
    return records_grid(view.row, view.records)


def _tabs(parts: DetailParts) -> Component:
    panels = [
        ("records", "Records", Ids.RECORDS, parts.records),
        ("metadata", "Metadata", Ids.METADATA, parts.metadata),
        ("cite", "Cite and code", Ids.CITE, parts.cite),
    ]
    tabs = [dmc.TabsTab(name, value=value) for value, name, _, _ in panels]
    taken = html.Div(parts.links, id=Ids.LINKS, className="kg-links")
    return dmc.Tabs(
        [
            dmc.TabsList([*tabs, taken]),
            *(
                dmc.TabsPanel(html.Div(content, id=name), value=value, pt="sm")
                for value, _, name, content in panels
            ),
        ],
        value="records",
        keepMounted=False,
        className="kg-tabs",
    )
