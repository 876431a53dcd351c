"""The verb ``account``: who is known to the API, what they may do, their passwords."""

from __future__ import annotations

import argparse
import getpass
import sys
from typing import TYPE_CHECKING

from core.archive.cli.key import ROLES
from core.settings import Settings

if TYPE_CHECKING:
    from core.archive.catalogue import Catalogue


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the verb can do."""
    parser.epilog = (
        "`password` asks twice on a terminal, and reads one line otherwise. Keys are made with "
        "`python -m core key create`, which adds an account as well."
    )
    deeds = parser.add_subparsers(dest="deed", required=True, metavar="DEED")
    added = deeds.add_parser("add", help="add an account")
    added.add_argument("email", metavar="NAME@HOST")
    added.add_argument("--role", choices=ROLES, default="User", help="default: %(default)s")
    added.add_argument("--first-name", default="", metavar="NAME")
    added.add_argument("--last-name", default="", metavar="NAME")
    deeds.add_parser("list", help="all accounts")
    for deed, summary in (
        ("password", "set the password; ends the account's sessions"),
        ("disable", "refuse its key and password, end its sessions"),
        ("enable", "let it in again"),
    ):
        deeds.add_parser(deed, help=summary).add_argument("email", metavar="NAME@HOST")
    role = deeds.add_parser("role", help="change what it may do")
    role.add_argument("email", metavar="NAME@HOST")
    role.add_argument("role", choices=ROLES)


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Do what was asked for; return the exit status."""
    from core.archive import Archive  # imported late: it takes a second

    with Archive.open(settings) as archive:
        return _do(args, archive.catalogue)


def _do(args: argparse.Namespace, catalogue: Catalogue) -> int:
    accounts = catalogue.accounts
    if args.deed == "add":
        accounts.add(args.email, args.role, first_name=args.first_name, last_name=args.last_name)
    elif args.deed == "list":
        _list(catalogue)
    elif args.deed == "password":
        accounts.get(args.email)
        catalogue.sign_in.set_password(args.email, _asked())
    elif args.deed == "role":
        accounts.change(args.email, role=args.role)
    else:
        accounts.change(args.email, disabled=args.deed == "disable")
    return 0


def _list(catalogue: Catalogue) -> None:
    for account in catalogue.accounts.list():
        state = "disabled" if account.disabled else ""
        name = f"{account.first_name} {account.last_name}".strip()
        line = f"{account.role:<13}  {account.email:<40}  {state:<8}  {name}".rstrip()
        sys.stdout.write(f"{line}\n")


def _asked() -> str:
    """Return a password that was typed twice, or came as a line; never one of the command line."""
    from core.errors import BadInput

    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    password = getpass.getpass("Password: ")
    if password != getpass.getpass("Again: "):
        raise BadInput("The two passwords differ.", field="password")
    return password
