"""FINISH: everything of an end in one transaction, or nothing of it."""

import pytest

from portico.access.principal import Principal
from portico.conversations.models import MessageError, ModelRef, NoticePart, TextPart
from portico.conversations.service import Patch
from portico.infra.db import Database, Row
from portico.infra.lease import Fenced
from portico.runs import events as e
from portico.runs import log
from portico.runs.core import STATUS, Outcome
from portico.runs.finish import PATIENCE_MS, NotOwner, Result
from portico.runs.live import LiveRun
from portico.runs.meter import Meter
from portico.usage.ledger import Prices
from tests.runs.conftest import World, queued


def words(text: str) -> int:
    return len(text.split())


def a_result(outcome: Outcome = "done", **changed: object) -> Result:
    values: dict[str, object] = {
        "outcome": outcome,
        "parts": (TextPart("one two three"),),
        "notices": (),
        "error": None,
        "model": ModelRef("demo", "demo-echo"),
        "prices": Prices(input=2.0, output=10.0),
        "ttft_ms": 120,
        "streamed_s": 2.0,
    }
    return Result(**(values | changed))  # pyright: ignore[reportArgumentType] -- the names are those of Result


async def answering(world: World, who: Principal) -> LiveRun:
    """A run of this process with an answer that is complete but for its end."""
    await queued(world, who)
    live = (await world.claims.adopt((await world.claims.claim(1))[0], words)).live
    live.add(
        [
            e.CallStarted(seq=1, attempt=1, provider="demo", model="demo-echo", number=1),
            e.TextDelta(seq=2, attempt=1, text="one two three"),
            e.Usage(seq=3, attempt=1, input=50, output=3),
            e.RunFinished(seq=4, attempt=1, outcome="done"),
        ]
    )
    return live


async def only(db: Database, text: str) -> Row:
    rows = await db.fetch(text)
    assert len(rows) == 1
    return rows[0]


@pytest.mark.parametrize("outcome", list(STATUS))
async def test_an_end_writes_the_message_the_charge_and_the_run_together(world: World, who: Principal, outcome: Outcome) -> None:
    live = await answering(world, who)
    message = await world.finisher.finish(live, a_result(outcome))
    assert message is not None
    assert (message.status, message.parts) == (STATUS[outcome], (TextPart("one two three"),))
    run = await only(world.db, "SELECT state, owner, finished FROM runs")
    assert (run["state"], run["owner"], run["finished"] is not None) == (outcome, None, True)
    assert await world.db.fetch("SELECT run_id FROM holds") == []
    entries = await world.db.fetch("SELECT entry, input, output, cost_nano, outcome FROM usage_entries ORDER BY entry")
    assert [tuple(row[name] for name in ("entry", "input", "output", "cost_nano", "outcome")) for row in entries] == [
        ("charge", 50, 3, 130_000, outcome),
        ("cost:1.1", 50, 3, 130_000, "ok"),
    ]


async def test_the_answer_shows_what_it_took(world: World, who: Principal) -> None:
    message = await world.finisher.finish(await answering(world, who), a_result())
    assert message is not None
    assert message.usage is not None
    usage = message.usage
    assert (usage.input, usage.output, usage.cost_usd, usage.ttft_ms, usage.tokens_per_s) == (50, 3, 0.00013, 120, 1.5)
    assert usage.context == 53


async def test_an_answer_without_any_call_shows_no_usage(world: World, who: Principal) -> None:
    await queued(world, who)
    live = (await world.claims.adopt((await world.claims.claim(1))[0], words)).live
    message = await world.finisher.finish(live, a_result("cancelled", parts=()))
    assert message is not None
    assert message.usage is None


async def test_notices_come_after_the_parts_and_an_error_is_kept(world: World, who: Principal) -> None:
    error = MessageError("provider_cut", "It broke off.", "eof")
    result = a_result("interrupted", notices=(NoticePart("continued"),), error=error)
    message = await world.finisher.finish(await answering(world, who), result)
    assert message is not None
    assert (message.parts[-1], message.error) == (NoticePart("continued"), error)
    assert "provider_cut" in (await only(world.db, "SELECT error FROM runs"))["error"]


async def test_the_rest_of_the_log_is_written_with_the_end(world: World, who: Principal) -> None:
    live = await answering(world, who)
    await world.finisher.finish(live, a_result())
    assert [event.seq for event in await log.read(world.db, live.run.id)] == [1, 2, 3, 4]


