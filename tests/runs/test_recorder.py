"""The way to the log: seqs, flushes, and what an outage of the database may not do to them."""

import asyncio
import random
from collections.abc import AsyncIterator

import pytest

from portico.access.principal import Principal
from portico.conversations.models import TextPart
from portico.infra.db import Database
from portico.infra.dberrors import DatabaseUnavailable
from portico.infra.lease import Fenced
from portico.providers.base import CallStarted, Finish, TextDelta, Usage
from portico.runs import events as e
from portico.runs import log, recorder
from portico.runs.live import LiveRun
from portico.runs.meter import Meter
from tests.runs.conftest import World, queued, started
from tests.runs.outage import CutOff, Outage, postgres_outage, sqlite_outage

CHUNKS = "SELECT first_seq, last_seq FROM run_chunks WHERE run_id = :run ORDER BY last_seq"


@pytest.fixture
async def outage(store_url: str) -> AsyncIterator[Outage]:
    """A store that can be taken away."""
    context = sqlite_outage(store_url) if store_url.startswith("sqlite") else postgres_outage(store_url)
    async with context as made:
        yield made


@pytest.fixture
async def cut_off(store_url: str) -> AsyncIterator[CutOff]:
    if store_url.startswith("sqlite"):
        pytest.skip("a file either answers or does not")
    async with postgres_outage(store_url) as made:
        yield made


@pytest.fixture
async def behind(outage: Outage) -> AsyncIterator[World]:
    """A process on a store that can be taken away."""
    async with started(World(outage.db)) as world:
        yield world


async def live_run(world: World, who: Principal) -> LiveRun:
    """A run that this process owns, without a task: the test says what is answered."""
    run = await queued(world, who)
    claimed = await world.claims.claim(10)
    live = LiveRun(next(one for one in claimed if one.id == run.id), Meter(len))
    world.hub.start(live)
    return live


def say(world: World, live: LiveRun, *words: str) -> None:
    for word in words:
        world.recorder.record(live, [TextDelta(word)])


async def logged_text(world: World, live: LiveRun) -> str:
    return "".join(event.text for event in await log.read(world.db, live.run.id) if isinstance(event, e.TextDelta))


async def edges(db: Database, live: LiveRun) -> list[tuple[int, int]]:
    return [(row["first_seq"], row["last_seq"]) for row in await db.fetch(CHUNKS, run=live.run.id)]


async def test_what_a_crash_of_the_database_took_back_is_written_again_without_a_gap(world: World, who: Principal) -> None:
    live, other = await live_run(world, who), await live_run(world, who)
    for word in ("one ", "two ", "three "):
        say(world, live, word)
        say(world, other, word)
        await world.recorder.flush()
    async with world.db.transaction() as tx:  # what was acknowledged but not yet on the disk
        await tx.execute("DELETE FROM run_chunks WHERE run_id = :run AND last_seq > 1", run=live.run.id)
    say(world, live, "four")
    say(world, other, "four")
    await world.recorder.flush()
    await world.recorder.flush()
    for run in (live, other):
        assert await logged_text(world, run) == "one two three four"
        seqs = [edge for pair in await edges(world.db, run) for edge in range(pair[0], pair[1] + 1)]
        assert seqs == [1, 2, 3, 4]


async def test_events_are_numbered_and_those_without_a_place_are_not(world: World, who: Principal) -> None:
    live = await live_run(world, who)
    world.recorder.record(live, [CallStarted("demo", "demo"), TextDelta("a"), Usage(1, 2), Finish("stop")])
    world.recorder.record(live, [Finish("stop")])
    world.recorder.record(live, [CallStarted("demo", "demo"), TextDelta("b")])
    await world.recorder.flush()
    events = await log.read(world.db, live.run.id)
    assert [event.seq for event in events] == [1, 2, 3, 4, 5]
    assert [event.number for event in events if isinstance(event, e.CallStarted)] == [1, 2]


async def test_one_flush_writes_what_all_runs_have(world: World, who: Principal) -> None:
    one, two = await live_run(world, who), await live_run(world, who)
    say(world, one, "a", "b")
    say(world, two, "c")
    assert await world.recorder.flush() == 2
    assert (await edges(world.db, one), await edges(world.db, two)) == ([(1, 2)], [(1, 1)])
    assert await world.recorder.flush() == 0


async def test_chunks_follow_each_other_without_a_gap(world: World, who: Principal) -> None:
    live = await live_run(world, who)
    for words in (("a",), ("b", "c"), ("d",)):
        say(world, live, *words)
        await world.recorder.flush()
    assert await edges(world.db, live) == [(1, 1), (2, 3), (4, 4)]


async def test_a_run_that_is_being_finished_is_left_out_of_the_flush(world: World, who: Principal) -> None:
    live = await live_run(world, who)
    say(world, live, "a")
    live.finishing = True
    assert await world.recorder.flush() == 0


