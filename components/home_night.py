"""The latest night on the front page: one site's keograms and a map, each leading to more."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dash import dcc, html

from components.icons import icon
from components.keogram_media import media_url
from components.keogram_state import WallState, encode
from components.keogram_strip import clock, mark_of, moment, provenance_mark
from components.keogram_wall import PATH, href, place
from core.geo.sphere import EARTH_RADIUS_KM, distance_km
from core.imaging.wall import wall_page
from core.imaging.wall_days import imager_sources, shown_first
from core.imaging.wall_model import WallQuery, WallRow
from core.observatory import Observatory

_MOST_STRIPS = 3
_STRIP = (1440, 132)
# Geomagnetic pole of the dipole (IGRF-13, 2020), and the oval's usual distance: 66 degrees.
_POLE = (80.7, -72.7)
_OVAL_KM = math.radians(24.0) * EARTH_RADIUS_KM
# The order of strips, the usual kinds first; colour says at a glance what a keogram is.
_ORDER = ("RGB ASI", "panchromatic ASI", "redline ASI", "near-infrared ASI", "blueline ASI", "DSLR")


@dataclass(frozen=True, slots=True)
class Night:
    """Rows of one site in the latest night, the best one first, and how many imagers worked."""

    rows: tuple[WallRow, ...]
    imagers: int

    @property
    def span(self) -> tuple[int, int]:
        """First and last + 1 minute of the pictures, from 00:00 UTC of the night's date."""
        spans = [row.image_minutes or (0, 1440) for row in self.rows]
        return min(a for a, _ in spans), max(b for _, b in spans)

    @property
    def middle(self) -> datetime:
        """The minute (UTC) in the middle of the pictures."""
        first, last = self.span
        return moment(self.rows[0], (first + last) // 2)


def latest_night(observatory: Observatory) -> Night | None:
    """Return what the front page shows of the latest night, None where there is no picture."""
    archive = observatory.archive
    imagers = imager_sources(archive)
    day = shown_first(archive, imagers)
    if day is None:
        return None
    size = min(100, observatory.settings.max_wall_rows)
    page = wall_page(archive, WallQuery(day, day, page_size=size), imagers)
    rows = [row for row in page.rows if row.image_minutes]
    return Night(_of_one_site(rows), page.total) if rows else None


def _of_one_site(rows: Sequence[WallRow]) -> tuple[WallRow, ...]:
    """Return up to three kinds of camera of one site, beneath the oval; observed ones win."""
    usual = _ORDER[:_MOST_STRIPS]
    kinds = Counter(_site(row) for row in rows if row.source.instrument_type in usual)

    def rank(row: WallRow) -> tuple[Any, ...]:
        observed = mark_of(row) != "simulated"
        return (observed, kinds[_site(row)], -_from_oval_km(row), _site(row))

    site = _site(max(rows, key=rank))
    own = [row for row in rows if _site(row) == site]
    return tuple(sorted(own, key=_kind_rank)[:_MOST_STRIPS])


def _from_oval_km(row: WallRow) -> float:
    """Return how far a site is from the usual place of the aurora, by a dipole's latitude."""
    place_ = row.source.metadata
    lat, lon = place_.get("latitude_deg"), place_.get("longitude_deg")
    if lat is None or lon is None:
        return _OVAL_KM
    pole = (math.copysign(_POLE[0], lat), _POLE[1] if lat >= 0 else _POLE[1] + 180.0)
    return abs(float(distance_km(lat, lon, *pole)) - _OVAL_KM)


def _site(row: WallRow) -> str:
    return str(row.source.metadata.get("site") or row.source.platform)


def _kind_rank(row: WallRow) -> int:
    kind = row.source.instrument_type
    return _ORDER.index(kind) if kind in _ORDER else len(_ORDER)


def night_panel(night: Night | None) -> html.Div:
    """Return the pictures and the ways on from them."""
    if night is None:
        return html.Div(
            [icon("image-off"), html.P("No night of this archive has a picture yet.")],
            className="night__none",
        )
    first = night.rows[0]
    return html.Div(
        [
            _head(night),
            *(_strip(row, night) for row in night.rows),
            _axis(night),
            _foot(first, night),
        ],
        className="night__in",
    )


def _head(night: Night) -> html.Div:
    first = night.rows[0]
    return html.Div(
        [
            html.H2(["The latest night: ", html.Span(f"{first.day:%Y-%m-%d}", className="num")]),
            html.P([f"{place(first.source.platform)}, ", _count(night.rows)]),
            provenance_mark(mark_of(first)),
        ],
        className="night__head",
    )


def _count(rows: Sequence[WallRow]) -> str:
    return "one camera" if len(rows) == 1 else f"{len(rows)} cameras under one sky"


def _strip(row: WallRow, night: Night) -> html.A:
    first, last = night.span
    start, stop = row.image_minutes or night.span
    window = (moment(row, start), moment(row, stop))
    url = media_url(
        row.source.identifier, row.day, width=_STRIP[0], height=_STRIP[1], window=window
    )
    words = (
        f"Keogram of {row.source.display_name}, {clock(start)} to {clock(stop)} UTC: "
        "south below, north above, time to the right. Opens the night in the Keogramist."
    )
    whole = last - first
    style = {
        "marginLeft": f"{(start - first) / whole:.3%}",
        "width": f"{(stop - start) / whole:.3%}",
    }
    return html.A(
        [
            html.Img(src=url, alt=words, width=_STRIP[0], height=_STRIP[1], style=style),
            html.Span(row.source.display_name, className="night__name"),
        ],
        href=_open(row),
        className="night__strip",
    )


def _open(row: WallRow) -> str:
    key = (row.source.identifier, row.day)
    return f"{PATH}?{encode(WallState(start=row.day, end=row.day, open=key))}"


def _axis(night: Night) -> html.Div:
    first, last = night.span
    hours = range(-(-first // 120) * 2, last // 60 + 1, 2)
    ticks = [
        html.Span(f"{hour % 24:02d}", style={"left": f"{(hour * 60 - first) / (last - first):.3%}"})
        for hour in hours
        if 0.015 < (hour * 60 - first) / (last - first) < 0.95
    ]
    return html.Div(
        [*ticks, html.Span("UTC", className="night__utc")],
        className="night__axis",
        **{"aria-hidden": "true"},
    )


def _foot(first: WallRow, night: Night) -> html.Div:
    wall = href(WallState(start=first.day, end=first.day))
    return html.Div(
        [
            dcc.Link(
                [icon("table"), f"All {night.imagers} imagers of this night"],
                href=wall,
                className="btn btn--small",
            ),
            dcc.Link(
                [icon("globe"), f"{night.middle:%H:%M} UTC in the Explorer"],
                href=explorer_href(night.middle),
                className="btn btn--small",
            ),
        ],
        className="night__foot",
    )


def explorer_href(time: datetime) -> str:
    """Return the address of the Explorer at a minute."""
    return f"/explorer?v=1&t={time:%Y-%m-%dT%H:%M:%SZ}"
