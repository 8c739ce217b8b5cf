"""What viewers are sent, here and on another process, on both stores."""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import pytest

from portico.access.principal import Principal
from portico.conversations import changes
from portico.conversations.models import TextPart
from portico.ids import MessageId, RunId
from portico.infra.db import Database
from portico.infra.sse import PING, parse_cursor
from portico.runs import events as e
from portico.runs import log
from portico.runs.live import KEPT_EVENTS, Viewer
from portico.runs.stream import OPENED, Cursor, TooManyStreams
from tests.runs.conftest import World, make_user, queued


@dataclass
class Frame:
    event: str
    id: str
    data: dict[str, Any]


def parse(raw: bytes) -> Frame:
    pairs = [line.partition(": ") for line in raw.decode().strip().split("\n")]
    lines = {name: value for name, _, value in pairs}
    return Frame(lines["event"], lines.get("id", ""), json.loads(lines["data"]))


@dataclass
class Reader:
    """A page: it follows one connection, folds what it is sent as the protocol says, and keeps the frames."""

    stream: AsyncGenerator[bytes]
    frames: list[Frame] = field(default_factory=list)
    comments: list[bytes] = field(default_factory=list)
    text: str = ""
    cursor: tuple[int, int] = (0, 0)
    closed: bool = False

    async def step(self) -> Frame | None:
        """Read up to the next frame; None when the stream has ended."""
        async for raw in self.stream:
            if raw.startswith(b":"):
                self.comments.append(raw)
                continue
            frame = parse(raw)
            self.frames.append(frame)
            self._fold(frame)
            return frame
        self.closed = True
        return None

    async def until(self, wanted: Callable[[Frame], bool]) -> Frame:
        async with asyncio.timeout(10):
            while (frame := await self.step()) is not None:
                if wanted(frame):
                    return frame
        raise AssertionError(f"the stream ended after {[item.event for item in self.frames]}")

    async def to_the_end(self) -> list[Frame]:
        async with asyncio.timeout(10):
            while await self.step() is not None:
                continue
        return self.frames

    def of(self, event: str) -> list[Frame]:
        return [frame for frame in self.frames if frame.event == event]

    def seqs(self) -> list[int]:
        return [event["seq"] for frame in self.of("event") for event in frame.data["events"]]

    def _fold(self, frame: Frame) -> None:
        if frame.event == "reset":
            self.text = "".join(part["text"] for part in frame.data["parts"] if part["type"] == "text")
        if frame.event == "event":
            self.text += "".join(item["text"] for item in frame.data["events"] if item["type"] == "text_delta")
        if frame.id:
            self.cursor = parse_cursor(frame.id) or self.cursor


async def viewer_of(world: World, who: Principal, run_id: RunId, at: tuple[int, int] | None = None) -> Viewer:
    return await world.streams.open(who, [Cursor(run_id, at)], sync=False, since=None)


async def reader_of(world: World, who: Principal, run_id: RunId, at: tuple[int, int] | None = None) -> Reader:
    return Reader(world.streams.frames(await viewer_of(world, who, run_id, at), single=True))


@asynccontextmanager
async def ticking(*worlds: World) -> AsyncIterator[None]:
    """Let time pass in these processes."""
    tasks = [asyncio.create_task(world.ticker.run()) for world in worlds]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def stored_text(world: World, who: Principal, message_id: MessageId) -> str:
    message = await world.messages.require(world.db, who, message_id)
    return "".join(part.text for part in message.parts if isinstance(part, TextPart))


async def test_a_viewer_sees_the_answer_grow_and_then_the_message(world: World, who: Principal) -> None:
    accepted = await world.send(who, "/words 30 rate 300")
    reader = await reader_of(world, who, accepted.run.id, (1, 0))
    frames = await reader.to_the_end()
    assert frames[-1].event == "end"
    assert frames[-1].data["message"]["id"] == accepted.assistant.id
    assert frames[-1].data["message"]["status"] == "done"
    assert reader.text == await stored_text(world, who, accepted.assistant.id)
    assert reader.seqs() == sorted(set(reader.seqs()))
    assert world.hub.viewers == set()


async def test_a_second_reader_gets_every_event_after_the_one_it_names(world: World, who: Principal) -> None:
    accepted = await world.send(who, "/words 40 rate 400")
    first = await reader_of(world, who, accepted.run.id, (1, 0))
    await first.until(lambda frame: frame.event == "event")
    at, before = first.cursor, first.text
    second = await reader_of(world, who, accepted.run.id, at)
    await asyncio.gather(first.to_the_end(), second.to_the_end())
    assert second.of("reset") == []
    assert second.seqs() == [seq for seq in first.seqs() if seq > at[1]]
    assert before + second.text == first.text == await stored_text(world, who, accepted.assistant.id)


