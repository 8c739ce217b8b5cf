"""`portico user`: accounts, from the server's own command line."""

import argparse
import asyncio
import getpass
import sys
from collections.abc import Awaitable, Callable

from portico.access.principal import OPERATOR
from portico.accounts.service import AccountsService
from portico.cli import CommandError
from portico.infra.db import open_database
from portico.infra.ratelimit import RateLimiter
from portico.settings import load, prepare

Verb = Callable[[AccountsService, argparse.Namespace], Awaitable[int]]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="verb")
    create = verbs.add_parser("create", help="make an account")
    create.add_argument("email")
    create.add_argument("--name", default="", help="the name shown on the page; else the part of the address before the @")
    create.add_argument("--role", choices=("admin", "member"), default="member")
    verbs.add_parser("list", help="list all accounts")
    reset = verbs.add_parser("reset-password", help="give an account a new password; its sessions end")
    reset.add_argument("email")
    for verb in (create, reset):
        verb.add_argument("--password-stdin", action="store_true", help="read the password from the first line of the input")
    promote = verbs.add_parser("promote", help="change the role of an account")
    promote.add_argument("email")
    promote.add_argument("--role", choices=("admin", "member"), default="admin")
    verbs.add_parser("setup-token", help="print a new set-up token for the first administrator; older ones end")


def run(arguments: argparse.Namespace) -> int:
    verbs: dict[str, Verb] = {
        "create": _create,
        "list": _list,
        "reset-password": _reset_password,
        "promote": _promote,
        "setup-token": _setup_token,
    }
    return asyncio.run(_with_accounts(verbs[arguments.verb], arguments))


async def _with_accounts(verb: Verb, arguments: argparse.Namespace) -> int:
    settings = prepare(load())
    db = await open_database(settings.database.url, pool_size=3, pooler=settings.database.pooler)
    accounts = AccountsService(db, settings, RateLimiter(db))
    try:
        return await verb(accounts, arguments)
    finally:
        accounts.close()
        await db.close()


async def _create(accounts: AccountsService, arguments: argparse.Namespace) -> int:
    email: str = arguments.email
    name = arguments.name or email.partition("@")[0]
    if arguments.role == "admin" and await accounts.first_run.required():
        made = await accounts.first_run.make_administrator(email=email, password=_password(arguments))
        if made is None:
            raise CommandError("another administrator was made at the same moment: repeat the command.")
        user = made if made.name == name else await accounts.users.change(OPERATOR, made.id, {"name": name})
    else:
        user = await accounts.users.create(OPERATOR, email=email, name=name, password=_password(arguments), role=arguments.role)
    print(f"Made {user.email} ({user.role}).")
    return 0


async def _list(accounts: AccountsService, arguments: argparse.Namespace) -> int:
    del arguments
    after = ""
    while users := await accounts.users.list(OPERATOR, after=after, limit=100):
        for user in users:
            print(f"{user.id}  {user.role:<6}  {user.status:<9}  {user.email or '-':<32}  {user.name}")
        after = users[-1].id
    return 0


async def _reset_password(accounts: AccountsService, arguments: argparse.Namespace) -> int:
    user = await accounts.users.find(OPERATOR, arguments.email)
    await accounts.users.change(OPERATOR, user.id, {"password": _password(arguments)})
    print(f"{user.email} has a new password, and all its sessions have ended.")
    return 0


async def _promote(accounts: AccountsService, arguments: argparse.Namespace) -> int:
    user = await accounts.users.find(OPERATOR, arguments.email)
    changed = await accounts.users.change(OPERATOR, user.id, {"role": arguments.role})
    print(f"{changed.email} is now {changed.role}.")
    return 0


async def _setup_token(accounts: AccountsService, arguments: argparse.Namespace) -> int:
    del arguments
    token = await accounts.first_run.make_token(replace=True)
    if token is None:
        raise CommandError("set-up is done: `portico user reset-password` and `portico user promote` help who cannot get in.")
    print(token)
    return 0


def _password(arguments: argparse.Namespace) -> str:
    """Ask for a password twice, or read one line of the input."""
    if arguments.password_stdin or not sys.stdin.isatty():
        password = sys.stdin.readline().rstrip("\r\n")
        if not password:
            raise CommandError("the input has no password in its first line.")
        return password
    password = getpass.getpass("Password: ")
    if password != getpass.getpass("Again: "):
        raise CommandError("the two passwords differ.")
    return password
