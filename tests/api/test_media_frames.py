"""Frames, maps and numbers of keograms by address: observed, simulated, without a skymap."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import flask
import numpy as np
import pytest
from flask.testing import FlaskClient
from PIL import Image

import api
from core.archive import Archive
from core.geo.sightline import look_at
from core.imaging.ingest import ingest_asi
from core.imaging.skymap_ingest import ingest_skymaps
from core.instruments.registry import all_sources
from core.observatory import Observatory
from core.settings import Settings
from core.simulation import marker
from core.simulation.build import build_archive
from tests.unit.imaging import files
from tests.unit.imaging.sav_writer import write_skymap

GILLAM, GAKONA, LUCK_SPECTRA = 46, 64, 95
# 2011-01-06 17:00 UTC, two months before the skymap that there is begins to hold.
GAKONA_BEGIN_S = 1_294_333_200.0
SIMULATED = "/media/frame/46/20190101T060000"
OBSERVED = "/media/frame/46/20140310T060003"
NO_SKYMAP = "/media/frame/64/20110106T170003"
NIGHT = "?start=2019-01-01T06:00&end=2019-01-01T06:30"


@pytest.fixture(scope="module")
def observatory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Observatory]:
    folder = tmp_path_factory.mktemp("frames")
    settings = Settings(archive=folder / "archive", max_keogram_values=1_000_000)
    build_archive(settings, [date(2019, 1, 1)], processes=1, sources=[GILLAM])
    marker.finish(settings, [date(2019, 1, 1)])
    pictures = files.images(5, seed=3)
    cdf = files.themis_cdf(
        folder / "thg_l1_asf_gako_2011010617_v01.cdf", pictures, begin=GAKONA_BEGIN_S
    )
    skymap = write_skymap(folder / "themis_skymap_gako_20110305-+_vXX.sav")
    with Archive.open(settings) as archive:
        known = {source.identifier for source in archive.catalogue.sources.list()}
        others = [s for s in all_sources() if s.identifier not in known]
        archive.catalogue.sources.put(*others)
        ingest_asi(archive, [files.minute_file(folder, 0, 20, 5), cdf])
        ingest_skymaps(archive, [skymap])
    with Observatory(settings) as opened:
        yield opened


@pytest.fixture(scope="module")
def client(observatory: Observatory) -> FlaskClient:
    server = flask.Flask("frames", static_folder=None)
    api.register(server, observatory)
    return server.test_client()


def pixels(content: bytes) -> np.ndarray:
    return np.array(Image.open(io.BytesIO(content)).convert("RGBA"))


def document(client: FlaskClient, url: str) -> dict[str, Any]:
    response = client.get(url)
    assert (response.status_code, response.content_type) == (200, "application/json")
    found: dict[str, Any] = response.get_json()
    return found


def test_a_frame_is_painted_as_it_is_stored(client: FlaskClient) -> None:
    response = client.get(f"{OBSERVED}.png?cmap=gray&vmin=2000&vmax=9000")
    assert (response.status_code, response.content_type) == (200, "image/png")
    image = pixels(response.data)
    stored = files.images(20, seed=5)[1]
    expected = np.clip((stored - 2000.0) / 7000.0, 0, 1) * 255
    assert image.shape == (256, 256, 4)
    assert np.abs(image[..., 0] - expected).max() <= 1.5
    mirrored = pixels(client.get(f"{OBSERVED}.png?cmap=gray&vmin=2000&vmax=9000&view=map").data)
    assert np.array_equal(mirrored[:, ::-1], image)


def test_what_a_picture_shows_is_in_its_headers(client: FlaskClient) -> None:
    observed = client.get(f"{OBSERVED}.webp")
    assert observed.content_type == "image/webp"
    assert observed.headers["X-Atlas-Provenance"] == "ingested"
    # Asked for at 06:00:00.060 with a second of exposure, three seconds later the second one.
    assert observed.headers["X-Atlas-Time"] == "2014-03-10T06:00:03.560Z"
    assert observed.headers["X-Atlas-Marks"] == ""
    simulated = client.get(f"{SIMULATED}.webp?size=64")
    assert simulated.headers["X-Atlas-Provenance"] == "simulated"
    assert simulated.headers["X-Atlas-Marks"] == "simulated"
    assert simulated.headers["X-Atlas-Time"] == "2019-01-01T06:00:00.500Z"
    assert pixels(simulated.data).shape == (64, 64, 4)
    marked = client.get(f"{OBSERVED}.webp?marks=1")
    assert marked.headers["X-Atlas-Marks"] == "approximate-skymap"
    assert marked.data != observed.data


def test_entity_tags_answer_304_and_tell_queries_apart(client: FlaskClient) -> None:
    urls = [f"{SIMULATED}.webp", f"{SIMULATED}.png", f"{SIMULATED}.json"]
    urls += [
        f"{SIMULATED}.webp?{q}" for q in ("size=99", "view=map", "gamma=2", "log=1", "marks=1")
    ]
    urls += [f"/media/map/46/20190101T060000.webp{q}" for q in ("", "?size=99", "?alt_km=150")]
    urls.append("/media/frame/46/20190101T060003.webp")
    tags = []
    for url in urls:
        tag = client.get(url).headers["ETag"]
        again = client.get(url, headers={"If-None-Match": tag})
        assert (again.status_code, again.data) == (304, b"")
        tags.append(tag)
    assert len(set(tags)) == len(urls)


def test_json_says_where_directions_lie(client: FlaskClient, observatory: Observatory) -> None:
    found = document(client, f"{SIMULATED}.json")
    assert (found["provenance"], found["width"], found["height"]) == ("simulated", 256, 256)
    assert found["skymap"]["kind"] == "simulated"
    assert (found["skymap_refused"], found["skymap"]["forced"]) == ("", False)
    geometry = found["geometry"]
    zenith = np.array(geometry["zenith"])
    use = observatory.frames.skymap(GILLAM, np.datetime64("2019-01-01T06:00"))
    row, column = np.unravel_index(
        np.nanargmax(use.skymap.elevation_deg), use.skymap.elevation_deg.shape
    )
    # Within a pixel of the one that looks highest.
    assert np.abs(zenith * 256 - (column + 0.5, row + 0.5)).max() < 1.0
    assert geometry["labels"]["N"][1] < zenith[1] < geometry["labels"]["S"][1]
    assert geometry["labels"]["E"][0] < zenith[0] < geometry["labels"]["W"][0]
    mirrored = document(client, f"{SIMULATED}.json?view=map")["geometry"]
    assert mirrored["zenith"][0] == pytest.approx(1 - zenith[0], abs=1e-4)
    assert {c["elevation_deg"] for c in geometry["circles"]} >= {10.0, 30.0, 60.0}
    assert geometry["slices"]["column"]
    assert geometry["slices"]["meridian"]


def test_a_frame_without_a_skymap_is_shown_and_its_map_refused(client: FlaskClient) -> None:
    assert client.get(f"{NO_SKYMAP}.webp").status_code == 200
    found = document(client, f"{NO_SKYMAP}.json")
    assert (found["skymap"], found["geometry"]) == (None, None)
    assert "58 days before" in found["skymap_refused"]
    map_url = NO_SKYMAP.replace("frame", "map")
    for kind in ("webp", "json"):
        refused = client.get(f"{map_url}.{kind}")
        assert refused.status_code == 409
        assert "58 days before" in refused.get_json()["error_message"]


def test_a_skymap_of_another_time_is_used_when_accepted_and_marked(client: FlaskClient) -> None:
    map_url = NO_SKYMAP.replace("frame", "map")
    response = client.get(f"{map_url}.webp?accept_skymap=1")
    assert response.status_code == 200
    assert response.headers["X-Atlas-Marks"] == "forced-skymap"
    for url in (map_url, NO_SKYMAP):
        skymap = document(client, f"{url}.json?accept_skymap=1")["skymap"]
        assert skymap["forced"] is True
        assert "58 days before" in skymap["reason"]
        assert skymap["source"] == "themis_skymap_gako_20110305-+_vXX.sav"


def test_a_spectrograph_has_no_map(client: FlaskClient, observatory: Observatory) -> None:
    refused = client.get("/media/map/95/20230503T060000.webp")
    assert refused.status_code == 404  # there is no frame


def test_a_map_shows_what_the_camera_sees(client: FlaskClient) -> None:
    url = "/media/map/46/20190101T060000"
    found = document(client, f"{url}.json")
    assert (found["width"], found["alt_km"], found["min_elevation_deg"]) == (512, 110.0, 10.0)
    # acos(6371 cos 10 / 6481) - 10 degrees are 502 km on the ground.
    assert found["radius_km"] == 550.0
    image = pixels(client.get(f"{url}.png?size=201").data)
    assert image.shape == (201, 201, 4)
    opaque = image[..., 3] > 0
    y, x = np.nonzero(opaque)
    half_km = np.hypot(x - 100, y - 100).max() * 1100 / 201
    assert half_km == pytest.approx(502, abs=8)  # a cell is 5.5 km
    # Everything above 10 degrees is seen, and nothing below.
    lat = found["lat_deg"] + (100 - y) * 1100 / 201 / 111.2
    east = (x - 100) * 1100 / 201 / 111.2 / np.cos(np.radians(lat))
    elevation = look_at(
        lat, found["lon_deg"] + east, 110.0, found["lat_deg"], found["lon_deg"], 58
    )[1]
    assert elevation.min() > 8.0  # the chord of a plane map is a little off
    assert client.get(f"{url}.webp?marks=1").status_code == 200


def test_a_keogram_as_numbers(client: FlaskClient, observatory: Observatory) -> None:
    url = f"/media/keogram/46/2019-01-01.json{NIGHT}"
    found = document(client, url)
    assert found["shape"] == [30, 256]
    assert (found["provenance"], found["slice"], found["units"]) == (
        "simulated",
        "column",
        "counts",
    )
    assert found["times_ms"][0] == 1_546_322_400_500
    assert np.diff(found["times_ms"]).tolist() == [60_000] * 29
    assert found["exposure_s"] == 1.0
    assert found["pixel"][0] == 0.5
    assert found["skymap"]["kind"] == "simulated"
    latitude = np.array(found["latitude_deg"], float)
    seen = latitude[np.isfinite(latitude)]
    assert 200 < len(seen) <= 256
    assert np.diff(seen).min() > 0  # from south to north
    mlt = np.array(found["mlt_h"])
    # An hour of magnetic local time is an hour on average; the tilt of the dipole stretches it.
    assert np.allclose(np.diff(np.unwrap(mlt, period=24)), 1 / 60, atol=3e-3)
    # Gillam's magnetic midnight is near 06:30 UTC.
    assert abs((mlt[0] + 12) % 24 - 12) < 1.0
    response = client.get(url.replace(".json", ".bin"))
    counts = np.frombuffer(response.data, "<f4").reshape(found["shape"])
    start = np.datetime64("2019-01-01T06:00", "us")
    exact = observatory.keograms.load(GILLAM, start, start + np.timedelta64(30, "m"))
    assert np.array_equal(counts, exact["counts"].values)
    assert response.headers["X-Atlas-Marks"] == "simulated"


def test_the_meridian_is_another_slice(client: FlaskClient) -> None:
    column = document(client, f"/media/keogram/46/2019-01-01.json{NIGHT}")
    meridian = document(client, f"/media/keogram/46/2019-01-01.json{NIGHT}&slice=meridian")
    mlat = np.array(meridian["mlat_deg"])
    assert np.allclose(np.diff(mlat), np.diff(mlat)[0], atol=2e-5)
    assert np.ptp(meridian["mlon_deg"]) < 1e-4
    assert meridian["mlon_deg"][0] == pytest.approx(column["site_mlon_deg"], abs=0.01)
    pictures = {
        client.get(f"/media/keogram/46/2019-01-01.png{NIGHT}{more}").data
        for more in ("", "&slice=meridian", "&gamma=2")
    }
    assert len(pictures) == 3


def test_minutes_and_native_cadence_of_observed_frames(client: FlaskClient) -> None:
    url = "/media/keogram/46/2014-03-10.json"
    day = document(client, url)
    assert (day["shape"], day["cadence_s"], day["provenance"]) == ([1, 256], 60.0, "ingested")
    native = document(client, f"{url}?cadence=native")
    assert (native["shape"], native["cadence_s"]) == ([20, 256], 3.0)
    assert native["skymap"]["approximate"] is True
    short = document(client, f"{url}?start=2014-03-10T06:00&end=2014-03-10T06:01")
    assert short["shape"] == [20, 256]


def test_axes_are_left_out_where_the_skymap_is_refused(client: FlaskClient) -> None:
    url = "/media/keogram/64/2011-01-06.json"
    found = document(client, url)
    assert found["latitude_deg"] is None
    assert "58 days before" in found["skymap_refused"]
    forced = document(client, f"{url}?accept_skymap=1")
    assert forced["skymap"]["forced"] is True
    assert len(forced["latitude_deg"]) == 256
    refused = client.get(url.replace(".json", ".png") + "?slice=meridian")
    assert refused.status_code == 409
    accepted = client.get(url.replace(".json", ".png") + "?slice=meridian&accept_skymap=1")
    assert accepted.headers["X-Atlas-Marks"] == "forced-skymap"


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("/media/frame/46/20190101T000000.webp", 200),
        ("/media/frame/46/20190101T180000.webp", 404),  # daylight
        ("/media/frame/46/20190102T060000.webp", 404),  # not built
        ("/media/frame/46/20140310T060130.webp", 404),  # after the last frame
        ("/media/frame/999999/20190101T060000.webp", 404),
        ("/media/frame/3/20190101T060000.webp", 404),
        ("/media/frame/46/2019-01-01T06:00.webp", 404),
        ("/media/frame/46/20190101T250000.webp", 404),
        ("/media/frame/46/20190101T060000.gif", 404),
        (f"{SIMULATED}.webp?size=99999", 400),
        (f"{SIMULATED}.webp?size=0", 400),
        (f"{SIMULATED}.webp?view=down", 400),
        (f"{SIMULATED}.webp?gamma=0", 400),
        (f"{SIMULATED}.webp?marks=perhaps", 400),
        (f"{SIMULATED}.webp?radius_km=5", 400),
        ("/media/map/46/20190101T060000.webp?radius_km=1e6", 400),
        ("/media/map/46/20190101T060000.webp?alt_km=1", 400),
        ("/media/map/46/20190101T060000.webp?min_elevation_deg=nan", 400),
        ("/media/map/46/20190101T060000.webp?view=map", 400),
        ("/media/keogram/46/2019-01-01.json?slice=across", 400),
        ("/media/keogram/46/2019-01-01.json?cadence=fast", 400),
        ("/media/keogram/46/2019-01-01.json?width=5", 400),
        ("/media/keogram/46/2019-01-01.bin?alt_km=-1", 400),
    ],
)
def test_what_there_is_not_and_what_cannot_be_drawn(
    client: FlaskClient, url: str, code: int
) -> None:
    response = client.get(url)
    assert response.status_code == code
    if code != 200:
        assert set(response.get_json()) == {"error_code", "error_message"}


def test_too_many_numbers_are_refused(client: FlaskClient, observatory: Observatory) -> None:
    before = observatory.settings
    observatory.settings = before.model_copy(update={"max_keogram_values": 1000})
    try:
        # A window that no other test has had made.
        response = client.get(f"/media/keogram/46/2019-01-01.bin{NIGHT[:-2]}29")
    finally:
        observatory.settings = before
    assert response.status_code == 400
    assert "7424 values" in response.get_json()["error_message"]


def test_changed_files_change_the_tag(
    client: FlaskClient, observatory: Observatory, tmp_path: Path
) -> None:
    before = client.get(f"{OBSERVED}.webp").headers["ETag"]
    ingest_asi(observatory.archive, [files.minute_file(tmp_path, 1, 20, 9)])
    assert client.get(f"{OBSERVED}.webp").headers["ETag"] != before
