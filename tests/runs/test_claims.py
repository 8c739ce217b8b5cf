"""Who answers a run: claim, adopt, hand over, reap, on both stores."""

import asyncio

import pytest

from portico.access.principal import Principal
from portico.ids import ProcessId, RunId, new_id
from portico.infra.db import Database
from portico.infra.lease import Fenced
from portico.runs import events as e
from portico.runs import log
from portico.runs.core import Answer, Finish
from portico.runs.finish import NotOwner
from portico.runs.log import Chunk
from portico.runs.models import COLUMNS, Run, run_of
from tests.runs.conftest import World, queued


async def look(db: Database, run_id: RunId) -> Run:
    row = await db.fetch_one(f"SELECT {COLUMNS} FROM runs WHERE id = :id", id=run_id)
    assert row is not None
    return run_of(row)


async def change(db: Database, run_id: RunId, assignment: str) -> None:
    async with db.transaction() as tx:
        await tx.execute(f"UPDATE runs SET {assignment} WHERE id = :id", id=run_id)


async def write_log(world: World, run: Run, *events: e.LogEvent) -> None:
    text = "[" + ",".join(e.encode(event).decode() for event in events) + "]"
    await log.append(world.db, world.lease.id, [Chunk(run.id, events[0].seq, events[-1].seq, 1, text)])


async def orphan(db: Database, run: Run) -> None:
    """The run's owner is a process that nobody knows any more."""
    await change(db, run.id, f"owner = '{ProcessId(new_id())}'")


async def test_the_oldest_waiting_runs_are_taken_and_no_more_than_there_is_room_for(world: World, who: Principal) -> None:
    runs = [await queued(world, who) for _ in range(4)]
    claimed = await world.claims.claim(2)
    assert {run.id for run in claimed} == {runs[0].id, runs[1].id}
    assert all(run.state == "running" and run.owner == world.lease.id and run.started is not None for run in claimed)
    assert [run.attempt for run in claimed] == [1, 1]


async def test_the_urgent_goes_before_the_old(world: World, who: Principal) -> None:
    old, urgent = await queued(world, who), await queued(world, who)
    await change(world.db, old.id, "priority = 5")
    assert [run.id for run in await world.claims.claim(1)] == [urgent.id]


async def test_a_run_is_not_taken_before_its_time(world: World, who: Principal) -> None:
    run = await queued(world, who)
    await change(world.db, run.id, "not_before = 9000000000000")
    assert await world.claims.claim(5) == []


@pytest.mark.parametrize("free", [0, -3])
async def test_without_room_nothing_is_taken(world: World, who: Principal, free: int) -> None:
    await queued(world, who)
    assert await world.claims.claim(free) == []


async def test_a_fenced_process_takes_nothing(world: World, who: Principal) -> None:
    run = await queued(world, who)
    await world.lease.drop()
    with pytest.raises(Fenced):
        await world.claims.claim(1)
    assert (await look(world.db, run.id)).state == "queued"


async def test_two_processes_at_once_never_take_the_same_run(world: World, other: World, who: Principal) -> None:
    runs = [await queued(world, who) for _ in range(12)]
    taken = await asyncio.gather(*(process.claims.claim(3) for process in (world, other) * 3))
    ids = [run.id for batch in taken for run in batch]
    assert len(ids) == len(set(ids))
    assert set(ids) <= {run.id for run in runs}


async def test_runs_that_lost_their_process_are_shared_out_equally(world: World, other: World, who: Principal) -> None:
    await world.db.alone("UPDATE processes SET addr = 'somewhere:3210'")
    for _ in range(7):
        await queued(world, who)
    first = await world.claims.claim(50)
    second = await other.claims.claim(50)
    assert (len(first), len(second)) == (4, 3)


async def test_a_share_that_nobody_takes_is_taken_one_at_a_time(world: World, other: World, who: Principal) -> None:
    await world.db.alone("UPDATE processes SET addr = 'somewhere:3210'")
    for _ in range(6):
        await queued(world, who)
    assert [len(await world.claims.claim(50)) for _ in range(4)] == [3, 1, 1, 1]


async def test_a_process_that_leaves_counts_for_no_share(world: World, other: World, who: Principal) -> None:
    await world.db.alone("UPDATE processes SET addr = 'somewhere:3210'")
    other.lease.draining = True
    await other.lease.heartbeat()
    for _ in range(5):
        await queued(world, who)
    assert len(await world.claims.claim(50)) == 5


async def test_a_claimer_reads_what_the_dead_owner_left(world: World, who: Principal) -> None:
    run = await queued(world, who)
    await write_log(world, run, e.TextDelta(seq=1, attempt=1, text="one "), e.TextDelta(seq=2, attempt=1, text="two "))
    await change(world.db, run.id, "attempt = 2")
    claimed = (await world.claims.claim(1))[0]
    adopted = await world.claims.adopt(claimed, len)
    assert adopted.decision == Answer(stale=0, progress_seq=2)
    assert (adopted.live.last_seq, adopted.live.flushed_seq, adopted.live.attempt, adopted.live.last_progress) == (2, 2, 2, 2)
    stored = await look(world.db, run.id)
    assert (stored.stale, stored.progress_seq) == (0, 2)


