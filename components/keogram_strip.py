"""The strip of one row: its keogram where there is one, its minutes of operation always."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from dash import html
from dash.development.base_component import Component

from components.keogram_media import media_url
from core.imaging.wall_model import MINUTES_PER_DAY, KeogramProduct, WallRow

_MOST_RUNS = 48
_NARROW = 0.12  # of a day: below it, an image or a band is too narrow to carry words


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


def band_gradient(intervals: Sequence[tuple[int, int]], colour: str) -> str:
    """Return the CSS gradient of the minutes of operation on an axis of 24 hours."""
    stops = []
    for start, stop in drawn_runs(intervals):
        a, b = percent(start), percent(stop)
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
    """Return the provenance of what a row shows."""
    return row.provenance or (row.products[0].provenance if row.products else "")


def strip(row: WallRow) -> Component:
    """Return the strip of one row on the axis of 24 hours."""
    colour = "var(--kg-real)" if mark_of(row) in ("ingested", "uploaded") else "var(--kg-band)"
    band = html.Span(
        className="kg-band", style={"backgroundImage": band_gradient(row.intervals, colour)}
    )
    product = row.image
    if product is None:
        return html.Span([band, _no_image(row)], className="kg-strip")
    return html.Span([_image(row), band, *_spot(row, product)], className="kg-strip")


def _image(row: WallRow) -> Component:
    # The browser fetches it when the row comes into view (`assets/05-keogramist.js`).
    address = media_url(row.source.identifier, row.day, width=1440, height=144)
    return html.Img(alt="", className="kg-image", **{"data-src": address})


def _no_image(row: WallRow) -> Component:
    start, stop = max(row.intervals, key=lambda run: run[1] - run[0], default=(0, MINUTES_PER_DAY))
    if stop - start >= _NARROW * MINUTES_PER_DAY or not row.intervals:
        place_ = {"left": percent((start + stop) / 2), "transform": "translate(-50%, -50%)"}
    elif stop > 0.85 * MINUTES_PER_DAY:
        place_ = {"right": percent(MINUTES_PER_DAY - start), "transform": "translateY(-50%)"}
    else:
        place_ = {"left": percent(stop), "transform": "translateY(-50%)"}
    words = "keogram at its provider" if row.products else "no image yet"
    return html.Span(words, className="kg-none", style=place_)


def _spot(row: WallRow, product: KeogramProduct) -> list[Component]:
    """Point at an image too short to be seen on an axis of a day, and show it enlarged."""
    start, stop = minutes_within(product, row.day)
    if stop - start >= _NARROW * MINUTES_PER_DAY:
        return []
    near_end = start > 0.6 * MINUTES_PER_DAY
    side = {"right": percent(MINUTES_PER_DAY - start)} if near_end else {"left": percent(stop)}
    window = _imaging(product)
    address = media_url(row.source.identifier, row.day, width=240, height=144, window=window)
    return [
        html.Span(
            className="kg-spot-box",
            style={"left": percent(start), "width": percent(stop - start)},
        ),
        html.Span(
            [
                html.Img(alt="", className="kg-image kg-enlarged", **{"data-src": address}),
                html.Span(
                    [html.B(f"{clock(start)}–{clock(stop)} UTC"), f"{stop - start} min, enlarged"]
                ),
            ],
            className="kg-spot kg-spot-left" if near_end else "kg-spot",
            style=side,
        ),
    ]


def minutes_within(product: KeogramProduct, day: date) -> tuple[int, int]:
    """Return the minutes of `day` that the images of a keogram cover, half-open."""
    start, stop = (_minute(moment, day) for moment in _imaging(product))
    return start, min(MINUTES_PER_DAY, stop + 1)


def _imaging(product: KeogramProduct) -> tuple[datetime, datetime]:
    """Return the first and the last moment of imaging, those of the product where unknown."""
    known = product.metadata
    start, end = known.get("imaging_start_time"), known.get("imaging_end_time")
    if not (isinstance(start, str) and isinstance(end, str)):
        return product.start, product.end
    return datetime.fromisoformat(start), datetime.fromisoformat(end)


def _minute(moment: datetime, day: date) -> int:
    if moment.date() != day:
        return 0 if moment.date() < day else MINUTES_PER_DAY - 1
    return moment.hour * 60 + moment.minute


def percent(minute: float) -> str:
    """Return the place of a minute of the day along the axis."""
    return f"{minute / MINUTES_PER_DAY * 100:.3f}".rstrip("0").rstrip(".") + "%"


def clock(minute: int) -> str:
    """Return a minute of the day as hours and minutes."""
    return f"{minute // 60:02d}:{minute % 60:02d}"
