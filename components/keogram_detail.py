"""The drawer of one opened row: its keogram, labels, records, metadata, citation and code."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html
from dash.development.base_component import Component

from components.icons import icon
from components.ids import Keogramist as Ids
from components.keogram_cite import cite_panel, metadata_panel
from components.keogram_labels import hours, label_tracks
from components.keogram_opened import Opened, beside, figure_view, picture_url
from components.keogram_records import records_grid
from components.keogram_state import WallState
from components.keogram_strip import (
    band_gradient,
    describe_runs,
    mark_of,
    provenance_mark,
)
from components.keogram_wall import day_name, href, place
from core.figures.keogram import keogram_figure
from core.imaging.colour import COLOUR_MAPS

_GRAPH = {"displaylogo": False, "scrollZoom": True, "doubleClick": "reset", "responsive": True}
# The last one would send the figure to another host.
_BUTTONS = ["select2d", "lasso2d", "autoScale2d", "sendChartToCloud"]


@dataclass(frozen=True, slots=True)
class DetailParts:
    """What changes in the drawer when another row is opened."""

    title: Any = ()
    figure: Any = None
    has_image: bool = False
    no_image: Any = ()
    labels: Any = ()
    records: Any = ()
    metadata: Any = ()
    cite: Any = ()
    links: Any = ()


def detail_parts(view: Opened, state: WallState, base_url: str) -> DetailParts:
    """Return the contents of the drawer."""
    return DetailParts(
        title=_title(view, state),
        figure=keogram_figure(figure_view(view, state)),
        has_image=view.extent is not None,
        no_image=[] if view.extent else _no_image(view),
        labels=label_tracks(view.tracks),
        records=_records(view),
        metadata=metadata_panel(view),
        cite=cite_panel(view, base_url),
        links=links(view, state),
    )


def drawer(parts: DetailParts | None, state: WallState) -> Component:
    """Return the drawer, open when there is something to show."""
    shown = parts or DetailParts(figure={})
    return dmc.Drawer(
        [
            html.Div(shown.no_image, id=Ids.NO_IMAGE),
            html.Div(
                [
                    look_bar(state),
                    html.Div(
                        [
                            dcc.Graph(
                                id=Ids.FIGURE,
                                figure=shown.figure,
                                config={**_GRAPH, "modeBarButtonsToRemove": _BUTTONS},
                                responsive=True,
                                className="kg-graph",
                            ),
                            html.Div(className="kg-readout num", **{"aria-hidden": "true"}),
                        ],
                        className="kg-figure",
                    ),
                ],
                id=Ids.FIGURE_BOX,
                hidden=not shown.has_image,
            ),
            html.Div(shown.labels, id=Ids.LABELS, className="kg-labels"),
            _tabs(shown),
        ],
        id=Ids.DRAWER,
        opened=parts is not None,
        title=html.Div(shown.title, id=Ids.TITLE, className="kg-title"),
        position="right",
        size="min(1180px, 94vw)",
        padding="lg",
        className="kg-drawer",
        overlayProps={"backgroundOpacity": 0.35},
        closeButtonProps={"aria-label": "Close"},
        transitionProps={"duration": 120},
        zIndex=200,
    )


def look_bar(state: WallState) -> Component:
    """Return the choices of extent, scale and colours."""
    return html.Div(
        [
            _segments(Ids.EXTENT, "Time shown", state.extent, _EXTENTS),
            _segments(Ids.SCALE, "Colour scale", state.scale, _SCALES),
            dmc.Select(
                id=Ids.COLOUR_MAP,
                data=[{"value": name, "label": name.capitalize()} for name in COLOUR_MAPS],
                value=state.cmap,
                allowDeselect=False,
                size="xs",
                w=120,
                **{"aria-label": "Colour map"},
            ),
        ],
        id=Ids.LOOK_BAR,
        className="kg-look",
    )


_EXTENTS = [("data", "Data"), ("day", "Whole day")]
_SCALES = [("percentile", "1–99 %"), ("fixed", "Fixed for the array")]


def links(view: Opened, state: WallState) -> list[Component]:
    """Return what one may take away: picture, address, the API's entry of the source."""
    source = view.row.source.identifier
    items = [
        html.Button(
            [icon("link"), html.Span("Copy link", **{"data-label": ""})],
            type="button",
            className="btn btn--small",
            **{"data-copy": "url"},
        ),
        html.A(
            [icon("braces"), "Source in the API"],
            href=f"/api/v1/data_sources/{source}?format=full_record",
            target="_blank",
            className="btn btn--small",
        ),
    ]
    if view.extent is None:
        return items
    picture = html.A(
        [icon("image-down"), "PNG"],
        href=picture_url(view, state),
        download=f"keogram_{source}_{view.row.day}.png",
        className="btn btn--small",
        title="The whole UT day as a picture, transparent where there is no data",
    )
    return [picture, *items]


def _title(view: Opened, state: WallState) -> list[Component]:
    source = view.row.source
    name = html.Span(source.display_name, className="kg-title-name")
    return [
        html.Div(
            [name, html.Span(place(source.platform), className="kg-title-place")],
            className="kg-title-text",
            # The heading takes the focus, or the first arrow would.
            tabIndex=-1,
            **{"data-autofocus": "true"},
        ),
        html.Div(
            [
                _day_link("previous", "chevron-left", state, view, view.previous),
                html.Span([html.B(day_name(view.row.day)), " UTC"], className="num"),
                _day_link("next", "chevron-right", state, view, view.next),
                provenance_mark(mark_of(view.row)),
            ],
            className="kg-title-day",
        ),
    ]


def _day_link(name: str, shape: str, state: WallState, view: Opened, day: date | None) -> Component:
    target = beside(state, view, day)
    if target is None:
        return html.Span(icon(shape), className="kg-step kg-step-off")
    label = f"{name.capitalize()} day with data: {day} (arrow key)"
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
    colour = "var(--kg-band)"
    return [
        html.Div(
            [
                html.Strong("No image yet"),
                html.Span(words),
                html.Span(
                    [
                        "Images come from the providers' files: ",
                        html.Code("python -m core ingest asi FILES"),
                    ],
                    className="kg-quiet",
                ),
            ],
            className="kg-missing",
        ),
        html.Div(
            style={"backgroundImage": band_gradient(row.intervals, colour)},
            className="kg-missing-band",
            role="img",
            **{"aria-label": f"Minutes of operation: {ran or 'none'}"},
        ),
        hours(),
    ]


def _records(view: Opened) -> Any:
    if not view.records:
        return html.P("The archive has no records of this day.", className="kg-quiet")
    return records_grid(view.row.source, view.row.day, view.records)


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


def _segments(name: str, label: str, value: str, choices: list[tuple[str, str]]) -> Component:
    control = dmc.SegmentedControl(
        id=name,
        data=[{"value": key, "label": text} for key, text in choices],
        value=value,
        size="xs",
    )
    return html.Div(control, role="group", title=label, **{"aria-label": label})
