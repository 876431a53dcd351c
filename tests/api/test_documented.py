"""The reference page names every route, error code and status."""

from __future__ import annotations

import re
from pathlib import Path

import flask
import pytest

from api import errors

PAGE = (Path(__file__).resolve().parents[2] / "docs/reference/api.md").read_text()
KINDS = "<any(conjunctions, ephemeris, data_products):name>"


def documented(rule: str) -> str:
    """A rule of the server as the page writes it."""
    rule = rule.replace(KINDS, "{k}").replace(
        "<any(conjunction, ephemeris, data_products):name>", "conjunction"
    )
    return re.sub(r"<\w+:(\w+)>", r"<\1>", rule)


def test_every_route_is_documented(server: flask.Flask) -> None:
    missing = [
        f"{method} {documented(rule.rule)}"
        for rule in server.url_map.iter_rules()
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
        if not rule.endpoint.startswith("unknown.")
        and f"`{method} {documented(rule.rule)}`" not in PAGE
    ]
    assert missing == []


@pytest.mark.parametrize("outcome", sorted({*errors.OUTCOMES.values(), errors.BUSY}))
def test_every_outcome_is_documented(outcome: errors.Outcome) -> None:
    assert f"| {outcome.status} | `{outcome.error_code}` |" in PAGE
