"""Which frames of a camera a time or a window means."""

from __future__ import annotations

import numpy as np

from core.errors import BadInput, LimitExceeded, NotFound
from core.imaging.frames import Times
from core.media_cli.loose_files import LooseFiles
from core.media_cli.sources import Camera

_REACH = np.timedelta64(120, "s")
MAX_DAYS = 31
"""Most days of an archive that one keogram or movie may span."""


def frame_near(camera: Camera, time: np.datetime64 | None) -> np.datetime64:
    """Return the time of the frame nearest to a time, at most one cadence away.

    Parameters
    ----------
    camera : Camera
    time : datetime64 or None
        None is the first frame of a file.

    Raises
    ------
    BadInput
        No time for an archive.
    NotFound
        No frame is that near; says which is the nearest within two minutes.
    """
    if time is None:
        if isinstance(camera.frames, LooseFiles):
            first: np.datetime64 = camera.frames.every_time[0]
            return first
        raise BadInput("Say of which time.", hint="Write UTC as 2014-03-10T06:00:00.", field="time")
    near = camera.frames.times(camera.source_id, time - _REACH, time + _REACH)
    if not len(near):
        raise NotFound(
            f"{camera.array.display_name(camera.site)} has no frame within two minutes of {time}.",
            hint=_held(camera), kind="frame", key=str(time),
        )  # fmt: skip
    nearest: np.datetime64 = near[np.abs(near - time).argmin()]
    if abs(nearest - time) / np.timedelta64(1, "s") > camera.array.cadence_s:
        raise NotFound(
            f"There is no frame within {camera.array.cadence_s:g} s of {time}.",
            hint=f"The nearest is of {nearest}.", kind="frame", key=str(time),
        )  # fmt: skip
    return nearest


def window_of(
    camera: Camera, start: np.datetime64 | None, end: np.datetime64 | None
) -> tuple[np.datetime64, np.datetime64]:
    """Return the window that is meant: of files, all from START on where the end is not said.

    Raises
    ------
    BadInput
        The end is not after the start; an archive without both.
    LimitExceeded
        More than `MAX_DAYS` days of an archive.
    """
    if isinstance(camera.frames, LooseFiles):
        every = camera.frames.every_time
        start = every[0] if start is None else start
        end = max(every[-1], start) + np.timedelta64(1, "us") if end is None else end
    elif start is None or end is None:
        raise BadInput("Say from when to when.", hint="Write START END.", field="start")
    if end <= start:
        raise BadInput(f"END {end} is not after START {start}.", field="end", value=str(end))
    days = (end - start) / np.timedelta64(1, "D")
    if days > MAX_DAYS and not isinstance(camera.frames, LooseFiles):
        raise LimitExceeded(
            f"{start} to {end} are {days:,.0f} days; at most {MAX_DAYS} are drawn at once.",
            hint="Ask for a shorter window.", limit="days", asked=days, allowed=MAX_DAYS,
        )  # fmt: skip
    return start, end


def frames_between(camera: Camera, start: np.datetime64 | None, end: np.datetime64 | None) -> Times:
    """Return the times of frames in the window that is meant.

    Raises
    ------
    BadInput, LimitExceeded
        As `window_of`.
    NotFound
        There are none.
    """
    start, end = window_of(camera, start, end)
    times = camera.frames.times(camera.source_id, start, end)
    if not len(times):
        raise NotFound(
            f"{camera.array.display_name(camera.site)} has no frames from {start} to {end}.",
            hint=_held(camera), kind="frame", key=str(start),
        )  # fmt: skip
    return times


def _held(camera: Camera) -> str:
    if isinstance(camera.frames, LooseFiles):
        times = camera.frames.every_time
        return f"The files hold {times[0]} to {times[-1]}."
    return "Frames are there in minutes that have a record; the Keogramist shows them."
