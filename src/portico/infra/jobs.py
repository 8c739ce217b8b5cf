"""Durable jobs on the process lease: `enqueue` inside the caller's transaction is the outbox, claim and reap are those of runs.

At least once: a handler must bear being run again after a crash. A job that failed five times, or killed its process as often, stays as
`failed`, for a person to see.
"""

import asyncio
import logging
import random
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import msgspec

from portico.errors import StorageFull
from portico.ids import JobId, new_id
from portico.infra.db import Database, Row, Transaction
from portico.infra.dberrors import DatabaseUnavailable
from portico.infra.lease import Lease
from portico.infra.telemetry import Metrics

logger = logging.getLogger(__name__)
MAX_ATTEMPTS = 5
MAX_ERROR_CHARS = 2_000
DEADLINE_S = 600.0

ENQUEUE = """
INSERT INTO jobs (id, kind, key, queue, arguments, state, run_at, priority, created)
VALUES (:id, :kind, CAST(:key AS text), :queue, :arguments, 'queued', {now} + :delay_ms, :priority, {now})
ON CONFLICT (kind, key) WHERE key IS NOT NULL AND state IN ('queued', 'running') DO NOTHING
"""
DUE = "SELECT 1 FROM jobs WHERE state = 'queued' AND queue = :queue AND run_at <= {now} LIMIT 1"
ORPHANED = """
SELECT 1 FROM jobs WHERE state = 'running' AND NOT EXISTS (SELECT 1 FROM processes WHERE processes.id = jobs.owner) LIMIT 1
"""
CLAIM = """
WITH picked AS MATERIALIZED (
  SELECT id FROM jobs WHERE state = 'queued' AND queue = :queue AND run_at <= {now} ORDER BY priority, run_at LIMIT :free {skip_locked})
UPDATE jobs SET state = 'running', owner = :me, attempt = attempt + 1 WHERE id IN (SELECT id FROM picked)
RETURNING id, kind, arguments, attempt, step
"""
REAP = """
UPDATE jobs SET owner = NULL, state = CASE WHEN attempt >= :most THEN 'failed' ELSE 'queued' END,
  finished = CASE WHEN attempt >= :most THEN {now} END, error = CASE WHEN attempt >= :most THEN 'the process died' ELSE error END
WHERE state = 'running' AND NOT EXISTS (SELECT 1 FROM processes WHERE processes.id = jobs.owner)
RETURNING kind, state
"""
SETTLE = """
UPDATE jobs SET state = :state, owner = NULL, run_at = {now} + :delay_ms, error = CAST(:error AS text),
  finished = CASE WHEN :state = 'queued' THEN NULL ELSE {now} END
WHERE id = :id AND owner = :me AND state = 'running'
"""
HAND_OVER = "UPDATE jobs SET state = 'queued', owner = NULL, attempt = attempt - 1 WHERE owner = :me AND state = 'running'"
GIVE_BACK = """
UPDATE jobs SET state = 'queued', owner = NULL, attempt = attempt - 1
WHERE owner = :me AND state = 'running' AND id NOT IN (SELECT known.id FROM {rows:known(id text)})
"""
SLOT = "INSERT INTO job_slots (name, slot) VALUES (:name, CAST({now} / :every_ms AS bigint)) ON CONFLICT DO NOTHING"
TRIM_SLOTS = "DELETE FROM job_slots WHERE name = :name AND slot < CAST({now} / :every_ms AS bigint) - 10"
TRIM = "DELETE FROM jobs WHERE state IN ('done', 'failed') AND finished < {now} - :keep_ms"


@dataclass(frozen=True, slots=True)
class Job:
    """One claimed job; `arguments` is JSON text, `attempt` counts from 1."""

    id: JobId
    kind: str
    arguments: str
    attempt: int


