"""One process, one lease, one fencing token: SQL for the table `processes` and nothing else.

The row's id is the token. Whoever writes in the name of a process first takes the row's key-share lock; whoever declares a
process dead deletes the row, and so waits for those writers and refuses the later ones. Only the database's clock decides.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from portico.ids import ProcessId, new_id
from portico.infra.db import Database, Transaction

REGISTER = """
INSERT INTO processes (id, addr, version, draining, started, heartbeat, lease_until)
VALUES (:id, :addr, :version, FALSE, {now}, {now}, {now} + :ttl_ms)
"""
HEARTBEAT = "UPDATE processes SET heartbeat = {now}, lease_until = {now} + :ttl_ms, draining = :draining WHERE id = :id RETURNING id"
ALIVE = "SELECT 1 FROM processes WHERE id = :id {key_share}"
DROP = "DELETE FROM processes WHERE id = :id"
EXPIRED = "SELECT id, addr FROM processes WHERE lease_until < {now} AND id <> :id"
BURY = "DELETE FROM processes WHERE lease_until < {now} AND id <> :id RETURNING id"
BURY_ALL = "DELETE FROM processes WHERE id <> :id RETURNING id"
SILENT = "SELECT id, addr FROM processes WHERE heartbeat < {now} - :silent_ms AND id <> :id AND addr <> ''"
BURY_ONE = "DELETE FROM processes WHERE id = :suspect AND heartbeat < {now} - :silent_ms AND id <> :id"
SILENT_MS = 2_000


class Fenced(Exception):
    """Another process has declared this one dead: nothing may be written under the old id any more."""


@dataclass(frozen=True, slots=True)
class Suspect:
    """A process that has not been heard of for 2 s; `addr` is host:port of its health endpoint."""

    id: ProcessId
    addr: str


class Lease:
    """This process's row. `id` changes after a fence; `healthy_since` is the start of the unbroken row of heartbeats (monotonic)."""

    def __init__(self, db: Database, *, addr: str, version: str, ttl_ms: int) -> None:
        self._db = db
        self._addr = addr
        self._version = version
        self.ttl_ms = ttl_ms
        self.id = ProcessId(new_id())
        self.draining = False
        self._healthy_since: float | None = None
        self._last_beat = 0.0

    async def register(self) -> None:
        """Take a new id and insert its row. Raises DatabaseUnavailable."""
        self.id = ProcessId(new_id())
        async with self._db.transaction(reserved=True) as tx:
            await tx.execute(REGISTER, id=self.id, addr=self._addr, version=self._version, ttl_ms=self.ttl_ms)
        self._beaten()

    async def heartbeat(self) -> None:
        """Renew the lease. Raises Fenced when the row is gone, DatabaseUnavailable when nobody answers."""
        began = time.monotonic()
        try:
            hit = await self._db.alone(HEARTBEAT, id=self.id, ttl_ms=self.ttl_ms, draining=self.draining)
        except BaseException:
            self._healthy_since = None
            raise
        if not hit:
            raise Fenced(self.id)
        if began - self._last_beat > self.ttl_ms / 1000:
            self._healthy_since = None
        self._beaten()

    def _beaten(self) -> None:
        self._last_beat = time.monotonic()
        if self._healthy_since is None:
            self._healthy_since = self._last_beat

    @property
    def may_judge(self) -> bool:
        """Whether one's own heartbeats were fine for a whole TTL; otherwise silence of others may be one's own deafness."""
        return self._healthy_since is not None and time.monotonic() - self._healthy_since >= self.ttl_ms / 1000

    async def require_alive(self, tx: Transaction) -> None:
        """Join the caller's transaction and hold the row, so that nobody can bury this process before the commit. Raises Fenced."""
        if await tx.fetch_one(ALIVE, id=self.id) is None:
            raise Fenced(self.id)

    async def is_alive(self) -> bool:
        """Whether the row is still there. Only a hint: it may be gone a moment later."""
        return await self._db.fetch_one("SELECT 1 FROM processes WHERE id = :id", id=self.id) is not None

    async def drop(self) -> None:
        """Give the lease back at the end of an orderly shutdown."""
        async with self._db.transaction(reserved=True) as tx:
            await tx.execute(DROP, id=self.id)

    async def bury_expired(self, tx: Transaction) -> list[ProcessId]:
        """Delete every other process whose lease is over; the first statement of a reap."""
        return [ProcessId(row["id"]) for row in await tx.fetch(BURY, id=self.id)]

    async def bury_others(self, tx: Transaction) -> list[ProcessId]:
        """Delete every other process. Only for a store that one process alone can hold open."""
        return [ProcessId(row["id"]) for row in await tx.fetch(BURY_ALL, id=self.id)]

    async def expired(self) -> bool:
        """Whether some other process's lease is over: the cheap question before a reap."""
        return await self._db.fetch_one(EXPIRED, id=self.id) is not None

    async def suspects(self) -> Sequence[Suspect]:
        """Other processes that have been silent for 2 s."""
        rows = await self._db.fetch(SILENT, id=self.id, silent_ms=SILENT_MS)
        return [Suspect(ProcessId(row["id"]), row["addr"]) for row in rows]

    async def bury_suspect(self, suspect: Suspect) -> bool:
        """Delete a silent process that is proved gone; False when it was heard of meanwhile."""
        async with self._db.transaction(reserved=True) as tx:
            return await tx.execute(BURY_ONE, suspect=suspect.id, id=self.id, silent_ms=SILENT_MS) == 1
