"""`portico db`: the database's schema."""

import argparse
import asyncio
import time
from dataclasses import replace

from portico.cli import EXIT_UNAVAILABLE, CommandError
from portico.errors import Unavailable
from portico.infra.db import open_database
from portico.migrations import HEAD, is_known
from portico.settings import Database as DatabaseSettings
from portico.settings import Settings, load
from portico.wiring import schema_version

RETRY_S = 1.0
EXIT_BEHIND = 3
EXIT_NEWER = 4
EXIT_EMPTY = 5
STATUSES = (
    f"`status` exits with 0 when the schema is that of this version, {EXIT_BEHIND} when it is an older one (upgrade), {EXIT_NEWER} when "
    f"it is one that this version does not know (a newer version made it), {EXIT_EMPTY} when the database is empty, and "
    f"{EXIT_UNAVAILABLE} when it does not answer. `upgrade` and `wait` exit with {EXIT_NEWER} and {EXIT_UNAVAILABLE} for the same reasons."
)
UNREACHED = "the database cannot be reached{reason}: check DATABASE_URL and that it runs."
NEWER = "the database is at revision {found}, which this version does not know: install the version that made it, or a newer one."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = STATUSES
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="verb")
    text = "bring the schema to this version; safe to run by many at once"
    upgrade = verbs.add_parser("upgrade", help=f"{text}; --wait SECONDS for a database that is still starting", description=f"{text}.")
    upgrade.add_argument("--wait", type=float, default=0.0, metavar="SECONDS", help="how long to wait for the database to answer (0)")
    wait = verbs.add_parser("wait", help="wait until the schema is that of this version (for an init container), at most --timeout SECONDS")
    wait.add_argument("--timeout", type=float, default=300.0, metavar="SECONDS", help="seconds to wait at most (300)")
    verbs.add_parser("status", help="print the schema's revision; the exit status says where it stands")


def run(arguments: argparse.Namespace) -> int:
    settings = load()
    if arguments.verb == "upgrade":
        return _upgrade(settings, arguments.wait)
    if arguments.verb == "wait":
        return asyncio.run(_wait(settings, arguments.timeout))
    return asyncio.run(_status(settings))


def _upgrade(settings: Settings, wait_s: float) -> int:
    from portico.migrations.upgrade import upgrade  # noqa: PLC0415 -- costs half a second and 49 MB, which no other command needs

    database = settings.database
    url = database.migration_url or database.url
    asyncio.run(_answering(replace(database, url=url), wait_s))
    try:
        upgrade(url)
    except OSError as error:
        raise CommandError(UNREACHED.format(reason=f" ({error})"), status=EXIT_UNAVAILABLE) from error
    print(f"The database is at revision {HEAD}.")
    return 0


async def _answering(database: DatabaseSettings, wait_s: float) -> None:
    """Wait for a database that is still starting. Raises CommandError when it does not answer in time, or is newer than this version."""
    ends = time.monotonic() + wait_s
    while True:
        try:
            _require_known(await current(database))
        except Unavailable as error:
            if time.monotonic() + RETRY_S > ends:
                reason = f" ({error.__cause__})" if error.__cause__ else ""
                raise CommandError(UNREACHED.format(reason=reason), status=EXIT_UNAVAILABLE) from error
            await asyncio.sleep(RETRY_S)
        else:
            return


async def current(database: DatabaseSettings) -> str | None:
    """Return the revision of the database, None for an empty one. Raises Unavailable when it does not answer."""
    db = await open_database(database.url, pool_size=3, pooler=database.pooler)
    try:
        return await schema_version(db)
    finally:
        await db.close()


def _require_known(found: str | None) -> None:
    if found is not None and not is_known(found):
        raise CommandError(NEWER.format(found=found), status=EXIT_NEWER)


async def _status(settings: Settings) -> int:
    found = await current(settings.database)
    print(f"The database is at revision {found or '(empty)'}; this version needs {HEAD}.")
    if found == HEAD:
        return 0
    if found is None:
        return EXIT_EMPTY
    return EXIT_BEHIND if is_known(found) else EXIT_NEWER


async def _wait(settings: Settings, timeout_s: float) -> int:
    ends = time.monotonic() + timeout_s
    seen = "does not answer"
    while time.monotonic() < ends:
        try:
            found = await current(settings.database)
        except Unavailable:
            seen = "does not answer"
        else:
            if found == HEAD:
                return 0
            _require_known(found)
            seen = f"is at revision {found or '(empty)'}"
        await asyncio.sleep(RETRY_S)
    raise CommandError(
        f"the database {seen} after {timeout_s:.0f} s, and revision {HEAD} is needed: run `portico db upgrade`.", status=EXIT_UNAVAILABLE
    )
