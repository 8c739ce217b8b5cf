"""`portico serve`: listens, starts the process, and leaves in order when it is told to."""

import argparse
import asyncio
import contextlib
import gc
import logging
import signal
import socket
import time
from collections.abc import Generator
from dataclasses import replace
from http import HTTPStatus

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from portico import __version__
from portico.app import build_app
from portico.cli import EXIT_UNAVAILABLE, CommandError
from portico.cli.process import await_schema, check_ring, open_metrics, ready_settings, run_loop
from portico.errors import PorticoError, Unavailable
from portico.infra.http import BadRequest, problem_body, problem_headers
from portico.infra.middleware import HEALTH_PATHS, App, Receive, RequestContext, Scope, Send
from portico.settings import Settings, SettingsError
from portico.wiring import Portico, build

log = logging.getLogger(__name__)
_CLIENT_SILENT_MS = 60_000
_LINGER_S = 10.0  # in Kubernetes a stopping pod still gets new connections for some seconds
_KEEP_ALIVE_S = 75  # longer than the 60 s of common proxies, so that the proxy closes first and never meets a closed connection


_SOON = (
    "<!doctype html><meta charset=utf-8><meta http-equiv=refresh content=1><meta name=color-scheme content='light dark'>"
    "<title>Portico</title><p style='font-family:system-ui;text-align:center;margin-top:30vh'>"
    "Portico is starting … · Portico 正在启动……</p>"
).encode()


class Starting(Unavailable):
    """The server has just started and waits for its database."""

    code = "starting"
    default_detail = "The server is starting: try again in a moment."


class HeadTooLarge(PorticoError):
    """The request's address and headers are over 64 kB."""

    code = "head_too_large"
    title = "Headers too large"
    status = 431
    default_detail = "Send less in the headers; delete the cookies of this address."


class HeadTooSlow(PorticoError):
    """The request's headers did not come whole in 15 seconds."""

    code = "head_too_slow"
    title = "Request timed out"
    status = 408
    default_detail = "Send the whole request at once."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", help="port to listen on (PORT, 3210)")
    parser.add_argument("--bind", help="address to listen on (PORTICO_BIND, 127.0.0.1)")


def run(arguments: argparse.Namespace) -> int:
    said = {"PORTICO_PORT": arguments.port, "PORTICO_BIND": arguments.bind}
    settings = ready_settings({name: value for name, value in said.items() if value})
    listener = _listen(settings)
    settings = replace(settings, server=replace(settings.server, port=listener.getsockname()[1]))
    return run_loop(_Life(settings, listener).live())


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


class Protocol(HttpToolsProtocol):
    """Bounds what a client can cost before its request is known; the limits of the application begin only there."""

    head_bytes = 64 * 1024  # proxies allow 8 to 32 kB
    head_s = 15.0
    idle_s = float(_KEEP_ALIVE_S)
    leave_s = 3.0  # at shutdown, for what is under way; uvicorn cancels after five, and takes that for a defect of ours

    def connection_made(self, transport: asyncio.Transport) -> None:
        super().connection_made(transport)
        self._asked: list[RequestResponseCycle] = []
        self._has_begun = False
        self._reading_head = False
        self._came_bytes = 0
        self._head_until = self.loop.time() + self.idle_s
        self._late = self.loop.call_at(self._head_until, self._give_up)

    def connection_lost(self, exc: Exception | None) -> None:
        self._late.cancel()
        super().connection_lost(exc)
        for cycle in self._asked:  # uvicorn tells the last one alone, and a client may have sent its next request behind a stream
            cycle.disconnected = cycle.disconnected or not cycle.response_complete
            cycle.message_event.set()

    def data_received(self, data: bytes) -> None:
        self._late.cancel()
        super().data_received(data)
        if self.transport.is_closing() or (self._has_begun and not self._reading_head):
            return
        self._came_bytes += len(data)
        if self._came_bytes > self.head_bytes:
            self._refuse(HeadTooLarge())
        else:
            self._late = self.loop.call_at(self._head_until, self._give_up)

    def on_message_begin(self) -> None:
        self._has_begun = self._reading_head = True
        self._came_bytes = 0
        self._head_until = self.loop.time() + self.head_s
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._reading_head = False
        super().on_headers_complete()
        self._asked = [cycle for cycle in (*self._asked, self.cycle) if not cycle.response_complete]

    def send_400_response(self, msg: str) -> None:
        del msg
        self._refuse(BadRequest("Send valid HTTP."))

    def shutdown(self) -> None:
        super().shutdown()
        if not self.transport.is_closing():  # a client owes a part of its request, or does not read its answer
            self.loop.call_later(self.leave_s, self.transport.abort)

    def _give_up(self) -> None:
        if self._reading_head:
            self._refuse(HeadTooSlow())
        else:
            self.transport.close()

    def _refuse(self, error: PorticoError) -> None:
        body = problem_body(error, "")
        fields = {**problem_headers(error), "content-length": str(len(body)), "connection": "close"}
        lines = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
        self.transport.write(f"HTTP/1.1 {error.status} {HTTPStatus(error.status).phrase}\r\n{lines}\r\n".encode("ascii") + body)
        self.transport.close()


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
    """Tell a program that it is early; give a person a page that looks again by itself."""
    del receive
    wanted = next((value for name, value in scope["headers"] if name == b"accept"), b"")
    if b"text/html" not in wanted:
        raise Starting
    headers = [(b"content-type", b"text/html; charset=utf-8"), (b"cache-control", b"no-store"), (b"retry-after", b"1")]
    await send({"type": "http.response.start", "status": 503, "headers": [*headers, (b"content-length", b"%d" % len(_SOON))]})
    await send({"type": "http.response.body", "body": _SOON})


