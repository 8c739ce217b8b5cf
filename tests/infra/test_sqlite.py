"""What only SQLite does: the writer that everybody shares, and how its errors are told."""

import asyncio
import contextvars
import gc
import random
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from portico.errors import StorageFull
from portico.infra import sqlite
from portico.infra.db import SqliteDatabase
from portico.infra.dberrors import DatabaseUnavailable, Duplicate, NoSuchTable, ReadTooSlow
from portico.infra.sqlite import Reader, Worker, Writer, connect, translate

INSERT = "INSERT INTO notes (n) VALUES (:n)"
SLOW = "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers) SELECT max(n) FROM numbers"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "store.db"
    connection = connect(path)
    connection.execute("CREATE TABLE notes (n integer PRIMARY KEY)")
    connection.close()
    return path


@pytest.fixture
async def worker(file: Path) -> AsyncIterator[Worker]:
    worker = Worker(file, "writer", read_only=False)
    yield worker
    await worker.close()


@pytest.fixture
async def reader(file: Path) -> AsyncIterator[Reader]:
    worker = Worker(file, "reader", read_only=True)
    yield Reader(worker)
    await worker.close()


async def write(writer: Writer, n: int, *, durable: bool = False) -> None:
    await writer.begin(durable=durable)
    kept = False
    try:
        await writer.change(INSERT, {"n": n})
        kept = True
    finally:
        await writer.end(keep=kept)


async def test_waiting_writers_share_a_commit(worker: Worker) -> None:
    commits: list[str] = []
    await worker.call(lambda connection: connection.set_trace_callback(lambda sql: commits.append(sql) if sql == "COMMIT" else None))
    writer = Writer(worker)
    await asyncio.gather(*(write(writer, n) for n in range(40)))
    assert 1 <= len(commits) < 40


