"""What all models share: exact or open keys, times, booleans of query parameters."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema


class Exact(BaseModel):
    """An object with these keys and no others."""

    model_config = ConfigDict(extra="forbid")


class Open(BaseModel):
    """An object that may hold more keys than these."""

    model_config = ConfigDict(extra="allow")


def _text(**schema: Any) -> Any:
    return WithJsonSchema({"type": "string", **schema})


# A time as the program reads it: any form of ISO 8601, UTC where no offset says otherwise.
TimeIn = Annotated[
    str,
    _text(
        format="iso-time",
        description="ISO 8601, UTC unless it says otherwise, between 1900 and 2199.",
        examples=["2019-01-01T00:00:00"],
    ),
]
# A time as clients parse it, to the second.
TimeOut = Annotated[
    str,
    _text(
        pattern=r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$",
        description="UTC, to the second.",
        examples=["2019-01-01T05:58:00"],
    ),
]
# A time of the program's own doing, to the millisecond.
Stamp = Annotated[
    str,
    _text(
        pattern=r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?$",
        description="UTC.",
        examples=["2026-01-02T10:25:21.911"],
    ),
]
# ISO with a Z, as media have it.
Zulu = Annotated[str, _text(pattern=r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$")]
DayIn = Annotated[
    str,
    _text(
        format="iso-day",
        description="YYYY-MM-DD; what follows the day is not read.",
        examples=["2019-01-01"],
    ),
]
Uuid = Annotated[str, _text(format="uuid")]
# A boolean in the text of an address, in any case.
Flag = Annotated[
    str,
    _text(
        pattern=r"^(?:[Tt][Rr][Uu][Ee]|1|[Yy][Ee][Ss]|[Ff][Aa][Ll][Ss][Ee]|0|[Nn][Oo])$",
        description="true or false, in any case.",
        examples=["true", "false"],
    ),
]
Word = Annotated[str, Field(min_length=1, max_length=200)]
LatDeg = Annotated[float, Field(ge=-90, le=90)]
LonDeg = Annotated[float, Field(ge=-180, le=360)]
# What JSON may hold anywhere: integers have at most 64 bits.
Scalar = str | bool | Annotated[int, Field(ge=-(2**63) + 1, le=2**63 - 1)] | float
