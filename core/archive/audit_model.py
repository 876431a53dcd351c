"""What an audit of an archive finds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

State = Literal["left", "repaired", "note"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One kind of fault in one place.

    Attributes
    ----------
    place : str
        A table, ``catalogue`` or ``results``.
    what : str
        Kind of fault, one word: torn, log, missing, damaged, untrue, twice, disorder, epochs,
        misplaced, scattered, orphans, database, sources, lost, unknown.
    message : str
        What is wrong, how much of it, an example; and what was done.
    count : int
        Files, rows or results that it concerns.
    state : {"left", "repaired", "note"}
        Whether the fault is there still; a note is no fault.
    files : tuple of str
        The files that it concerns, as far as it concerns files.
    """

    place: str
    what: str
    message: str
    count: int
    state: State
    files: tuple[str, ...] = ()
