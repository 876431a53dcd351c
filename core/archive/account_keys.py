"""API keys: made, shown once, recognised, revoked.

A key is ``atlas-<prefix>.<secret>``: a public prefix that finds its row and may be shown, and a
secret of 256 random bits. The catalogue has the SHA-256 of the whole. An account has one valid
key; a new one ends the old one, as it does at AuroraX.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import structlog
from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError

from core.archive.accounts import Account, account_row, to_account
from core.archive.models import AccountRow, KeyRow
from core.errors import NotFound

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from core.archive.catalogue import Catalogue

SECRET_BYTES = 32
# How far the noted time of last use may lie behind: a write for each request would be too much.
USE_NOTED_EVERY = timedelta(seconds=60)
_KEY = re.compile(r"atlas-([0-9a-f]{12})\.[A-Za-z0-9_-]{43}")

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key that was made just now: the only time that its text is known here."""

    text: str
    prefix: str
    ended: int

    def __repr__(self) -> str:
        """Leave the text out: what is printed by mistake is no secret."""
        return f"NewKey(prefix={self.prefix!r}, ended={self.ended})"


@dataclass(frozen=True, slots=True)
class KeyFacts:
    """What is told of a key; `last_used` may lie behind by `USE_NOTED_EVERY`."""

    prefix: str
    email: str
    role: str
    disabled: bool
    created: datetime
    last_used: datetime | None
    revoked: datetime | None


class KeyStore:
    """The API keys of a catalogue."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    def create(self, email: str) -> NewKey:
        """Make a key for an account and end the one that it had.

        Raises
        ------
        core.errors.NotFound
            There is no account with this address.
        """
        prefix = secrets.token_hex(6)
        text = f"atlas-{prefix}.{secrets.token_urlsafe(SECRET_BYTES)}"
        with self._catalogue.writing() as session:
            # Locked, so that of two keys made at the same time the later one ends the other.
            account = account_row(session, email, lock=True)
            ended = _revoke(session, KeyRow.account_id == account.account_id)
            session.add(
                KeyRow(
                    prefix=prefix,
                    account_id=account.account_id,
                    hash=digest(text),
                    created=datetime.now(UTC),
                )
            )
        return NewKey(text, prefix, ended)

    def account(self, text: str) -> Account | None:
        """Return whose key this is; None for what is no valid key of an account in use."""
        match = _KEY.fullmatch(text)
        if match is None:
            return None
        wanted = select(KeyRow, AccountRow).join(AccountRow).where(KeyRow.prefix == match[1])
        with self._catalogue.reading() as session:
            found = session.execute(wanted).first()
            if found is None or not hmac.compare_digest(found[0].hash, digest(text)):
                return None
            key, account = found[0], to_account(found[1])
            if key.revoked is not None or account.disabled:
                return None
            last_used = key.last_used
        now = datetime.now(UTC)
        if last_used is None or now - last_used >= USE_NOTED_EVERY:
            self._note_use(match[1], now)
        return account

    def revoke(self, name: str) -> KeyFacts:
        """Revoke a valid key, named by its prefix or by the address of its account.

        Raises
        ------
        core.errors.NotFound
            No valid key has this name.
        """
        address = name.strip().lower()
        named = (KeyRow.prefix == name) | (AccountRow.email == address)
        wanted = select(KeyRow.prefix).join(AccountRow).where(named, KeyRow.revoked.is_(None))
        with self._catalogue.writing() as session:
            prefix = session.scalar(wanted)
            if prefix is None:
                raise NotFound(
                    f"No valid key is {name[:320]!r}, or of an account of that name.",
                    hint="`python -m core key list` lists them.",
                    kind="key",
                    key=name,
                )
            _revoke(session, KeyRow.prefix == prefix)
        return next(key for key in self.list() if key.prefix == prefix)

    def list(self) -> list[KeyFacts]:
        """Return what is known of all keys, also of revoked ones, by account and age."""
        wanted = select(KeyRow, AccountRow).join(AccountRow)
        with self._catalogue.reading() as session:
            rows = session.execute(wanted.order_by(AccountRow.email, KeyRow.created)).all()
            return [_facts(key, account) for key, account in rows]

    def _note_use(self, prefix: str, now: datetime) -> None:
        noted = update(KeyRow).where(KeyRow.prefix == prefix).values(last_used=now)
        try:
            with self._catalogue.writing() as session:
                session.execute(noted)
        except OperationalError as error:
            # Who has a valid key is let in, also when nothing can be written now.
            log.warning("use of a key not noted", prefix=prefix, error=str(error.orig))


def digest(text: str) -> str:
    """Return the SHA-256 of a secret of many random bits, in hexadecimal digits."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _revoke(session: Session, which: object) -> int:
    """Revoke the valid keys among `which`; return how many there were."""
    ended = update(KeyRow).where(which, KeyRow.revoked.is_(None))  # type: ignore[arg-type]
    result = session.execute(ended.values(revoked=datetime.now(UTC)))
    return int(result.rowcount)  # type: ignore[attr-defined]


def _facts(key: KeyRow, account: AccountRow) -> KeyFacts:
    return KeyFacts(
        key.prefix, account.email, account.role, account.disabled,
        key.created, key.last_used, key.revoked,
    )  # fmt: skip
