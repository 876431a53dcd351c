"""What part of a JSON value no part of the program could store or compare.

NaN, numbers beyond 64 bits, half surrogate pairs, NUL and deep nesting pass a JSON reader, and
then fail in one database or another; they are refused before anything sees them.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Any

MAX_DEPTH = 32
MAX_INTEGER = 2**63 - 1
_BAD = re.compile("[\0\ud800-\udfff]")


def problems(root: Any) -> Iterator[tuple[str, str]]:
    """Yield the path and the problem of each part of `root` that cannot be stored.

    Parameters
    ----------
    root : object
        What a JSON reader returned.

    Yields
    ------
    tuple of str
        Path below `root` (empty for itself), and what is wrong there.
    """
    # A stack instead of recursion: the depth is what is being checked.
    stack: list[tuple[str, Any, int]] = [("", root, 1)]
    while stack:
        path, value, depth = stack.pop()
        if problem := _problem(value, depth):
            yield path, problem
        elif isinstance(value, dict):
            for key, item in value.items():
                stack.append((f"{path}.{key}" if path else str(key), item, depth + 1))
                if problem := _problem(key, depth):
                    yield path, f"a key: {problem}"
        elif isinstance(value, list):
            stack.extend((f"{path}[{i}]", item, depth + 1) for i, item in enumerate(value))


def _problem(value: Any, depth: int) -> str:
    if depth > MAX_DEPTH:
        return f"nested deeper than {MAX_DEPTH}"
    if isinstance(value, str):
        return "text with a NUL or half of a surrogate pair" if _BAD.search(value) else ""
    if isinstance(value, float):
        return "" if math.isfinite(value) else "not a finite number"
    if isinstance(value, int) and abs(value) > MAX_INTEGER:
        return "an integer of more than 64 bits"
    return ""