async def test_a_fenced_process_writes_nothing(world: World, who: Principal) -> None:
    live = await live_run(world, who)
    say(world, live, "a")
    await world.lease.drop()
    with pytest.raises(Fenced):
        await world.recorder.flush()
    assert await edges(world.db, live) == []


async def test_an_outage_buffers_and_nothing_is_lost_or_doubled_afterwards(behind: World, outage: Outage, who: Principal) -> None:
    live = await live_run(behind, who)
    say(behind, live, "before ")
    await behind.recorder.flush()
    await outage.begin()
    for word in ("one ", "two ", "three "):
        say(behind, live, word)
        with pytest.raises(DatabaseUnavailable):
            await behind.recorder.flush()
    await outage.end()
    say(behind, live, "after")
    await behind.recorder.flush()
    assert await logged_text(behind, live) == "before one two three after"
    assert await edges(behind.db, live) == [(1, 1), (2, 5)]


async def test_who_watches_sees_the_answer_grow_during_an_outage(behind: World, outage: Outage, who: Principal) -> None:
    live = await live_run(behind, who)
    await outage.begin()
    say(behind, live, "still ", "here")
    with pytest.raises(DatabaseUnavailable):
        await behind.recorder.flush()
    assert live.draft.parts() == (TextPart("still here"),)
    assert live.after(0)
    await outage.end()


async def test_a_flush_whose_answer_was_lost_is_not_written_twice(cut_off: CutOff, who: Principal) -> None:
    async with started(World(cut_off.db)) as world:
        live = await live_run(world, who)
        say(world, live, "first ")
        await world.recorder.flush()  # the connection knows the statement now, so that the next answer is that of its execution
        say(world, live, "written ")
        cut_off.proxy.mute = True
        with pytest.raises(DatabaseUnavailable):
            await world.recorder.flush()
        cut_off.proxy.mute = False
        say(world, live, "and on")
        await world.recorder.flush()
        assert await logged_text(world, live) == "first written and on"
        assert await edges(world.db, live) == [(1, 1), (2, 2), (3, 3)]


@pytest.mark.parametrize("seed", range(6))
async def test_who_is_stopped_in_the_middle_of_everybodys_flush_leaves_no_gap_and_no_double(
    world: World, who: Principal, seed: int
) -> None:
    dice = random.Random(seed)
    lives = [await live_run(world, who) for _ in range(3)]
    said = [""] * len(lives)
    for _ in range(40):
        for number, live in enumerate(lives):
            if dice.random() < 0.7:
                said[number] += (word := f"{dice.randrange(1000)} ")
                say(world, live, word)
        flush = asyncio.create_task(world.recorder.flush(), name="flush")
        for _ in range(dice.randrange(12)):
            await asyncio.sleep(0)
        await asyncio.sleep(dice.choice((0, 0, 0.0003, 0.001)))
        flush.cancel()
        await asyncio.wait({flush})
    await world.recorder.flush()
    for number, live in enumerate(lives):
        assert await logged_text(world, live) == said[number]
        ends = await edges(world.db, live)
        assert [first for first, _ in ends] == [1, *(last + 1 for _, last in ends[:-1])]


async def test_a_whole_answer_outlives_an_outage_in_its_middle(behind: World, outage: Outage, who: Principal) -> None:
    accepted = await behind.send(who, "/words 60 rate 400 seed 8")
    await outage.begin()
    noticed = False
    for _ in range(6):
        await behind.ticker.guarded()
        noticed = noticed or behind.ticker.outage
        await asyncio.sleep(0.02)
    assert noticed
    await outage.end()
    run = await behind.ended(who, accepted.run.id)
    message = await behind.messages.require(behind.db, who, accepted.assistant.id)
    assert (run.state, run.attempt) == ("done", 1)
    assert [len(part.text.split()) for part in message.parts if isinstance(part, TextPart)] == [60]


async def test_a_run_that_holds_too_much_back_reads_no_further(world: World, who: Principal, monkeypatch: pytest.MonkeyPatch) -> None:
    live = await live_run(world, who)
    monkeypatch.setattr(recorder, "RUN_BUFFER_BYTES", 100)
    assert world.recorder.may_read_on(live)
    say(world, live, "x" * 200)
    assert not world.recorder.may_read_on(live)
    await world.recorder.flush()
    assert world.recorder.may_read_on(live)


async def test_all_runs_together_hold_back_only_so_much_in_an_outage(
    behind: World, outage: Outage, who: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = await live_run(behind, who), await live_run(behind, who)
    monkeypatch.setattr(recorder, "PROCESS_BUFFER_BYTES", 300)
    say(behind, one, "x" * 200)
    say(behind, two, "y" * 200)
    assert behind.recorder.may_read_on(one), "the database is there: the next flush takes all of it"
    await outage.begin()
    with pytest.raises(DatabaseUnavailable):
        await behind.recorder.flush()
    assert behind.recorder.waiting_bytes() > 300
    assert not behind.recorder.may_read_on(one)
    await outage.end()
    await behind.recorder.flush()
    assert behind.recorder.may_read_on(one)
