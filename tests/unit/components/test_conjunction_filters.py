"""The filters dialog: what it shows, what it reads, which field it blames."""

from __future__ import annotations

import pytest

from components.conjunction_filters import operators, read_conditions, split
from components.finder_state import Expression, FilterGroup
from core.instruments.model import MetadataField

CLOUD = MetadataField("cloud", "Class", "string", ("cloudy", "clear"))
CONFIDENCE = MetadataField("confidence", "Per cent", "double")
QUALITY = MetadataField("quality", "Flag", "int")
FIELDS = (CLOUD, CONFIDENCE, QUALITY)


def read(operator: str, value: object, field: MetadataField = CONFIDENCE):  # type: ignore[no-untyped-def]
    return read_conditions(
        FIELDS, {field.field_name: operator}, {field.field_name: value}, [], "AND"
    )


@pytest.mark.parametrize(
    ("operator", "text", "values"),
    [
        (">=", "95", ("95",)),
        ("between", "75, 90", ("75", "90")),
        ("between", "75 and 90", ("75", "90")),
        ("in", "1; 2, 3", ("1", "2", "3")),
    ],
)
def test_numbers_are_read(operator: str, text: str, values: tuple[str, ...]) -> None:
    group, errors = read(operator, text)
    assert errors == {}
    assert group.expressions == (Expression("confidence", operator, values),)


@pytest.mark.parametrize(
    ("operator", "text", "said"),
    [
        (">=", "many", "is not a number"),
        (">=", "1, 2", "takes one number"),
        ("between", "75", "takes two numbers"),
        ("between", "90, 75", "lower"),
        ("<", "nan", "finite"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(operator: str, text: str, said: str) -> None:
    group, errors = read(operator, text)
    assert group.expressions == ()
    assert list(errors) == ["confidence"]
    assert said in errors["confidence"]


def test_whole_numbers_are_wanted_for_int_fields() -> None:
    assert "whole number" in read("=", "1.5", QUALITY)[1]["quality"]
    assert read("=", "1", QUALITY)[1] == {}


def test_an_empty_field_is_no_condition() -> None:
    group, errors = read_conditions(
        FIELDS, {"cloud": "in", "confidence": ">="}, {"cloud": [], "confidence": " "}, [], "OR"
    )
    assert group == FilterGroup("OR")
    assert errors == {}


def test_lists_take_in_and_not_in_and_numbers_take_all() -> None:
    assert operators(CLOUD) == ("in", "not in")
    assert {"between", ">=", "<=", "=", "!=", "<", ">"} <= set(operators(CONFIDENCE))


def test_conditions_that_no_row_can_show_are_kept_apart() -> None:
    first = Expression("confidence", ">=", ("50",))
    second = Expression("confidence", "<=", ("90",))
    foreign = Expression("state", "in", ("definitive",))
    parts = split(FilterGroup("AND", (first, second, foreign)), FIELDS)
    assert parts.shown == {"confidence": first}
    assert parts.others == (second, foreign)
