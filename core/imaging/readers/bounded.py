"""Reading a provider's file, plain or gzip, without trusting how large it says it is."""

from __future__ import annotations

import gzip
import hashlib
import zlib
from pathlib import Path
from typing import IO, cast

from core.errors import FileRefused

_LONGEST_LINE = 4096


def refused(path: Path, reason: str, hint: str = "") -> FileRefused:
    """Return the error that names the file and the reason."""
    return FileRefused(
        f"{path.name} is refused: {reason}.", path=str(path), reason=reason, hint=hint
    )


def first_bytes(path: Path, count: int) -> bytes:
    """Return the first bytes of a file, which tell its format; refuse what cannot be read."""
    try:
        with path.open("rb") as file:
            return file.read(count)
    except FileNotFoundError as error:
        raise refused(path, "there is no such file") from error
    except IsADirectoryError as error:
        raise refused(path, "it is a folder; name the files in it") from error
    except OSError as error:
        raise refused(path, f"it cannot be opened ({error.strerror or error})") from error


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, read in pieces."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class BoundedStream:
    """Bytes of a file, decompressed as they are asked for, up to a limit.

    Parameters
    ----------
    path : Path
        A plain or gzip-compressed file.
    max_bytes : int
        Most decompressed bytes; a file that goes on is refused (a gzip bomb, for example).
    hint : str
        What to do about a larger file.
    """

    def __init__(
        self, path: Path, max_bytes: int, hint: str = "ATLAS_MAX_FRAME_FILE_BYTES raises the limit."
    ) -> None:
        self.path, self.max_bytes, self.position, self.hint = path, max_bytes, 0, hint
        with path.open("rb") as file:
            packed = file.read(2) == b"\x1f\x8b"
        opener = gzip.open if packed else open
        self._file = cast("IO[bytes]", opener(path, "rb"))

    def __enter__(self) -> BoundedStream:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def line(self, what: str) -> bytes:
        """Return the next line without its newline; b"" at the end of the file."""
        try:
            raw = self._file.readline(_LONGEST_LINE + 1)
        except (EOFError, OSError, zlib.error) as error:
            raise self._damaged(what, error) from error
        self._advance(len(raw))
        if raw and not raw.endswith(b"\n"):
            fault = "the file ends in" if len(raw) <= _LONGEST_LINE else "there is no end to"
            at = self.position - len(raw)
            raise refused(self.path, f"{what}: {fault} the line at byte {at}")
        return raw[:-1]

    def exactly(self, count: int, what: str) -> bytes:
        """Return the next `count` bytes; refuse a file that has fewer."""
        raw = self.upto(count, what)
        if len(raw) != count:
            raise refused(
                self.path,
                f"{what}: the file ends at byte {self.position}, "
                f"{count - len(raw)} of {count} bytes short",
            )
        return raw

    def upto(self, count: int, what: str) -> bytes:
        """Return at most `count` bytes, fewer only at the end of the file.

        Reading past the end of a gzip stream checks its checksum and length.
        """
        if count > self.max_bytes - self.position:
            self._advance(count)
        return self._read(count, what)

    def rest(self, what: str) -> bytes:
        """Return all that is left, which must not pass the limit."""
        return self._read(self.max_bytes - self.position + 1, what)

    def _read(self, count: int, what: str) -> bytes:
        try:
            raw = self._file.read(count)
        except (EOFError, OSError, zlib.error) as error:
            raise self._damaged(what, error) from error
        self._advance(len(raw))
        return raw

    def _advance(self, count: int) -> None:
        self.position += count
        if self.position > self.max_bytes:
            raise refused(
                self.path,
                f"it holds more than {self.max_bytes} bytes when unpacked",
                hint=self.hint,
            )

    def _damaged(self, what: str, error: Exception) -> FileRefused:
        return refused(
            self.path,
            f"{what}: the compressed file is truncated or damaged after byte {self.position} "
            f"of its content ({error})",
        )
