"""One tick a process, every 250 ms: heartbeat, flush, flags, followed runs, claims, reaping. Its load does not grow with streams."""

import asyncio
import logging
import time
from dataclasses import dataclass

from portico.ids import RunId
from portico.infra.db import Database
from portico.infra.dberrors import DatabaseUnavailable, ReadTooSlow
from portico.infra.jobs import Jobs
from portico.infra.lease import Fenced, Lease
from portico.infra.telemetry import Metrics
from portico.runs import log
from portico.runs.claims import Claims
from portico.runs.core import TERMINAL
from portico.runs.finish import NotOwner
from portico.runs.live import Hub
from portico.runs.models import Run
from portico.runs.recorder import Recorder
from portico.runs.runner import Runner
from portico.runs.suspect import bury_the_dead

logger = logging.getLogger(__name__)
HEARTBEAT_S = 1.0
PING_S = 10.0
RECHECK_S = 5.0
JUDGE_S = 1.0
OWN = "SELECT id, cancel_at FROM runs WHERE owner = :me AND state IN ('running', 'completing')"
FOLLOW = """
SELECT runs.id AS id, runs.state AS state, runs.attempt AS attempt,
  CASE WHEN runs.state = 'queued' THEN (
    SELECT count(*) FROM runs q
    WHERE q.state = 'queued' AND (q.priority, q.created, q.id) <= (runs.priority, runs.created, runs.id)) END AS place
FROM {rows:watch(run_id text)} JOIN runs ON runs.id = watch.run_id
"""
REVS = """
SELECT user_revs.user_id AS user_id, user_revs.rev AS rev FROM {rows:watch(user_id text)}
JOIN user_revs ON user_revs.user_id = watch.user_id
"""


@dataclass(slots=True)
class Pace:
    """When each part of the tick was done last (monotonic seconds)."""

    beat: float = 0.0
    ping: float = 0.0
    recheck: float = 0.0
    judge: float = 0.0

    def due(self, name: str, every_s: float) -> bool:
        """Whether a part is due; if so it counts as done now."""
        now = time.monotonic()
        if now - getattr(self, name) < every_s:
            return False
        setattr(self, name, now)
        return True


@dataclass(frozen=True, slots=True)
class Parts:
    """What one tick works on."""

    db: Database
    lease: Lease
    hub: Hub
    recorder: Recorder
    claims: Claims
    runner: Runner
    jobs: Jobs
    metrics: Metrics


