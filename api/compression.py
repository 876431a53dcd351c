"""Compression of answers, for clients that ask for it: pages, JSON, CSV.

A stream stays a stream: it is compressed piece by piece. Tables in Parquet and Arrow, pictures
and movies are not touched, and neither is a part of a file (206), whose range counts the bytes of
the file itself. Entity tags get the name of the compression (see `api.entity`).
"""

from __future__ import annotations

import flask
from flask_compress import Compress

# gzip is what most clients ask for that are no browser, also where the answer is a stream.
STREAMING = ["zstd", "br", "gzip", "deflate"]


def install(server: flask.Flask) -> None:
    """Compress the answers of `server`. Call it once; nothing after it may change a body."""
    server.config["COMPRESS_REGISTER"] = False
    server.config["COMPRESS_ALGORITHM_STREAMING"] = STREAMING
    compress = Compress(server)
    compress.compress_mimetypes_set.add("text/csv")

    def compressed(response: flask.Response) -> flask.Response:
        if response.status_code == 206 or "Content-Range" in response.headers:
            return response
        return compress.after_request(response)

    server.after_request(compressed)
