"""Passwords and the sessions that begin with them.

A password is stored as a scrypt text with its own salt; a session's token as a SHA-256. State is
in the catalogue, so that a token is valid in every server process. Wrong passwords are counted by
name and by address, and after too many of them nothing is tried any more for a while; names and
addresses are stored as hashes for that, and forgotten afterwards.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import structlog
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.exc import OperationalError

from core.archive.account_keys import SECRET_BYTES, digest
from core.archive.accounts import Account, account_row, end_sessions, to_account
from core.archive.models import AccountRow, FailedSignInRow, SessionRow
from core.errors import BadInput, NotAuthenticated, TooManyRequests

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from core.archive.catalogue import Catalogue

MIN_PASSWORD = 10
MAX_PASSWORD = 200
# scrypt with 32 MiB of memory and some 0.1 s of work for each password that is tried.
_COST, _BLOCK, _LANES = 2**15, 8, 1
_MEMORY = 2 * 128 * _COST * _BLOCK
_HASH_BYTES = 32
# An address may belong to many people, as that of an institute does.
ADDRESS_FACTOR = 10

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class SignInLimits:
    """How many wrong passwords one name may have in a window of so many seconds."""

    failures: int
    window_s: float


class SignIn:
    """Passwords and sessions of the accounts of a catalogue."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    def set_password(self, email: str, password: str) -> None:
        """Give an account another password and end its sessions.

        Raises
        ------
        core.errors.BadInput
            The password is too short or too long.
        core.errors.NotFound
            There is no account with this address.
        """
        if not MIN_PASSWORD <= len(password) <= MAX_PASSWORD:
            raise BadInput(
                f"The password has {len(password)} characters.",
                hint=f"From {MIN_PASSWORD} to {MAX_PASSWORD} are allowed.",
                field="password",
            )
        text = hash_password(password)
        with self._catalogue.writing() as session:
            row = account_row(session, email)
            row.password = text
            end_sessions(session, row.account_id)

    def begin(self, email: str, password: str, address: str, limits: SignInLimits) -> str:
        """Begin a session and return its token.

        Parameters
        ----------
        email, password : str
        address : str
            Where the request comes from.
        limits : SignInLimits

        Raises
        ------
        core.errors.NotAuthenticated
            Name or password is wrong, or the account is disabled or has no password; which of
            these it is, is not told.
        core.errors.TooManyRequests
            There were too many wrong passwords for this name, or from this address.
        """
        name = email.strip().lower()
        subjects = {_subject("name", name): 1, _subject("address", address): ADDRESS_FACTOR}
        # Counted before it is tried, and taken back when it was right: many guesses at the same
        # time are counted like many in a row.
        self._count(subjects, limits)
        account_id = self._matching(name, password)
        if account_id is None:
            raise NotAuthenticated(
                "The name or the password is wrong.",
                hint="Whoever runs this server sets passwords.",
            )
        token = f"session-{secrets.token_urlsafe(SECRET_BYTES)}"
        now = datetime.now(UTC)
        started = {"hash": digest(token), "account_id": account_id, "created": now}
        with self._catalogue.writing() as session:
            _uncount(session, *subjects)
            session.execute(insert(SessionRow).values(**started, last_used=now))
        return token

    def account(self, token: str, timeout_s: float) -> Account | None:
        """Return whose session this is; None when it ended or was not used for `timeout_s`."""
        key, now = digest(token), datetime.now(UTC)
        wanted = select(SessionRow.last_used, AccountRow).join(AccountRow)
        with self._catalogue.reading() as session:
            found = session.execute(wanted.where(SessionRow.hash == key)).first()
            if found is None:
                return None
            last_used, account = found[0], to_account(found[1])
        if account.disabled or now - last_used >= timedelta(seconds=timeout_s):
            return None
        # Noted before it is far behind, but not at every request.
        if (now - last_used).total_seconds() >= min(60.0, timeout_s / 30):
            self._note_use(key, now, timeout_s)
        return account

    def end(self, token: str) -> bool:
        """End a session; False when there is none with this token."""
        with self._catalogue.writing() as session:
            ended = session.execute(delete(SessionRow).where(SessionRow.hash == digest(token)))
        return bool(ended.rowcount)  # type: ignore[attr-defined]

    def _note_use(self, key: str, now: datetime, timeout_s: float) -> None:
        try:
            with self._catalogue.writing() as session:
                noted = update(SessionRow).where(SessionRow.hash == key).values(last_used=now)
                session.execute(noted)
                old = SessionRow.last_used < now - timedelta(seconds=timeout_s)
                session.execute(delete(SessionRow).where(old))
        except OperationalError as error:
            log.warning("use of a session not noted", error=str(error.orig))

    def _matching(self, name: str, password: str) -> int | None:
        """Return the identifier of the account with this name and password."""
        wanted = select(AccountRow).where(AccountRow.email == name)
        with self._catalogue.reading() as session:
            row = session.scalar(wanted)
            stored = None if row is None or row.disabled else row.password
            account_id = None if row is None else row.account_id
        # Without a password to compare with the same work is done: time tells no names.
        right = matches(password, stored or _nobody())
        return account_id if right and stored else None

    def _count(self, subjects: dict[str, int], limits: SignInLimits) -> None:
        """Count a password as wrong, or raise TooManyRequests."""
        now = datetime.now(UTC)
        window = timedelta(seconds=limits.window_s)
        row = FailedSignInRow
        with self._catalogue.writing() as session:
            _lock(session, subjects)
            session.execute(delete(row).where(row.timestamp <= now - window))
            counts = select(row.subject, func.count(), func.min(row.timestamp))
            for subject, count, first in session.execute(
                counts.where(row.subject.in_(list(subjects))).group_by(row.subject)
            ):
                if count >= limits.failures * subjects[subject]:
                    # Those that waited for the same lock may have been noted after this `now`.
                    wait = min(first + window - now, window)
                    raise _too_many(limits.failures * subjects[subject], wait)
            rows = [{"subject": subject, "timestamp": now} for subject in subjects]
            session.execute(insert(row), rows)


