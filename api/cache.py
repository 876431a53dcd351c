"""Answers that cost something to make, kept under the entity tag that names them.

The tag is a hash of everything that the answer depends on, so nothing here ever goes stale. Kept
in the memory of the process, or in Redis (``ATLAS_CACHE_URL``) where several processes share it. A
cache that does not answer costs time, never an answer.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import flask
import structlog
from flask_caching import Cache
from redis.exceptions import RedisError

if TYPE_CHECKING:
    from core.settings import Settings

log = structlog.get_logger(__name__)


class AnswerCache:
    """Bytes by entity tag.

    Parameters
    ----------
    server : flask.Flask
    settings : Settings
        `cache_url`, `cache_items` and `cache_seconds` are read.
    """

    def __init__(self, server: flask.Flask, settings: Settings) -> None:
        config: dict[str, object] = {
            "CACHE_TYPE": "SimpleCache",
            "CACHE_THRESHOLD": settings.cache_items,
            "CACHE_DEFAULT_TIMEOUT": settings.cache_seconds,
        }
        if settings.cache_url:
            config |= {
                "CACHE_TYPE": "RedisCache",
                "CACHE_REDIS_URL": settings.cache_url,
                "CACHE_KEY_PREFIX": "aurora-atlas:",
                "CACHE_OPTIONS": {"socket_timeout": 1.0, "socket_connect_timeout": 1.0},
            }
        self._cache = Cache(server, config=config)

    def get(self, tag: str, make: Callable[[], bytes]) -> bytes:
        """Return the bytes that `tag` names, made now where they are not kept."""
        try:
            kept = self._cache.get(tag)
        except RedisError as error:
            log.warning("cache does not answer", error=str(error))
            return make()
        if isinstance(kept, bytes):
            return kept
        made = make()
        try:
            self._cache.set(tag, made)
        except RedisError as error:
            log.warning("cache does not take", error=str(error))
        return made
