"""Where the results of jobs lie: a file an attempt, and one of the rows found so far."""

from __future__ import annotations

from pathlib import Path

from core.archive import Archive

SO_FAR = "sofar.parquet"


def result_path(archive: Archive, request_id: str, attempt: int, ending: str = "parquet") -> Path:
    """Return the file for the result of one attempt; attempts never share a file."""
    return Path(archive.results_path) / f"{request_id}.{attempt}.{ending}"


def partial_path(archive: Archive, request_id: str, attempt: int) -> Path:
    """Return the file for the rows that a running attempt has found so far."""
    return result_path(archive, request_id, attempt, SO_FAR)


def result_files(folder: Path, request_id: str) -> list[Path]:
    """Return the result files of all attempts of a job that are there."""
    return sorted(folder.glob(f"{request_id}.*"))


def delete_files(folder: Path, request_id: str) -> None:
    """Delete the result files of all attempts of a job."""
    for path in result_files(folder, request_id):
        path.unlink(missing_ok=True)
