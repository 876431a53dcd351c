"""JSON out: documents, and streams of records that are never one giant list.

The header is exactly ``application/json``, without a character set, because clients compare it
as text. JSON knows no NaN or infinity; they are delivered as null.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import Any

import flask

JSON_TYPE = "application/json"
# Records that are encoded at a time: large enough that the encoder is not called in vain, small
# enough (some 300 kB) that the first bytes leave at once.
CHUNK_RECORDS = 500


def answer(value: Any, status: int = 200) -> flask.Response:
    """Return `value` as a JSON response."""
    return flask.Response(encode(value), status=status, content_type=JSON_TYPE)


def encode(value: Any) -> str:
    """Return `value` as JSON text."""
    try:
        return json.dumps(value, allow_nan=False, ensure_ascii=False, separators=(",", ":"))
    except ValueError:
        return json.dumps(_without_nan(value), ensure_ascii=False, separators=(",", ":"))


def stream(records: Iterable[Any], key: str | None = None) -> flask.Response:
    """Return a response that is written while `records` is read.

    Parameters
    ----------
    records : iterable
        What the array holds.
    key : str, optional
        When given, the array is the value of this one key of an object.

    Notes
    -----
    The first chunk is read before the response begins: what fails there, still becomes an error
    document. A later failure breaks the transfer off, which clients notice.
    """
    opening, closing = ("[", "]") if key is None else (f'{{"{key}":[', "]}")
    pieces = _pieces(iter(records), opening, closing)
    first = next(pieces)
    return flask.Response(chain((first,), pieces), content_type=JSON_TYPE)


def _pieces(records: Iterator[Any], opening: str, closing: str) -> Iterator[str]:
    separator = opening
    while chunk := list(islice(records, CHUNK_RECORDS)):
        yield separator + encode(chunk)[1:-1]
        separator = ","
    yield closing if separator == "," else opening + closing


def _without_nan(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: _without_nan(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_without_nan(item) for item in value]
    return value
