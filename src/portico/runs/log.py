"""The fenced chunk log: SQL for `run_chunks`. A chunk holds the events first_seq..last_seq of one run as a JSON array."""

from collections.abc import Sequence
from dataclasses import dataclass

from portico.ids import ProcessId, RunId
from portico.infra.db import Database, Transaction
from portico.runs import events as e

COLUMNS = "run_id text, first_seq int, last_seq int, attempt int, events text"
# A chunk is taken only behind the one before it. Appends are not on the disk when they are acknowledged: a crash of the database may
# take the last ones back, and what follows must not stand behind the hole. Asked as a value and not by EXISTS, which PostgreSQL may turn
# into a hash of the whole log that it reads anew with each append.
APPEND = f"""
WITH me AS (SELECT {{async_commit}} AS off FROM processes WHERE id = :me {{key_share}})
INSERT INTO run_chunks (run_id, first_seq, last_seq, attempt, owner, at, events)
SELECT chunk.run_id, chunk.first_seq, chunk.last_seq, chunk.attempt, :me, {{now}}, chunk.events
FROM {{rows:chunk({COLUMNS})}} WHERE EXISTS (SELECT 1 FROM me) AND (chunk.first_seq = 1 OR (
  SELECT before.last_seq FROM run_chunks before WHERE before.run_id = chunk.run_id AND before.last_seq = chunk.first_seq - 1) IS NOT NULL)
RETURNING run_id
"""
APPEND_IN = f"""
INSERT INTO run_chunks (run_id, first_seq, last_seq, attempt, owner, at, events)
SELECT chunk.run_id, chunk.first_seq, chunk.last_seq, chunk.attempt, :me, {{now}}, chunk.events FROM {{rows:chunk({COLUMNS})}} WHERE TRUE
"""
READ = "SELECT first_seq, last_seq, attempt, events FROM run_chunks WHERE run_id = :run AND last_seq > :after ORDER BY last_seq"
# The lateral form reads each watched run by its primary key, whatever the planner believes of a table that was never analysed.
READ_MANY = """
SELECT run_chunks.run_id AS run_id, run_chunks.events AS events, run_chunks.last_seq AS last_seq FROM {rows:watch(run_id text, after int)}
JOIN run_chunks ON run_chunks.run_id = watch.run_id AND run_chunks.last_seq > watch.after ORDER BY run_chunks.run_id, run_chunks.last_seq
"""
LAST = """
SELECT watch.run_id AS run_id, (SELECT max(last_seq) FROM run_chunks WHERE run_id = watch.run_id) AS last_seq FROM {rows:watch(run_id text)}
"""
TRIM = """
DELETE FROM run_chunks WHERE run_id IN (
  SELECT id FROM runs WHERE finished < {now} - :keep_ms AND finished > {now} - :reach_ms
  AND EXISTS (SELECT 1 FROM run_chunks c WHERE c.run_id = runs.id)
  ORDER BY finished LIMIT :limit)
"""


@dataclass(frozen=True, slots=True)
class Chunk:
    """Events of one run with consecutive seqs, encoded."""

    run_id: RunId
    first_seq: int
    last_seq: int
    attempt: int
    events: str

    def row(self) -> tuple[str, int, int, int, str]:
        return (self.run_id, self.first_seq, self.last_seq, self.attempt, self.events)


async def append(db: Database, me: ProcessId, chunks: Sequence[Chunk]) -> set[RunId]:
    """Append one chunk of each run in one statement, and return the runs whose chunk the log has now.

    Left out is a chunk that does not follow on what the log has; of a fenced process all of them.
    """
    written = await db.alone(APPEND, me=me, chunk=[chunk.row() for chunk in chunks])
    return {row["run_id"] for row in written}


async def append_in(tx: Transaction, me: ProcessId, chunks: Sequence[Chunk]) -> None:
    """Append in the caller's transaction, which holds the lease."""
    await tx.execute(APPEND_IN, me=me, chunk=[chunk.row() for chunk in chunks])


async def read(reader: Database | Transaction, run_id: RunId, *, after: int = 0) -> list[e.LogEvent]:
    """The events behind `after`, in order. A chunk that straddles it is cut."""
    events: list[e.LogEvent] = []
    for row in await reader.fetch(READ, run=run_id, after=after):
        events.extend(event for event in e.decode_log(row["events"]) if event.seq > after)
    return events


async def read_many(db: Database, cursors: Sequence[tuple[RunId, int]]) -> dict[RunId, list[e.LogEvent]]:
    """The events behind each run's cursor, in one query."""
    after = dict(cursors)
    found: dict[RunId, list[e.LogEvent]] = {}
    for row in await db.fetch(READ_MANY, watch=list(cursors)):
        run_id: RunId = row["run_id"]
        fresh = [event for event in e.decode_log(row["events"]) if event.seq > after[run_id]]
        found.setdefault(run_id, []).extend(fresh)
    return found


async def last_seqs(db: Database, run_ids: Sequence[RunId]) -> dict[RunId, int]:
    """The last seq in the log of each run, 0 where there is none: asked after a flush whose outcome is unknown."""
    rows = await db.fetch(LAST, watch=[(run_id,) for run_id in run_ids])
    return {row["run_id"]: row["last_seq"] or 0 for row in rows}


async def trim(tx: Transaction, *, keep_ms: int, reach_ms: int = 86_400_000, limit: int = 500) -> int:
    """Erase the logs of runs that finished longer than `keep_ms` ago; their answers stand in their messages."""
    return await tx.execute(TRIM, keep_ms=keep_ms, reach_ms=reach_ms, limit=limit)
