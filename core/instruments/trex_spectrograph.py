"""TREx meridian imaging spectrographs (390 to 800 nm)."""

from __future__ import annotations

from datetime import date

from core.instruments.array import ImagerArray, sites
from core.instruments.stations import at_station
from core.instruments.trex import ACKNOWLEDGEMENT, CITATION, RULES

TREX_SPECTROGRAPH = ImagerArray(
    key="trex_spectrograph",
    program="trex",
    instrument_type="spectrograph",
    name="TREx spectrographs",
    label="TREx Spectrograph",
    cadence_s=15.0,
    exposure_s=13.0,
    image_shape=(1024, 256),
    emission_alt_km=110.0,
    scale_limits=(0.0, 20000.0),
    intensity_unit="counts",
    acknowledgement=ACKNOWLEDGEMENT,
    rules_of_the_road=RULES,
    citation=CITATION,
    doi="",
    file_patterns=(r"(?P<start>\d{8}_\d{4})_(?P<site>[a-z]{4})_spect-\d{2}_spectra\.pgm(\.gz)?",),
    sites=sites(
        (
            at_station("luck", 95, date(2018, 2, 1)),
            at_station("rabb", 97, date(2018, 9, 1)),
        )
    ),
)
