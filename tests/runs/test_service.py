"""What a person can do with runs, on both stores."""

import asyncio
import contextvars
import random
from contextlib import aclosing

import pytest

from portico.access.principal import Principal
from portico.conversations.messages import IdReused
from portico.conversations.models import ModelRef, TextPart
from portico.ids import ConversationId, MessageId, new_id
from portico.infra.db import Database
from portico.runs.ask import Accepted, Again
from portico.runs.service import RunNotFound, TooManyRuns
from portico.runs.stream import Cursor
from tests.runs.conftest import World, make_user, started

CHARGES = "SELECT entry, input, output, outcome FROM usage_entries WHERE source_id = :run ORDER BY entry"
UNFINISHED = "SELECT id FROM runs WHERE state IN ('queued', 'running', 'completing')"


async def text_of(world: World, who: Principal, message_id: MessageId) -> str:
    message = await world.messages.require(world.db, who, message_id)
    return "".join(part.text for part in message.parts if isinstance(part, TextPart))


async def test_an_answer_is_stored_charged_once_and_leaves_no_hold(world: World, who: Principal) -> None:
    accepted = await world.send(who, "/words 30 rate 0 seed 7")
    run = await world.ended(who, accepted.run.id)
    assert run.state == "done"
    message = await world.messages.require(world.db, who, accepted.assistant.id)
    assert message.status == "done"
    assert message.usage is not None
    assert message.usage.output == 30
    assert len((await text_of(world, who, message.id)).split()) == 30
    entries = [(row["entry"], row["output"], row["outcome"]) for row in await world.db.fetch(CHARGES, run=run.id)]
    assert entries == [("charge", 30, "done"), ("cost:1.1", 30, "ok")]
    assert await world.db.fetch("SELECT * FROM holds") == []


async def test_the_same_request_twice_gives_the_same_run_and_another_body_is_refused(world: World, who: Principal) -> None:
    conversation, message = new_id(), new_id()
    first = await world.send(who, "/words 5 rate 0", conversation=conversation, message_id=message)
    again = await world.send(who, "/words 5 rate 0", conversation=conversation, message_id=message)
    assert (again.run.id, again.assistant.id) == (first.run.id, first.assistant.id)
    with pytest.raises(IdReused):
        await world.send(who, "something else", conversation=conversation, message_id=message)
    rows = await world.db.fetch("SELECT id FROM runs")
    assert len(rows) == 1


async def test_twenty_submits_of_one_message_at_once_make_one_run(world: World, who: Principal) -> None:
    conversation, message = new_id(), new_id()
    await world.conversations.create(who, ConversationId(conversation))
    all_accepted = await asyncio.gather(
        *(world.send(who, "/words 5 rate 0", conversation=conversation, message_id=message) for _ in range(20))
    )
    assert len({accepted.run.id for accepted in all_accepted}) == 1
    await world.ended(who, all_accepted[0].run.id)


async def test_a_stop_keeps_what_is_there_and_charges_it(world: World, who: Principal) -> None:
    accepted = await world.send(who, "/words 1000 rate 100")
    await asyncio.sleep(0.4)
    await world.tick()
    await world.service.cancel(who, accepted.run.id)
    run = await world.ended(who, accepted.run.id)
    assert run.state == "cancelled"
    words = len((await text_of(world, who, accepted.assistant.id)).split())
    assert 5 < words < 500
    charge = await world.db.fetch_one("SELECT output FROM usage_entries WHERE source_id = :run AND entry = 'charge'", run=run.id)
    assert charge is not None
    assert charge["output"] == words


async def test_a_fifth_answer_at_once_is_refused_and_stores_nothing(world: World, who: Principal) -> None:
    runs = [await world.send(who, "/words 1000 rate 50") for _ in range(4)]
    with pytest.raises(TooManyRuns):
        await world.send(who, "one more")
    assert len(await world.db.fetch("SELECT id FROM messages WHERE role = 'user'")) == 4
    for accepted in runs:
        await world.service.cancel(who, accepted.run.id)


async def test_runs_of_somebody_else_are_not_found(world: World, who: Principal, db: Database) -> None:
    accepted = await world.send(who, "/words 3 rate 0")
    stranger = await make_user(db)
    for attempt in (world.service.get, world.service.cancel):
        with pytest.raises(RunNotFound):
            await attempt(stranger, accepted.run.id)
    await world.ended(who, accepted.run.id)


async def test_a_queued_run_is_cancelled_without_any_provider_call(db: Database, who: Principal, world: World) -> None:
    world.service._limits = type(world.service._limits)(0)
    accepted = await world.send(who, "/words 5 rate 0")
    assert accepted.run.state == "queued"
    assert accepted.place == 1
    run = await world.service.cancel(who, accepted.run.id)
    assert run.state == "cancelled"
    assert world.demo.requests == []