async def test_a_cursor_that_is_ahead_of_the_log_is_set_back(world: World, who: Principal) -> None:
    accepted = await world.send(who, "/words 20 rate 400")
    reader = await reader_of(world, who, accepted.run.id, (1, 9_999))
    reader.text = "what a dead process showed and nobody wrote down"
    await reader.to_the_end()
    assert next(frame.event for frame in reader.frames if frame.event in ("reset", "event")) == "reset"
    assert reader.text == await stored_text(world, who, accepted.assistant.id)


async def test_a_cursor_of_an_earlier_attempt_is_set_back_to_what_was_kept(world: World, who: Principal) -> None:
    accepted = await world.send(who, "/words 60 rate 0 seed 2\n/cut 20")
    first = await reader_of(world, who, accepted.run.id, (1, 0))
    await first.to_the_end()
    assert first.of("reset"), "the attempt changed under this reader"
    late = await reader_of(world, who, accepted.run.id, (1, 1))
    await late.to_the_end()
    assert late.frames[0].event == "reset"
    assert late.frames[0].data["attempt"] > 1
    assert late.text == first.text == await stored_text(world, who, accepted.assistant.id)


async def test_a_finished_run_is_replayed_and_after_its_log_is_gone_the_message_is_enough(world: World, who: Principal) -> None:
    accepted = await world.send(who, "/words 20 rate 0")
    await world.ended(who, accepted.run.id)
    world.hub.local.clear()
    replay = await reader_of(world, who, accepted.run.id, (1, 0))
    await replay.to_the_end()
    assert replay.text == await stored_text(world, who, accepted.assistant.id)
    async with world.db.transaction() as tx:
        await tx.execute("UPDATE runs SET finished = finished - 100000")
        assert await log.trim(tx, keep_ms=60_000) > 0
    late = await reader_of(world, who, accepted.run.id, replay.cursor)
    await late.to_the_end()
    assert late.frames[-1].data["message"]["parts"][0]["text"] == replay.text


async def test_a_slow_viewer_is_set_back_and_costs_no_memory(world: World, who: Principal) -> None:
    accepted = await world.send(who, "/words 3000 rate 3000")
    reader = await reader_of(world, who, accepted.run.id, (1, 0))
    await reader.until(lambda frame: frame.event == "event")
    live = world.hub.local[accepted.run.id]
    for _ in range(KEPT_EVENTS + 20):
        live.add([e.TextDelta(seq=live.last_seq + 1, attempt=1, text="extra ")])
    live.flushed(live.last_seq)
    frame = await reader.until(lambda frame: frame.event in ("event", "reset"))
    assert frame.event == "reset"
    assert reader.text.count("extra ") == KEPT_EVENTS + 20
    await reader.stream.aclose()
    live.ask_stop("fenced")


async def test_runs_of_somebody_else_are_not_attached(world: World, who: Principal, db: Database) -> None:
    accepted = await world.send(who, "/words 3 rate 0")
    viewer = await viewer_of(world, await make_user(db), accepted.run.id)
    assert viewer.watches == {}
    await world.ended(who, accepted.run.id)


async def test_a_stream_ends_when_the_right_to_it_has(world: World, who: Principal) -> None:
    accepted = await world.send(who, "/words 500 rate 50")
    reader = await reader_of(world, who, accepted.run.id, (1, 0))
    await reader.until(lambda frame: frame.event == "event")
    world.rights_hold = False
    world.hub.pulse(ping=False, recheck=True)
    frames = await reader.to_the_end()
    assert "end" not in [frame.event for frame in frames]
    assert world.hub.viewers == set()


async def test_a_drain_says_bye_and_when_to_come_again(world: World, who: Principal) -> None:
    accepted = await world.send(who, "/words 500 rate 50")
    reader = await reader_of(world, who, accepted.run.id, (1, 0))
    await reader.until(lambda frame: frame.event == "event")
    world.hub.drain()
    frames = await reader.to_the_end()
    assert frames[-1].event == "bye"
    assert 0 <= frames[-1].data["retry_ms"] < 1_500


async def test_a_silent_stream_is_kept_open_by_pings(world: World, who: Principal) -> None:
    stream = world.streams.frames(await world.streams.open(who, [], sync=True, since=None))
    assert await anext(stream) == OPENED
    world.hub.pulse(ping=True, recheck=False)
    assert await anext(stream) == PING
    await stream.aclose()


