"""Bytes under immutable keys: in a folder, or in the database in rows of 256 kB. `s3store` keeps them in a bucket.

A key is `<SHA-256 of the content>-<scope>`. It never names other bytes. The scope is the id of the one row that owns the object, so an
object can be deleted with its row and no reference is counted: counting would race with an upload of the same bytes.
"""

import asyncio
import hashlib
import os
import re
import secrets
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol

from portico.errors import PorticoError, StorageFull
from portico.infra.db import Database, DatabaseUnavailable
from portico.infra.dberrors import Duplicate
from portico.infra.waiting import settled

CHUNK_BYTES = 256 * 1024
_KEY = re.compile(r"[0-9a-f]{64}-[A-Za-z0-9-]{1,60}")
_NO_ROOM = frozenset({28, 122})  # ENOSPC, EDQUOT

ADD = "INSERT INTO object_chunks (object, n, data) VALUES (:object, :n, :data)"
NAME = "UPDATE object_chunks SET object = :key WHERE object = :draft AND NOT EXISTS (SELECT 1 FROM object_chunks o WHERE o.object = :key)"
GET = "SELECT data FROM object_chunks WHERE object = :object AND n = :n"
DELETE = "DELETE FROM object_chunks WHERE object = :object"
SWEEP = "DELETE FROM object_chunks WHERE object LIKE 'draft-%' AND object < :oldest"


class ObjectMissing(PorticoError):
    """The row of an object is there but its bytes are not."""

    code = "object_missing"
    title = "The file's content is missing"
    status = 500
    default_detail = "Restore the data folder or the database from a backup, or upload the file again."


@dataclass(frozen=True, slots=True)
class Stored:
    key: str
    sha256: str
    size: int


class ObjectStore(Protocol):
    """Where the bytes of files are. Implementations: DirectoryStore, DatabaseStore, s3store.S3Store."""

    async def put(self, data: AsyncIterator[bytes], scope: str, *, name: str = "") -> Stored:
        """Store a stream for one owner. Nothing is visible before all of it is stored; storing it twice changes nothing.

        `name` is what a browser saves it as when it loads the object from its `link`.
        """
        ...

    def get(self, key: str) -> AsyncIterator[bytes]:
        """Yield an object's bytes in order. Raises ObjectMissing."""
        ...

    async def delete(self, key: str) -> None:
        """Delete an object if it is there."""
        ...

    async def sweep(self, older_s: float) -> int:
        """Delete what uploads left behind whose process died, if it began longer ago; return how many pieces."""
        ...

    async def link(self, key: str, *, expires_s: int) -> str | None:
        """Return an address under which a browser may load the object itself, or None where only Portico can read it."""
        ...


async def once(data: bytes) -> AsyncIterator[bytes]:
    """Make a stream of bytes that are in memory."""
    yield data


def checked_key(key: str) -> str:
    """Return `key` if it can be one. Raises ValueError."""
    if not _KEY.fullmatch(key):
        raise ValueError("not the key of an object")
    return key


