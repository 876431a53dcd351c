"""The strip above a table of conjunctions: how near, and when."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import plotly.graph_objects as go
import pyarrow as pa

TYPE_LABELS = {"nbtrace": "North B-trace", "sbtrace": "South B-trace", "geographic": "Geographic"}
# Three hues that people with any colour vision tell apart on white and on near-black, and three
# shapes that say the same.
TYPE_COLOURS = {"nbtrace": "#2a9d8f", "sbtrace": "#8a7cf0", "geographic": "#d98b2b"}
TYPE_SYMBOLS = {"nbtrace": "circle", "sbtrace": "diamond", "geographic": "square"}
CROWD = 150  # marks are smaller where there are more
_GREY = "#7d8894"  # legible on both backgrounds

# Pixels above the axes, where something stands there.
_HEADED_PX = 24


def distance_timeline(
    table: pa.Table, total: int, window: tuple[str, str] | None = None
) -> go.Figure:
    """Return minimum distance against start, one mark a conjunction.

    Parameters
    ----------
    table : pyarrow.Table
        Rows of a conjunction result: start, duration_min, min_distance_km, conjunction_type,
        label, row. All of it is drawn.
    total : int
        Rows of the whole result; where there are more than `table` holds, the figure says so.
    window : (str, str), optional
        Start and end of the search, ISO 8601 in UTC. The axis spans it, so that a night without a
        conjunction is seen as one; without it the axis spans the marks.

    Returns
    -------
    plotly.graph_objects.Figure
        Transparent background; times in UTC, distances in km. `customdata` holds the row. The
        `uid` of a trace is its type, by which a page can colour it.
    """
    figure = go.Figure()
    kinds = table["conjunction_type"].to_pylist()
    for kind in dict.fromkeys(kinds):
        rows = [i for i, k in enumerate(kinds) if k == kind]
        figure.add_trace(_marks(table.take(rows), kind))
    figure.update_layout(**_layout(several=len(set(kinds)) > 1))
    if window:
        figure.update_xaxes(range=list(window))
    if total > table.num_rows:
        figure.update_layout(margin={"t": _HEADED_PX})
        figure.add_annotation(
            text=f"first {table.num_rows:,} of {total:,}",
            xref="paper", yref="paper", x=1, y=1.02, xanchor="right", yanchor="bottom",
            showarrow=False, font={"size": 11, "color": _GREY},
        )  # fmt: skip
    return figure


def _marks(table: pa.Table, kind: str) -> go.Scatter:
    starts = [t.replace(tzinfo=None) for t in table["start"].to_pylist()]
    return go.Scatter(
        x=starts,
        y=table["min_distance_km"].to_pylist(),
        mode="markers",
        uid=kind,
        cliponaxis=False,
        name=TYPE_LABELS.get(kind, kind),
        text=table["label"].to_pylist(),
        customdata=list(
            zip(
                table["row"].to_pylist(),
                table["duration_min"].to_pylist(),
                [_utc(t) for t in starts],
                strict=True,
            )
        ),
        marker={
            "size": 8 if table.num_rows <= CROWD else 6,
            "symbol": TYPE_SYMBOLS.get(kind, "circle"),
            "color": TYPE_COLOURS.get(kind, "#2a9d8f"),
            "opacity": 0.85,
            "line": {"width": 0},
        },
        hovertemplate=(
            "%{text}<br>%{customdata[2]}, %{customdata[1]} min<br>min %{y:.1f} km<extra></extra>"
        ),
    )


def _utc(time: datetime) -> str:
    return f"{time:%Y-%m-%dT%H:%M:%SZ}" if time.second else f"{time:%Y-%m-%dT%H:%MZ}"


def _layout(*, several: bool) -> dict[str, Any]:
    axis = {
        "gridcolor": "rgba(125,136,148,0.18)",
        "linecolor": "rgba(125,136,148,0.45)",
        "tickcolor": "rgba(125,136,148,0.45)",
        "zeroline": False,
        "ticks": "outside",
        "ticklen": 4,
        "title": {"font": {"size": 11}},
    }
    return {
        "height": 150,
        "margin": {"l": 56, "r": 16, "t": _HEADED_PX if several else 12, "b": 34},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": "Inter Variable, system-ui, sans-serif", "size": 11, "color": _GREY},
        "showlegend": several,
        "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
        "hoverlabel": {"align": "left"},
        "dragmode": "zoom",
        "xaxis": axis
        | {
            "type": "date",
            "tickformatstops": [
                {"dtickrange": [None, 86_400_000 - 1], "value": "%H:%M\n%Y-%m-%d"},
                {"dtickrange": [86_400_000, None], "value": "%Y-%m-%d"},
            ],
        },
        "yaxis": axis
        | {"title": {"text": "Min (km)", "font": {"size": 11}}, "rangemode": "tozero"},
    }
