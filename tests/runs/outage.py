"""A database that goes away and comes back, for real: PostgreSQL behind a small proxy, SQLite under a lock that somebody holds."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Protocol
from urllib.parse import parse_qs, urlsplit

from portico.infra.db import Database, SqliteDatabase, open_database


class Outage(Protocol):
    """`begin` and `end` an outage of `db`."""

    db: Database

    async def begin(self) -> None: ...

    async def end(self) -> None: ...


class LockedFile:
    """Another program holds the file's write lock, and nobody here waits long for it."""

    def __init__(self, db: SqliteDatabase) -> None:
        self.db: Database = db
        self._holder = sqlite3.connect(db.path, isolation_level=None, check_same_thread=False)
        self._file = db

    async def prepare(self) -> None:
        await self._file._write_worker.call(lambda connection: connection.execute("PRAGMA busy_timeout=1"))

    async def begin(self) -> None:
        self._holder.execute("BEGIN IMMEDIATE")

    async def end(self) -> None:
        self._holder.execute("ROLLBACK")

    async def close(self) -> None:
        self._holder.close()


class Proxy:
    """Passes connections on to PostgreSQL. `mute` lets requests through and loses the answers, as a cut in the middle does.

    `mute_at` turns it on with the request that holds these bytes.
    """

    def __init__(self, host: str, port: int) -> None:
        self._host, self._port = host, port
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._writers: set[asyncio.StreamWriter] = set()
        self.port = 0
        self.away = False
        self.mute = False
        self.mute_at = b""

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        assert self._server is not None
        self.cut()
        self._server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def cut(self) -> None:
        """Break every connection that is open."""
        for writer in self._writers:
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.away:
            writer.transport.abort()
            return
        if self._host.startswith("/"):
            there = await asyncio.open_unix_connection(f"{self._host}/.s.PGSQL.{self._port}")
        else:
            there = await asyncio.open_connection(self._host, self._port)
        self._writers |= {writer, there[1]}
        for pump in (self._pump(reader, there[1], answers=False), self._pump(there[0], writer, answers=True)):
            task = asyncio.create_task(pump)
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _pump(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, *, answers: bool) -> None:
        try:
            while data := await source.read(65_536):
                if answers and self.mute:
                    break
                if not answers and self.mute_at and self.mute_at in data:
                    self.mute, self.mute_at = True, b""
                sink.write(data)
                await sink.drain()
        except OSError:
            return  # the other side broke off, which is what this proxy is for
        finally:
            sink.transport.abort()
            self._writers.discard(sink)


class CutOff:
    """PostgreSQL behind a proxy that refuses."""

    def __init__(self, proxy: Proxy, db: Database) -> None:
        self.proxy = proxy
        self.db = db

    async def begin(self) -> None:
        self.proxy.away = True
        self.proxy.cut()

    async def end(self) -> None:
        self.proxy.away = False


@asynccontextmanager
async def sqlite_outage(url: str) -> AsyncIterator[LockedFile]:
    db = SqliteDatabase(Path(url.removeprefix("sqlite:///")))
    outage = LockedFile(db)
    await outage.prepare()
    yield outage
    await outage.close()
    await db.close()


@asynccontextmanager
async def postgres_outage(url: str) -> AsyncIterator[CutOff]:
    parts = urlsplit(url)
    query = parse_qs(parts.query)
    proxy = Proxy(query.get("host", [parts.hostname or "127.0.0.1"])[0], int(query.get("port", [parts.port or 5432])[0]))
    await proxy.start()
    user = parts.username or "postgres"
    password = f":{parts.password}" if parts.password else ""
    db = await open_database(f"postgresql://{user}{password}@127.0.0.1:{proxy.port}{parts.path}", pool_size=4)
    yield CutOff(proxy, db)
    await db.close()
    await proxy.stop()
