"""Rate limits: a burst, then one each interval, and the same for all processes."""

import asyncio

import pytest

from portico.infra.db import Database
from portico.infra.ratelimit import RateLimited, RateLimiter


async def refused(limiter: RateLimiter, key: str, count: int, per_s: float) -> float | None:
    """Return the seconds to wait, None if the request was let through."""
    try:
        await limiter.take(key, count, per_s=per_s)
    except RateLimited as error:
        return error.retry_after_s
    return None


async def test_a_burst_passes_and_the_next_request_is_told_how_long_to_wait(db: Database) -> None:
    limiter = RateLimiter(db)
    passed = [await refused(limiter, "a", 5, 60) for _ in range(5)]
    wait_s = await refused(limiter, "a", 5, 60)
    assert passed == [None] * 5
    assert wait_s == pytest.approx(12, abs=1)


async def test_keys_do_not_disturb_each_other(db: Database) -> None:
    limiter = RateLimiter(db)
    await limiter.take("a", 1, per_s=60)
    assert await refused(limiter, "b", 1, 60) is None


async def test_after_the_interval_one_more_passes(db: Database) -> None:
    limiter = RateLimiter(db)
    for _ in range(2):
        await limiter.take("a", 2, per_s=3)
    assert await refused(limiter, "a", 2, 3)
    await asyncio.sleep(1.6)
    assert await refused(limiter, "a", 2, 3) is None


async def test_a_second_process_sees_what_the_first_one_let_through(db: Database) -> None:
    for _ in range(3):
        await RateLimiter(db).take("a", 3, per_s=60)
    assert await refused(RateLimiter(db), "a", 3, 60)


async def test_many_at_once_never_exceed_the_limit(db: Database) -> None:
    limiters = [RateLimiter(db) for _ in range(3)]
    waits = await asyncio.gather(*(refused(limiters[n % 3], "a", 7, 600) for n in range(30)))
    assert waits.count(None) == 7


async def test_a_refused_flood_does_not_reach_the_database(db: Database) -> None:
    limiter = RateLimiter(db)
    await limiter.take("a", 1, per_s=600)
    assert await refused(limiter, "a", 1, 600)
    async with db.transaction() as tx:
        await tx.execute("DELETE FROM rates")
    assert await refused(limiter, "a", 1, 600)


async def test_a_costly_request_uses_more(db: Database) -> None:
    limiter = RateLimiter(db)
    await limiter.take("a", 100, per_s=60, cost=90)
    with pytest.raises(RateLimited):
        await limiter.take("a", 100, per_s=60, cost=20)


async def test_idle_keys_are_forgotten(db: Database) -> None:
    limiter = RateLimiter(db)
    await limiter.take("a", 5, per_s=60)
    async with db.transaction() as tx:
        await tx.execute("UPDATE rates SET tat = 1")
    assert await limiter.sweep() == 1
