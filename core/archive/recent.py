"""What was made last, by key: bounded, safe in threads, and made once."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Recent(Generic[Key, Value]):
    """A bounded memory of values that never change for their key.

    Parameters
    ----------
    limit : int
        Most values that are kept; the one that was asked for longest ago goes first.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._held: OrderedDict[Key, Value] = OrderedDict()
        self._lock = threading.Lock()
        self._making = threading.Lock()

    def get(self, key: Key, make: Callable[[], Value]) -> Value:
        """Return the value of `key`; of threads that ask at once one makes it, the others wait.

        What `make` raises is passed on, and nothing is kept.
        """
        found = self._find(key)
        if found:
            return found[0]
        with self._making:
            found = self._find(key)
            if found:
                return found[0]
            value = make()
            with self._lock:
                self._held[key] = value
                while len(self._held) > self._limit:
                    self._held.popitem(last=False)
            return value

    def _find(self, key: Key) -> tuple[Value] | None:
        with self._lock:
            if key not in self._held:
                return None
            self._held.move_to_end(key)
            return (self._held[key],)
