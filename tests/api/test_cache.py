"""Kept answers: the same bytes, made once, and no failure when the cache is gone."""

from __future__ import annotations

from pathlib import Path

import flask

from api.cache import AnswerCache
from core.settings import Settings
from tests.api.redis_server import free_port


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
