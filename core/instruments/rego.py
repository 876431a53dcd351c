"""The Redline Emission Geospace Observatory: 630 nm all-sky imagers, since 2014."""

from __future__ import annotations

from datetime import date

from core.instruments.array import ImagerArray, sites
from core.instruments.stations import at_station

# Only Taloyoak's identifier (80) is on record for a named site; the others are this program's.
REGO = ImagerArray(
    key="rego",
    program="rego",
    instrument_type="redline ASI",
    name="Redline Emission Geospace Observatory",
    label="REGO",
    cadence_s=3.0,
    exposure_s=2.0,
    image_shape=(512, 512),
    emission_alt_km=230.0,
    scale_limits=(250.0, 1500.0),
    intensity_unit="counts",
    acknowledgement=(
        "REGO: a project of the University of Calgary, funded by the Canada Foundation for "
        "Innovation and operated with the support of the Canadian Space Agency."
    ),
    rules_of_the_road=(
        "Name the array and the University of Calgary in publications, and ask the team when the "
        "images are central to the result."
    ),
    citation="Redline Emission Geospace Observatory, University of Calgary",
    doi="",
    file_patterns=(r"(?P<start>\d{8}_\d{4})_(?P<site>[a-z]{4})_rego-\d{3}_6300\.pgm(\.gz)?",),
    sites=sites(
        (
            at_station("atha", 10001, date(2014, 12, 1)),
            at_station("fsim", 10002, date(2014, 10, 1)),
            at_station("fsmi", 10003, date(2014, 10, 1)),
            at_station("gill", 10004, date(2014, 10, 1)),
            at_station("kakt", 10005, date(2017, 9, 1)),
            at_station("luck", 10006, date(2014, 11, 1)),
            at_station("lyrn", 10007, date(2015, 10, 1)),
            at_station("rank", 10008, date(2014, 10, 1)),
            at_station("resu", 10009, date(2014, 10, 1)),
            at_station("sach", 10010, date(2014, 11, 1)),
            at_station("talo", 80, date(2014, 11, 1)),
        )
    ),
)
