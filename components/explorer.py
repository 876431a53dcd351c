"""The Explorer's frame: places that the browser draws into, and what it is told once."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, time, timedelta
from functools import cache
from typing import TYPE_CHECKING

from dash import html
from dash.development.base_component import Component

from components.explorer_map import map_stage
from components.ids import Explorer as Ids
from core.archive.statistics import statistics
from core.imaging.colour import COLOUR_MAPS, colour_table

if TYPE_CHECKING:
    from core.observatory import Observatory

# Midnight over central Canada, where most of the archive's cameras stand.
_MIDNIGHT_UT = timedelta(hours=6, minutes=30)


def stages() -> Component:
    """Return the places for controls, globe, map, time and panel; the browser fills them."""
    return html.Div(
        [
            html.Div(
                [
                    html.Div(id=Ids.BAR, className="ex-bar"),
                    html.Div(
                        [
                            html.Div(id=Ids.GLOBE, className="ex-stage", **{"data-stage": "globe"}),
                            map_stage(),
                            html.Div(id=Ids.LEGEND, className="ex-legend"),
                        ],
                        id=Ids.STAGES,
                        className="ex-stages",
                        **{"data-view": "globe"},
                    ),
                    html.Div(id=Ids.TIME, className="ex-time"),
                ],
                className="ex-main",
            ),
            html.Aside(
                id=Ids.PANEL,
                className="ex-panel panel",
                **{"aria-label": "Layers and what is here"},
            ),
        ],
        className="ex-body",
    )


def description(observatory: Observatory) -> str:
    """Return what the browser is told with the page, as JSON: colours, land, where to begin."""
    data = {
        "start": start_time(observatory),
        "cmaps": list(COLOUR_MAPS),
        "tables": _tables(),
        "land": {
            "coarse": "/vendor/world-atlas/land-110m.json",
            "fine": "/vendor/world-atlas/land-50m.json",
        },
    }
    return json.dumps(data, separators=(",", ":"))


def start_time(observatory: Observatory) -> str | None:
    """Return midnight over Canada in the last night that a ground site has; None without any."""
    archive = observatory.archive
    ground = [s.identifier for s in archive.catalogue.sources.list() if s.source_type == "ground"]
    ends = [found.ephemeris.latest for found in statistics(archive, ground).values()]
    last = max((end for end in ends if end), default=None)
    if last is None:
        return None
    moment = datetime.combine((last - _MIDNIGHT_UT).date(), time(), UTC) + _MIDNIGHT_UT
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


@cache
def _tables() -> dict[str, str]:
    # The 255 colours of the values 1 to 255; 0 is where there is none.
    return {
        name: base64.b64encode(colour_table(name)[1:, :3].tobytes()).decode()
        for name in COLOUR_MAPS
    }
