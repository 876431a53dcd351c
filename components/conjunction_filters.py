"""The dialog of a block's metadata filters: one row a field that all chosen sources declare."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from components.finder_state import Expression, FilterGroup
from components.ids import Conjunctions as Ids
from core.errors import BadInput
from core.instruments.model import MetadataField

LIST_OPERATORS = ("in", "not in")
NUMBER_OPERATORS = (">=", "<=", ">", "<", "=", "!=", "between", "in", "not in")
_NUMBER_LABELS = {
    ">=": "≥ at least",
    "<=": "≤ at most",
    ">": "> above",
    "<": "< below",
    "=": "= equal",
    "!=": "≠ not equal",
    "between": "between",
    "in": "is one of",
    "not in": "is none of",
}
_LIST_LABELS = {"in": "is one of", "not in": "is none of"}


@dataclass(frozen=True, slots=True)
class Split:
    """The conditions of a block: those that a row can show, by field, and the others."""

    shown: dict[str, Expression]
    others: tuple[Expression, ...]


def dialog() -> dmc.Modal:
    """Return the dialog, closed and empty; a callback fills it for a block when it opens."""
    foot = html.Div(
        [
            dmc.Button("Clear all", id=Ids.FILTERS_RESET, variant="subtle", color="gray"),
            html.Span(className="grow"),
            dmc.Button("Cancel", id=Ids.FILTERS_CANCEL, variant="default"),
            dmc.Button("OK", id=Ids.FILTERS_OK),
        ],
        className="dialog__foot",
    )
    logic = dmc.SegmentedControl(
        id=Ids.FILTERS_LOGIC,
        data=[{"value": "AND", "label": "All (AND)"}, {"value": "OR", "label": "Any (OR)"}],
        value="AND",
        size="xs",
        **{"aria-label": "How the conditions are joined"},
    )
    return dmc.Modal(
        [
            dcc.Store(id=Ids.FILTERS_BLOCK),
            html.Div(
                [html.Span("Conditions that must hold"), logic], className="conditions__logic"
            ),
            html.Div(id=Ids.FILTERS_BODY),
            html.Div(id=Ids.FILTERS_ERROR),
            foot,
        ],
        id=Ids.FILTERS,
        title="Metadata filters",
        size=880,
        closeButtonProps={"aria-label": "Close"},
    )


def split(group: FilterGroup, fields: Sequence[MetadataField]) -> Split:
    """Part the conditions into those that the dialog's rows can show and the others."""
    known = {f.field_name: f for f in fields}
    shown: dict[str, Expression] = {}
    others = []
    for expression in group.expressions:
        entry = known.get(expression.key)
        fits = entry is not None and expression.operator in (*operators(entry), "=", "!=")
        if fits and expression.key not in shown:
            shown[expression.key] = expression
        else:
            others.append(expression)
    return Split(shown, tuple(others))


def operators(entry: MetadataField) -> tuple[str, ...]:
    """Return the operators that make sense for a field."""
    return NUMBER_OPERATORS if entry.data_type in ("double", "int") else LIST_OPERATORS


def body(title: str, group: FilterGroup, fields: Sequence[MetadataField], count: int) -> list[Any]:
    """Return the dialog's content for a block that names `count` sources."""
    parts = split(group, fields)
    explanation = (
        f"Conditions on the records of {title}: a minute counts where they hold. Listed are the "
        f"fields that all {count} of its sources declare. A record without the field never "
        "matches. Several values of one field are alternatives; between takes two, like 75, 90."
    )
    rows = [_row(entry, parts.shown.get(entry.field_name)) for entry in fields]
    if not rows:
        rows = [html.P("The chosen sources share no metadata field.", className="conditions__none")]
    return [
        html.P(explanation, className="dim conditions__about"),
        html.Div(rows, className="conditions"),
        *_others(parts.others),
    ]


def _row(entry: MetadataField, expression: Expression | None) -> html.Div:
    name = html.Div(
        [
            html.Code(entry.field_name, className="condition__name"),
            html.Span(_describe(entry), className="condition__about"),
        ],
        className="condition__field",
    )
    return html.Div(
        [name, _operator(entry, expression), _values(entry, expression)],
        className="condition" + (" condition--set" if expression else ""),
        role="group",
        **{"aria-label": entry.field_name},
    )


def _describe(entry: MetadataField) -> str:
    parts = (entry.description, entry.additional_description)
    return " ".join(f"{part.rstrip('.')}." for part in parts if part)


