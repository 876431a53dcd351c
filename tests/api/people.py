"""Accounts of every role, and who else may ask."""

from __future__ import annotations

from dataclasses import dataclass

from core.archive.catalogue import Catalogue

KEY_HEADER = "x-aurorax-api-key"
HOST = "example.org"
PASSWORD = "correct horse, battery"
OWNED, FOREIGN = 1, 2
"""Data sources: of `owner`, with maintainers; and of nobody who is here."""

# Name -> role. `user`, `maintainer` and `named owner` are maintainers of the source OWNED.
ROLES = {
    "user": "User",
    "other user": "User",
    "maintainer": "Maintainer",
    "other maintainer": "Maintainer",
    "owner": "Owner",
    "named owner": "Owner",
    "other owner": "Owner",
    "administrator": "Administrator",
}
MAINTAINERS = ("user", "maintainer", "named owner")
REFUSED = ("wrong key", "revoked key", "disabled account", "wrong token", "ended session")
PEOPLE = ("nobody", *REFUSED, *ROLES, "administrator by session")


def email(name: str) -> str:
    return f"{name.replace(' ', '.')}@{HOST}"


@dataclass(frozen=True)
class People:
    """Headers by the name of who sends them."""

    headers: dict[str, dict[str, str]]

    def __getitem__(self, name: str) -> dict[str, str]:
        return self.headers[name]


def gather(catalogue: Catalogue, session: str, ended: str) -> People:
    """Make accounts and keys; `session` and `ended` are tokens of an administrator."""
    headers: dict[str, dict[str, str]] = {"nobody": {}}
    for name, role in ROLES.items():
        headers[name] = _new(catalogue, name, role)
    for name in ("revoked key", "disabled account"):
        headers[name] = _new(catalogue, name, "Administrator")
    catalogue.keys.revoke(email("revoked key"))
    catalogue.accounts.change(email("disabled account"), disabled=True)
    headers["wrong key"] = {KEY_HEADER: "atlas-000000000000." + "A" * 43}
    headers["wrong token"] = {"Authorization": "Bearer nonsense"}
    headers["ended session"] = {"Authorization": f"Bearer {ended}"}
    headers["administrator by session"] = {"Authorization": f"Bearer {session}"}
    return People(headers)


def _new(catalogue: Catalogue, name: str, role: str) -> dict[str, str]:
    known = {account.email for account in catalogue.accounts.list()}
    if email(name) not in known:
        catalogue.accounts.add(email(name), role)
    return {KEY_HEADER: catalogue.keys.create(email(name)).text}