async def test_whoever_does_not_own_the_run_leaves_no_trace_of_an_end(world: World, who: Principal) -> None:
    live = await answering(world, who)
    async with world.db.transaction() as tx:
        await tx.execute("UPDATE runs SET owner = 'another'")
    with pytest.raises(NotOwner):
        await world.finisher.finish(live, a_result())
    assert await log.read(world.db, live.run.id) == []
    assert await world.db.fetch("SELECT entry FROM usage_entries WHERE entry = 'charge'") == []
    assert len(await world.db.fetch("SELECT run_id FROM holds")) == 1
    assert (await only(world.db, "SELECT status FROM messages WHERE role = 'assistant'"))["status"] == "pending"


async def test_a_fenced_process_ends_nothing(world: World, who: Principal) -> None:
    live = await answering(world, who)
    await world.lease.drop()
    with pytest.raises(Fenced):
        await world.finisher.finish(live, a_result())
    assert (await only(world.db, "SELECT state FROM runs"))["state"] == "running"


async def test_an_end_that_is_written_twice_counts_once(world: World, who: Principal) -> None:
    live = await answering(world, who)
    await world.claims.complete(live)
    await world.finisher.finish(live, a_result())
    with pytest.raises(NotOwner):
        await world.finisher.finish(live, a_result())
    assert len(await world.db.fetch("SELECT entry FROM usage_entries WHERE entry = 'charge'")) == 1


async def test_an_answer_in_a_conversation_that_was_erased_still_ends_and_is_charged(world: World, who: Principal) -> None:
    live = await answering(world, who)
    async with world.db.transaction() as tx:
        await tx.execute("DELETE FROM conversations")
    assert await world.finisher.finish(live, a_result()) is None
    assert (await only(world.db, "SELECT state FROM runs"))["state"] == "done"
    assert len(await world.db.fetch("SELECT entry FROM usage_entries WHERE entry = 'charge'")) == 1


async def test_the_first_answer_asks_for_a_title_once(world: World, who: Principal) -> None:
    live = await answering(world, who)
    await world.finisher.finish(live, a_result())
    job = await only(world.db, "SELECT kind, key, state FROM jobs")
    assert (job["kind"], job["key"], job["state"]) == ("title", live.run.conversation_id, "queued")


async def test_a_conversation_with_a_name_asks_for_none(world: World, who: Principal) -> None:
    live = await answering(world, who)
    await world.conversations.change(who, live.run.conversation_id, Patch(title="My own"))
    await world.finisher.finish(live, a_result())
    assert await world.db.fetch("SELECT id FROM jobs") == []


async def test_a_conversation_whose_answer_failed_gets_a_name_from_its_question(world: World, who: Principal) -> None:
    await world.finisher.finish(await answering(world, who), a_result("failed"))
    assert (await only(world.db, "SELECT kind FROM jobs"))["kind"] == "title"


async def test_a_run_that_waits_is_ended_without_an_owner(world: World, who: Principal) -> None:
    run = await queued(world, who)
    message = await world.finisher.finish_unowned(run, Meter(words), a_result("cancelled", parts=()))
    assert message is not None
    assert message.status == "stopped"
    assert (await only(world.db, "SELECT state FROM runs"))["state"] == "cancelled"


async def test_a_run_that_somebody_took_up_meanwhile_is_its_owners_to_end(world: World, who: Principal) -> None:
    run = await queued(world, who)
    await world.claims.claim(1)
    with pytest.raises(NotOwner):
        await world.finisher.finish_unowned(run, Meter(words), a_result("cancelled"))


async def test_a_pause_holds_no_process_and_does_not_last_for_ever(world: World, who: Principal) -> None:
    live = await answering(world, who)
    await world.finisher.pause(live)
    row = await only(world.db, "SELECT state, owner, needs_user_until - {now} AS patience FROM runs")
    assert (row["state"], row["owner"]) == ("needs_user", None)
    assert PATIENCE_MS - 60_000 < row["patience"] <= PATIENCE_MS
    assert len(await log.read(world.db, live.run.id)) == 4
    assert len(await world.db.fetch("SELECT run_id FROM holds")) == 1


async def test_a_call_of_which_nothing_came_back_is_closed_as_cut(world: World, who: Principal) -> None:
    await queued(world, who)
    live = (await world.claims.adopt((await world.claims.claim(1))[0], words)).live
    await world.finisher.finish(live, a_result("interrupted", parts=()))
    entry = await only(world.db, "SELECT outcome FROM usage_entries WHERE entry = 'cost:1.1'")
    assert entry["outcome"] == "cut"
