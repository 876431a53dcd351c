"""One conjunction in full: the drawer that a row of the table opens."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from dash import dcc, html

from components.conjunction_form import TYPE_LABELS
from components.icons import icon
from core.instruments.model import DataSource


def utc(time: datetime, *, seconds: bool = False) -> str:
    """Return a time as ISO 8601 with Z, to the minute unless it has seconds."""
    full = seconds or time.second
    return f"{time:%Y-%m-%dT%H:%M:%SZ}" if full else f"{time:%Y-%m-%dT%H:%MZ}"


def detail(row: Mapping[str, Any], sources: Mapping[int, DataSource]) -> html.Div:
    """Return the content of the drawer for a row of a conjunction result."""
    return html.Div(
        [
            html.P(row["label"], className="detail__label"),
            _facts(row),
            html.H3("Sources"),
            html.Ul([_source(sources[i]) for i in row["sources"]], className="detail__sources"),
            html.H3("Pairs"),
            _pairs(row, sources),
            html.H3("Look closer"),
            _links(row, sources),
        ],
        className="detail",
    )


def _facts(row: Mapping[str, Any]) -> html.Dl:
    minutes = row["duration_min"]
    facts = (
        ("Start", utc(row["start"])),
        ("End", utc(row["end"])),
        ("Duration", f"{minutes} min"),
        ("Type", TYPE_LABELS.get(row["conjunction_type"], row["conjunction_type"])),
        ("Closest", f"{row['min_distance_km']:,.2f} km at {utc(row['closest_epoch'])}"),
        ("Farthest", f"{row['max_distance_km']:,.2f} km at {utc(row['farthest_epoch'])}"),
    )
    items: list[Any] = []
    for name, value in facts:
        items.append(html.Div([html.Dt(name), html.Dd(value, className="num")]))
    return html.Dl(items, className="detail__facts")


def _source(source: DataSource) -> html.Li:
    frame = "geodetic" if source.latitude_frame == "geodetic" else "geocentric"
    about = f"{source.program} / {source.platform} / {source.instrument_type}"
    return html.Li(
        [
            html.Strong(source.display_name),
            html.Span(about, className="dim"),
            html.Span(f"identifier {source.identifier}, {frame} latitudes", className="faint"),
        ]
    )


def _pairs(row: Mapping[str, Any], sources: Mapping[int, DataSource]) -> Any:
    if not row["events"]:
        return html.P("No pair's distance was considered.", className="dim")
    names = ("Between", "From", "To", "Min (km)", "Max (km)")
    head = html.Tr([html.Th(t, className="right" if "km" in t else "") for t in names])
    lines = [
        html.Tr(
            [
                html.Td(_between(e, sources)),
                html.Td(_clock(e["start"]), className="num"),
                html.Td(_clock(e["end"]), className="num"),
                html.Td(f"{e['min_distance_km']:,.1f}", className="right"),
                html.Td(f"{e['max_distance_km']:,.1f}", className="right"),
            ]
        )
        for e in row["events"]
    ]
    return html.Table([html.Thead(head), html.Tbody(lines)], className="plain detail__pairs")


def _clock(time: datetime) -> str:
    return utc(time).partition("T")[2]


def _between(event: Mapping[str, Any], sources: Mapping[int, DataSource]) -> str:
    names = (sources[event[key]].display_name for key in ("e1_source", "e2_source"))
    return " and ".join(names)


def _links(row: Mapping[str, Any], sources: Mapping[int, DataSource]) -> html.P:
    day = f"{row['start']:%Y-%m-%d}"
    ground = [str(i) for i in row["sources"] if sources[i].source_type == "ground"]
    href = f"/keogramist?v=1&from={day}&to={day}"
    if ground:
        href += f"&sources={','.join(ground)}&open={ground[0]}.{day}"
    return html.P(
        dcc.Link([icon("table"), f"Keograms of {day}"], href=href), className="detail__links"
    )
