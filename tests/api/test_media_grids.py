"""Grids and maps of many cameras by address, over two simulated cameras and a stored grid."""

from __future__ import annotations

import gzip
import io
from collections.abc import Iterator
from datetime import date
from typing import Any

import flask
import numpy as np
import pytest
import xarray as xr
from flask.testing import FlaskClient
from PIL import Image

import api
from core.archive import Archive
from core.grids.definition import COLUMNS, ROWS, make_grid
from core.grids.store import GridStore
from core.imaging.colour import colour_table, to_indices
from core.instruments.registry import all_sources
from core.observatory import Observatory
from core.settings import Settings
from core.simulation import marker
from core.simulation.build import build_archive

CAMERAS = [46, 44]
TIME = np.datetime64("2019-01-01T06:10:00", "us")
GRID = "/media/grid/themis-asi/20190101T061000"
NEXT = "/media/grid/themis-asi/20190101T062000"
MOSAIC = "/media/mosaic/themis-asi/20190101T061000"


@pytest.fixture(scope="module")
def observatory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Observatory]:
    settings = Settings(archive=tmp_path_factory.mktemp("grids") / "archive", max_frame_size=512)
    build_archive(settings, [date(2019, 1, 1)], processes=1, sources=CAMERAS)
    marker.finish(settings, [date(2019, 1, 1)])
    with Archive.open(settings) as archive:
        # As they are described: not simulated, and without frames.
        archive.catalogue.sources.put(*[s for s in all_sources() if s.identifier not in CAMERAS])
        values = np.zeros((1, ROWS, COLUMNS), np.float32)
        values[0, 430, 200] = 50.0
        GridStore(archive).add(
            make_grid(values, [TIME], units="percent", title="Probability of aurora",
                      kind="probability", provenance="ingested", series="ovation")
        )  # fmt: skip
    with Observatory(settings) as opened:
        yield opened


@pytest.fixture(scope="module")
def client(observatory: Observatory) -> FlaskClient:
    server = flask.Flask("grids", static_folder=None)
    api.register(server, observatory)
    return server.test_client()


def document(client: FlaskClient, url: str) -> dict[str, Any]:
    response = client.get(url)
    assert (response.status_code, response.content_type) == (200, "application/json")
    found: dict[str, Any] = response.get_json()
    return found


def test_the_index_lists_series_with_their_times(client: FlaskClient) -> None:
    found = document(client, "/media/grids.json")
    live, stored = found["series"]
    assert (live["key"], live["kind"], live["units"], live["array"]) == (
        "themis-asi", "counts", "counts", "themis_asi",
    )  # fmt: skip
    assert (live["provenance"], live["alt_km"], live["cadence_s"]) == ("simulated", 110.0, 3.0)
    assert live["first"].startswith("2019-01-01T0")
    assert (stored["key"], stored["kind"]) == ("ovation", "probability")
    assert stored["first"] == stored["last"] == "2019-01-01T06:10:00Z"
    assert found["first"] == live["first"]


