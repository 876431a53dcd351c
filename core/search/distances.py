"""The limits on distance between the blocks of a conjunction query."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from core.errors import BadInput
from core.search.blocks import Block
from core.search.parsing import read_number, read_object

# AuroraX reads a null distance as 2^31 km; nothing on Earth is that far away.
NO_LIMIT_KM = float(2**31)
Pair = tuple[int, int]
Limits = tuple[tuple[Pair, float | None], ...]
_NAME = re.compile(r"(ground|space|events|adhoc)\d+")


def block_pairs(blocks: Sequence[Block]) -> Iterator[tuple[Pair, str]]:
    """Yield every pair of blocks as indices, with its name such as ``ground1-space1``."""
    for i in range(len(blocks)):
        for j in range(i + 1, len(blocks)):
            yield (i, j), f"{blocks[i].name}-{blocks[j].name}"


def read_distances(value: Any, blocks: Sequence[Block]) -> Limits:
    """Read `max_distances`: km, or None where a pair's distance is not considered.

    A missing pair of two ground blocks is 0 km (the same site), any other missing pair is None.
    Either order of the names is accepted.
    """
    if value is None:
        raise BadInput(
            "max_distances is missing.", field="max_distances", value=None, expected="object"
        )
    pairs = dict(block_pairs(blocks))
    given = _named_pairs(read_object(value, "max_distances"), {v: k for k, v in pairs.items()})
    both_ground = {
        (i, j) for i, j in pairs if blocks[i].kind == "ground" and blocks[j].kind == "ground"
    }
    return tuple((pair, given.get(pair, 0.0 if pair in both_ground else None)) for pair in pairs)


def write_distances(limits: Limits, blocks: Sequence[Block]) -> dict[str, float | None]:
    """Return the limits as a query holds them, every pair named."""
    return {f"{blocks[i].name}-{blocks[j].name}": limit for (i, j), limit in limits}


def _named_pairs(given: Mapping[str, Any], pairs: Mapping[str, Pair]) -> dict[Pair, float | None]:
    out: dict[Pair, float | None] = {}
    for name, limit in given.items():
        path = f"max_distances.{name}"
        pair = _find_pair(str(name).strip().lower(), pairs, path)
        value = None if limit is None else read_number(limit, path, 0.0, NO_LIMIT_KM)
        if pair in out and out[pair] != value:
            raise BadInput(f"{path} contradicts the same pair given before.", field=path)
        out[pair] = value
    return out


def _find_pair(name: str, pairs: Mapping[str, Pair], path: str) -> Pair:
    first, _, second = name.partition("-")
    for candidate in (f"{first}-{second}", f"{second}-{first}"):
        if candidate in pairs:
            return pairs[candidate]
    well_formed = _NAME.fullmatch(first) and _NAME.fullmatch(second)
    reason = "names a block that the query lacks" if well_formed else "is not a pair of blocks"
    raise BadInput(
        f"{path} {reason}.", hint=f"The pairs are: {', '.join(pairs)}.", field=path, value=name
    )
