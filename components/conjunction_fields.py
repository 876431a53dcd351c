"""What a filter of the finder may compare: fields of records, derived fields, facts of a result."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from components.filter_group import FilterGroup
from core.archive.derived_fields import CYCLE_H, DERIVED_FIELDS
from core.errors import BadInput
from core.instruments.model import DataSource, MetadataField

NUMBERS = ("double", "int")
COMPARISONS = ("=", "!=", "<", "<=", ">", ">=", "between", "in", "not in")
NUMBER_OPERATORS = (">=", "<=", ">", "<", "=", "!=", "between", "in", "not in")
LIST_OPERATORS = ("in", "not in", "=", "!=")
YES_NO_OPERATORS = ("=", "!=")
LABELS = {
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

RESULT_FIELDS = (
    MetadataField("duration_min", "Minutes from first to last, both counted", "double"),
    MetadataField("min_distance_km", "Least distance of any pair, km", "double"),
    MetadataField("max_distance_km", "Greatest distance of any pair, km", "double"),
    MetadataField(
        "closest_inside", "The closest approach is neither at the first nor the last epoch", "bool"
    ),
)


@dataclass(frozen=True, slots=True)
class Offer:
    """A field that a condition may name, the heading that it stands under, and who has it."""

    field: MetadataField
    heading: str
    note: str = ""

    @property
    def key(self) -> str:
        """Key of the field."""
        return self.field.field_name


def offers_for(sources: Sequence[DataSource], group: FilterGroup) -> list[Offer]:
    """Return what conditions of a block may name: declared fields, derived ones, and those set."""
    declared: dict[str, MetadataField] = {}
    counts: dict[str, int] = {}
    for source in sources:
        for entry in source.ephemeris_metadata_schema:
            if entry.searchable is not False:
                declared.setdefault(entry.field_name, entry)
                counts[entry.field_name] = counts.get(entry.field_name, 0) + 1
    heading = "Fields of the records"
    offers = [
        Offer(entry, heading, _who(counts[key], len(sources))) for key, entry in declared.items()
    ]
    offers += [Offer(entry, "Computed for the minute") for entry in DERIVED_FIELDS]
    return offers + _undeclared(group, {offer.key for offer in offers})


def result_offers(group: FilterGroup) -> list[Offer]:
    """Return what filters on the result may name."""
    offers = [Offer(entry, "Of a conjunction") for entry in RESULT_FIELDS]
    return offers + _undeclared(group, {offer.key for offer in offers})


def _undeclared(group: FilterGroup, known: set[str]) -> list[Offer]:
    keys = dict.fromkeys(leaf.key for leaf in group.leaves if leaf.key not in known)
    about = "None of the sources declares it"
    return [Offer(MetadataField(key, about, "string"), "Others") for key in keys]


def _who(count: int, of: int) -> str:
    return "" if count == of else f"Declared by {count} of {of} sources; the others never match"


def operators(entry: MetadataField) -> tuple[str, ...]:
    """Return the operators that make sense for a field."""
    if entry.data_type in NUMBERS:
        return NUMBER_OPERATORS
    if entry.data_type == "bool":
        return YES_NO_OPERATORS
    return LIST_OPERATORS if entry.allowed_values else (*LIST_OPERATORS, *_ORDER)


_ORDER = ("<", "<=", ">", ">=", "between")


def usual_operator(entry: MetadataField) -> str:
    """Return the operator that a condition on a field begins with."""
    return operators(entry)[0]


def choices_of(entry: MetadataField) -> list[str] | None:
    """Return all values that a field can have, None where they are not listed."""
    if entry.data_type == "bool":
        return ["true", "false"]
    return list(entry.allowed_values) or None


def read_values(
    entry: MetadataField | None, key: str, operator: str, given: Any
) -> tuple[str, ...]:
    """Read the values of a condition as they were typed or chosen.

    Raises BadInput that says what is wrong with them.
    """
    number = entry is not None and entry.data_type in NUMBERS
    values = _parts(given, number=number)
    if not values:
        raise BadInput("Give a value, or remove the condition.", field=key)
    wanted = {"between": 2, "in": None, "not in": None, "=": None, "!=": None}.get(operator, 1)
    if number and operator in ("=", "!="):
        wanted = 1
    if number:
        _check_numbers(entry, key, values)
    if wanted is not None and len(values) != wanted:
        how = "two, like 75 and 90" if wanted == 2 else "one"
        raise BadInput(f"{len(values)} given; “{operator}” takes {how}.", field=key)
    if operator == "between" and number and key not in CYCLE_H:
        _check_order(key, values)
    return values


def _parts(given: Any, *, number: bool) -> tuple[str, ...]:
    if isinstance(given, list | tuple):
        parts: Iterable[str] = (str(value) for value in given)
    else:
        text = str(given or "")
        parts = text.replace(" and ", ",").replace(";", ",").split(",") if number else [text]
    return tuple(part.strip() if number else part for part in parts if part.strip())


def _check_order(key: str, values: Sequence[str]) -> None:
    if float(values[0]) > float(values[1]):
        raise BadInput("The first number is the lower one.", field=key)


def _check_numbers(entry: MetadataField | None, key: str, values: Iterable[str]) -> None:
    for text in values:
        try:
            number = float(text)
        except ValueError as error:
            raise BadInput(f"“{text}” is not a number.", field=key) from error
        if number != number or abs(number) == float("inf"):
            raise BadInput(f"“{text}” is not a finite number.", field=key)
        if entry is not None and entry.data_type == "int" and number != int(number):
            raise BadInput(f"“{text}” is not a whole number.", field=key)
