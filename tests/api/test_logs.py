"""Logs for people and for machines."""

from __future__ import annotations

import io
import json
import logging
import sys
from collections.abc import Iterator

import pytest

from core import logs
from core.errors import BadInput
from core.settings import Settings


@pytest.fixture(autouse=True)
def _as_it_was() -> Iterator[None]:
    yield
    logs.configure(Settings(log_level="WARNING"), sys.__stderr__)


def configured(**items: str) -> io.StringIO:
    stream = io.StringIO()
    logs.configure(Settings(**items), stream)  # type: ignore[arg-type]
    return stream


def test_json_lines_hold_event_level_time_and_values() -> None:
    stream = configured(log_format="json")
    logs.get_logger("atlas.test").info("happened", count=3, path=object)
    line = json.loads(stream.getvalue())
    assert line["event"] == "happened"
    assert line["level"] == "info"
    assert line["logger"] == "atlas.test"
    assert line["count"] == 3
    assert line["timestamp"].endswith("Z")


def test_libraries_write_through_the_same_handler() -> None:
    stream = configured(log_format="json")
    logging.getLogger("some.library").warning("careful with %s", "this")
    assert json.loads(stream.getvalue())["event"] == "careful with this"


def test_an_exception_is_part_of_its_line() -> None:
    stream = configured(log_format="json")
    try:
        raise ValueError("broken")
    except ValueError as error:
        logs.get_logger("x").error("failed", exc_info=error)
    lines = stream.getvalue().splitlines()
    assert len(lines) == 1
    assert json.loads(lines[0])["exception"][0]["exc_value"] == "broken"


def test_the_level_holds() -> None:
    stream = configured(log_level="warning", log_format="console")
    logs.get_logger("x").info("quiet")
    logs.get_logger("x").warning("loud")
    assert "quiet" not in stream.getvalue()
    assert "loud" in stream.getvalue()


def test_configuring_again_does_not_double_lines() -> None:
    configured(log_format="json")
    stream = configured(log_format="json")
    logs.get_logger("x").info("once")
    assert len(stream.getvalue().splitlines()) == 1


@pytest.mark.parametrize("wrong", [{"log_level": "LOUD"}, {"log_format": "xml"}])
def test_an_unknown_setting_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(BadInput, match="It is one of"):
        configured(**wrong)
