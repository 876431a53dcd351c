"""Times as HAPI writes them: a part of ISO 8601, read in every form and written in one.

A time is read exactly, as a fraction, and then rounded up to whole microseconds, which is what
the archive counts in: records at or after a time, and those before it, stay the same records.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from math import ceil

import numpy as np
from numpy.typing import NDArray

MICROSECONDS_LENGTH = 27
SECONDS_LENGTH = 20
_DAY_S = 86_400
_EPOCH = date(1970, 1, 1)
_LONGEST = 64
_DATE = r"(?P<year>\d{4})(-(?P<doy>\d{3})|-(?P<month>\d\d)(-(?P<day>\d\d))?)?"
_CLOCK = r"T(?P<hour>\d\d)(:(?P<minute>\d\d)(:(?P<second>\d\d)(\.(?P<fraction>\d*))?)?)?"
_FORM = re.compile(rf"{_DATE}({_CLOCK})?Z?", re.ASCII)


def read_time(text: str) -> Fraction | None:
    """Return seconds since 1970 of a HAPI time; None for a text that is none.

    Year, year and month, year and day of year, or a date; after the latter two a clock, cut off
    anywhere, with any number of decimals. A missing ``Z`` means UTC all the same. 24:00:00 is the
    next midnight, and so is a leap second, which the archive's clock does not have.
    """
    found = _FORM.fullmatch(text) if len(text) <= _LONGEST else None
    if found is None:
        return None
    parts = found.groupdict()
    if parts["hour"] is not None and parts["doy"] is None and parts["day"] is None:
        return None
    day = _day(parts)
    clock = _clock(parts)
    if day is None or clock is None:
        return None
    return (day - _EPOCH).days * _DAY_S + clock


def _day(parts: dict[str, str | None]) -> date | None:
    year = int(parts["year"] or 0)
    try:
        if parts["doy"] is None:
            return date(year, int(parts["month"] or 1), int(parts["day"] or 1))
        found = date(year, 1, 1) + timedelta(days=int(parts["doy"]) - 1)
    except (ValueError, OverflowError):
        return None
    return found if found.year == year else None


def _clock(parts: dict[str, str | None]) -> Fraction | None:
    hour, minute, second = (int(parts[name] or 0) for name in ("hour", "minute", "second"))
    digits = parts["fraction"] or ""
    fraction = Fraction(int(digits or 0), 10 ** len(digits))
    if second == 60 and (hour, minute) == (23, 59) and _leap_day(parts):
        return Fraction(_DAY_S)
    at = hour * 3600 + minute * 60 + second + fraction
    if minute > 59 or second > 59 or at > _DAY_S:
        return None
    return at


def _leap_day(parts: dict[str, str | None]) -> bool:
    """Tell whether leap seconds are put in at the end of such a day: in June and December."""
    found = _day(parts)
    return found is not None and (found.month, found.day) in {(6, 30), (12, 31)}


def microseconds(seconds: Fraction) -> int:
    """Return the first whole microsecond at or after a time."""
    return ceil(seconds * 1_000_000)


def time_text(at_us: int) -> str:
    """Return a time for a document, as in ``2019-01-01T00:00:00Z``."""
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=at_us)
    digits = "microseconds" if at_us % 1_000_000 else "seconds"
    return moment.replace(tzinfo=None).isoformat(timespec=digits) + "Z"


def time_texts(times_us: NDArray[np.int64], length: int) -> NDArray[np.str_]:
    """Return times as texts of one length.

    Parameters
    ----------
    times_us : int64 array, shape (n,)
        Microseconds since 1970, in the years 1 to 9999.
    length : int
        `SECONDS_LENGTH` for whole seconds, or `MICROSECONDS_LENGTH`.
    """
    texts = np.datetime_as_string(
        times_us.astype("M8[us]"), unit="s" if length == SECONDS_LENGTH else "us"
    )
    return np.strings.add(texts, "Z")
