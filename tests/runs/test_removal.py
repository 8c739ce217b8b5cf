"""Whoever deletes a conversation stops what is being answered in it, on both stores."""

import asyncio

import pytest

from portico.access.principal import Principal
from portico.conversations.selection import Selections
from portico.conversations.service import ConversationNotFound
from portico.ids import ConversationId, new_id
from portico.runs.models import Run
from portico.runs.removal import Removal
from tests.runs.conftest import World, make_user, queued

LONG = "/words 1000 rate 50"


@pytest.fixture
def removal(world: World) -> Removal:
    return Removal(world.db, world.conversations, Selections(world.db, world.conversations), world.service)


async def begun(world: World, who: Principal) -> Run:
    """A run that has said something."""
    accepted = await world.send(who, LONG)
    async with asyncio.timeout(10):
        while not world.demo.requests or not await world.db.fetch("SELECT 1 FROM run_chunks WHERE run_id = :run", run=accepted.run.id):
            await world.tick()
            await asyncio.sleep(0.02)
    return accepted.run


async def test_a_deleted_conversation_answers_no_more_and_keeps_what_was_said(removal: Removal, world: World, who: Principal) -> None:
    run = await begun(world, who)
    await removal.delete(who, run.conversation_id)
    assert (await world.ended(who, run.id)).state == "cancelled"
    await world.conversations.restore(who, run.conversation_id)
    (answer,) = [one for one in (await world.messages.page(who, run.conversation_id)).items if one.role == "assistant"]
    assert answer.status == "stopped"
    assert answer.parts


async def test_the_answers_of_many_are_stopped_and_those_of_others_go_on(removal: Removal, world: World, who: Principal) -> None:
    runs = [await begun(world, who) for _ in range(3)]
    selected = await removal.delete_many(who, [run.conversation_id for run in runs[:2]])
    assert {one.id for one in selected.items} == {run.conversation_id for run in runs[:2]}
    assert [(await world.ended(who, run.id)).state for run in runs[:2]] == ["cancelled", "cancelled"]
    assert (await world.service.get(who, runs[2].id)).state == "running"
    await world.service.cancel(who, runs[2].id)


async def test_an_answer_that_waits_in_the_queue_never_begins(removal: Removal, world: World, who: Principal) -> None:
    run = await queued(world, who)
    await removal.delete(who, run.conversation_id)
    assert (await world.service.get(who, run.id)).state == "cancelled"
    assert world.demo.requests == []


async def test_an_answer_of_another_process_is_stopped_there(removal: Removal, world: World, other: World, who: Principal) -> None:
    run = await begun(other, who)
    await removal.delete(who, run.conversation_id)
    assert (await other.ended(who, run.id)).state == "cancelled"


async def test_nobody_stops_an_answer_by_deleting_somebody_else_s_conversation(removal: Removal, world: World, who: Principal) -> None:
    run = await begun(world, who)
    stranger = await make_user(world.db)
    with pytest.raises(ConversationNotFound):
        await removal.delete(stranger, run.conversation_id)
    unknown = ConversationId(new_id())
    assert (await removal.delete_many(stranger, [run.conversation_id, unknown])).missing == (run.conversation_id, unknown)
    assert await world.db.fetch("SELECT 1 FROM runs WHERE cancel_at IS NOT NULL") == []
    await world.service.cancel(who, run.id)
