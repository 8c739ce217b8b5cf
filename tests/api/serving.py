"""The whole application behind a real HTTP server on a free port, in a thread with a loop of its own."""

import asyncio
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import uvicorn

from portico.app import build_app
from portico.settings import load, prepare
from portico.wiring import build


@contextmanager
def served(environment: Mapping[str, str]) -> Iterator[str]:
    """Serve until the block ends; gives the address."""
    listener = socket.create_server(("127.0.0.1", 0))
    ready, done = threading.Event(), threading.Event()
    failures: list[BaseException] = []

    def work() -> None:
        try:
            asyncio.run(_serve(environment, listener, ready, done))
        except BaseException as error:
            failures.append(error)
            raise
        finally:
            ready.set()

    thread = threading.Thread(target=work, name="served")
    thread.start()
    ready.wait(30)
    try:
        if failures:
            raise RuntimeError("the server did not start") from failures[0]
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        done.set()
        thread.join(30)


async def _serve(environment: Mapping[str, str], listener: socket.socket, ready: threading.Event, done: threading.Event) -> None:
    portico = await build(prepare(load(environment)))
    await portico.services.accounts.start()
    await portico.process.start()
    config = uvicorn.Config(build_app(portico), lifespan="off", access_log=False, log_config=None, proxy_headers=False, server_header=False)
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server._serve([listener]), name="http")
    ready.set()
    await asyncio.to_thread(done.wait)
    await portico.process.drain(0)
    await portico.process.stop()
    server.should_exit = True
    await serving
    await portico.close()
