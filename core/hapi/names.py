"""Names of datasets and parameters: readable, stable, fit for addresses and variables.

Words are lower case, joined by single underscores; two underscores set off what is added. So no
added part can be taken for a word of a name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from core.instruments.model import DataSource

INDEX_PREFIX = "index_"
_OTHER = re.compile(r"[^a-z0-9]+")
_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)


def slug(*words: str) -> str:
    """Return words as one name, ``themis_asi_gillam`` for ``themis-asi`` and ``gillam``."""
    joined = "_".join(_OTHER.sub("_", word.lower()).strip("_") for word in words)
    name = re.sub("_+", "_", joined).strip("_")
    return name if name[:1].isalpha() else f"n_{name}".rstrip("_")


def source_names(sources: Iterable[DataSource]) -> dict[int, str]:
    """Return the name of each source, by identifier.

    Names that begin as those of indices are left to these. Two sources may differ in characters
    only that names do not have. The lower identifier then has the plain name, and the others have
    theirs on top; new sources have higher ones, so that a name never changes hands.
    """
    taken: set[str] = set()
    names: dict[int, str] = {}
    for source in sorted(sources, key=lambda source: source.identifier):
        name = slug(source.program, source.platform, source.instrument_type)
        if name in taken or name.startswith(INDEX_PREFIX):
            name = f"{name}__{source.identifier}"
        taken.add(name)
        names[source.identifier] = name
    return names


def parameter_names(wanted: Iterable[str], taken: Iterable[str]) -> list[str]:
    """Return a parameter name for each of `wanted`, none of which differ in case alone."""
    used = {name.lower() for name in taken}
    names = []
    for text in wanted:
        plain = text if _IDENTIFIER.fullmatch(text) else slug(text)
        name, number = plain, 1
        while name.lower() in used:
            number += 1
            name = f"{plain}__{number}"
        used.add(name.lower())
        names.append(name)
    return names
