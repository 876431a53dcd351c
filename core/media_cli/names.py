"""From the name of an imager to its description."""

from __future__ import annotations

from core.errors import BadInput, NotFound
from core.instruments.array import ImagerArray, Site
from core.instruments.registry import arrays


def find_imager(word: str) -> tuple[ImagerArray, Site]:
    """Return the imager that an identifier or a name means.

    Parameters
    ----------
    word : str
        ``46``, or array and site with a slash: key, program or label of the array in either case,
        code or platform of the site.

    Raises
    ------
    NotFound
        No imager has the identifier; no such array, no such site in it.
    BadInput
        The word is neither.
    """
    if word.isdecimal():
        return _by_identifier(int(word))
    head, slash, tail = word.partition("/")
    if not slash or not tail:
        raise BadInput(
            f"{word!r} is no source.",
            hint="Give an identifier (46), an array and a site (themis-asi/gill), or a file.",
            field="source", value=word,
        )  # fmt: skip
    found = [
        a for a in arrays() if _plain(head) in {_plain(n) for n in (a.key, a.program, a.label)}
    ]
    if not found:
        known = ", ".join(array.key.replace("_", "-") for array in arrays())
        raise NotFound(
            f"No imager array {head!r}.", hint=f"Known: {known}.", kind="array", key=head
        )
    for array in found:
        for site in array.sites.values():
            if _plain(tail) in (site.code, _plain(site.platform)):
                return array, site
    known = ", ".join(code for array in found for code in array.sites)
    raise NotFound(
        f"{found[0].name} has no site {tail!r}.", hint=f"Known: {known}.", kind="site", key=tail
    )


def _by_identifier(identifier: int) -> tuple[ImagerArray, Site]:
    for array in arrays():
        for site in array.sites.values():
            if site.identifier == identifier:
                return array, site
    raise NotFound(
        f"No imager has the identifier {identifier}.",
        hint="`themis-asi/gill` names one by array and site.", kind="source", key=identifier,
    )  # fmt: skip


def _plain(text: str) -> str:
    return text.lower().replace("_", "-").replace(" ", "-")
