"""What is measured: the upstream itself, nginx, a bare relay, and Portico. Each tells how to open one stream of a given model."""

import json
import os
import sys
from abc import ABC, abstractmethod
from pathlib import Path

import aiohttp

from ops.bench.processes import LOAD_CORE, SERVER_CORE, Server, find_nginx, free_port, script
from ops.bench.streams import Reader, Window, http, read
from portico.ids import new_id

ADMIN = {"email": "bench@localhost.localdomain", "password": "correct horse battery staple"}
ACCESS_CODE = "bench-access-code"
PROVIDER = "openai"
NGINX = """
daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ worker_connections 4096; }}
http {{
  access_log off; client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder};
  uwsgi_temp_path {folder}; scgi_temp_path {folder};
  upstream models {{ server 127.0.0.1:{upstream}; keepalive 64; }}
  server {{
    listen 127.0.0.1:{port} backlog=2048;
    location / {{ proxy_pass http://models; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_buffering off; }}
  }}
}}
"""


class Target(ABC):
    """Something that streams tokens of the upstream."""

    name: str

    def __init__(self, server: Server, port: int) -> None:
        self.server = server
        self.port = port
        self.ready_s = 0.0

    @abstractmethod
    async def prepare(self, streams: int) -> None:
        """Make what `streams` streams at once need."""

    @abstractmethod
    async def open(self, number: int, model: str, window: Window) -> Reader:
        """Begin the stream of the `number`th client."""

    async def close(self) -> None:
        """Stop the program."""
        self.server.stop()


class Direct(Target):
    """OpenAI's protocol without anything or with little in between: the upstream, nginx, the bare relay."""

    def __init__(self, name: str, server: Server, port: int, *, ready: str) -> None:
        super().__init__(server, port)
        self.name = name
        self.ready_s = server.wait_ready(f"http://127.0.0.1:{port}{ready}")

    async def prepare(self, streams: int) -> None:
        """Nothing: nobody has to sign in."""

    async def open(self, number: int, model: str, window: Window) -> Reader:
        body = json.dumps({"model": model, "stream": True, "messages": [{"role": "user", "content": "Begin."}]}, separators=(",", ":"))
        return await read(self.port, http("POST", "/v1/chat/completions", self.port, body=body.encode()), window)


def upstream(folder: Path) -> Direct:
    """The model server itself, on the core of the load."""
    port = free_port()
    return Direct(
        "upstream", Server(script("upstream.py", str(port)), log=folder / "upstream.log", core=LOAD_CORE), port, ready="/v1/models"
    )


def nginx(folder: Path, upstream_port: int) -> Direct | None:
    """Nginx with one worker that passes bytes, if there is one on this machine."""
    program = find_nginx()
    if program is None:
        return None
    port = free_port()
    configuration = folder / "nginx.conf"
    configuration.write_text(NGINX.format(folder=folder, port=port, upstream=upstream_port))
    server = Server([program, "-p", str(folder), "-c", str(configuration)], log=folder / "nginx.log", core=SERVER_CORE)
    return Direct("nginx", server, port, ready="/v1/models")


def relay(folder: Path, upstream_port: int) -> Direct:
    """The bare relay of this folder."""
    port = free_port()
    server = Server(script("relay.py", str(port), f"http://127.0.0.1:{upstream_port}"), log=folder / "relay.log", core=SERVER_CORE)
    return Direct("bare relay", server, port, ready="/")


class Portico(Target):
    """The product as a person meets it: signed in, a message posted, its run's events read. One guest for each stream."""

    name = "Portico"

    def __init__(self, folder: Path, upstream_port: int, models: list[str], *, database_url: str = "") -> None:
        port = free_port()
        self.data = folder / "data"
        server = Server(
            [sys.executable, "-m", "portico.cli", "serve"],
            log=folder / "portico.log",
            core=SERVER_CORE,
            env=self._environment(port, upstream_port, models, database_url),
        )
        super().__init__(server, port)
        self.origin = f"http://127.0.0.1:{port}"
        self.ready_s = server.wait_ready(f"{self.origin}/readyz")
        self.client = aiohttp.ClientSession(self.origin, headers={"Origin": self.origin}, cookie_jar=aiohttp.DummyCookieJar())
        self.cookies: list[str] = []

    def _environment(self, port: int, upstream_port: int, models: list[str], database_url: str) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("PORTICO_", "OPENAI_"))}
        return inherited | {
            "PORT": str(port),
            "PORTICO_DATA_DIR": str(self.data),
            "PORTICO_ADMIN_EMAIL": ADMIN["email"],
            "PORTICO_ADMIN_PASSWORD": ADMIN["password"],
            "PORTICO_MAX_STREAMS": "5000",
            "PORTICO_LOGINS_PER_MINUTE": "10000",
            "PORTICO_RUNS_PER_MINUTE": "1000000",
            "PORTICO_FIND_OLLAMA": "0",
            "PORTICO_LOG_LEVEL": "warning",
            "ACCESS_CODE": ACCESS_CODE,
            "OPENAI_API_KEY": "sk-bench",
            "OPENAI_PROXY_URL": f"http://127.0.0.1:{upstream_port}/v1",
            "OPENAI_MODEL_LIST": ",".join(["-all", *(f"+{model}" for model in models)]),
            **({"DATABASE_URL": database_url, "PORTICO_SECRET_KEY": "bench-" + "0" * 38} if database_url else {}),
        }

    async def prepare(self, streams: int) -> None:
        while len(self.cookies) < streams:
            async with self.client.post("/api/session", json={"access_code": ACCESS_CODE}) as answer:
                await _expect(answer, 200)
                self.cookies += [f"{name}={morsel.value}" for name, morsel in answer.cookies.items() if morsel.value][:1]

    async def open(self, number: int, model: str, window: Window) -> Reader:
        """Post a message into a conversation of its own, then read the run's events as the page does."""
        headers = {"Cookie": self.cookies[number]}
        body = {
            "id": str(new_id()),
            "parent": None,
            "parts": [{"type": "text", "text": "Begin."}],
            "model": {"provider": PROVIDER, "model": model},
            "conversation": {"title": "Bench"},
        }
        async with self.client.post(f"/api/conversations/{new_id()}/messages", json=body, headers=headers) as answer:
            accepted = json.loads(await _expect(answer, 202))
        headers |= {"Last-Event-ID": accepted["cursor"], "Sec-Fetch-Site": "same-origin", "Accept": "text/event-stream"}
        return await read(self.port, http("GET", f"/api/runs/{accepted['run']['id']}/events", self.port, headers=headers), window)

    async def close(self) -> None:
        await self.client.close()
        self.server.stop()


async def _expect(answer: aiohttp.ClientResponse, status: int) -> str:
    text = await answer.text()
    if answer.status != status:
        raise RuntimeError(f"{answer.method} {answer.url.path} answered {answer.status}: {text[:500]}")
    return text
