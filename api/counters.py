"""Counts of requests by client, in this process or in Redis where several share them.

The rate is kept as one number a client, the time at which all that it asked for would have come
evenly spread (the generic cell rate algorithm of ATM networks): a client that paused may send a
minute's worth at once, and the time until the next request is known exactly.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol, cast

import structlog
from redis.exceptions import RedisError

if TYPE_CHECKING:
    from redis import Redis

log = structlog.get_logger(__name__)

# A request that has not ended by then was on a server that fell.
LOST_AFTER_S = 900.0
_PRUNE_AT = 10_000

_TAKE = """
local now = redis.call('TIME')
local t = tonumber(now[1]) + tonumber(now[2]) / 1000000
local due = math.max(tonumber(redis.call('GET', KEYS[1]) or '0'), t)
local wait = due + tonumber(ARGV[1]) - t - tonumber(ARGV[2])
if wait > 0.000001 then return tostring(wait) end
redis.call('SET', KEYS[1], string.format('%.6f', due + tonumber(ARGV[1])), 'EX', 120)
return '0'
"""
_ENTER = """
local now = tonumber(redis.call('TIME')[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - tonumber(ARGV[3]))
if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[2]) then return 0 end
redis.call('ZADD', KEYS[1], now, ARGV[1])
redis.call('EXPIRE', KEYS[1], tonumber(ARGV[3]))
return 1
"""


class Counters(Protocol):
    """What is known of the requests of each client."""

    def take(self, client: str, a_minute: int) -> float:
        """Count a request; return 0, or the seconds to wait where it is too many (not counted)."""

    def enter(self, client: str, request_id: str, most: int) -> bool:
        """Note that a request runs; False where as many run already."""

    def leave(self, client: str, request_id: str) -> None:
        """Note that a request has ended."""


class LocalCounters:
    """Counts of this process.

    Parameters
    ----------
    clock : callable
        Seconds, rising.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._due: dict[str, float] = {}
        self._running: dict[str, set[str]] = {}

    def take(self, client: str, a_minute: int) -> float:
        """See `Counters`."""
        each_s, now = 60.0 / a_minute, self._clock()
        with self._lock:
            due = max(self._due.get(client, now), now)
            wait_s = due + each_s - now - 60.0
            if wait_s > 1e-6:
                return wait_s
            self._due[client] = due + each_s
            if len(self._due) > _PRUNE_AT:
                self._due = {name: due for name, due in self._due.items() if due > now}
        return 0.0

    def enter(self, client: str, request_id: str, most: int) -> bool:
        """See `Counters`."""
        with self._lock:
            running = self._running.setdefault(client, set())
            if len(running) >= most:
                return False
            running.add(request_id)
        return True

    def leave(self, client: str, request_id: str) -> None:
        """See `Counters`."""
        with self._lock:
            running = self._running.get(client, set())
            running.discard(request_id)
            if not running:
                self._running.pop(client, None)


class RedisCounters:
    """Counts that several processes share; one that does not answer leaves them to each alone.

    Parameters
    ----------
    redis : redis.Redis
    prefix : str
        Before the names of all keys.
    """

    def __init__(self, redis: Redis, prefix: str = "aurora-atlas:") -> None:
        self._redis, self._prefix = redis, prefix
        self._alone = LocalCounters()
        self._take = redis.register_script(_TAKE)
        self._enter = redis.register_script(_ENTER)

    def take(self, client: str, a_minute: int) -> float:
        """See `Counters`."""
        try:
            key = f"{self._prefix}rate:{client}"
            return float(cast("bytes", self._take(keys=[key], args=[60.0 / a_minute, 60])))
        except RedisError as error:
            log.warning("the counters do not answer", error=str(error))
            return self._alone.take(client, a_minute)

    def enter(self, client: str, request_id: str, most: int) -> bool:
        """See `Counters`."""
        try:
            asked = (request_id, most, int(LOST_AFTER_S))
            return bool(self._enter(keys=[self._key(client)], args=asked))
        except RedisError as error:
            log.warning("the counters do not answer", error=str(error))
            return self._alone.enter(client, request_id, most)

    def leave(self, client: str, request_id: str) -> None:
        """See `Counters`."""
        self._alone.leave(client, request_id)
        try:
            self._redis.zrem(self._key(client), request_id)
        except RedisError as error:
            log.warning("the counters do not answer", error=str(error))

    def _key(self, client: str) -> str:
        return f"{self._prefix}running:{client}"


def make_counters(cache_url: str) -> Counters:
    """Return the counters that the setting `cache_url` asks for."""
    if not cache_url:
        return LocalCounters()
    import redis  # only where it is used: it takes a while

    return RedisCounters(
        redis.Redis.from_url(cache_url, socket_timeout=1.0, socket_connect_timeout=1.0)
    )
