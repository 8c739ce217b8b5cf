"""`portico openapi`: the description of the API, as it is committed in docs/reference/openapi.json."""

import argparse
import asyncio
import json
import tempfile
from pathlib import Path
from typing import Any

from portico.app import build_app
from portico.settings import Data, Database, Settings
from portico.wiring import build


def add_arguments(parser: argparse.ArgumentParser) -> None:
    del parser  # it takes none


def run(arguments: argparse.Namespace) -> int:
    del arguments
    print(json.dumps(description(), indent=1, ensure_ascii=False, sort_keys=True))
    return 0


def description() -> Any:
    """Return the OpenAPI description of the whole application."""
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(_ask(Path(folder)))


async def _ask(folder: Path) -> Any:
    """Build the application over an empty store and ask it as a client would."""
    portico = await build(Settings(data=Data(dir=folder), database=Database(url=f"sqlite:///{folder / 'empty.db'}")))
    parts: list[bytes] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        parts.append(message.get("body", b""))

    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http", "path": "/api/openapi.json",
        "raw_path": b"/api/openapi.json", "query_string": b"", "root_path": "", "headers": [(b"host", b"localhost")],
        "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 3210),
    }  # fmt: skip
    try:
        await build_app(portico)(scope, receive, send)
    finally:
        await portico.close()
    return json.loads(b"".join(parts))
