"""Accounts, keys, passwords and sessions, on SQLite and on PostgreSQL."""

from __future__ import annotations

import hashlib
import io
import re
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, select, text, update
from sqlalchemy.exc import IntegrityError

from core import logs
from core.archive import sign_in
from core.archive.account_keys import digest
from core.archive.accounts import ROLES, Account, may_see
from core.archive.catalogue import Catalogue, make_engine
from core.archive.models import AccountRow, FailedSignInRow, KeyRow, SessionRow
from core.archive.schema import upgrade
from core.archive.sign_in import MAX_PASSWORD, MIN_PASSWORD, SignInLimits
from core.errors import BadInput, Duplicate, NotAuthenticated, NotFound, TooManyRequests
from core.settings import Settings
from tests.unit.archive.test_postgres import server  # noqa: F401 - a fixture

ADA, BOB = "ada@example.org", "bob@example.org"
PASSWORD = "correct horse, battery"
HERE, THERE = "192.0.2.1", "192.0.2.2"
LIMITS = SignInLimits(failures=3, window_s=600.0)
TIMEOUT_S = 1800.0


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def catalogue(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Catalogue]:
    """An empty catalogue."""
    url = f"sqlite:///{tmp_path / 'catalogue.sqlite'}"
    if request.param == "postgres":
        url = request.getfixturevalue("server")
        engine = make_engine(url)
        with engine.begin() as connection:
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))
        engine.dispose()
    made = Catalogue(url)
    upgrade(made.engine)
    yield made
    made.close()


