"""Simulated frames exist where the archive was built, and nowhere else; products say the same."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import numpy as np
import pytest

from core.archive import Archive
from core.errors import NotFound
from core.imaging.keogram import keogram
from core.imaging.operation import product_table
from core.imaging.wall import day_bounds, wall_page
from core.imaging.wall_days import imager_sources
from core.imaging.wall_model import WallQuery
from core.imaging.wall_nights import window
from core.observatory import Observatory
from core.settings import Settings
from core.simulation import marker
from core.simulation.build import build_archive
from core.simulation.cameras import SimulatedImagers
from core.simulation.keogram_products import ensure_products, write_products
from core.simulation.operation import imager_operates
from core.simulation.seeds import SEED

GILLAM, SMITH, SPECTRA, SWARM = 46, 55, 95, 3
DAYS = (date(2019, 1, 1), date(2019, 1, 2), date(2019, 1, 4))
DAY = np.datetime64("2019-01-01", "us")
ONE_DAY = np.timedelta64(1, "D")
SIX_HOURS = np.timedelta64(6, "h")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """An archive of two imagers and a spacecraft, built for three days."""
    settings = Settings(archive=tmp_path_factory.mktemp("sky") / "archive")
    build_archive(settings, DAYS, processes=1, sources=[GILLAM, SMITH, SWARM])
    # A build of some sources notes no finished days; this one stands for all of them.
    marker.finish(settings, DAYS)
    return settings


@pytest.fixture
def observatory(built: Settings) -> Iterator[Observatory]:
    with Observatory(built) as opened:
        yield opened


def operating(source_id: int, day: date) -> np.ndarray:
    """Return the minutes in which an imager works, by the rule that records follow."""
    from core.instruments.registry import arrays

    site = next(s for a in arrays() for s in a.sites.values() if s.identifier == source_id)
    minutes = np.datetime64(day, "us") + np.arange(1440) * np.timedelta64(60, "s")
    return minutes[imager_operates(site, minutes, SEED)]


def test_times_are_those_of_the_days_that_were_built(observatory: Observatory) -> None:
    times = observatory.frames.times(GILLAM, DAY - ONE_DAY, DAY + 5 * ONE_DAY)
    minutes = np.unique(times.astype("M8[m]"))
    expected = np.concatenate([operating(GILLAM, day) for day in DAYS])
    assert np.array_equal(minutes, np.unique(expected.astype("M8[m]")))
    assert observatory.frames.times(SWARM, DAY, DAY + ONE_DAY).size == 0
    # Described and not built: no records, but its days are those of the archive.
    assert observatory.frames.times(999_999, DAY, DAY + ONE_DAY).size == 0


def test_frames_of_other_days_are_not_there(observatory: Observatory) -> None:
    imagers = SimulatedImagers(SEED)
    third = DAY + 2 * ONE_DAY
    elsewhere = imagers.times(GILLAM, third, third + ONE_DAY)[:1]
    assert elsewhere.size
    with pytest.raises(NotFound):
        observatory.frames.frames(GILLAM, elsewhere)
    with pytest.raises(NotFound):
        observatory.frames.skymap(GILLAM, elsewhere[0])
    assert not observatory.keograms.has(GILLAM, date(2019, 1, 3))


def test_a_keogram_is_the_column_of_the_frames(observatory: Observatory) -> None:
    start, end = DAY + np.timedelta64(6, "h"), DAY + np.timedelta64(370, "m")
    column = observatory.keograms.load(GILLAM, start, end)
    assert column.sizes["time"] == 10
    assert column.attrs["provenance"] == "simulated"
    frames = observatory.frames.frames(GILLAM, column["time"].values)
    assert np.array_equal(keogram(frames)["counts"].values, column["counts"].values)
    assert frames.attrs["provenance"] == "simulated"


def test_a_night_is_rendered_once_for_both_ut_days(observatory: Observatory) -> None:
    source = observatory.archive.catalogue.sources.get(GILLAM)
    edges = [np.datetime64(t.replace(tzinfo=None), "us") for t in window(source, DAYS[1], "night")]
    night = observatory.keograms.load(GILLAM, *edges)
    expected = np.concatenate([operating(GILLAM, day) for day in DAYS])
    expected = expected[(expected >= edges[0]) & (expected < edges[1])]
    assert np.array_equal(night["time"].values.astype("M8[m]"), expected.astype("M8[m]"))
    rendered = sorted((observatory.archive.images_path / "rendered").glob("*/*.npz"))
    middle = edges[0] + np.timedelta64(8, "h")
    again = observatory.keograms.load(GILLAM, middle, edges[1])
    assert again.sizes["time"] == int((expected >= middle).sum())
    assert sorted((observatory.archive.images_path / "rendered").glob("*/*.npz")) == rendered


def test_a_night_at_the_edge_of_what_was_built_is_cut_there(observatory: Observatory) -> None:
    source = observatory.archive.catalogue.sources.get(GILLAM)
    edges = [np.datetime64(t.replace(tzinfo=None), "us") for t in window(source, DAYS[0], "night")]
    first = observatory.keograms.load(GILLAM, *edges)
    assert first["time"].values[0] >= DAY


def test_a_source_that_observed_data_have_taken_over_has_no_simulated_frames(
    built: Settings,
) -> None:
    with Observatory(built) as observatory:
        sources = observatory.archive.catalogue.sources
        before = sources.get(SMITH)
        assert observatory.frames.times(SMITH, DAY, DAY + ONE_DAY).size
        version = observatory.frames.version(SMITH)
        sources.put(before.with_metadata(provenance="ingested"))
        try:
            assert observatory.frames.times(SMITH, DAY, DAY + ONE_DAY).size == 0
            assert not observatory.keograms.has(SMITH, DAYS[0])
            assert observatory.frames.version(SMITH) != version
        finally:
            sources.put(before)


def test_a_day_with_an_observed_keogram_has_no_simulated_frames(observatory: Observatory) -> None:
    start = np.datetime64("2019-01-04T05:00", "us")
    frames = observatory.frames.frames(SMITH, observatory.frames.times(SMITH, start, start + 10**7))
    observed = keogram(frames).assign_attrs(provenance="ingested")
    observatory.keograms.store.save(SMITH, DAYS[2], observed)
    try:
        assert observatory.frames.times(SMITH, start, start + SIX_HOURS).size == 0
        whole = observatory.keograms.load(SMITH, start, start + SIX_HOURS)
        assert whole.attrs["provenance"] == "ingested"
        assert whole.sizes["time"] == observed.sizes["time"]
    finally:
        for path in observatory.keograms.store.root.glob(f"{SMITH}/*"):
            path.unlink()


def products(archive: Archive) -> dict[tuple[int, date], dict[str, object]]:
    rows = archive.products.read(
        None, *day_bounds(date(2018, 12, 1), date(2019, 2, 1)), ("keogram",)
    )
    return {(row["source"], row["start"].date()): row for row in rows.to_pylist()}


def test_products_are_the_days_with_operating_minutes(observatory: Observatory) -> None:
    found = products(observatory.archive)
    expected = {
        (source, day): minutes
        for source in (GILLAM, SMITH)
        for day in DAYS
        if (minutes := operating(source, day)).size
    }
    assert found.keys() == expected.keys()
    for key, minutes in expected.items():
        row = found[key]
        assert row["url"] == f"/media/keogram/{key[0]}/{key[1]}.png"
        assert row["provenance"] == "simulated"
        assert row["md_string_keogram_type"] == "daily"
        start = np.datetime64(str(row["md_string_imaging_start_time"]))
        end = np.datetime64(str(row["md_string_imaging_end_time"]))
        assert start == minutes[0]
        # A frame each three seconds, one second long: the last begins at 57 s.
        assert end == minutes[-1] + np.timedelta64(58, "s")


def test_rows_of_the_wall_have_images_to_render(observatory: Observatory) -> None:
    query = WallQuery(DAYS[0], DAYS[2] + timedelta(days=1))
    page = wall_page(observatory.archive, query, imager_sources(observatory.archive))
    assert page.rows
    for row in page.rows:
        assert row.image_provenance == "simulated"
        first, last = row.intervals[0][0], row.intervals[-1][1]
        assert row.image_minutes == (first, last)
        start, end = (np.datetime64(t.replace(tzinfo=None), "us") for t in row.window)
        assert observatory.keograms.provenance(row.source.identifier, start, end) == "simulated"


def test_products_are_written_once_and_again_where_they_lack(built: Settings) -> None:
    with Archive.open(built) as archive:
        assert ensure_products(archive) == 6
        assert ensure_products(archive) == 0
        assert marker.days_without_products(built) == []
        before = products(archive)
        assert write_products(archive, [DAYS[1]]) == 2
        assert products(archive) == before
        assert write_products(archive, []) == 0


def test_products_that_no_longer_hold_go_and_observed_ones_stay(built: Settings) -> None:
    with Archive.open(built) as archive:
        source = archive.catalogue.sources.get(GILLAM)
        stored = keogram(
            SimulatedImagers(SEED).frames(
                GILLAM, SimulatedImagers(SEED).times(GILLAM, DAY, DAY + ONE_DAY)[:2]
            )
        )
        observed = product_table(source, DAYS[0], stored)
        stale = observed.set_column(1, "url", [[f"/media/keogram/{GILLAM}/2019-01-04.jpg"]])
        stale = stale.set_column(5, "provenance", [["simulated"]])
        archive.products.upsert(observed)
        archive.products.upsert(stale)
        write_products(archive, [DAYS[0], DAYS[2]])
        rows = archive.products.read([GILLAM], *day_bounds(DAYS[0], DAYS[2])).to_pylist()
        by_url = {row["url"]: row["provenance"] for row in rows}
        assert by_url == {
            f"/media/keogram/{GILLAM}/2019-01-01.png": "ingested",
            f"/media/keogram/{GILLAM}/2019-01-02.png": "simulated",
            f"/media/keogram/{GILLAM}/2019-01-04.png": "simulated",
        }


def test_the_marker_is_read_again_when_it_changes(tmp_path_factory: pytest.TempPathFactory) -> None:
    settings = Settings(archive=tmp_path_factory.mktemp("marker"))
    assert marker.read_build(settings).days == frozenset()
    marker.begin(settings, DAYS, 7)
    assert marker.read_build(settings) == marker.Build(7, frozenset())
    marker.finish(settings, DAYS)
    assert marker.read_build(settings).days == {np.datetime64(day) for day in DAYS}
    assert marker.days_without_products(settings) == list(DAYS)
    marker.note_products(settings, DAYS[:2])
    assert marker.days_without_products(settings) == [DAYS[2]]


def test_a_window_in_daylight_has_no_keogram(observatory: Observatory) -> None:
    noon = DAY + np.timedelta64(18, "h")  # at Gillam the Sun is highest at 18:20 UT
    with pytest.raises(NotFound, match="no keogram of source 46"):
        observatory.keograms.load(GILLAM, noon, noon + np.timedelta64(1, "h"))
