"""schemathesis against a live server: what the description promises is kept, with all checks on.

The server serves a small archive built for it. Two thirds of the requests are valid by the
description and answered; the others break it in one place and have to be refused. Nothing may be
answered with a 5xx, with a status, header or body that the description does not have.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.api.fuzzing import archive
from tests.servers import ROOT, live_server

FUZZING = ROOT / "tests/api/fuzzing"
# A share of all requests, those that are broken on purpose included.
LEAST_ANSWERED = 0.3
MANY = "1000000"
# What one fuzzing client asks for is not what these limits are for.
LIMITS = {
    "ATLAS_MAX_QUEUED_MOVIES": MANY,
    "ATLAS_MAX_QUEUED_SEARCHES": MANY,
    "ATLAS_MAX_SEARCHES_PER_CLIENT": MANY,
    "ATLAS_MAX_WRONG_PASSWORDS": MANY,
    "ATLAS_MAX_REQUESTS_PER_MINUTE": MANY,
}
_CONFIG = """\
[auth.openapi.apiKey]
api_key = "{key}"

[generation]
allow-x00 = false
"""


@dataclass
class Run:
    """What a run has sent and how it was answered."""

    operations: set[str] = field(default_factory=set)
    statuses: Counter[int] = field(default_factory=Counter)
    of_operation: Counter[str] = field(default_factory=Counter)

    @property
    def requests(self) -> int:
        return self.statuses.total()

    @property
    def answered(self) -> float:
        good = sum(count for status, count in self.statuses.items() if 200 <= status < 300)
        return good / max(1, self.requests)


@pytest.fixture(scope="module")
def key_and_archive(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    folder = tmp_path_factory.mktemp("fuzz") / "archive"
    return archive.build(folder), folder


def fuzzed(url: str, key: str, folder: Path, examples: int, *phases: str) -> Run:
    """Let schemathesis loose on the server, and return what it did; a finding is a failure."""
    facts, report, config = (folder / name for name in ("facts.json", "run.ndjson", "st.toml"))
    facts.write_text(json.dumps(archive.known(url, key, spare=20)))
    config.write_text(_CONFIG.format(key=key))
    words = [
        Path(sys.executable).with_name("schemathesis"), "--config-file", config,
        "run", f"{url}/api/openapi.json", "--checks", "all", "--phases", ",".join(phases),
        "--max-examples", str(examples), "--request-timeout", "60", "--max-response-time", "60",
        "--report", "ndjson", "--report-ndjson-path", report, "--continue-on-failure",
        "--no-color", "--seed", "1",
    ]  # fmt: skip
    environment = {
        "ATLAS_FUZZ_FACTS": str(facts), "SCHEMATHESIS_HOOKS": "hooks", "PYTHONPATH": str(FUZZING),
    }  # fmt: skip
    done = subprocess.run(
        [str(word) for word in words], env=os.environ | environment, cwd=folder,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-30_000:] + done.stderr[-2000:]
    return read(report)


def read(report: Path) -> Run:
    """Count the requests of a run."""
    run = Run()
    for line in report.read_text().splitlines():
        recorder = json.loads(line).get("ScenarioFinished", {}).get("recorder", {})
        for interaction in recorder.get("interactions", {}).values():
            if interaction.get("response"):
                run.operations.add(recorder["label"])
                run.of_operation[recorder["label"]] += 1
                run.statuses[int(interaction["response"]["status_code"])] += 1
    return run


def assert_it_really_ran(run: Run, examples: int) -> None:
    """Every operation was asked, those with parameters or bodies many times."""
    assert len(run.operations) >= 70
    assert run.requests >= 30 * examples
    varied = [count for count in run.of_operation.values() if count >= min(examples, 15)]
    assert len(varied) >= 40
    assert not [status for status in run.statuses if status >= 500]
    assert run.answered >= LEAST_ANSWERED
    assert 400 in run.statuses, "nothing was broken on purpose"


@pytest.mark.timeout(900)
def test_twenty_examples_of_each_operation(
    key_and_archive: tuple[str, Path], tmp_path: Path
) -> None:
    key, folder = key_and_archive
    with live_server(folder, **LIMITS) as url:
        run = fuzzed(url, key, tmp_path, 20, "examples", "fuzzing")
    assert_it_really_ran(run, 20)


@pytest.mark.soak
@pytest.mark.timeout(7200)
def test_two_hundred_examples_of_each_operation(
    key_and_archive: tuple[str, Path], tmp_path: Path
) -> None:
    key, folder = key_and_archive
    with live_server(folder, **LIMITS) as url:
        run = fuzzed(url, key, tmp_path, 200, "examples", "fuzzing")
    assert_it_really_ran(run, 200)
