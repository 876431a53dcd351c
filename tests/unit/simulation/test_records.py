"""Records of every source: schema, life, darkness, order, coherence."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from astropy import units
from astropy.coordinates import AltAz, EarthLocation, get_sun
from astropy.time import Time
from astropy.utils import iers
from hypothesis import given, settings
from hypothesis import strategies as st

from core.archive.columns import meta_column
from core.geo.sphere import distance_km
from core.instruments.array import ImagerArray
from core.instruments.model import DataSource
from core.instruments.registry import all_sources, array_of_source, arrays
from core.simulation.seeds import SEED
from core.simulation.tasks import run_task, task_for

iers.conf.auto_download = False

Records = dict[tuple[int, date], pa.Table]
BY_ID = {source.identifier: source for source in all_sources()}
IMAGERS = {s.identifier: s for s in all_sources() if array_of_source(s) is not None}


def _epochs(table: pa.Table) -> np.ndarray:
    return np.asarray(table["epoch"].cast(pa.timestamp("us")).to_numpy())


def _floats(table: pa.Table, column: str) -> np.ndarray:
    return np.asarray(table[column].to_numpy(zero_copy_only=False), dtype=float)


def test_most_sources_have_records(day_records: Records) -> None:
    programs = {BY_ID[identifier].program for identifier, _ in day_records}
    assert programs >= {
        "swarm", "epop", "themis", "arase", "cluster", "mms", "rbsp", "goes", "dmsp", "noaa",
        "small-explorer", "elfin", "themis-asi", "rego", "rainbow", "trex", "go-canada", "events",
    }  # fmt: skip


def test_metadata_fields_are_exactly_the_declared_ones(day_records: Records) -> None:
    for (identifier, _), table in day_records.items():
        declared = {meta_column(f) for f in BY_ID[identifier].ephemeris_metadata_schema}
        found = {name for name in table.column_names if name.startswith("md_")}
        assert found == declared, BY_ID[identifier].display_name


def test_values_are_allowed(day_records: Records) -> None:
    for (identifier, _), table in day_records.items():
        for entry in BY_ID[identifier].ephemeris_metadata_schema:
            column = table[meta_column(entry)]
            if entry.data_type == "string":
                values = set(column.unique().to_pylist()) - {None}
                assert values <= set(entry.allowed_values), (identifier, entry.field_name)
            if entry.data_type != "string" or not entry.field_name.endswith("trace_region"):
                assert column.null_count == 0, (identifier, entry.field_name)


def test_traces_and_their_regions_are_null_together(day_records: Records) -> None:
    for (identifier, _), table in day_records.items():
        if BY_ID[identifier].source_type not in ("leo", "heo"):
            continue
        for side in ("nbtrace", "sbtrace"):
            lat = table[f"{side}_lat_deg"].is_null()
            assert lat.equals(table[f"{side}_lon_deg"].is_null())
            assert lat.equals(table[f"md_string_{side}_region"].is_null())


def test_epochs_are_whole_minutes_once_each_and_in_order(day_records: Records) -> None:
    for (identifier, day), table in day_records.items():
        epochs = _epochs(table)
        assert (np.diff(epochs) > np.timedelta64(0)).all()
        assert (epochs == epochs.astype("datetime64[m]")).all()
        assert set(epochs.astype("datetime64[D]").tolist()) == {day}
        assert table["source"].unique().to_pylist() == [identifier]


def test_spacecraft_have_every_minute(day_records: Records) -> None:
    for (identifier, _), table in day_records.items():
        if BY_ID[identifier].source_type in ("leo", "heo"):
            assert table.num_rows == 1440


def test_positions_are_in_range(day_records: Records) -> None:
    for table in day_records.values():
        for column in table.column_names:
            if column.endswith(("_lat_deg", "_lon_deg")):
                limit = 90.0 if "_lat_" in column else 180.0
                values = _floats(table, column)
                assert np.nanmax(np.abs(values), initial=0.0) <= limit


def test_ground_records_stand_at_their_site_without_gsm(day_records: Records) -> None:
    for (identifier, _), table in day_records.items():
        source = BY_ID[identifier]
        if source.source_type != "ground":
            continue
        assert table["gsm_lat_deg"].null_count == table.num_rows
        assert set(table["geo_lat_deg"].to_pylist()) == {source.metadata["latitude_deg"]}
        assert set(table["nbtrace_lon_deg"].to_pylist()) == {source.metadata["longitude_deg"]}
        assert max(table["sbtrace_lat_deg"].to_pylist()) < -40.0


def test_imagers_operate_in_the_dark_only(day_records: Records) -> None:
    checked = 0
    for (identifier, _), table in day_records.items():
        if identifier not in IMAGERS:
            continue
        place = IMAGERS[identifier].metadata
        where = EarthLocation.from_geodetic(
            place["longitude_deg"] * units.deg, place["latitude_deg"] * units.deg
        )
        moments = Time(_epochs(table)[::7], scale="utc")
        elevation = get_sun(moments).transform_to(AltAz(obstime=moments, location=where)).alt.deg
        assert elevation.max() < -12.0 + 0.02, identifier
        checked += 1
    assert checked > 40


@pytest.mark.parametrize(
    ("identifier", "last"), [(69, date(2019, 7, 19)), (68, date(2019, 10, 18))]
)
def test_no_record_after_the_end_of_a_mission(identifier: int, last: date) -> None:
    source = BY_ID[identifier]
    task = task_for(source, (last - timedelta(days=1), last + timedelta(days=3)), SEED)
    assert task is not None
    assert task.last == last
    assert task_for(source, (last + timedelta(days=1), last + timedelta(days=9)), SEED) is None


def test_no_record_outside_of_any_lifetime(day_records: Records) -> None:
    for identifier, day in day_records:
        life = BY_ID[identifier].metadata["lifetime"]
        assert life["start"] <= day.isoformat()
        assert life["end"] is None or day.isoformat() <= life["end"]
    absent = {key for key in day_records if key[0] in (3, 29, 30) and key[1].year == 2008}
    assert absent == set()


def test_feet_do_not_run_away_between_minutes(day_records: Records) -> None:
    for (identifier, _), table in day_records.items():
        if BY_ID[identifier].source_type != "leo":
            continue
        lat, lon = _floats(table, "nbtrace_lat_deg"), _floats(table, "nbtrace_lon_deg")
        mlat_high = np.abs(_floats(table, "geo_lat_deg")) > 35.0
        step = distance_km(lat[:-1], lon[:-1], lat[1:], lon[1:])[mlat_high[:-1]]
        # A low orbit's foot moves some 450 km a minute; near the poles' mirrors a few times that.
        assert np.nanpercentile(step, 99) < 2500.0


def test_swarm_feet_are_near_the_spacecraft(day_records: Records) -> None:
    table = day_records[3, date(2019, 1, 14)]
    geo = _floats(table, "geo_lat_deg"), _floats(table, "geo_lon_deg")
    north = _floats(table, "nbtrace_lat_deg"), _floats(table, "nbtrace_lon_deg")
    high = geo[0] > 55.0
    # 340 km below, along a line that is 10 to 20 degrees off the vertical.
    assert distance_km(geo[0][high], geo[1][high], north[0][high], north[1][high]).max() < 260.0
    radius = _floats(table, "md_double_radial_distance")
    assert 6790.0 < radius.min() < radius.max() < 6850.0


def test_calgary_models_are_constant_over_ten_minutes(day_records: Records) -> None:
    for (identifier, _), table in day_records.items():
        if BY_ID[identifier].program != "themis-asi":
            continue
        segment = pa.array(_epochs(table).astype("datetime64[m]").astype(np.int64) // 10)
        grouped = table.append_column("segment", segment).group_by("segment")
        fields = [f.field_name for f in BY_ID[identifier].ephemeris_metadata_schema]
        names = [
            meta_column(f)
            for f in BY_ID[identifier].ephemeris_metadata_schema
            if f.field_name.startswith("calgary")
        ]
        assert len(names) == 4
        assert "clausen_ml_oath" in fields
        counts = grouped.aggregate([(name, "count_distinct") for name in names])
        for name in names:
            assert pc.max(counts[f"{name}_count_distinct"]).as_py() == 1


def test_apa_is_a_matter_of_the_morning_and_of_clear_skies() -> None:
    array = next(a for a in arrays() if a.key == "themis_asi")
    found = _themis_month(array)
    apa = found.filter(pc.equal(found["md_string_calgary_apa_ml_v1"], "classified as APA"))
    assert 0.002 < apa.num_rows / found.num_rows < 0.06
    cloudy = pc.equal(apa["md_string_calgary_cloud_ml_v1"], "classified as cloudy")
    assert pc.sum(cloudy).as_py() == 0
    # Gillam, Fort Smith: 1 to 7 magnetic local time is 7 to 16 UT.
    hours = pc.hour(apa["epoch"]).to_numpy()
    assert ((hours >= 6) & (hours <= 16)).all()
    # Patches may be bright where an arc is in view too, but they outshine it.
    oath = apa["md_string_clausen_ml_oath"].to_pylist()
    assert oath.count("classified as arc") < 0.1 * len(oath)


def _themis_month(array: ImagerArray) -> pa.Table:
    tables = []
    for code in ("gill", "fsmi"):
        source = BY_ID[array.sites[code].identifier]
        task = task_for(source, (date(2008, 1, 1), date(2008, 1, 31)), SEED)
        assert task is not None
        table = run_task(task)
        assert table is not None
        tables.append(table)
    return pa.concat_tables(tables)


SAMPLE = [3, 33, 37, 38, 39, 68, 656, 10139, 10171, 46, 80, 103, 10021, 492, 10201, 10203, 10204]


def _run(source: DataSource, first: date, last: date) -> Any:
    task = task_for(source, (first, last), SEED)
    table = run_task(task) if task else None
    return None if table is None else table.combine_chunks()


@settings(max_examples=12, deadline=None)
@given(
    identifier=st.sampled_from(SAMPLE),
    start=st.dates(date(2007, 3, 1), date(2022, 12, 1)),
)
def test_days_together_are_the_days_one_by_one(identifier: int, start: date) -> None:
    source, middle = BY_ID[identifier], start + timedelta(days=1)
    if start.month != middle.month:
        return
    together = _run(source, start, middle)
    parts = [_run(source, start, start), _run(source, middle, middle)]
    parts = [part for part in parts if part is not None]
    if together is None:
        assert parts == []
        return
    assert together.equals(pa.concat_tables(parts).combine_chunks())
