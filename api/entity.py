"""Entity tags and conditional requests of the API's answers.

A tag is strong: it is a hash of everything that the bytes depend on, or of the bytes. Where an
answer is compressed on its way, the tag gets the name of the compression at its end
(``"tag:gzip"``), because those are other bytes; a client that has either has the answer.
"""

from __future__ import annotations

import hashlib

import flask

from core import __version__

COMPRESSIONS = ("gzip", "deflate", "br", "zstd")
# The list that a client sends could be long; what it holds, is at its beginning.
_MOST_TAGS = 50


def tag_of(*facts: object) -> str:
    """Return the tag of an answer that depends on `facts` and on nothing else."""
    text = "\n".join(repr(fact) for fact in (__version__, *facts))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def not_modified(tag: str) -> flask.Response | None:
    """Return the answer 304 where the client has what `tag` names, else None."""
    held = _held(tag)
    if held is None:
        return None
    return tagged(flask.Response(status=304, content_type=None), held)


def tagged(response: flask.Response, tag: str) -> flask.Response:
    """Return `response` with its entity tag; caches may keep it for one client, and ask again."""
    response.set_etag(tag)
    response.cache_control.no_cache = True
    response.cache_control.private = True
    response.vary.update(["Accept", "Accept-Encoding"])
    return response


def tagged_by_content(response: flask.Response) -> flask.Response:
    """Return a response whose bytes are there, or 304 where the client has them."""
    tag = tag_of(response.content_type, response.get_data())
    return not_modified(tag) or tagged(response, tag)


def _held(tag: str) -> str | None:
    asked = flask.request.if_none_match
    if flask.request.method not in ("GET", "HEAD"):
        return None
    if asked.star_tag:
        return tag
    names = {tag, *(f"{tag}:{name}" for name in COMPRESSIONS)}
    for given in list(asked.as_set(include_weak=True))[:_MOST_TAGS]:
        if given in names:
            return given
    return None
