"""What classifiers said of each minute: the legend of the tracks beneath the keogram.

The tracks themselves are drawn by the browser, on the keogram's axis of time.
"""

from __future__ import annotations

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from core.imaging.wall_detail import LabelTrack

_COLOURS = 6


def label_legend(tracks: Sequence[LabelTrack]) -> list[Component]:
    """Return one line a field; nothing where the records carry no label."""
    told = [track for track in tracks if says_something(track)]
    parts: list[Component] = [_legend(track) for track in told]
    untold = [track.field.field_name for track in tracks if track not in told]
    if untold:
        parts.append(html.P(f"Not classified: {', '.join(untold)}.", className="kg-quiet"))
    return parts


def says_something(track: LabelTrack) -> bool:
    """Whether any minute was classified; "classified as not APA" is, "not classified" is not."""
    return any(_tells(value) for value, _ in track.runs)


def short(value: str) -> str:
    """Return a label without the words that all of them share."""
    return value.removeprefix("classified as ")


def colour_of(track: LabelTrack, value: str) -> str:
    """Return the CSS colour of a label: by its place among the allowed ones, so always the same."""
    place = track.field.allowed_values.index(value)
    return f"var(--kg-label-{place % _COLOURS})" if _tells(value) else "var(--kg-label-none)"


def _legend(track: LabelTrack) -> Component:
    labels = [
        html.Span(
            [
                html.I(style={"background": colour_of(track, value)}),
                f"{short(value)} {_minutes(runs)} min",
            ],
            className="kg-legend",
        )
        for value, runs in track.runs
    ]
    return html.Div(
        [html.Span(track.field.field_name, className="mono"), *labels],
        className="kg-track-name",
        title=track.field.description,
    )


def _tells(value: str) -> bool:
    return not value.startswith("not ")


def _minutes(runs: Sequence[tuple[int, int]]) -> int:
    return sum(stop - start for start, stop in runs)
