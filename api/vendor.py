"""Fonts, icons, modules and coastlines of npm packages, served by this program itself.

Only packages of the list are served, and of those only files that a browser asks for; nothing
outside a package's folder can be named. Modules that import each other by name find each other
through the import map, which stands in the page's head; the content security policy allows it by
its hash.
"""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path

import flask
from werkzeug.security import safe_join

from core.errors import NotFound

NODE_MODULES = Path(__file__).resolve().parent.parent / "node_modules"
PACKAGES = (
    "@fontsource-variable/inter",
    "d3-array",
    "d3-geo",
    "internmap",
    "lucide-static",
    "swagger-ui-dist",
    "three",
    "topojson-client",
    "world-atlas",
)
# By the name that modules are imported by; d3-geo asks for d3-array, and that for internmap.
MODULES = {
    "d3-array": "d3-array/dist/d3-array.min.mjs",
    "d3-geo": "d3-geo/dist/d3-geo.min.mjs",
    "internmap": "internmap/src/index.js",
    "three": "three/build/three.module.js",
    "three/addons/": "three/examples/jsm/",
    "topojson-client": "topojson-client/src/index.js",
}
IMPORT_MAP = json.dumps({"imports": {name: f"/vendor/{path}" for name, path in MODULES.items()}})
MIMETYPES = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".json": "application/json",
    ".mjs": "text/javascript",
    ".svg": "image/svg+xml",
    ".ttf": "font/ttf",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
}
# The path does not name the package's version, so a cache asks again after a month; the ETag
# makes that a short question.
MAX_AGE_S = 30 * 86_400


def blueprint(node_modules: Path = NODE_MODULES) -> flask.Blueprint:
    """Return the routes below ``/vendor``."""
    routes = flask.Blueprint("vendor", __name__, url_prefix="/vendor")

    @routes.get("/<path:target>")
    def file(target: str) -> flask.Response:
        path = find(node_modules, target)
        # Read whole: the files are small, and one that is sent from an open handle stays open
        # when the answer turns out to be 304.
        response = flask.Response(path.read_bytes(), mimetype=MIMETYPES[path.suffix])
        response.cache_control.public = True
        response.cache_control.max_age = MAX_AGE_S
        response.add_etag()
        response.make_conditional(flask.request)
        return response

    return routes


def import_map_script() -> str:
    """Return the import map as the element that stands before every module of a page."""
    return f'<script type="importmap">{IMPORT_MAP}</script>'


def import_map_hash() -> str:
    """Return what allows the import map in the content security policy."""
    digest = hashlib.sha256(IMPORT_MAP.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def find(node_modules: Path, target: str) -> Path:
    """Return the file that `target` (``package/path``) names.

    Raises
    ------
    core.errors.NotFound
        When the package is not on the list, or has no such file, or the file is of another kind.
    """
    package = next((name for name in PACKAGES if target.startswith(f"{name}/")), None)
    if package:
        inside = target.removeprefix(f"{package}/")
        joined = safe_join(str(node_modules / package), inside)
        if joined and Path(joined).suffix in MIMETYPES and Path(joined).is_file():
            return Path(joined)
    raise NotFound(f"There is no file /vendor/{target}.", kind="file", key=target)
