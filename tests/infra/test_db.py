"""The store's promises, on SQLite and PostgreSQL alike."""

import asyncio
import time

import pytest

from portico.infra.db import Database, NestedTransaction
from portico.infra.dberrors import Duplicate

INSERT = "INSERT INTO job_slots (name, slot) VALUES (:name, :slot)"
COUNT = "SELECT count(*) AS n FROM job_slots"


async def count(db: Database) -> int:
    row = await db.fetch_one(COUNT)
    assert row is not None
    return row["n"]


async def test_a_committed_row_is_seen_by_the_next_read(db: Database) -> None:
    async with db.transaction() as tx:
        assert await tx.execute(INSERT, name="a", slot=1) == 1
    assert await count(db) == 1


async def test_an_error_in_the_body_rolls_everything_back(db: Database) -> None:
    with pytest.raises(LookupError):
        async with db.transaction() as tx:
            await tx.execute(INSERT, name="a", slot=1)
            raise LookupError
    assert await count(db) == 0


async def test_a_hundred_callers_at_once_all_commit_and_one_failure_hurts_nobody_else(db: Database) -> None:
    async def write(slot: int) -> None:
        async with db.transaction(durable=slot % 2 == 0) as tx:
            await tx.execute(INSERT, name="a", slot=slot % 90)

    results = await asyncio.gather(*(write(slot) for slot in range(100)), return_exceptions=True)
    assert sum(isinstance(result, Duplicate) for result in results) == 10
    assert await count(db) == 90


async def test_cancelled_callers_leave_the_writer_usable(db: Database) -> None:
    async def write(slot: int) -> None:
        async with db.transaction() as tx:
            await tx.execute(INSERT, name="a", slot=slot)
            await asyncio.sleep(0.001)

    tasks = [asyncio.create_task(write(slot)) for slot in range(40)]
    await asyncio.sleep(0.004)
    for task in tasks[::3]:
        task.cancel()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    async with db.transaction() as tx:
        await tx.execute(INSERT, name="last", slot=1)
    stored = {row["slot"] for row in await db.fetch("SELECT slot FROM job_slots WHERE name = 'a'")}
    assert stored >= {slot for slot, result in enumerate(results) if result is None}
    assert await count(db) == len(stored) + 1


async def test_a_transaction_inside_a_transaction_is_refused(db: Database) -> None:
    async with db.transaction():
        with pytest.raises(NestedTransaction):
            async with db.transaction():
                pass


async def test_rows_fragment_is_a_table_in_both_dialects(db: Database) -> None:
    rows = await db.fetch(
        "SELECT item.id AS id, item.n AS n FROM {rows:item(id text, n int)} WHERE item.n > :least ORDER BY item.n DESC",
        item=[("a", 1), ("b'\"", 2), ("中文", 3)],
        least=1,
    )
    assert [(row["id"], row["n"]) for row in rows] == [("中文", 3), ("b'\"", 2)]


async def test_now_is_the_wall_clock_in_milliseconds(db: Database) -> None:
    row = await db.fetch_one("SELECT {now} AS now")
    assert row is not None and abs(row["now"] - time.time() * 1000) < 5_000
