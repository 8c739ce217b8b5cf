"""Answers that outlive their process: crash, fence, broken stream, approval, drain."""

import asyncio
import time

import msgspec

from portico.access.principal import Principal
from portico.conversations.models import NoticePart, TextPart, ToolCallPart
from portico.ids import MessageId
from portico.infra.db import Database
from portico.providers.base import ToolSpec
from portico.providers.demo import demo_capabilities
from portico.runs import log
from portico.runs.draft import fold
from portico.tools.base import ToolContext
from portico.tools.builtin import CurrentTime
from tests.runs.conftest import World, started


class WriteNote:
    """A tool that changes something: it needs a person's approval and must not run twice."""

    spec = ToolSpec("write_note", "Write a note.", {"type": "object", "properties": {"text": {"type": "string"}}})
    read_only = False

    def __init__(self, takes_s: float = 0) -> None:
        self.written: list[object] = []
        self.takes_s = takes_s

    async def run(self, arguments: dict[str, object], context: ToolContext) -> str:
        del context
        self.written.append(arguments.get("text"))
        await asyncio.sleep(self.takes_s)
        return "written"


async def words(world: World, who: Principal, message_id: MessageId) -> list[str]:
    message = await world.messages.require(world.db, who, message_id)
    return "".join(part.text for part in message.parts if isinstance(part, TextPart)).split()


async def successor(db: Database, dead: World) -> World:
    """A process that starts after another died, on the same store."""
    world = World(db, shared=dead.shared, tools=dead.tools)
    world.demo = dead.demo
    await world.lease.register()
    await world.claims.reap_all_others()
    return world


async def test_a_killed_run_goes_on_at_its_last_token_and_is_charged_once(world: World, who: Principal, db: Database) -> None:
    accepted = await world.send(who, "/words 80 rate 200 seed 3")
    await asyncio.sleep(0.2)
    await world.tick()
    await world.die()
    heir = await successor(db, world)
    run = await heir.ended(who, accepted.run.id)
    assert (run.state, run.attempt) == ("done", 2)
    said = await words(heir, who, accepted.assistant.id)
    assert len(said) == 80
    assert len(set(said)) == len(said)
    rows = await db.fetch("SELECT entry, output, outcome FROM usage_entries WHERE source_id = :run ORDER BY entry", run=run.id)
    assert [(row["entry"], row["outcome"]) for row in rows] == [("charge", "done"), ("cost:1.1", "cut"), ("cost:2.1", "ok")]
    assert rows[0]["output"] == 80
    await heir.die()


async def test_a_run_that_kills_its_process_without_progress_is_given_up(world: World, who: Principal, db: Database) -> None:
    accepted = await world.send(who, "/words 80 rate 0 wait 60")
    current = world
    for _ in range(4):
        await current.die()
        current = await successor(db, current)
        for _ in range(3):
            await current.tick()
            await asyncio.sleep(0.02)
        run = await current.service.get(who, accepted.run.id)
        if run.finished is not None:
            break
    run = await current.ended(who, accepted.run.id)
    assert run.state == "interrupted"
    assert run.error is not None
    assert run.error.code == "run_without_progress"
    await current.die()


async def test_a_zombie_writes_nothing_after_it_was_buried(world: World, other: World, who: Principal, db: Database) -> None:
    other.lease.ttl_ms = 60_000  # it is not this one that dies, however slow the machine is
    await other.lease.heartbeat()
    accepted = await world.send(who, "/words 200 rate 100 seed 5")
    await asyncio.sleep(0.3)
    await world.tick()
    async with db.transaction() as tx:
        await tx.execute("DELETE FROM processes WHERE id = :id", id=world.lease.id)
    async with other.db.transaction() as tx:
        await tx.execute("UPDATE runs SET state = 'queued', owner = NULL, attempt = attempt + 1 WHERE id = :id", id=accepted.run.id)
    await other.tick()
    before = world.lease.id
    await asyncio.sleep(0.1)
    await world.ticker.guarded()
    assert world.lease.id != before
    run = await other.ended(who, accepted.run.id)
    rows = await db.fetch("SELECT first_seq, last_seq, owner, attempt FROM run_chunks WHERE run_id = :run ORDER BY last_seq", run=run.id)
    assert all(row["owner"] == other.lease.id for row in rows if row["attempt"] == 2)
    assert [row["first_seq"] for row in rows[1:]] == [row["last_seq"] + 1 for row in rows[:-1]]
    assert len(await words(other, who, accepted.assistant.id)) == 200