class Tick:
    """`once()` does everything that is due. `shared` is false where one process alone holds the store: nobody else to watch for."""

    def __init__(self, parts: Parts, *, max_streams: int, interval_s: float = 0.25, shared: bool = True, answers: bool = True) -> None:
        self._p = parts
        self._max_streams = max_streams
        self._interval_s = interval_s
        self._shared = shared
        self._answers = answers
        self._pace = Pace()
        self._outage = False
        self._strange: set[RunId] = set()
        self.woken = asyncio.Event()

    async def run(self) -> None:
        """Tick until cancelled. An outage of the database is logged once; a fence renews the process."""
        while True:
            began = time.monotonic()
            await self.guarded()
            self._observe(time.monotonic() - began)
            wait_until = began + self._wait_s()
            try:
                async with asyncio.timeout(max(0.01, wait_until - time.monotonic())):
                    await self.woken.wait()
            except TimeoutError:
                self._p.metrics.tick_lag_s.observe(max(0.0, time.monotonic() - wait_until))
            self.woken.clear()

    def _observe(self, took_s: float) -> None:
        metrics = self._p.metrics
        metrics.tick_s.observe(took_s)
        metrics.streams.set(len(self._p.hub.viewers))
        metrics.runs.set(self._p.hub.answering())
        metrics.database_up.set(0 if self._outage else 1)
        for state, count in self._p.db.connections().items():
            metrics.pool.set(count, state)

    def _wait_s(self) -> float:
        idle = not self._shared and not self._p.hub.local and not self._p.hub.viewers
        return 1.0 if idle else self._interval_s

    async def guarded(self) -> None:
        """One tick that outlives an outage and a fence."""
        try:
            await self.once()
        except DatabaseUnavailable:
            if not self._outage:
                logger.warning("the database does not answer: answers go on and wait in memory")
            self._outage = True
        except Fenced:
            await self._renew()
        except ReadTooSlow:
            logger.warning("a tick was cut short: the database takes too long to read")
        except Exception:
            logger.exception("a tick failed")
        else:
            if self._outage:
                logger.warning("the database answers again")
            self._outage = False

    @property
    def outage(self) -> bool:
        return self._outage

    async def once(self) -> None:
        """Do what is due, in this order: prove that we live, secure what we have, then look for more."""
        if self._pace.due("beat", HEARTBEAT_S if self._interval_s >= HEARTBEAT_S / 4 else self._interval_s):
            await self._p.lease.heartbeat()
        await self._p.recorder.flush()
        if self._shared and self._p.hub.local:
            await self._look_at_own()
        await self._follow()
        self._p.hub.pulse(ping=self._pace.due("ping", PING_S), recheck=self._pace.due("recheck", RECHECK_S))
        if self._pace.due("judge", JUDGE_S):
            await self._give_back()
            await self._judge()
            if not self._p.lease.draining:
                await self._p.jobs.tick()
        await self.claim()

    async def claim(self) -> None:
        """Take up waiting runs while there is room."""
        if self._p.lease.draining or not self._answers:
            return
        for run in await self._p.claims.claim(self._max_streams - self._p.hub.answering()):
            await self._take_up(run)

    async def _take_up(self, run: Run) -> None:
        try:
            adopted = await self._p.claims.adopt(run, self._p.runner.counter(run))
        except NotOwner:
            return
        metrics = self._p.metrics
        if run.attempt > 1:
            metrics.resumes.inc("claimed")
        if run.started is not None:
            metrics.queue_wait_s.observe(max(0, run.started - run.created) / 1000)
        self._p.runner.start(adopted)

    async def _look_at_own(self) -> set[RunId]:
        """Stop what somebody cancelled from elsewhere; return the runs that are this process's but that nobody here answers."""
        strange: set[RunId] = set()
        for row in await self._p.db.fetch(OWN, me=self._p.lease.id):
            live = self._p.hub.local.get(row["id"])
            if live is None:
                strange.add(row["id"])
            elif row["cancel_at"] is not None:
                live.ask_stop("cancelled")
        return strange

    async def _give_back(self) -> None:
        """Requeue runs that were strange at the last look already.

        Their commit succeeded but nobody here heard of it: the database went away in the middle, or the request was cancelled.
        """
        strange = await self._look_at_own()
        for run_id in strange & self._strange:
            logger.warning("run %s is ours but not answered: back into the queue", run_id)
            await self._p.claims.give_back(run_id)
        self._strange = strange

    async def _follow(self) -> None:
        """Bring the followed runs of other processes up to date, and tell viewers of their users' revisions."""
        remote = self._p.hub.remote
        if remote:
            states = await self._p.db.fetch(FOLLOW, watch=[(run_id,) for run_id in remote])
            fresh = await log.read_many(self._p.db, [(run_id, buffer.last_seq) for run_id, buffer in remote.items()])
            for run_id, events in fresh.items():
                if run_id in remote:
                    remote[run_id].append(events)
                    remote[run_id].trim(events[-1].seq)
            for row in states:
                buffer = remote.get(row["id"])
                if buffer is not None and (buffer.state, buffer.place) != (row["state"], row["place"]):
                    buffer.place = row["place"]
                    buffer.set_state(row["state"])
        users = {viewer.who.user_id for viewer in self._p.hub.viewers if viewer.sync_rev is not None}
        if users:
            rows = await self._p.db.fetch(REVS, watch=[(user,) for user in users])
            self._p.hub.hint({row["user_id"]: row["rev"] for row in rows})

    async def _judge(self) -> None:
        """Bury the dead and requeue their runs; not while one's own heartbeats were in doubt."""
        if not self._shared or not self._p.lease.may_judge:
            return
        buried = await bury_the_dead(self._p.lease)
        reaped = await self._p.claims.reap()
        if buried or reaped:
            self._p.metrics.reaps.inc(by=max(1, buried))
            logger.warning("reaped %d processes and %d of their runs", buried, len(reaped))

    async def _renew(self) -> None:
        """We were declared dead: everything in memory belongs to others now. Go on as a new process."""
        self._p.metrics.fenced.inc()
        logger.warning("fenced: lease %s is gone; going on under a new one", self._p.lease.id)
        for live in list(self._p.hub.local.values()):
            if live.state not in TERMINAL:
                live.ask_stop("fenced")
                self._p.hub.leave(live)
        try:
            await self._p.lease.register()
        except DatabaseUnavailable:
            self._outage = True
