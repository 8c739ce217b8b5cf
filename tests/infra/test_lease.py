"""One process, one lease: on both stores, by the database's clock alone."""

import asyncio

import pytest

from portico.infra.db import Database, DatabaseUnavailable, open_database
from portico.infra.lease import SILENT_MS, Fenced, Lease, Suspect

AGE = "UPDATE processes SET heartbeat = heartbeat - :ms, lease_until = lease_until - :ms WHERE id = :id"


async def registered(db: Database, *, ttl_ms: int = 1_000, addr: str = "192.0.2.1:3210") -> Lease:
    lease = Lease(db, addr=addr, version="test", ttl_ms=ttl_ms)
    await lease.register()
    return lease


async def age(db: Database, lease: Lease, ms: int) -> None:
    """Let a process have been silent for so long."""
    async with db.transaction() as tx:
        await tx.execute(AGE, id=lease.id, ms=ms)


async def bury(db: Database, judge: Lease) -> list[str]:
    async with db.transaction() as tx:
        return list(await judge.bury_expired(tx))


async def test_a_process_that_beats_is_never_buried(db: Database) -> None:
    one, two = await registered(db), await registered(db)
    await age(db, one, 900)
    await one.heartbeat()
    await age(db, one, 900)
    assert not await two.expired()
    assert await bury(db, two) == []


async def test_a_lease_that_ran_out_is_buried_by_another_process(db: Database) -> None:
    one, two = await registered(db), await registered(db)
    await age(db, one, 2_000)
    assert await two.expired()
    assert await bury(db, two) == [one.id]


async def test_nobody_buries_itself(db: Database) -> None:
    lease = await registered(db)
    await age(db, lease, 60_000)
    assert not await lease.expired()
    assert await bury(db, lease) == []
    await lease.heartbeat()


async def test_a_fenced_process_can_neither_beat_nor_write(db: Database) -> None:
    one, two = await registered(db), await registered(db)
    await age(db, one, 2_000)
    await bury(db, two)
    with pytest.raises(Fenced):
        await one.heartbeat()
    with pytest.raises(Fenced):
        async with db.transaction() as tx:
            await one.require_alive(tx)


async def test_who_registers_again_goes_on_under_another_id(db: Database) -> None:
    lease = await registered(db)
    old = lease.id
    await lease.register()
    assert lease.id != old
    await lease.heartbeat()


async def test_an_orderly_goodbye_leaves_no_row(db: Database) -> None:
    lease = await registered(db)
    await lease.drop()
    assert await db.fetch("SELECT id FROM processes") == []


async def test_a_burial_waits_for_a_write_in_flight_and_refuses_the_next(db: Database) -> None:
    one, two = await registered(db), await registered(db)
    await age(db, one, 2_000)
    order: list[str] = []
    holds = asyncio.Event()

    async def write() -> None:
        async with db.transaction() as tx:
            await one.require_alive(tx)
            order.append("holds")
            holds.set()
            await asyncio.sleep(0.1)
            order.append("wrote")

    writing = asyncio.create_task(write())
    await holds.wait()
    await bury(db, two)
    order.append("buried")
    await writing
    assert order == ["holds", "wrote", "buried"]
    with pytest.raises(Fenced):
        await one.heartbeat()


async def test_only_who_was_well_for_a_whole_lease_may_judge(db: Database) -> None:
    lease = await registered(db, ttl_ms=60)
    assert not lease.may_judge
    for _ in range(8):
        await asyncio.sleep(0.01)
        await lease.heartbeat()
    await asyncio.sleep(0.06)
    assert lease.may_judge


async def test_a_gap_in_ones_own_heartbeats_takes_the_right_to_judge(db: Database) -> None:
    lease = await registered(db, ttl_ms=50)
    await asyncio.sleep(0.12)
    await lease.heartbeat()
    assert not lease.may_judge


async def test_an_outage_takes_the_right_to_judge(store_url: str) -> None:
    db = await open_database(store_url)
    lease = await registered(db, ttl_ms=30)
    await asyncio.sleep(0.04)
    assert lease.may_judge
    await db.close()
    with pytest.raises((DatabaseUnavailable, RuntimeError)):
        await lease.heartbeat()
    assert not lease.may_judge


async def test_the_silent_are_suspects_with_their_address(db: Database) -> None:
    judge, silent, _lively = await registered(db), await registered(db, addr="192.0.2.7:80"), await registered(db)
    await age(db, silent, SILENT_MS + 100)
    assert await judge.suspects() == [Suspect(silent.id, "192.0.2.7:80")]


async def test_who_has_no_address_is_never_a_suspect(db: Database) -> None:
    judge, worker = await registered(db), await registered(db, addr="")
    await age(db, worker, 60_000)
    assert await judge.suspects() == []


async def test_a_suspect_that_is_heard_of_again_is_not_buried(db: Database) -> None:
    judge, silent = await registered(db, ttl_ms=60_000), await registered(db, ttl_ms=60_000)
    await age(db, silent, SILENT_MS + 100)
    suspect = (await judge.suspects())[0]
    await silent.heartbeat()
    assert not await judge.bury_suspect(suspect)
    await age(db, silent, SILENT_MS + 100)
    assert await judge.bury_suspect(suspect)
    with pytest.raises(Fenced):
        await silent.heartbeat()


async def test_the_only_process_of_a_store_buries_everybody_else(db: Database) -> None:
    lease, dead = await registered(db), await registered(db)
    async with db.transaction() as tx:
        assert await lease.bury_others(tx) == [dead.id]


async def test_a_process_that_leaves_says_so_with_its_heartbeat(db: Database) -> None:
    lease = await registered(db)
    lease.draining = True
    await lease.heartbeat()
    row = await db.fetch_one("SELECT draining FROM processes WHERE id = :id", id=lease.id)
    assert row is not None
    assert bool(row["draining"])