@pytest.fixture
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords that cost little to try."""
    monkeypatch.setattr(sign_in, "_COST", 2)


# --------------------------------------------------------------------------- accounts
def test_an_account_is_known_by_its_address_in_any_case(catalogue: Catalogue) -> None:
    made = catalogue.accounts.add(" Ada@Example.org ", "Owner", first_name="Ada")
    assert (made.email, made.role, made.first_name, made.disabled) == (ADA, "Owner", "Ada", False)
    assert catalogue.accounts.get("ADA@example.org") == made
    with pytest.raises(Duplicate):
        catalogue.accounts.add("ADA@EXAMPLE.ORG")
    with pytest.raises(NotFound):
        catalogue.accounts.get(BOB)


def test_a_new_account_is_a_user(catalogue: Catalogue) -> None:
    assert catalogue.accounts.add(ADA).role == "User"


@pytest.mark.parametrize(
    "email", ["", "ada", "@host", "ada@", "a b@host", "a@b@c", "a\n@host", f"{'a' * 70}@host"]
)
def test_what_is_no_address_is_refused(catalogue: Catalogue, email: str) -> None:
    with pytest.raises(BadInput) as caught:
        catalogue.accounts.add(email)
    assert caught.value.field == "email"


def test_roles_are_those_there_are(catalogue: Catalogue) -> None:
    for number, role in enumerate(ROLES):
        catalogue.accounts.add(f"{number}@example.org", role)
    for number, role in enumerate(ROLES):
        assert [a.email for a in catalogue.accounts.list(role)] == [f"{number}@example.org"]
    assert len(catalogue.accounts.list()) == len(ROLES)
    for wrong in ("administrator", "", "Root"):
        with pytest.raises(BadInput):
            catalogue.accounts.add(BOB, wrong)
        with pytest.raises(BadInput):
            catalogue.accounts.list(wrong)
    assert catalogue.accounts.change("0@example.org", role="User").role == "User"


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("owner", [None, ADA, BOB])
def test_who_may_see_what(role: str, owner: str | None) -> None:
    viewer = Account(1, ADA, role, "", "", False, datetime.now(UTC))  # type: ignore[arg-type]
    assert may_see(owner, None) == (owner is None)
    assert may_see(owner, viewer) == (owner != BOB or role == "Administrator")


# --------------------------------------------------------------------------- keys
def test_a_key_is_random_shown_once_and_known_again(catalogue: Catalogue) -> None:
    catalogue.accounts.add(ADA, "Owner")
    made = catalogue.keys.create(ADA)
    prefix, secret = re.fullmatch(r"atlas-([0-9a-f]{12})\.(.{43})", made.text).groups()  # type: ignore[union-attr]
    assert (made.prefix, made.ended) == (prefix, 0)
    assert secret not in repr(made)
    found = catalogue.keys.account(made.text)
    assert found is not None
    assert (found.email, found.role) == (ADA, "Owner")
    assert [key.prefix for key in catalogue.keys.list()] == [prefix]


def test_a_new_key_ends_the_old_one(catalogue: Catalogue) -> None:
    catalogue.accounts.add(ADA)
    catalogue.accounts.add(BOB)
    other = catalogue.keys.create(BOB)
    texts = [catalogue.keys.create(ADA).text for _ in range(3)]
    assert [catalogue.keys.account(text) is not None for text in texts] == [False, False, True]
    assert catalogue.keys.create(ADA).ended == 1
    assert catalogue.keys.account(other.text) is not None
    assert len(catalogue.keys.list()) == 5


def test_two_keys_made_at_once_leave_one_valid(catalogue: Catalogue) -> None:
    catalogue.accounts.add(ADA)
    together = threading.Barrier(6)
    texts: list[str] = []

    def make() -> None:
        together.wait()
        texts.append(catalogue.keys.create(ADA).text)

    threads = [threading.Thread(target=make) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(texts) == 6
    assert sum(catalogue.keys.account(text) is not None for text in texts) == 1


def test_the_database_itself_refuses_a_second_valid_key(catalogue: Catalogue) -> None:
    account = catalogue.accounts.add(ADA)
    catalogue.keys.create(ADA)
    second = {
        "prefix": "x", "account_id": account.account_id, "hash": "y", "created": datetime.now(UTC)
    }  # fmt: skip
    with pytest.raises(IntegrityError), catalogue.writing() as session:
        session.execute(insert(KeyRow).values(**second))


@pytest.mark.parametrize("by", ["prefix", "address"])
def test_a_revoked_key_is_refused_and_stays_in_the_list(catalogue: Catalogue, by: str) -> None:
    catalogue.accounts.add(ADA)
    made = catalogue.keys.create(ADA)
    told = catalogue.keys.revoke(made.prefix if by == "prefix" else "Ada@example.org")
    assert told.prefix == made.prefix
    assert told.revoked is not None
    assert catalogue.keys.account(made.text) is None
    with pytest.raises(NotFound):
        catalogue.keys.revoke(made.prefix)
    assert len(catalogue.keys.list()) == 1


def test_a_disabled_account_has_no_valid_key_until_it_is_enabled(catalogue: Catalogue) -> None:
    catalogue.accounts.add(ADA)
    made = catalogue.keys.create(ADA)
    catalogue.accounts.change(ADA, disabled=True)
    assert catalogue.keys.account(made.text) is None
    catalogue.accounts.change(ADA, disabled=False)
    assert catalogue.keys.account(made.text) is not None


def test_the_role_of_a_key_is_the_one_of_now(catalogue: Catalogue) -> None:
    catalogue.accounts.add(ADA, "Administrator")
    made = catalogue.keys.create(ADA)
    catalogue.accounts.change(ADA, role="User")
    found = catalogue.keys.account(made.text)
    assert found is not None
    assert found.role == "User"


def test_last_use_is_noted_but_not_at_every_request(catalogue: Catalogue) -> None:
    catalogue.accounts.add(ADA)
    made = catalogue.keys.create(ADA)
    assert catalogue.keys.list()[0].last_used is None
    catalogue.keys.account(made.text)
    first = catalogue.keys.list()[0].last_used
    assert first is not None
    catalogue.keys.account(made.text)
    assert catalogue.keys.list()[0].last_used == first
    with catalogue.writing() as session:
        session.execute(update(KeyRow).values(last_used=first - timedelta(minutes=2)))
    catalogue.keys.account(made.text)
    again = catalogue.keys.list()[0].last_used
    assert again is not None
    assert again >= first


def test_what_is_no_key_is_nobodys(catalogue: Catalogue) -> None:
    catalogue.accounts.add(ADA)
    made = catalogue.keys.create(ADA)
    head, secret = made.text.split(".")
    wrong = ["", "atlas-", head, secret, f"{head}.", f"{head}.{'A' * 43}", f"{made.text}x", " "]
    wrong += [f"atlas-{'0' * 12}.{secret}", made.text.upper(), f"{made.text}\n", "\0", "é" * 62]
    assert [catalogue.keys.account(text) for text in wrong] == [None] * len(wrong)


@given(place=st.integers(0, 61), letter=st.characters(max_codepoint=127))
def test_a_key_with_one_other_letter_is_no_key(
    one_key: tuple[Catalogue, str], place: int, letter: str
) -> None:
    catalogue, key = one_key
    other = key[:place] + letter + key[place + 1 :]
    assert (catalogue.keys.account(other) is not None) == (other == key)


@pytest.fixture(scope="module")
def one_key(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Catalogue, str]]:
    catalogue = Catalogue(f"sqlite:///{tmp_path_factory.mktemp('key') / 'catalogue.sqlite'}")
    upgrade(catalogue.engine)
    catalogue.accounts.add(ADA)
    yield catalogue, catalogue.keys.create(ADA).text
    catalogue.close()


# --------------------------------------------------------------------------- secrets
def test_no_secret_is_in_the_catalogue_or_in_the_log(tmp_path: Path) -> None:
    told = io.StringIO()
    logs.configure(Settings(log_level="DEBUG"), told)
    try:
        catalogue = Catalogue(f"sqlite:///{tmp_path / 'catalogue.sqlite'}")
        upgrade(catalogue.engine)
        catalogue.accounts.add(ADA)
        key = catalogue.keys.create(ADA).text
        catalogue.keys.account(key)
        catalogue.sign_in.set_password(ADA, PASSWORD)
        with pytest.raises(NotAuthenticated) as refused:
            catalogue.sign_in.begin(ADA, "a wrong password", HERE, LIMITS)
        token = catalogue.sign_in.begin(ADA, PASSWORD, HERE, LIMITS)
        catalogue.sign_in.account(token, TIMEOUT_S)
        stored = b"".join(path.read_bytes() for path in tmp_path.iterdir())
        catalogue.close()
        stored += b"".join(path.read_bytes() for path in tmp_path.iterdir())
    finally:
        logs.configure(Settings(log_level="WARNING"))
    assert digest(key).encode() in stored, "nothing was searched"
    secrets = [key, key.split(".")[1], token, token.removeprefix("session-"), PASSWORD]
    for secret in [*secrets, "a wrong password"]:
        assert secret.encode() not in stored
        assert secret not in told.getvalue()
        assert secret not in str(refused.value)
        assert secret not in repr(refused.value.details)


def test_a_key_is_compared_in_constant_time(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[tuple[str, str]] = []

    def compare(left: str, right: str) -> bool:
        compared.append((left, right))
        return left == right

    monkeypatch.setattr("core.archive.account_keys.hmac.compare_digest", compare)
    catalogue.accounts.add(ADA)
    key = catalogue.keys.create(ADA).text
    assert catalogue.keys.account(key) is not None
    hashed = hashlib.sha256(key.encode()).hexdigest()
    assert compared == [(hashed, hashed)]


def test_a_new_catalogue_lets_nobody_in(catalogue: Catalogue) -> None:
    with catalogue.reading() as session:
        for table in (AccountRow, KeyRow, SessionRow):
            assert session.scalars(select(table)).all() == []


# --------------------------------------------------------------------------- passwords
@pytest.mark.usefixtures("cheap")
def test_a_session_is_of_the_account_whose_password_began_it(catalogue: Catalogue) -> None:
    catalogue.accounts.add(ADA, "Maintainer")
    catalogue.sign_in.set_password(ADA, PASSWORD)
    token = catalogue.sign_in.begin("ADA@example.org ", PASSWORD, HERE, LIMITS)
    found = catalogue.sign_in.account(token, TIMEOUT_S)
    assert found is not None
    assert (found.email, found.role) == (ADA, "Maintainer")
    assert catalogue.sign_in.account(token + "x", TIMEOUT_S) is None
    assert catalogue.sign_in.end(token)
    assert not catalogue.sign_in.end(token)
    assert catalogue.sign_in.account(token, TIMEOUT_S) is None


@pytest.mark.usefixtures("cheap")
def test_a_session_that_is_used_lives_and_one_that_is_not_ends(catalogue: Catalogue) -> None:
    catalogue.accounts.add(ADA)
    catalogue.sign_in.set_password(ADA, PASSWORD)
    token = catalogue.sign_in.begin(ADA, PASSWORD, HERE, LIMITS)

    def unused_for(seconds: float) -> None:
        with catalogue.writing() as session:
            then = datetime.now(UTC) - timedelta(seconds=seconds)
            session.execute(update(SessionRow).values(last_used=then))

    for _ in range(3):  # longer in all than the time-out
        unused_for(TIMEOUT_S - 300)
        assert catalogue.sign_in.account(token, TIMEOUT_S) is not None
    unused_for(TIMEOUT_S)
    assert catalogue.sign_in.account(token, TIMEOUT_S) is None


@pytest.mark.usefixtures("cheap")
def test_a_new_password_and_disabling_end_all_sessions(catalogue: Catalogue) -> None:
    catalogue.accounts.add(ADA)
    catalogue.sign_in.set_password(ADA, PASSWORD)
    tokens = [catalogue.sign_in.begin(ADA, PASSWORD, HERE, LIMITS) for _ in range(2)]
    catalogue.sign_in.set_password(ADA, PASSWORD + "!")
    assert [catalogue.sign_in.account(t, TIMEOUT_S) for t in tokens] == [None, None]
    token = catalogue.sign_in.begin(ADA, PASSWORD + "!", HERE, LIMITS)
    catalogue.accounts.change(ADA, disabled=True)
    assert catalogue.sign_in.account(token, TIMEOUT_S) is None
    with pytest.raises(NotAuthenticated):
        catalogue.sign_in.begin(ADA, PASSWORD + "!", HERE, LIMITS)


@pytest.mark.usefixtures("cheap")
def test_why_a_sign_in_failed_is_not_told(catalogue: Catalogue) -> None:
    catalogue.accounts.add(ADA)
    catalogue.sign_in.set_password(ADA, PASSWORD)
    catalogue.accounts.add(BOB)  # has no password
    told = set()
    for name, password in ((ADA, "wrong"), (BOB, ""), (BOB, "x" * 32), ("no@body", PASSWORD)):
        with pytest.raises(NotAuthenticated) as caught:
            catalogue.sign_in.begin(name, password, HERE, LIMITS)
        told.add(str(caught.value))
    assert len(told) == 1


def test_passwords_are_scrypt_with_a_salt_each() -> None:
    texts = {sign_in.hash_password(PASSWORD) for _ in range(2)}
    assert len(texts) == 2
    for stored in texts:
        assert stored.startswith("scrypt$32768,8,1$")
        assert sign_in.matches(PASSWORD, stored)
        assert not sign_in.matches(PASSWORD + "x", stored)


@pytest.mark.parametrize("length", [0, MIN_PASSWORD - 1, MAX_PASSWORD + 1])
def test_passwords_of_another_length_are_refused(catalogue: Catalogue, length: int) -> None:
    catalogue.accounts.add(ADA)
    with pytest.raises(BadInput):
        catalogue.sign_in.set_password(ADA, "x" * length)
    with pytest.raises(NotFound):
        catalogue.sign_in.set_password(BOB, PASSWORD)


# --------------------------------------------------------------------------- guessing
def guess(catalogue: Catalogue, name: str = ADA, address: str = HERE, word: str = "x") -> str:
    try:
        catalogue.sign_in.begin(name, word, address, LIMITS)
    except NotAuthenticated:
        return "wrong"
    except TooManyRequests as error:
        return "refused" if 0 < error.retry_after_s <= LIMITS.window_s else "no time to wait"
    return "in"


@pytest.mark.usefixtures("cheap")
def test_after_too_many_wrong_passwords_none_is_tried(catalogue: Catalogue) -> None:
    catalogue.accounts.add(ADA)
    catalogue.sign_in.set_password(ADA, PASSWORD)
    key = catalogue.keys.create(ADA).text
    assert [guess(catalogue) for _ in range(5)] == ["wrong"] * 3 + ["refused"] * 2
    assert guess(catalogue, word=PASSWORD) == "refused"
    assert guess(catalogue, address=THERE, word=PASSWORD) == "refused"
    assert guess(catalogue, name=BOB) == "wrong"
    assert catalogue.keys.account(key) is not None
    with catalogue.writing() as session:
        then = datetime.now(UTC) - timedelta(seconds=LIMITS.window_s)
        session.execute(update(FailedSignInRow).values(timestamp=then))
    assert guess(catalogue, word=PASSWORD) == "in"


@pytest.mark.usefixtures("cheap")
def test_a_right_password_begins_the_count_anew(catalogue: Catalogue) -> None:
    catalogue.accounts.add(ADA)
    catalogue.sign_in.set_password(ADA, PASSWORD)
    for _ in range(4):
        assert [guess(catalogue), guess(catalogue)] == ["wrong"] * 2
        assert guess(catalogue, word=PASSWORD) == "in"


@pytest.mark.usefixtures("cheap")
def test_an_address_that_tries_many_names_is_refused(catalogue: Catalogue) -> None:
    most = LIMITS.failures * sign_in.ADDRESS_FACTOR
    told = [guess(catalogue, name=f"{n}@example.org") for n in range(most + 2)]
    assert told == ["wrong"] * most + ["refused"] * 2
    assert guess(catalogue, name="other@example.org", address=THERE) == "wrong"


@pytest.mark.usefixtures("cheap")
def test_guesses_at_the_same_time_are_counted_like_many_in_a_row(catalogue: Catalogue) -> None:
    together = threading.Barrier(8)
    told: list[str] = []

    def run() -> None:
        together.wait()
        told.append(guess(catalogue))

    threads = [threading.Thread(target=run) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == ["refused"] * 5 + ["wrong"] * 3


@pytest.mark.usefixtures("cheap")
def test_names_and_addresses_are_not_kept_as_they_are(catalogue: Catalogue) -> None:
    guess(catalogue)
    with catalogue.reading() as session:
        subjects = session.scalars(select(FailedSignInRow.subject)).all()
    assert len(subjects) == 2
    assert all(re.fullmatch(r"[0-9a-f]{64}", subject) for subject in subjects)
