"""A block's filter in two parts: what the tables can answer, and what is computed for records.

The metadata part becomes SQL. What holds for every record that passes goes into the condition of
the read; a metadata group that stands inside an OR or a NOT with derived fields is read as a
column of its own, true or false (`Flag`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.archive.derived_fields import CYCLE_H, INDEX_KEYS, POSITION_KEYS
from core.archive.filter_sql import check_readable, declared_types
from core.archive.filters import Expression, Logical, MetadataFilter, SqlFilter
from core.instruments.model import MetadataField
from core.search.filters.derived import COST

Bools = NDArray[np.bool_]
Float = NDArray[np.float64]
Ints = NDArray[np.int64]

EVERYTHING = SqlFilter("true")
_NEGATIVE = ("!=", "not in")


@dataclass(frozen=True)
class Flag:
    """A metadata group that was answered by the read, as its column with this number."""

    number: int


@dataclass(frozen=True)
class Branch:
    """Members under a logical operator."""

    logical: Logical
    members: tuple[Node, ...]


Node = Branch | Flag | Expression


@dataclass(frozen=True)
class MixedFilter:
    """A compiled filter.

    Attributes
    ----------
    where : SqlFilter
        Condition that every passing record meets.
    flags : tuple of SqlFilter
        Conditions to be read as columns.
    rest : Node or None
        What is left to decide for the records read; None when `where` says it all.
    positional : bool
        Whether it depends on the position that is compared, and so on the conjunction type.
    indices : bool
        Whether it depends on geomagnetic indices.
    """

    where: SqlFilter
    flags: tuple[SqlFilter, ...] = ()
    rest: Node | None = None
    positional: bool = False
    indices: bool = False

    @property
    def key(self) -> str:
        """Text that tells this filter from any other."""
        parts = [self.where, *self.flags]
        return repr([(part.sql, sorted(part.params.items())) for part in parts] + [self.rest])


def compile_mixed(group: MetadataFilter, fields: Sequence[MetadataField]) -> MixedFilter:
    """Compile a filter that may name derived fields.

    Raises
    ------
    core.errors.BadInput
        A value does not fit the type that its field is declared with; `field` is the place
        below the filter.
    """
    check_readable(group, declared_types(fields), derived=True)
    if not group.derived:
        return MixedFilter(group.to_sql(fields))
    compiler = _Compiler(fields)
    where = EVERYTHING
    if group.logical_operator == "AND":
        plain = tuple(member for member in group.expressions if not _is_derived(member))
        where = MetadataFilter("AND", plain).to_sql(fields)
        group = MetadataFilter("AND", tuple(m for m in group.expressions if _is_derived(m)))
    rest = compiler.branch(group)
    keys = {leaf.key for leaf in group.leaves}
    return MixedFilter(
        where, tuple(compiler.flags), rest, bool(keys & POSITION_KEYS), bool(keys & INDEX_KEYS)
    )


def evaluate(
    node: Node,
    rows: Ints,
    flags: Sequence[Bools],
    values: Callable[[str, Ints], Float],
) -> Bools:
    """Say which of some records pass.

    Parameters
    ----------
    node : Node
    rows : int64[N]
        Numbers of the records in question.
    flags : sequence of bool[M]
        Columns of the read, for all records.
    values : callable
        Given a key and numbers of records, returns a derived field of these records.

    Returns
    -------
    bool[N]
    """
    if isinstance(node, Flag):
        return flags[node.number][rows]
    if isinstance(node, Expression):
        return compare(node, values(node.key, rows))
    if node.logical == "NOT":
        return ~evaluate(node.members[0], rows, flags, values)
    # A member is asked only about records that the members before it have not decided.
    settled = node.logical == "OR"
    out = np.full(len(rows), not settled)
    left = np.arange(len(rows))
    for member in node.members:
        said = evaluate(member, rows[left], flags, values)
        out[left[said == settled]] = settled
        left = left[said != settled]
    return out


def compare(expression: Expression, found: Float) -> Bools:
    """Say where values meet a comparison with numbers; NaN is missing, and meets none.

    `between` with a larger first value goes over the end of a field that begins again (MLT).
    """
    wanted = [float(value) for value in expression.values]
    known: Bools = ~np.isnan(found)
    word = expression.operator
    if word in ("=", "in"):
        return np.isin(found, wanted)
    if word in _NEGATIVE:
        return known & ~np.isin(found, wanted)
    if word == "between":
        low, high = found >= wanted[0], found <= wanted[1]
        over = expression.key in CYCLE_H and wanted[0] > wanted[1]
        return np.asarray(low | high if over else low & high)
    ordered: dict[str, Callable[[Float, float], Bools]] = {
        "<": np.less, "<=": np.less_equal, ">": np.greater, ">=": np.greater_equal
    }  # fmt: skip
    return ordered[word](found, wanted[0])


class _Compiler:
    """Collects the metadata groups that are read as columns."""

    def __init__(self, fields: Sequence[MetadataField]) -> None:
        self.fields = fields
        self.flags: list[SqlFilter] = []

    def branch(self, group: MetadataFilter) -> Branch:
        plain = tuple(member for member in group.expressions if not _is_derived(member))
        members: list[Node] = [self._flag(group.logical_operator, plain)] if plain else []
        for member in group.expressions:
            if isinstance(member, Expression):
                if member.derived:
                    members.append(member)
            elif member.derived:
                members.append(self.branch(member))
        members.sort(key=_cost)
        return Branch(group.logical_operator, tuple(members))

    def _flag(self, logical: Logical, members: tuple[Expression | MetadataFilter, ...]) -> Flag:
        # The NOT of a derived group has that one member only; a flag under NOT has no company.
        group = MetadataFilter("AND" if logical == "NOT" else logical, members)
        self.flags.append(group.to_sql(self.fields, prefix=f"flag{len(self.flags)}_"))
        return Flag(len(self.flags) - 1)


def _is_derived(member: Expression | MetadataFilter) -> bool:
    return member.derived


def _cost(node: Node) -> int:
    if isinstance(node, Flag):
        return -1
    if isinstance(node, Expression):
        return COST[node.key]
    return max(_cost(member) for member in node.members)
