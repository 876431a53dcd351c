"""Readers of HAPI streams written from the specification, with nothing of the program's own."""

from __future__ import annotations

import csv
import io
import json
import struct
from math import prod
from typing import Any

from flask.testing import FlaskClient

Row = list[Any]


def ask(client: FlaskClient, **query: str) -> Any:
    """Ask for data; a name that ends with an underscore is a word of Python."""
    return client.get("/hapi/data", query_string=query)


def width(parameter: dict[str, Any]) -> int:
    return prod(parameter.get("size", []))


def value(text: str, kind: str) -> Any:
    return {"double": float, "integer": int}.get(kind, str)(text)


def csv_rows(text: str, parameters: list[dict[str, Any]]) -> list[Row]:
    """Read CSV: arrays are unwound, every value in its type."""
    kinds = [p["type"] for p in parameters for _ in range(width(p))]
    rows = list(csv.reader(io.StringIO(text), strict=True))
    assert all(len(row) == len(kinds) for row in rows)
    return [[value(v, k) for v, k in zip(row, kinds, strict=True)] for row in rows]


def binary_rows(content: bytes, parameters: list[dict[str, Any]]) -> list[Row]:
    """Read binary records with struct."""
    codes = {"double": "d", "integer": "i"}
    form = "<" + "".join(
        codes[p["type"]] * width(p) if p["type"] in codes else f"{p['length']}s" * width(p)
        for p in parameters
    )
    assert len(content) % struct.calcsize(form) == 0
    return [
        [v.rstrip(b"\0").decode() if isinstance(v, bytes) else v for v in record]
        for record in struct.iter_unpack(form, content)
    ]


def json_rows(text: str) -> list[Row]:
    """Read the records of a JSON answer, arrays unwound."""
    return [list(_flat(row)) for row in json.loads(text)["data"]]


def _flat(item: Any) -> Any:
    if isinstance(item, list):
        for inner in item:
            yield from _flat(inner)
    else:
        yield item
