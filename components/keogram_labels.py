"""What classifiers said of each minute of a day, as quiet tracks under the keogram."""

from __future__ import annotations

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from components.keogram_strip import clock, drawn_runs, percent
from core.imaging.wall_detail import LabelTrack

_COLOURS = 6


def label_tracks(tracks: Sequence[LabelTrack]) -> list[Component]:
    """Return one track a field with its legend; nothing where the records carry no label."""
    told = [track for track in tracks if any(map(_says_something, dict(track.runs)))]
    parts: list[Component] = []
    if told:
        head = html.H3("Classifiers by the minute (UTC)")
        parts = [head, *(_track(track) for track in told), hours()]
    untold = [track.field.field_name for track in tracks if track not in told]
    if untold:
        parts.append(html.P(f"Not classified: {', '.join(untold)}.", className="kg-quiet"))
    return parts


def _track(track: LabelTrack) -> Component:
    colours = {value: _colour(track, value) for value, _ in track.runs}
    legend = [
        html.Span(
            [html.I(style={"background": colours[value]}), f"{short(value)} {_minutes(runs)} min"],
            className="kg-legend",
        )
        for value, runs in track.runs
    ]
    parts = [
        html.I(
            style={"left": percent(a), "width": percent(b - a), "background": colours[value]},
            title=f"{short(value)}: {clock(a)} to {clock(b)} UTC",
        )
        for value, runs in track.runs
        for a, b in drawn_runs(runs)
    ]
    return html.Div(
        [
            html.Div(
                [html.Span(track.field.field_name, className="mono"), *legend],
                className="kg-track-name",
                title=track.field.description,
            ),
            html.Div(parts, className="kg-track", role="img", **{"aria-label": _spoken(track)}),
        ],
        className="kg-track-box",
    )


def hours() -> Component:
    """Return the axis beneath tracks that span a UT day."""
    marks = [
        html.Span(f"{hour:02d}", style={"left": percent(hour * 60)}) for hour in range(0, 25, 3)
    ]
    return html.Div(marks, className="kg-track-axis", **{"aria-hidden": "true"})


def short(value: str) -> str:
    """Return a label without the words that all of them share."""
    return value.removeprefix("classified as ")


def _colour(track: LabelTrack, value: str) -> str:
    # By its place among the allowed values: the same colour on every day.
    place = track.field.allowed_values.index(value)
    return (
        f"var(--kg-label-{place % _COLOURS})" if _says_something(value) else "var(--kg-label-none)"
    )


def _says_something(value: str) -> bool:
    # "classified as not APA" does, "not classified" does not.
    return not value.startswith("not ")


def _minutes(runs: Sequence[tuple[int, int]]) -> int:
    return sum(stop - start for start, stop in runs)


def _spoken(track: LabelTrack) -> str:
    parts = (f"{short(value)} {_minutes(runs)} minutes" for value, runs in track.runs)
    return f"{track.field.field_name}: {', '.join(parts)}"
