"""What all answers of media have in common: entity tags, headers, names of files."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import cast

import flask
import numpy as np

from api.cache import AnswerCache
from core.errors import NotFound

MEDIA_TYPES = {
    "png": "image/png",
    "webp": "image/webp",
    "json": "application/json",
    "bin": "application/octet-stream",
    "nc": "application/x-netcdf",
}
PROVENANCE_HEADER = "X-Atlas-Provenance"
TIME_HEADER = "X-Atlas-Time"
MARKS_HEADER = "X-Atlas-Marks"
# Raised whenever the same counts would be painted differently, so that caches let go.
PAINTER = 3


def tagged(
    cache: AnswerCache | None, kind: str, facts: Sequence[object], make: Callable[[], bytes]
) -> flask.Response:
    """Return an answer with an entity tag made of `facts`; `make` is called when it is needed.

    Parameters
    ----------
    cache : AnswerCache or None
        Keeps what was made; None where making is as fast as keeping.
    kind : str
        A key of `MEDIA_TYPES`.
    facts : sequence
        Everything that the answer depends on; their texts make the tag.
    make : callable
        Returns the bytes.
    """
    text = "|".join(str(fact) for fact in (PAINTER, kind, *facts))
    tag = hashlib.sha256(text.encode()).hexdigest()[:32]
    response = flask.Response(content_type=MEDIA_TYPES[kind])
    response.set_etag(tag)
    # What is shown grows while a night is being ingested: caches keep it and ask again.
    response.cache_control.no_cache = True
    if not flask.request.if_none_match.contains(tag):
        response.set_data(make() if cache is None else cache.get(tag, make))
    return cast("flask.Response", response.make_conditional(flask.request))


def labelled(
    response: flask.Response,
    provenance: str,
    time: np.datetime64 | None = None,
    marks: Sequence[str] = (),
) -> flask.Response:
    """Return the answer with headers that say what it shows: simulated, when, how sure."""
    response.headers[PROVENANCE_HEADER] = provenance
    said = [*(["simulated"] if provenance == "simulated" else []), *marks]
    response.headers[MARKS_HEADER] = ",".join(said)
    if time is not None:
        response.headers[TIME_HEADER] = f"{time.astype('M8[ms]')}Z"
    return response


def split_name(name: str, kinds: Sequence[str], form: str) -> tuple[str, str]:
    """Return stem and ending of a file's name; NotFound for an ending that there is not."""
    stem, _, kind = name.rpartition(".")
    if kind not in kinds or not stem:
        raise no_such(name, form)
    return stem, kind


def moment_of(
    stem: str, name: str, form: str = "YYYYMMDDTHHMMSS.webp, .png or .json"
) -> np.datetime64:
    """Return the time of a name as in ``20190101T063000``."""
    try:
        if len(stem) == 15 and stem.isascii():
            return np.datetime64(datetime.strptime(stem, "%Y%m%dT%H%M%S"), "us")  # noqa: DTZ007 - UTC
    except ValueError:
        pass  # told below
    raise no_such(name, form)


def no_such(name: str, form: str) -> NotFound:
    """Return the error for a name that is none."""
    return NotFound(
        f"There is no picture {name[:60]!r}.",
        hint=f"Pictures are named {form}.",
        kind="picture",
        key=name,
    )
