"""`portico db`: the database's schema."""

import argparse
import asyncio
import time

from portico.cli import EXIT_UNAVAILABLE, CommandError
from portico.errors import Unavailable
from portico.infra.db import open_database
from portico.migrations import HEAD
from portico.settings import Settings, load
from portico.wiring import schema_version


def add_arguments(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="verb")
    verbs.add_parser("upgrade", help="bring the schema to this version; safe to run by many at once")
    wait = verbs.add_parser("wait", help="wait until the schema is that of this version (for an init container)")
    wait.add_argument("--timeout", type=float, default=300.0, help="seconds to wait at most (300)")
    verbs.add_parser("status", help="print the schema's revision; exit status 0 if it is that of this version")


def run(arguments: argparse.Namespace) -> int:
    settings = load()
    if arguments.verb == "upgrade":
        return _upgrade(settings)
    if arguments.verb == "wait":
        return asyncio.run(_wait(settings, arguments.timeout))
    return asyncio.run(_status(settings))


def _upgrade(settings: Settings) -> int:
    from portico.migrations.upgrade import upgrade  # noqa: PLC0415 -- costs half a second and 49 MB, which no other command needs

    url = settings.database.migration_url or settings.database.url
    try:
        upgrade(url)
    except OSError as error:
        raise CommandError(
            f"the database cannot be reached ({error}): check DATABASE_URL and that it runs.", status=EXIT_UNAVAILABLE
        ) from error
    print(f"The database is at revision {HEAD}.")
    return 0


async def current(settings: Settings) -> str | None:
    """Return the revision of the database, None for an empty one. Raises Unavailable when it does not answer."""
    db = await open_database(settings.database.url, pool_size=3, pooler=settings.database.pooler)
    try:
        return await schema_version(db)
    finally:
        await db.close()


async def _status(settings: Settings) -> int:
    found = await current(settings)
    print(f"The database is at revision {found or '(empty)'}; this version needs {HEAD}.")
    return 0 if found == HEAD else 1


async def _wait(settings: Settings, timeout_s: float) -> int:
    ends = time.monotonic() + timeout_s
    seen = "does not answer"
    while time.monotonic() < ends:
        try:
            found = await current(settings)
        except Unavailable:
            seen = "does not answer"
        else:
            if found == HEAD:
                return 0
            seen = f"is at revision {found or '(empty)'}"
        await asyncio.sleep(1)
    raise CommandError(
        f"the database {seen} after {timeout_s:.0f} s, and revision {HEAD} is needed: run `portico db upgrade`.", status=EXIT_UNAVAILABLE
    )