Handler = Callable[[Job], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Periodic:
    """A job that is enqueued once in every slot of `every_ms` by whichever process comes first."""

    kind: str
    every_ms: int


async def enqueue(
    tx: Transaction,
    kind: str,
    arguments: Mapping[str, object],
    *,
    key: str | None = None,
    delay_ms: int = 0,
    priority: int = 0,
    queue: str = "web",
) -> None:
    """Add a job that runs after the caller's commit. A live job of the same kind and key makes this a no-op."""
    text = msgspec.json.encode(arguments).decode()
    await tx.execute(ENQUEUE, id=new_id(), kind=kind, key=key, queue=queue, arguments=text, delay_ms=delay_ms, priority=priority)


def backoff_ms(attempt: int) -> int:
    """Milliseconds until the next try: 2 s doubled each time, at most 10 min, half of it by chance."""
    return round(min(600_000, 1_000 * 2**attempt) * random.uniform(0.5, 1.0))


class Jobs:
    """The job slots of this process."""

    def __init__(
        self,
        db: Database,
        lease: Lease,
        handlers: Mapping[str, Handler],
        periodic: tuple[Periodic, ...] = (),
        *,
        slots: int = 2,
        metrics: Metrics | None = None,
    ) -> None:
        self._db = db
        self._lease = lease
        self._handlers = handlers
        self._periodic = periodic
        self._slots = slots
        self._metrics = metrics or Metrics()
        for kind, outcome in product(handlers, ("done", "retried", "failed")):
            self._metrics.jobs.begin(kind, outcome)
        self._tasks: dict[JobId, asyncio.Task[None]] = {}
        self._slots_seen: dict[str, int] = {}
        self._unsure = False

    @property
    def running(self) -> int:
        return len(self._tasks)

    async def tick(self) -> None:
        """Enqueue what is due by the clock, reap orphans, claim while there is room."""
        if self._unsure:
            await self._give_back()
        for periodic in self._periodic:
            await self._schedule(periodic)
        if self._lease.may_judge and await self._db.fetch_one(ORPHANED) is not None:
            await self._reap()
        free = self._slots - len(self._tasks)
        if free <= 0 or await self._db.fetch_one(DUE, queue="web") is None:
            return
        for row in await self._claim(free):
            self._start(_job(row))

    async def _reap(self) -> None:
        async with self._db.transaction() as tx:
            reaped = await tx.fetch(REAP, most=MAX_ATTEMPTS)
        for row in reaped:
            self._metrics.jobs.inc(row["kind"], "retried" if row["state"] == "queued" else row["state"])

    async def _claim(self, free: int) -> Sequence[Row]:
        try:
            async with self._db.transaction() as tx:
                await self._lease.require_alive(tx)
                return await tx.fetch(CLAIM, queue="web", free=free, me=self._lease.id)
        except DatabaseUnavailable:
            self._unsure = True
            raise

    async def _give_back(self) -> None:
        """After a claim of unknown outcome: what is ours but not worked on goes back into the queue."""
        async with self._db.transaction() as tx:
            await tx.execute(GIVE_BACK, me=self._lease.id, known=[(job_id,) for job_id in self._tasks])
        self._unsure = False

    async def _schedule(self, periodic: Periodic) -> None:
        slot = time.time_ns() // 1_000_000 // periodic.every_ms
        if self._slots_seen.get(periodic.kind) == slot:
            return
        self._slots_seen[periodic.kind] = slot  # a clock that is off costs a question more, never a second job
        async with self._db.transaction(durable=False) as tx:
            if await tx.execute(SLOT, name=periodic.kind, every_ms=periodic.every_ms):
                await tx.execute(TRIM_SLOTS, name=periodic.kind, every_ms=periodic.every_ms)
                await enqueue(tx, periodic.kind, {}, key="periodic", priority=10)

    def _start(self, job: Job) -> None:
        task = asyncio.create_task(self._work(job, self._lease.id), name=f"job-{job.kind}-{job.id}")
        self._tasks[job.id] = task
        task.add_done_callback(lambda _: self._tasks.pop(job.id, None))

    async def _work(self, job: Job, me: str) -> None:
        try:
            async with asyncio.timeout(DEADLINE_S):
                await self._handlers[job.kind](job)
        except Exception as error:
            logger.exception("job %s %s failed (attempt %d)", job.kind, job.id, job.attempt)
            await self._settle(job, me, error)
        else:
            await self._settle(job, me, None)

    async def _settle(self, job: Job, me: str, error: Exception | None) -> None:
        """Record the end. While the store is away or full, the owner tries again, until it is fenced: then the job runs again."""
        state = "done" if error is None else "failed" if job.attempt >= MAX_ATTEMPTS else "queued"
        text = None if error is None else f"{type(error).__name__}: {error}"[:MAX_ERROR_CHARS]
        while self._lease.id == me:
            try:
                async with self._db.transaction() as tx:
                    await tx.execute(SETTLE, id=job.id, me=me, state=state, delay_ms=backoff_ms(job.attempt), error=text)
            except (DatabaseUnavailable, StorageFull):
                await asyncio.sleep(1)
            else:
                self._metrics.jobs.inc(job.kind, "retried" if state == "queued" else state)
                return

    async def trim(self, *, keep_ms: int) -> None:
        """Erase jobs that ended longer ago than `keep_ms`."""
        async with self._db.transaction() as tx:
            await tx.execute(TRIM, keep_ms=keep_ms)

    async def stop(self) -> None:
        """Cancel what runs and give it back to the queue; another process takes it up."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        async with self._db.transaction() as tx:
            await tx.execute(HAND_OVER, me=self._lease.id)


def _job(row: Row) -> Job:
    return Job(JobId(row["id"]), row["kind"], row["arguments"], row["attempt"])
