"""Kept answers: the same bytes, made once, and no failure when the cache is gone."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import flask
import pytest
import redis

from api.cache import AnswerCache
from core.settings import Settings


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    binary = shutil.which("redis-server")
    if binary is None:
        pytest.skip("redis-server is not installed (Debian: apt-get install redis-server)")
    port = free_port()
    folder = tmp_path_factory.mktemp("redis")
    words = [binary, "--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder),
             "--save", "", "--daemonize", "no"]  # fmt: skip
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL)
    client = redis.Redis(port=port)
    try:
        for _ in range(100):
            try:
                client.ping()
                break
            except redis.ConnectionError:
                time.sleep(0.05)
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        client.close()
        process.terminate()
        process.wait(10)


class Maker:
    def __init__(self) -> None:
        self.calls = 0

    def __call__(self) -> bytes:
        self.calls += 1
        return b"picture"


def test_an_answer_is_made_once(tmp_path: Path) -> None:
    cache = AnswerCache(flask.Flask("a"), Settings(archive=tmp_path))
    make = Maker()
    assert [cache.get("tag", make) for _ in range(3)] == [b"picture"] * 3
    assert make.calls == 1


def test_two_processes_share_answers_in_redis(tmp_path: Path, redis_url: str) -> None:
    settings = Settings(archive=tmp_path, cache_url=redis_url)
    make = Maker()
    one = AnswerCache(flask.Flask("one"), settings)
    two = AnswerCache(flask.Flask("two"), settings)
    assert one.get("shared", make) == two.get("shared", make) == b"picture"
    assert make.calls == 1


def test_a_cache_that_is_gone_costs_no_answer(tmp_path: Path) -> None:
    nobody = f"redis://127.0.0.1:{free_port()}/0"
    cache = AnswerCache(flask.Flask("b"), Settings(archive=tmp_path, cache_url=nobody))
    make = Maker()
    assert [cache.get("tag", make) for _ in range(2)] == [b"picture"] * 2
    assert make.calls == 2
