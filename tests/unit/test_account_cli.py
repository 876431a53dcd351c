"""The verbs ``key`` and ``account`` as an operator meets them."""

from __future__ import annotations

import io
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.archive import Archive
from core.archive.accounts import ROLES
from core.archive.cli import account
from core.archive.cli.key import ROLES as OFFERED
from core.archive.sign_in import SignInLimits
from core.cli import main
from core.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
ADA = "ada@example.org"
KEY = re.compile(r"atlas-[0-9a-f]{12}\.[A-Za-z0-9_-]{43}")
PASSWORD = "correct horse, battery"
LIMITS = SignInLimits(10, 900.0)


@pytest.fixture
def archive(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Archive]:
    monkeypatch.setenv("ATLAS_ARCHIVE", str(settings.archive))
    monkeypatch.setenv("ATLAS_LOG_LEVEL", "WARNING")
    with Archive.create(settings) as made:
        yield made


def key_of(out: str) -> str:
    last = out.splitlines()[-1]
    assert KEY.fullmatch(last)
    assert len(KEY.findall(out)) == 1
    return last


def test_create_prints_the_key_as_its_last_line(
    archive: Archive, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["key", "create", "--email", ADA, "--role", "Administrator"]) == 0
    told = capsys.readouterr()
    found = archive.catalogue.keys.account(key_of(told.out))
    assert found is not None
    assert (found.email, found.role) == (ADA, "Administrator")
    assert told.err == ""


def test_as_a_program_too(archive: Archive) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "core", "key", "create", "--email", ADA, "--role", "Owner"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert archive.catalogue.keys.account(key_of(done.stdout)) is not None


def test_a_second_key_ends_the_first_and_says_so(
    archive: Archive, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["key", "create", "--email", ADA])
    first = key_of(capsys.readouterr().out)
    assert main(["key", "create", "--email", ADA.upper(), "--role", "Maintainer"]) == 0
    out = capsys.readouterr().out
    assert "no longer valid" in out
    keys = archive.catalogue.keys
    assert keys.account(first) is None
    found = keys.account(key_of(out))
    assert found is not None
    assert found.role == "Maintainer"


def test_without_a_role_a_new_account_is_a_user_and_a_known_one_stays_what_it_is(
    archive: Archive, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["key", "create", "--email", ADA])
    assert archive.catalogue.accounts.get(ADA).role == "User"
    archive.catalogue.accounts.change(ADA, role="Owner")
    main(["key", "create", "--email", ADA])
    assert archive.catalogue.accounts.get(ADA).role == "Owner"
    capsys.readouterr()


def test_list_shows_no_secret_and_revoke_takes_what_it_shows(
    archive: Archive, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["key", "create", "--email", ADA, "--role", "Owner"])
    text = key_of(capsys.readouterr().out)
    assert main(["key", "list"]) == 0
    line = capsys.readouterr().out
    prefix, secret = text.removeprefix("atlas-").split(".")
    assert line.startswith(prefix)
    for word in ("valid", "never", "Owner", ADA):
        assert word in line
    assert secret not in line
    assert main(["key", "revoke", prefix]) == 0
    assert archive.catalogue.keys.account(text) is None
    assert main(["key", "revoke", prefix]) == 1
    assert main(["key", "list"]) == 0
    told = capsys.readouterr()
    assert "revoked" in told.out
    assert "No valid key" in told.err


@pytest.mark.parametrize("email", ["", "ada", "a b@c"])
def test_a_wrong_address_is_wrong_usage(
    archive: Archive, capsys: pytest.CaptureFixture[str], email: str
) -> None:
    assert main(["key", "create", "--email", email]) == 2
    assert "no e-mail address" in capsys.readouterr().err
    assert archive.catalogue.accounts.list() == []


def test_roles_offered_are_the_roles_there_are() -> None:
    assert OFFERED == ROLES


def test_a_password_comes_from_standard_input(
    archive: Archive, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["account", "add", ADA, "--first-name", "Ada"])
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{PASSWORD}\n"))
    assert main(["account", "password", ADA]) == 0
    assert archive.catalogue.sign_in.begin(ADA, PASSWORD, "", LIMITS)
    monkeypatch.setattr("sys.stdin", io.StringIO("short\n"))
    assert main(["account", "password", ADA]) == 2
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{PASSWORD}\n"))
    assert main(["account", "password", "nobody@example.org"]) == 1
    told = capsys.readouterr()
    assert PASSWORD not in told.out + told.err
    assert "short" not in told.out + told.err.replace("too short", "")


@pytest.mark.parametrize("same", [True, False])
def test_on_a_terminal_a_password_is_asked_twice(
    archive: Archive, monkeypatch: pytest.MonkeyPatch, same: bool
) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    main(["account", "add", ADA])
    typed = iter((PASSWORD, PASSWORD if same else f"{PASSWORD}!"))
    monkeypatch.setattr("sys.stdin", Terminal())
    monkeypatch.setattr(account.getpass, "getpass", lambda _: next(typed))
    assert main(["account", "password", ADA]) == (0 if same else 2)


def test_accounts_are_listed_changed_and_disabled(
    archive: Archive, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["key", "create", "--email", ADA])
    text = key_of(capsys.readouterr().out)
    assert main(["account", "role", ADA, "Owner"]) == 0
    assert main(["account", "disable", ADA]) == 0
    assert archive.catalogue.keys.account(text) is None
    assert main(["account", "list"]) == 0
    line = capsys.readouterr().out
    assert line.split()[:3] == ["Owner", ADA, "disabled"]
    assert main(["account", "enable", ADA]) == 0
    assert archive.catalogue.keys.account(text) is not None
    assert main(["account", "add", ADA]) == 1
    assert "already" in capsys.readouterr().err


def test_no_password_is_taken_from_the_command_line(
    archive: Archive, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main(["account", "password", ADA, PASSWORD])
    capsys.readouterr()
