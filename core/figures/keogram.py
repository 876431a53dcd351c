"""The figure of one keogram: time along, pixels up, with the minutes of operation beneath.

The image itself is a layout image by address, so that the figure weighs a few kilobytes whatever
the keogram weighs, and zooming it asks the server for nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import plotly.graph_objects as go

INK = "#1f2933"
GRID = "rgba(120, 130, 140, 0.25)"
BAND = "#7c8b99"
_BAND_TOP = 0.045
_PLOT_BOTTOM = 0.075


@dataclass(frozen=True, slots=True)
class KeogramView:
    """What the figure shows.

    Parameters
    ----------
    image_url : str
        Address of the image that covers exactly `image_start` to `image_end`; empty for none.
    image_start, image_end : datetime
        UTC instants of the image's left and right edge.
    pixels : int
        Height of the keogram in pixels of the camera; pixel 0 is the southern edge.
    view_start, view_end : datetime
        UTC range of the time axis at first.
    day_start : datetime
        Midnight UTC that `minutes` count from.
    minutes : tuple of (int, int)
        Half-open runs of minutes with records, drawn as the band beneath.
    title : str
        Named in the exported picture.
    """

    image_url: str
    image_start: datetime
    image_end: datetime
    pixels: int
    view_start: datetime
    view_end: datetime
    day_start: datetime
    minutes: tuple[tuple[int, int], ...] = ()
    title: str = ""


def keogram_figure(view: KeogramView) -> go.Figure:
    """Return the figure of `view`; it is light, for print, and the page's style may recolour it."""
    figure = go.Figure()
    # Axes without any trace are not drawn; two corner points give them their extent.
    figure.add_scatter(
        x=[_stamp(view.image_start), _stamp(view.image_end)],
        y=[0, view.pixels],
        mode="markers",
        marker={"opacity": 0},
        hoverinfo="skip",
        showlegend=False,
    )
    figure.update_layout(**_layout(view))
    if view.image_url:
        figure.add_layout_image(_image(view))
    figure.update_layout(
        shapes=[_band(view.day_start, start, stop) for start, stop in view.minutes]
    )
    return figure


def _layout(view: KeogramView) -> dict[str, Any]:
    return {
        "template": "none",
        "paper_bgcolor": "#ffffff",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {
            "family": "Inter Variable, Inter, system-ui, sans-serif",
            "size": 12,
            "color": INK,
        },
        "modebar": {"bgcolor": "rgba(0,0,0,0)", "color": BAND, "activecolor": BAND},
        "margin": {"l": 58, "r": 28, "t": 34 if view.title else 10, "b": 44},
        "title": {"text": view.title, "font": {"size": 13}, "x": 0.0, "xref": "paper", "y": 0.985},
        "dragmode": "zoom",
        "hovermode": False,
        "showlegend": False,
        "uirevision": f"{view.image_url} {view.view_start} {view.view_end}",
        "xaxis": _time_axis(view),
        "yaxis": {
            "title": {"text": "Pixel, south to north", "standoff": 8, "font": {"size": 12}},
            "range": [0, view.pixels],
            "domain": [_PLOT_BOTTOM, 1],
            "dtick": max(1, view.pixels // 4),
            "ticks": "outside",
            "showgrid": False,
            "zeroline": False,
        },
    }


def _time_axis(view: KeogramView) -> dict[str, Any]:
    return {
        "type": "date",
        "range": [_stamp(view.view_start), _stamp(view.view_end)],
        "title": {
            "text": f"Time (UTC), {view.day_start:%Y-%m-%d}",
            "standoff": 8,
            "font": {"size": 12},
        },
        "tickformatstops": [
            {"dtickrange": [None, 60_000], "value": "%H:%M:%S"},
            {"dtickrange": [60_000, None], "value": "%H:%M"},
        ],
        "ticks": "outside",
        "gridcolor": GRID,
        "showgrid": True,
        "zeroline": False,
        "layer": "below traces",
        "anchor": "free",
        "position": 0,
    }


def _image(view: KeogramView) -> dict[str, Any]:
    seconds = (view.image_end - view.image_start).total_seconds()
    return {
        "source": view.image_url,
        "xref": "x",
        "yref": "y",
        "x": _stamp(view.image_start),
        "y": view.pixels,
        "sizex": seconds * 1000,
        "sizey": view.pixels,
        "sizing": "stretch",
        "xanchor": "left",
        "yanchor": "top",
        "layer": "below",
    }


def _band(day: datetime, start: int, stop: int) -> dict[str, Any]:
    return {
        "type": "rect",
        "xref": "x",
        "yref": "paper",
        "x0": _stamp(day + timedelta(minutes=start)),
        "x1": _stamp(day + timedelta(minutes=stop)),
        "y0": 0.008,
        "y1": _BAND_TOP,
        "fillcolor": BAND,
        "line": {"width": 0},
        "name": "operating minutes",
    }


def _stamp(moment: datetime) -> str:
    # Plotly shows a time without a zone as it stands; with one it would be moved to local time.
    return moment.strftime("%Y-%m-%d %H:%M:%S.%f")
