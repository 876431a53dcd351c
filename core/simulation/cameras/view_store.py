"""Views that are kept because they will be asked for again; safe to share between threads."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from core.simulation.cameras.camera import Camera
from core.simulation.cameras.view import Nodes, View

Index = NDArray[np.int64]
Rows = tuple[int, int]

_KEPT_PIXELS = 2_500_000
_BLOCK_PIXELS = 32_768


class ViewStore:
    """Views of cameras: the last used, up to 2.5 million pixels (some 250 MB).

    A camera with more pixels than half of that is not kept; its views are made again each time.
    """

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[int, str], tuple[View, ...]] = OrderedDict()
        self._lock = threading.Lock()

    def line(self, camera: Camera, name: str, index: Index) -> View:
        """Return the view of a few pixels, known by a name."""

        def make() -> tuple[View, ...]:
            return (View(Nodes(camera, index), index),)

        return self._get(camera, name, make)[0]

    def blocks(self, camera: Camera) -> Iterator[tuple[Rows, View]]:
        """Yield the rows of the whole image in blocks that fit a processor's cache."""
        height, width = camera.height, camera.width
        each = max(1, _BLOCK_PIXELS // width)
        rows = [(top, min(top + each, height)) for top in range(0, height, each)]

        def views() -> Iterator[View]:
            nodes = Nodes(camera)
            for top, bottom in rows:
                yield View(nodes, np.arange(top * width, bottom * width))

        if height * width > _KEPT_PIXELS // 2:
            yield from zip(rows, views(), strict=True)
        else:
            kept = self._get(camera, "image", lambda: tuple(views()))
            yield from zip(rows, kept, strict=True)

    def _get(
        self, camera: Camera, name: str, make: Callable[[], tuple[View, ...]]
    ) -> tuple[View, ...]:
        key = (camera.site.identifier, name)
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
                return found
        # Made outside the lock: two threads may do the same work, neither waits for the other.
        found = make()
        with self._lock:
            found = self._kept.setdefault(key, found)
            while self._pixels() > _KEPT_PIXELS and len(self._kept) > 1:
                self._kept.popitem(last=False)
        return found

    def _pixels(self) -> int:
        return sum(view.index.size for views in self._kept.values() for view in views)
