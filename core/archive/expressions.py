"""One comparison of a filter: a key, an operator and values, read from what a client sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any, Literal, get_args

from core.archive.derived_fields import DERIVED_PREFIX, derived_field
from core.archive.values import Scalar, as_number
from core.errors import BadInput

Operator = Literal["=", "!=", "<", "<=", ">", ">=", "in", "not in", "between"]
OPERATORS: tuple[Operator, ...] = get_args(Operator)
# Several values of these mean any (or none) of them; old clients send "=" with a list.
_MANY: dict[str, Operator] = {"=": "in", "!=": "not in"}


@dataclass(frozen=True, slots=True)
class Expression:
    """One comparison of a metadata field, or of a derived field, with values."""

    key: str
    operator: Operator
    values: tuple[Scalar, ...]

    @property
    def derived(self) -> bool:
        """Whether the key names a derived field."""
        return self.key.startswith(DERIVED_PREFIX)

    def to_dict(self) -> dict[str, Any]:
        """Return the expression as the API writes it."""
        return {"key": self.key, "operator": self.operator, "values": list(self.values)}


def read_expression(entry: Mapping[str, Any], path: str) -> Expression:
    """Read one comparison.

    Raises
    ------
    BadInput
        Its `field` is the path to what is wrong, below `path`.
    """
    key = entry.get("key")
    if not isinstance(key, str) or not key or not _encodable(key):
        raise bad_place(f"{path}.key", key, "key is the name of a metadata field")
    operator = _operator(entry.get("operator", "in"), f"{path}.operator")
    values = _values(entry.get("values"), f"{path}.values")
    if len(values) > 1:
        operator = _MANY.get(operator, operator)
    if operator == "between" and len(values) == 1:
        values = _two_of_one(values[0])
    if operator == "between" and len(values) != 2:
        raise bad_place(f"{path}.values", list(values), "between takes exactly two values")
    if operator not in ("in", "not in", "between") and len(values) != 1:
        raise bad_place(f"{path}.values", list(values), f"{operator} takes exactly one value")
    if key.startswith(DERIVED_PREFIX):
        values = _derived_values(key, values, path)
    return Expression(key, operator, values)


def _two_of_one(value: Scalar) -> tuple[Scalar, ...]:
    """Read both ends of a range from one text, ``"0,2"``, as IDL-AuroraX sends it."""
    if not isinstance(value, str):
        return (value,)
    return tuple(part.strip() for part in value.split(","))


def _derived_values(key: str, values: tuple[Scalar, ...], path: str) -> tuple[Scalar, ...]:
    """Refuse what is no derived field, and values that are no numbers; return numbers."""
    derived_field(key, f"{path}.key")
    numbers: list[Scalar] = []
    for i, value in enumerate(values):
        number = as_number(value)
        if number is None:
            raise bad_place(f"{path}.values[{i}]", value, f"{key} is compared with numbers")
        numbers.append(number)
    return tuple(numbers)


def _operator(word: Any, path: str) -> Operator:
    plain = " ".join(str(word).lower().split())
    plain = {"==": "=", "<>": "!="}.get(plain, plain)
    for operator in OPERATORS:
        if plain == operator:
            return operator
    raise bad_place(path, word, f"operators are {', '.join(OPERATORS)}")


def _values(values: Any, path: str) -> tuple[Scalar, ...]:
    entries = values if isinstance(values, list | tuple) else [values]
    if not entries:
        raise bad_place(path, values, "at least one value is needed")
    for i, value in enumerate(entries):
        if not isinstance(value, str | bool | int | float):
            raise bad_place(f"{path}[{i}]", value, "a value is a string, a number or a boolean")
        if isinstance(value, str) and not _encodable(value):
            raise bad_place(f"{path}[{i}]", ascii(value), "a string is valid Unicode")
        if isinstance(value, float) and not isfinite(value):
            raise bad_place(f"{path}[{i}]", str(value), "a number is finite")
    return tuple(entries)


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:  # JSON can spell lone surrogates, no database can keep them
        return False
    return True


def bad_place(path: str, value: Any, hint: str) -> BadInput:
    """Return the error for a value in a query that is not valid; `hint` says what it has to be."""
    return BadInput(
        f"{path} is not valid: {value!r}.", hint=f"Here {hint}.", field=path, value=value
    )
