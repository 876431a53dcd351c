"""Files of npm packages."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from pathlib import Path

import flask
import pytest
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st

from api import errors, vendor
from core.errors import NotFound

ROOT = Path(__file__).resolve().parents[2]


def tree(root: Path) -> Path:
    """A node_modules with an allowed package, a package that is not allowed, and secrets."""
    modules = root / "node_modules"
    for name, text in {
        "@fontsource-variable/inter/index.css": "@font-face {}",
        "@fontsource-variable/inter/files/inter.woff2": "font",
        "@fontsource-variable/inter/package.json": "{}",
        "@fontsource-variable/inter/.env": "secret",
        "@fontsource-variable/inter-tight/index.css": "secret",
        "lucide-static/icons/sun.svg": "<svg/>",
        "lucide-static/README.md": "secret",
        "other/index.js": "secret",
    }.items():
        file = modules / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    (root / "secret.css").write_text("secret")
    return modules


@pytest.fixture
def client(tmp_path: Path) -> FlaskClient:
    server = flask.Flask(__name__, static_folder=None)
    errors.install(server)
    server.register_blueprint(vendor.blueprint(tree(tmp_path)))
    return server.test_client()


@pytest.mark.parametrize(
    ("path", "mimetype"),
    [
        ("@fontsource-variable/inter/index.css", "text/css"),
        ("@fontsource-variable/inter/files/inter.woff2", "font/woff2"),
        ("lucide-static/icons/sun.svg", "image/svg+xml"),
    ],
)
def test_files_of_allowed_packages_are_served_and_kept(
    client: FlaskClient, path: str, mimetype: str
) -> None:
    response = client.get(f"/vendor/{path}")
    assert response.status_code == 200
    assert response.mimetype == mimetype
    assert response.cache_control.max_age == vendor.MAX_AGE_S
    again = client.get(f"/vendor/{path}", headers={"If-None-Match": response.headers["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize(
    "path",
    [
        "other/index.js",
        "@fontsource-variable/inter-tight/index.css",
        "@fontsource-variable/inter",
        "@fontsource-variable/inter/",
        "@fontsource-variable/inter/files",
        "@fontsource-variable/inter/.env",
        "@fontsource-variable/inter/none.css",
        "@fontsource-variable/inter/../inter-tight/index.css",
        "@fontsource-variable/inter/../../../secret.css",
        "@fontsource-variable/inter/%2e%2e/%2e%2e/%2e%2e/secret.css",
        "lucide-static//etc/passwd.css",
        "lucide-static/..%2f..%2fsecret.css",
        "lucide-static/..\\..\\secret.css",
        "lucide-static/README.md",
        "lucide-static/icons/sun.svg%00.css",
    ],
)
def test_nothing_else_is(client: FlaskClient, path: str) -> None:
    response = client.get(f"/vendor/{path}")
    assert response.status_code == 404
    assert response.headers["Content-Type"] == "application/json"
    assert response.get_json()["error_code"] == "NotFound"
    assert "secret" not in response.get_json()["error_message"].replace("secret.css", "")


pieces = st.sampled_from(
    ["..", ".", "", "/", "secret.css", "icons", "sun.svg", "lucide-static", "other", "index.js",
     "@fontsource-variable", "inter", "inter-tight", "index.css", "\\", "~", "\0", "%2e%2e"]
)  # fmt: skip


@settings(deadline=None)
@given(st.lists(pieces, max_size=8))
def test_no_path_leaves_its_package(
    tmp_path_factory: pytest.TempPathFactory, parts: list[str]
) -> None:
    modules = tree(tmp_path_factory.getbasetemp() / "vendor")
    allowed = [(modules / name).resolve() for name in vendor.PACKAGES]
    try:
        found = vendor.find(modules, "/".join(["lucide-static", *parts])).resolve()
    except NotFound:
        return
    assert any(found.is_relative_to(folder) for folder in allowed)
    assert found.suffix in vendor.MIMETYPES


def test_the_import_map_names_files_that_are_served() -> None:
    names = json.loads(vendor.IMPORT_MAP)["imports"]
    # An entry that ends with a stroke stands for a folder, and so does its address.
    folders = {name: address for name, address in names.items() if name.endswith("/")}
    assert all(address.endswith("/") for address in folders.values())
    modules = [address for name, address in names.items() if name not in folders]
    modules += [folders["three/addons/"] + used for used in addons_in_use()]
    for address in modules:
        path = vendor.find(vendor.NODE_MODULES, address.removeprefix("/vendor/"))
        # Whatever the modules import by name is in the map as well.
        found = re.findall(r"""(?:from|import)\s*["']([^."'/][^"']*)["']""", path.read_text())
        assert {name for name in found if not name.startswith(tuple(folders))} <= set(names)


def addons_in_use() -> set[str]:
    """What the page's own modules import from three's addons."""
    texts = [file.read_text() for file in (ROOT / "assets" / "modules").rglob("*.js")]
    used = {name for text in texts for name in re.findall(r'"three/addons/([^"]+)"', text)}
    assert "controls/OrbitControls.js" in used
    return used


def test_the_content_policy_knows_the_import_map() -> None:
    script = vendor.import_map_script()
    inside = script.removeprefix('<script type="importmap">').removesuffix("</script>")
    digest = base64.b64encode(hashlib.sha256(inside.encode()).digest()).decode()
    assert vendor.import_map_hash() == f"'sha256-{digest}'"