class _Life:
    """One process from its first connection to its last."""

    def __init__(self, settings: Settings, listener: socket.socket) -> None:
        self._settings = settings
        self._listener = listener
        self._stop = asyncio.Event()
        self._hurry = asyncio.Event()

    async def live(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._on_signal)
        portico = await build(self._settings)
        metrics = await open_metrics(portico)
        server, serving = self._open_http(portico)
        try:
            await self._until_told(portico, serving)
            await self._drain(portico)
        finally:
            if portico.process.started:
                await portico.process.stop()
            server.should_exit = True
            await asyncio.gather(serving, return_exceptions=True)
            if metrics is not None:
                await metrics.close()
            await portico.close()

    def _on_signal(self) -> None:
        if self._stop.is_set():
            self._hurry.set()
        self._stop.set()

    async def _until_told(self, portico: Portico, serving: asyncio.Task[None]) -> None:
        """Start, then wait for a signal. Raises what keeps the process from starting."""
        told = asyncio.create_task(self._stop.wait(), name="signal")
        starting = asyncio.create_task(self._start(portico), name="start")
        ends = {told, serving}
        try:
            await asyncio.wait({*ends, starting}, return_when=asyncio.FIRST_COMPLETED)
            if starting.done():
                starting.result()
                await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
            if serving.done():
                serving.result()
        finally:
            for task in (told, starting):
                task.cancel()
            await asyncio.gather(told, starting, return_exceptions=True)

    async def _start(self, portico: Portico) -> None:
        portico.process.lock_store()
        await await_schema(portico)
        await check_ring(portico)
        try:
            first = await portico.services.accounts.start()
        except PorticoError as error:
            if isinstance(error, Unavailable):
                raise
            raise SettingsError(f"PORTICO_ADMIN_PASSWORD: {error.detail}") from error
        await portico.process.start()
        gc.collect()
        gc.freeze()  # what is loaded by now lives as long as the process; the collector need not look at it again
        self._announce(token=first.token, required=first.required)

    def _announce(self, *, token: str | None, required: bool) -> None:
        server = self._settings.server
        host = "localhost" if server.bind in {"127.0.0.1", "0.0.0.0", "::", "::1"} else server.bind  # noqa: S104 -- compared, not bound
        address = server.app_url or f"http://{host}:{server.port}{server.base_path}"
        print(f"Portico {__version__} is ready at {address}", flush=True)
        if token is not None:
            print(f"There is no administrator yet. From another machine, set-up asks for this token (24 hours, once): {token}", flush=True)
        elif required:
            print("There is no administrator yet. `portico user setup-token` prints a new set-up token.", flush=True)

    def _open_http(self, portico: Portico) -> tuple[_Server, asyncio.Task[None]]:
        config = uvicorn.Config(
            _Gate(build_app(portico), portico),
            loop="none",
            http=Protocol,
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
        serving = asyncio.create_task(server.serve(sockets=[self._listener]), name="http")
        return server, serving

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
