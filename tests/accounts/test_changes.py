import asyncio

from portico.accounts.changes import record_change
from portico.infra.db import Database
from tests.accounts.conftest import MakeUser


async def test_revisions_of_a_user_count_without_gap_or_double_under_concurrency(db: Database, make_user: MakeUser) -> None:
    user, _, _ = await make_user()

    async def write(n: int) -> int:
        async with db.transaction() as tx:
            return await record_change(tx, user.id, "settings", str(n))

    assert sorted(await asyncio.gather(*(write(n) for n in range(10)))) == list(range(1, 11))


async def test_a_change_that_is_rolled_back_leaves_no_revision(db: Database, make_user: MakeUser) -> None:
    user, _, _ = await make_user()
    try:
        async with db.transaction() as tx:
            await record_change(tx, user.id, "settings", "x")
            raise LookupError
    except LookupError:
        pass
    assert await db.fetch("SELECT rev FROM changes") == []
