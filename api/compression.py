"""Compression of answers, for clients that ask for it: pages, JSON, CSV.

A stream stays a stream: it is compressed piece by piece. Tables in Parquet and Arrow, pictures
and movies are not touched, and neither is a part of a file (206), whose range counts the bytes of
the file itself. Entity tags get the name of the compression (see `api.entity`).
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from http import HTTPStatus

import flask
from flask_compress import Compress

# Of streams; what every client knows. Other answers may be compressed with zstd and Brotli too.
STREAMING = {"gzip": zlib.MAX_WBITS + 16, "deflate": zlib.MAX_WBITS}
LEVEL = 5


def install(server: flask.Flask) -> None:
    """Compress the answers of `server`. Call it once; nothing after it may change a body."""
    server.config["COMPRESS_REGISTER"] = False
    compress = Compress(server)
    compress.compress_mimetypes_set.add("text/csv")

    def compressed(response: flask.Response) -> flask.Response:
        if response.status_code == HTTPStatus.PARTIAL_CONTENT:
            return response
        if not response.is_streamed:
            return compress.after_request(response)
        if response.mimetype in compress.compress_mimetypes_set:
            _compress_stream(response)
        return response

    server.after_request(compressed)


def _compress_stream(response: flask.Response) -> None:
    response.vary.add("Accept-Encoding")
    coding = flask.request.accept_encodings.best_match([*STREAMING, "identity"])
    plain = coding not in STREAMING or "Content-Encoding" in response.headers
    if plain or response.status_code != HTTPStatus.OK:
        return
    response.direct_passthrough = False
    response.response = _pieces(response.iter_encoded(), STREAMING[str(coding)])
    response.headers["Content-Encoding"] = str(coding)
    response.headers.pop("Content-Length", None)
    tag, weak = response.get_etag()
    if tag and not weak:
        response.set_etag(f"{tag}:{coding}")
        if flask.request.if_none_match.contains_weak(f"{tag}:{coding}"):
            _empty(response)


def _empty(response: flask.Response) -> None:
    """Say that the client has it; `make_conditional` would read the stream to its end."""
    response.close()
    response.response = ()
    response.status_code = HTTPStatus.NOT_MODIFIED
    for name in ("Content-Type", "Content-Encoding"):
        response.headers.pop(name, None)


def _pieces(parts: Iterable[bytes], wbits: int) -> Iterator[bytes]:
    packer = zlib.compressobj(LEVEL, zlib.DEFLATED, wbits)
    for part in parts:
        packed = packer.compress(part)
        if packed:
            yield packed
    yield packer.flush()
