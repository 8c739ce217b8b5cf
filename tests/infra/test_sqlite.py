"""What only SQLite does: the writer that everybody shares, and how its errors are told."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from portico.errors import StorageFull
from portico.infra import sqlite
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
    assert 1 <= len(commits) < 20


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
