"""hapiclient, unchanged, against a live server; its arrays are compared with the archive."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import hapiclient
import numpy as np
import pytest

from core.observatory import Observatory
from tests.hapi import world

START, STOP = "2018-12-31T22:30:00Z", "2019-01-01T03:30:00Z"
FORMATS = ("binary", "csv")
PAGE = Path(__file__).resolve().parents[2] / "docs/how_to/hapi.md"
Ask = Callable[..., Any]


@pytest.fixture
def ask(live_url: str, tmp_path: Path) -> Ask:
    """Ask the server with the client, whose files go where nobody minds."""

    def asked(*arguments: str, **options: Any) -> Any:
        folder = {"cachedir": str(tmp_path / "hapi"), "usecache": False}
        return hapiclient.hapi(f"{live_url}/hapi", *arguments, **folder, **options)

    return asked


def times(data: Any) -> list[str]:
    return [time.decode() for time in data["Time"]]


def test_catalogue_and_description(ask: Ask) -> None:
    listed = ask()
    assert listed["HAPI"] == "3.3"
    identifiers = [entry["id"] for entry in listed["catalog"]]
    assert {world.SWARM, world.GILLAM_KEOGRAM, "index_kp"} <= set(identifiers)
    for identifier in identifiers:
        described = ask(identifier)
        assert described["parameters"][0]["name"] == "Time"
    part = ask(world.SWARM, "geo_lat,tii_on")
    assert [parameter["name"] for parameter in part["parameters"]] == ["Time", "geo_lat", "tii_on"]


@pytest.mark.parametrize("form", FORMATS)
def test_positions_and_regions(ask: Ask, observatory: Observatory, form: str) -> None:
    names = "geo_lat,geo_lon,nbtrace_lat,nbtrace_region,radial_distance,tii_on,tii_quality_viy"
    data, meta = ask(world.SWARM, names, START, STOP, format=form)
    assert meta["x_dataFile"].endswith({"binary": ".bin", "csv": ".csv"}[form])
    begin = world.BEGIN + timedelta(minutes=30)
    table = observatory.archive.ephemeris.read(
        [world.SWARM_A], begin, begin + timedelta(minutes=299)
    )
    assert len(data) == table.num_rows == 300
    assert times(data) == [f"{at:%Y-%m-%dT%H:%M:%S}Z" for at in table["epoch"].to_pylist()]
    columns = {
        "geo_lat": "geo_lat_deg", "geo_lon": "geo_lon_deg", "nbtrace_lat": "nbtrace_lat_deg",
        "radial_distance": "md_double_radial_distance", "tii_on": "md_bool_tii_on",
        "tii_quality_viy": "md_int_tii_quality_viy", "nbtrace_region": "md_string_nbtrace_region",
    }  # fmt: skip
    for name, column in columns.items():
        expected = [-1e31 if value is None else value for value in table[column].to_pylist()]
        assert data[name].tolist() == expected, name
    assert (data["nbtrace_lat"] == -1e31).any()


@pytest.mark.parametrize("form", FORMATS)
def test_all_parameters_of_every_dataset_in_its_sample(ask: Ask, form: str) -> None:
    for entry in ask()["catalog"]:
        described = ask(entry["id"])
        sample = described["sampleStartDate"], described["sampleStopDate"]
        data, _ = ask(entry["id"], "", *sample, format=form, dt_chunk=None)
        assert len(data) > 0, entry
        assert list(data.dtype.names) == [p["name"] for p in described["parameters"]]


@pytest.mark.parametrize("form", FORMATS)
def test_texts_that_are_hard_to_write(ask: Ask, form: str) -> None:
    window = ("2018-12-31T22:00:00Z", "2018-12-31T22:04:00Z")
    data, _ = ask(world.ODD_RECORDS, "text,Time__2,gr_e_in_m", *window, format=form)
    assert data["text"].tolist()[1:] == list(world.ODD_TEXTS[1:4])
    assert data["text"][0] == "n/a"
    assert data["Time__2"].tolist() == [-1e31, 1e-7, 2e-7, 3e-7]
    assert data["gr_e_in_m"].tolist()[1:] == [5e-324] * 3


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("source", [world.GILLAM, world.TREX_RGB_GILLAM])
def test_keograms_are_arrays(ask: Ask, observatory: Observatory, form: str, source: int) -> None:
    dataset = {world.GILLAM: world.GILLAM_KEOGRAM, world.TREX_RGB_GILLAM: world.COLOUR_KEOGRAM}
    window = ("2019-01-01T04:00:00Z", "2019-01-01T04:40:00Z")
    data, _ = ask(dataset[source], "counts", *window, format=form)
    known = observatory.keograms.load(
        source, *np.array([at.rstrip("Z") for at in window], "M8[us]"), minutes=True
    )
    assert data["counts"].dtype == np.float64
    assert np.array_equal(data["counts"], known["counts"].values)


@pytest.mark.parametrize("form", FORMATS)
def test_a_window_without_records(ask: Ask, form: str) -> None:
    data, _ = ask(world.SWARM, "geo_lat", "2018-12-31T01:00Z", "2018-12-31T02:00Z", format=form)
    assert len(data) == 0


@pytest.mark.parametrize("parallel", [False, True])
def test_whole_days_that_the_client_asks_for(ask: Ask, parallel: bool) -> None:
    """It rounds windows to UT days, asks day by day, and cuts what it did not want."""
    window = ("2018-12-31T06:00:00Z", "2019-01-01T23:00:00Z")
    data, meta = ask("index_sml", "sml", *window, parallel=parallel, dt_chunk="infer")
    assert len(meta["x_dataFiles"]) == 2
    assert data["sml"].tolist() == [k**0.5 - 1 for k in range(360, 2820)]


def test_whole_months_that_the_client_asks_for(ask: Ask) -> None:
    """It cannot count beyond December, so this begins after it."""
    window = ("2019-01-01T00:00:00Z", "2019-01-20T00:00:00Z")
    data, meta = ask("index_kp", "kp", *window, dt_chunk="infer")
    assert len(meta["x_dataFiles"]) == 1
    assert data["kp"].tolist() == [k**0.5 - 1 for k in range(8, 16)]


def test_the_end_of_a_dataset_when_none_is_given(ask: Ask) -> None:
    data, _ = ask("index_dst", "dst", "2019-01-01T13:00:00Z", None)
    assert data["dst"].tolist() == [k**0.5 - 1 for k in range(37, 48)]


def test_what_the_server_refuses_is_an_error(ask: Ask) -> None:
    with pytest.raises(Exception, match="unknown dataset id"):
        ask("nothing")
    with pytest.raises(Exception, match="startDate is 2018-12-31"):
        ask(world.SWARM, "geo_lat", "2001-01-01Z", "2001-01-01T01Z")


def test_the_examples_of_the_page_run(
    live_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(sys.modules["hapiclient.hapi"], "cachedir", lambda: str(tmp_path))
    examples = re.findall(r"```python\n(.+?)```", PAGE.read_text(), re.S)
    assert len(examples) == 2
    space: dict[str, Any] = {}
    for example in examples:
        code = example.replace("http://127.0.0.1:8050", live_url)
        exec(code.replace("05:00:00", "04:00:00"), space)
    assert space["data"]["counts"].shape == (120, 256)
    assert "2019-01-01T00:00:00Z" in capsys.readouterr().out
