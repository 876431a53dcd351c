"""The HTML skeleton and the colours that Mantine's components take."""

from __future__ import annotations

from typing import Any

# The scheme is set by a script in the head, before the first paint. Inline is the import map
# alone, which browsers take no other way; the content security policy allows it by its hash.
INDEX = """<!DOCTYPE html>
<html lang="en">
  <head>
    {%metas%}
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>{%title%}</title>
    <link rel="icon" type="image/svg+xml" href="/assets/mark.svg">
    <script src="/assets/modules/theme.js"></script>
    {%import_map%}
    {%css%}
  </head>
  <body>
    {%app_entry%}
    {%config%}{%scripts%}{%renderer%}
  </body>
</html>
"""

_ACCENT = [
    "#e3f3f1", "#cbe8e4", "#9ad4cc", "#66c0b5", "#3bac9f",
    "#1f9a8d", "#14877b", "#0f766e", "#0b5f59", "#084843",
]  # fmt: skip

_DARK = [
    "#e4e9ee", "#c3ccd5", "#8d99a6", "#62707e", "#35414e",
    "#232d38", "#19212b", "#121820", "#0e141b", "#0b0f14",
]  # fmt: skip

THEME: dict[str, Any] = {
    "fontFamily": "var(--font)",
    "fontFamilyMonospace": "var(--font-mono)",
    "primaryColor": "atlas",
    "primaryShade": {"light": 7, "dark": 3},
    "colors": {"atlas": _ACCENT, "dark": _DARK},
    "autoContrast": True,
    "defaultRadius": "sm",
    "cursorType": "pointer",
    "respectReducedMotion": True,
    "fontSizes": {"xs": "0.75rem", "sm": "0.8125rem", "md": "0.875rem", "lg": "1rem"},
    "components": {
        "TextInput": {"defaultProps": {"size": "sm"}},
        "NumberInput": {"defaultProps": {"size": "sm"}},
        "MultiSelect": {"defaultProps": {"size": "sm"}},
        "Select": {"defaultProps": {"size": "sm"}},
        "Button": {"defaultProps": {"size": "sm"}},
        "Tooltip": {"defaultProps": {"withArrow": True, "openDelay": 250, "multiline": True}},
    },
}
