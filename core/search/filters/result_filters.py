"""Filters on what a conjunction search has found: how long, how near, and whether it came closest.

``{"result_filters": {"logical_operator": ..., "expressions": [...]}}`` in the grammar of
metadata filters, nesting included, with these keys:

| key | of a conjunction |
|---|---|
| `duration_min` | minutes, first and last counted |
| `min_distance_km`, `max_distance_km` | as in the result |
| `closest_inside` | true when it was closest neither at its first nor at its last epoch |

A conjunction is judged as a whole, as the search would give it out without result filters: cut
by the window of the query, and joined over the edges of the pieces that were worked on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.archive.expressions import bad_place
from core.archive.filters import Expression, MetadataFilter
from core.archive.values import as_boolean, as_number
from core.search.engine.runs import Runs
from core.search.filters.mixed_filter import compare

Bools = NDArray[np.bool_]
Float = NDArray[np.float64]

NUMBERS: dict[str, Callable[[Runs], Float]] = {
    "duration_min": lambda runs: (runs.end_s // 60 - runs.start_s // 60 + 1).astype(np.float64),
    "min_distance_km": lambda runs: runs.nearest_km,
    "max_distance_km": lambda runs: runs.farthest_km,
}
CLOSEST_INSIDE = "closest_inside"
RESULT_KEYS = (*NUMBERS, CLOSEST_INSIDE)
_YES_NO = ("=", "!=", "in", "not in")


@dataclass(frozen=True)
class ResultFilters:
    """What conjunctions must be like to be given out; false when all are."""

    group: MetadataFilter = field(default_factory=MetadataFilter)

    def __bool__(self) -> bool:
        return bool(self.group)

    @classmethod
    def from_dict(cls, value: Any, path: str = "result_filters") -> ResultFilters:
        """Read the filters of a query; null, absent and empty mean none.

        Raises
        ------
        core.errors.BadInput
            Its `field` is the path to what is wrong, such as
            ``result_filters.expressions[0].values[0]``.
        """
        group = MetadataFilter.from_dict(value, path)
        _check(group, path)
        return cls(group)

    def to_dict(self) -> dict[str, Any]:
        """Return the filters as a query holds them."""
        return self.group.to_dict()

    def apply(self, runs: Runs, step_s: int = 60) -> Runs:
        """Return the runs that pass, in their order.

        Parameters
        ----------
        runs : Runs
            Whole conjunctions, merged over all pieces.
        step_s : int
            Seconds between epochs; results do not depend on it.
        """
        if not self or not len(runs):
            return runs
        return runs.take(np.flatnonzero(_passes(self.group, runs)))


def closest_inside(runs: Runs) -> Bools:
    """Say which runs were closest between their first and their last epoch."""
    inside: Bools = (runs.closest_s > runs.start_s) & (runs.closest_s < runs.end_s)
    return inside


def _passes(group: MetadataFilter, runs: Runs) -> Bools:
    said = [
        _meets(member, runs) if isinstance(member, Expression) else _passes(member, runs)
        for member in group.expressions
    ]
    if group.logical_operator == "NOT":
        return ~said[0]
    combine = np.logical_or if group.logical_operator == "OR" else np.logical_and
    return np.asarray(combine.reduce(said))


def _meets(expression: Expression, runs: Runs) -> Bools:
    if expression.key != CLOSEST_INSIDE:
        return compare(expression, NUMBERS[expression.key](runs))
    wanted = {as_boolean(value) for value in expression.values}
    found = closest_inside(runs)
    hit = np.where(found, True in wanted, False in wanted)
    return ~hit if expression.operator in ("!=", "not in") else hit


def _check(group: MetadataFilter, path: str) -> None:
    for number, member in enumerate(group.expressions):
        place = f"{path}.expressions[{number}]"
        if isinstance(member, Expression):
            _check_expression(member, place)
        else:
            _check(member, place)


def _check_expression(expression: Expression, place: str) -> None:
    if expression.key not in RESULT_KEYS:
        hint = f"the keys are {', '.join(RESULT_KEYS)}"
        raise bad_place(f"{place}.key", expression.key, hint)
    yes_no = expression.key == CLOSEST_INSIDE
    if yes_no and expression.operator not in _YES_NO:
        hint = f"{CLOSEST_INSIDE} is compared by {', '.join(_YES_NO)}"
        raise bad_place(f"{place}.operator", expression.operator, hint)
    for i, value in enumerate(expression.values):
        if (as_boolean(value) if yes_no else as_number(value)) is None:
            what = "true or false" if yes_no else "a number"
            raise bad_place(f"{place}.values[{i}]", value, f"{expression.key} takes {what}")
