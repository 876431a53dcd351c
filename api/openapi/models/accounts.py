"""Accounts, sessions and what administrators see."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, RootModel

from api.openapi.models.base import Exact, Flag, Open, Stamp, TimeIn, Uuid

Role = Literal["Administrator", "Owner", "Maintainer", "User"]
Count = Annotated[int, Field(ge=0, le=10**9)]


class Credentials(Open):
    """The address of an account and its password."""

    email_address: Annotated[str, Field(min_length=1, max_length=1000)]
    password: Annotated[str, Field(min_length=1, max_length=1000)]


class Account(Exact):
    """An account."""

    account_id: str | int
    agree_terms: None
    disabled: bool
    email_address: str
    first_name: str
    last_name: str
    role: Role


class Accounts(RootModel[list[Account]]):
    """Accounts by address."""


class Nothing(Exact):
    """An object without keys."""

    model_config = ConfigDict(extra="forbid")


class AccountFilter(Open):
    """Which accounts."""

    role: Role = ""  # type: ignore[assignment]


class RequestFilter(Open):
    """Which search requests; what is not given does not restrict."""

    search_type: Literal["conjunction", "ephemeris", "data_product"] = ""  # type: ignore[assignment]
    active: Annotated[Flag, Field(description="Those that wait or run.")] = ""
    start: Annotated[TimeIn, Field(description="Submitted at this time or later.")] = ""
    end: Annotated[TimeIn, Field(description="Submitted at this time or earlier.")] = ""
    file_size: Annotated[Count, Field(description="Least size of results, in 1000 bytes.")] = 0
    result_count: Annotated[Count, Field(description="Least number of results.")] = 0
    query_duration: Annotated[Count, Field(description="Least duration, in milliseconds.")] = 0
    error_condition: Annotated[Flag, Field(description="Those that failed.")] = ""


class ListedRequest(Exact):
    """A search request as administrators see it."""

    search_type: Literal["conjunction", "ephemeris", "data_product"]
    ip_address: str
    request_id: Uuid
    requested: Stamp
    active: bool
    query_duration: Annotated[float | None, Field(description="Milliseconds.")]
    result_file_exists: bool
    file_size: Annotated[int | None, Field(description="Bytes.")]
    result_count: int | None
    error_condition: bool


class ListedRequests(RootModel[list[ListedRequest]]):
    """Search requests, newest first."""
