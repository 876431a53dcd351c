"""Everything that is described, in one place: sources by identifier, arrays and sites by name.

Sources whose identifier the AuroraX listing does not show have one from 10001 upward: REGO from
10001, riometers from 10021, spacecraft from 10101, event lists from 10201. They are written out
in the descriptions, so that a new source never moves an old one.
"""

from __future__ import annotations

from functools import cache

from core.errors import NotFound
from core.instruments.array import ImagerArray, Site
from core.instruments.auroramax import AURORAMAX
from core.instruments.events import EVENT_LISTS
from core.instruments.kho import KHO
from core.instruments.model import DataSource
from core.instruments.other_ground import OTHER_GROUND
from core.instruments.rainbow import RAINBOW
from core.instruments.rego import REGO
from core.instruments.spacecraft import SPACECRAFT
from core.instruments.themis_asi import THEMIS_ASI
from core.instruments.trex_blue import TREX_BLUE
from core.instruments.trex_nir import TREX_NIR
from core.instruments.trex_rgb import TREX_RGB
from core.instruments.trex_spectrograph import TREX_SPECTROGRAPH

_ARRAYS: tuple[ImagerArray, ...] = (
    THEMIS_ASI,
    REGO,
    RAINBOW,
    TREX_RGB,
    TREX_NIR,
    TREX_BLUE,
    TREX_SPECTROGRAPH,
    AURORAMAX,
    KHO,
)


def arrays() -> tuple[ImagerArray, ...]:
    """Return every imager array."""
    return _ARRAYS


def array_for(key: str) -> ImagerArray:
    """Return the array of this key.

    Raises
    ------
    NotFound
        No array has the key; the hint lists those there are.
    """
    for array in _ARRAYS:
        if array.key == key:
            return array
    known = ", ".join(array.key for array in _ARRAYS)
    raise NotFound(f"No imager array {key!r}.", hint=f"Known: {known}.", kind="array", key=key)


def find_site(array_key: str, site_code: str) -> Site:
    """Return a site of an array by its four-letter code, in either case.

    Raises
    ------
    NotFound
        The array or the site does not exist; the hint lists the sites there are.
    """
    array = array_for(array_key)
    site = array.sites.get(site_code.lower())
    if site is None:
        known = ", ".join(array.sites)
        raise NotFound(
            f"{array.name} has no site {site_code!r}.",
            hint=f"Known: {known}.",
            kind="site",
            key=site_code,
        )
    return site


def array_of_source(source: DataSource) -> ImagerArray | None:
    """Return the array that a source's camera belongs to, or None when it is no imager."""
    for array in _ARRAYS:
        if (array.program, array.instrument_type) == (source.program, source.instrument_type):
            return array
    return None


@cache
def all_sources() -> tuple[DataSource, ...]:
    """Return every described source, ordered by identifier."""
    imagers = [array.source(site) for array in _ARRAYS for site in array.sites.values()]
    spacecraft = [craft.source() for craft in SPACECRAFT]
    ground = [instrument.source() for instrument in OTHER_GROUND]
    events = [event_list.source() for event_list in EVENT_LISTS]
    every = imagers + spacecraft + ground + events
    return tuple(sorted(every, key=lambda source: source.identifier))