def _operator(entry: MetadataField, expression: Expression | None) -> dmc.Select:
    names = operators(entry)
    labels = _LIST_LABELS if names is LIST_OPERATORS else _NUMBER_LABELS
    chosen = expression.operator if expression else names[0]
    if names is LIST_OPERATORS:
        chosen = {"=": "in", "!=": "not in"}.get(chosen, chosen)
    return dmc.Select(
        id=Ids.condition("operator", entry.field_name),
        data=[{"value": name, "label": labels[name]} for name in names],
        value=chosen,
        allowDeselect=False,
        comboboxProps={"shadow": "md"},
        **{"aria-label": f"Operator for {entry.field_name}"},
    )


def _values(entry: MetadataField, expression: Expression | None) -> Any:
    values = list(expression.values) if expression else []
    name = entry.field_name
    label = {"aria-label": f"Values for {name}"}
    if entry.data_type in ("double", "int"):
        return dmc.TextInput(
            id=Ids.condition("value", name),
            value=" and ".join(values)
            if expression and expression.operator == "between"
            else ", ".join(values),
            placeholder="Any",
            **label,
        )
    if entry.data_type == "bool" or entry.allowed_values:
        allowed = list(entry.allowed_values) or ["true", "false"]
        return dmc.MultiSelect(
            id=Ids.condition("value", name),
            data=allowed + [v for v in values if v not in allowed],
            value=values,
            placeholder="" if values else "Any",
            clearable=True,
            searchable=len(allowed) > 6,
            hidePickedOptions=False,
            comboboxProps={"shadow": "md"},
            **label,
        )
    return dmc.TagsInput(
        id=Ids.condition("value", name),
        value=values,
        placeholder="" if values else "Any; type a value and press Enter",
        **label,
    )


def _others(expressions: tuple[Expression, ...]) -> list[Any]:
    if not expressions:
        return []
    boxes = [
        dmc.Checkbox(label=html.Code(phrase(e)), value=str(position), size="sm")
        for position, e in enumerate(expressions)
    ]
    return [
        html.Div(
            [
                html.H3("Further conditions"),
                html.P(
                    "On fields that not all of the sources declare, or a second one on the same "
                    "field. Those that stay ticked are kept.",
                    className="dim small",
                ),
                dmc.CheckboxGroup(
                    html.Div(boxes, className="others__list"),
                    id=Ids.condition("others", "kept"),
                    value=[str(i) for i in range(len(expressions))],
                ),
            ],
            className="others",
        )
    ]


def phrase(expression: Expression) -> str:
    """Return a condition as one reads it."""
    return f"{expression.key} {expression.operator} {', '.join(expression.values)}"


def read_conditions(
    fields: Sequence[MetadataField],
    given_operators: Mapping[str, str],
    given_values: Mapping[str, Any],
    others: Sequence[Expression],
    logic: str,
) -> tuple[FilterGroup, dict[str, str]]:
    """Return the conditions that the dialog holds, and the errors by field name."""
    expressions: list[Expression] = []
    errors: dict[str, str] = {}
    for entry in fields:
        name = entry.field_name
        try:
            values = _read_values(entry, given_operators.get(name, ""), given_values.get(name))
        except BadInput as error:
            errors[name] = str(error)
            continue
        if values:
            expressions.append(Expression(name, given_operators.get(name, ""), values))
    return FilterGroup(logic or "AND", (*expressions, *others)), errors


def _read_values(entry: MetadataField, operator: str, given: Any) -> tuple[str, ...]:
    if isinstance(given, list):
        return tuple(str(v) for v in given)
    words = str(given or "").replace(" and ", ",").replace(";", ",").split(",")
    values = tuple(w.strip() for w in words if w.strip())
    if not values:
        return ()
    for value in values:
        _check_number(entry, value)
    wanted = {"between": 2, "in": None, "not in": None}.get(operator, 1)
    if wanted is not None and len(values) != wanted:
        number = "two numbers, like 75, 90" if wanted == 2 else "one number"
        raise BadInput(f"{len(values)} given; “{operator}” takes {number}.", field=entry.field_name)
    if operator == "between" and float(values[0]) > float(values[1]):
        raise BadInput("The first number is the lower one.", field=entry.field_name)
    return values


def _check_number(entry: MetadataField, text: str) -> None:
    try:
        number = float(text)
    except ValueError as error:
        raise BadInput(f"“{text}” is not a number.", field=entry.field_name) from error
    if number != number or abs(number) == float("inf"):
        raise BadInput(f"“{text}” is not a finite number.", field=entry.field_name)
    if entry.data_type == "int" and number != int(number):
        raise BadInput(f"“{text}” is not a whole number.", field=entry.field_name)
