"""Whoever may come in no more is answered no more, through the routes and on every process."""

import asyncio
from collections.abc import Iterator

import pytest

from portico.access.principal import Principal
from portico.accounts.service import AccountsService
from portico.ids import new_id
from portico.infra.db import Database
from portico.infra.ratelimit import RateLimiter
from portico.runs.dismissal import Dismissal
from portico.settings import Access, Settings
from tests.api.conftest import PASSWORD, Instance
from tests.api.world import demo_model
from tests.asgi import Browser
from tests.runs.conftest import World, make_user, queued
from tests.runs.test_removal import begun


@pytest.fixture
def dismissal(world: World) -> Iterator[Dismissal]:
    accounts = AccountsService(world.db, Settings(access=Access(password_memory_kib=8)), RateLimiter(world.db))
    yield Dismissal(world.db, accounts.users, world.service)
    accounts.close()


async def asked(browser: Browser) -> str:
    """The id of a run that has just begun and would go on for a minute."""
    parts = [{"type": "text", "text": "/words 3000 rate 50"}]
    body = {"id": new_id(), "parent": None, "parts": parts, "model": await demo_model(browser), "conversation": {}}
    sent = await browser.post(f"/api/conversations/{new_id()}/messages", body)
    assert sent.status == 202, sent.body
    run: str = sent.json["run"]["id"]
    return run


async def ended(db: Database, run: str) -> str:
    """The state in which the run ends, soon."""
    async with asyncio.timeout(10):
        while True:
            row = await db.fetch_one("SELECT state, finished FROM runs WHERE id = :id", id=run)
            assert row is not None
            if row["finished"] is not None:
                return row["state"]
            await asyncio.sleep(0.02)


async def test_an_account_that_is_ended_is_answered_no_more(instance: Instance) -> None:
    root = await instance.set_up()
    ada, bob = await instance.member(root, "ada"), await instance.member(root, "bob")
    run, other = await asked(ada), await asked(bob)
    assert (await ada.post("/api/users/me/delete", {"current": PASSWORD, "confirm": "ada@example.org"})).status == 204
    assert await ended(instance.portico.infra.db, run) == "cancelled"
    assert (await bob.get(f"/api/runs/{other}")).json["state"] == "running"


async def test_an_account_that_is_suspended_is_answered_no_more(instance: Instance) -> None:
    root = await instance.set_up()
    ada, bob = await instance.member(root, "ada"), await instance.member(root, "bob")
    ids = {user["name"]: user["id"] for user in (await root.get("/api/users")).json["items"]}
    runs = [await asked(ada), await asked(bob)]
    assert (await root.patch(f"/api/users/{ids['ada']}", {"status": "suspended"})).status == 200
    assert (await root.post("/api/users/bulk", {"ids": [ids["bob"]], "status": "suspended"})).status == 200
    assert [await ended(instance.portico.infra.db, run) for run in runs] == ["cancelled", "cancelled"]
    assert await instance.portico.infra.db.fetch("SELECT id FROM jobs WHERE kind = 'title'") == []


async def test_an_account_that_gets_another_name_is_answered_on(instance: Instance) -> None:
    root = await instance.set_up()
    run = await asked(root)
    me = (await root.get("/api/session")).json["user"]["id"]
    assert (await root.patch(f"/api/users/{me}", {"name": "Boss"})).status == 200
    assert (await root.get(f"/api/runs/{run}")).json["state"] == "running"


async def test_an_answer_that_waits_never_begins(dismissal: Dismissal, world: World, who: Principal) -> None:
    waiting, stranger = await queued(world, who), await make_user(world.db)
    others = await queued(world, stranger)
    await dismissal.stop_of([who.user_id])
    assert (await world.service.get(who, waiting.id)).state == "cancelled"
    assert (await world.service.get(stranger, others.id)).state == "queued"
    assert world.demo.requests == []


async def test_an_answer_of_another_process_is_stopped_there(dismissal: Dismissal, world: World, other: World, who: Principal) -> None:
    run = await begun(other, who)
    await dismissal.stop_of([who.user_id])
    assert (await other.ended(who, run.id)).state == "cancelled"
