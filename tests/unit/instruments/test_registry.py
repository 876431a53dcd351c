"""The registry says what the AuroraX listings say, and nothing twice."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from core.errors import NotFound
from core.instruments.model import DATA_TYPES, SOURCE_TYPES
from core.instruments.registry import (
    all_sources,
    array_for,
    array_of_source,
    arrays,
    find_site,
)
from core.instruments.spacecraft import SPACECRAFT

BY_ID = {source.identifier: source for source in all_sources()}

# (identifier, program, platform, instrument type, source type, display name) of real listings.
LISTED = [
    (3, "swarm", "swarma", "footprint", "leo", "Swarm A"),
    (29, "swarm", "swarmb", "footprint", "leo", "Swarm B"),
    (30, "swarm", "swarmc", "footprint", "leo", "Swarm C"),
    (32, "epop", "epop", "footprint", "leo", "ePOP"),
    (33, "themis", "themisa", "footprint", "heo", "THEMIS-A"),
    (37, "themis", "themise", "footprint", "heo", "THEMIS-E"),
    (38, "arase", "arase", "footprint", "heo", "Arase"),
    (39, "cluster", "cluster1", "footprint", "heo", "Cluster-1"),
    (44, "themis-asi", "athabasca", "panchromatic ASI", "ground", "THEMIS-ASI ATHA"),
    (46, "themis-asi", "gillam", "panchromatic ASI", "ground", "THEMIS-ASI GILL"),
    (55, "themis-asi", "fort smith", "panchromatic ASI", "ground", "THEMIS-ASI FSMI"),
    (67, "mms", "mms1", "footprint", "heo", "MMS 1"),
    (68, "rbsp", "rbspa", "footprint", "heo", "RBSP-A"),
    (73, "themis-asi", "yellowknife", "panchromatic ASI", "ground", "THEMIS-ASI YKNF"),
    (80, "rego", "taloyoak", "redline ASI", "ground", "REGO TALO"),
    (86, "rainbow", "fort simpson", "RGB ASI", "ground", "Rainbow FSIM"),
    (92, "trex", "gillam", "near-infrared ASI", "ground", "TREx NIR GILL"),
    (93, "trex", "gillam", "blueline ASI", "ground", "TREx Blue GILL"),
    (95, "trex", "lucky lake", "spectrograph", "ground", "TREx Spectrograph LUCK"),
    (103, "trex", "gillam", "RGB ASI", "ground", "TREx RGB GILL"),
    (175, "auroramax", "yellowknife", "DSLR", "ground", "AuroraMAX"),
    (373, "unis/kho", "longyearbyen", "RGB ASI", "ground", "UNIS/KHO Sony A7S"),
    (406, "campaigns", "lake minnewanka", "observer", "ground", "Lake Minnewanka observers"),
    (492, "amisr", "poker flat", "ISR", "ground", "PFISR"),
    (494, "amisr", "resolute bay", "ISR", "ground", "RISR-N"),
    (653, "goes", "goes17", "footprint", "heo", "GOES-17"),
    (654, "goes", "goes8", "footprint", "heo", "GOES-08"),
]

SWARM_FIELDS = {
    "nbtrace_region",
    "sbtrace_region",
    "radial_distance",
    "radial_trace_region",
    "spacecraft_region",
    "state",
    "tii_on",
    "tii_quality_vixh",
    "tii_quality_vixv",
    "tii_quality_viy",
    "tii_quality_viz",
}


@pytest.mark.parametrize("row", LISTED, ids=lambda row: row[-1])
def test_listed_sources_are_there_word_for_word(row: tuple[object, ...]) -> None:
    source = BY_ID[row[0]]  # type: ignore[index]
    found = (
        source.identifier,
        source.program,
        source.platform,
        source.instrument_type,
        source.source_type,
        source.display_name,
    )
    assert found == row


def test_identities_are_unique() -> None:
    sources = all_sources()
    names = Counter((s.program, s.platform, s.instrument_type) for s in sources)
    assert len(BY_ID) == len(sources)
    assert max(names.values()) == 1


def test_swarm_has_exactly_three_sources_with_the_eleven_fields() -> None:
    swarm = [source for source in all_sources() if source.program == "swarm"]
    assert [source.identifier for source in swarm] == [3, 29, 30]
    for source in swarm:
        fields = [entry.field_name for entry in source.ephemeris_metadata_schema]
        assert len(fields) == 11
        assert set(fields) == SWARM_FIELDS


def test_every_source_is_within_the_limits_of_the_api() -> None:
    for source in all_sources():
        assert source.source_type in SOURCE_TYPES
        assert 0 < len(source.display_name) <= 50
        assert len(source.program) <= 200
        assert len(source.platform) <= 50
        for entry in (*source.ephemeris_metadata_schema, *source.data_product_metadata_schema):
            assert entry.data_type in DATA_TYPES
        life = source.metadata["lifetime"]
        assert life["end"] is None or life["start"] < life["end"]


def test_unlisted_identifiers_start_at_10001() -> None:
    assert all(identifier < 1000 or identifier >= 10001 for identifier in BY_ID)


def test_ground_sources_say_where_they_are() -> None:
    for source in all_sources():
        if source.source_type == "ground":
            assert source.latitude_frame == "geodetic"
            assert -90 < source.metadata["latitude_deg"] < 90
            assert -180 <= source.metadata["longitude_deg"] <= 180
        if source.source_type in ("leo", "heo"):
            assert source.latitude_frame == "geocentric"


def test_instruments_of_one_station_share_their_position() -> None:
    places: dict[str, set[tuple[float, float]]] = {}
    for array in arrays():
        for site in array.sites.values():
            if array.key != "kho":
                places.setdefault(site.code, set()).add((site.lat_deg, site.lon_deg))
    assert all(len(positions) == 1 for positions in places.values())


def test_arrays_and_sites_are_found() -> None:
    assert array_for("themis_asi").sites["gill"].identifier == 46
    assert find_site("rego", "TALO").platform == "taloyoak"
    assert array_of_source(BY_ID[103]) is array_for("trex_rgb")
    assert array_of_source(BY_ID[3]) is None
    # Rainbow and TREx RGB share an instrument type; the program tells them apart.
    assert array_of_source(BY_ID[87]) is array_for("rainbow")


def test_unknown_arrays_and_sites_are_refused_with_the_known_ones() -> None:
    with pytest.raises(NotFound) as no_array:
        array_for("themis")
    assert "themis_asi" in no_array.value.hint
    with pytest.raises(NotFound) as no_site:
        find_site("trex_rgb", "kian")
    assert "gill" in no_site.value.hint


@pytest.mark.parametrize(
    ("key", "name", "code"),
    [
        ("themis_asi", "20140310_0600_gill_themis19_full.pgm.gz", "gill"),
        ("themis_asi", "thg_l1_asf_gako_2011010617_v01.cdf", "gako"),
        ("trex_nir", "20220307_0600_gill_nir-216_8446.pgm.gz", "gill"),
        ("trex_blue", "20220308_0600_gill_blue-814_full.pgm.gz", "gill"),
        ("trex_spectrograph", "20230503_0600_luck_spect-02_spectra.pgm.gz", "luck"),
        ("trex_rgb", "20200508_060500_122643_gill_rgb-04_320ms_full.png", "gill"),
    ],
)
def test_names_of_real_files_lead_to_their_site(key: str, name: str, code: str) -> None:
    site = array_for(key).site_of_file(name)
    assert site is not None
    assert site.code == code
    others = [array for array in arrays() if array.key != key]
    assert all(array.site_of_file(name) is None for array in others)


def test_lifetimes_of_missions() -> None:
    alive = {c.platform for c in SPACECRAFT if c.flies_on(date(2019, 8, 1))}
    assert {"rbspa", "swarma", "mms4", "elfinb", "noaa20", "dmspf18"} <= alive
    assert not {"rbspb", "fast", "sampex", "noaa17", "dmspf19", "goes13"} & alive
    assert not any(c.platform in ("dmspf20", "dmspf21") for c in SPACECRAFT)
