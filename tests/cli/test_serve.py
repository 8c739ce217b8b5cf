"""`portico serve` as a real process."""

import asyncio
import os
import shutil
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import uvicorn
from uvicorn.server import ServerState

from portico.cli.serve import Protocol
from tests.cli.conftest import Run

pytestmark = pytest.mark.slow


class Served:
    """A running server; `address` is what it printed."""

    def __init__(self, folder: Path, **env: str) -> None:
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith("PORTICO_") and name not in {"PORT", "DATABASE_URL"}
        }
        self.env = {**kept, "PORTICO_DATA_DIR": str(folder / "data"), "PORTICO_FIND_OLLAMA": "0", **env}
        command = [sys.executable, "-m", "portico", "serve", "--port", "0"]
        self.process = subprocess.Popen(command, env=self.env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        assert self.process.stdout is not None
        self.printed = self.process.stdout.readline()
        self.address = self.printed.rpartition(" ")[2].strip()

    @property
    def port(self) -> str:
        return self.address.rpartition(":")[2].partition("/")[0]

    def status(self, path: str) -> int:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            return error.code

    def end(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=20)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    server = Served(tmp_path_factory.mktemp("serve"))
    yield server
    if server.process.poll() is None:
        server.process.kill()
        server.process.wait()


def test_one_command_makes_the_store_and_serves(served: Served) -> None:
    assert served.printed.startswith("Portico ")
    probes = ("/readyz", "/livez", "/startupz", "/health", "/api/version", "/api/session")
    assert [served.status(path) for path in probes] == [200] * len(probes)
    assert served.status("/api/nothing") == 404


def test_a_second_process_on_the_same_folder_is_refused(served: Served) -> None:
    command = [sys.executable, "-m", "portico", "serve", "--port", "0"]
    second = subprocess.run(command, env=served.env, capture_output=True, text=True, timeout=30, check=False)
    assert second.returncode == 69
    assert "is used by another Portico" in second.stderr


def test_a_port_that_is_taken_is_told_at_once(served: Served, run: Run) -> None:
    ran = run("serve", "--port", served.port)
    assert ran.status == 69
    assert f"cannot listen on 127.0.0.1 port {served.port}" in ran.err


def test_a_set_up_that_cannot_serve_ends_with_78(run: Run) -> None:
    assert run("serve", "--port", "abc").status == 78
    assert run("serve", "--port", "0", KUBERNETES_SERVICE_HOST="10.0.0.1").status == 78


def exchange(served: Served, request: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", int(served.port)), timeout=10) as client:
        client.sendall(request)
        return client.recv(65536)


def test_what_is_no_http_is_a_problem(served: Served) -> None:
    answer = exchange(served, b"nonsense\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 400 Bad Request\r\ncontent-type: application/problem+json\r\n")


def test_the_doctor_knows_the_running_server(served: Served, run: Run) -> None:
    ran = run("doctor", PORT=served.port, PORTICO_DATA_DIR=served.env["PORTICO_DATA_DIR"])
    assert f"Portico is running on port {served.port}" in ran.out
    assert ran.status == 0


def test_a_signal_ends_it_in_order(served: Served) -> None:
    assert served.end() == 0


def test_an_administrator_of_the_settings_needs_no_page_and_a_weak_password_is_refused(migrated: Path) -> None:
    weak = Served(migrated, PORTICO_ADMIN_EMAIL="ada@example.org", PORTICO_ADMIN_PASSWORD="short")
    assert (weak.printed, weak.process.wait(timeout=20)) == ("", 78)


def test_under_a_base_path_page_and_probes_are_there_and_metrics_on_their_port(migrated: Path, free_port: int) -> None:
    server = Served(migrated, PORTICO_BASE_PATH="/chat", PORTICO_METRICS_PORT=str(free_port))
    found = [server.status(path) for path in ("/chat/api/version", "/chat/readyz", "/readyz")]
    with urllib.request.urlopen(f"http://127.0.0.1:{free_port}/metrics", timeout=5) as answer:
        metrics = answer.read().decode()
    assert (found, server.end()) == ([200, 200, 200], 0)
    assert 'portico_requests_total{method="GET",route="/api/version",status="200"} 1' in metrics


class Impatient(Protocol):
    head_bytes = 1000
    head_s = 0.1
    idle_s = 0.2


@pytest.fixture
async def impatient() -> AsyncIterator[Callable[[bytes], Awaitable[bytes]]]:
    """Send bytes to a server with small limits, and return all that it answers before it closes."""

    async def hello(scope, receive, send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0"), (b"connection", b"close")]})
        await send({"type": "http.response.body", "body": b""})

    config = uvicorn.Config(hello, http=Impatient, ws="none", lifespan="off", log_config=None)
    config.load()
    state = ServerState()
    server = await asyncio.get_running_loop().create_server(lambda: Impatient(config, state, {}), "127.0.0.1", 0)

    async def ask(request: bytes) -> bytes:
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        writer.write(request)
        async with asyncio.timeout(5):
            answer = await reader.read()
        writer.close()
        return answer

    yield ask
    server.close()


@pytest.mark.parametrize(
    ("request_bytes", "status"),
    [
        (b"GET / HTTP/1.1\r\nhost: x\r\n\r\n", b"HTTP/1.1 200 "),
        (b"GET / HTTP/1.1\r\nhost: " + b"x" * 2000, b"HTTP/1.1 431 "),
        (b"GET / HTTP/1.1\r\nhost:", b"HTTP/1.1 408 "),
        (b"GET /" + b"x" * 2000, b"HTTP/1.1 431 "),
        (b"\r\n", b""),
        (b"", b""),
    ],
)
async def test_a_head_that_is_too_long_or_too_slow_is_refused(impatient, request_bytes: bytes, status: bytes) -> None:
    answer = await impatient(request_bytes)
    assert answer.startswith(status)
    assert bool(answer) is bool(status)


@asynccontextmanager
async def listening(app, protocol: type[Protocol] = Protocol) -> AsyncIterator[tuple[asyncio.StreamWriter, ServerState]]:
    """A server of one application, and a client that is connected to it."""
    config = uvicorn.Config(app, http=protocol, ws="none", lifespan="off", log_config=None)
    config.load()
    state = ServerState()
    server = await asyncio.get_running_loop().create_server(lambda: protocol(config, state, {}), "127.0.0.1", 0)
    _, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
    async with asyncio.timeout(5):
        yield writer, state
    writer.close()
    server.close()


class UntilGone:
    """An application that waits until its client is gone."""

    def __init__(self) -> None:
        self.begun, self.missed = asyncio.Event(), asyncio.Event()

    async def __call__(self, scope, receive, send) -> None:
        self.begun.set()
        while (await receive())["type"] != "http.disconnect":
            continue
        await send({"type": "http.response.start", "status": 200, "headers": []})
        self.missed.set()


async def test_a_client_that_goes_with_two_requests_under_way_is_missed_by_both() -> None:
    app = UntilGone()
    async with listening(app) as (writer, state):
        writer.write(b"GET /stream HTTP/1.1\r\nhost: x\r\n\r\n")
        await app.begun.wait()
        writer.write(b"GET /next HTTP/1.1\r\nhost: x\r\n\r\n")
        while not any(protocol.pipeline for protocol in state.connections if isinstance(protocol, Protocol)):
            await asyncio.sleep(0.01)
        for protocol in list(state.connections):
            protocol.transport.abort()  # as a reset of the client does
        await app.missed.wait()


async def test_who_owes_the_rest_of_a_request_holds_up_no_shutdown() -> None:
    class Leaving(Protocol):
        leave_s = 0.05

    app = UntilGone()
    async with listening(app, Leaving) as (writer, state):
        writer.write(b"PUT /part HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\nhalf")
        await app.begun.wait()
        for protocol in list(state.connections):
            protocol.shutdown()
        await app.missed.wait()


@pytest.fixture
def migrated(sqlite_template: Path, tmp_path: Path) -> Path:
    """A folder whose store needs no migration, so that the server starts sooner."""
    (tmp_path / "data").mkdir(mode=0o700)
    shutil.copy(sqlite_template, tmp_path / "data" / "portico.db")
    return tmp_path


@pytest.fixture
def free_port() -> int:

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