async def test_a_stream_that_breaks_in_the_middle_is_continued_by_the_same_owner(world: World, who: Principal) -> None:
    accepted = await world.send(who, "/words 60 rate 0 seed 2\n/cut 20")
    run = await world.ended(who, accepted.run.id)
    assert run.state in ("done", "interrupted")
    assert run.attempt > 1
    assert len(await words(world, who, accepted.assistant.id)) >= 20


async def test_a_capped_instance_keeps_a_broken_answer_and_never_spends_twice(db: Database, who: Principal) -> None:
    async with started(World(db, never_again=True)) as world:
        accepted = await world.send(who, "/words 60 rate 0 seed 2\n/cut 20")
        run = await world.ended(who, accepted.run.id)
        assert run.state == "interrupted"
        assert len(world.demo.requests) == 1
        assert len(await words(world, who, accepted.assistant.id)) == 20


async def test_a_failure_before_the_first_token_fails_the_answer_with_the_providers_code(world: World, who: Principal) -> None:
    accepted = await world.send(who, "/fail provider_overloaded", model="demo-fail")
    run = await world.ended(who, accepted.run.id)
    message = await world.messages.require(world.db, who, accepted.assistant.id)
    assert run.state == "failed"
    assert message.error is not None
    assert message.error.code == "provider_overloaded"


async def test_a_failure_tells_when_the_provider_wants_to_be_asked_again(world: World, who: Principal) -> None:
    accepted = await world.send(who, "/fail provider_rate_limited retry 30")
    before = time.time()
    await world.ended(who, accepted.run.id)
    message = await world.messages.require(world.db, who, accepted.assistant.id)
    assert message.error is not None
    assert message.error.retry_at is not None
    assert before + 29 <= message.error.retry_at / 1000 <= time.time() + 30


async def test_a_read_only_tool_is_called_and_its_result_reaches_the_model(world: World, who: Principal) -> None:
    accepted = await world.send(who, "What time is it?", model="demo-tool")
    run = await world.ended(who, accepted.run.id)
    message = await world.messages.require(world.db, who, accepted.assistant.id)
    calls = [part for part in message.parts if isinstance(part, ToolCallPart)]
    assert run.state == "done"
    assert calls[0].state == "done"
    assert "UTC" in (calls[0].content or "")
    assert any(turn.role == "tool" for turn in world.demo.requests[-1].messages)


async def test_a_writing_tool_waits_for_the_person_and_runs_once(db: Database, who: Principal) -> None:
    tool = WriteNote()
    async with started(World(db, tools=(tool,))) as world:
        accepted = await world.send(who, '/tool write_note {"text": "milk"}', model="demo-tool")
        run = await world.ended(who, accepted.run.id)
        assert run.state == "needs_user"
        assert tool.written == []
        call = fold(await log.read(db, run.id)).waiting_calls()[0].call
        resumed = await world.service.approve(who, run.id, call, approved=True)
        assert resumed.state == "queued"
        run = await world.ended(who, run.id)
        assert run.state == "done"
        assert tool.written == ["milk"]


async def test_a_writing_tool_that_a_crash_interrupted_is_not_repeated_unless_the_person_wants_it(db: Database, who: Principal) -> None:
    tool = WriteNote(takes_s=60)
    async with started(World(db, tools=(tool,))) as world:
        accepted = await world.send(who, '/tool write_note {"text": "milk"}', model="demo-tool")
        await world.ended(who, accepted.run.id)
        call = fold(await log.read(db, accepted.run.id)).waiting_calls()[0].call
        await world.service.approve(who, accepted.run.id, call, approved=True)
        while not tool.written:
            await world.tick()
            await asyncio.sleep(0.02)
        await world.die()
        heir = await successor(db, world)
        run = await heir.ended(who, accepted.run.id)
        assert (run.state, tool.written) == ("needs_user", ["milk"])
        tool.takes_s = 0
        await heir.service.approve(who, run.id, call, approved=True)
        run = await heir.ended(who, run.id)
        assert (run.state, tool.written) == ("done", ["milk", "milk"])
        await heir.die()


