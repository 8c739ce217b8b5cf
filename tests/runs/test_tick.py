"""What a process does four times a second, on both stores."""

import asyncio

import pytest

from portico.access.principal import Principal
from portico.conversations import changes
from portico.ids import ProcessId, RunId, new_id
from portico.infra import sqlite
from portico.infra.db import Database
from portico.infra.dberrors import ReadTooSlow
from portico.infra.lease import Fenced
from portico.runs import log
from portico.runs.core import State
from portico.runs.live import Buffer
from portico.runs.tick import Pace
from tests.runs.conftest import World, queued, started


async def state_of(db: Database, run_id: RunId) -> tuple[State, int]:
    row = await db.fetch_one("SELECT state, attempt FROM runs WHERE id = :id", id=run_id)
    assert row is not None
    return row["state"], row["attempt"]


async def change(db: Database, text: str, **values: str) -> None:
    async with db.transaction() as tx:
        await tx.execute(text, **values)


async def judging(world: World) -> None:
    """Let the process be well for so long that it may judge others."""
    async with asyncio.timeout(5):
        while not world.lease.may_judge:
            await world.tick()
            await asyncio.sleep(0.02)
    world.ticker._pace = Pace()


def test_a_part_is_due_at_once_and_then_after_its_time() -> None:
    pace = Pace()
    assert [pace.due("beat", 60), pace.due("beat", 60), pace.due("ping", 60), pace.due("beat", 0)] == [True, False, True, True]


async def test_a_tick_writes_what_waits(world: World, who: Principal) -> None:
    accepted = await world.send(who, "/words 100 rate 200")
    await asyncio.sleep(0.1)
    assert world.hub.local[accepted.run.id].unflushed.events
    await world.tick()
    assert await log.read(world.db, accepted.run.id)


async def test_waiting_runs_are_taken_up_while_there_is_room(db: Database, who: Principal) -> None:
    async with started(World(db, max_streams=1)) as world:
        first, second = await queued(world, who, "/words 500 rate 50"), await queued(world, who)
        await world.tick()
        assert (await state_of(db, first.id), await state_of(db, second.id)) == (("running", 1), ("queued", 1))


async def test_who_leaves_or_only_works_on_jobs_takes_nothing_up(world: World, who: Principal) -> None:
    run = await queued(world, who)
    world.lease.draining = True
    await world.tick()
    world.lease.draining = False
    world.ticker._answers = False
    await world.tick()
    assert await state_of(world.db, run.id) == ("queued", 1)


async def test_a_stop_from_another_process_is_heard_within_a_tick(world: World, other: World, who: Principal) -> None:
    accepted = await world.send(who, "/words 1000 rate 50")
    await other.service.cancel(who, accepted.run.id)
    run = await world.ended(who, accepted.run.id)
    assert run.state == "cancelled"


async def test_the_runs_of_a_process_that_fell_silent_are_taken_over(world: World, other: World, who: Principal) -> None:
    await judging(world)
    accepted = await other.send(who, "/words 60 rate 60")
    await change(world.db, "UPDATE processes SET lease_until = 0 WHERE id = :id", id=other.lease.id)
    run = await world.ended(who, accepted.run.id)
    assert (run.state, run.attempt) == ("done", 2)
    with pytest.raises(Fenced):
        await other.lease.heartbeat()


async def test_who_was_not_well_itself_buries_nobody(world: World, other: World, who: Principal) -> None:
    accepted = await other.send(who, "/words 1000 rate 50")
    await change(world.db, "UPDATE processes SET lease_until = 0 WHERE id = :id", id=other.lease.id)
    assert not world.lease.may_judge
    await world.tick()
    assert await state_of(world.db, accepted.run.id) == ("running", 1)
    await other.lease.heartbeat()


async def test_a_run_that_is_ours_but_that_nobody_answers_goes_back_after_a_second_look(world: World, who: Principal) -> None:
    run = await queued(world, who, "/words 500 rate 50")
    await world.claims.claim(1)
    world.ticker._answers = False
    await world.tick()
    assert await state_of(world.db, run.id) == ("running", 1)
    world.ticker._pace = Pace()
    await world.tick()
    assert await state_of(world.db, run.id) == ("queued", 2)


async def test_a_fenced_process_goes_on_under_a_new_lease_without_its_runs(world: World, who: Principal) -> None:
    accepted = await world.send(who, "/words 1000 rate 50")
    live, old = world.hub.local[accepted.run.id], world.lease.id
    await change(world.db, "DELETE FROM processes WHERE id = :id", id=old)
    world.ticker._pace = Pace()
    await world.ticker.guarded()
    assert world.lease.id != old
    assert world.hub.local == {}
    assert live.stop_reason == "fenced"
    await world.lease.heartbeat()


async def test_a_followed_run_of_another_process_is_brought_up_to_date(world: World, who: Principal) -> None:
    ahead, run = await queued(world, who), await queued(world, who)
    world.ticker._answers = False
    buffer = world.hub.remote[run.id] = Buffer(run)
    await world.tick()
    assert (buffer.state, buffer.place) == ("queued", 2)
    await world.service.cancel(who, ahead.id)
    await world.tick()
    assert buffer.place == 1
    await change(world.db, "UPDATE runs SET state = 'running', owner = :owner WHERE id = :id", owner=ProcessId(new_id()), id=run.id)
    await world.tick()
    assert (buffer.state, buffer.place) == ("running", None)


async def test_viewers_hear_that_their_users_data_changed(world: World, who: Principal) -> None:
    viewer = await world.streams.open(who, [], sync=True, since=None)
    world.hub.enter(viewer)
    viewer.woken.clear()
    async with world.db.transaction() as tx:
        await changes.record(tx, who.user_id, "settings", who.user_id)
    await world.tick()
    assert (viewer.sync_rev, viewer.woken.is_set()) == (1, True)


async def test_somebody_who_wakes_the_tick_need_not_wait_for_it(world: World, who: Principal) -> None:
    world.ticker._interval_s = 60
    ticking = asyncio.create_task(world.ticker.run())
    await asyncio.sleep(0.05)
    run = await queued(world, who)
    world.ticker.woken.set()
    await asyncio.sleep(0.3)
    assert (await state_of(world.db, run.id))[0] in ("running", "completing", "done")
    ticking.cancel()


async def test_a_defect_in_one_tick_does_not_end_the_process(world: World, caplog: pytest.LogCaptureFixture) -> None:
    world.ticker._p.hub.remote[RunId("broken")] = None  # pyright: ignore[reportArgumentType] -- what no code of ours should leave here
    await world.ticker.guarded()
    assert "a tick failed" in caplog.text
    world.hub.remote.clear()
    await world.ticker.guarded()


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
async def test_a_tick_behind_a_read_that_takes_too_long_is_cut_short_and_the_next_is_whole(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(sqlite, "READ_DEADLINE_S", 1.5)
    slow = asyncio.create_task(world.db.fetch("WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT max(x) FROM n"))
    await asyncio.sleep(0)
    monkeypatch.setattr(sqlite, "READ_DEADLINE_S", 0.05)
    await world.ticker.guarded()
    with pytest.raises(ReadTooSlow):
        await slow
    assert [(record.levelname, record.exc_info) for record in caplog.records] == [("WARNING", None)]
    monkeypatch.undo()
    await world.tick()
