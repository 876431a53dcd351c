"""Runs the pieces of a search: one after the other, or in threads."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextvars import copy_context
from typing import Literal, TypeVar

Piece = TypeVar("Piece")
Part = TypeVar("Part")
ExecutorName = Literal["serial", "threads"]


def over_pieces(
    executor: ExecutorName,
    work: Callable[[Piece], Part],
    pieces: Sequence[Piece],
    stop: Callable[[], None],
    threads: int = 0,
) -> Iterator[Part]:
    """Yield what `work` makes of each piece, as it is finished: in any order.

    Parameters
    ----------
    executor : str
        ``serial``, or ``threads``: work that leaves the interpreter's lock runs side by side.
    work : callable
        Pure, safe in threads. Its errors are raised here.
    pieces : sequence
    stop : callable
        Called when no more results are wanted: after an error, or when the caller has enough.
        It tells work that still runs to end soon; this function waits for that.
    threads : int
        Most threads at one time; 0 means one a processor.
    """
    workers = min(len(pieces), threads or os.cpu_count() or 1)
    if executor == "serial" or workers < 2:
        yield from map(work, pieces)
        return
    with ThreadPoolExecutor(workers, thread_name_prefix="search-piece") as pool:
        # Each task gets a copy of the context, by which reads know whose search they belong to.
        futures: list[Future[Part]] = [
            pool.submit(copy_context().run, work, piece) for piece in pieces
        ]
        try:
            for future in as_completed(futures):
                yield future.result()
        except BaseException:  # also of a caller that has enough
            stop()
            for future in futures:
                future.cancel()
            raise
