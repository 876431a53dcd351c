"""Accounts of the API: who may do what, their keys, passwords and sessions.

No secret is stored: of a key and of a session's token a SHA-256 (they are 256 random bits, which
nobody can try out), of a password a scrypt text. What identifies a key in lists and logs is its
public prefix.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal, cast, get_args

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from core.archive.models import AccountRow, SessionRow
from core.errors import BadInput, Duplicate, NotFound

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from core.archive.catalogue import Catalogue

Role = Literal["Administrator", "Owner", "Maintainer", "User"]
ROLES: tuple[Role, ...] = get_args(Role)
MAX_EMAIL = 320
MAX_NAME = 100
# Not the whole grammar: one @ between two parts without spaces or control characters.
_EMAIL = re.compile(r"[^\s@\x00-\x1f\x7f]{1,64}@[^\s@\x00-\x1f\x7f]{1,255}")


@dataclass(frozen=True, slots=True)
class Account:
    """Who asks.

    Parameters
    ----------
    account_id : int
    email : str
        In lower case; it names the account, and the owner of searches and data sources.
    role : str
        One of `ROLES`.
    first_name, last_name : str
    disabled : bool
        A disabled account keeps what it owns; its keys and passwords are refused.
    created : datetime
    """

    account_id: int
    email: str
    role: Role
    first_name: str
    last_name: str
    disabled: bool
    created: datetime

    @property
    def is_administrator(self) -> bool:
        """Whether the account may do everything."""
        return self.role == "Administrator"

    def is_named(self, emails: Iterable[str]) -> bool:
        """Tell whether one of `emails` is this account's."""
        return any(email.strip().lower() == self.email for email in emails)


class AccountStore:
    """The accounts of a catalogue."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    def add(
        self, email: str, role: str = "User", *, first_name: str = "", last_name: str = ""
    ) -> Account:
        """Add an account and return it.

        Raises
        ------
        core.errors.BadInput
            The address is none, a name is too long, or there is no such role.
        core.errors.Duplicate
            There is an account with this address.
        """
        row = AccountRow(
            email=checked_email(email),
            role=checked_role(role),
            first_name=_checked_name(first_name, "first_name"),
            last_name=_checked_name(last_name, "last_name"),
            created=datetime.now(UTC),
        )
        try:
            with self._catalogue.writing() as session:
                session.add(row)
                session.flush()
                return to_account(row)
        except IntegrityError as error:
            raise Duplicate(
                f"There is an account {email} already.", kind="account", key=email
            ) from error

    def get(self, email: str) -> Account:
        """Return the account with this address; NotFound when there is none."""
        with self._catalogue.reading() as session:
            return to_account(account_row(session, email))

    def list(self, role: str | None = None) -> list[Account]:
        """Return the accounts with this role (None: any) by address."""
        wanted = select(AccountRow).order_by(AccountRow.email)
        if role is not None:
            wanted = wanted.where(AccountRow.role == checked_role(role))
        with self._catalogue.reading() as session:
            return [to_account(row) for row in session.scalars(wanted)]

    def change(
        self, email: str, *, role: str | None = None, disabled: bool | None = None
    ) -> Account:
        """Give an account another role, or disable or enable it; None leaves as it is.

        Disabling ends its sessions.
        """
        with self._catalogue.writing() as session:
            row = account_row(session, email)
            row.role = row.role if role is None else checked_role(role)
            row.disabled = row.disabled if disabled is None else disabled
            if row.disabled:
                end_sessions(session, row.account_id)
            return to_account(row)


def may_see(owner: str | None, viewer: Account | None) -> bool:
    """Tell whether `viewer` may see what belongs to `owner`; what belongs to nobody, all may."""
    if owner is None:
        return True
    return viewer is not None and (viewer.is_administrator or viewer.is_named([owner]))


def account_row(session: Session, email: str, *, lock: bool = False) -> AccountRow:
    """Return the row of an account; NotFound when there is none with this address."""
    wanted = select(AccountRow).where(AccountRow.email == email.strip().lower())
    row = session.scalar(wanted.with_for_update() if lock else wanted)
    if row is None:
        raise NotFound(
            f"There is no account {email[:MAX_EMAIL]!r}.",
            hint="`python -m core account list` lists them.",
            kind="account",
            key=email,
        )
    return row


def to_account(row: AccountRow) -> Account:
    """Return what is told of a row."""
    return Account(
        account_id=row.account_id,
        email=row.email,
        role=cast(Role, row.role),
        first_name=row.first_name,
        last_name=row.last_name,
        disabled=row.disabled,
        created=row.created,
    )


def end_sessions(session: Session, account_id: int) -> None:
    """End all sessions of an account."""
    session.execute(delete(SessionRow).where(SessionRow.account_id == account_id))


def checked_email(email: str) -> str:
    """Return an e-mail address in lower case.

    Raises
    ------
    core.errors.BadInput
        It is none.
    """
    address = email.strip().lower()
    if len(address) > MAX_EMAIL or not _EMAIL.fullmatch(address):
        raise BadInput(
            f"{email[:MAX_EMAIL]!r} is no e-mail address.",
            hint="Write NAME@HOST.",
            field="email",
            value=email,
        )
    return address


def checked_role(role: str) -> Role:
    """Return `role` if it is one of `ROLES`, BadInput otherwise."""
    if role not in ROLES:
        raise BadInput(
            f"{role[:40]!r} is no role.",
            hint=f"They are {', '.join(ROLES)}.",
            field="role",
            value=role,
            expected=ROLES,
        )
    return role


def _checked_name(name: str, field: str) -> str:
    if len(name) > MAX_NAME:
        raise BadInput(
            f"{field} has {len(name)} characters.",
            hint=f"At most {MAX_NAME} are allowed.",
            field=field,
            value=name,
        )
    return name
