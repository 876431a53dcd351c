"""The sheet of keyboard shortcuts: one native dialog that shows those of the page at hand.

Every page's section is in the document; `assets/10-shell.js` shows what fits the address. Keys of
one character can be switched off there, for people whose speech or tremor would press them.
"""

from __future__ import annotations

from typing import NamedTuple

from dash import html

from components.icons import icon
from components.ids import Shell


class Shortcut(NamedTuple):
    """Keys, alternatives apart by spaces, and what they do."""

    keys: str
    does: str


class Section(NamedTuple):
    """Shortcuts of one page, or of every page where `path` is empty.

    `within` is a CSS selector: the section holds only while something on the page fits it.
    """

    title: str
    path: str
    shortcuts: tuple[Shortcut, ...]
    within: str = ""


SECTIONS = (
    Section(
        "Conjunctions",
        "/conjunctions",
        (
            Shortcut("Ctrl+Enter", "search (on a Mac, Command+Enter as well)"),
            Shortcut("Enter", "in the table: open the conjunction of this row"),
            Shortcut("↑ ↓ ← →", "in the table: move from cell to cell"),
            Shortcut("Esc", "close what lies over the page"),
        ),
    ),
    Section(
        "An open keogram",
        "/keogramist",
        (
            Shortcut("← →", "one column back or on; with Shift, ten"),
            Shortcut("↑ ↓", "one pixel up or down; with Shift, ten"),
            Shortcut("Home End", "first and last column"),
            Shortcut("Space", "play and stop"),
            Shortcut("+ −", "closer and farther in time"),
            Shortcut("0", "all data"),
            Shortcut("P N", "the night before, the next night"),
            Shortcut("Esc", "back to the wall"),
        ),
        "#keogramist-night:not([hidden])",
    ),
    Section(
        "The wall of keograms",
        "/keogramist",
        (
            Shortcut("Tab", "from row to row"),
            Shortcut("Enter", "open the row"),
        ),
        "#keogramist-browser:not([hidden])",
    ),
    Section(
        "Explorer",
        "/explorer",
        (
            Shortcut("Space", "play and stop"),
            Shortcut("← →", "one frame back or on; with Shift, ten"),
            Shortcut(", .", "one frame back or on, wherever the focus is"),
            Shortcut("↑ ↓", "one hour on or back"),
            Shortcut("PageUp PageDown", "the day before, the next day"),
            Shortcut("+ −", "closer and farther"),
            Shortcut("0", "as it was at first"),
            Shortcut("G M B", "globe, map, both"),
            Shortcut("Esc", "close what was picked"),
        ),
    ),
    Section(
        "On the globe or the map itself",
        "/explorer",
        (
            Shortcut("← → ↑ ↓", "turn the globe, move the map; on the map with Shift, a little"),
            Shortcut("Enter", "on the map: what is in the middle"),
        ),
    ),
    Section(
        "Availability",
        "/availability",
        (
            Shortcut("Tab", "into the chart, to the day last looked at"),
            Shortcut(
                "← →", "one day back or on; with Ctrl, to the next day that has another number"
            ),
            Shortcut("↑ ↓", "the source above or below"),
            Shortcut("Home End", "first and last day"),
            Shortcut("PageUp PageDown", "the program above or below"),
            Shortcut("Enter", "open this source and day"),
        ),
    ),
    Section(
        "Everywhere",
        "",
        (
            Shortcut("?", "this sheet"),
            Shortcut("o h", "go to the front page"),
            Shortcut("o c", "go to Conjunctions"),
            Shortcut("o k", "go to the Keogramist"),
            Shortcut("o e", "go to the Explorer"),
            Shortcut("o a", "go to Availability"),
            Shortcut("Esc", "close a dialog, a menu or a panel"),
            Shortcut("Tab", "on; with Shift, back"),
        ),
    ),
)


def keys_sheet(sections: tuple[Section, ...] = SECTIONS) -> html.Dialog:
    """Return the dialog, closed."""
    title = f"{Shell.KEYS}-title"
    head = html.Div(
        [
            html.H2("Keyboard shortcuts", id=title),
            html.Button(
                icon("x"),
                type="button",
                className="btn btn--bare btn--small",
                **{"aria-label": "Close", "data-keys": "close"},
            ),
        ],
        className="keys__head",
    )
    off = html.Div(
        [
            _switch(),
            html.Span(
                [
                    "Keys of a single character ",
                    html.Small("(letters, digits and signs; not arrows, Space or Enter)"),
                ]
            ),
        ],
        className="keys__single",
    )
    body = html.Div([_section(section) for section in sections], className="keys__body")
    return html.Dialog(
        html.Div([head, body, off], className="keys__in"),
        id=Shell.KEYS,
        className="keys",
        role="dialog",
        **{"aria-labelledby": title, "data-mount": "keys"},
    )


def _switch() -> html.Button:
    return html.Button(
        html.Span(className="keys__knob"),
        type="button",
        role="switch",
        className="keys__switch",
        **{"aria-checked": "true", "data-keys": "single", "aria-label": "Single-character keys"},
    )


def _section(section: Section) -> html.Section:
    rows = [
        html.Div([html.Dt(_keys(shortcut.keys)), html.Dd(shortcut.does)])
        for shortcut in section.shortcuts
    ]
    where = {"data-path": section.path, "data-within": section.within}
    return html.Section([html.H3(section.title), html.Dl(rows)], className="keys__part", **where)


def _keys(text: str) -> list[html.Span]:
    return [
        html.Span(
            [html.Kbd(part) for part in key.split("+") if part] if len(key) > 1 else [html.Kbd(key)]
        )
        for key in text.split(" ")
    ]
