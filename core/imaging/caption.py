"""The words that go with a picture: what it shows, when, how sure that is, and whom to thank.

Everything that weakens a picture is said in words in it: that it is simulated, that directions are
those of a model, that a skymap was used outside its interval.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from core import __version__
from core.instruments.array import ImagerArray, Site
from core.instruments.registry import array_for, find_site

if TYPE_CHECKING:
    from core.imaging.skymap import Skymap
    from core.imaging.skymap_check import SkymapUse

SIMULATED = "SIMULATED, not observed"
MIXED = "PARTLY SIMULATED: some days are observed, others simulated"
APPROXIMATE = "Model skymap, approximate"
FORCED = "Skymap forced: "
SOFTWARE = f"Aurora Atlas {__version__}"

_PROVENANCE = {"simulated": "simulated", "mixed": "partly observed, partly simulated"}
_PROVENANCE_MARKS = {"simulated": (SIMULATED,), "mixed": (MIXED,)}


@dataclass(frozen=True, slots=True)
class Caption:
    """The words of one picture or movie.

    Attributes
    ----------
    title : str
        Array, place and site code.
    details : tuple of str
        How it is drawn: view or altitude, exposure.
    marks : tuple of str
        What weakens it; empty for observed frames with a proper skymap.
    unit : str
        Of the values.
    notes : tuple of str
        Skymap, file, thanks: the lines below the picture.
    facts : mapping of str to str
        The same for programs: text chunks of a PNG, tags of a movie, attributes of a file.
    """

    title: str
    details: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    unit: str = "counts"
    notes: tuple[str, ...] = ()
    facts: Mapping[str, str] = field(default_factory=dict)

    def saying(self, *details: str, **facts: str) -> Caption:
        """Return the caption with more details and facts."""
        return replace(
            self, details=(*self.details, *details), facts={**self.facts, **_named(facts)}
        )


def caption_of(attributes: Mapping[Any, Any], use: SkymapUse | None = None) -> Caption:
    """Return the caption of frames or of a keogram.

    Parameters
    ----------
    attributes : mapping
        Of the dataset: array, site, and where they are known camera, provenance, source_file.
    use : SkymapUse, optional
        The skymap that the drawing uses; None where it uses none.

    Raises
    ------
    NotFound
        The array or the site is not described.
    """
    array = array_for(str(attributes["array"]))
    site = find_site(array.key, str(attributes["site"]))
    provenance = str(attributes.get("provenance", ""))
    simulated = provenance == "simulated"
    marks = _PROVENANCE_MARKS.get(provenance, ()) + skymap_marks(use)
    file = str(attributes.get("source_file") or "")
    facts = {
        "Title": _title(array, site),
        "Array": array.key,
        "Site": site.code,
        "Data source": str(site.identifier),
        "Provenance": _PROVENANCE.get(provenance, "observed"),
        "Acknowledgement": array.acknowledgement,
        "Citation": array.citation,
        "Software": SOFTWARE,
    }
    if file:
        facts["Source file"] = file
    return Caption(
        title=_title(array, site),
        marks=marks,
        unit=array.intensity_unit,
        notes=_notes(array, site, use, "" if simulated else file, simulated),
        facts=facts | skymap_facts(use),
    )


def skymap_marks(use: SkymapUse | None) -> tuple[str, ...]:
    """Return what is to be said of a skymap in every picture that uses it."""
    if use is None:
        return ()
    approximate = (APPROXIMATE,) if use.skymap.approximate else ()
    return (f"{FORCED}{use.reason}", *approximate) if use.forced else approximate


def skymap_facts(use: SkymapUse | None) -> dict[str, str]:
    """Return the same for programs."""
    if use is None:
        return {"Skymap": "none"}
    skymap = use.skymap
    facts = {
        "Skymap": skymap.source,
        "Skymap kind": skymap.kind + (", approximate" if skymap.approximate else ""),
        "Skymap interval": _interval(skymap),
        "Skymap forced": f"yes: {use.reason}" if use.forced else "no",
    }
    return {name: value for name, value in facts.items() if value}


def moment_text(time: np.datetime64) -> str:
    """Return a moment as pictures show it, UTC to a tenth of a second."""
    tenths = (time.astype("M8[us]").astype("int64") + 50_000) // 100_000
    rounded = (tenths * 100_000).astype("M8[us]")
    return f"{str(rounded)[:21].replace('T', ' ')} UTC"


def place_text(lat_deg: float, lon_deg: float) -> str:
    """Return a place as pictures show it, for example ``56.35° N, 94.65° W``."""
    north = "N" if lat_deg >= 0 else "S"
    east = "E" if lon_deg >= 0 else "W"
    return f"{abs(lat_deg):.2f}° {north}, {abs(lon_deg):.2f}° {east}"


def _title(array: ImagerArray, site: Site) -> str:
    place = site.platform.title()
    code = site.code.upper()
    return f"{array.label} {place}" + (f" ({code})" if code.lower() != place.lower() else "")


def _notes(
    array: ImagerArray, site: Site, use: SkymapUse | None, file: str, simulated: bool
) -> tuple[str, ...]:
    origin = [place_text(site.lat_deg, site.lon_deg)]
    if use is not None:
        origin.append(_skymap_text(use.skymap))
    if file:
        origin.append(f"file {file}")
    thanks = (
        "Made by the simulation of this program. Nothing here was observed by the array."
        if simulated
        else f"{array.acknowledgement} {array.citation}."
    )
    return (" · ".join([*origin, SOFTWARE]), thanks)


def _skymap_text(skymap: Skymap) -> str:
    if skymap.kind != "official":
        return f"{skymap.kind} skymap"
    return f"skymap {skymap.source}"


def _interval(skymap: Skymap) -> str:
    if skymap.valid_from is None and skymap.valid_to is None:
        return ""
    ends = ["" if end is None else str(end) for end in (skymap.valid_from, skymap.valid_to)]
    return "/".join(ends)


def _named(facts: dict[str, str]) -> dict[str, str]:
    """Return facts with names as they are written: words, the first one capital."""
    return {name.replace("_", " ").capitalize(): value for name, value in facts.items()}
