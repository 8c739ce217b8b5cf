"""A model server that does nothing but stream: OpenAI's chat protocol, one JSON chunk a token, each token the time at which it left.

The model's name says what is asked for: `bench-50-500` streams 500 tokens at 50 a second, beginning at once. Usage: upstream.py PORT
"""

import asyncio
import re
import sys
import time
from typing import cast

import uvloop

_MODEL = re.compile(rb'"model": ?"bench-(\d+)-(\d+)')
_LENGTH = re.compile(rb"content-length: (\d+)", re.IGNORECASE)
_HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
_REFUSED = b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n"
_MODELS = b'{"object":"list","data":[]}'
_CHUNK = (
    b'data: {"id":"chatcmpl-bench","object":"chat.completion.chunk","created":1700000000,"model":"bench","choices":[{"index":0,'
    b'"delta":{"content":"%b "},"logprobs":null,"finish_reason":null}]}\n\n'
)
_LAST = (
    b'data: {"id":"chatcmpl-bench","object":"chat.completion.chunk","created":1700000000,"model":"bench","choices":[{"index":0,'
    b'"delta":{},"finish_reason":"stop"}]}\n\n'
    b'data: {"id":"chatcmpl-bench","object":"chat.completion.chunk","created":1700000000,"model":"bench","choices":[],'
    b'"usage":{"prompt_tokens":10,"completion_tokens":%d,"total_tokens":%d}}\n\n'
    b"data: [DONE]\n\n"
)


def stamp() -> bytes:
    """The monotonic time in microseconds, which all processes of one machine share, as a token."""
    return b"t%012x" % (time.monotonic_ns() // 1000)


def _framed(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


class Upstream(asyncio.Protocol):
    """One connection, which serves one request after the other."""

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.received = b""
        self.timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.WriteTransport", transport)  # uvloop has classes of its own

    def connection_lost(self, exc: Exception | None) -> None:
        if self.timer:
            self.timer.cancel()

    def data_received(self, data: bytes) -> None:
        self.received += data
        head, separator, body = self.received.partition(b"\r\n\r\n")
        length = _LENGTH.search(head)
        if not separator or (length and len(body) < int(length[1])):
            return
        self.received = b""
        if head.startswith(b"GET"):
            self.transport.write(
                b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n" % len(_MODELS) + _MODELS
            )
            return
        model = _MODEL.search(body)
        if not model:
            self.transport.write(_REFUSED)
            return
        self.transport.write(_HEAD)
        self.period_s = 1 / int(model[1])
        self.tokens = self.left = int(model[2])
        self.next_at = self.loop.time()
        self.send_token()

    def send_token(self) -> None:
        """Send what is due; a late timer does not slow the stream down."""
        self.transport.write(_framed(_CHUNK % stamp()))
        self.left -= 1
        self.next_at += self.period_s
        self.timer = self.loop.call_at(self.next_at, self.send_token if self.left else self.finish)

    def finish(self) -> None:
        """End the stream as OpenAI does, with the usage in a chunk of its own."""
        self.transport.write(_framed(_LAST % (self.tokens, self.tokens + 10)) + b"0\r\n\r\n")


async def serve(port: int) -> None:
    """Listen on a port of the loopback until killed."""
    server = await asyncio.get_running_loop().create_server(Upstream, "127.0.0.1", port, backlog=2048)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(serve(int(sys.argv[1])))
