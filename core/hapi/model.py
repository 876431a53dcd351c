"""What HAPI serves: parameters, datasets, and what reads the records of a dataset."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import prod
from typing import Any, Literal, Protocol

import pyarrow as pa

from core.hapi.times import MICROSECONDS_LENGTH, SECONDS_LENGTH

ParameterType = Literal["isotime", "double", "integer", "string"]

TIME = "Time"
# JSON has no NaN: a number that is none is this one in every format, so that they agree.
DOUBLE_FILL = "-1e31"
INTEGER_FILL = "-2147483648"
STRING_FILL = "n/a"
FILLS: dict[ParameterType, str | None] = {
    "isotime": None, "double": DOUBLE_FILL, "integer": INTEGER_FILL, "string": STRING_FILL,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Parameter:
    """One column of a dataset.

    Attributes
    ----------
    length : int
        Bytes of a string or time; 0 for numbers.
    size : tuple of int
        Shape of a value; () for a scalar.
    more : mapping
        Further attributes as a document has them: label, bins, stringType and the like.
    """

    name: str
    type: ParameterType
    units: str | None
    description: str
    length: int = 0
    size: tuple[int, ...] = ()
    more: Mapping[str, Any] = field(default_factory=dict)

    @property
    def values(self) -> int:
        """How many values a record has of it."""
        return prod(self.size)

    def to_dict(self) -> dict[str, Any]:
        """Return the parameter as HAPI describes it."""
        described: dict[str, Any] = {"name": self.name, "type": self.type}
        if self.length:
            described["length"] = self.length
        if self.size:
            described["size"] = list(self.size)
        described |= {"units": self.units, "fill": FILLS[self.type]}
        return described | {"description": self.description} | dict(self.more)


def time_parameter(description: str, *, whole_seconds: bool = False) -> Parameter:
    """Return the column of times that every dataset begins with."""
    length = SECONDS_LENGTH if whole_seconds else MICROSECONDS_LENGTH
    return Parameter(TIME, "isotime", "UTC", description, length)


class Reader(Protocol):
    """What reads the records of a dataset. It is of one version of the archive's tables."""

    def rows(self, start_us: int, stop_us: int) -> int:
        """Return about how many records there are in [start, stop), read from listings alone."""
        ...

    def max_rows(self, parameters: Sequence[Parameter]) -> int:
        """Return the most records of these parameters that one request may ask for."""
        ...

    def batches(
        self, start_us: int, stop_us: int, parameters: Sequence[Parameter]
    ) -> Iterator[pa.Table]:
        """Yield the records in [start, stop) in order of time, a bounded number at once.

        The tables have a column for each of `parameters`: int64 microseconds since 1970 for the
        time, float64, int32 or text, and lists of fixed size for arrays. None has a null.
        """
        ...


@dataclass(frozen=True, slots=True)
class Dataset:
    """A dataset and what it says of itself.

    Attributes
    ----------
    start_us, stop_us : int
        What may be asked for, microseconds since 1970; `stop_us` is exclusive.
    sample_us : (int, int)
        A span that has records.
    cadence : str
        ISO 8601 duration between records; empty where there is no such thing.
    facts : mapping
        Further entries of the description.
    """

    id: str
    title: str
    parameters: tuple[Parameter, ...]
    start_us: int
    stop_us: int
    sample_us: tuple[int, int]
    cadence: str
    facts: Mapping[str, Any]
    modified_ms: int
    reader: Reader
