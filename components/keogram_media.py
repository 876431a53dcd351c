"""Addresses of keogram images; what they look like is decided in `core.imaging` and `api`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from urllib.parse import urlencode

from core.imaging.wall_model import MEDIA_PREFIX


def media_url(
    source: int,
    day: date,
    *,
    width: int,
    height: int,
    window: tuple[datetime, datetime] | None = None,
    look: Mapping[str, str] | None = None,
    suffix: str = "webp",
) -> str:
    """Return the address of the keogram of one UT day, or of `window` (UTC) within it."""
    query = {"width": str(width), "height": str(height), **(look or {})}
    if window:
        query |= {"start": _stamp(window[0]), "end": _stamp(window[1])}
    return f"{MEDIA_PREFIX}{source}/{day.isoformat()}.{suffix}?{urlencode(query)}"


def _stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%f")