async def test_a_refused_call_is_told_to_the_model_and_never_runs(db: Database, who: Principal) -> None:
    tool = WriteNote()
    async with started(World(db, tools=(tool,))) as world:
        accepted = await world.send(who, '/tool write_note {"text": "milk"}', model="demo-tool")
        run = await world.ended(who, accepted.run.id)
        call = fold(await log.read(db, run.id)).waiting_calls()[0].call
        await world.service.approve(who, run.id, call, approved=False)
        run = await world.ended(who, run.id)
        assert run.state == "done"
        assert tool.written == []


async def test_a_drained_run_goes_on_elsewhere_and_it_does_not_count_as_an_attempt(world: World, who: Principal, db: Database) -> None:
    accepted = await world.send(who, "/words 100 rate 200 seed 9")
    await asyncio.sleep(0.2)
    world.hub.local[accepted.run.id].ask_stop("drained")
    await world.runner.wait()
    run = await world.service.get(who, accepted.run.id)
    assert (run.state, run.attempt, run.handovers) == ("queued", 2, 1)
    heir = await successor(db, world)
    run = await heir.ended(who, accepted.run.id)
    assert run.state == "done"
    assert len(await words(heir, who, accepted.assistant.id)) == 100
    await heir.die()


async def test_an_instructed_continuation_has_no_seam_and_is_marked(world: World, who: Principal) -> None:
    world.demo.capability = msgspec.structs.replace(demo_capabilities("demo-echo"), continuation="instruct")
    accepted = await world.send(who, "/words 400 rate 0 seed 4\n/cut 300")
    run = await world.ended(who, accepted.run.id)
    message = await world.messages.require(world.db, who, accepted.assistant.id)
    assert run.attempt >= 2
    assert NoticePart("continued") in message.parts


async def test_a_call_that_waits_beside_one_that_ran_is_carried_out_before_the_model_goes_on(db: Database, who: Principal) -> None:
    tool = WriteNote()
    async with started(World(db, tools=(tool, CurrentTime()))) as world:
        accepted = await world.send(who, '/tool write_note {"text": "milk"}\n/tool current_time {}', model="demo-tool")
        run = await world.ended(who, accepted.run.id)
        call = fold(await log.read(db, run.id)).waiting_calls()[0].call
        await world.service.approve(who, run.id, call, approved=True)
        run = await world.ended(who, run.id)
        assert run.state == "done"
        assert tool.written == ["milk"]
        assert [len(turn.parts) for turn in world.demo.requests[-1].messages if turn.role == "tool"] == [2]
        assert len(world.demo.requests) == 2


async def test_a_run_whose_commit_nobody_heard_of_is_answered_after_all(world: World, who: Principal, db: Database) -> None:
    """The submit's transaction was committed, but the answer to COMMIT was lost: the row says ours, and no task answers it."""
    accepted = await world.send(who, "/words 40 rate 0 seed 6")
    live = world.hub.local.pop(accepted.run.id)
    assert live.task is not None
    live.task.cancel()
    await asyncio.gather(live.task, return_exceptions=True)
    async with db.transaction() as tx:
        await tx.execute(
            "UPDATE runs SET state = 'running', owner = :me, finished = NULL WHERE id = :id", me=world.lease.id, id=accepted.run.id
        )
        await tx.execute("UPDATE messages SET status = 'pending' WHERE id = :id", id=accepted.assistant.id)
        await tx.execute("DELETE FROM usage_entries WHERE source_id = :id", id=accepted.run.id)
        await tx.execute("DELETE FROM run_chunks WHERE run_id = :id", id=accepted.run.id)
    for _ in range(3):
        await world.tick()
        await asyncio.sleep(1.05)
    run = await world.ended(who, accepted.run.id)
    assert (run.state, run.attempt) == ("done", 2)
    assert len(await words(world, who, accepted.assistant.id)) == 40


async def test_orderly_restarts_before_the_first_token_never_end_a_run(world: World, who: Principal, db: Database) -> None:
    accepted = await world.send(who, "/words 5 rate 0 wait 60")
    current = world
    for _ in range(4):
        current.hub.local[accepted.run.id].ask_stop("drained")
        await current.runner.wait()
        current = await successor(db, current)
        await current.tick()
        await asyncio.sleep(0.05)
    run = await current.service.get(who, accepted.run.id)
    assert (run.state, run.handovers) == ("running", 4)
    await current.service.cancel(who, accepted.run.id)
    await current.ended(who, accepted.run.id)
    await current.die()