async def pieces_of(data: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Cut a stream into pieces of CHUNK_BYTES; an empty stream is one empty piece."""
    waiting = bytearray()
    any_piece = False
    async for part in data:
        waiting += part
        while len(waiting) >= CHUNK_BYTES:
            yield bytes(waiting[:CHUNK_BYTES])
            any_piece = True
            del waiting[:CHUNK_BYTES]
    if waiting or not any_piece:
        yield bytes(waiting)


class DirectoryStore:
    """Objects as files, two levels deep. A file appears by an atomic rename after it is on the disk."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def put(self, data: AsyncIterator[bytes], scope: str, *, name: str = "") -> Stored:
        del name
        digest, size = hashlib.sha256(), 0
        draft = self._folder / "drafts" / secrets.token_hex(16)
        try:
            await _to_the_end(lambda: draft.parent.mkdir(parents=True, exist_ok=True))
            async for piece in pieces_of(data):
                digest.update(piece)
                size += len(piece)
                await _to_the_end(partial(_append, draft, piece))
            key = checked_key(f"{digest.hexdigest()}-{scope}")
            await _to_the_end(partial(_publish, draft, self._path(key)))
        except OSError as error:
            if error.errno in _NO_ROOM:
                raise StorageFull from error
            raise
        finally:
            await _to_the_end(lambda: draft.unlink(missing_ok=True))
        return Stored(key, digest.hexdigest(), size)

    async def get(self, key: str) -> AsyncIterator[bytes]:
        try:
            file = await asyncio.to_thread(self._path(key).open, "rb")
        except FileNotFoundError as error:
            raise ObjectMissing from error
        with file:
            while piece := await asyncio.to_thread(file.read, CHUNK_BYTES):
                yield piece

    async def delete(self, key: str) -> None:
        await asyncio.to_thread(self._path(key).unlink, missing_ok=True)

    async def sweep(self, older_s: float) -> int:
        return await asyncio.to_thread(_sweep, self._folder / "drafts", time.time() - older_s)

    async def link(self, key: str, *, expires_s: int) -> None:
        del key, expires_s

    def _path(self, key: str) -> Path:
        return self._folder / checked_key(key)[:2] / key


async def _to_the_end(write: Callable[[], None]) -> None:
    """Write in a thread. Nobody stops a thread: a caller that is cancelled waits, or what it removes would be written once more."""
    await settled(asyncio.ensure_future(asyncio.to_thread(write)))


def _append(path: Path, piece: bytes) -> None:
    with path.open("ab") as file:
        file.write(piece)
        file.flush()
        os.fsync(file.fileno())


def _publish(draft: Path, final: Path) -> None:
    final.parent.mkdir(exist_ok=True)
    draft.replace(final)
    folder = os.open(final.parent, os.O_RDONLY)
    try:
        os.fsync(folder)  # the rename itself must survive a power cut too
    finally:
        os.close(folder)


def _sweep(folder: Path, before_s: float) -> int:
    old = [path for path in folder.glob("*") if path.stat().st_mtime < before_s]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


class DatabaseStore:
    """Objects as rows. Each piece is a transaction of its own, so a long upload holds nothing; the last one gives the rows their key."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def put(self, data: AsyncIterator[bytes], scope: str, *, name: str = "") -> Stored:
        del name
        digest, size, n, key = hashlib.sha256(), 0, 0, ""
        draft = f"draft-{_stamp(0)}-{secrets.token_hex(16)}"
        try:
            async for piece in pieces_of(data):
                digest.update(piece)
                size += len(piece)
                async with self._db.transaction(durable=False) as tx:
                    await tx.execute(ADD, object=draft, n=n, data=piece)
                n += 1
            key = checked_key(f"{digest.hexdigest()}-{scope}")
            async with self._db.transaction() as tx:
                if not await tx.execute(NAME, key=key, draft=draft):
                    await tx.execute(DELETE, object=draft)  # it was stored before
        except Duplicate:
            await settled(asyncio.ensure_future(self._forget(draft)))  # another upload of the same bytes was faster by a moment
        except (Exception, asyncio.CancelledError):
            await settled(asyncio.ensure_future(self._forget(draft)))
            raise
        return Stored(key, digest.hexdigest(), size)

    async def _forget(self, draft: str) -> None:
        try:
            async with self._db.transaction(durable=False) as tx:
                await tx.execute(DELETE, object=draft)
        except DatabaseUnavailable:
            return  # `sweep` finds the rows later; the first failure is the one to report

    async def get(self, key: str) -> AsyncIterator[bytes]:
        n = 0
        while (row := await self._db.fetch_one(GET, object=checked_key(key), n=n)) is not None:
            yield bytes(row["data"])
            n += 1
        if n == 0:
            raise ObjectMissing

    async def delete(self, key: str) -> None:
        async with self._db.transaction() as tx:
            await tx.execute(DELETE, object=checked_key(key))

    async def sweep(self, older_s: float) -> int:
        async with self._db.transaction(durable=False) as tx:
            return await tx.execute(SWEEP, oldest=f"draft-{_stamp(older_s)}")

    async def link(self, key: str, *, expires_s: int) -> None:
        del key, expires_s


def _stamp(ago_s: float) -> str:
    """Return the time some seconds ago so that text order is time order."""
    return f"{round((time.time() - ago_s) * 1000):015d}"
