"""Times as providers of grids write them."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from core.imaging.readers.bounded import refused

_TIME = re.compile(r"(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?)(?:Z| UTC)?")


def moment(path: Path, what: str, text: object) -> np.datetime64:
    """Return the UTC time that a text of a file states, with or without "Z" or "UTC".

    Parameters
    ----------
    path, what : Path, str
        File and place in it, for the refusal.
    text : object
        What stands there, such as ``2019-11-26 21:25`` or ``2022-10-18T08:06:00Z``.

    Raises
    ------
    FileRefused
        It is no time.
    """
    match = _TIME.fullmatch(text.strip()) if isinstance(text, str) else None
    try:
        if match:
            return np.datetime64(f"{match[1]}T{match[2]}", "us")
    except ValueError:
        pass  # such as a 31st of February
    raise refused(path, f"{what} {str(text)[:40]!r} is no time such as 2019-11-26 21:25")