def _lock(session: Session, subjects: Iterable[str]) -> None:
    # SQLite has one writer at a time; elsewhere nobody else may count these meanwhile. Always in
    # the same order, so that two never wait for each other.
    if session.get_bind().dialect.name == "postgresql":
        for subject in sorted(subjects):
            session.execute(select(func.pg_advisory_xact_lock(func.hashtext(subject))))


def _uncount(session: Session, name: str, address: str) -> None:
    """Forget the wrong passwords of a name, and the last one of an address."""
    row = FailedSignInRow
    last = select(func.max(row.id)).where(row.subject == address).scalar_subquery()
    session.execute(delete(row).where((row.subject == name) | (row.id == last)))


def _too_many(allowed: int, wait: timedelta) -> TooManyRequests:
    wait_s = max(1.0, wait.total_seconds())
    return TooManyRequests(
        "Too many wrong passwords.",
        hint=f"Try again in {wait_s:.0f} s. API keys work meanwhile.",
        limit="wrong passwords",
        allowed=allowed,
        retry_after_s=wait_s,
    )


def hash_password(password: str) -> str:
    """Return the scrypt text of a password: cost, salt and hash."""
    salt = secrets.token_bytes(16)
    return _text(salt, _scrypt(password, salt, _COST, _BLOCK, _LANES))


def matches(password: str, text: str) -> bool:
    """Tell whether a scrypt text was made of this password; takes the same time for all."""
    _, cost, salt, wanted = text.split("$")
    n, r, p = (int(part) for part in cost.split(","))
    found = _scrypt(password[: MAX_PASSWORD + 1], base64.b64decode(salt), n, r, p)
    return hmac.compare_digest(found, base64.b64decode(wanted))


def _scrypt(password: str, salt: bytes, n: int, r: int, p: int) -> bytes:
    raw = password.encode("utf-8", "surrogatepass")
    return hashlib.scrypt(raw, salt=salt, n=n, r=r, p=p, maxmem=_MEMORY, dklen=_HASH_BYTES)


def _text(salt: bytes, hashed: bytes) -> str:
    parts = (base64.b64encode(part).decode() for part in (salt, hashed))
    return "$".join(("scrypt", f"{_COST},{_BLOCK},{_LANES}", *parts))


def _nobody() -> str:
    """Return a text that is as much work as any other and that no password is known to fit."""
    return _text(bytes(16), bytes(_HASH_BYTES))


def _subject(kind: str, name: str) -> str:
    return digest(f"{kind}:{name}")
