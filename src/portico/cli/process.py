"""What `serve` and `worker` share: settings that are ready, a database that is migrated, metrics, and the loop that they run in."""

import asyncio
import logging
import os
import subprocess
import sys
from collections.abc import Coroutine, Mapping

import uvloop

from portico.cli import EXIT_UNAVAILABLE, CommandError
from portico.infra.dberrors import DatabaseUnavailable
from portico.infra.telemetry import MetricsServer, configure_logging
from portico.migrations import HEAD
from portico.settings import EXIT_CONFIG, Settings, load, prepare
from portico.wiring import Portico, StoreInUse, schema_version

log = logging.getLogger(__name__)
_WAIT_S = 1.0
KEY_IN_DATABASE = (
    "PORTICO_SECRET_KEY is not set: the key that seals the providers' keys lies in the database beside them. Set one for all replicas "
    "(openssl rand -base64 32), start them again, and run `portico keys rotate`."
)


def ready_settings(said: Mapping[str, str] | None = None) -> Settings:
    """Read the settings, begin to log, warn, and make folder and secret. `said` stands over the environment. Raises SettingsError."""
    settings = load({**os.environ, **(said or {})})
    configure_logging(settings.logs.style, settings.logs.level)
    for line in settings.warnings:
        log.warning(line)
    settings = prepare(settings)
    if settings.database.is_postgres and not settings.secrets.ring:
        log.warning(KEY_IN_DATABASE)
    return settings


def run_loop(life: Coroutine[None, None, None]) -> int:
    """Run a process from its first to its last moment."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        try:
            runner.run(life)
        except StoreInUse as error:
            text = f"the data folder {error} is used by another Portico: stop that one, or set PORTICO_DATA_DIR to another folder."
            raise CommandError(text, status=EXIT_UNAVAILABLE) from error
    return 0


async def await_schema(portico: Portico) -> None:
    """Wait for the database, and make or check its schema. SQLite and an empty PostgreSQL are migrated here, by a child.

    Raises CommandError when an operator has to migrate: the old version may still be serving.
    """
    found = await _found(portico)
    if found == HEAD:
        return
    if found is not None and portico.infra.settings.database.is_postgres:
        text = f"the database is at revision {found}, this version needs {HEAD}: run `portico db upgrade` once, then start again."
        raise CommandError(text, status=EXIT_CONFIG)
    log.info("preparing the database", extra={"revision": HEAD})
    await _migrate()
    await portico.check_schema()


async def check_ring(portico: Portico) -> None:
    """Refuse to serve with a key ring that does not open what this database holds: new secrets would be sealed beside lost ones.

    Raises CommandError.
    """
    lost = await portico.infra.vault.unreadable()
    if lost:
        text = (
            f"PORTICO_SECRET_KEY does not open the secrets of this database ({', '.join(lost)}): another key sealed them. "
            "Put that key behind the new one (new,old); if it is lost, `portico keys forget` gives up what it sealed."
        )
        raise CommandError(text, status=EXIT_CONFIG)


async def _found(portico: Portico) -> str | None:
    while True:
        try:
            return await schema_version(portico.infra.db)
        except DatabaseUnavailable:
            log.warning("waiting for the database")
            await asyncio.sleep(_WAIT_S)


async def _migrate() -> None:
    """Run `portico db upgrade` as a child: the migration tool would cost this process 49 MB for ever."""
    child = await asyncio.create_subprocess_exec(sys.executable, "-m", "portico", "db", "upgrade", stdout=subprocess.DEVNULL)
    try:
        if await child.wait():
            raise CommandError("the database could not be prepared; see the lines above, and `portico doctor`.", status=EXIT_CONFIG)
    finally:
        if child.returncode is None:
            child.terminate()


async def open_metrics(portico: Portico) -> MetricsServer | None:
    """Serve the metrics if the settings name a port."""
    server = portico.infra.settings.server
    if server.metrics_port is None:
        return None
    metrics = MetricsServer(portico.infra.metrics, server.metrics_bind, server.metrics_port)
    try:
        await metrics.start()
    except OSError as error:
        where = f"{server.metrics_bind} port {server.metrics_port}"
        text = f"cannot listen on {where} ({error}): set PORTICO_METRICS_PORT to a free port, or `off`."
        raise CommandError(text, status=EXIT_UNAVAILABLE) from error
    return metrics
