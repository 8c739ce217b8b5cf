"""Rate limits that hold across processes: the generic cell rate algorithm on one row for each key."""

import time

from portico.errors import LimitReached
from portico.infra.db import Database

_MAX_KNOWN = 20_000  # keys remembered locally; the database knows them all

# `tat` is the theoretical arrival time: when the key would be idle again. A request moves it on by one interval, and is refused if that
# would put it more than the whole burst ahead of now.
TAKE = """
INSERT INTO rates (key, tat) VALUES (:key, {now} + CAST(:cost AS bigint))
ON CONFLICT (key) DO UPDATE SET tat = CASE WHEN rates.tat > {now} THEN rates.tat ELSE {now} END + CAST(:cost AS bigint)
WHERE CASE WHEN rates.tat > {now} THEN rates.tat ELSE {now} END + CAST(:cost AS bigint) - {now} <= CAST(:window AS bigint)
RETURNING tat - {now} AS ahead
"""
AHEAD = "SELECT tat - {now} AS ahead FROM rates WHERE key = :key"
SWEEP = "DELETE FROM rates WHERE tat < {now} - 60000"


class RateLimited(LimitReached):
    """Too many requests of this kind in a short time."""

    code = "rate_limited"


class RateLimiter:
    """Counts by key. Each process also remembers what it saw, so that a flood costs the database nothing once it is refused."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._known: dict[str, float] = {}  # key: when it would be idle, by this process's monotonic clock

    async def take(self, key: str, count: int, *, per_s: float, cost: int = 1) -> None:
        """Count one request (or `cost`) against `count` in `per_s` seconds; all of them may come at once, then one each interval.

        Raises RateLimited with the time until the next one is let through. Call it outside of transactions.
        """
        interval_ms = per_s * 1000 / count
        step_ms, window_ms = max(1, round(interval_ms * cost)), round(per_s * 1000)
        now = time.monotonic()
        if (ahead_ms := (self._known.get(key, now) - now) * 1000) + step_ms > window_ms + 1:
            raise RateLimited(retry_after_s=(ahead_ms + step_ms - window_ms) / 1000)
        async with self._db.transaction(durable=False) as tx:
            row = await tx.fetch_one(TAKE, key=key, cost=step_ms, window=window_ms)
            taken = row is not None
            if row is None:
                row = await tx.fetch_one(AHEAD, key=key)
        ahead_ms = float(row["ahead"]) if row is not None else 0.0
        self._remember(key, now + ahead_ms / 1000)
        if not taken:
            raise RateLimited(retry_after_s=max(0.001, (ahead_ms + step_ms - window_ms) / 1000))

    async def sweep(self) -> int:
        """Forget keys that have been idle for a minute, and return how many."""
        async with self._db.transaction(durable=False) as tx:
            return await tx.execute(SWEEP)

    def _remember(self, key: str, idle_at: float) -> None:
        self._known.pop(key, None)
        if len(self._known) >= _MAX_KNOWN:
            self._known.pop(next(iter(self._known)))  # the one that was seen longest ago
        self._known[key] = idle_at
