"""The criteria blocks of the finder: one row a block, its lists narrowed to what exists."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import dash_mantine_components as dmc
from dash import html

from components.finder_state import Block, FinderState, block_names
from components.icons import icon
from components.ids import Conjunctions as Ids
from components.source_options import choices, only_types
from core.instruments.model import DataSource

KIND_LABELS: dict[str, str] = {
    "ground": "Ground",
    "space": "Space",
    "events": "Events",
    "adhoc": "Custom location",
}
KIND_ICONS = {"ground": "camera", "space": "satellite", "events": "list-video", "adhoc": "map-pin"}
_HEMISPHERES = [
    {"value": "northern", "label": "Northern"},
    {"value": "southern", "label": "Southern"},
]


def block_title(name: str) -> str:
    """Return the title of a block: ground1 becomes Ground 1."""
    kind = name.rstrip("0123456789")
    return f"{KIND_LABELS[kind]} {name[len(kind) :]}"


def block_rows(state: FinderState, sources: Sequence[DataSource]) -> list[Any]:
    """Return the head and one row for every block of `state`."""
    names = block_names(state.blocks)
    columns = (
        "Criteria",
        "Programs",
        "Platforms",
        "Footprint of",
        "Hemisphere",
        "Metadata filters",
        "",
    )
    head = html.Div(
        [html.Span(c) for c in columns], className="blocks__head", **{"aria-hidden": "true"}
    )
    rows = [
        block_row(block, index, name, sources)
        for index, (block, name) in enumerate(zip(state.blocks, names, strict=True))
    ]
    return (
        [head, *rows]
        if rows
        else [html.P("No criteria yet. Add at least two blocks.", className="blocks__none")]
    )


def block_row(block: Block, index: int, name: str, sources: Sequence[DataSource]) -> html.Div:
    """Return the row of one block."""
    title = html.Div(
        [icon(KIND_ICONS[block.kind]), html.Span(block_title(name))],
        className="block__name",
    )
    middle = (
        _points(block, index, name)
        if block.kind == "adhoc"
        else _lists(block, index, name, sources)
    )
    return html.Div(
        [title, *middle, _row_buttons(index, name)],
        className=f"block block--{block.kind}",
        role="group",
        **{"aria-label": block_title(name)},
    )


def _points(block: Block, index: int, name: str) -> list[Any]:
    area = dmc.Textarea(
        id=Ids.block("points", index),
        value=block.points,
        placeholder="Latitude, longitude in degrees, one point a line:\n51.05, -114.07",
        autosize=True,
        minRows=1,
        maxRows=6,
        debounce=True,
        attributes={"input": {"aria-label": f"{block_title(name)}: points"}},
    )
    return [html.Div(area, className="block__points")]


def _lists(block: Block, index: int, name: str, sources: Sequence[DataSource]) -> list[Any]:
    offered = choices(sources, block)
    types = only_types(sources, block)
    single = len(types) == 1
    title = block_title(name)
    return [
        _list("programs", "Programs", title, index, offered.programs, block.programs),
        _list("platforms", "Platforms", title, index, offered.platforms, block.platforms),
        _list(
            "instruments",
            "Footprint of",
            title,
            index,
            offered.instrument_types,
            types if single else block.instrument_types,
            single,
        ),
        _hemisphere(block, index, title),
        filters_button(block, index, title),
    ]


def _list(
    part: str,
    label: str,
    title: str,
    index: int,
    data: list[dict[str, str]],
    value: Sequence[str],
    disabled: bool = False,
) -> html.Div:
    select = dmc.MultiSelect(
        id=Ids.block(part, index),
        data=data,
        value=list(value),
        placeholder="" if value else "Any",
        searchable=True,
        clearable=not disabled,
        disabled=disabled,
        hidePickedOptions=False,
        maxDropdownHeight=300,
        nothingFoundMessage="Nothing of that name in this archive",
        comboboxProps={"shadow": "md"},
        attributes={"inputField": {"aria-label": f"{title}: {label}"}},
    )
    return html.Div(
        [html.Span(label, className="block__label"), select], className=f"block__{part}"
    )


def _hemisphere(block: Block, index: int, title: str) -> html.Div:
    if block.kind != "space":
        return html.Div(
            html.Span("–", className="faint"), className="block__hemisphere block__hemisphere--none"
        )
    select = dmc.MultiSelect(
        id=Ids.block("hemisphere", index),
        data=_HEMISPHERES,
        value=list(block.hemisphere),
        placeholder="" if block.hemisphere else "Both",
        comboboxProps={"shadow": "md"},
        attributes={"inputField": {"aria-label": f"{title}: Hemisphere of the spacecraft"}},
    )
    return html.Div(
        [html.Span("Hemisphere", className="block__label"), select], className="block__hemisphere"
    )


def filters_button(block: Block, index: int, title: str) -> html.Div:
    """Return the button that opens a block's metadata filters and says how many there are."""
    count = sum(1 for _ in block.filters.leaves)
    button = dmc.Button(
        filters_label(count),
        id=Ids.block("filters", index),
        variant="light" if count else "default",
        leftSection=icon("filter"),
        fullWidth=True,
        justify="flex-start",
        **{"aria-label": f"{title}: metadata filters, {count} set"},
    )
    return html.Div(
        [html.Span("Metadata filters", className="block__label"), button],
        className="block__filters",
    )


def filters_label(count: int) -> str:
    """Return what the filters button of a block says."""
    return "None" if count == 0 else f"{count} set"


def _row_buttons(index: int, name: str) -> html.Div:
    title = block_title(name)
    reset = dmc.ActionIcon(
        icon("rotate-ccw"),
        id=Ids.block("reset", index),
        variant="subtle",
        color="gray",
        **{"aria-label": f"Reset {title}"},
    )
    remove = dmc.ActionIcon(
        icon("trash-2"),
        id=Ids.block("remove", index),
        variant="subtle",
        color="gray",
        **{"aria-label": f"Remove {title}"},
    )
    return html.Div(
        [dmc.Tooltip(reset, label="Reset"), dmc.Tooltip(remove, label="Remove")],
        className="block__buttons",
    )
