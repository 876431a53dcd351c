"""The white-light all-sky imagers of the THEMIS ground-based observatories.

Mende et al. (2008), Space Sci. Rev. 141, 357, doi 10.1007/s11214-008-9380-x; Donovan et al.
(2006), "The THEMIS all-sky imaging array", J. Atmos. Sol.-Terr. Phys. 68, 1472.
"""

from __future__ import annotations

from datetime import date

from core.instruments.array import ImagerArray, sites
from core.instruments.schemas import THEMIS_ASI_SCHEMA
from core.instruments.stations import at_station

THEMIS_ASI = ImagerArray(
    key="themis_asi",
    program="themis-asi",
    instrument_type="panchromatic ASI",
    name="THEMIS all-sky imagers",
    label="THEMIS-ASI",
    cadence_s=3.0,
    exposure_s=1.0,
    image_shape=(256, 256),
    emission_alt_km=110.0,
    scale_limits=(2500.0, 14000.0),
    intensity_unit="counts",
    acknowledgement=(
        "THEMIS all-sky imagers: funded by NASA (contract NAS5-02099), operated by the University "
        "of Calgary and UC Berkeley with logistical support of the Canadian Space Agency."
    ),
    rules_of_the_road=(
        "Name the array and its principal investigators in publications, and ask them when the "
        "images are central to the result."
    ),
    citation="Mende et al. (2008), Space Science Reviews 141, 357-387",
    doi="10.1007/s11214-008-9380-x",
    ephemeris_schema=THEMIS_ASI_SCHEMA,
    file_patterns=(
        r"(?P<start>\d{8}_\d{4})_(?P<site>[a-z]{4})_themis\d{2}_full\.pgm(\.gz)?",
        r"thg_l1_as[ft]_(?P<site>[a-z]{4})_(?P<start>\d{8,10})_v\d{2}\.cdf",
    ),
    sites=sites(
        (
            at_station("atha", 44, date(2005, 6, 1)),
            at_station("chbg", 62, date(2006, 8, 1)),
            at_station("ekat", 56, date(2005, 12, 1), date(2012, 5, 1)),
            at_station("fsim", 45, date(2006, 8, 1)),
            at_station("fsmi", 55, date(2006, 8, 1)),
            at_station("fykn", 57, date(2006, 8, 1)),
            at_station("gako", 64, date(2006, 8, 1)),
            at_station("gbay", 66, date(2006, 8, 1)),
            at_station("gill", 46, date(2006, 8, 1)),
            at_station("inuv", 47, date(2006, 8, 1)),
            at_station("kapu", 48, date(2006, 8, 1)),
            at_station("kian", 65, date(2006, 8, 1)),
            at_station("kuuj", 49, date(2007, 9, 1)),
            at_station("mcgr", 58, date(2006, 8, 1)),
            at_station("nrsq", 71, date(2008, 9, 1)),
            at_station("pgeo", 59, date(2006, 8, 1)),
            at_station("pina", 50, date(2006, 8, 1)),
            at_station("rank", 51, date(2006, 8, 1)),
            at_station("snap", 60, date(2012, 9, 1), date(2016, 5, 1)),
            at_station("snkq", 52, date(2006, 8, 1)),
            at_station("talo", 53, date(2013, 9, 1)),
            at_station("tpas", 54, date(2006, 8, 1)),
            at_station("whit", 61, date(2006, 8, 1)),
            at_station("yknf", 73, date(2007, 9, 1)),
        )
    ),
)
