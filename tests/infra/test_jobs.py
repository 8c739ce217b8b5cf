"""Durable jobs: at least once, one of a key at a time, retried, given up, and taken over from the dead."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from portico.infra.db import Database, Row, SqliteDatabase
from portico.infra.dberrors import DatabaseUnavailable
from portico.infra.jobs import MAX_ATTEMPTS, Handler, Job, Jobs, Periodic, backoff_ms, enqueue
from portico.infra.lease import Lease
from portico.infra.telemetry import Metrics
from tests.runs.outage import postgres_outage

ALL = "SELECT id, kind, key, state, owner, attempt, run_at, error, finished, created FROM jobs ORDER BY created, id"
TTL_MS = 40


class Office:
    """One process that works on jobs; `done` are the arguments of what it finished."""

    def __init__(self, db: Database, periodic: tuple[Periodic, ...] = (), *, slots: int = 2) -> None:
        self.db = db
        self.lease = Lease(db, addr="", version="test", ttl_ms=TTL_MS)
        self.done: list[str] = []
        self.failing = False
        self.excuse = "the printer is out of paper"
        self.hold = asyncio.Event()
        self.hold.set()
        handlers: dict[str, Handler] = {"note": self.note, "clean": self.note}
        self.metrics = Metrics()
        self.jobs = Jobs(db, self.lease, handlers, periodic, slots=slots, metrics=self.metrics)

    def ended(self, outcome: str) -> float:
        return self.metrics.jobs.value("note", outcome)

    async def note(self, job: Job) -> None:
        await self.hold.wait()
        if self.failing:
            raise LookupError(self.excuse)
        self.done.append(job.arguments)

    async def work(self) -> None:
        """Tick, and let what was claimed end."""
        await self.jobs.tick()
        if self.hold.is_set() and self.jobs.running:
            async with asyncio.timeout(5):
                await asyncio.wait(self.jobs._tasks.values())

    async def may_judge(self) -> None:
        async with asyncio.timeout(5):
            while not self.lease.may_judge:
                await self.lease.heartbeat()
                await asyncio.sleep(0.01)


async def opened(db: Database, periodic: tuple[Periodic, ...] = (), *, slots: int = 2) -> Office:
    office = Office(db, periodic, slots=slots)
    await office.lease.register()
    return office


@pytest.fixture
async def office(db: Database) -> AsyncIterator[Office]:
    made = await opened(db)
    yield made
    made.hold.set()
    await made.jobs.stop()


async def put(db: Database, kind: str = "note", *, key: str | None = None, delay_ms: int = 0, priority: int = 0, n: int = 0) -> None:
    async with db.transaction() as tx:
        await enqueue(tx, kind, {"n": n}, key=key, delay_ms=delay_ms, priority=priority)


async def rows(db: Database) -> list[Row]:
    return list(await db.fetch(ALL))


async def make_due(db: Database) -> None:
    async with db.transaction() as tx:
        await tx.execute("UPDATE jobs SET run_at = 0 WHERE state = 'queued'")


async def test_a_job_is_done_with_its_arguments(office: Office) -> None:
    await put(office.db, n=7)
    await office.work()
    assert office.done == ['{"n":7}']
    assert [(row["state"], row["attempt"], row["owner"]) for row in await rows(office.db)] == [("done", 1, None)]


async def test_a_job_of_a_transaction_that_fails_does_not_exist(office: Office) -> None:
    async def fail_late() -> None:
        async with office.db.transaction() as tx:
            await enqueue(tx, "note", {})
            raise LookupError

    with pytest.raises(LookupError):
        await fail_late()
    await office.work()
    assert office.done == []


async def test_a_job_waits_for_its_time(office: Office) -> None:
    await put(office.db, delay_ms=60_000)
    await office.work()
    assert office.done == []
    await make_due(office.db)
    await office.work()
    assert len(office.done) == 1


async def test_a_key_stands_for_one_job_as_long_as_it_lives(office: Office) -> None:
    await put(office.db, key="a", n=1)
    await put(office.db, key="a", n=2)
    await put(office.db, key="b", n=3)
    await office.work()
    assert sorted(office.done) == ['{"n":1}', '{"n":3}']
    await put(office.db, key="a", n=4)
    await office.work()
    assert office.done[-1] == '{"n":4}'


async def test_the_urgent_job_comes_first(db: Database) -> None:
    office = await opened(db, slots=1)
    await put(db, n=1, priority=5)
    await put(db, n=2, priority=0)
    await office.work()
    assert office.done == ['{"n":2}']


async def test_no_more_jobs_run_than_there_are_slots(office: Office) -> None:
    office.hold.clear()
    for n in range(5):
        await put(office.db, n=n)
    await office.work()
    await office.work()
    assert office.jobs.running == 2
    office.hold.set()


async def test_two_processes_share_the_jobs_and_do_none_twice(db: Database) -> None:
    one, two = await opened(db, slots=4), await opened(db, slots=4)
    for n in range(8):
        await put(db, n=n)
    await asyncio.gather(one.work(), two.work())
    await asyncio.gather(one.work(), two.work())
    assert sorted(one.done + two.done) == sorted(f'{{"n":{n}}}' for n in range(8))


async def test_what_failed_is_tried_again_later(office: Office) -> None:
    office.failing = True
    await put(office.db)
    await office.work()
    row = (await rows(office.db))[0]
    assert (row["state"], row["attempt"], row["finished"]) == ("queued", 1, None)
    assert row["error"] == "LookupError: the printer is out of paper"
    assert 900 <= row["run_at"] - row["created"] <= 10_000
    office.failing = False
    await make_due(office.db)
    await office.work()
    row = (await rows(office.db))[0]
    assert (row["state"], row["attempt"], row["error"]) == ("done", 2, None)


async def test_after_five_failures_a_job_stays_for_a_person_to_see(office: Office) -> None:
    office.failing = True
    await put(office.db)
    for _ in range(MAX_ATTEMPTS + 2):
        await make_due(office.db)
        await office.work()
    row = (await rows(office.db))[0]
    assert (row["state"], row["attempt"]) == ("failed", MAX_ATTEMPTS)
    assert "paper" in row["error"]


@pytest.mark.parametrize("attempt", range(1, 30))
def test_each_failure_waits_longer_than_the_one_before_up_to_ten_minutes(attempt: int) -> None:
    whole = min(600_000, 1_000 * 2**attempt)
    assert whole / 2 <= backoff_ms(attempt) <= whole


async def test_the_job_of_a_dead_process_is_done_by_another(db: Database, office: Office) -> None:
    dead = await opened(db)
    dead.hold.clear()
    await put(db)
    await dead.work()
    await office.work()
    assert office.done == [], "the owner may still be at it"
    await dead.lease.drop()
    await office.may_judge()
    await office.work()
    assert len(office.done) == 1
    assert (await rows(db))[0]["attempt"] == 2


async def test_a_fenced_process_does_not_settle_what_another_took_over(db: Database, office: Office) -> None:
    zombie = await opened(db)
    zombie.hold.clear()
    await put(db)
    await zombie.work()
    await zombie.lease.drop()
    await office.may_judge()
    office.hold.clear()
    await office.work()
    zombie.failing = True
    zombie.hold.set()
    await zombie.work()
    row = (await rows(db))[0]
    assert (row["state"], row["owner"], row["error"]) == ("running", office.lease.id, None)
    office.hold.set()
    await office.work()


async def test_a_job_that_kills_its_process_every_time_is_given_up(db: Database, office: Office) -> None:
    await put(db)
    for _ in range(MAX_ATTEMPTS):
        victim = await opened(db)
        victim.hold.clear()
        await victim.work()
        await victim.lease.drop()
        await office.may_judge()
        office.jobs._slots = 0
        await office.work()
    office.jobs._slots = 2
    await office.work()
    assert office.done == []
    row = (await rows(db))[0]
    assert (row["state"], row["attempt"], row["owner"]) == ("failed", MAX_ATTEMPTS, None)
    assert row["finished"] is not None
    assert (office.ended("retried"), office.ended("failed")) == (MAX_ATTEMPTS - 1, 1)


async def test_how_jobs_end_is_counted_from_zero(db: Database, office: Office) -> None:
    assert 'portico_jobs_total{kind="note",outcome="failed"} 0\n' in office.metrics.jobs.render()
    await put(db)
    await office.work()
    assert office.ended("done") == 1


async def test_a_shutdown_gives_a_job_back_and_that_is_no_attempt(db: Database, office: Office) -> None:
    leaving = await opened(db)
    leaving.hold.clear()
    await put(db)
    await leaving.work()
    await leaving.jobs.stop()
    row = (await rows(db))[0]
    assert (row["state"], row["attempt"], row["owner"]) == ("queued", 0, None)
    await office.work()
    assert len(office.done) == 1


@pytest.mark.parametrize("store_url", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True)
async def test_a_job_whose_claim_was_committed_unheard_is_done_all_the_same(store_url: str) -> None:
    async with postgres_outage(store_url) as cut_off:
        office = await opened(cut_off.db)
        await put(cut_off.db)
        cut_off.proxy.mute_at = b"COMMIT"
        with pytest.raises(DatabaseUnavailable):
            await office.jobs.tick()
        cut_off.proxy.mute = False
        assert [row["state"] for row in await rows(cut_off.db)] == ["running"]
        await office.work()
        assert [(row["state"], row["attempt"]) for row in await rows(cut_off.db)] == [("done", 1)]


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
async def test_jobs_that_end_while_the_disk_is_full_are_settled_once_there_is_room(db: Database, office: Office) -> None:
    assert isinstance(db, SqliteDatabase)
    office.failing, office.excuse = True, "x" * 2_000
    office.hold.clear()
    await put(db)
    await put(db)
    await office.jobs.tick()
    await db._write_worker.call(lambda connection: connection.execute("PRAGMA max_page_count=1").fetchall())
    office.hold.set()
    async with asyncio.timeout(5):
        await asyncio.wait(office.jobs._tasks.values(), timeout=0.3)
        assert "running" in [row["state"] for row in await rows(db)]
        await db._write_worker.call(lambda connection: connection.execute("PRAGMA max_page_count=100000").fetchall())
        await asyncio.wait(office.jobs._tasks.values())
    assert [row["state"] for row in await rows(db)] == ["queued", "queued"]


async def test_what_recurs_is_done_once_a_slot_by_whoever_comes_first(db: Database) -> None:
    periodic = (Periodic("clean", 3_600_000),)
    one, two = await opened(db, periodic), await opened(db, periodic)
    for _ in range(3):
        await asyncio.gather(one.work(), two.work())
    assert len(one.done + two.done) == 1


async def test_what_recurs_comes_again_in_the_next_slot(db: Database) -> None:
    office = await opened(db, (Periodic("clean", 50),))
    await office.work()
    await asyncio.sleep(0.06)
    await office.work()
    assert len(office.done) == 2


async def test_a_job_of_no_known_kind_fails_and_holds_up_nobody(office: Office) -> None:
    await put(office.db, "telepathy")
    await put(office.db)
    await office.work()
    assert len(office.done) == 1
    assert {row["kind"]: row["state"] for row in await rows(office.db)} == {"telepathy": "queued", "note": "done"}


async def test_jobs_that_ended_long_ago_are_erased_and_live_ones_never(office: Office) -> None:
    await put(office.db, n=1)
    await office.work()
    await put(office.db, n=2, delay_ms=60_000)
    async with office.db.transaction() as tx:
        await tx.execute("UPDATE jobs SET finished = finished - 10000, created = created - 10000")
    await office.jobs.trim(keep_ms=5_000)
    assert [row["state"] for row in await rows(office.db)] == ["queued"]
