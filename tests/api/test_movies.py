"""Movies by address, made by real worker processes: whole, in parts, cancelled, after a kill."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import av
import flask
import numpy as np
import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

import api
from core.archive import Archive
from core.archive.models import SearchRequest
from core.errors import NotFound
from core.imaging.ingest import ingest_asi
from core.instruments.registry import all_sources
from core.observatory import Observatory
from core.settings import Settings
from tests.unit.imaging import files

LEASE_S = 1.0
GILLAM = 46
FRAMES = 80  # four files of a minute, a frame each three seconds
MOVIE: dict[str, Any] = {
    "source": GILLAM,
    "start": "2014-03-10T06:00:00",
    "end": "2014-03-10T06:04:00",
    "step_s": 3,
    "fps": 10,
    "size": 128,
    "style": {"cmap": "gray", "percentile": [2, 98]},
}
# Large pictures take long enough to be caught on the way.
SLOW = MOVIE | {"size": 800}


@pytest.fixture(scope="module")
def observatory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Observatory]:
    folder = tmp_path_factory.mktemp("movies")
    settings = Settings(archive=folder / "archive", lease_seconds=LEASE_S, max_queued_movies=3)
    with Archive.create(settings) as archive:
        archive.catalogue.sources.put(*all_sources())
        ingest_asi(archive, [files.minute_file(folder, minute, 20, minute) for minute in range(4)])
    with Observatory(settings) as opened:
        yield opened


@pytest.fixture
def client(observatory: Observatory) -> Iterator[FlaskClient]:
    server = flask.Flask("movies", static_folder=None)
    api.register(server, observatory)
    yield server.test_client()
    # What a failed test leaves behind must not reach the next one.
    unfinished = SearchRequest.state.in_(("queued", "running"))
    with observatory.archive.catalogue.engine.begin() as con:
        con.execute(update(SearchRequest).where(unfinished).values(state="failed"))


class Workers:
    """Worker processes, each ended at the latest when the test is."""

    def __init__(self, settings: Settings) -> None:
        self.environment = os.environ | {
            "ATLAS_ARCHIVE": str(settings.archive),
            "ATLAS_LEASE_SECONDS": str(LEASE_S),
        }
        self.started: list[subprocess.Popen[bytes]] = []

    def start(self) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [sys.executable, "-m", "core", "worker"],
            env=self.environment,
            cwd=Path(__file__).parents[2],
            stderr=subprocess.DEVNULL,
        )
        self.started.append(process)
        return process

    def end(self) -> None:
        for process in self.started:
            if process.poll() is None:
                process.kill()
            process.wait()


@pytest.fixture
def workers(observatory: Observatory) -> Iterator[Workers]:
    made = Workers(observatory.settings)
    yield made
    made.end()


def wait_for(condition: Callable[[], bool], timeout_s: float = 150.0) -> None:
    end = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


def ask(client: FlaskClient, body: dict[str, Any]) -> str:
    response = client.post("/media/movies", json=body)
    assert response.status_code == 202, response.get_json()
    answer = response.get_json()
    assert answer["url"] == response.headers["Location"] == f"/media/movies/{answer['id']}"
    return str(answer["url"])


def status(client: FlaskClient, url: str) -> dict[str, Any]:
    response = client.get(url)
    assert response.status_code == 200
    assert "no-store" in response.headers["Cache-Control"]
    document: dict[str, Any] = response.get_json()
    return document


def fetched(client: FlaskClient, url: str) -> bytes:
    with client.get(f"{url}.mp4") as response:
        assert response.status_code == 200
        return bytes(response.data)


def decoded(content: bytes, folder: Path) -> list[np.ndarray]:
    path = folder / "movie.mp4"
    path.write_bytes(content)
    with av.open(str(path)) as movie:
        assert movie.streams.video[0].codec_context.name == "h264"
        return [frame.to_ndarray(format="rgb24") for frame in movie.decode(video=0)]


def test_a_movie_is_made_by_the_worker_and_fetched(
    client: FlaskClient, workers: Workers, tmp_path: Path
) -> None:
    url = ask(client, MOVIE)
    waiting = status(client, url)
    assert (waiting["state"], waiting["progress"], waiting["movie"]) == ("queued", 0.0, None)
    assert waiting["provenance"] == "ingested"
    assert client.get(f"{url}.mp4").status_code == 409
    workers.start()
    wait_for(lambda: status(client, url)["state"] not in ("queued", "running"))
    done = status(client, url)
    assert (done["state"], done["progress"], done["frames"]) == ("done", 1.0, FRAMES)
    with client.get(done["movie"]) as response:
        assert (response.status_code, response.content_type) == (200, "video/mp4")
        assert response.headers["X-Atlas-Provenance"] == "ingested"
        content, tag = response.data, response.headers["ETag"]
    assert client.get(done["movie"], headers={"If-None-Match": tag}).status_code == 304
    assert len(content) == done["bytes"]
    pictures = decoded(content, tmp_path)
    assert len(pictures) == FRAMES
    # The page around a picture of 128 pixels holds title, scale and thanks.
    height, width, _ = pictures[0].shape
    assert width > 128
    assert height > 128
    assert width % 2 == height % 2 == 0
    assert abs(pictures[0].astype(int) - pictures[-1]).max() > 30


def test_a_player_gets_the_part_it_asks_for(client: FlaskClient, workers: Workers) -> None:
    url = ask(client, MOVIE | {"end": "2014-03-10T06:00:30"})
    workers.start()
    wait_for(lambda: status(client, url)["state"] == "done")
    whole = fetched(client, url)
    with client.get(f"{url}.mp4", headers={"Range": "bytes=100-299"}) as part:
        assert (part.status_code, part.data) == (206, whole[100:300])


def test_a_killed_workers_movie_is_made_by_the_next_one(
    client: FlaskClient, workers: Workers, observatory: Observatory, tmp_path: Path
) -> None:
    url = ask(client, SLOW)
    first = workers.start()
    wait_for(lambda: status(client, url)["progress"] > 0.05)
    first.send_signal(signal.SIGKILL)
    first.wait()
    left = status(client, url)
    assert left["state"] == "running"
    assert left["progress"] < 1.0
    assert client.get(f"{url}.mp4").status_code == 409
    workers.start()
    wait_for(lambda: status(client, url)["state"] not in ("queued", "running"))
    assert status(client, url)["state"] == "done"
    assert len(decoded(fetched(client, url), tmp_path)) == FRAMES
    results = Path(observatory.archive.results_path)
    movie_id = url.rpartition("/")[2]
    # The one file is that of the second attempt; the first left no more than a hidden part.
    assert [path.name for path in results.glob(f"{movie_id}.*")] == [f"{movie_id}.2.mp4"]


def test_a_running_movie_is_cancelled(
    client: FlaskClient, workers: Workers, observatory: Observatory
) -> None:
    url = ask(client, SLOW)
    workers.start()
    wait_for(lambda: status(client, url)["progress"] > 0.02)
    assert client.delete(url).status_code == 200
    wait_for(lambda: status(client, url)["state"] == "cancelled", 30.0)
    assert status(client, url)["error"] == "The movie was cancelled."
    assert client.get(f"{url}.mp4").status_code == 409
    # The job is closed at once; the process that makes the movie notices a little later.
    results = Path(observatory.archive.results_path)
    wait_for(lambda: not [*results.glob(f"*{url.rpartition('/')[2]}*")], 30.0)


def test_a_waiting_movie_is_cancelled_and_a_finished_one_deleted(
    client: FlaskClient, workers: Workers
) -> None:
    waiting = ask(client, MOVIE)
    assert client.delete(waiting).get_json()["state"] == "cancelled"
    url = ask(client, MOVIE | {"end": "2014-03-10T06:00:15"})
    workers.start()
    wait_for(lambda: status(client, url)["state"] == "done")
    gone = client.delete(url).get_json()
    assert (gone["state"], gone["available"], gone["movie"]) == ("done", False, None)
    assert client.get(f"{url}.mp4").status_code == 404


def test_a_stopping_worker_gives_its_movie_back(client: FlaskClient, workers: Workers) -> None:
    url = ask(client, SLOW)
    first = workers.start()
    wait_for(lambda: status(client, url)["progress"] > 0.02)
    first.send_signal(signal.SIGTERM)
    assert first.wait(30.0) == 0
    assert status(client, url)["state"] == "queued"


def test_searches_do_not_know_movies(client: FlaskClient, observatory: Observatory) -> None:
    movie_id = ask(client, MOVIE).rpartition("/")[2]
    for name in ("conjunctions", "ephemeris", "data_products"):
        place = f"/api/v1/{name}/requests/{movie_id}"
        assert client.get(place).status_code == 404
        assert client.get(f"{place}/data").status_code == 404
        assert client.delete(place).status_code == 404
    with pytest.raises(NotFound):
        observatory.search.cancel(movie_id)
    # Movies that wait do not count against searches.
    assert observatory.search.jobs.queued(["conjunction"]) == 0
    assert status(client, f"/media/movies/{movie_id}")["state"] == "queued"


def test_movies_do_not_know_searches(client: FlaskClient, observatory: Observatory) -> None:
    query = {
        "start": "2014-03-10T00:00:00",
        "end": "2014-03-10T01:00:00",
        "data_sources": {"programs": ["themis-asi"]},
    }
    search = observatory.search.submit("ephemeris", query)
    assert client.get(f"/media/movies/{search}").status_code == 404
    assert client.delete(f"/media/movies/{search}").status_code == 404


def test_the_queue_has_a_limit(client: FlaskClient) -> None:
    for _ in range(3):
        ask(client, MOVIE)
    response = client.post("/media/movies", json=MOVIE)
    assert response.status_code == 503
    assert "3 movies are waiting" in response.get_json()["error_message"]


@pytest.mark.parametrize(
    ("changes", "code", "said"),
    [
        ({"source": "gill"}, 400, "source"),
        ({"source": None}, 400, "source"),
        ({"source": 999999}, 404, "999999"),
        ({"source": 10101}, 404, "imager"),
        ({"start": "noon"}, 400, "start"),
        ({"end": "2014-03-09"}, 400, "end"),
        ({"end": "2014-03-20"}, 400, "two days"),
        ({"start": "2014-03-11", "end": "2014-03-12"}, 404, "no frames"),
        ({"fps": 1000}, 400, "fps"),
        ({"fps": float("1e9")}, 400, "fps"),
        ({"step_s": 0}, 400, "step_s"),
        ({"size": 4000}, 400, "At most 1080"),
        ({"size": 8}, 400, "size"),
        ({"what": "orbit"}, 400, "what"),
        ({"style": {"cmap": "jet"}}, 400, "cmap"),
        ({"style": {"gamma": 0}}, 400, "gamma"),
        ({"style": "gray"}, 400, "style"),
        ({"colour": "gray"}, 400, "colour"),
        ({"start": {"a": 1}}, 400, "start"),
    ],
)
def test_what_cannot_be_made_is_refused(
    client: FlaskClient, changes: dict[str, Any], code: int, said: str
) -> None:
    response = client.post("/media/movies", json=MOVIE | changes)
    assert response.status_code == code
    assert said in response.get_json()["error_message"]


def test_too_many_frames_are_refused(observatory: Observatory) -> None:
    tight = observatory.settings.model_copy(update={"max_movie_frames": 79})
    server = flask.Flask("tight", static_folder=None)
    before, observatory.movies.settings = observatory.movies.settings, tight
    try:
        api.register(server, observatory)
        response = server.test_client().post("/media/movies", json=MOVIE)
    finally:
        observatory.movies.settings = before
    assert response.status_code == 400
    assert "80 frames" in response.get_json()["error_message"]


@pytest.mark.parametrize("name", ["nonsense", "../results/x", "x.mp4"])
def test_names_that_are_none(client: FlaskClient, name: str) -> None:
    assert client.get(f"/media/movies/{name}").status_code == 404
