"""Aurora Atlas as a Dash application. Wiring only: what is built where, and in which order."""

from __future__ import annotations

from functools import partial
from typing import Any

from dash import Dash, page_container
from flask import Flask

import api
import callbacks
import pages
from components.error_page import on_error
from components.shell import TITLE, shell
from components.shell_theme import INDEX
from core import logs
from core.observatory import Observatory
from core.search.engine.kernels import warm_kernel
from core.settings import Settings, read_settings


def create_app(settings: Settings | None = None, *, serving: bool = False) -> Dash:
    """Build the application over the archive that `settings` name.

    A `serving` application starts the processes that help it to answer.

    Raises
    ------
    core.errors.ArchiveError
        When there is no archive there; ``python -m core archive`` builds the embedded one.
    """
    settings = settings or read_settings()
    logs.configure(settings)
    observatory = Observatory(settings)
    if serving:
        observatory.start_rendering()
    server = Flask("aurora-atlas", static_folder=None)
    app = Dash(
        __name__,
        server=server,
        use_pages=True,
        pages_folder="",
        title=TITLE,
        update_title="",
        index_string=INDEX.replace("{%import_map%}", api.vendor.import_map_script()),
        on_error=on_error,
        assets_path_ignore=["modules"],
    )
    pages.register(app, observatory)
    # A function, so that a page opened after an ingest says what is true by then.
    app.layout = partial(shell, page_container, observatory)
    callbacks.register(app, observatory)
    api.register(server, observatory)
    # A function, not a list: Dash adds the page router's inline script at the first request.
    import_map = api.vendor.import_map_hash()
    api.headers.set_script_hashes(server, lambda: [*app.csp_hashes(), import_map])
    # Dash builds its validation layout during the first request, and a second one that comes
    # meanwhile would see half of it; so the first request is our own.
    server.test_client().get("/")
    if serving:  # now that nobody waits for the interpreter any more
        warm_kernel(settings.search_kernel, settings.kernel_folder)
    return app


def __getattr__(name: str) -> Any:
    # `gunicorn app:server` asks for it once, in the worker process; importing app opens nothing.
    if name == "server":
        return create_app(serving=True).server
    raise AttributeError(name)
