"""Simulated records of one January day in 2008 and in 2019, of every source; made once."""

from __future__ import annotations

from datetime import date

import pyarrow as pa
import pytest

from core.instruments.registry import all_sources
from core.simulation.seeds import SEED
from core.simulation.tasks import run_task, task_for

DAYS = (date(2008, 1, 10), date(2019, 1, 14))


@pytest.fixture(scope="session")
def day_records() -> dict[tuple[int, date], pa.Table]:
    """Tables by source identifier and day; those without records are absent."""
    found = {}
    for day in DAYS:
        for source in all_sources():
            task = task_for(source, (day, day), SEED)
            table = run_task(task) if task else None
            if table is not None:
                found[source.identifier, day] = table
    return found
