"""The Explorer's map: its place on the page, and Leaflet for it.

The map is made in the browser (assets/modules/explorer/map*.js) with the Leaflet that dash-leaflet
brings: three projections and layers that change fifteen times a second are no matter for
callbacks. There are no tiles; land comes from this server.
"""

from __future__ import annotations

import dash_leaflet
from dash import html
from dash.development.base_component import Component

from components.ids import Explorer as Ids

LEAFLET = "dash_leaflet.js"


def _fetched_by_the_map() -> None:
    """Serve dash-leaflet's script without putting it into every page (300 kB)."""
    for resource in dash_leaflet._js_dist:
        if resource["relative_package_path"] == LEAFLET:
            resource["dynamic"] = True


_fetched_by_the_map()


def map_stage() -> Component:
    """Return the place that the browser draws the map into."""
    return html.Div(
        id=Ids.MAP,
        className="ex-stage",
        **{"data-stage": "map"},
    )
