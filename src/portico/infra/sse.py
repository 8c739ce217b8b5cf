"""Server-sent events with as little work per token as ASGI allows: encoded frames in, one `send` each."""

import asyncio
import logging
import re
from collections.abc import AsyncIterator

from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from portico.errors import PorticoError

log = logging.getLogger(__name__)
PING = b": ping\n\n"
WRITE_DEADLINE_S = 30.0
DIRECT_SEND = "portico.send"  # where the outermost middleware leaves the server's own `send` in the scope
_CURSOR = re.compile(r"(\d{1,9})\.(\d{1,15})")


def encode(event: str, data: bytes, id: str | None = None) -> bytes:  # noqa: A002 -- the name of the field on the wire
    """Return one frame. `data` is JSON, so it has no raw line break; if it has one, it becomes several data lines."""
    if b"\n" in data or b"\r" in data:
        data = b"\ndata: ".join(data.splitlines())
    if id is None:
        return b"event: %b\ndata: %b\n\n" % (event.encode(), data)
    return b"event: %b\nid: %b\ndata: %b\n\n" % (event.encode(), id.encode(), data)


def parse_cursor(text: str | None) -> tuple[int, int] | None:
    """Read `<attempt>.<seq>` (Last-Event-ID); None when it is absent or was not made by us: then the stream starts with a reset."""
    found = _CURSOR.fullmatch(text) if text else None
    return (int(found[1]), int(found[2])) if found else None


class StreamResponse(Response):
    """Sends the frames of an iterator until it ends, the client goes, or the client has not read for the write deadline.

    In each case the iterator is closed before the response ends: a generator's `finally` runs.
    """

    def __init__(self, frames: AsyncIterator[bytes], *, write_deadline_s: float = WRITE_DEADLINE_S) -> None:
        self.status_code: int = 200
        self.background = None
        self.body = b""
        self.raw_headers: list[tuple[bytes, bytes]] = [
            (b"content-type", b"text/event-stream; charset=utf-8"),
            (b"cache-control", b"no-store, no-transform"),
            (b"x-accel-buffering", b"no"),
        ]
        self._frames = frames
        self._write_deadline_s = write_deadline_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        # A timeout without a time is the scope that both watchers end; it tells its own cancellation from another's.
        ended = asyncio.timeout(None)
        writer = _Writer(scope.get(DIRECT_SEND, send), ended, self._write_deadline_s)
        try:
            async with ended:
                listener = asyncio.get_running_loop().create_task(_end_when_gone(receive, ended), name="sse-disconnect")
                try:
                    await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
                    await self._send_frames(writer)
                finally:
                    listener.cancel()
        except TimeoutError:
            if not ended.expired():
                raise
        finally:
            writer.close()
            close = getattr(self._frames, "aclose", None)  # a generator has it, a plain iterator need not
            if close is not None:
                await close()

    async def _send_frames(self, writer: "_Writer") -> None:
        """Send the frames past the middleware, of which none looks at a body: it would cost more than the sending."""
        async for frame in self._frames:
            await writer.send({"type": "http.response.body", "body": frame, "more_body": True})
        await writer.send({"type": "http.response.body", "body": b"", "more_body": False})


class _Writer:
    """Sends, and ends the scope if one send waits longer than the deadline.

    One timer looks twice a deadline at when the current send began; a timeout around every send would cost more than the send.
    """

    def __init__(self, send: Send, ended: asyncio.Timeout, deadline_s: float) -> None:
        self._send = send
        self._ended = ended
        self._deadline_s = deadline_s
        self._loop = asyncio.get_running_loop()
        self._since = 0.0  # 0: no send is waiting
        self._timer = self._loop.call_later(deadline_s / 2, self._check)

    async def send(self, message: Message) -> None:
        self._since = self._loop.time()
        await self._send(message)
        self._since = 0.0

    def close(self) -> None:
        self._timer.cancel()

    def _check(self) -> None:
        now = self._loop.time()
        if self._since and now - self._since >= self._deadline_s:
            self._ended.reschedule(now)
        else:
            self._timer = self._loop.call_later(self._deadline_s / 2, self._check)


async def _end_when_gone(receive: Receive, ended: asyncio.Timeout) -> None:
    """Wait for the client to close its connection, or to break the rules for a body, which a stream has no use for."""
    try:
        while (await receive())["type"] != "http.disconnect":
            continue
    except PorticoError as error:
        log.debug("a stream ends: %s", error.code)
    ended.reschedule(asyncio.get_running_loop().time())
