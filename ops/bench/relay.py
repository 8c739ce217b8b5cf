"""A bare relay, to compare with: aiohttp's client in, ASGI out, every token decoded and encoded once, and nothing else.

Usage: relay.py PORT UPSTREAM_URL
"""

import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import aiohttp
import msgspec
import uvicorn

Send = Callable[[dict[str, Any]], Awaitable[None]]
Receive = Callable[[], Awaitable[dict[str, Any]]]


class Delta(msgspec.Struct):
    content: str | None = None


class Choice(msgspec.Struct):
    delta: Delta


class Chunk(msgspec.Struct):
    choices: list[Choice]


_decode = msgspec.json.Decoder(Chunk).decode
_encode = msgspec.json.Encoder().encode


async def _events(response: aiohttp.ClientResponse) -> AsyncIterator[list[bytes]]:
    pending = b""
    async for data in response.content.iter_any():
        *events, pending = (pending + data).split(b"\n\n")
        yield events


class Relay:
    """The ASGI application: POST a chat request, read server-sent events."""

    def __init__(self, upstream: str) -> None:
        self.upstream = upstream
        self.client: aiohttp.ClientSession | None = None

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        if scope["method"] == "GET":
            await self.answer(send, b"ok", more=False)
            return
        self.client = self.client or aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
        body = (await receive()).get("body", b"")
        await self.answer(send, b"", more=True)
        headers = {"content-type": "application/json"}
        async with self.client.post(f"{self.upstream}/v1/chat/completions", data=body, headers=headers) as response:
            async for events in _events(response):
                words = [relayed for event in events if (relayed := self.relayed(event))]
                if words:
                    await send({"type": "http.response.body", "body": b"".join(words), "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    @staticmethod
    async def answer(send: Send, body: bytes, *, more: bool) -> None:
        """Start a response of status 200."""
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/event-stream")]})
        await send({"type": "http.response.body", "body": body, "more_body": more})

    @staticmethod
    def relayed(event: bytes) -> bytes:
        """One event of the provider as one of ours."""
        if event == b"data: [DONE]":
            return event + b"\n\n"
        choices = _decode(event[6:]).choices
        text = choices[0].delta.content if choices else None
        return b"data: " + _encode({"text": text}) + b"\n\n" if text else b""


if __name__ == "__main__":
    uvicorn.run(
        Relay(sys.argv[2]), host="127.0.0.1", port=int(sys.argv[1]), log_level="warning", access_log=False, lifespan="off", backlog=2048
    )
