"""What a dataset says of where its records come from: citation, licence, place, provenance."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from core.archive.columns import PROVENANCES
from core.instruments.model import DataSource

SIMULATED = "simulated"
# What this program makes is under the program's own licence.
_OWN_LICENSE = "https://spdx.org/licenses/BSD-3-Clause.html"
_SAID = {
    "simulated": "SIMULATED: made by this program, not observed.",
    "ingested": "Taken from the files of the provider.",
    "uploaded": "Uploaded through the API by the owner of the data source.",
}


def provenance_text(kinds: Collection[str]) -> str:
    """Return in words how records came here; `kinds` are of `PROVENANCES`."""
    known = [kind for kind in PROVENANCES if kind in kinds]
    if len(known) > 1:
        which = ", ".join(known).replace(SIMULATED, SIMULATED.upper())
        return f"Records of several kinds: {which}. The parameter provenance tells which is which."
    return _SAID[known[0]] if known else ""


def mark(title: str, kinds: Collection[str]) -> str:
    """Return a title that says so where a dataset is simulated, wholly or in part."""
    if SIMULATED not in kinds:
        return title
    return f"{title}, {'SIMULATED' if set(kinds) == {SIMULATED} else 'partly SIMULATED'}"


def source_facts(
    source: DataSource, dataset: str, text: str, kinds: Collection[str]
) -> dict[str, Any]:
    """Return the entries of a description that come from the data source.

    Parameters
    ----------
    source : DataSource
    dataset : str
        Identifier of the dataset.
    text : str
        What the records are.
    kinds : collection of str
        Provenances that occur among them.
    """
    metadata = source.metadata
    provenance = provenance_text(kinds)
    acknowledgement = str(metadata.get("acknowledgement", ""))
    facts: dict[str, Any] = {
        "description": " ".join(part for part in (provenance, text, acknowledgement) if part),
        "resourceURL": f"/api/v1/data_sources/{source.identifier}?format=full_record",
        "resourceID": _resource_id(source, dataset, kinds),
        "datasetCitation": _citation(source, kinds),
        "provenance": provenance,
        "contact": source.owner,
        "additionalMetadata": [_aurorax(source, kinds)],
    }
    licence = metadata.get("license_url") or (_OWN_LICENSE if set(kinds) == {SIMULATED} else "")
    if licence:
        facts["licenseURL"] = str(licence)
    place = [metadata.get(name) for name in ("longitude_deg", "latitude_deg", "altitude_m")]
    if source.source_type == "ground" and all(isinstance(at, int | float) for at in place[:2]):
        facts["geoLocation"] = [float(at) for at in place if isinstance(at, int | float)]
    return {name: value for name, value in facts.items() if value}


def _doi(source: DataSource) -> str:
    doi = source.metadata.get("doi")
    return f"https://doi.org/{doi}" if doi else ""


def _citation(source: DataSource, kinds: Collection[str]) -> str:
    cited = source.metadata.get("citation")
    paper = ", ".join(str(part) for part in (cited, _doi(source)) if part)
    if SIMULATED not in kinds:
        return paper or f"{source.display_name} ({source.program}, {source.instrument_type})"
    own = f"{source.display_name}, simulated by Aurora Atlas; not observed."
    return f"{own} The instrument: {paper}." if paper else own


def _resource_id(source: DataSource, dataset: str, kinds: Collection[str]) -> str:
    named = source.metadata.get("resource_id")
    if named:
        return str(named)
    if SIMULATED in kinds:
        return f"aurora-atlas:simulated:{dataset}"
    return _doi(source) or f"aurora-atlas:data_source:{source.identifier}"


def _aurorax(source: DataSource, kinds: Collection[str]) -> dict[str, Any]:
    content = {
        "identifier": source.identifier,
        "program": source.program,
        "platform": source.platform,
        "instrument_type": source.instrument_type,
        "source_type": source.source_type,
        "display_name": source.display_name,
        "provenance": [kind.upper() for kind in PROVENANCES if kind in kinds],
        "metadata": source.metadata,
    }
    return {"name": "AuroraX data source", "content": content, "aboutURL": "https://aurorax.space"}