async def test_who_fails_takes_nobody_of_the_group_along(worker: Worker, reader: Reader) -> None:
    writer = Writer(worker)
    results = await asyncio.gather(*(write(writer, n // 2) for n in range(10)), return_exceptions=True)
    assert sum(isinstance(result, Duplicate) for result in results) == 5
    assert len(await reader.query("SELECT n FROM notes", {})) == 5


async def test_a_durable_commit_waits_for_the_disk_and_another_does_not(worker: Worker) -> None:
    writer = Writer(worker)
    levels: list[int] = []
    for durable in (True, False, True):
        await write(writer, len(levels), durable=durable)
        levels.append(await worker.call(lambda connection: connection.execute("PRAGMA synchronous").fetchone()[0]))
    assert levels == [2, 1, 2]


async def test_a_read_that_takes_too_long_is_ended_and_the_next_one_works(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "READ_DEADLINE_S", 0.05)
    with pytest.raises(ReadTooSlow):
        await reader.query(SLOW, {})
    assert await reader.query("SELECT n FROM notes", {}) == []


async def test_a_slow_read_whose_caller_has_gone_is_ended_all_the_same_and_alone(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    complaints: list[dict[str, object]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: complaints.append(context))
    monkeypatch.setattr(sqlite, "READ_DEADLINE_S", 0.1)
    slow = asyncio.create_task(reader.query(SLOW, {}))
    await asyncio.sleep(0.05)
    slow.cancel()
    await asyncio.wait({slow})
    monkeypatch.setattr(sqlite, "READ_DEADLINE_S", 5)
    async with asyncio.timeout(2):
        assert await reader.query("SELECT n FROM notes", {}) == []
    del slow
    gc.collect()
    assert complaints == []


async def test_a_reader_cannot_write(reader: Reader) -> None:
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        await reader.query("INSERT INTO notes (n) VALUES (1) RETURNING n", {})


def test_the_file_is_opened_with_a_log_and_with_its_references_checked(file: Path) -> None:
    connection = connect(file)
    modes = [connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "foreign_keys")]
    connection.close()
    assert modes == ["wal", 1]


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (sqlite3.IntegrityError("UNIQUE constraint failed: notes.n"), Duplicate),
        (sqlite3.IntegrityError("FOREIGN KEY constraint failed"), sqlite3.IntegrityError),
        (sqlite3.OperationalError("no such table: notes"), NoSuchTable),
        (sqlite3.OperationalError("database or disk is full"), StorageFull),
        (sqlite3.OperationalError("database is locked"), DatabaseUnavailable),
        (sqlite3.OperationalError("disk I/O error"), DatabaseUnavailable),
        (sqlite3.OperationalError('near "SELEC": syntax error'), sqlite3.OperationalError),
    ],
)
def test_an_error_is_told_in_the_words_that_callers_know(error: sqlite3.Error, kind: type[Exception]) -> None:
    assert type(translate(error)) is kind


@pytest.fixture
async def store(file: Path) -> AsyncIterator[SqliteDatabase]:
    db = SqliteDatabase(file)
    yield db
    await db.close()


async def put(db: SqliteDatabase, n: int, *, durable: bool = True) -> None:
    async with db.transaction(durable=durable) as tx:
        await tx.execute(INSERT, n=n)


async def test_a_file_that_somebody_holds_is_an_outage_that_passes(store: SqliteDatabase) -> None:
    await store._write_worker.call(lambda connection: connection.execute("PRAGMA busy_timeout=1"))
    holder = sqlite3.connect(store.path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(DatabaseUnavailable):
        await put(store, 1)
    holder.execute("ROLLBACK")
    holder.close()
    await put(store, 1)
    assert len(await store.fetch("SELECT n FROM notes")) == 1


async def test_of_a_transaction_that_fills_the_disk_nothing_stays(store: SqliteDatabase) -> None:
    await put(store, 1)
    await store._write_worker.call(lambda connection: connection.execute("PRAGMA max_page_count=3").fetchall())

    async def fill() -> None:
        async with store.transaction() as tx:
            await tx.execute(INSERT, n=2)
            for number in range(1000):
                await tx.execute(f"CREATE TABLE t{number} (text text)")

    with pytest.raises(StorageFull):
        await fill()
    await put(store, 3)
    assert [row["n"] for row in await store.fetch("SELECT n FROM notes ORDER BY n")] == [1, 3]


async def test_a_full_disk_that_takes_everybodys_transaction_back_is_told_to_all_and_passes(store: SqliteDatabase) -> None:
    async with store.transaction() as tx:
        await tx.execute("CREATE TABLE texts (text text)")
    await store._write_worker.call(lambda connection: connection.execute("PRAGMA max_page_count=1").fetchall())

    async def fill(n: int) -> None:
        async with store.transaction() as tx:
            await tx.execute("UPDATE notes SET n = n WHERE n = :n", n=n)
            if n == 3:
                await tx.execute("INSERT INTO texts (text) VALUES (:text)", text="x" * 20_000)

    results = await asyncio.gather(*(fill(n) for n in range(6)), return_exceptions=True)
    assert isinstance(results[3], StorageFull)
    assert {type(result) for result in results} <= {StorageFull, DatabaseUnavailable, type(None)}
    await store._write_worker.call(lambda connection: connection.execute("PRAGMA max_page_count=100000").fetchall())
    await put(store, 3)
    assert [row["n"] for row in await store.fetch("SELECT n FROM notes")] == [3]


async def test_who_wants_to_be_sure_never_shares_a_commit_that_does_not_wait_for_the_disk(store: SqliteDatabase) -> None:
    levels: list[int] = []

    async def look(*, durable: bool) -> None:
        async with store.transaction(durable=durable) as tx:
            row = await tx.fetch_one("PRAGMA synchronous")
            assert row is not None
            if durable:
                levels.append(row["synchronous"])

    await asyncio.gather(*(look(durable=number % 3 == 0) for number in range(12)))
    assert levels == [2] * 4


async def test_callers_that_go_while_they_wait_hold_up_nobody(store: SqliteDatabase) -> None:
    async with store.transaction() as tx:
        waiting = [asyncio.create_task(put(store, n), context=contextvars.Context()) for n in range(10, 15)]
        await asyncio.sleep(0.01)
        for task in waiting:
            task.cancel()
        await tx.execute(INSERT, n=1)
    await asyncio.gather(*waiting, return_exceptions=True)
    await put(store, 2)
    assert [row["n"] for row in await store.fetch("SELECT n FROM notes ORDER BY n")] == [1, 2]


@pytest.mark.parametrize("seed", range(8))
async def test_writers_that_are_cancelled_at_any_moment_take_nobody_along(store: SqliteDatabase, seed: int) -> None:
    dice = random.Random(seed)
    tasks: list[asyncio.Task[None]] = []
    for n in range(200):
        tasks.append(asyncio.create_task(put(store, n, durable=dice.random() < 0.5), context=contextvars.Context()))
        if dice.random() < 0.5:
            dice.choice(tasks[-8:]).cancel()
        if dice.random() < 0.3:
            dice.choice(tasks[-8:]).cancel()
            await asyncio.sleep(dice.choice((0, 0, 0.001, 0.003)))
    async with asyncio.timeout(20):
        results = await asyncio.gather(*tasks, return_exceptions=True)
        await put(store, 1000)
    assert [result for result in results if isinstance(result, Exception)] == []
    kept = {row["n"] for row in await store.fetch("SELECT n FROM notes")}
    assert kept >= {n for n, result in enumerate(results) if result is None} | {1000}


async def test_a_file_that_is_closed_beside_its_writers_keeps_what_was_acknowledged(file: Path) -> None:
    db = SqliteDatabase(file)
    tasks = [asyncio.create_task(put(db, n), context=contextvars.Context()) for n in range(50)]
    while not tasks[0].done():
        await asyncio.sleep(0)
    async with asyncio.timeout(20):
        await db.close()
        results = await asyncio.gather(*tasks, return_exceptions=True)
    connection = sqlite3.connect(file)
    kept = {row[0] for row in connection.execute("SELECT n FROM notes")}
    connection.close()
    assert kept == {n for n, result in enumerate(results) if result is None} >= {0}
