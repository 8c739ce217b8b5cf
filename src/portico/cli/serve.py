"""`portico serve`: listens, starts the process, and leaves in order when it is told to."""

import argparse
import asyncio
import contextlib
import gc
import logging
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Generator
from dataclasses import replace

import uvicorn
import uvloop

from portico import __version__
from portico.cli import EXIT_UNAVAILABLE, CommandError
from portico.errors import PorticoError, Unavailable
from portico.infra.dberrors import DatabaseUnavailable
from portico.infra.middleware import HEALTH_PATHS, App, Receive, RequestContext, Scope, Send
from portico.infra.telemetry import MetricsServer, configure_logging
from portico.migrations import HEAD
from portico.settings import EXIT_CONFIG, Settings, SettingsError, load, prepare
from portico.wiring import Portico, StoreInUse, build, schema_version

log = logging.getLogger(__name__)
_CLIENT_SILENT_MS = 60_000
_LINGER_S = 10.0  # in Kubernetes a stopping pod still gets new connections for some seconds
_KEEP_ALIVE_S = 75  # longer than the 60 s of common proxies, so that the proxy closes first and never meets a closed connection


class Starting(Unavailable):
    """The server has just started and waits for its database."""

    code = "starting"
    default_detail = "The server is starting: try again in a moment."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", help="port to listen on (PORT, 3210)")
    parser.add_argument("--bind", help="address to listen on (PORTICO_BIND, 127.0.0.1)")


def run(arguments: argparse.Namespace) -> int:
    if arguments.port:
        os.environ["PORTICO_PORT"] = arguments.port
    if arguments.bind:
        os.environ["PORTICO_BIND"] = arguments.bind
    settings = ready_settings()
    listener = _listen(settings)
    settings = replace(settings, server=replace(settings.server, port=listener.getsockname()[1]))
    return run_process(settings, listener)


def ready_settings() -> Settings:
    """Read the settings, begin to log, warn, and make folder and secret. Raises SettingsError."""
    settings = load()
    configure_logging(settings.logs.style, settings.logs.level)
    for line in settings.warnings:
        log.warning(line)
    return prepare(settings)


