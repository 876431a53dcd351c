"""The strip of one row: its keogram where there is one, its minutes of operation always.

Minutes count from 00:00 UTC of the row's date, those of the evening before being negative; the
page's axis says where each lies.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta

from dash import html
from dash.development.base_component import Component

from components.keogram_media import media_url
from core.imaging.wall_model import MINUTES_PER_DAY, WallAxis, WallRow

_MOST_RUNS = 48
_NARROW = 0.12  # of the axis: below it, an image or a band is too narrow to carry words
_PICTURE_WIDTHS = (240, 1440)  # a column a minute between them
_PICTURE_HEIGHT = 144


def provenance_mark(provenance: str) -> Component | None:
    """Return the mark that says what a row's data are: SIMULATED, REAL, UPLOADED, MIXED."""
    texts = {
        "simulated": ("SIMULATED", "These records are simulated."),
        "ingested": ("REAL", "Observed: ingested from the providers' files."),
        "uploaded": ("UPLOADED", "Uploaded through the API."),
        "mixed": ("MIXED", "Simulated and observed records together."),
    }
    if provenance not in texts:
        return None
    text, title = texts[provenance]
    return html.Span(text, className=f"kg-mark kg-mark-{provenance}", title=title)


def band_gradient(intervals: Sequence[tuple[int, int]], colour: str, axis: WallAxis) -> str:
    """Return the CSS gradient of the minutes of operation on an axis."""
    stops = []
    for start, stop in drawn_runs(intervals):
        a, b = percent(axis, start), percent(axis, stop)
        stops.append(f"transparent {a},{colour} {a},{colour} {b},transparent {b}")
    return f"linear-gradient(to right,{','.join(stops)})" if stops else "none"


def drawn_runs(intervals: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Close the narrowest gaps until at most `_MOST_RUNS` runs are left; a strip shows no more."""
    runs = list(intervals)
    gap = 1
    while len(runs) > _MOST_RUNS:
        gap += 1
        joined = [runs[0]]
        for start, stop in runs[1:]:
            if start - joined[-1][1] < gap:
                joined[-1] = (joined[-1][0], stop)
            else:
                joined.append((start, stop))
        runs = joined
    return runs


def describe_runs(intervals: Sequence[tuple[int, int]], most: int = 3) -> str:
    """Return `01:12–13:45, 23:10–24:00` with a count of what is not written out."""
    texts = [f"{clock(start)}–{clock(stop)}" for start, stop in intervals[:most]]
    more = len(intervals) - most
    return ", ".join(texts) + (f" and {more} more" if more > 0 else "")


def mark_of(row: WallRow) -> str:
    """Return the provenance of what a row shows: of its picture, else of its records."""
    listed = row.products[0].provenance if row.products else ""
    return row.image_provenance or row.provenance or listed


def strip(row: WallRow, axis: WallAxis) -> Component:
    """Return the strip of one row on the axis of its page."""
    observed = mark_of(row) in ("ingested", "uploaded")
    colour = "var(--kg-real)" if observed else "var(--kg-band)"
    band = html.Span(
        className="kg-band", style={"backgroundImage": band_gradient(row.intervals, colour, axis)}
    )
    span = row.image_minutes
    if span is None:
        return html.Span([band, _no_image(row, axis)], className="kg-strip")
    return html.Span([_image(row, span, axis), band, *_spot(row, span, axis)], className="kg-strip")


def picture_url(row: WallRow, span: tuple[int, int]) -> str:
    """Return the address of the row's picture, a column a minute where that is wide enough."""
    width = min(max(span[1] - span[0], _PICTURE_WIDTHS[0]), _PICTURE_WIDTHS[1])
    window = (moment(row, span[0]), moment(row, span[1]))
    return media_url(
        row.source.identifier, row.day, width=width, height=_PICTURE_HEIGHT, window=window
    )


def moment(row: WallRow, minute: int) -> datetime:
    """Return the instant (UTC) of a minute of a row."""
    return datetime.combine(row.day, time.min, tzinfo=UTC) + timedelta(minutes=minute)


def _image(row: WallRow, span: tuple[int, int], axis: WallAxis) -> Component:
    # The browser fetches it when the row comes into view (`assets/05-keogramist-wall.js`).
    return html.Img(
        alt="",
        className=f"kg-image kg-image-{mark_of(row)}",
        style={"left": percent(axis, span[0]), "width": _width(axis, span)},
        **{"data-src": picture_url(row, span)},
    )


def _no_image(row: WallRow, axis: WallAxis) -> Component:
    whole = (axis.start_min, axis.end_min)
    start, stop = max(row.intervals, key=lambda run: run[1] - run[0], default=whole)
    if axis.share(stop) - axis.share(start) >= _NARROW or not row.intervals:
        place_ = {"left": percent(axis, (start + stop) / 2), "transform": "translate(-50%, -50%)"}
    elif axis.share(stop) > 0.85:
        place_ = {"right": _from_end(axis, start), "transform": "translateY(-50%)"}
    else:
        place_ = {"left": percent(axis, stop), "transform": "translateY(-50%)"}
    words = "keogram at its provider" if row.products else "no image yet"
    return html.Span(words, className="kg-none", style=place_)


def _spot(row: WallRow, span: tuple[int, int], axis: WallAxis) -> list[Component]:
    """Point at an image too short to be seen on the page's axis, and show it enlarged."""
    start, stop = span
    if axis.share(stop) - axis.share(start) >= _NARROW:
        return []
    near_end = axis.share(start) > 0.6
    side = {"right": _from_end(axis, start)} if near_end else {"left": percent(axis, stop)}
    words = [html.B(f"{clock(start)}–{clock(stop)} UTC"), f"{stop - start} min, enlarged"]
    enlarged = html.Img(
        alt="", className="kg-image kg-enlarged", **{"data-src": picture_url(row, span)}
    )
    return [
        html.Span(
            className="kg-spot-box",
            style={"left": percent(axis, start), "width": _width(axis, span)},
        ),
        html.Span(
            [enlarged, html.Span(words)],
            className="kg-spot kg-spot-left" if near_end else "kg-spot",
            style=side,
        ),
    ]


def percent(axis: WallAxis, minute: float) -> str:
    """Return the place of a minute along the axis."""
    return _percent(axis.share(minute))


def _width(axis: WallAxis, span: tuple[int, int]) -> str:
    return _percent(axis.share(span[1]) - axis.share(span[0]))


def _from_end(axis: WallAxis, minute: float) -> str:
    return _percent(1 - axis.share(minute))


def _percent(share: float) -> str:
    return f"{share * 100:.3f}".rstrip("0").rstrip(".") + "%"


def clock(minute: int) -> str:
    """Return a minute from 00:00 UTC as hours and minutes; 24:00 is the end of the day."""
    if minute == MINUTES_PER_DAY:
        return "24:00"
    hours, minutes = divmod(minute % MINUTES_PER_DAY, 60)
    return f"{hours:02d}:{minutes:02d}"
