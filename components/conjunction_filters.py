"""The dialog in which filters are put together: of a block's records, or of the result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from components.conjunction_builder import Node
from components.conjunction_fields import LABELS, NUMBERS, Offer, choices_of, operators
from components.icons import icon
from components.ids import Conjunctions as Ids
from core.archive.derived_fields import CYCLE_H
from core.instruments.model import MetadataField

_LOGIC = [
    {"value": "AND", "label": "All of these (AND)"},
    {"value": "OR", "label": "Any of these (OR)"},
    {"value": "NOT AND", "label": "Not all of these (NOT AND)"},
    {"value": "NOT OR", "label": "None of these (NOT OR)"},
]


def dialog() -> dmc.Modal:
    """Return the dialog, closed and empty; a callback fills it when it opens."""
    foot = html.Div(
        [
            dmc.Button("Clear all", id=Ids.FILTERS_RESET, variant="subtle", color="gray"),
            html.Span(className="grow"),
            dmc.Button("Cancel", id=Ids.FILTERS_CANCEL, variant="default"),
            dmc.Button("OK", id=Ids.FILTERS_OK),
        ],
        className="dialog__foot",
    )
    return dmc.Modal(
        [
            dcc.Store(id=Ids.FILTERS_BLOCK),
            dcc.Store(id=Ids.FILTERS_DRAFT),
            html.P(id=Ids.FILTERS_ABOUT, className="dim conditions__about"),
            html.Div(id=Ids.FILTERS_BODY),
            html.Div(id=Ids.FILTERS_ERROR),
            foot,
        ],
        id=Ids.FILTERS,
        title="Filters",
        size=980,
        closeButtonProps={"aria-label": "Close"},
    )


def about_block(title: str, count: int) -> str:
    """Return what the dialog says above the filters of a block that names `count` sources."""
    sources = "1 source" if count == 1 else f"{count} sources"
    return (
        f"A minute of {title} ({sources}) counts where its record fits. A record without the "
        "field fits no comparison, also not ≠; a group of NOT keeps it."
    )


ABOUT_RESULT = (
    "Only conjunctions that fit are given out. Each is judged whole: cut by the window, joined "
    "over the turns of months and years."
)


def body(draft: Node, offers: Sequence[Offer]) -> html.Div:
    """Return the fields of a draft."""
    known = {offer.key: offer for offer in offers}
    return _group(draft, "", known, _options(offers))


def _options(offers: Sequence[Offer]) -> list[dict[str, Any]]:
    headings = dict.fromkeys(offer.heading for offer in offers)
    return [
        {"group": h, "items": [{"value": o.key, "label": o.key} for o in offers if o.heading == h]}
        for h in headings
    ]


def _group(
    node: Node, path: str, known: Mapping[str, Offer], options: list[dict[str, Any]]
) -> html.Div:
    members = [
        _member(member, f"{path}.{i}" if path else str(i), known, options)
        for i, member in enumerate(node["members"])
    ]
    name = _name("Group", path)
    logic = dmc.Select(
        id=Ids.condition("logic", path),
        data=_LOGIC,
        value=node["logic"],
        allowDeselect=False,
        size="xs",
        comboboxProps={"shadow": "md"},
        className="group__logic",
        **{"aria-label": f"{name}: how its conditions are joined"},
    )
    remove = [] if not path else [_remove(path, name)]
    return html.Div(
        [
            html.Div([logic, html.Span(className="grow"), *remove], className="group__head"),
            *(members or [html.P("No condition: all fit.", className="conditions__none")]),
            html.Div(
                [
                    _more("add", "Condition", path, name),
                    _more("nest", "Group", path, name),
                ],
                className="group__more",
            ),
        ],
        className="group",
        role="group",
        **{"aria-label": name},
    )


def _name(what: str, path: str) -> str:
    number = ".".join(str(int(p) + 1) for p in path.split(".") if p)
    return f"{what} {number}" if number else "Filter"


def _more(what: str, label: str, path: str, name: str) -> html.Button:
    return html.Button(
        [icon("plus"), label],
        id=Ids.condition(what, path),
        type="button",
        className="btn btn--small",
        **{"aria-label": f"{name}: add a {label.lower()}"},
    )


def _remove(path: str, name: str) -> dmc.ActionIcon:
    return dmc.ActionIcon(
        icon("trash-2"),
        id=Ids.condition("remove", path),
        variant="subtle",
        color="gray",
        **{"aria-label": f"Remove {name}"},
    )


def _member(
    node: Node, path: str, known: Mapping[str, Offer], options: list[dict[str, Any]]
) -> html.Div:
    if "members" in node:
        return _group(node, path, known, options)
    offer = known.get(node["key"])
    name = _name("Condition", path)
    key = dmc.Select(
        id=Ids.condition("key", path),
        data=options,
        value=node["key"] or None,
        placeholder="Choose a field",
        searchable=True,
        allowDeselect=False,
        maxDropdownHeight=320,
        nothingFoundMessage="No field of that name",
        comboboxProps={"shadow": "md"},
        **{"aria-label": f"{name}: field"},
    )
    parts: list[Any] = [key]
    if offer:
        parts += [_operator(node, offer.field, path, name), _values(node, offer.field, path, name)]
    parts += [_remove(path, name), html.Span(_describe(offer), className="condition__about")]
    return html.Div(
        parts,
        className="condition" + ("" if offer else " condition--empty"),
        role="group",
        **{"aria-label": name},
    )


def _describe(offer: Offer | None) -> str:
    if offer is None:
        return ""
    parts = (offer.field.description, offer.field.additional_description, offer.note)
    return " ".join(f"{part.rstrip('.')}." for part in parts if part)


def _operator(node: Node, entry: MetadataField, path: str, name: str) -> dmc.Select:
    offered = operators(entry)
    return dmc.Select(
        id=Ids.condition("operator", path),
        data=[{"value": o, "label": LABELS[o]} for o in offered],
        value=node["operator"] or offered[0],
        allowDeselect=False,
        comboboxProps={"shadow": "md"},
        **{"aria-label": f"{name}: operator"},
    )


def _values(node: Node, entry: MetadataField, path: str, name: str) -> Any:
    given = node["values"]
    values = list(given) if isinstance(given, list) else []
    common: dict[str, Any] = {
        "id": Ids.condition("value", path),
        "aria-label": f"{name}: value",
    }
    if entry.data_type in NUMBERS:
        joint = " and " if node["operator"] == "between" else ", "
        return dmc.TextInput(
            value=given if isinstance(given, str) else joint.join(values),
            placeholder=_example(entry),
            **common,
        )
    listed = choices_of(entry)
    if listed is None:
        hint = "" if values else "Type a value and press Enter"
        return dmc.TagsInput(value=values, placeholder=hint, **common)
    return dmc.MultiSelect(
        data=listed + [v for v in values if v not in listed],
        value=values,
        placeholder="" if values else "Choose",
        clearable=True,
        searchable=len(listed) > 6,
        hidePickedOptions=False,
        comboboxProps={"shadow": "md"},
        **common,
    )


def _example(entry: MetadataField) -> str:
    if entry.field_name in CYCLE_H:
        return "22, or between: 22 and 2"
    return "A number; between: 75 and 90"
