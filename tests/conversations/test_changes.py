import asyncio

import pytest

from portico.conversations import changes
from portico.conversations.changes import Change, ResyncNeeded, Touch
from portico.infra.db import Database
from tests.conversations.conftest import make_person


async def test_revisions_of_one_user_have_no_gap_under_a_hundred_writers(db: Database) -> None:
    ada = await make_person(db)

    async def write(number: int) -> int:
        async with db.transaction() as tx:
            return await changes.record(tx, ada.user_id, "message", f"m{number}")

    revs = await asyncio.gather(*(write(number) for number in range(100)))
    assert sorted(revs) == list(range(1, 101))


async def test_a_write_that_is_rolled_back_takes_no_revision(db: Database) -> None:
    ada = await make_person(db)

    async def write_and_fail() -> None:
        async with db.transaction() as tx:
            await changes.record(tx, ada.user_id, "message", "m")
            raise LookupError

    with pytest.raises(LookupError):
        await write_and_fail()
    assert await changes.current(db, ada.user_id) == 0


async def test_since_gives_only_what_came_later_and_only_one_s_own(db: Database) -> None:
    ada, bob = await make_person(db), await make_person(db, "Bob")
    async with db.transaction() as tx:
        await changes.record(tx, ada.user_id, "conversation", "a")
        await changes.record(tx, bob.user_id, "conversation", "b")
        await changes.record(tx, ada.user_id, "conversation", "a", deleted=True)
    found = await changes.since(db, ada.user_id, 1)
    assert found.changes == (Change(2, "conversation", "a", deleted=True),)
    assert (found.rev, found.next) == (2, False)


async def test_pages_of_changes_join_without_gap(db: Database) -> None:
    ada = await make_person(db)
    async with db.transaction() as tx:
        await changes.record_all(tx, ada.user_id, [Touch("message", f"m{number}") for number in range(25)])
    seen: list[str] = []
    rev, more = 0, True
    while more:
        found = await changes.since(db, ada.user_id, rev, limit=10)
        seen += [change.id for change in found.changes]
        rev, more = found.rev, found.next
    assert seen == [f"m{number}" for number in range(25)]


async def test_nothing_new_keeps_the_reader_s_revision(db: Database) -> None:
    ada = await make_person(db)
    found = await changes.since(db, ada.user_id, 0)
    assert (found.rev, found.next, found.changes) == (0, False, ())


async def age(db: Database, days: int) -> None:
    async with db.transaction() as tx:
        await tx.execute("UPDATE changes SET at = at - :ms", ms=days * 24 * 3600 * 1000)


async def test_a_reader_from_before_the_retention_must_resync(db: Database) -> None:
    ada = await make_person(db)
    async with db.transaction() as tx:
        await changes.record_all(tx, ada.user_id, [Touch("message", "old"), Touch("message", "older")])
    await age(db, 31)
    async with db.transaction() as tx:
        assert await changes.purge(tx) == 2
        await changes.record(tx, ada.user_id, "message", "new")
    with pytest.raises(ResyncNeeded):
        await changes.since(db, ada.user_id, 1)
    assert [change.id for change in (await changes.since(db, ada.user_id, 2)).changes] == ["new"]


async def test_a_reader_that_is_up_to_date_stays_so_when_every_change_is_purged(db: Database) -> None:
    ada = await make_person(db)
    async with db.transaction() as tx:
        await changes.record(tx, ada.user_id, "message", "old")
    await age(db, 31)
    async with db.transaction() as tx:
        await changes.purge(tx)
    assert (await changes.since(db, ada.user_id, 1)).rev == 1
    with pytest.raises(ResyncNeeded):
        await changes.since(db, ada.user_id, 0)


async def test_a_reader_from_the_future_must_resync(db: Database) -> None:
    ada = await make_person(db)
    with pytest.raises(ResyncNeeded):
        await changes.since(db, ada.user_id, 5)
