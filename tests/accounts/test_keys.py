from dataclasses import replace

import pytest

from portico.accounts import keys as keys_module
from portico.accounts.keys import KeyExpired, Keys, ScopeNotHeld, TooManyKeys
from portico.accounts.models import KeyNotFound, SessionRequired
from portico.accounts.sessions import Sessions
from portico.accounts.tokens import hash_token
from portico.errors import Forbidden
from portico.infra.db import Database
from tests.accounts.conftest import MakeUser


@pytest.fixture
def keys(db: Database) -> Keys:
    return Keys(db)


async def test_a_key_leads_to_its_owner_with_its_own_scopes(db: Database, keys: Keys, sessions: Sessions, make_user: MakeUser) -> None:
    user, who, _ = await make_user()
    key, secret = await keys.create(who, name="script", scopes=frozenset({"read"}), expires=None)
    found = await sessions.find_key(secret)
    assert found is not None
    assert (found.user.id, found.principal.scopes, found.principal.via) == (user.id, {"read"}, "key")
    assert secret.startswith(key.prefix)
    assert await sessions.holds(found.principal)
    stored = await db.fetch_one("SELECT key_hash FROM api_keys")
    assert stored is not None
    assert stored["key_hash"] == hash_token(secret)


async def test_a_key_loses_the_scope_that_its_owner_loses(db: Database, keys: Keys, sessions: Sessions, make_user: MakeUser) -> None:
    _, who, _ = await make_user(role="admin")
    _, secret = await keys.create(who, name="script", scopes=frozenset({"read", "admin"}), expires=None)
    async with db.transaction() as tx:
        await tx.execute("UPDATE users SET role = 'member'")
    found = await sessions.find_key(secret)
    assert found is not None
    assert found.principal.scopes == {"read"}


async def test_a_key_that_ran_out_or_was_revoked_lets_nobody_in(db: Database, keys: Keys, sessions: Sessions, make_user: MakeUser) -> None:
    for n, spoil in enumerate(
        ("UPDATE api_keys SET expires = {now}", "UPDATE api_keys SET revoked = {now}", "UPDATE users SET status = 'suspended'")
    ):
        _, who, _ = await make_user(f"user{n}")
        _, secret = await keys.create(who, name="script", scopes=frozenset({"read"}), expires=None)
        found = await sessions.find_key(secret)
        assert found is not None
        async with db.transaction() as tx:
            await tx.execute(spoil)
        assert await sessions.find_key(secret) is None, spoil
        assert not await sessions.holds(found.principal), spoil


async def test_a_key_cannot_make_or_revoke_keys(keys: Keys, sessions: Sessions, make_user: MakeUser) -> None:
    _, who, _ = await make_user()
    key, secret = await keys.create(who, name="script", scopes=frozenset({"read", "chat"}), expires=None)
    found = await sessions.find_key(secret)
    assert found is not None
    with pytest.raises(SessionRequired):
        await keys.create(found.principal, name="more", scopes=frozenset({"read"}), expires=None)
    with pytest.raises(SessionRequired):
        await keys.revoke(found.principal, key.id)


async def test_a_member_cannot_make_an_admin_key_and_a_guest_none_at_all(keys: Keys, make_user: MakeUser) -> None:
    _, member, _ = await make_user("ada")
    _, guest, _ = await make_user("guest", role="guest")
    with pytest.raises(ScopeNotHeld):
        await keys.create(member, name="x", scopes=frozenset({"admin"}), expires=None)
    with pytest.raises(Forbidden):
        await keys.create(guest, name="x", scopes=frozenset({"read"}), expires=None)
    assert await keys.list(guest) == []


async def test_people_list_and_revoke_their_own_keys_only(keys: Keys, make_user: MakeUser) -> None:
    _, ada, _ = await make_user("ada")
    _, bob, _ = await make_user("bob")
    key, _ = await keys.create(ada, name="script", scopes=frozenset({"read"}), expires=4_000_000_000_000)
    assert await keys.list(ada) == [key]
    assert await keys.list(bob) == []
    with pytest.raises(KeyNotFound):
        await keys.revoke(bob, key.id)
    await keys.revoke(ada, key.id)
    assert await keys.list(ada) == []
    with pytest.raises(KeyNotFound):
        await keys.revoke(ada, key.id)


async def test_a_key_in_the_past_or_one_too_many_is_not_made(keys: Keys, make_user: MakeUser, monkeypatch: pytest.MonkeyPatch) -> None:
    _, who, _ = await make_user()
    with pytest.raises(KeyExpired):
        await keys.create(who, name="x", scopes=frozenset({"read"}), expires=1)
    assert await keys.list(who) == []
    monkeypatch.setattr(keys_module, "MAX_KEYS", 1)
    await keys.create(who, name="x", scopes=frozenset({"read"}), expires=None)
    with pytest.raises(TooManyKeys):
        await keys.create(who, name="y", scopes=frozenset({"read"}), expires=None)


async def test_the_use_of_a_key_is_noted(db: Database, keys: Keys, sessions: Sessions, make_user: MakeUser) -> None:
    _, who, _ = await make_user()
    _, secret = await keys.create(who, name="x", scopes=frozenset({"read"}), expires=None)
    await sessions.find_key(secret)
    assert (await keys.list(who))[0].last_used is not None


async def test_a_key_of_another_user_does_not_hold_for_this_one(keys: Keys, sessions: Sessions, make_user: MakeUser) -> None:
    _, ada, _ = await make_user("ada")
    _, bob, _ = await make_user("bob")
    _, secret = await keys.create(ada, name="x", scopes=frozenset({"read"}), expires=None)
    found = await sessions.find_key(secret)
    assert found is not None
    assert not await sessions.holds(replace(found.principal, user_id=bob.user_id))
