"""A real S3 server for tests, on loopback, and a door in front of it that can fail."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import requests
from moto.server import ThreadedMotoServer

from portico.infra.s3store import Place

BUCKET = "portico-test"


@contextmanager
def serve_s3() -> Iterator[str]:
    """Run a server with one empty bucket; its address."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    address = f"http://{host}:{port}"
    requests.put(f"{address}/{BUCKET}", timeout=10).raise_for_status()
    try:
        yield address
    finally:
        server.stop()


def place(address: str, **changes: object) -> Place:
    """The bucket of that server, as an operator would name it."""
    values: dict[str, object] = {"endpoint": address, "access_key": "tester", "secret_key": "secret", "path_style": True, **changes}
    return Place(BUCKET, **values)  # pyright: ignore[reportArgumentType] -- a test may set any field


def empty(address: str) -> None:
    """Delete every object of the bucket."""
    requests.post(f"{address}/moto-api/reset", timeout=10).raise_for_status()
    requests.put(f"{address}/{BUCKET}", timeout=10).raise_for_status()


def listed(address: str) -> str:
    """What the bucket says it holds, as XML."""
    return requests.get(f"{address}/{BUCKET}", params={"list-type": "2"}, timeout=10).text


def unfinished(address: str) -> str:
    """The multipart uploads that were begun and neither completed nor aborted, as XML."""
    return requests.get(f"{address}/{BUCKET}?uploads", timeout=10).text


class Faulty:
    """A door before the server: passes requests on, and fails those that `fails` chooses by answering `status` as often as it says."""

    def __init__(self, address: str) -> None:
        self.status = 503
        self.fails = 0
        self.seen: list[str] = []
        door = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _pass(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                door.seen.append(f"{self.command} {self.path}")
                if door.fails > 0:
                    door.fails -= 1
                    self._answer(door.status, {}, b"<Error><Code>SlowDown</Code></Error>")
                    return
                kept = {name: value for name, value in self.headers.items() if name.lower() not in {"host", "connection"}}
                answer = requests.request(self.command, f"{address}{self.path}", headers=kept, data=body, timeout=10)
                self._answer(answer.status_code, dict(answer.headers), answer.content)

            def _answer(self, status: int, headers: dict[str, str], body: bytes) -> None:
                self.send_response(status)
                for name, value in headers.items():
                    if name.lower() not in {"content-length", "connection", "transfer-encoding", "server", "date"}:
                        self.send_header(name, value)
                self.send_header(
                    "content-length", headers.get("Content-Length", str(len(body))) if self.command == "HEAD" else str(len(body))
                )
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(body)

            do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = _pass  # noqa: N815 -- the names that http.server looks for

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the base class names it so
                del format, args

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        self.address = f"http://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
