"""What a visitor sees when something failed: in place of a page, or as a notification.

Errors that somebody raised on purpose say themselves what is wrong. All others are logged under a
short reference that the page shows, and nothing of their text is sent to the browser.
"""

from __future__ import annotations

import functools
import uuid
from collections.abc import Callable, MutableMapping
from typing import Any

import structlog
from dash import ctx, dcc, html, no_update, set_props
from dash.development.base_component import Component

from components.icons import icon
from components.ids import Shell
from core.errors import AtlasError

UNEXPECTED = "Something went wrong on the server."


def guard_layouts(registry: MutableMapping[str, Any]) -> None:
    """Let every page of Dash's registry answer its own failure with an error page."""
    for page in registry.values():
        if callable(page["layout"]):
            page["layout"] = guarded(page["layout"], page["name"])


def guarded(layout: Callable[..., Any], name: str) -> Callable[..., Any]:
    """Return `layout` such that an exception of it becomes an error page."""
    if getattr(layout, "_guarded", False):
        return layout

    @functools.wraps(layout if hasattr(layout, "__name__") else guarded)
    def shown(**query: Any) -> Any:
        try:
            return layout(**query)
        except Exception as error:  # noqa: BLE001 - whatever a page raises, its visitor is told
            return error_page(error, name)

    shown._guarded = True  # type: ignore[attr-defined]
    return shown


def error_page(error: Exception, name: str) -> Component:
    """Return the page that stands in place of the page `name`, which raised `error`."""
    title, message, reference = explain(error, "page failed", page=name)
    told = [html.P(message)] if message else []
    if reference:
        told.append(
            html.P(
                [
                    "Tell the operator this reference; the server's log has the details under it: ",
                    html.Code(reference, className="lost__reference"),
                ]
            )
        )
    again = html.Button(
        [icon("rotate-cw"), "Try again"],
        type="button",
        className="btn",
        **{"data-reload": "true"},
    )
    home = dcc.Link([icon("house"), "Front page"], href="/", className="btn")
    plain = [
        html.P(
            [
                "Or open the page ",
                html.A("without what its address says", href="?"),
                ".",
            ]
        )
    ]
    return html.Div(
        [
            html.P("Error", className="lost__kind"),
            html.H1(title),
            *told,
            html.Div([again, home], className="lost__ways"),
            *plain,
        ],
        className="lost",
        role="alert",
    )


def explain(error: Exception, event: str, **facts: str) -> tuple[str, str, str]:
    """Return title, message and log reference (empty where the error explains itself)."""
    if isinstance(error, AtlasError):
        return error.message, error.hint, ""
    reference = uuid.uuid4().hex[:8]
    structlog.get_logger().error(event, reference=reference, exc_info=error, **facts)
    return UNEXPECTED, "", reference


def on_error(error: Exception) -> list[Any] | None:
    """Show an error of a callback as a notification: what is wrong and what would be right.

    Returns
    -------
    list or None
        What Dash is to put into the callback's outputs: no update, in the outputs' shape.
    """
    title, message, reference = explain(error, "callback failed")
    if reference:
        message = f"The log has it under reference {reference}."
    toast = {
        "action": "show",
        "title": title,
        "message": message,
        "color": "red",
        "autoClose": 12_000,
    }
    set_props(Shell.TOAST, {"sendNotifications": [toast]})
    return _no_updates()


def _no_updates() -> list[Any] | None:
    """Dash fills single outputs itself where it is given None, but not wildcards (ALL)."""
    if ctx.using_outputs_grouping:
        return None
    wanted = ctx.outputs_list
    if not isinstance(wanted, list) or not wanted:
        return None
    return [[no_update] * len(part) if isinstance(part, list) else no_update for part in wanted]
