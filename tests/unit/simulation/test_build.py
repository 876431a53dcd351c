"""Building: what lands in the archive, whoever computes it and in whatever order."""

from __future__ import annotations

import argparse
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
import pytest

from core.archive import Archive
from core.errors import BadInput
from core.instruments.registry import all_sources
from core.settings import Settings
from core.simulation.build import EMBEDDED_DAYS, build_archive
from core.simulation.cli import add_arguments, parse_days, run
from core.simulation.marker import built_days
from core.simulation.tasks import month_runs

# One of each kind: Swarm A, THEMIS-E, GOES-16, an imager with classes, a riometer, an event list.
SOURCES = [3, 37, 659, 46, 10021, 10204]
DAYS = [date(2019, 1, 14), date(2019, 1, 15)]
START, END = datetime(2019, 1, 1, tzinfo=UTC), datetime(2019, 2, 1, tzinfo=UTC)


def _read(settings: Settings) -> pa.Table:
    with Archive.open(settings) as archive:
        table = archive.ephemeris.read(None, START, END)
    return table.select(sorted(table.column_names)).combine_chunks()


def test_two_days_at_once_equal_one_after_the_other_and_two_processes(tmp_path: Path) -> None:
    serial = Settings(archive=tmp_path / "serial")
    report = build_archive(serial, DAYS, processes=1, sources=SOURCES)
    expected = _read(serial)
    assert report.records == expected.num_rows > 3 * 2880
    assert report.days == 2

    steps = Settings(archive=tmp_path / "steps")
    for day in reversed(DAYS):
        build_archive(steps, [day], processes=1, sources=SOURCES)
    assert _read(steps).equals(expected)

    parallel = Settings(archive=tmp_path / "parallel")
    stages: list[float] = []
    build_archive(parallel, DAYS, lambda _, f: stages.append(f), processes=2, sources=SOURCES)
    assert _read(parallel).equals(expected)
    assert stages == sorted(stages)
    assert stages[-1] == 1.0


def test_building_again_changes_nothing(settings: Settings) -> None:
    build_archive(settings, DAYS[:1], processes=1, sources=[3, 46])
    before = _read(settings)
    build_archive(settings, DAYS[:1], processes=1, sources=[3, 46])
    assert _read(settings).equals(before)


def test_sources_and_indices_are_there_and_say_simulated(settings: Settings) -> None:
    build_archive(settings, DAYS[:1], processes=1, sources=[10021])
    with Archive.open(settings) as archive:
        sources = archive.catalogue.sources.list()
        indices = archive.indices.read(["kp", "dst_nt", "sml_nt"], START, END)
        records = archive.ephemeris.read(None, START, END)
    assert len(sources) == len(all_sources())
    assert {source.metadata["provenance"] for source in sources} == {"simulated"}
    counts = Counter(indices["name"].to_pylist())
    assert counts == {"kp": 8, "dst_nt": 24, "sml_nt": 1440}
    assert set(indices["provenance"].to_pylist()) == {"simulated"}
    assert set(records["provenance"].to_pylist()) <= {"simulated"}
    assert records.num_rows > 0


def test_a_source_that_observations_took_over_is_left_alone(settings: Settings) -> None:
    with Archive.create(settings) as archive:
        swarm_a = next(s for s in all_sources() if s.identifier == 3)
        archive.catalogue.sources.put(swarm_a.with_metadata(provenance="ingested"))
    report = build_archive(settings, DAYS[:1], processes=1, sources=[3, 46])
    with Archive.open(settings) as archive:
        assert archive.catalogue.sources.get(3).metadata["provenance"] == "ingested"
        assert archive.ephemeris.read([3], START, END).num_rows == 0
    assert report.sources == 1


def test_nonsense_is_refused(settings: Settings) -> None:
    with pytest.raises(BadInput) as unknown:
        build_archive(settings, DAYS, processes=1, sources=[3, 99_999])
    assert unknown.value.value == [99_999]
    with pytest.raises(BadInput) as empty:
        build_archive(settings, [], processes=1)
    assert empty.value.field == "days"


def test_embedded_days_hold_the_examples() -> None:
    assert len(EMBEDDED_DAYS) == len(set(EMBEDDED_DAYS)) == 105
    assert {date(2008, 1, 31), date(2018, 1, 1), date(2019, 3, 5), date(2022, 1, 1)} <= set(
        EMBEDDED_DAYS
    )


def test_month_runs() -> None:
    days = [date(2019, 2, 1), date(2019, 1, 31), date(2019, 1, 30), date(2019, 2, 3)]
    assert month_runs(days) == [
        (date(2019, 1, 30), date(2019, 1, 31)),
        (date(2019, 2, 1), date(2019, 2, 1)),
        (date(2019, 2, 3), date(2019, 2, 3)),
    ]


def test_days_are_parsed_and_refused() -> None:
    assert parse_days(["2019-01-01", "2020-02-28:2020-03-01"]) == [
        date(2019, 1, 1),
        date(2020, 2, 28),
        date(2020, 2, 29),
        date(2020, 3, 1),
    ]
    for text in ("yesterday", "2019-13-01", "2019-01-02:2019-01-01", "1900-01-01:2019-01-01"):
        with pytest.raises(BadInput) as refused:
            parse_days([text])
        assert refused.value.value == text


def test_the_command_builds_once(
    settings: Settings, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from core.simulation import build

    few = tuple(s for s in all_sources() if s.identifier in (3, 46, 10204))
    monkeypatch.setattr(build, "all_sources", lambda: few)
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    words = ["--days", "2019-01-14", "--processes", "1"]
    assert run(parser.parse_args(words), settings) == 0
    assert "simulated records of 3 sources on 1 days" in capsys.readouterr().out
    assert built_days(settings) == [date(2019, 1, 14)]
    assert run(parser.parse_args([*words, "--missing"]), settings) == 0
    assert "already" in capsys.readouterr().out
