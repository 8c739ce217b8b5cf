"""The store's one door: transactions and reads over SQLite or PostgreSQL. Every difference between them ends here."""

import asyncio
import logging
import sys
import time
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any, Protocol

from portico.infra import postgres, sqlite
from portico.infra.dberrors import DatabaseUnavailable, NestedTransaction
from portico.infra.sql import Dialect, RowsValue, Value

logger = logging.getLogger(__name__)
LONG_TRANSACTION_S = 1.0
_open_in: ContextVar[str | None] = ContextVar("transaction", default=None)


class Row(Protocol):
    """A row by column name. `Any` ends where a service makes its frozen dataclass."""

    def __getitem__(self, key: str, /) -> Any: ...


class Transaction(Protocol):
    """Statements that happen together or not at all."""

    async def fetch(self, text: str, /, **values: Value | RowsValue) -> Sequence[Row]: ...

    async def fetch_one(self, text: str, /, **values: Value | RowsValue) -> Row | None: ...

    async def execute(self, text: str, /, **values: Value | RowsValue) -> int: ...


class Database(Protocol):
    """A store. Implementations: SqliteDatabase, PostgresDatabase; made by `open_database`."""

    dialect: Dialect

    def transaction(self, *, durable: bool = True, reserved: bool = False) -> AbstractAsyncContextManager[Transaction]:
        """Open a transaction.

        Args:
            durable: commit waits for the disk. False only for what the caller can write again.
            reserved: for the tick alone: a connection that requests cannot take.
        """
        ...

    async def fetch(self, text: str, /, **values: Value | RowsValue) -> Sequence[Row]: ...

    async def fetch_one(self, text: str, /, **values: Value | RowsValue) -> Row | None: ...

    async def alone(self, text: str, /, **values: Value | RowsValue) -> Sequence[Row]:
        """Run one writing statement as a transaction of its own, on the reserved connection; RETURNING gives the rows.

        On SQLite its commit does not wait for the disk; on PostgreSQL the statement says so with `{async_commit}`.
        """
        ...

    def connections(self) -> Mapping[str, int]:
        """Connections of this process by state (busy, idle), for the metrics."""
        ...

    async def close(self) -> None: ...


@asynccontextmanager
async def _only_one() -> AsyncGenerator[None]:
    """Refuse a transaction inside another, and name the opener of one that is held for too long."""
    opener = _caller()
    outer = _open_in.get()
    if outer is not None:
        raise NestedTransaction(f"{opener} opens a transaction inside that of {outer}")
    token, started = _open_in.set(opener), time.monotonic()
    try:
        yield
    finally:
        _open_in.reset(token)
        held_s = time.monotonic() - started
        if held_s > LONG_TRANSACTION_S:
            logger.warning("transaction held for %.1f s by %s", held_s, opener)


def _caller() -> str:
    frame = sys._getframe(1)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] -- the cheap way: a stack summary costs 50 us
    while frame.f_back is not None and (frame.f_code.co_filename == __file__ or "contextlib" in frame.f_code.co_filename):
        frame = frame.f_back
    return f"{frame.f_code.co_filename}:{frame.f_lineno}"


class _SqliteTransaction:
    def __init__(self, writer: sqlite.Writer) -> None:
        self._writer = writer

    async def fetch(self, text: str, /, **values: Value | RowsValue) -> Sequence[Row]:
        return await self._writer.query(text, values)

    async def fetch_one(self, text: str, /, **values: Value | RowsValue) -> Row | None:
        rows = await self._writer.query(text, values)
        return rows[0] if rows else None

    async def execute(self, text: str, /, **values: Value | RowsValue) -> int:
        return await self._writer.change(text, values)


