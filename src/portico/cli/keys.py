"""`portico keys`: the key ring that seals secrets in the database."""

import argparse
import asyncio

from portico.infra.crypto import Vault
from portico.infra.db import open_database
from portico.settings import load, prepare


def add_arguments(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="verb")
    verbs.add_parser("rotate", help="wrap everything by the first key of PORTICO_SECRET_KEY; the other keys can be removed afterwards")


def run(arguments: argparse.Namespace) -> int:
    del arguments  # there is one verb
    return asyncio.run(_rotate())


async def _rotate() -> int:
    settings = prepare(load())
    db = await open_database(settings.database.url, pool_size=3, pooler=settings.database.pooler)
    try:
        changed = await Vault(db, settings.secrets.ring).rotate()
    finally:
        await db.close()
    print(f"{changed} data keys were wrapped anew; all of them are under the first key now.")
    return 0