async def test_a_viewer_hears_of_changes_behind_the_revision_it_names(world: World, who: Principal) -> None:
    async with world.db.transaction() as tx:
        await changes.record(tx, who.user_id, "settings", who.user_id)
    reader = Reader(world.streams.frames(await world.streams.open(who, [], sync=True, since=0)))
    assert (await reader.until(lambda frame: frame.event == "sync")).data == {"rev": 1}
    async with world.db.transaction() as tx:
        await changes.record(tx, who.user_id, "settings", who.user_id)
    await world.tick()
    assert (await reader.until(lambda frame: frame.event == "sync")).data == {"rev": 2}
    await reader.stream.aclose()


async def test_one_person_has_only_so_many_streams(world: World, who: Principal) -> None:
    for _ in range(world.streams_per_user):
        await anext(world.streams.frames(await world.streams.open(who, [], sync=False, since=None)))
    with pytest.raises(TooManyStreams):
        await world.streams.open(who, [], sync=False, since=None)


async def test_also_who_opens_all_streams_at_once_has_only_so_many(world: World, who: Principal) -> None:
    async def come() -> AsyncGenerator[bytes]:
        frames = world.streams.frames(await world.streams.open(who, [], sync=True, since=None))
        await anext(frames)
        return frames

    results = await asyncio.gather(*(come() for _ in range(world.streams_per_user * 4)), return_exceptions=True)
    assert sum(isinstance(result, TooManyStreams) for result in results) == world.streams_per_user * 3
    assert len(world.hub.viewers) == world.streams_per_user


async def test_who_waits_in_the_queue_sees_the_place_and_then_the_answer(world: World, who: Principal) -> None:
    ahead, run = await queued(world, who), await queued(world, who, "/words 10 rate 200")
    world.ticker._answers = False
    reader = await reader_of(world, who, run.id, (1, 0))
    async with ticking(world):
        frame = await reader.until(lambda frame: frame.event == "state" and frame.data["place"] is not None)
        assert frame.data == {"run": run.id, "state": "queued", "place": 2}
        await world.service.cancel(who, ahead.id)
        await reader.until(lambda frame: frame.event == "state" and frame.data["place"] == 1)
        world.ticker._answers = True
        frames = await reader.to_the_end()
    assert frames[-1].data["message"]["status"] == "done"


async def test_many_runs_come_over_one_connection_each_with_its_name(world: World, who: Principal) -> None:
    accepted = [await world.send(who, f"/words {count} rate 0") for count in (3, 5)]
    cursors = [Cursor(one.run.id, (1, 0)) for one in accepted]
    reader = Reader(world.streams.frames(await world.streams.open(who, cursors, sync=False, since=None), single=True))
    frames = await reader.to_the_end()
    ends = {frame.data["run"]: frame.data["message"]["id"] for frame in frames if frame.event == "end"}
    assert ends == {one.run.id: one.assistant.id for one in accepted}


async def test_a_viewer_on_another_process_sees_the_same_text_to_the_end(world: World, other: World, who: Principal) -> None:
    accepted = await world.send(who, "/words 80 rate 200 seed 4")
    near = await reader_of(world, who, accepted.run.id, (1, 0))
    far = await reader_of(other, who, accepted.run.id, (1, 0))
    async with ticking(world, other):
        await asyncio.gather(near.to_the_end(), far.to_the_end())
    assert len(far.of("event")) > 2, "it saw the answer grow"
    assert far.text == near.text == await stored_text(world, who, accepted.assistant.id)
    assert far.frames[-1].data == near.frames[-1].data
    assert other.hub.remote == {}


async def test_a_viewer_follows_its_run_from_a_dead_process_to_the_next(world: World, other: World, who: Principal) -> None:
    accepted = await world.send(who, "/words 80 rate 200 seed 4")
    far = await reader_of(other, who, accepted.run.id, (1, 0))
    async with ticking(world, other):
        await far.until(lambda frame: frame.event == "event")
        world.ticker.guarded = no_tick
        await world.die()
        async with other.db.transaction() as tx:
            await tx.execute("DELETE FROM processes WHERE id = :id", id=world.lease.id)
        await far.to_the_end()
    assert {frame.data["attempt"] for frame in far.of("reset")} == {2}
    assert far.text == await stored_text(other, who, accepted.assistant.id)
    assert len(set(far.text.split())) == 80


async def no_tick() -> None:
    """A process that is dead."""


async def test_a_client_that_goes_leaves_nothing_behind(world: World, who: Principal) -> None:
    accepted = await world.send(who, "/words 500 rate 50")
    reader = await reader_of(world, who, accepted.run.id, (1, 0))
    await reader.until(lambda frame: frame.event == "event")
    with suppress(StopAsyncIteration):
        await reader.stream.aclose()
    assert (world.hub.viewers, world.hub.local[accepted.run.id].viewers) == (set(), set())
