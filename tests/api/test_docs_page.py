"""The page that shows the description: nothing inline, nothing from elsewhere."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from api import vendor
from tests.servers import ROOT


def test_the_page_holds_no_script_and_asks_this_server_alone(client: FlaskClient) -> None:
    response = client.get("/api/docs")
    assert response.status_code == 200
    assert response.mimetype == "text/html"
    policy = response.headers["Content-Security-Policy"]
    assert "unsafe-eval" not in policy
    assert "'unsafe-inline'" not in policy.split("style-src")[0]
    page = response.get_data(as_text=True)
    assert not re.findall(r"<script(?![^>]*\bsrc=)[^>]*>", page)
    assert "style=" not in page
    places = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert all(place.startswith("/") and not place.startswith("//") for place in places)
    for place in places:
        if place.startswith("/api/"):
            assert client.get(place).status_code == 200, place
        if place.startswith("/assets/"):
            assert (ROOT / place.lstrip("/")).is_file(), place
        if place.startswith("/vendor/"):
            assert place.split("/")[2] in vendor.PACKAGES, place


@pytest.mark.parametrize("name", ["routes.py", "../routes.py", "docs.html", ".", "docs.js/x"])
def test_only_its_two_files_are_served(client: FlaskClient, name: str) -> None:
    response = client.get(f"/api/docs/{name}")
    assert response.status_code in (404, 308)


def test_what_is_unchanged_is_not_sent_again(client: FlaskClient) -> None:
    for path in ("/api/docs", "/api/docs/docs.css", "/api/docs/docs.js", "/api/openapi.json"):
        tag = client.get(path).headers["ETag"]
        assert client.get(path, headers={"If-None-Match": tag}).status_code == 304
