"""`portico keys`: the key ring that seals secrets in the database."""

import argparse
import asyncio
from collections.abc import Awaitable, Callable

from portico.infra.crypto import Vault
from portico.infra.db import open_database
from portico.settings import load, prepare


def add_arguments(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="verb")
    verbs.add_parser("rotate", help="wrap everything by the first key of PORTICO_SECRET_KEY; the other keys can be removed afterwards")
    verbs.add_parser("check", help="exit status 0 if the key ring opens all secrets of the database, 1 if not")
    verbs.add_parser("forget", help="give up the secrets that no key of the ring opens; they have to be entered again")


def run(arguments: argparse.Namespace) -> int:
    return asyncio.run(_with_vault({"rotate": _rotate, "check": _check, "forget": _forget}[arguments.verb]))


async def _with_vault(verb: Callable[[Vault], Awaitable[int]]) -> int:
    settings = prepare(load())
    db = await open_database(settings.database.url, pool_size=3, pooler=settings.database.pooler)
    try:
        return await verb(Vault(db, settings.secrets.ring))
    finally:
        await db.close()


async def _rotate(vault: Vault) -> int:
    print(f"{await vault.rotate()} data keys were wrapped anew; all of them are under the first key now.")
    return 0


async def _check(vault: Vault) -> int:
    lost = await vault.unreadable()
    print(f"The key ring does not open the secrets for: {', '.join(lost)}." if lost else "The key ring opens all secrets of the database.")
    return 1 if lost else 0


async def _forget(vault: Vault) -> int:
    lost = await vault.forget()
    print(
        f"Gave up the secrets for: {', '.join(lost)}; enter them again on the page."
        if lost
        else "Nothing is lost, so nothing was given up."
    )
    return 0
