"""A process that writes keograms: ``keogram_writer.py FOLDER JOURNAL FIRST STEP COUNT``."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import numpy as np

from core.imaging.keogram import make_keogram
from core.imaging.store import KeogramStore

DAY = date(2014, 3, 10)
START = np.datetime64("2014-03-10", "us")


def main(folder: str, journal: str, first: int, step: int, count: int) -> None:
    """Save one frame a time, `number` at 3 s x number, and note each once it is acknowledged."""
    store = KeogramStore(SimpleNamespace(images_path=Path(folder)))  # type: ignore[arg-type]
    for number in range(first, first + step * count, step):
        time = START + np.array([3_000_000 * number], "m8[us]")
        counts = np.full((1, 8), number, np.uint16)
        store.save(46, DAY, make_keogram(counts, time, np.ones(1), {"cadence_s": 3.0}))
        with Path(journal).open("a") as file:
            file.write(f"{number}\n")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], *(int(word) for word in sys.argv[3:]))
