"""Readers of streams: they count tokens and note how old each was when it came. The same reader serves every target."""

import asyncio
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import cast

_STAMP = re.compile(rb"\bt([0-9a-f]{12})\b")
_END = (b"data: [DONE]", b"event: end")
_REPLAYED = (b"event: reset", b"event: end")


@dataclass
class Window:
    """What all readers of one measurement saw between `open` and `close`."""

    ages_us: list[int] = field(default_factory=list)
    counting: bool = False

    def note(self, stamps: Sequence[bytes]) -> None:
        """Count tokens, and their age, while the window is open."""
        if self.counting:
            now = time.monotonic_ns() // 1000
            self.ages_us.extend(now - int(stamp, 16) for stamp in stamps)


class Reader(asyncio.Protocol):
    """Sends one request and reads server-sent events until the stream says that it is over."""

    def __init__(self, request: bytes, window: Window) -> None:
        loop = asyncio.get_running_loop()
        self.request = request
        self.window = window
        self.pending = b""
        self.tokens = 0
        self.first: asyncio.Future[float] = loop.create_future()
        self.over: asyncio.Future[bool] = loop.create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.WriteTransport", transport)  # uvloop has classes of its own
        self.transport.write(self.request)

    def data_received(self, data: bytes) -> None:
        *frames, self.pending = (self.pending + data).split(b"\n\n")
        for frame in frames:
            if not any(mark in frame for mark in _REPLAYED):
                self.take(_STAMP.findall(frame))
            if any(mark in frame for mark in _END):
                self.stop(complete=True)

    def take(self, stamps: list[bytes]) -> None:
        """Note the tokens of one frame."""
        if not stamps:
            return
        if not self.first.done():
            self.first.set_result(time.perf_counter())
        self.tokens += len(stamps)
        self.window.note(stamps)

    def connection_lost(self, exc: Exception | None) -> None:
        self.stop(complete=False)

    def stop(self, *, complete: bool) -> None:
        """Settle both futures: after this nothing waits for the stream."""
        if not self.first.done():
            self.first.cancel()
        if not self.over.done():
            self.over.set_result(complete)
        self.transport.close()


async def read(port: int, request: bytes, window: Window) -> Reader:
    """Open a connection to the loopback and begin to read."""
    loop = asyncio.get_running_loop()
    _, reader = await loop.create_connection(lambda: Reader(request, window), "127.0.0.1", port)
    return reader


def http(method: str, path: str, port: int, *, headers: dict[str, str] | None = None, body: bytes = b"") -> bytes:
    """A request in HTTP's own words."""
    lines = [f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{port}", *(f"{name}: {value}" for name, value in (headers or {}).items())]
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body
