from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date

import flask
import numpy as np
import pytest
from flask.testing import FlaskClient
from PIL import Image

from api import errors, media
from core.archive import Archive
from core.imaging.keogram import make_keogram
from core.observatory import Observatory
from core.settings import Settings

DAY = date(2014, 3, 10)
URL = "/media/keogram/46/2014-03-10.png"
START = np.datetime64("2014-03-10T06:00", "us")


def save(observatory: Observatory, first_s: int, count: int) -> None:
    times = START + (first_s + 3 * np.arange(count)) * np.timedelta64(1_000_000, "us")
    counts = (1000 + np.arange(count)[:, None] + 10 * np.arange(16)).astype(np.uint16)
    dataset = make_keogram(counts, times, np.ones(count), {"cadence_s": 3.0})
    observatory.keograms.store.save(46, DAY, dataset)


@pytest.fixture
def observatory(settings: Settings) -> Iterator[Observatory]:
    Archive.create(settings).close()
    with Observatory(settings) as opened:
        save(opened, 0, 1200)
        yield opened


@pytest.fixture
def client(observatory: Observatory) -> FlaskClient:
    server = flask.Flask("media")
    errors.install(server)
    media.register(server, observatory)
    return server.test_client()


def picture(content: bytes) -> np.ndarray:
    return np.array(Image.open(io.BytesIO(content)).convert("RGBA"))


def test_day_is_painted_where_there_are_frames(client: FlaskClient) -> None:
    response = client.get(URL)
    assert (response.status_code, response.content_type) == (200, "image/png")
    image = picture(response.data)
    assert image.shape == (256, 1440, 4)
    opaque = np.flatnonzero(image[0, :, 3])
    assert (opaque[0], opaque[-1], len(opaque)) == (360, 419, 60)


def test_webp_of_a_window(client: FlaskClient) -> None:
    query = "?start=2014-03-10T06:30:00&end=2014-03-10T07:30:00Z&width=100&height=40"
    response = client.get(URL.replace("png", "webp") + query)
    assert response.content_type == "image/webp"
    image = picture(response.data)
    assert image.shape == (40, 100, 4)
    assert (image[0, :, 3] > 0).tolist() == [True] * 50 + [False] * 50


def test_entity_tag_answers_304_until_the_keogram_changes(
    client: FlaskClient, observatory: Observatory
) -> None:
    first = client.get(URL)
    tag = first.headers["ETag"]
    assert tag.startswith('"')
    assert "no-cache" in first.headers["Cache-Control"]
    again = client.get(URL, headers={"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == tag
    save(observatory, 7200, 20)
    changed = client.get(URL, headers={"If-None-Match": tag})
    assert changed.status_code == 200
    assert changed.data != first.data


def test_tag_depends_on_what_is_asked(client: FlaskClient) -> None:
    queries = ["", "?width=100", "?cmap=gray", "?vmin=1", "?percentile=5,95", "?log=1"]
    tags = [client.get(URL + query).headers["ETag"] for query in queries]
    tags.append(client.get(URL.replace("png", "webp")).headers["ETag"])
    assert len(set(tags)) == len(tags)


def test_fixed_limits_reach_the_ends_of_the_colours(client: FlaskClient) -> None:
    image = picture(client.get(URL + "?cmap=gray&vmin=5000&vmax=6000").data)
    assert set(image[image[..., 3] > 0][:, 0].tolist()) == {0}
    image = picture(client.get(URL + "?cmap=gray&vmin=0&vmax=500").data)
    assert set(image[image[..., 3] > 0][:, 0].tolist()) == {255}


@pytest.mark.parametrize(
    "url",
    [
        "/media/keogram/46/2014-03-11.png",
        "/media/keogram/47/2014-03-10.png",
        "/media/keogram/46/2014-03-10.gif",
        "/media/keogram/46/2014-13-10.png",
        "/media/keogram/46/20140310.png",
        "/media/keogram/46/..%2f..%2fcatalogue.png",
        "/media/keogram/-1/2014-03-10.png",
    ],
)
def test_absent_pictures_are_a_404_document(client: FlaskClient, url: str) -> None:
    response = client.get(url)
    assert response.status_code == 404
    assert response.content_type == "application/json"
    assert set(response.get_json()) == {"error_code", "error_message"}
    assert response.get_json()["error_code"] == "NotFound"


@pytest.mark.parametrize(
    "query",
    [
        "width=0",
        "width=4097",
        "width=-5",
        "width=1e3",
        "height=2049",
        "vmin=nan",
        "vmin=5&vmax=5",
        "percentile=99,1",
        "percentile=1",
        "cmap=jet",
        "log=perhaps",
        "start=yesterday",
        "start=2014-03-10T07:00&end=2014-03-10T06:00",
        "end=2014-06-01",
        "colour=viridis",
    ],
)
def test_what_cannot_be_drawn_is_a_400_document(client: FlaskClient, query: str) -> None:
    response = client.get(f"{URL}?{query}")
    assert response.status_code == 400
    assert response.get_json()["error_message"].startswith(
        (query.split("=")[0], "A picture", "A window", "end")
    )


def test_a_saved_picture_says_what_it_is(client: FlaskClient) -> None:
    answer = client.get(f"{URL}?start=2014-03-10T06:00&end=2014-03-10T06:03")
    text = Image.open(io.BytesIO(answer.data)).text  # type: ignore[attr-defined]
    assert text["Provenance"] == "ingested"
    assert text["Title"] == "Keogram of data source 46, column"
    assert text["Start"].startswith("2014-03-10T06:00:00")
