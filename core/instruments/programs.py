"""Programs as people write them; a program that is not here is shown as its records name it."""

from __future__ import annotations

_LABELS = {
    "amisr": "AMISR",
    "arase": "Arase",
    "auroramax": "AuroraMAX",
    "campaigns": "Campaigns",
    "cluster": "Cluster",
    "dmsp": "DMSP",
    "elfin": "ELFIN",
    "epop": "ePOP",
    "events": "Event lists",
    "go-canada": "GO Canada",
    "goes": "GOES",
    "mms": "MMS",
    "noaa": "NOAA",
    "rainbow": "Rainbow",
    "rbsp": "RBSP (Van Allen)",
    "rego": "REGO",
    "small-explorer": "Small Explorer",
    "swarm": "Swarm",
    "themis": "THEMIS",
    "themis-asi": "THEMIS-ASI",
    "trex": "TREx",
    "unis/kho": "UNIS/KHO",
}


def program_label(program: str) -> str:
    """Return a program's name as people write it."""
    return _LABELS.get(program, program)
