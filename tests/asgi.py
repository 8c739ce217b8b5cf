"""A browser in a few lines: sends requests straight into an ASGI application, from any peer and with any headers, and keeps cookies."""

import asyncio
import json as json_module
from collections.abc import Awaitable, Callable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from portico.ids import UserId

TIMEOUT_S = 20.0
Message = MutableMapping[str, Any]
App = Callable[[MutableMapping[str, Any], Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole response; `headers` have lower-case names, `set_cookie` holds every Set-Cookie line."""

    status: int
    headers: Mapping[str, str]
    set_cookie: tuple[str, ...]
    body: bytes

    @property
    def json(self) -> Any:
        return json_module.loads(self.body)

    @property
    def code(self) -> str:
        """The stable code of a problem+json answer."""
        assert self.headers["content-type"] == "application/problem+json", self.body[:300]
        code: str = self.json["code"]
        return code


@dataclass
class Browser:
    """Sends as the own page does: same origin, with its cookies. `headers` go with every request and may replace those."""

    app: App
    host: str = "localhost:3210"
    peer: str = "127.0.0.1"
    scheme: str = "http"
    headers: dict[str, str] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)
    own_page: bool = True

    async def send(self, method: str, path: str, json: object = None, *, headers: Mapping[str, str] | None = None) -> Answer:
        """Send one request and return the whole answer. `json` as bytes is sent as it is."""
        body = json if isinstance(json, bytes) else b"" if json is None else json_module.dumps(json).encode()
        answer = await self._exchange(self._scope(method, path, body, headers or {}), body)
        for line in answer.set_cookie:
            self._keep(line)
        return answer

    async def get(self, path: str, **headers: str) -> Answer:
        return await self.send("GET", path, headers=headers)

    async def post(self, path: str, json: object = None) -> Answer:
        return await self.send("POST", path, json)

    async def patch(self, path: str, json: object = None) -> Answer:
        return await self.send("PATCH", path, json)

    async def delete(self, path: str) -> Answer:
        return await self.send("DELETE", path)

    def _scope(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> dict[str, Any]:
        sent = {"host": self.host, **({"sec-fetch-site": "same-origin"} if self.own_page else {}), **self.headers}
        if self.cookies:
            sent["cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if body:
            sent |= {"content-type": "application/json", "content-length": str(len(body))}
        sent |= {name.replace("_", "-").lower(): value for name, value in headers.items()}
        plain, _, query = path.partition("?")
        return {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.4"},
            "http_version": "1.1",
            "method": method,
            "scheme": self.scheme,
            "path": plain,
            "raw_path": plain.encode(),
            "query_string": query.encode(),
            "root_path": "",
            "headers": [(name.encode(), value.encode("latin-1")) for name, value in sent.items()],
            "client": (self.peer, 50000) if self.peer else None,
            "server": ("127.0.0.1", 3210),
        }

    async def _exchange(self, scope: dict[str, Any], body: bytes) -> Answer:
        inbox: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]
        outbox: list[Message] = []

        left = asyncio.Event()

        async def receive() -> Message:
            if inbox:
                return inbox.pop()
            await left.wait()
            return {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            outbox.append(message)
            if len(outbox) > 1 and (b"content-type", b"text/event-stream; charset=utf-8") in outbox[0]["headers"]:
                left.set()  # one frame of a stream is enough

        async with asyncio.timeout(TIMEOUT_S):
            await self.app(scope, receive, send)
        start = outbox[0]
        headers = [(name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in start["headers"]]
        lines = tuple(value for name, value in headers if name == "set-cookie")
        content = b"".join(message.get("body", b"") for message in outbox[1:])
        return Answer(start["status"], dict(headers), lines, content)

    def _keep(self, line: str) -> None:
        name, _, value = line.partition(";")[0].partition("=")
        if not value.strip('"') or "max-age=0" in line.lower():
            self.cookies.pop(name, None)
        else:
            self.cookies[name] = value


async def nothing_to_stop(user_ids: Sequence[UserId]) -> None:
    """The verb of runs that the routes of accounts take, where nothing is answered."""
    del user_ids
