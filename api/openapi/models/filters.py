"""Metadata filters: comparisons, and groups of them inside groups."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from api.openapi.models.base import Exact, Open, Scalar

# Two values differ in the case of letters alone; the program takes any case.
Logical = Literal["AND", "OR", "and", "or"]
Values = Annotated[list[Scalar], Field(min_length=1)]
Key = Annotated[str, Field(min_length=1, description="Name of a metadata field.")]


class AnyOf(Open):
    """True where the field is one of the values; with `!=` and `not in`, where it is none."""

    key: Key
    operator: Literal["=", "!=", "in", "not in"] = "in"
    values: Scalar | Values


class Ordering(Open):
    """True where the field is below or above a value."""

    key: Key
    operator: Literal["<", "<=", ">", ">="]
    values: Scalar | Annotated[list[Scalar], Field(min_length=1, max_length=1)]


class Between(Open):
    """True where the field lies between two values, both included."""

    key: Key
    operator: Literal["between"]
    values: Annotated[list[Scalar], Field(min_length=2, max_length=2)]


class InnerGroup(Exact):
    """A group inside a group; it is never empty. Groups nest at most 12 deep."""

    logical_operator: Logical | None = "AND"
    expressions: Annotated[
        list[AnyOf | Ordering | Between | InnerGroup | Negation], Field(min_length=1)
    ]


class Negation(Exact):
    """All records that its one expression does not match, those that lack the field included."""

    logical_operator: Literal["NOT", "not"]
    expressions: Annotated[
        list[AnyOf | Ordering | Between | InnerGroup | Negation],
        Field(min_length=1, max_length=1),
    ]


Members = Annotated[
    list[AnyOf | Ordering | Between | InnerGroup | Negation], Field(max_length=1000)
]


class FilterGroup(Exact):
    """Comparisons of metadata fields. A record that lacks a field matches no comparison of it."""

    logical_operator: Logical | None = "AND"
    expressions: Members | None = None


# A bare list is an AND group, as older clients send it.
Filters = FilterGroup | Negation | Members | None


class ResultComparison(Open):
    """A condition on a conjunction as a whole."""

    key: Literal["duration_min", "min_distance_km", "max_distance_km"]
    operator: Literal["<", "<=", ">", ">="]
    values: Annotated[
        list[Annotated[float, Field(ge=0, le=1e9)]], Field(min_length=1, max_length=1)
    ]


class ClosestInside(Open):
    """Whether it was closest between its first and its last epoch."""

    key: Literal["closest_inside"]
    operator: Literal["=", "!="] = "="
    values: Annotated[list[bool], Field(min_length=1, max_length=1)]


class ResultFilters(Exact):
    """Conditions on what was found, nested like metadata filters."""

    logical_operator: Logical | None = "AND"
    expressions: list[ResultComparison | ClosestInside] | None = None
