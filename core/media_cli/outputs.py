"""Writing results whole or not at all, and telling how far the work is."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from tqdm import tqdm

from core.errors import BadInput
from core.imaging.movie import unwritable


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """Give a name beside `path` to write a file or folder to; it becomes `path` at the end.

    Nothing is left of it when the block ends with an error or an interrupt.

    Raises
    ------
    core.errors.ArchiveError
        The file cannot be written.
    BadInput
        `path` is a folder that is there already.
    """
    try:
        if path.is_dir():
            raise BadInput(f"{path} is a folder that is there already.", field="output", value=path)
        work = Path(tempfile.mkdtemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent))
    except OSError as error:
        raise unwritable(path, error) from error
    try:
        yield work / path.name
        os.replace(work / path.name, path)
    except OSError as error:
        raise unwritable(path, error) from error
    finally:
        shutil.rmtree(work, ignore_errors=True)


def write_whole(path: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    with whole(path) as part:
        part.write_bytes(content)


def kind_of(path: Path, kinds: tuple[str, ...]) -> str:
    """Return the kind of file that a name asks for, without the dot.

    Raises
    ------
    BadInput
        It is none of these kinds.
    """
    kind = path.suffix.lower().removeprefix(".")
    if kind not in kinds:
        raise BadInput(
            f"{path.name} is no name of a file that is written here.",
            hint=f"Its name ends with .{', .'.join(kinds)}.", field="output", value=str(path),
        )  # fmt: skip
    return kind


def stamp(time: np.datetime64) -> str:
    """Return a time as names of files have it, ``20140310T060000``."""
    return str(time.astype("M8[s]")).replace("-", "").replace(":", "")


class Bar:
    """A progress bar on the standard error; none where that is no terminal."""

    def __init__(self, total: int, unit: str, quiet: bool) -> None:
        self._bar = tqdm(
            total=total, unit=f" {unit}", disable=quiet or None, file=sys.stderr, leave=False
        )

    def __enter__(self) -> Bar:
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.close()

    def show(self, done: int, total: int) -> None:
        """Show that so many are done."""
        self._bar.update(done - self._bar.n)


def tell(*lines: str) -> None:
    """Say on the standard output what was made."""
    sys.stdout.write("".join(f"{line}\n" for line in lines))


def note(*lines: str) -> None:
    """Say on the standard error what a reader of the result should know."""
    sys.stderr.write("".join(f"note: {line}\n" for line in lines))
