"""Fields that records do not hold and that are computed for them when a search filters on them.

Their keys begin with `DERIVED_PREFIX`, which no declared metadata field may; the values are
numbers. `core.search.filters.derived` computes them, and says how exactly.
"""

from __future__ import annotations

from collections.abc import Iterable

from core.errors import BadInput
from core.instruments.model import MetadataField

DERIVED_PREFIX = "derived."


def _field(name: str, description: str) -> MetadataField:
    return MetadataField(f"{DERIVED_PREFIX}{name}", description, "double")


DERIVED_FIELDS: tuple[MetadataField, ...] = (
    _field("mlt_h", "Magnetic local time of the position compared, hours from 0 to 24"),
    _field("mlat_deg", "AACGM latitude of the position compared, at 100 km, degrees"),
    _field("sun_elevation_deg", "Elevation of the Sun at the position compared, degrees"),
    _field("moon_elevation_deg", "Elevation of the Moon at the position compared, degrees"),
    _field("moon_phase", "Sunlit fraction of the Moon's disc, 0 new to 1 full"),
    _field("kp", "Planetary index Kp of the three hours that the minute is in"),
    _field("dst_nt", "Index Dst of the hour that the minute is in, nT"),
    _field("sml_nt", "Index SML of the minute, nT"),
)
"""All derived fields, described like declared ones."""

POSITION_KEYS = frozenset(
    f"{DERIVED_PREFIX}{name}"
    for name in ("mlt_h", "mlat_deg", "sun_elevation_deg", "moon_elevation_deg")
)
"""Keys of the fields that depend on the position, and so on the type of the conjunction."""

INDEX_KEYS = frozenset(f"{DERIVED_PREFIX}{name}" for name in ("kp", "dst_nt", "sml_nt"))
"""Keys of the fields that come from the archive's series of indices."""

CYCLE_H = {f"{DERIVED_PREFIX}mlt_h": 24.0}
"""Fields that begin again: `between` 22 and 2 goes over midnight."""

_BY_KEY = {field.field_name: field for field in DERIVED_FIELDS}


def derived_field(key: str, path: str) -> MetadataField:
    """Return the derived field with a key.

    Raises
    ------
    BadInput
        There is none; `field` is `path`.
    """
    if key not in _BY_KEY:
        raise BadInput(
            f"{path} is not valid: there is no derived field {key!r}.",
            hint=f"They are {', '.join(_BY_KEY)}.",
            field=path,
            value=key,
            expected=list(_BY_KEY),
        )
    return _BY_KEY[key]


def check_declared(fields: Iterable[MetadataField], path: str) -> None:
    """Refuse metadata fields whose names are kept for derived ones.

    Raises
    ------
    BadInput
        Naming the field.
    """
    for number, field in enumerate(fields):
        if field.field_name.startswith(DERIVED_PREFIX):
            place = f"{path}[{number}].field_name"
            raise BadInput(
                f"{place} is not valid: {field.field_name!r}.",
                hint=f"Names that begin with {DERIVED_PREFIX!r} are kept for derived fields.",
                field=place,
                value=field.field_name,
            )
