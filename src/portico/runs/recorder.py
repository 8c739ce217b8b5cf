"""From the engine's batches to the log: seqs, the 250 ms flush of all runs in one statement, and how much may wait in memory."""

import asyncio
import logging
from collections.abc import Iterable, Sequence

from portico.infra.db import Database
from portico.infra.dberrors import DatabaseUnavailable
from portico.infra.faults import crash_point
from portico.infra.lease import Fenced, Lease
from portico.runs import events as e
from portico.runs import log
from portico.runs.live import Hub, LiveRun

logger = logging.getLogger(__name__)
RUN_BUFFER_BYTES = 2_000_000  # what one run may hold back while the database is away: half an hour at 50 tokens a second
PROCESS_BUFFER_BYTES = 256_000_000


class Recorder:
    """The writer of the log for all runs of this process."""

    def __init__(self, db: Database, lease: Lease, hub: Hub) -> None:
        self._db = db
        self._lease = lease
        self._hub = hub
        self._unsure = False
        self._flushing: set[asyncio.Task[int]] = set()
        self.lock = asyncio.Lock()  # held while a flush is under way; a FINISH takes its run out of the flush under it

    def record(self, live: LiveRun, batch: Sequence[e.EngineEvent]) -> None:
        """Give the events of one batch their place and show them to whoever watches."""
        fresh: list[e.LogEvent] = []
        seq = live.last_seq
        for item in batch:
            if isinstance(item, e.base.CallStarted):
                live.call_number += 1
            event = e.sequenced(item, seq=seq + 1, attempt=live.attempt, call_number=live.call_number)
            if event is not None:
                seq += 1
                fresh.append(event)
        if fresh:
            live.add(fresh)

    def record_event(self, live: LiveRun, event: e.LogEvent) -> None:
        live.add([event])

    def may_read_on(self, live: LiveRun) -> bool:
        """False while too much waits for the database: the runner then lets the provider's socket fill up."""
        if live.unflushed.size_bytes > RUN_BUFFER_BYTES:
            return False
        return self.waiting_bytes() <= PROCESS_BUFFER_BYTES if self._unsure else True

    def waiting_bytes(self) -> int:
        return sum(live.unflushed.size_bytes for live in self._hub.local.values())

    async def flush(self) -> int:
        """Append what waits, of all runs, in one statement. Returns the number of runs.

        The flush belongs to everybody: it goes on when a caller is cancelled, or what it wrote would be written once more.
        Raises Fenced (nothing was written) and DatabaseUnavailable (perhaps it was: the next flush asks first).
        """
        flushing = asyncio.create_task(self._flush(), name="flush")
        self._flushing.add(flushing)
        flushing.add_done_callback(self._flushing.discard)
        return await asyncio.shield(flushing)

    async def _flush(self) -> int:
        async with self.lock:
            lives = [live for live in self._hub.local.values() if live.unflushed.events and not live.finishing]
            if not lives:
                return 0
            if self._unsure:
                await self._ask_what_was_written(lives)
            return await self._append(lives)

    async def _append(self, lives: Iterable[LiveRun]) -> int:
        pairs = [(live, chunk) for live in lives if (chunk := live.chunk()) is not None]
        if not pairs:
            return 0
        crash_point("flush.before")
        try:
            written = await log.append(self._db, self._lease.id, [chunk for _, chunk in pairs])
        except DatabaseUnavailable:
            self._unsure = True
            raise
        if not written and not await self._lease.is_alive():
            raise Fenced(self._lease.id)
        crash_point("flush.after")
        for live, chunk in pairs:
            if live.run.id in written:
                live.flushed(chunk.last_seq)
        cut_off = [live for live, _ in pairs if live.run.id not in written]
        if cut_off:
            logger.warning("the database lost the ends of %d logs in a crash: they are written again", len(cut_off))
            await self._ask_what_was_written(cut_off)
        return len(written)

    async def _ask_what_was_written(self, lives: Sequence[LiveRun]) -> None:
        """After a flush of unknown outcome (a chunk sent twice would fail the whole batch) or one that did not follow on the log."""
        last = await log.last_seqs(self._db, [live.run.id for live in lives])
        for live in lives:
            live.found(last[live.run.id])
        self._unsure = False

    async def settle_unsure(self, live: LiveRun) -> None:
        """As after a flush of unknown outcome, for one run before its FINISH."""
        if self._unsure or live.unflushed.events:
            last = await log.last_seqs(self._db, [live.run.id])
            live.found(last[live.run.id])