def run_process(settings: Settings, listener: socket.socket | None) -> int:
    """Run a process to its end: with a listener it serves, without one it works on jobs."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        try:
            runner.run(_Life(settings, listener).live())
        except StoreInUse as error:
            text = f"the data folder {error} is used by another Portico: stop that one, or set PORTICO_DATA_DIR to another folder."
            raise CommandError(text, status=EXIT_UNAVAILABLE) from error
    return 0


def _listen(settings: Settings) -> socket.socket:
    """Take the port before anything is loaded from the database, so that a wrong port is told at once."""
    host, port = settings.server.bind, settings.server.port
    try:
        listener = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET, backlog=2048)
    except (OSError, OverflowError) as error:
        advice = (
            "stop what uses it, or choose another with PORT=..."
            if isinstance(error, OSError) and error.errno == 98
            else "check PORTICO_BIND and PORT"
        )
        raise CommandError(f"cannot listen on {host} port {port} ({error}): {advice}.", status=EXIT_UNAVAILABLE) from error
    if hasattr(socket, "TCP_USER_TIMEOUT"):  # accepted connections inherit it: a client that reads nothing is gone after this time
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _CLIENT_SILENT_MS)
    return listener


class _Server(uvicorn.Server):
    """Leaves the signals alone: the life of the process decides when listening ends."""

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        yield


class _Gate:
    """Answers 503 to everything but the probes until the process has started."""

    def __init__(self, app: App, portico: Portico) -> None:
        self._app = app
        self._process = portico.process
        self._closed = RequestContext(_refuse, portico.infra.metrics)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_probe = scope["type"] != "http" or scope["path"].endswith(tuple(HEALTH_PATHS))
        await (self._app if self._process.started or is_probe else self._closed)(scope, receive, send)


async def _refuse(scope: Scope, receive: Receive, send: Send) -> None:
    del scope, receive, send
    raise Starting


class _Life:
    """One process from its first connection to its last."""

    def __init__(self, settings: Settings, listener: socket.socket | None) -> None:
        self._settings = settings
        self._listener = listener
        self._stop = asyncio.Event()
        self._hurry = asyncio.Event()

    async def live(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._on_signal)
        portico = await build(self._settings, worker=self._listener is None)
        metrics = await self._open_metrics(portico)
        server, serving = self._open_http(portico)
        try:
            await self._until_told(portico, serving)
            await self._drain(portico)
        finally:
            if portico.process.started:
                await portico.process.stop()
            await _close_http(server, serving)
            if metrics is not None:
                await metrics.close()
            await portico.close()

    def _on_signal(self) -> None:
        if self._stop.is_set():
            self._hurry.set()
        self._stop.set()

    async def _until_told(self, portico: Portico, serving: asyncio.Task[None] | None) -> None:
        """Start, then wait for a signal. Raises what keeps the process from starting."""
        told = asyncio.create_task(self._stop.wait(), name="signal")
        starting = asyncio.create_task(self._start(portico), name="start")
        ends = {told, *([serving] if serving else [])}
        try:
            await asyncio.wait({*ends, starting}, return_when=asyncio.FIRST_COMPLETED)
            if starting.done():
                starting.result()
                await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
            if serving is not None and serving.done():
                serving.result()
        finally:
            for task in (told, starting):
                task.cancel()
            await asyncio.gather(told, starting, return_exceptions=True)

    async def _start(self, portico: Portico) -> None:
        portico.process.lock_store()
        await self._migrated(portico)
        try:
            first = await portico.services.accounts.start()
        except PorticoError as error:
            if isinstance(error, Unavailable):
                raise
            raise SettingsError(f"PORTICO_ADMIN_PASSWORD: {error.detail}") from error
        await portico.process.start()
        gc.collect()
        gc.freeze()  # what is loaded by now lives as long as the process; the collector need not look at it again
        if self._listener is not None:
            self._announce(token=first.token, required=first.required)

    async def _migrated(self, portico: Portico) -> None:
        """Wait for the database, and make or check its schema. SQLite and an empty PostgreSQL are migrated here, by a child."""
        while True:
            try:
                found = await schema_version(portico.infra.db)
                break
            except DatabaseUnavailable:
                log.warning("waiting for the database")
                await asyncio.sleep(1)
        if found == HEAD:
            return
        if found is not None and self._settings.database.is_postgres:
            raise CommandError(
                f"the database is at revision {found}, this version needs {HEAD}: run `portico db upgrade` once, then start again.",
                status=EXIT_CONFIG,
            )
        log.info("preparing the database", extra={"revision": HEAD})
        await _migrate()
        await portico.check_schema()

    def _announce(self, *, token: str | None, required: bool) -> None:
        server = self._settings.server
        host = "localhost" if server.bind in {"127.0.0.1", "0.0.0.0", "::", "::1"} else server.bind  # noqa: S104 -- compared, not bound
        address = server.app_url or f"http://{host}:{server.port}{server.base_path}"
        print(f"Portico {__version__} is ready at {address}", flush=True)
        if token is not None:
            print(f"There is no administrator yet. From another machine, set-up asks for this token (24 hours, once): {token}", flush=True)
        elif required:
            print("There is no administrator yet. `portico user setup-token` prints a new set-up token.", flush=True)

    def _open_http(self, portico: Portico) -> tuple[_Server | None, asyncio.Task[None] | None]:
        if self._listener is None:
            return None, None
        from portico.app import build_app  # noqa: PLC0415 -- a worker needs no web framework

        config = uvicorn.Config(
            _Gate(build_app(portico), portico),
            loop="none",
            http="httptools",
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            proxy_headers=False,  # accounts.origin judges forwarding headers; nobody else may
            server_header=False,
            timeout_keep_alive=_KEEP_ALIVE_S,
            timeout_graceful_shutdown=5,
        )
        server = _Server(config)
        return server, asyncio.create_task(server.serve(sockets=[self._listener]), name="http")

    async def _open_metrics(self, portico: Portico) -> MetricsServer | None:
        server = self._settings.server
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

    async def _drain(self, portico: Portico) -> None:
        """Let answers end; a second signal gives them back at once."""
        if not portico.process.started:
            return
        log.info("stopping: a second signal stops at once", extra={"seconds": self._settings.server.drain_s})
        began = time.monotonic()
        draining = asyncio.create_task(portico.process.drain(self._settings.server.drain_s), name="drain")
        hurried = asyncio.create_task(self._hurry.wait(), name="hurry")
        await asyncio.wait({draining, hurried}, return_when=asyncio.FIRST_COMPLETED)
        linger_s = min(_LINGER_S, self._settings.server.drain_s) if self._settings.kubernetes else 0.0
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._hurry.wait(), max(0.0, began + linger_s - time.monotonic()))
        for task in (draining, hurried):
            task.cancel()
        await asyncio.gather(draining, hurried, return_exceptions=True)


async def _close_http(server: _Server | None, serving: asyncio.Task[None] | None) -> None:
    if server is not None and serving is not None:
        server.should_exit = True
        await asyncio.gather(serving, return_exceptions=True)


async def _migrate() -> None:
    """Run `portico db upgrade` as a child: the migration tool would cost this process 49 MB for ever."""
    child = await asyncio.create_subprocess_exec(sys.executable, "-m", "portico", "db", "upgrade", stdout=subprocess.DEVNULL)
    try:
        if await child.wait():
            raise CommandError("the database could not be prepared; see the lines above, and `portico doctor`.", status=EXIT_CONFIG)
    finally:
        if child.returncode is None:
            child.terminate()
