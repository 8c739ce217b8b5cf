import asyncio
from dataclasses import replace

import pytest

from portico.accounts.models import ModelRef
from portico.accounts.origin import Place, Visit, visit
from portico.accounts.passwords import HashCost, Passwords, WeakPassword
from portico.accounts.service import AccountsService
from portico.infra.db import Database
from portico.infra.ratelimit import RateLimiter
from portico.settings import Access, Limits, Providers, Server, Settings
from tests.accounts.conftest import PASSWORD

SETTINGS = Settings(access=Access(password_memory_kib=8), limits=Limits(logins_per_minute=1000))


def build(db: Database, settings: Settings = SETTINGS) -> AccountsService:
    return AccountsService(db, settings, RateLimiter(db))


def here(**headers: str) -> Visit:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return visit("POST", "127.0.0.1", "http", {"host": "localhost", **named}, Place())


async def test_of_many_processes_that_start_at_once_one_prints_the_token(db: Database) -> None:
    runs = await asyncio.gather(*(build(db).start() for _ in range(5)))
    assert all(run.required for run in runs)
    assert len([run.token for run in runs if run.token]) == 1


async def test_the_settings_administrator_is_made_once_by_all_processes_together(db: Database) -> None:
    access = Access(admin_email="Root@example.org", admin_password=PASSWORD, password_memory_kib=8)
    settings = replace(SETTINGS, access=access)
    runs = await asyncio.gather(*(build(db, settings).start() for _ in range(5)))
    assert not any(run.required or run.token for run in runs)
    rows = await db.fetch("SELECT email, role FROM users")
    assert [(row["email"], row["role"]) for row in rows] == [("root@example.org", "admin")]


async def test_a_weak_password_in_the_settings_stops_the_start(db: Database) -> None:
    settings = replace(SETTINGS, access=Access(admin_email="root@example.org", admin_password="password", password_memory_kib=8))
    with pytest.raises(WeakPassword):
        await build(db, settings).start()


async def test_before_set_up_the_page_learns_whether_a_token_is_needed(db: Database) -> None:
    accounts = build(db)
    near, far = await accounts.boot(here(), None), await accounts.boot(here(via="1.1 proxy"), None)
    assert (near.setup_required, near.token_required) == (True, False)
    assert (far.setup_required, far.token_required) == (True, True)


async def test_the_page_begins_in_the_users_taste_and_else_the_browsers(db: Database) -> None:
    server, providers = Server(name="House"), Providers(default_model="demo/tour")
    accounts = build(db, replace(SETTINGS, server=server, providers=providers, access=Access(codes=("x",), password_memory_kib=8)))
    stranger = await accounts.boot(here(cookie="portico_theme=dark"), None)
    assert (stranger.locale, stranger.look.theme, stranger.access_code, stranger.user) == ("en", "dark", True, None)
    assert (stranger.instance.name, stranger.default_model) == ("House", ModelRef("demo", "tour"))
    opened = await accounts.set_up(here(), email="a@b.c", name="A", password=PASSWORD, locale="en")
    await accounts.preferences.change_own(opened.principal, {"theme": "light", "default_model": ModelRef("p", "m")})
    found = await accounts.sessions.find(opened.token)
    assert found is not None
    known = await accounts.boot(here(accept_language="zh", cookie="portico_theme=dark"), found.user)
    assert (known.locale, known.look.theme, known.default_model) == ("en", "light", ModelRef("p", "m"))
    assert (known.setup_required, known.token_required) == (False, False)


async def test_a_stream_learns_within_its_check_that_its_user_was_suspended(db: Database) -> None:
    accounts = build(db)
    opened = await accounts.set_up(here(), email="a@b.c", name="A", password=PASSWORD)
    assert await accounts.recheck(opened.principal)
    async with db.transaction() as tx:
        await accounts.sessions.close_all(tx, opened.user.id)
    assert not await accounts.recheck(opened.principal)


async def test_a_hash_of_an_older_cost_is_renewed_at_sign_in_without_ending_sessions(db: Database) -> None:
    accounts = build(db)
    opened = await accounts.set_up(here(), email="a@b.c", name="A", password=PASSWORD)
    old = await Passwords(HashCost(memory_kib=64)).hash(PASSWORD)
    async with db.transaction() as tx:
        await tx.execute("UPDATE users SET password_hash = :old", old=old)
    await accounts.sign_in(here(), email="A@b.c ", password=PASSWORD)
    row = await db.fetch_one("SELECT password_hash FROM users")
    assert row is not None
    assert row["password_hash"] != old
    assert await accounts.recheck(opened.principal)


async def test_pruning_takes_sessions_and_tokens_that_are_over(db: Database) -> None:
    accounts = build(db)
    await accounts.start()
    opened = await accounts.set_up(here(), email="a@b.c", name="A", password=PASSWORD)
    await accounts.sign_in(here(), email="a@b.c", password=PASSWORD)
    async with db.transaction() as tx:
        await tx.execute("UPDATE sessions SET idle_expires = 1 WHERE id <> :id", id=opened.principal.credential_id)
        await tx.execute("UPDATE setup_tokens SET expires = 1")
        assert await accounts.prune(tx) == 1
    assert await db.fetch("SELECT token_hash FROM setup_tokens") == []
    assert await accounts.recheck(opened.principal)


async def test_sign_ins_stand_in_the_audit_trail_without_secrets(db: Database) -> None:
    accounts = build(db)
    await accounts.set_up(here(), email="a@b.c", name="A", password=PASSWORD)
    rows = await db.fetch("SELECT * FROM audit_events ORDER BY id")
    assert [row["action"] for row in rows] == ["user.created", "setup.finished", "session.opened"]
    assert rows[2]["address"] == "127.0.0.1"
    assert PASSWORD not in "".join(row["detail"] for row in rows)
