"""Who answers a run: claim, adopt, hand over, reap. Every statement is fenced by the lease in the same transaction."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from portico.ids import RunId
from portico.infra.db import Database
from portico.infra.faults import crash_point
from portico.infra.lease import Lease
from portico.runs import events as e
from portico.runs import log
from portico.runs.core import Answer, Facts, Finish, Outcome, after_claim
from portico.runs.finish import NotOwner, open_cost
from portico.runs.live import LiveRun, last_progress
from portico.runs.meter import Meter
from portico.runs.models import COLUMNS, Run, run_of

WAITING = """
SELECT 1 FROM runs WHERE (state = 'queued' AND coalesce(not_before, {now}) <= {now}) OR (state = 'completing' AND owner IS NULL) LIMIT 1
"""
# What is live, what of it is mine, and how many processes answer. The address tells those from workers; a lone process has none.
SHARES = """
SELECT (SELECT count(*) FROM runs WHERE state IN ('queued', 'running', 'completing')) AS live,
  (SELECT count(*) FROM runs WHERE state IN ('running', 'completing') AND owner = :me) AS mine,
  (SELECT count(*) FROM processes WHERE addr <> '' AND NOT draining AND lease_until > {now}) AS processes
"""
# MATERIALIZED: without it a nested-loop plan evaluates the picked rows again and again and claims more than its limit.
CLAIM = f"""
WITH picked AS MATERIALIZED (
  SELECT id FROM runs WHERE (state = 'queued' AND coalesce(not_before, {{now}}) <= {{now}}) OR (state = 'completing' AND owner IS NULL)
  ORDER BY priority, created LIMIT :free {{skip_locked}})
UPDATE runs SET state = CASE state WHEN 'completing' THEN state ELSE 'running' END, owner = :me, started = coalesce(started, {{now}})
WHERE id IN (SELECT id FROM picked) RETURNING {COLUMNS}
"""
ADOPT = "UPDATE runs SET stale = :stale, progress_seq = :progress WHERE id = :id AND owner = :me"
NEXT_ATTEMPT = "UPDATE runs SET attempt = attempt + 1 WHERE id = :id AND owner = :me AND state = 'running'"
COMPLETE = "UPDATE runs SET state = 'completing' WHERE id = :id AND owner = :me AND state IN ('running', 'completing')"
# The next claimer counts a claim without progress; one that ended with an orderly shutdown is not the run's fault.
HAND_OVER = """
UPDATE runs SET state = 'queued', owner = NULL, attempt = attempt + 1, handovers = handovers + 1, stale = stale - 1
WHERE id = :id AND owner = :me AND state = 'running'
"""
GIVE_BACK = """
UPDATE runs SET state = CASE state WHEN 'completing' THEN state ELSE 'queued' END, owner = NULL, attempt = attempt + 1
WHERE id = :id AND owner = :me AND state IN ('running', 'completing')
"""
ORPHANED = """
SELECT 1 FROM runs WHERE state IN ('running', 'completing') AND owner IS NOT NULL
AND NOT EXISTS (SELECT 1 FROM processes WHERE processes.id = runs.owner) LIMIT 1
"""
REAP = """
UPDATE runs SET state = CASE state WHEN 'completing' THEN 'completing' ELSE 'queued' END, owner = NULL, attempt = attempt + 1
WHERE id IN (
  SELECT id FROM runs WHERE state IN ('running', 'completing') AND owner IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM processes WHERE processes.id = runs.owner) ORDER BY id {skip_locked})
