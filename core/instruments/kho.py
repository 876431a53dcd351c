"""Kjell Henriksen Observatory, Svalbard: a colour camera at one place."""

from __future__ import annotations

from datetime import date

from core.instruments.array import ImagerArray, sites
from core.instruments.stations import at_station

KHO = ImagerArray(
    key="kho",
    program="unis/kho",
    instrument_type="RGB ASI",
    name="Kjell Henriksen Observatory, Svalbard",
    label="UNIS/KHO",
    cadence_s=12.0,
    exposure_s=4.0,
    image_shape=(2832, 2832, 3),
    emission_alt_km=110.0,
    scale_limits=(0.0, 255.0),
    intensity_unit="counts",
    acknowledgement=("Kjell Henriksen Observatory: the University Centre in Svalbard (UNIS)."),
    rules_of_the_road="Name the observatory in publications.",
    citation="Kjell Henriksen Observatory, Svalbard",
    doi="",
    sites=sites((at_station("lyrn", 373, date(2015, 11, 1)),)),
    display_names={"lyrn": "UNIS/KHO Sony A7S"},
)
