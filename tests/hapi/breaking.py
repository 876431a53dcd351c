"""An application for gunicorn whose records end in an error after the first batch."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import flask
import pyarrow as pa

import api
from core.errors import ArchiveError
from core.hapi.table_reader import TableReader
from core.observatory import Observatory
from core.settings import Settings

_batches = TableReader.batches


def _broken(reader: TableReader, *asked: Any) -> Iterator[pa.Table]:
    yield next(_batches(reader, *asked))
    raise ArchiveError("the disk is gone")


def create() -> flask.Flask:
    TableReader.batches = _broken  # type: ignore[method-assign]
    settings = Settings(archive=Path(os.environ["ATLAS_ARCHIVE"]), render_processes=0)
    server = flask.Flask("breaking", static_folder=None)
    api.register(server, Observatory(settings))
    return server
