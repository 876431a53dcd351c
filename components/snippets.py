"""A search as code that runs it again."""

from __future__ import annotations

import json
from typing import Any

_WIDTH = 92


def pyaurorax_code(query: dict[str, Any], base_url: str) -> str:
    """Return a Python program that runs `query` with PyAuroraX against the server at `base_url`.

    `search_from_raw_query` takes the times with a trailing Z, as AuroraX's page writes them.
    """
    raw = query | {"start": f"{query['start']}Z", "end": f"{query['end']}Z"}
    return (
        "import pyaurorax\n\n"
        f'aurorax = pyaurorax.PyAuroraX(api_base_url="{base_url.rstrip("/")}")\n\n'
        f"query = {literal(raw)}\n\n"
        "search = aurorax.search.conjunctions.search_from_raw_query(query)\n"
        'print(f"{len(search.data)} conjunctions")\n'
        "for conjunction in search.data:\n"
        "    print(conjunction.start, conjunction.end, conjunction.min_distance)\n"
    )


def curl_code(query: dict[str, Any], base_url: str) -> str:
    """Return shell commands that submit `query` to the server at `base_url` and fetch the rows.

    The answer names the place of the status; the rows so far stand there until it is done.
    """
    base = base_url.rstrip("/")
    body = json.dumps(query, indent=2).replace("'", "'\\''")
    return (
        f"REQUEST=$(curl -s -o /dev/null -w '%header{{location}}' \\\n"
        f"  -H 'Content-Type: application/json' --data '{body}' \\\n"
        f"  {base}/api/v1/conjunctions/search)\n\n"
        'curl -s "$REQUEST/data/so_far"  # while it runs\n'
        'curl -s "$REQUEST/data"         # when it is done\n'
    )


def literal(value: Any, indent: int = 0) -> str:
    """Return a JSON value as a Python literal, broken into lines where one would be too long."""
    line = repr(value)
    if not isinstance(value, dict | list) or len(line) + indent <= _WIDTH - 30:
        return line
    inner = " " * (indent + 4)
    if isinstance(value, dict):
        parts = [f"{k!r}: {literal(v, indent + 4)}" for k, v in value.items()]
        opening, closing = "{", "}"
    else:
        parts = [literal(v, indent + 4) for v in value]
        opening, closing = "[", "]"
    body = "".join(f"{inner}{part},\n" for part in parts)
    return f"{opening}\n{body}{' ' * indent}{closing}"
