"""SQLite behind two dedicated threads: one writer with group commit, one reader. Used through `infra.db` only."""

import asyncio
import sqlite3
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from portico.errors import StorageFull
from portico.infra.dberrors import DatabaseUnavailable, Duplicate, NoSuchTable, ReadTooSlow
from portico.infra.sql import RowsValue, Value, compile_sql, named
from portico.infra.waiting import settled

GROUP_SIZE = 64  # transactions that share one COMMIT
GROUP_AGE_S = 0.002
READ_DEADLINE_S = 5.0
BUSY_TIMEOUT_MS = 5_000
T = TypeVar("T")


def connect(path: Path, *, read_only: bool = False) -> sqlite3.Connection:
    """Open the file as Portico uses it: WAL, foreign keys, no implicit transactions."""
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, cached_statements=512)
    connection.row_factory = sqlite3.Row
    connection.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute("PRAGMA temp_store=MEMORY")
    if read_only:
        connection.execute("PRAGMA query_only=ON")
    return connection


def translate(error: sqlite3.Error) -> Exception:
    """The error of the family that callers know, or the same one."""
    text = str(error)
    if isinstance(error, sqlite3.IntegrityError) and "UNIQUE" in text:
        return Duplicate(text)
    if isinstance(error, sqlite3.OperationalError) and text.startswith("no such table"):
        return NoSuchTable(text)
    if isinstance(error, sqlite3.OperationalError) and text == "interrupted":
        return ReadTooSlow()
    if isinstance(error, sqlite3.OperationalError) and "is full" in text:
        return StorageFull()
    if isinstance(error, sqlite3.OperationalError) and any(word in text for word in ("locked", "unable to open", "disk I/O")):
        return DatabaseUnavailable()
    return error


class Worker:
    """One thread with one connection; calls run one after the other, in the order they came."""

    def __init__(self, path: Path, name: str, *, read_only: bool) -> None:
        self._threads = ThreadPoolExecutor(max_workers=1, thread_name_prefix=name)
        self.connection = self._threads.submit(connect, path, read_only=read_only).result()

    async def call(self, function: Callable[[sqlite3.Connection], T]) -> T:
        """Run `function` on the thread. A cancelled caller does not stop it; what it did stays done."""
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, function, self.connection)
        except sqlite3.Error as error:
            raise translate(error) from error

    async def close(self) -> None:
        await asyncio.get_running_loop().run_in_executor(self._threads, self.connection.close)
        self._threads.shutdown(wait=False)


def _query(connection: sqlite3.Connection, text: str, values: dict[str, Value | RowsValue]) -> list[sqlite3.Row]:
    statement = compile_sql(text, "sqlite")
    return connection.execute(statement.text, named(statement, values)).fetchall()


def _change(connection: sqlite3.Connection, text: str, values: dict[str, Value | RowsValue]) -> int:
    statement = compile_sql(text, "sqlite")
    return max(0, connection.execute(statement.text, named(statement, values)).rowcount)


class Group:
    """Transactions that share one COMMIT; `done` tells each of them how it went."""

    def __init__(self, *, durable: bool) -> None:
        self.durable = durable
        self.count = 0
        self.opened = time.monotonic()
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    @property
    def spent(self) -> bool:
        return self.count >= GROUP_SIZE or time.monotonic() - self.opened >= GROUP_AGE_S


