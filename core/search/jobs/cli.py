"""The verb ``jobs``: what is in the queue, ending one of them, and clearing away old ones."""

from __future__ import annotations

import argparse
import sys
from datetime import timedelta
from typing import TYPE_CHECKING

from core.settings import Settings

if TYPE_CHECKING:
    from core.archive import Archive

LISTED = 20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the verb can do."""
    deeds = parser.add_subparsers(dest="deed", required=True, metavar="DEED")
    listed = deeds.add_parser("list", help="searches and movies, newest first")
    listed.add_argument(
        "-n", type=int, default=LISTED, metavar="N", help="how many (default: %(default)s)"
    )
    listed.add_argument("--active", action="store_true", help="those alone that wait or run")
    ended = deeds.add_parser("cancel", help="end a search or movie that waits or runs")
    ended.add_argument("request_id", metavar="ID", help="identifier of the job")
    purged = deeds.add_parser("purge", help="delete old results and forget old jobs")
    purged.add_argument(
        "--results", type=_days, metavar="DAYS",
        help="delete results of jobs that ended so long ago (default: ATLAS_RESULT_DAYS)",
    )  # fmt: skip
    purged.add_argument(
        "--jobs", type=_days, metavar="DAYS",
        help="forget jobs that ended so long ago, log and all (default: ATLAS_JOB_DAYS)",
    )  # fmt: skip


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Do what was asked for; return the exit status."""
    from core.archive import Archive  # imported late: it takes a second

    deeds = {"list": _list, "cancel": _cancel, "purge": _purge}
    with Archive.open(settings) as archive:
        return deeds[args.deed](args, archive)


def _list(args: argparse.Namespace, archive: Archive) -> int:
    from core.search.jobs.queue import JobStore

    states = ("queued", "running") if args.active else None
    for job in JobStore(archive.catalogue.engine).recent(args.n, states):
        found = "" if job.result_count is None else f"{job.result_count:,} found"
        sys.stdout.write(
            f"{job.requested:%Y-%m-%d %H:%M:%S}  {job.request_id}  {job.kind:<12} {job.state:<9} "
            f"{job.progress:4.0%}  {found}\n"
        )
    return 0


def _cancel(args: argparse.Namespace, archive: Archive) -> int:
    from core.search.jobs.execution import cancelled_text
    from core.search.jobs.queue import JobStore

    store = JobStore(archive.catalogue.engine)
    job = store.get(args.request_id)
    if not store.cancel(job.request_id, ("error", cancelled_text(job.kind))):
        sys.stderr.write(f"error: the job is {store.get(job.request_id).state} already.\n")
        return 1
    return 0


def _purge(args: argparse.Namespace, archive: Archive) -> int:
    from core.search.jobs.retention import purge

    done = purge(archive, args.results, args.jobs)
    sys.stdout.write(
        f"{_many(done.results, 'result')} deleted, {_many(done.jobs, 'job')} forgotten, "
        f"{_many(done.files, 'file')} without a job removed.\n"
    )
    return 0


def _many(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _days(text: str) -> timedelta:
    try:
        days = float(text)
        age = timedelta(days=days)
    except (ValueError, OverflowError):
        raise argparse.ArgumentTypeError(f"{text!r} is no number of days") from None
    if not days >= 0:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of days from 0 on")
    return age
