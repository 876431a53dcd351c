"""The numbers that the browser's tests compare with are those of the server as it is."""

from __future__ import annotations

from tests.js.fixtures import make


def test_the_numbers_are_of_this_server() -> None:
    assert make.FILE.read_text(encoding="utf-8") == make.text(), (
        "make them again: PYTHONPATH=. python tests/js/fixtures/make.py"
    )
