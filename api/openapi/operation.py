"""What is said of an operation: its place, what it takes and every answer that it gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from pydantic import BaseModel

Model = type[BaseModel]
Access = Literal["open", "optional", "key", "bearer"]

JSON = "application/json"
# What tables are delivered as where `Accept` asks for it.
TABLES = ("text/csv", "application/vnd.apache.parquet", "application/vnd.apache.arrow.stream")


@dataclass(frozen=True, slots=True)
class Answer:
    """One status with which an operation answers.

    Parameters
    ----------
    description : str
    model : type of BaseModel, optional
        Of a JSON body.
    media : tuple of str
        Other media types of the body, whose content is not described further.
    headers : tuple of str
        Names in `api.openapi.headers.HEADERS`.
    links : mapping, optional
        OpenAPI links: what the answer is good for next.
    """

    description: str
    model: Model | None = None
    media: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()
    links: Mapping[str, Any] = field(default_factory=dict)


UNCHANGED = Answer("What the client has is still right.", headers=("ETag",))


@dataclass(frozen=True, slots=True)
class Operation:
    """A method at a path.

    Parameters
    ----------
    method, path : str
        The path as OpenAPI writes it.
    name : str
        The operation's identifier.
    tag : str
    summary, description : str
    answers : mapping of int to Answer
        What it answers when all is well.
    errors : tuple of int
        Statuses with the error document.
    query, body : model, optional
        Query parameters and JSON body.
    examples : mapping
        Bodies that work on the embedded archive, by name.
    places : mapping
        Path parameters by name: JSON schema, description and example; see
        `api.openapi.places.PLACES`.
    access : {"open", "optional", "key", "bearer"}
        Whether a key means nothing, may be sent, or is needed; or the token of a session alone.
    """

    method: str
    path: str
    name: str
    tag: str
    summary: str
    answers: Mapping[int, Answer]
    description: str = ""
    errors: tuple[int, ...] = ()
    query: Model | None = None
    body: Model | None = None
    examples: Mapping[str, Any] = field(default_factory=dict)
    places: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    access: Access = "optional"
    deprecated: bool = False
