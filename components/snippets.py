"""A search as code that runs it again."""

from __future__ import annotations

import pprint
from typing import Any


def pyaurorax_code(query: dict[str, Any], base_url: str) -> str:
    """Return a Python program that runs `query` with PyAuroraX against the server at `base_url`.

    `search_from_raw_query` takes the times with a trailing Z, as AuroraX's page writes them.
    """
    raw = query | {"start": f"{query['start']}Z", "end": f"{query['end']}Z"}
    text = pprint.pformat(raw, width=92, sort_dicts=False)
    return (
        "import pyaurorax\n\n"
        f'aurorax = pyaurorax.PyAuroraX(api_base_url="{base_url.rstrip("/")}")\n\n'
        f"query = {text}\n\n"
        "search = aurorax.search.conjunctions.search_from_raw_query(query)\n"
        'print(f"{len(search.data)} conjunctions")\n'
        "for conjunction in search.data:\n"
        "    print(conjunction.start, conjunction.end, conjunction.min_distance)\n"
    )