async def test_regenerate_makes_a_sibling_and_an_edit_makes_a_branch(world: World, who: Principal) -> None:
    accepted = await world.send(who, "/words 4 rate 0")
    await world.ended(who, accepted.run.id)
    again = await world.service.regenerate(who, accepted.assistant.id, MessageId(new_id()), Again(ModelRef("demo", "demo")))
    assert again.assistant.siblings == (accepted.assistant.id, again.assistant.id)
    await world.service.cancel(who, again.run.id)
    await world.ended(who, again.run.id)


async def test_ten_regenerates_of_one_id_at_once_make_one_run(world: World, who: Principal) -> None:
    accepted = await world.send(who, "/words 4 rate 0")
    await world.ended(who, accepted.run.id)
    answer = MessageId(new_id())
    again = await asyncio.gather(*(world.service.regenerate(who, accepted.assistant.id, answer, Again()) for _ in range(10)))
    assert {one.run.id for one in again} == {again[0].run.id}
    assert {one.assistant.id for one in again} == {answer}
    await world.ended(who, again[0].run.id)


async def test_a_stopped_answer_is_continued_in_a_new_one_that_begins_with_it(world: World, who: Principal) -> None:
    accepted = await world.send(who, "/words 60 rate 100")
    await asyncio.sleep(0.25)
    await world.service.cancel(who, accepted.run.id)
    await world.ended(who, accepted.run.id)
    begun = await text_of(world, who, accepted.assistant.id)
    more = await world.service.regenerate(who, accepted.assistant.id, MessageId(new_id()), Again(continue_it=True))
    run = await world.ended(who, more.run.id)
    whole = await text_of(world, who, more.assistant.id)
    charges = [row["output"] for row in await world.db.fetch("SELECT output FROM usage_entries WHERE entry = 'charge'")]
    assert sum(charges) == 60, "what the first answer said is not charged again"
    assert run.state == "done"
    assert whole.startswith(begun)
    assert len(whole.split()) == 60


async def test_also_when_everybody_asks_at_once_no_more_is_answered_than_there_is_room(db: Database) -> None:
    async with started(World(db, max_streams=3)) as world:
        people = [await make_user(db) for _ in range(20)]
        accepted = await asyncio.gather(*(world.send(one, "/words 50 rate 20") for one in people))
        assert [each.run.state for each in accepted].count("running") == 3
        assert world.hub.answering() == 3
        for live in list(world.hub.local.values()):
            live.ask_stop("cancelled")


@pytest.mark.parametrize("seed", range(3))
async def test_requests_and_viewers_that_are_cancelled_at_any_moment_leave_nothing_behind(db: Database, seed: int) -> None:
    dice = random.Random(seed)
    complaints: list[dict[str, object]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: complaints.append(context))
    async with started(World(db, max_streams=6, ttl_ms=60_000, streams_per_user=1000)) as world:
        ticking = asyncio.create_task(world.ticker.run(), name="tick")
        people = [await make_user(db) for _ in range(4)]
        begun: list[tuple[Principal, Accepted]] = []

        async def ask(who: Principal) -> None:
            begun.append((who, await world.send(who, dice.choice(("/words 20 rate 200", "/tool current_time {}", "/echo yes")))))

        async def stop(who: Principal, accepted: Accepted) -> None:
            await world.service.cancel(who, accepted.run.id)

        async def watch(who: Principal, accepted: Accepted) -> None:
            viewer = await world.streams.open(who, [Cursor(accepted.run.id, None)], sync=True, since=None)
            async with aclosing(world.streams.frames(viewer, single=True)) as frames:
                async for _ in frames:
                    pass

        tasks: list[asyncio.Task[None]] = []
        for _ in range(120):
            work = ask(dice.choice(people))
            if begun and dice.random() < 0.6:
                work.close()
                work = dice.choice((stop, watch, watch))(*dice.choice(begun))
            tasks.append(asyncio.create_task(work, context=contextvars.Context()))
            await asyncio.sleep(dice.choice((0, 0, 0.001, 0.005)))
            if dice.random() < 0.5:
                dice.choice(tasks[-10:]).cancel()
        async with asyncio.timeout(60):
            results = await asyncio.gather(*tasks, return_exceptions=True)
            while await db.fetch(UNFINISHED):
                await asyncio.sleep(0.05)
        ticking.cancel()
        await asyncio.wait({ticking})
        assert [each for each in results if isinstance(each, Exception) and not isinstance(each, TooManyRuns)] == []
        assert (world.hub.viewers, world.hub.remote, world.hub.answering(), world.service._arriving) == (set(), {}, 0, set())
        assert await db.fetch("SELECT run_id FROM holds") == []
        assert complaints == []
