"""What only PostgreSQL does: its pool, its reserve, and how its errors are told."""

import asyncio
import contextvars
import random
from collections.abc import AsyncIterator, Iterator

import asyncpg
import pytest

from portico.errors import StorageFull
from portico.infra import postgres
from portico.infra.db import open_database
from portico.infra.dberrors import DatabaseUnavailable, Duplicate, NoSuchTable, ReadTooSlow, TextNotStorable
from portico.infra.postgres import Pool, open_pool, query, translate
from tests.conftest import fresh_database

SIZE = 4
KILL = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"


@pytest.fixture
async def pool(postgres_url: str) -> AsyncIterator[Pool]:
    opened = await open_pool(postgres_url, size=SIZE, pooler=False)
    yield Pool(opened, size=SIZE)
    opened.terminate()


@pytest.mark.postgres
async def test_a_crowd_of_requests_leaves_connections_to_the_tick(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    async with pool.connection(), pool.connection():
        with monkeypatch.context() as hurried, pytest.raises(DatabaseUnavailable):
            hurried.setattr(postgres, "ACQUIRE_DEADLINE_S", 0.2)
            async with pool.connection():
                pass
        async with pool.connection(reserved=True) as connection:
            assert [row["one"] for row in await query(connection, "SELECT 1 AS one", {})] == [1]


@pytest.mark.postgres
async def test_a_connection_comes_back_from_a_caller_who_was_cancelled(pool: Pool) -> None:
    async def hold() -> None:
        async with pool.connection():
            await asyncio.sleep(60)

    tasks = [asyncio.create_task(hold(), name=f"hold-{n}") for n in range(2)]
    await asyncio.sleep(0.1)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    async with pool.connection() as connection:
        assert await query(connection, "SELECT 1 AS one", {})


@pytest.mark.postgres
async def test_a_read_that_takes_too_long_says_so(pool: Pool) -> None:
    async with pool.connection() as connection:
        with pytest.raises(ReadTooSlow):
            await query(connection, "SELECT pg_sleep(5)", {}, deadline_s=0.1)


@pytest.mark.postgres
async def test_only_what_may_be_lost_is_committed_without_waiting_for_the_disk(pool: Pool) -> None:
    async def level(*, durable: bool) -> str:
        async with pool.transaction(reserved=False, durable=durable) as connection:
            return str(await connection.fetchval("SHOW synchronous_commit"))

    assert [await level(durable=True), await level(durable=False), await level(durable=True)] == ["on", "off", "on"]


@pytest.mark.postgres
async def test_behind_a_pooler_no_statement_outlives_its_transaction(postgres_url: str) -> None:
    opened = await open_pool(postgres_url, size=1, pooler=True)
    async with opened.acquire() as connection:
        await connection.fetch("SELECT $1::int", 1)
        assert await connection.fetch("SELECT name FROM pg_prepared_statements") == []
    opened.terminate()


async def test_a_database_that_is_not_there_is_unavailable_and_no_crash() -> None:
    with pytest.raises(DatabaseUnavailable):
        await open_pool("postgresql://nobody@127.0.0.1:1/none", size=1, pooler=False)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (asyncpg.UniqueViolationError("duplicate key"), Duplicate),
        (asyncpg.UndefinedTableError("no table"), NoSuchTable),
        (asyncpg.CharacterNotInRepertoireError("U+0000"), TextNotStorable),
        (asyncpg.DiskFullError("full"), StorageFull),
        (asyncpg.AdminShutdownError("going down"), DatabaseUnavailable),
        (asyncpg.DeadlockDetectedError("deadlock"), DatabaseUnavailable),
        (ConnectionResetError(), DatabaseUnavailable),
        (asyncpg.PostgresSyntaxError("syntax"), asyncpg.PostgresSyntaxError),
    ],
)
def test_an_error_is_told_in_the_words_that_callers_know(error: Exception, kind: type[Exception]) -> None:
    assert type(translate(error)) is kind


async def kill_connections(url: str) -> None:
    """What a restart of the server does to everybody."""
    connection = await asyncpg.connect(url)
    await connection.execute(KILL)
    await connection.close()


@pytest.fixture
def url(postgres_url: str, postgres_template: str) -> Iterator[str]:
    with fresh_database(postgres_url, postgres_template) as made:
        yield made


@pytest.mark.postgres
async def test_after_a_restart_of_the_server_calls_work_again_by_themselves(url: str) -> None:
    db = await open_database(url, pool_size=4)
    await db.fetch("SELECT 1 AS n")
    await kill_connections(url)
    answers: list[bool] = []
    for _ in range(6):
        try:
            answers.append(bool(await db.fetch("SELECT 1 AS n")))
        except DatabaseUnavailable:
            answers.append(False)
    assert answers[-1]
    await db.close()


@pytest.mark.postgres
async def test_a_connection_that_breaks_in_a_transaction_leaves_nothing_of_it(url: str) -> None:
    db = await open_database(url, pool_size=4)

    async def write() -> None:
        async with db.transaction() as tx:
            await tx.execute("INSERT INTO job_slots (name, slot) VALUES ('a', 1)")
            await kill_connections(url)
            await tx.execute("INSERT INTO job_slots (name, slot) VALUES ('a', 2)")

    with pytest.raises(DatabaseUnavailable):
        await write()
    await db.close()
    after = await asyncpg.connect(url)
    assert await after.fetchval("SELECT count(*) FROM job_slots") == 0
    await after.close()


@pytest.mark.postgres
@pytest.mark.parametrize("seed", range(4))
async def test_callers_that_are_cancelled_at_any_moment_leave_the_pool_as_it_was(
    url: str, seed: int, caplog: pytest.LogCaptureFixture
) -> None:
    dice = random.Random(seed)
    db = await open_database(url, pool_size=SIZE)
    async with db.transaction() as tx:
        await tx.execute("CREATE TABLE notes (n int)")

    async def put(n: int) -> None:
        async with db.transaction(durable=n % 2 == 0, reserved=n % 5 == 0) as tx:
            await tx.execute("INSERT INTO notes (n) VALUES (:n)", n=n)
            await tx.fetch("SELECT n FROM notes WHERE n = :n", n=n)

    async def look(n: int) -> None:
        await (db.alone if n % 5 == 0 else db.fetch)("SELECT n FROM notes WHERE n = :n", n=n)

    tasks: list[asyncio.Task[None]] = []
    for n in range(150):
        work = put(n) if dice.random() < 0.7 else look(n)
        tasks.append(asyncio.create_task(work, context=contextvars.Context()))
        for _ in range(dice.choice((0, 1, 1, 2))):
            await asyncio.sleep(dice.choice((0, 0, 0.001, 0.003)))
            dice.choice(tasks[-8:]).cancel()
    async with asyncio.timeout(30):
        results = await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.gather(*(put(1000 + n) for n in range(SIZE * 3)))
    assert [result for result in results if isinstance(result, Exception)] == []
    kept = [row["n"] for row in await db.fetch("SELECT n FROM notes")]
    assert len(kept) == len(set(kept))
    async with asyncio.timeout(5):
        while db.connections()["busy"]:
            await asyncio.sleep(0.01)
    states = await db.fetch("SELECT state FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
    assert {row["state"] for row in states} <= {"idle"}
    await db.close()
    assert [record.getMessage() for record in caplog.records if record.levelname in ("ERROR", "WARNING")] == []
