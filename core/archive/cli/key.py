"""The verb ``key``: make, list and revoke the keys of the API."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from core.settings import Settings

if TYPE_CHECKING:
    from datetime import datetime

    from core.archive.account_keys import KeyFacts
    from core.archive.catalogue import Catalogue

ROLES = ("Administrator", "Owner", "Maintainer", "User")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the verb can do."""
    parser.epilog = "A key is shown once, when it is made; the archive keeps a hash of it."
    deeds = parser.add_subparsers(dest="deed", required=True, metavar="DEED")
    made = deeds.add_parser("create", help="make a key; its account too if there is none")
    made.add_argument("--email", required=True, metavar="NAME@HOST", help="names the account")
    made.add_argument(
        "--role", choices=ROLES,
        help="what the account may do; of one that exists it is changed (a new one: User)",
    )  # fmt: skip
    deeds.add_parser("list", help="all keys by their public prefixes, also revoked ones")
    revoked = deeds.add_parser("revoke", help="make a key invalid at once")
    revoked.add_argument("name", metavar="KEY", help="its prefix, or the address of its account")


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Do what was asked for; return the exit status."""
    from core.archive import Archive  # imported late: it takes a second

    deeds = {"create": _create, "list": _list, "revoke": _revoke}
    with Archive.open(settings) as archive:
        return deeds[args.deed](args, archive.catalogue)


def _create(args: argparse.Namespace, catalogue: Catalogue) -> int:
    from core.errors import NotFound

    try:
        account = catalogue.accounts.change(args.email, role=args.role)
    except NotFound:
        account = catalogue.accounts.add(args.email, args.role or "User")
    made = catalogue.keys.create(account.email)
    lines = [f"Key {made.prefix} of {account.email}, {account.role}. It is shown this once."]
    if made.ended:
        lines.append("The key that the account had before is no longer valid.")
    if account.disabled:
        lines.append("The account is disabled: `python -m core account enable` lets it in.")
    sys.stdout.write("\n".join((*lines, made.text)) + "\n")
    return 0


def _list(args: argparse.Namespace, catalogue: Catalogue) -> int:
    for key in catalogue.keys.list():
        sys.stdout.write(
            f"{key.prefix}  {_state(key):<8}  made {_day(key.created)}  "
            f"used {_day(key.last_used)}  {key.role:<13}  {key.email}\n"
        )
    return 0


def _revoke(args: argparse.Namespace, catalogue: Catalogue) -> int:
    key = catalogue.keys.revoke(args.name)
    sys.stdout.write(f"Key {key.prefix} of {key.email} is no longer valid.\n")
    return 0


def _state(key: KeyFacts) -> str:
    if key.revoked is not None:
        return "revoked"
    return "disabled" if key.disabled else "valid"


def _day(time: datetime | None) -> str:
    return "never           " if time is None else f"{time:%Y-%m-%d %H:%M}"
