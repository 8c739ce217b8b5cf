"""`portico serve`: one process that answers HTTP, works on runs and jobs, and leaves in order when it is told to."""

import asyncio
import gc
import logging
import os
import signal
import socket
import subprocess
import sys
from typing import TYPE_CHECKING

import uvicorn
import uvloop

from portico.app import build_app
from portico.infra.dberrors import DatabaseUnavailable
from portico.infra.telemetry import MetricsServer
from portico.migrations import HEAD
from portico.settings import EXIT_CONFIG, Settings
from portico.wiring import Portico, StoreInUse, build, schema_version

if TYPE_CHECKING:
    from collections.abc import Callable

logger = logging.getLogger(__name__)
LISTEN_ON_S = 10.0  # in a cluster the listener stays open so long after SIGTERM: endpoints are slow to hear of it
BACKLOG = 2048
KEEP_ALIVE_S = 75  # longer than the 60 s of usual proxies, so that they close first


def serve(settings: Settings) -> int:
    """Run until a signal says otherwise; return the exit code: 0 in order, 78 when the set-up does not allow it."""
    listener = _listen(settings)
    if listener is None:
        return EXIT_CONFIG
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_serve(settings, listener))


def _listen(settings: Settings) -> socket.socket | None:
    """Open the port first of all: a port in use is said before anything else happens."""
    host, port = settings.server.bind, settings.server.port
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        sys.stderr.write(f"portico: cannot listen on {host}:{port}: {error.strerror}. Set PORT to a free one.\n")
        listener.close()
        return None
    listener.listen(BACKLOG)
    listener.setblocking(False)  # noqa: FBT003 -- the socket's own signature
    return listener


async def _serve(settings: Settings, listener: socket.socket) -> int:
    if settings.database.is_postgres or not _fresh(settings):
        portico = await build(settings)
    else:
        migrate()
        portico = await build(settings)
    try:
        portico.process.lock_store()
        await _migrated(portico)
    except StoreInUse as error:
        sys.stderr.write(f"portico: another process serves the data folder {error}: stop it, or set PORTICO_DATA_DIR.\n")
        return EXIT_CONFIG
    except NewerDatabase as error:
        sys.stderr.write(f"portico: the database is at schema {error}, newer than this version knows: start the newer version.\n")
        return EXIT_CONFIG
    try:
        await _run(portico, listener)
    finally:
        await portico.close()
    return 0


def _fresh(settings: Settings) -> bool:
    return not os.path.exists(settings.database.url.removeprefix("sqlite:///"))  # noqa: PTH110 -- a text, not a Path yet


class NewerDatabase(Exception):
    """The schema was made by a later version."""


async def _migrated(portico: Portico) -> None:
    """Bring the schema up to date in a child process, since only migrations need the libraries for it. Waits for the database."""
    while True:
        try:
            found = await schema_version(portico.infra.db)
            break
        except DatabaseUnavailable:
            logger.warning("waiting for the database")
            await asyncio.sleep(1)
    if found == HEAD:
        return
    if found is not None and found > HEAD:
        raise NewerDatabase(found)
    await asyncio.to_thread(migrate)


def migrate() -> None:
    """Run `portico db upgrade` as a child. Raises CalledProcessError; the child has said why."""
    subprocess.run([sys.executable, "-m", "portico", "db", "upgrade"], check=True)  # noqa: S603 -- our own program


async def _run(portico: Portico, listener: socket.socket) -> None:
    settings = portico.infra.settings
    first = await portico.services.accounts.start()
    await portico.process.start()
    metrics = await _metrics(portico)
    server = uvicorn.Server(_config(portico))
    signals = Signals()
    signals.install()
    serving = asyncio.create_task(server._serve([listener]), name="http")  # pyright: ignore[reportPrivateUsage] -- without its signal capture
    _greet(settings, required=first.required, token=first.token)
    gc.collect()
    gc.freeze()  # what is loaded by now stays: the collector need not look at it again
    stopped = asyncio.create_task(signals.first.wait(), name="signal")
    await asyncio.wait({serving, stopped}, return_when=asyncio.FIRST_COMPLETED)
    stopped.cancel()
    await _leave(portico, signals)
    server.should_exit = True
    await serving
    if metrics is not None:
        await metrics.close()


async def _leave(portico: Portico, signals: "Signals") -> None:
    """Drain: at SIGTERM with the whole budget, at Ctrl-C at once: what is under way goes on with the next start."""
    settings = portico.infra.settings
    budget_s = 0.0 if signals.at_once else float(settings.server.drain_s)
    logger.info("leaving: answers have %.0f s to end", budget_s)
    began = asyncio.get_running_loop().time()
    await portico.process.drain(budget_s)
    if settings.kubernetes:
        await asyncio.sleep(max(0.0, min(LISTEN_ON_S, budget_s) - (asyncio.get_running_loop().time() - began)))
    await portico.process.stop()


class Signals:
    """The first SIGTERM or SIGINT asks for an orderly end; the second one ends at once."""

    def __init__(self) -> None:
        self.first = asyncio.Event()
        self.at_once = False

    def install(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            handler: Callable[[], None] = self._interrupt if number == signal.SIGINT else self._terminate
            loop.add_signal_handler(number, handler)

    def _interrupt(self) -> None:
        self.at_once = True
        self._terminate()

    def _terminate(self) -> None:
        if self.first.is_set():
            logger.warning("told twice: ending at once")
            os._exit(1)
        self.first.set()


async def _metrics(portico: Portico) -> MetricsServer | None:
    server = portico.infra.settings.server
    if server.metrics_port is None:
        return None
    metrics = MetricsServer(portico.infra.metrics, server.metrics_bind, server.metrics_port)
    await metrics.start()
    return metrics


def _config(portico: Portico) -> uvicorn.Config:
    return uvicorn.Config(
        build_app(portico),  # pyright: ignore[reportArgumentType] -- plain ASGI, typed by its own words
        http="httptools",
        ws="none",
        lifespan="off",
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=5,
        backlog=BACKLOG,
    )


def _greet(settings: Settings, *, required: bool, token: str | None) -> None:
    """Tell the person at the terminal where to go."""
    server = settings.server
    host = "localhost" if server.bind in ("127.0.0.1", "0.0.0.0", "::", "::1") else server.bind  # noqa: S104 -- compared, not bound
    address = server.app_url or f"http://{host}:{server.port}{server.base_path}/"
    sys.stdout.write(f"Portico is at {address}\n")
    if required and token:
        sys.stdout.write(
            f"First start: open that address to make the administrator. From another machine you are asked for this set-up token: {token}\n"
        )
    elif required:
        sys.stdout.write("First start: open that address to make the administrator (`portico user setup-token` prints a new token).\n")
    sys.stdout.flush()