RETURNING id
"""


@dataclass(frozen=True, slots=True)
class Adopted:
    """A claimed run with its log read, and what is to be done with it."""

    live: LiveRun
    decision: Answer | Finish


class Claims:
    def __init__(self, db: Database, lease: Lease) -> None:
        self._db = db
        self._lease = lease

    async def claim(self, free: int) -> list[Run]:
        """Take at most `free` waiting runs, the most urgent and oldest first, and no more than an equal share of all. Raises Fenced."""
        if free <= 0 or await self._db.fetch_one(WAITING) is None:
            return []
        free = min(free, await self._share())
        async with self._db.transaction(reserved=True) as tx:
            await self._lease.require_alive(tx)
            claimed = [run_of(row) for row in await tx.fetch(CLAIM, free=free, me=self._lease.id)]
            crash_point("claim.before_commit")
        crash_point("claim.after_commit")
        return claimed

    async def _share(self) -> int:
        """How many runs are missing to an equal share. When a process dies, whoever ticks first would otherwise take all that it had.

        At least one: what others leave lying, since they are full or hang, is taken all the same, a run a tick.
        """
        row = await self._db.fetch_one(SHARES, me=self._lease.id)
        return 1 if row is None else max(1, -(-row["live"] // max(1, row["processes"])) - row["mine"])

    async def adopt(self, run: Run, count: Callable[[str], int]) -> Adopted:
        """Read the log of a claimed run and store what the next claimer will compare with. Raises NotOwner, Fenced."""
        logged = await log.read(self._db, run.id)
        progress = last_progress(logged)
        facts = Facts(
            attempt=run.attempt,
            handovers=run.handovers,
            stale=run.stale,
            progress_seq=run.progress_seq,
            last_progress=progress,
            cancel_requested=run.cancel_requested,
            logged_outcome=_outcome(logged),
        )
        decision = after_claim(facts)
        if isinstance(decision, Answer):
            async with self._db.transaction(durable=False, reserved=True) as tx:
                await self._lease.require_alive(tx)
                hit = await tx.execute(ADOPT, id=run.id, me=self._lease.id, stale=decision.stale, progress=decision.progress_seq)
                if not hit:
                    raise NotOwner(run.id)
                await open_cost(tx, run, run.attempt)
        live = LiveRun(run, Meter(count), logged)
        live.last_progress = progress
        return Adopted(live, decision)

    async def next_attempt(self, live: LiveRun) -> None:
        """The same owner tries again after a broken stream. Raises NotOwner, Fenced."""
        async with self._db.transaction(reserved=True) as tx:
            await self._lease.require_alive(tx)
            if not await tx.execute(NEXT_ATTEMPT, id=live.run.id, me=self._lease.id):
                raise NotOwner(live.run.id)
            await open_cost(tx, live.run, live.attempt + 1)
        live.run = replace(live.run, attempt=live.run.attempt + 1)
        live.attempt = live.run.attempt
        live.call_number = 0

    async def complete(self, live: LiveRun) -> None:
        """Write the rest of the log with `run_finished`: from here on nobody asks a provider again. Raises NotOwner, Fenced."""
        async with self._db.transaction(durable=False, reserved=True) as tx:
            await self._lease.require_alive(tx)
            chunk = live.chunk()
            if chunk is not None:
                await log.append_in(tx, self._lease.id, [chunk])
            if not await tx.execute(COMPLETE, id=live.run.id, me=self._lease.id):
                raise NotOwner(live.run.id)
        crash_point("complete.after_commit")
        if chunk is not None:
            live.flushed(chunk.last_seq)

    async def hand_over(self, live: LiveRun) -> None:
        """Give a run back to the queue at shutdown, with everything it has in the log. Raises NotOwner, Fenced."""
        async with self._db.transaction(reserved=True) as tx:
            await self._lease.require_alive(tx)
            chunk = live.chunk()
            if chunk is not None:
                await log.append_in(tx, self._lease.id, [chunk])
            if not await tx.execute(HAND_OVER, id=live.run.id, me=self._lease.id):
                raise NotOwner(live.run.id)

    async def give_back(self, run_id: RunId) -> None:
        """Requeue a run that is this process's by its row alone. Raises Fenced."""
        async with self._db.transaction(reserved=True) as tx:
            await self._lease.require_alive(tx)
            await tx.execute(GIVE_BACK, id=run_id, me=self._lease.id)

    async def reap(self) -> list[RunId]:
        """Bury processes whose lease is over and put their runs back into the queue; return these runs."""
        if not await self._lease.expired() and await self._db.fetch_one(ORPHANED) is None:
            return []
        async with self._db.transaction(reserved=True) as tx:
            await self._lease.bury_expired(tx)  # waits for their writes in flight; the next statement has its own snapshot
            return [row["id"] for row in await tx.fetch(REAP)]

    async def reap_all_others(self) -> list[RunId]:
        """At the start of the only process that can hold this store: whoever else is registered is dead."""
        async with self._db.transaction(reserved=True) as tx:
            await self._lease.bury_others(tx)
            return [row["id"] for row in await tx.fetch(REAP)]


def _outcome(logged: list[e.LogEvent]) -> Outcome | None:
    last = logged[-1] if logged else None
    if isinstance(last, e.RunFinished) and last.outcome in ("done", "failed", "cancelled", "interrupted"):
        return last.outcome
    return None