def test_a_grid_is_a_byte_a_cell(client: FlaskClient, observatory: Observatory) -> None:
    response = client.get(f"{GRID}.bin?vmin=300&vmax=2500")
    assert (response.status_code, response.content_type) == (200, "application/octet-stream")
    texture = np.frombuffer(response.data, np.uint8).reshape(ROWS, COLUMNS)
    frame = observatory.grids.grid(observatory.grids.get("themis-asi"), TIME)
    assert np.array_equal(texture, to_indices(frame.values, (300.0, 2500.0)))
    assert 1000 < (texture > 0).sum() == frame.cells.size
    headers = response.headers
    assert headers["X-Atlas-Cameras"].startswith("2/")
    assert (headers["X-Atlas-Provenance"], headers["X-Atlas-Time"]) == (
        "simulated", "2019-01-01T06:10:00.500Z",
    )  # fmt: skip
    packed = client.get(f"{GRID}.bin?vmin=300&vmax=2500", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == response.data
    assert packed.headers["ETag"] != response.headers["ETag"]


def test_two_minutes_differ_and_known_ones_are_not_sent(client: FlaskClient) -> None:
    one, other = client.get(f"{GRID}.bin"), client.get(f"{NEXT}.bin")
    assert one.data != other.data
    again = client.get(f"{GRID}.bin", headers={"If-None-Match": one.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    other_way = client.get(f"{NEXT}.bin", headers={"If-None-Match": one.headers["ETag"]})
    assert other_way.status_code == 200


def test_a_grid_says_what_it_is_made_of(client: FlaskClient) -> None:
    found = document(client, f"{GRID}.json?rule=nearest")
    assert (found["series"], found["time"], found["rule"]) == (
        "themis-asi", "2019-01-01T06:10:00Z", "nearest",
    )  # fmt: skip
    assert [camera["site"] for camera in found["cameras"]] == ["atha", "gill"]
    assert found["of"] > 2
    # Counts without light of the simulated camera at Gillam, in its corners.
    assert found["cameras"][1]["dark"][0] == pytest.approx(3491, abs=100)


def test_a_place_has_the_value_of_its_cell(client: FlaskClient) -> None:
    found = document(client, f"{GRID}/at.json?lat=56.4&lon=265.36")
    assert (found["row"], found["column"]) == (416, 242)
    assert found["camera"]["site"] == "gill"
    texture = np.frombuffer(client.get(f"{GRID}.bin").data, np.uint8).reshape(ROWS, COLUMNS)
    low, high = document(client, f"{GRID}.json")["limits"]
    share = np.clip((found["value"] - low) / (high - low), 0, 1)
    assert texture[416, 242] == int(1.5 + 254 * share)
    nowhere = document(client, f"{GRID}/at.json?lat=-10&lon=0")
    assert nowhere["value"] is None
    assert nowhere["camera"] is None


def test_pictures_and_files_to_take_away(client: FlaskClient, tmp_path: Any) -> None:
    picture = client.get(f"{GRID}.png?cmap=gray")
    pixels = np.array(Image.open(io.BytesIO(picture.data)))
    texture = np.frombuffer(client.get(f"{GRID}.bin").data, np.uint8).reshape(ROWS, COLUMNS)
    assert np.array_equal(pixels[::-1], colour_table("gray")[texture])
    assert client.get(f"{GRID}.webp").content_type == "image/webp"
    path = tmp_path / "grid.nc"
    path.write_bytes(client.get(f"{GRID}.nc").data)
    with xr.open_dataset(path, engine="scipy") as dataset:
        assert np.array_equal(np.isfinite(dataset["grid"].values[0]), texture > 0)
        assert dataset.attrs["provenance"] == "simulated"


@pytest.mark.parametrize("crs", ["mercator", "north", "south"])
def test_maps_are_transparent_where_nobody_sees(client: FlaskClient, crs: str) -> None:
    about = document(client, f"{MOSAIC}.json?crs={crs}&size=200")
    response = client.get(f"{MOSAIC}.png?crs={crs}&size=200")
    pixels = np.array(Image.open(io.BytesIO(response.data)))
    assert pixels.shape == (about["height"], about["width"], 4)
    assert (pixels[..., 3] == 0).any()
    assert (pixels[..., 3] > 0).any() == (crs != "south")
    if crs == "mercator":
        (south, west), (north, east) = about["bounds"]
        assert south < 50 < 60 < north
        assert west < -114 < -94 < east
    else:
        assert about["pole"] == crs
        assert abs(about["edge_lat_deg"]) <= 60
    assert [camera["site"] for camera in about["cameras"]] == ["atha", "gill"]


def test_a_stored_grid_has_the_same_addresses(client: FlaskClient) -> None:
    at = "/media/grid/ovation/20190101T061300"
    texture = np.frombuffer(client.get(f"{at}.bin").data, np.uint8).reshape(ROWS, COLUMNS)
    assert texture[430, 200] == int(1.5 + 127)
    found = document(client, f"{at}.json")
    assert (found["valid_time"], found["units"]) == ("2019-01-01T06:10:00Z", "percent")
    lat, lon = 430.5 * 180 / 512 - 90, 200.5 * 360 / 1024 - 180
    assert document(client, f"{at}/at.json?lat={lat}&lon={lon}")["value"] == 50.0
    picture = client.get("/media/mosaic/ovation/20190101T061300.png?crs=north&size=300")
    assert picture.status_code == 200


@pytest.mark.parametrize(
    ("url", "status", "said"),
    [
        ("/media/grid/none/20190101T061000.bin", 404, "themis-asi, ovation"),
        ("/media/grid/themis-asi/20190701T061000.bin", 404, "2019-01-01T"),
        ("/media/grid/ovation/20190102T061000.bin", 404, "2019-01-01T06:10:00Z"),
        ("/media/grid/themis-asi/20190101.bin", 404, "YYYYMMDDTHHMMSS.bin"),
        ("/media/grid/themis-asi/20190101T061000.gif", 404, ".nc"),
        ("/media/mosaic/themis-asi/20190101T061000.bin", 404, "YYYYMMDDTHHMMSS.webp"),
        (f"{GRID}.bin?vmin=9&vmax=3", 400, "below vmax"),
        (f"{GRID}.bin?vmin=many", 400, "counts"),
        (f"{GRID}.bin?rule=farthest", 400, "elevation, nearest"),
        (f"{GRID}.bin?smooth=1", 400, "vmin, vmax, rule"),
        (f"{GRID}.png?cmap=jet", 400, "viridis"),
        (f"{GRID}/at.json?lat=56", 400, "degrees"),
        (f"{GRID}/at.json?lat=91&lon=0", 400, "-90 and 90"),
        (f"{MOSAIC}.webp?crs=plate", 400, "mercator, north, south"),
        (f"{MOSAIC}.webp?size=513", 400, "512"),
        (f"{MOSAIC}.webp?alt_km=5", 400, "60 and 1000"),
    ],
)
def test_what_cannot_be_had_is_told(client: FlaskClient, url: str, status: int, said: str) -> None:
    response = client.get(url)
    assert response.status_code == status
    assert said in response.get_json()["error_message"]
