"""Who asks a silent process for its name, and what follows from the answer."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from portico.infra.db import Database
from portico.infra.lease import Fenced, Lease
from portico.runs import suspect
from portico.runs.suspect import bury_the_dead


@asynccontextmanager
async def answering(answer: bytes | None) -> AsyncIterator[str]:
    """A server that gives every caller this answer; None keeps silent. Yields its address."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n")
            if answer is None:
                await reader.read()  # until the caller gives up
            else:
                writer.write(answer)
                await writer.drain()
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()


async def registered(db: Database, addr: str = "", *, silent: bool = False) -> Lease:
    lease = Lease(db, addr=addr, version="test", ttl_ms=60_000)
    await lease.register()
    if silent:
        async with db.transaction() as tx:
            await tx.execute("UPDATE processes SET heartbeat = heartbeat - 3000 WHERE id = :id", id=lease.id)
    return lease


def named(process_id: str) -> bytes:
    return b"HTTP/1.1 200 OK\r\nX-Portico-Process: " + process_id.encode() + b"\r\ncontent-length: 2\r\n\r\n{}"


async def free_address() -> str:
    """An address that refuses: somebody listened there a moment ago."""
    async with answering(b"") as addr:
        return addr


async def test_a_process_whose_address_refuses_is_buried(db: Database) -> None:
    judge, dead = await registered(db), await registered(db, await free_address(), silent=True)
    assert await bury_the_dead(judge) == 1
    with pytest.raises(Fenced):
        await dead.heartbeat()


async def test_a_process_whose_address_answers_in_anothers_name_is_buried(db: Database) -> None:
    async with answering(named("somebody-else")) as addr:
        judge, dead = await registered(db), await registered(db, addr, silent=True)
        assert await bury_the_dead(judge) == 1
    with pytest.raises(Fenced):
        await dead.heartbeat()


async def test_a_process_that_answers_in_its_own_name_lives(db: Database) -> None:
    judge = await registered(db)
    silent = await registered(db, "placeholder", silent=True)
    async with answering(named(silent.id)) as addr:
        async with db.transaction() as tx:
            await tx.execute("UPDATE processes SET addr = :addr WHERE id = :id", id=silent.id, addr=addr)
        assert await bury_the_dead(judge) == 0
    await silent.heartbeat()


@pytest.mark.parametrize("answer", [None, b"", b"HTTP/1.1 200 OK\r\n\r\nhello", b"\x00\xff" * 4000])
async def test_an_answer_that_says_nothing_proves_nothing(db: Database, monkeypatch: pytest.MonkeyPatch, answer: bytes | None) -> None:
    monkeypatch.setattr(suspect, "DEADLINE_S", 0.1)
    async with answering(answer) as addr:
        judge, silent = await registered(db), await registered(db, addr, silent=True)
        assert await bury_the_dead(judge) == 0
    await silent.heartbeat()


async def test_who_was_heard_of_lately_is_not_even_asked(db: Database) -> None:
    judge, lively = await registered(db), await registered(db, await free_address())
    assert await bury_the_dead(judge) == 0
    await lively.heartbeat()