async def test_a_claim_opens_the_cost_of_the_call_that_follows(world: World, who: Principal) -> None:
    run = await queued(world, who)
    await world.claims.adopt((await world.claims.claim(1))[0], len)
    rows = await world.db.fetch("SELECT entry, outcome FROM usage_entries WHERE source_id = :run", run=run.id)
    assert [(row["entry"], row["outcome"]) for row in rows] == [("cost:1.1", "open")]


async def test_an_answer_that_was_complete_is_only_finished(world: World, who: Principal) -> None:
    run = await queued(world, who)
    await write_log(world, run, e.TextDelta(seq=1, attempt=1, text="all"), e.RunFinished(seq=2, attempt=1, outcome="done"))
    await change(world.db, run.id, "state = 'completing', attempt = 2")
    adopted = await world.claims.adopt((await world.claims.claim(1))[0], len)
    assert adopted.decision == Finish("done")


async def test_a_run_that_was_stopped_while_it_waited_is_only_finished(world: World, who: Principal) -> None:
    run = await queued(world, who)
    await change(world.db, run.id, "cancel_at = 1")
    adopted = await world.claims.adopt((await world.claims.claim(1))[0], len)
    assert adopted.decision == Finish("cancelled")


async def test_who_lost_a_run_between_claim_and_adoption_is_told(world: World, who: Principal) -> None:
    run = await queued(world, who)
    claimed = (await world.claims.claim(1))[0]
    await orphan(world.db, run)
    with pytest.raises(NotOwner):
        await world.claims.adopt(claimed, len)


async def test_a_further_try_of_the_same_owner_is_an_attempt_with_a_cost_of_its_own(world: World, who: Principal) -> None:
    run = await queued(world, who)
    live = (await world.claims.adopt((await world.claims.claim(1))[0], len)).live
    live.call_number = 3
    await world.claims.next_attempt(live)
    assert ((await look(world.db, run.id)).attempt, live.attempt, live.run.attempt, live.call_number) == (2, 2, 2, 0)
    rows = await world.db.fetch("SELECT entry FROM usage_entries WHERE source_id = :run ORDER BY entry", run=run.id)
    assert [row["entry"] for row in rows] == ["cost:1.1", "cost:2.1"]


async def test_the_end_of_an_answer_is_written_with_the_rest_of_its_log(world: World, who: Principal) -> None:
    run = await queued(world, who)
    live = (await world.claims.adopt((await world.claims.claim(1))[0], len)).live
    live.add([e.TextDelta(seq=1, attempt=1, text="all"), e.RunFinished(seq=2, attempt=1, outcome="done")])
    await world.claims.complete(live)
    assert (await look(world.db, run.id)).state == "completing"
    assert [event.seq for event in await log.read(world.db, run.id)] == [1, 2]
    assert live.chunk() is None


async def test_who_lost_the_run_writes_no_end_and_no_log(world: World, who: Principal) -> None:
    run = await queued(world, who)
    live = (await world.claims.adopt((await world.claims.claim(1))[0], len)).live
    live.add([e.TextDelta(seq=1, attempt=1, text="late")])
    await orphan(world.db, run)
    for write in (world.claims.complete, world.claims.hand_over, world.claims.next_attempt):
        with pytest.raises(NotOwner):
            await write(live)
    assert await log.read(world.db, run.id) == []


async def test_a_run_that_is_handed_over_waits_with_everything_in_the_log(world: World, who: Principal) -> None:
    run = await queued(world, who)
    live = (await world.claims.adopt((await world.claims.claim(1))[0], len)).live
    live.add([e.TextDelta(seq=1, attempt=1, text="so far")])
    await world.claims.hand_over(live)
    stored = await look(world.db, run.id)
    assert (stored.state, stored.owner, stored.attempt, stored.handovers) == ("queued", None, 2, 1)
    assert len(await log.read(world.db, run.id)) == 1


@pytest.mark.parametrize(("state", "after"), [("running", "queued"), ("completing", "completing")])
async def test_what_a_dead_process_owned_waits_for_the_next(world: World, who: Principal, state: str, after: str) -> None:
    run = await queued(world, who)
    await change(world.db, run.id, f"state = '{state}'")
    await orphan(world.db, run)
    assert await world.claims.reap() == [run.id]
    stored = await look(world.db, run.id)
    assert (stored.state, stored.owner, stored.attempt, stored.handovers) == (after, None, 2, 0)
    assert await world.claims.reap() == []


async def test_an_expired_process_and_its_runs_are_reaped_together(world: World, other: World, who: Principal) -> None:
    run = await queued(world, who)
    await other.claims.claim(1)
    async with world.db.transaction() as tx:
        await tx.execute("UPDATE processes SET lease_until = 0 WHERE id = :id", id=other.lease.id)
    assert await world.claims.reap() == [run.id]
    with pytest.raises(Fenced):
        await other.lease.heartbeat()


async def test_the_only_process_takes_over_from_whoever_was_there(world: World, who: Principal) -> None:
    run = await queued(world, who)
    await world.claims.claim(1)
    heir = World(world.db)
    await heir.lease.register()
    assert await heir.claims.reap_all_others() == [run.id]
    with pytest.raises(Fenced):
        await world.lease.heartbeat()
    await world.lease.register()