class SqliteDatabase:
    """One file, one process."""

    dialect: Dialect = "sqlite"

    def __init__(self, path: Path) -> None:
        self.path = path
        self._write_worker = sqlite.Worker(path, "sqlite-writer", read_only=False)
        self._read_worker = sqlite.Worker(path, "sqlite-reader", read_only=True)
        self._writer = sqlite.Writer(self._write_worker)
        self._reader = sqlite.Reader(self._read_worker)

    @asynccontextmanager
    async def transaction(self, *, durable: bool = True, reserved: bool = False) -> AsyncGenerator[Transaction]:
        del reserved  # the writer's queue is fair, and its turns are short
        async with _only_one():
            await self._writer.begin(durable=durable)
            kept = False
            try:
                yield _SqliteTransaction(self._writer)
                kept = True
            finally:
                await self._writer.end(keep=kept)

    async def fetch(self, text: str, /, **values: Value | RowsValue) -> Sequence[Row]:
        return await self._reader.query(text, values)

    async def fetch_one(self, text: str, /, **values: Value | RowsValue) -> Row | None:
        rows = await self._reader.query(text, values)
        return rows[0] if rows else None

    async def alone(self, text: str, /, **values: Value | RowsValue) -> Sequence[Row]:
        async with self.transaction(durable=False) as tx:
            return await tx.fetch(text, **values)

    def connections(self) -> Mapping[str, int]:
        return {"busy": 0, "idle": 2}  # a writer and a reader, always open

    async def close(self) -> None:
        await self._read_worker.close()
        await self._writer.close()


class _PostgresTransaction:
    def __init__(self, connection: postgres.Connection) -> None:
        self._connection = connection

    async def fetch(self, text: str, /, **values: Value | RowsValue) -> Sequence[Row]:
        return await postgres.query(self._connection, text, values)

    async def fetch_one(self, text: str, /, **values: Value | RowsValue) -> Row | None:
        rows = await postgres.query(self._connection, text, values)
        return rows[0] if rows else None

    async def execute(self, text: str, /, **values: Value | RowsValue) -> int:
        return await postgres.change(self._connection, text, values)


class PostgresDatabase:
    """A pool of connections to one PostgreSQL, which may come and go."""

    dialect: Dialect = "postgresql"

    def __init__(self, dsn: str, *, pool_size: int, pooler: bool) -> None:
        self._dsn = dsn
        self._size = pool_size
        self._pooler = pooler
        self._pool: postgres.Pool | None = None
        self._opening = asyncio.Lock()

    async def _ready(self) -> postgres.Pool:
        if self._pool is None:
            async with self._opening:
                if self._pool is None:
                    pool = await postgres.open_pool(self._dsn, size=self._size, pooler=self._pooler)
                    self._pool = postgres.Pool(pool, size=self._size)
        return self._pool

    @asynccontextmanager
    async def transaction(self, *, durable: bool = True, reserved: bool = False) -> AsyncGenerator[Transaction]:
        async with _only_one():
            pool = await self._ready()
            async with pool.transaction(reserved=reserved, durable=durable) as connection:
                yield _PostgresTransaction(connection)

    async def fetch(self, text: str, /, **values: Value | RowsValue) -> Sequence[Row]:
        pool = await self._ready()
        async with pool.connection() as connection:
            return await postgres.query(connection, text, values, deadline_s=postgres.READ_DEADLINE_S)

    async def fetch_one(self, text: str, /, **values: Value | RowsValue) -> Row | None:
        rows = await self.fetch(text, **values)
        return rows[0] if rows else None

    async def alone(self, text: str, /, **values: Value | RowsValue) -> Sequence[Row]:
        pool = await self._ready()
        async with pool.connection(reserved=True) as connection:
            return await postgres.query(connection, text, values)

    def connections(self) -> Mapping[str, int]:
        if self._pool is None:
            return {"busy": 0, "idle": 0}
        size, idle = self._pool.pool.get_size(), self._pool.pool.get_idle_size()
        return {"busy": size - idle, "idle": idle}

    async def close(self) -> None:
        if self._pool is not None:
            self._pool.pool.terminate()


def is_postgres(url: str) -> bool:
    return url.startswith(("postgres://", "postgresql://"))


async def open_database(url: str, *, pool_size: int = 12, pooler: bool = False) -> Database:
    """Open the store that `url` names: `sqlite:///path` or `postgresql://...`.

    A PostgreSQL that does not answer yet is no error here; the first statement says so.
    """
    if is_postgres(url):
        return PostgresDatabase(url, pool_size=pool_size, pooler=pooler)
    if not url.startswith("sqlite:///"):
        raise ValueError("DATABASE_URL must start with postgresql:// or sqlite:///")
    path = Path(url.removeprefix("sqlite:///"))
    path.parent.mkdir(parents=True, exist_ok=True)
    return SqliteDatabase(path)


__all__ = ["Database", "DatabaseUnavailable", "PostgresDatabase", "Row", "SqliteDatabase", "Transaction", "open_database"]
