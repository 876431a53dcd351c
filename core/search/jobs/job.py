"""What is said of a job: the claim of who runs it, its state, and what a client may have."""

from __future__ import annotations

import os
import socket
import threading
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

FINISHED = ("done", "failed", "cancelled")
Line = tuple[str, str]
"""Level and text of a line of a job's log."""


@dataclass(frozen=True)
class Claim:
    """A job in hand: what to do, who does it, and which attempt this is."""

    request_id: str
    kind: str
    query: dict[str, Any]
    worker: str
    attempt: int


@dataclass(frozen=True)
class Holder:
    """Who runs a job that it submits, and for how many seconds unless it says that it lives."""

    worker: str
    lease_s: float


@dataclass(frozen=True)
class Share:
    """How many jobs of some kinds one client may have at a time."""

    kinds: Collection[str]
    most: int


@dataclass(frozen=True)
class Job:
    """State of a job as the catalogue has it; times are UTC."""

    request_id: str
    kind: str
    query: dict[str, Any]
    state: str
    requested: datetime
    completed: datetime | None
    attempts: int
    worker: str | None
    progress: float
    cancel_requested: bool
    result_count: int | None
    file_size: int | None
    query_duration_ms: int | None
    error_message: str | None
    result_deleted: datetime | None
    client: str
    owner: str | None

    @property
    def finished(self) -> bool:
        """Whether the job has come to an end, good or bad."""
        return self.state in FINISHED


def worker_name(role: str) -> str:
    """Name this thread of this process among all that may run searches."""
    host = socket.gethostname()
    return f"{role}-{host}-{os.getpid()}-{threading.get_ident():x}-{uuid.uuid4().hex[:6]}"
