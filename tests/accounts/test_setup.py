import asyncio

import pytest

from portico.access.principal import OPERATOR
from portico.accounts.models import SetupDone, SetupTokenInvalid, SetupTokenRequired, User
from portico.accounts.passwords import Passwords, WeakPassword
from portico.accounts.setup import Setup
from portico.accounts.users import Users
from portico.infra.db import Database
from tests.accounts.conftest import PASSWORD


@pytest.fixture
def setup(db: Database, passwords: Passwords, users: Users) -> Setup:
    return Setup(db, passwords, users)


async def finish(
    db: Database, setup: Setup, *, email: str = "root@example.org", token: str | None = None, token_needed: bool = False
) -> User:
    password_hash = await setup.prepare(email=email, password=PASSWORD)
    async with db.transaction() as tx:
        return await setup.finish(tx, email=email, name="Root", password_hash=password_hash, token=token, token_needed=token_needed)


async def test_the_first_run_makes_the_administrator_once(db: Database, setup: Setup) -> None:
    assert await setup.required()
    assert (await finish(db, setup)).role == "admin"
    assert not await setup.required()
    with pytest.raises(SetupDone):
        await finish(db, setup, email="other@example.org")


async def test_fifty_first_runs_at_once_make_one_administrator(db: Database, passwords: Passwords, users: Users) -> None:
    async def attempt(n: int) -> bool:
        try:
            await finish(db, Setup(db, passwords, users), email=f"root{n}@example.org")
        except SetupDone:
            return False
        return True

    made = await asyncio.gather(*(attempt(n) for n in range(50)))
    assert sum(made) == 1
    assert len(await db.fetch("SELECT id FROM users")) == 1
    assert len(await db.fetch("SELECT id FROM audit_events WHERE action = 'setup.finished'")) == 1


async def test_of_many_first_processes_one_prints_the_token(db: Database, passwords: Passwords, users: Users) -> None:
    printed = await asyncio.gather(*(Setup(db, passwords, users).make_token() for _ in range(10)))
    assert len([token for token in printed if token]) == 1
    assert len(await db.fetch("SELECT token_hash FROM setup_tokens")) == 1


async def test_the_token_is_needed_when_asked_for_and_works_once(db: Database, setup: Setup) -> None:
    token = await setup.make_token()
    assert token is not None
    for wrong, error in ((None, SetupTokenRequired), ("", SetupTokenRequired), ("AAAA-BBBB-CCCC-DDDD-EEEE", SetupTokenInvalid)):
        with pytest.raises(error):
            await finish(db, setup, token=wrong, token_needed=True)
    assert await setup.required()
    await finish(db, setup, token=token.lower(), token_needed=True)
    used = await db.fetch("SELECT used FROM setup_tokens")
    assert [row["used"] is not None for row in used] == [True]


async def test_a_token_counts_for_a_day(db: Database, setup: Setup) -> None:
    token = await setup.make_token()
    row = await db.fetch_one("SELECT expires - created AS life FROM setup_tokens")
    assert row is not None
    assert row["life"] == 24 * 3_600_000
    async with db.transaction() as tx:
        await tx.execute("UPDATE setup_tokens SET expires = {now}")
    with pytest.raises(SetupTokenInvalid):
        await finish(db, setup, token=token, token_needed=True)


async def test_a_new_token_makes_the_old_one_useless(db: Database, setup: Setup) -> None:
    old = await setup.make_token()
    assert await setup.make_token() is None
    new = await setup.make_token(replace=True)
    assert new is not None
    with pytest.raises(SetupTokenInvalid):
        await finish(db, setup, token=old, token_needed=True)
    await finish(db, setup, token=new, token_needed=True)
    assert await setup.make_token(replace=True) is None


async def test_when_the_printed_token_is_too_old_a_starting_process_prints_another(db: Database, setup: Setup) -> None:
    await setup.make_token()
    async with db.transaction() as tx:
        await tx.execute("UPDATE instance_settings SET value = '1' WHERE key = 'setup_token'")
    assert await setup.make_token() is not None


async def test_the_settings_can_name_the_administrator(db: Database, setup: Setup) -> None:
    made = await setup.make_administrator(email="Root@Example.org", password=PASSWORD)
    assert made is not None
    assert (made.email, made.role) == ("root@example.org", "admin")
    assert await setup.make_administrator(email="root@example.org", password=PASSWORD) is None


async def test_an_administrator_made_in_another_way_ends_the_first_run(users: Users, setup: Setup) -> None:
    user = await users.create(OPERATOR, email="ada@example.org", name="Ada", password=PASSWORD, role="member")
    assert await setup.required()
    await users.change(OPERATOR, user.id, {"role": "admin"})
    assert not await setup.required()


async def test_a_weak_password_makes_no_administrator(setup: Setup) -> None:
    with pytest.raises(WeakPassword):
        await setup.make_administrator(email="root@example.org", password="password")
    assert await setup.required()
