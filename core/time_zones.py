"""Time zones of the IANA database, and instants as clocks there show them."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from core.errors import NotFound

_FORM = "%Y-%m-%dT%H:%M:%S"


@lru_cache(maxsize=1)
def zone_names() -> tuple[str, ...]:
    """Return the names of all time zones, in order."""
    return tuple(sorted(available_timezones()))


def local_time(instant: datetime, zone: str) -> dict[str, str | int]:
    """Return an instant in UTC and as local time of a zone.

    Parameters
    ----------
    instant : datetime
        With a zone.
    zone : str
        One of `zone_names`, such as ``America/Edmonton``.

    Returns
    -------
    dict
        `timezone`; `utc` and `local` as ``YYYY-MM-DDTHH:MM:SS``; `utc_offset_seconds`, local
        less UTC; `abbreviation`, such as ``MST``.

    Raises
    ------
    core.errors.NotFound
        There is no such zone.
    """
    if zone not in zone_names():
        raise NotFound(
            f"There is no time zone {zone[:80]!r}.",
            hint="GET /api/v1/utils/timezones lists them all.",
            kind="time zone",
            key=zone,
        )
    there = instant.astimezone(ZoneInfo(zone))
    offset = there.utcoffset()
    return {
        "timezone": zone,
        "utc": instant.astimezone(UTC).strftime(_FORM),
        "local": there.strftime(_FORM),
        "utc_offset_seconds": int(offset.total_seconds()) if offset is not None else 0,
        "abbreviation": there.tzname() or "",
    }
