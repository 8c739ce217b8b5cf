"""PostgreSQL through an asyncpg pool that sets no session state, so that a transaction pooler may stand in between."""

# asyncpg carries only half of its types.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress

import asyncpg

from portico.errors import StorageFull
from portico.infra.dberrors import DatabaseUnavailable, Duplicate, NoSuchTable, ReadTooSlow, TextNotStorable
from portico.infra.sql import RowsValue, Value, compile_sql, positional
from portico.infra.waiting import settled

READ_DEADLINE_S = 5.0
STATEMENT_DEADLINE_S = 20.0
ACQUIRE_DEADLINE_S = 5.0
ROLLBACK_DEADLINE_S = 5.0
RESERVED = 2  # connections that only the tick may take, so that a crowd of requests cannot fence the process

Connection = asyncpg.pool.PoolConnectionProxy
CONNECTION_ERRORS = (
    OSError,
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.TooManyConnectionsError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
    asyncpg.QueryCanceledError,
    TimeoutError,
)


def translate(error: Exception) -> Exception:
    """The error of the family that callers know, or the same one."""
    if isinstance(error, asyncpg.UniqueViolationError):
        return Duplicate(str(error))
    if isinstance(error, asyncpg.UndefinedTableError):
        return NoSuchTable(str(error))
    if isinstance(error, (asyncpg.CharacterNotInRepertoireError, asyncpg.UntranslatableCharacterError)):
        return TextNotStorable()
    if isinstance(error, (asyncpg.DiskFullError, asyncpg.OutOfMemoryError)):
        return StorageFull()
    if isinstance(error, CONNECTION_ERRORS) and not isinstance(error, asyncpg.DataError):
        return DatabaseUnavailable()
    return error


async def _no_reset(_connection: object) -> None:
    """Nothing to reset: no statement sets session state, and a pooler would not see the reset on the right session."""


async def open_pool(dsn: str, *, size: int, pooler: bool) -> asyncpg.Pool:
    """A pool of at most `size` connections. With a transaction pooler no prepared statement outlives its transaction."""
    try:
        return await asyncpg.create_pool(
            dsn,
            min_size=1,
            max_size=size,
            reset=_no_reset,
            timeout=ACQUIRE_DEADLINE_S,
            command_timeout=STATEMENT_DEADLINE_S,
            statement_cache_size=0 if pooler else 512,
            max_inactive_connection_lifetime=120,
            server_settings={"application_name": "portico"} if not pooler else None,
        )
    except CONNECTION_ERRORS as error:
        raise DatabaseUnavailable from error


class Pool:
    """The pool with a turn for everybody and a reserve for the tick."""

    def __init__(self, pool: asyncpg.Pool, *, size: int) -> None:
        self.pool = pool
        self._turns = asyncio.Semaphore(max(1, size - RESERVED))

    @asynccontextmanager
    async def connection(self, *, reserved: bool = False) -> AsyncGenerator[Connection]:
        """Lend a connection; raises DatabaseUnavailable when none is to be had within 5 s."""
        if reserved:
            async with self._lend() as connection:
                yield connection
            return
        try:
            async with asyncio.timeout(ACQUIRE_DEADLINE_S):
                await self._turns.acquire()
        except TimeoutError as error:
            raise DatabaseUnavailable from error
        try:
            async with self._lend() as connection:
                yield connection
        finally:
            self._turns.release()

    @asynccontextmanager
    async def _lend(self) -> AsyncGenerator[Connection]:
        try:
            connection = await self.pool.acquire(timeout=ACQUIRE_DEADLINE_S)
        except CONNECTION_ERRORS as error:
            raise DatabaseUnavailable from error
        try:
            yield connection
        finally:
            try:
                await self.pool.release(connection)
            except CONNECTION_ERRORS:
                _drop(connection)

    @asynccontextmanager
    async def transaction(self, *, reserved: bool, durable: bool) -> AsyncGenerator[Connection]:
        """One transaction; the caller's error rolls it back.

        It is begun and ended here, as asyncpg's own takes a caller that is cancelled in the middle of BEGIN or ROLLBACK for a defect.
        """
        async with self.connection(reserved=reserved) as connection:
            try:
                await connection.execute("BEGIN" if durable else "BEGIN; SET LOCAL synchronous_commit TO off")
                yield connection
                await connection.execute("COMMIT")
            except BaseException as error:
                await settled(asyncio.ensure_future(_roll_back(connection)))
                if isinstance(error, (asyncpg.PostgresError, *CONNECTION_ERRORS)):
                    raise translate(error) from error
                raise


async def _roll_back(connection: Connection) -> None:
    """End a transaction that is not wanted; where it was begun and ended already, this changes nothing."""
    try:
        if not connection.is_closed():
            await connection.execute("ROLLBACK", timeout=ROLLBACK_DEADLINE_S)
    except (asyncpg.PostgresError, *CONNECTION_ERRORS):
        _drop(connection)


def _drop(connection: Connection) -> None:
    """Break a connection that cannot be brought back into order; the pool has taken it back already if it broke by itself."""
    with suppress(asyncpg.InterfaceError):
        connection.terminate()


async def query(
    connection: Connection, text: str, values: dict[str, Value | RowsValue], *, deadline_s: float | None = None
) -> list[asyncpg.Record]:
    statement = compile_sql(text, "postgresql")
    try:
        return await connection.fetch(statement.text, *positional(statement, values), timeout=deadline_s)
    except TimeoutError as error:
        raise (ReadTooSlow() if deadline_s else DatabaseUnavailable()) from error
    except (asyncpg.PostgresError, *CONNECTION_ERRORS) as error:
        raise translate(error) from error


async def change(connection: Connection, text: str, values: dict[str, Value | RowsValue]) -> int:
    statement = compile_sql(text, "postgresql")
    try:
        status = await connection.execute(statement.text, *positional(statement, values))
    except (asyncpg.PostgresError, *CONNECTION_ERRORS) as error:
        raise translate(error) from error
    count = status.rpartition(" ")[2]
    return int(count) if count.isdigit() else 0
