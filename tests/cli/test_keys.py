"""`portico keys`."""

import asyncio

from portico.infra.crypto import Place, Vault
from portico.infra.db import open_database
from tests.cli.conftest import Run

OLD, NEW = "the old secret of the ring", "the new secret of the ring"
HERE = Place("providers", "sealed_keys", "p")


async def seal(url: str) -> str:
    db = await open_database(url)
    sealed = await Vault(db, [OLD]).seal("provider", "sk-1", HERE)
    await db.close()
    return sealed


async def unseal(url: str, sealed: str) -> str:
    db = await open_database(url)
    plain = await Vault(db, [NEW]).open("provider", sealed, HERE)
    await db.close()
    return plain


def test_after_a_rotation_the_old_key_is_not_needed(run: Run, store_url: str) -> None:
    sealed = asyncio.run(seal(store_url))
    ran = run("keys", "rotate", DATABASE_URL=store_url, PORTICO_SECRET_KEY=f"{NEW},{OLD}")
    assert (ran.status, ran.out.split()[0]) == (0, "1")
    assert asyncio.run(unseal(store_url, sealed)) == "sk-1"


def test_a_ring_without_the_old_key_changes_nothing_and_is_told(run: Run, store_url: str) -> None:
    asyncio.run(seal(store_url))
    ran = run("keys", "rotate", DATABASE_URL=store_url, PORTICO_SECRET_KEY=NEW)
    assert ran.status == 1
    assert "secret_unreadable" in ran.err


def test_whether_the_ring_opens_everything_can_be_asked(run: Run, store_url: str) -> None:
    asyncio.run(seal(store_url))
    assert run("keys", "check", DATABASE_URL=store_url, PORTICO_SECRET_KEY=OLD).status == 0
    ran = run("keys", "check", DATABASE_URL=store_url, PORTICO_SECRET_KEY=NEW)
    assert (ran.status, ran.out) == (1, "The key ring does not open the secrets for: provider.\n")


def test_what_is_lost_is_given_up_on_demand(run: Run, store_url: str) -> None:
    asyncio.run(seal(store_url))
    ran = run("keys", "forget", DATABASE_URL=store_url, PORTICO_SECRET_KEY=NEW)
    assert (ran.status, "provider" in ran.out) == (0, True)
    assert run("keys", "check").status == 0
    assert "nothing was given up" in run("keys", "forget").out