class Writer:
    """The only writer of the file. Callers queue; each runs in a SAVEPOINT of a shared transaction."""

    def __init__(self, worker: Worker) -> None:
        self._worker = worker
        self._turn = asyncio.Lock()
        self._waiting = 0
        self._group: Group | None = None
        self._full_sync: bool | None = None
        self._sweep: asyncio.Task[None] | None = None

    async def begin(self, *, durable: bool) -> None:
        """Wait for the turn and open a savepoint. A durable caller never joins a group that does not wait for the disk.

        Who is cancelled while it waits for its turn leaves the queue; afterwards what was begun is ended first, for a turn that
        is passed on half way would let the next caller into a transaction that is just being committed.
        """
        self._waiting += 1
        try:
            await self._turn.acquire()
        finally:
            self._waiting -= 1
        opening = asyncio.ensure_future(self._open(durable=durable))
        try:
            await settled(opening)
        except asyncio.CancelledError:
            if not opening.cancelled() and opening.exception() is None:
                await settled(asyncio.ensure_future(self._end(keep=False)))
            raise

    async def _open(self, *, durable: bool) -> None:
        try:
            group = self._group
            if group is not None and (group.spent or (durable and not group.durable)):
                await self._commit(group)
            await self._enter(durable=durable)
        except BaseException:
            self._turn.release()
            raise

    async def _enter(self, *, durable: bool) -> None:
        group = self._group
        opening = group is None
        if group is None:
            group = self._group = Group(durable=durable)
        group.count += 1
        synchronous = "" if self._full_sync is group.durable else f"PRAGMA synchronous={'FULL' if durable else 'NORMAL'}"

        def enter(connection: sqlite3.Connection) -> None:
            if opening and synchronous:
                connection.execute(synchronous)
            if opening:
                connection.execute("BEGIN IMMEDIATE")
            connection.execute("SAVEPOINT caller")

        try:
            await self._worker.call(enter)
        except (sqlite3.Error, StorageFull, DatabaseUnavailable) as error:
            await self._abandon(group, error)
            raise
        self._full_sync = group.durable

    async def _abandon(self, group: Group, error: Exception) -> None:
        self._group = None
        self._full_sync = None
        if not group.done.done():
            group.done.set_exception(error)
            group.done.exception()  # members that are still there read it; without members nobody needs to

        def undo(connection: sqlite3.Connection) -> None:
            if connection.in_transaction:
                connection.execute("ROLLBACK")

        await self._worker.call(undo)

    async def end(self, *, keep: bool) -> None:
        """Close the savepoint and wait until the group is committed (if `keep`). Cancelling the caller does not tear the group."""
        await settled(asyncio.ensure_future(self._end(keep=keep)))

    async def _end(self, *, keep: bool) -> None:
        group = self._group
        if group is None:
            raise RuntimeError("a transaction ends that never began")
        try:
            await self._leave(group, keep=keep, last=self._waiting == 0 or group.spent)
        finally:
            self._turn.release()
        if keep:
            await group.done

    async def _leave(self, group: Group, *, keep: bool, last: bool) -> None:
        try:
            await self._worker.call(lambda connection: _release(connection, keep=keep, commit=last))
        except (sqlite3.Error, StorageFull, DatabaseUnavailable) as error:
            await self._abandon(group, error)
            if keep:
                raise
            return  # nothing of it stays, which is what the caller wants; the error that it has is the one to tell
        if last:
            self._group = None
            group.done.set_result(None)
        else:
            self._sweep = asyncio.create_task(self._sweep_later(group), name="sqlite-sweep")

    async def _sweep_later(self, group: Group) -> None:
        """Commit a group that was left open for a waiter, should that waiter have gone away."""
        await asyncio.sleep(GROUP_AGE_S)
        async with self._turn:
            if self._group is group:
                with suppress(StorageFull, DatabaseUnavailable, sqlite3.Error):  # the members learn it from `done`
                    await self._commit(group)

    async def _commit(self, group: Group) -> None:
        try:
            await self._worker.call(lambda connection: connection.execute("COMMIT"))
        except (sqlite3.Error, StorageFull, DatabaseUnavailable) as error:
            await self._abandon(group, error)
            raise
        self._group = None
        group.done.set_result(None)

    async def close(self) -> None:
        """Commit what is left open and close the file. A transaction that runs is waited for."""
        async with self._turn:
            if self._group is not None:
                with suppress(StorageFull, DatabaseUnavailable, sqlite3.Error):  # the members learn it from `done`
                    await self._commit(self._group)
            await self._worker.close()

    async def query(self, text: str, values: dict[str, Value | RowsValue]) -> list[sqlite3.Row]:
        return await self._worker.call(lambda connection: _query(connection, text, values))

    async def change(self, text: str, values: dict[str, Value | RowsValue]) -> int:
        return await self._worker.call(lambda connection: _change(connection, text, values))


def _release(connection: sqlite3.Connection, *, keep: bool, commit: bool) -> None:
    if not connection.in_transaction:  # after some errors, a full disk among them, SQLite takes back the whole of it by itself
        raise DatabaseUnavailable
    if not keep:
        connection.execute("ROLLBACK TO caller")
    connection.execute("RELEASE caller")
    if commit:
        connection.execute("COMMIT")


class Reader:
    """Reads that see every committed write, with a deadline."""

    def __init__(self, worker: Worker) -> None:
        self._worker = worker
        self._changing = threading.Lock()
        self._running: object = None

    async def query(self, text: str, values: dict[str, Value | RowsValue]) -> list[sqlite3.Row]:
        """Return the rows. A read is ended by its own deadline, also when its caller has gone: the others wait behind it."""
        ends = time.monotonic() + READ_DEADLINE_S
        me = object()

        def read(connection: sqlite3.Connection) -> list[sqlite3.Row]:
            if time.monotonic() >= ends:
                raise ReadTooSlow
            self._now_runs(me)
            try:
                return _query(connection, text, values)
            finally:
                self._now_runs(None)

        timer = asyncio.get_running_loop().call_later(READ_DEADLINE_S, self._interrupt, me)
        rows = await self._worker.call(read)
        timer.cancel()  # else the read has failed, or goes on without its caller: the timer tells which
        return rows

    def _now_runs(self, read: object) -> None:
        with self._changing:
            self._running = read

    def _interrupt(self, read: object) -> None:
        """End this read, and no other that has begun meanwhile."""
        with self._changing:
            if self._running is read:
                self._worker.connection.interrupt()
