"""Event lists come from the substorms that make SML."""

from __future__ import annotations

from datetime import date

import numpy as np
import pyarrow as pa

from core.geo.magnetic import mlt_h, to_magnetic
from core.geo.sphere import distance_km
from core.geo.sun import sun_elevation_deg
from core.instruments.events import EVENT_LISTS
from core.simulation.event_records import event_records
from core.simulation.seeds import SEED
from core.simulation.substorms import substorms_of_day

DAYS = [np.datetime64("2019-01-01") + np.timedelta64(k, "D") for k in range(59)]
BY_KIND = {event_list.kind: event_list for event_list in EVENT_LISTS}


def _table(kind: str) -> pa.Table:
    return pa.concat_tables(event_records(BY_KIND[kind], DAYS, SEED))


def _epochs(table: pa.Table) -> np.ndarray:
    return np.asarray(table["epoch"].cast(pa.timestamp("us")).to_numpy())


def test_listed_onsets_are_substorms_at_their_place() -> None:
    table = _table("substorm_onset")
    assert table.num_rows > 15
    lat, lon = table["geo_lat_deg"].to_numpy(), table["geo_lon_deg"].to_numpy()
    for row, epoch in enumerate(_epochs(table)):
        day = int(epoch.astype("datetime64[D]").astype(np.int64))
        substorm = next(s for s in substorms_of_day(day) if s.onset == epoch)
        mlat, mlon = to_magnetic(lat[row], lon[row], 110.0, epoch)
        # There and back through AACGM: 0.05 degrees.
        assert abs(float(mlat) - substorm.mlat_deg) < 0.1
        local = float(mlt_h(mlon, epoch))
        assert abs((local - substorm.mlt_h + 12.0) % 24.0 - 12.0) < 0.02


def test_events_are_seen_in_the_dark_over_north_america() -> None:
    for kind in ("substorm_onset", "steve", "torch", "field_line_resonance"):
        table = _table(kind)
        assert table.num_rows > 15, kind
        lat, lon = table["geo_lat_deg"].to_numpy(), table["geo_lon_deg"].to_numpy()
        assert sun_elevation_deg(lat, lon, _epochs(table)).max() < -9.9
        assert lon.min() > -165.1
        assert lon.max() < -49.9
        assert len(set(_epochs(table).tolist())) == table.num_rows


def test_steve_at_mcgrath_is_recorded_there() -> None:
    table = _table("steve_mcgrath")
    lat, lon = table["geo_lat_deg"].to_numpy(), table["geo_lon_deg"].to_numpy()
    assert table.num_rows > 0
    assert distance_km(lat, lon, 62.95, -155.60).max() < 0.01


def test_events_carry_no_metadata() -> None:
    for kind in BY_KIND:
        assert not [name for name in _table(kind).column_names if name.startswith("md_")]


def test_lists_begin_with_the_cameras() -> None:
    assert all(event_list.start >= date(2006, 9, 1) for event_list in EVENT_LISTS)
