"""Which skymap belongs to which frames: site and array always, camera and interval unless forced.

Of several that hold at a time the newest is taken, as the providers ask. A skymap of another
camera or time is only used when the caller accepts that; what is drawn with it is marked then. A
skymap of another site is never used: its directions would put every pixel elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np

from core.errors import NotFound, SkymapRefused
from core.imaging.frames import Frames
from core.imaging.skymap import Skymap, SkymapEntry

_DAY = np.timedelta64(1, "D")


# A skymap, or what tells whom it belongs to without its arrays.
_Described = TypeVar("_Described", Skymap, SkymapEntry)


@dataclass(frozen=True, slots=True)
class SkymapUse:
    """A skymap for certain frames.

    Attributes
    ----------
    skymap : Skymap
        The skymap.
    forced : bool
        It belongs to another camera or time and was accepted nevertheless; figures say so.
    reason : str
        Why it would have been refused, or why it is approximate; empty for a proper one.
    """

    skymap: Skymap
    forced: bool = False
    reason: str = ""


def use_skymap(
    skymaps: Iterable[Skymap],
    array: str,
    site: str,
    camera: str,
    time: np.datetime64,
    *,
    accept: bool = False,
) -> SkymapUse:
    """Return the best skymap for frames of a camera at a time.

    Parameters
    ----------
    skymaps : iterable of Skymap
        Those there are; of other sites and arrays too.
    array, site : str
        Key of the array and code of the site that the frames are of.
    camera : str
        Name of the device, empty where it is not known.
    time : datetime64
        When the frames were measured, UTC.
    accept : bool
        Take the nearest in time where none holds.

    Raises
    ------
    NotFound
        There is no skymap of this array and site.
    SkymapRefused
        There are some, none of them for this camera and time, and `accept` is false.
    """
    best = nearest(skymaps, array, site, camera, time)
    return check(best, site, camera, time, array=array, accept=accept)


def nearest(
    skymaps: Iterable[_Described], array: str, site: str, camera: str, time: np.datetime64
) -> _Described:
    """Return the skymap of an array and site that suits a camera and time best.

    The newest that holds; where none does, that of this camera which is least away in time.

    Raises
    ------
    NotFound
        There is none of this array and site.
    """
    own = [s for s in skymaps if (s.array, s.site) == (array, site.lower())]
    if not own:
        raise NotFound(
            f"There is no skymap of {array} at {site}.",
            hint="`python -m core ingest skymap FILES` takes skymaps in.",
            kind="skymap",
            key=f"{array} {site}",
        )
    return min(own, key=lambda skymap: _distance(skymap, camera, time))


def choose(
    skymaps: Iterable[Skymap], array: str, site: str, camera: str, time: np.datetime64
) -> Skymap:
    """Return the newest skymap that holds for a camera at a time; see `use_skymap`."""
    return use_skymap(skymaps, array, site, camera, time).skymap


def check(
    skymap: Skymap,
    site: str,
    camera: str,
    time: np.datetime64,
    *,
    array: str = "",
    accept: bool = False,
) -> SkymapUse:
    """Compare a skymap with the frames it is to be used for.

    Parameters
    ----------
    skymap : Skymap
        The skymap.
    site, camera, array : str
        What the frames are of; an empty camera or array is not compared.
    time : datetime64
        When they were measured, UTC.
    accept : bool
        Use it for another camera or time, marked as forced. Another site or array is refused all
        the same.

    Raises
    ------
    SkymapRefused
        With details site, wanted_site, camera, wanted_camera, array, wanted_array, valid_from,
        valid_to, time, reason.
    """
    hint = ""
    if skymap.site != site.lower():
        reason = f"it is of {skymap.site.upper()}, the frames are of {site.upper()}"
    elif array and skymap.array != array:
        reason = f"it is of {skymap.array}, the frames are of {array}"
    else:
        reason = "; ".join(_faults(skymap, camera, time))
        if not reason or accept:
            return SkymapUse(skymap, bool(reason), reason or _caution(skymap))
        hint = "Accept it (--accept-skymap) to use it all the same; figures are marked then."
    raise SkymapRefused(
        f"The skymap {skymap.source} is refused: {reason}.",
        hint=hint,
        site=skymap.site, wanted_site=site.lower(),
        camera=skymap.camera, wanted_camera=camera,
        array=skymap.array, wanted_array=array,
        valid_from=_iso(skymap.valid_from), valid_to=_iso(skymap.valid_to), time=_iso(time),
        reason=reason,
    )  # fmt: skip


def check_frames(skymap: Skymap, frames: Frames, *, accept: bool = False) -> SkymapUse:
    """Compare a skymap with a dataset of frames by its attributes and first time; see `check`."""
    site, camera, array = (str(frames.attrs.get(name, "")) for name in ("site", "camera", "array"))
    return check(skymap, site, camera, frames["time"].values[0], array=array, accept=accept)


def _faults(skymap: Skymap, camera: str, time: np.datetime64) -> list[str]:
    faults = []
    if camera and skymap.camera and camera.lower() != skymap.camera.lower():
        faults.append(f"it is of the camera {skymap.camera}, the frames are of {camera}")
    start, end = skymap.valid_from, skymap.valid_to
    if start is not None and time < start:
        faults.append(
            f"it holds from {_text(start)} UTC, the frames are of {_text(time)}, "
            f"{_days(start - time)} before"
        )
    if end is not None and time >= end:
        faults.append(
            f"it holds until {_text(end)} UTC, the frames are of {_text(time)}, "
            f"{_days(time - end)} after"
        )
    return faults


def _caution(skymap: Skymap) -> str:
    return "approximate: computed from a model of the lens" if skymap.approximate else ""


def _distance(skymap: Skymap | SkymapEntry, camera: str, time: np.datetime64) -> tuple[Any, ...]:
    """Order: this camera, holding at the time, least away from it, newest; then by name."""
    other = bool(camera and skymap.camera and camera.lower() != skymap.camera.lower())
    instant = time.astype("M8[us]").astype(np.int64)
    start = _number(skymap.valid_from, -(2**62))
    end = _number(skymap.valid_to, 2**62)
    away = max(start - instant, instant - end + 1, 0)
    return (bool(away), other, away, -start, skymap.source)


def _number(moment: np.datetime64 | None, otherwise: int) -> int:
    return otherwise if moment is None else int(moment.astype("M8[us]").astype(np.int64))


def _days(span: np.timedelta64) -> str:
    days = span / _DAY
    return f"{days:.0f} days" if days >= 2 else f"{24 * days:.1f} hours"


def _text(moment: np.datetime64) -> str:
    return str(moment.astype("M8[m]")).replace("T", " ")


def _iso(moment: np.datetime64 | None) -> str | None:
    return None if moment is None else str(moment.astype("M8[s]"))
