"""Event streams: frames, ends, clients that go and clients that do not read."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from portico.infra.middleware import BodyLimit
from portico.infra.sse import DIRECT_SEND, StreamResponse, encode, parse_cursor

SCOPE = {"type": "http"}


class Wire:
    """One client: what it was sent, and when it leaves."""

    def __init__(self, *, stall_after: int = 1_000_000) -> None:
        self.sent: list[dict] = []
        self.gone = asyncio.Event()
        self._stall_after = stall_after

    async def receive(self) -> dict:
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message) -> None:
        self.sent.append(message)
        if len(self.sent) > self._stall_after:
            await asyncio.Event().wait()

    @property
    def body(self) -> bytes:
        return b"".join(message.get("body", b"") for message in self.sent)


class Frames:
    """A source that notes how it ended."""

    def __init__(self, *frames: bytes, forever: bool = False) -> None:
        self._frames = frames
        self._forever = forever
        self.closed = False

    async def run(self) -> AsyncIterator[bytes]:
        try:
            for frame in self._frames:
                yield frame
            if self._forever:
                await asyncio.Event().wait()
        finally:
            self.closed = True


def test_a_frame_has_event_place_and_data() -> None:
    assert encode("event", b'{"a":1}', "1.7") == b'event: event\nid: 1.7\ndata: {"a":1}\n\n'
    assert encode("bye", b"{}") == b"event: bye\ndata: {}\n\n"


def test_a_line_break_in_the_data_cannot_end_the_frame() -> None:
    assert encode("event", b"a\nevent: end\r\n\rb") == b"event: event\ndata: a\ndata: event: end\ndata: \ndata: b\n\n"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("1.7", (1, 7)),
        ("12.0", (12, 0)),
        (None, None),
        ("", None),
        ("7", None),
        ("1.x", None),
        ("1.2.3", None),
        ("-1.2", None),
        ("1." + "9" * 40, None),
    ],
)
def test_the_last_event_id_is_read(text: str | None, place: tuple[int, int] | None) -> None:
    assert parse_cursor(text) == place


async def test_all_frames_are_sent_and_the_stream_is_closed() -> None:
    wire, frames = Wire(), Frames(b"a", b"b")
    await StreamResponse(frames.run())(SCOPE, wire.receive, wire.send)
    assert (wire.body, wire.sent[-1]["more_body"], frames.closed) == (b"ab", False, True)
    assert dict(wire.sent[0]["headers"]) == {
        b"content-type": b"text/event-stream; charset=utf-8",
        b"cache-control": b"no-store, no-transform",
        b"x-accel-buffering": b"no",
    }


async def test_a_client_that_goes_ends_the_source_at_once() -> None:
    wire, frames = Wire(), Frames(b"a", forever=True)
    asyncio.get_running_loop().call_later(0.02, wire.gone.set)
    async with asyncio.timeout(2):
        await StreamResponse(frames.run())(SCOPE, wire.receive, wire.send)
    assert frames.closed


async def test_a_client_that_does_not_read_is_given_up_after_the_deadline() -> None:
    wire, frames = Wire(stall_after=1), Frames(b"a", b"b", forever=True)
    async with asyncio.timeout(2):
        await StreamResponse(frames.run(), write_deadline_s=0.05)(SCOPE, wire.receive, wire.send)
    assert frames.closed


async def test_a_slow_source_is_not_mistaken_for_a_slow_client() -> None:
    async def slow() -> AsyncIterator[bytes]:
        yield b"a"
        await asyncio.sleep(0.15)
        yield b"b"

    wire = Wire()
    await StreamResponse(slow(), write_deadline_s=0.04)(SCOPE, wire.receive, wire.send)
    assert wire.body == b"ab"


async def test_a_source_that_fails_is_closed_and_its_error_passes() -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield b"a"
        raise TimeoutError("the source's own")

    wire = Wire()
    with pytest.raises(TimeoutError, match="own"):
        await StreamResponse(broken())(SCOPE, wire.receive, wire.send)


async def test_cancelling_the_stream_cancels_it_and_leaves_no_task() -> None:
    wire, frames = Wire(), Frames(b"a", forever=True)
    before = asyncio.all_tasks()
    task = asyncio.create_task(StreamResponse(frames.run())(SCOPE, wire.receive, wire.send))
    await asyncio.sleep(0.02)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await asyncio.sleep(0)
    assert frames.closed
    assert asyncio.all_tasks() == before


async def test_a_client_that_owes_a_body_is_not_watched_for_ever() -> None:
    wire, frames = Wire(), Frames(b"a", forever=True)
    stream = BodyLimit(StreamResponse(frames.run()), read_s=0.02)
    async with asyncio.timeout(2):
        await stream({**SCOPE, "path": "/api/events", "headers": [(b"content-length", b"10")]}, wire.receive, wire.send)
    assert frames.closed


async def test_an_iterator_that_cannot_be_closed_is_fine() -> None:
    class Plain:
        def __init__(self) -> None:
            self.left = [b"a"]

        def __aiter__(self) -> "Plain":
            return self

        async def __anext__(self) -> bytes:
            if not self.left:
                raise StopAsyncIteration
            return self.left.pop()

    wire = Wire()
    await StreamResponse(Plain())(SCOPE, wire.receive, wire.send)
    assert wire.body == b"a"


async def test_frames_go_past_the_middleware_and_the_head_through_it() -> None:
    outer, inner = Wire(), Wire()
    await StreamResponse(Frames(b"a").run())({"type": "http", DIRECT_SEND: outer.send}, inner.receive, inner.send)
    assert [message["type"] for message in inner.sent] == ["http.response.start"]
    assert outer.body == b"a"
