from dataclasses import replace

import pytest

from portico.access.principal import Principal
from portico.accounts.models import InvalidCredentials, SessionNotFound
from portico.accounts.sessions import Client, Sessions
from portico.accounts.tokens import hash_token
from portico.ids import SessionId, new_id
from portico.infra.db import Database
from tests.accounts.conftest import MakeUser


async def test_a_token_leads_to_its_user_and_is_not_stored(db: Database, sessions: Sessions, make_user: MakeUser) -> None:
    user, who, token = await make_user()
    found = await sessions.find(token)
    assert found is not None
    assert found.principal == who
    assert found.user == replace(user, last_seen=found.user.last_seen)
    assert found.user.last_seen is not None, "signing in is being seen"
    stored = await db.fetch("SELECT token_hash FROM sessions")
    assert [row["token_hash"] for row in stored] == [hash_token(token)]


async def test_a_principal_carries_all_groups_of_its_user(db: Database, sessions: Sessions, make_user: MakeUser) -> None:
    user, _, token = await make_user()
    async with db.transaction() as tx:
        for group in ("g1", "g2"):
            await tx.execute("INSERT INTO groups (id, name, created) VALUES (:id, :id, 1)", id=group)
            await tx.execute("INSERT INTO group_members (group_id, user_id) VALUES (:id, :user)", id=group, user=user.id)
    found = await sessions.find(token)
    assert found is not None
    assert found.principal.groups == {"g1", "g2"}


async def test_a_session_that_ran_out_or_was_ended_lets_nobody_in(db: Database, sessions: Sessions, make_user: MakeUser) -> None:
    for n, spoil in enumerate(
        (
            "UPDATE sessions SET expires = {now}",
            "UPDATE sessions SET idle_expires = {now}",
            "UPDATE users SET status = 'suspended'",
            "UPDATE users SET auth_epoch = auth_epoch + 1",
            "DELETE FROM sessions",
        )
    ):
        _, who, token = await make_user(f"user{n}")
        assert await sessions.holds(who)
        async with db.transaction() as tx:
            await tx.execute(spoil)
        assert await sessions.find(token) is None, spoil
        assert not await sessions.holds(who), spoil


async def test_sessions_last_eight_idle_hours_and_seven_days(db: Database, make_user: MakeUser) -> None:
    await make_user()
    row = await db.fetch_one("SELECT idle_expires - created AS idle, expires - created AS whole FROM sessions")
    assert row is not None
    assert (row["idle"], row["whole"]) == (8 * 3_600_000, 7 * 86_400_000)


async def test_use_postpones_the_idle_end_but_not_the_absolute_one(db: Database, sessions: Sessions, make_user: MakeUser) -> None:
    user, _, token = await make_user()
    async with db.transaction() as tx:
        await tx.execute("UPDATE sessions SET last_used = last_used - 3600000, idle_expires = idle_expires - 3600000")
    before = await db.fetch_one("SELECT * FROM sessions")
    await sessions.find(token)
    after = await db.fetch_one("SELECT * FROM sessions")
    assert before is not None
    assert after is not None
    assert after["idle_expires"] - before["idle_expires"] >= 3_600_000
    assert after["expires"] == before["expires"]
    seen = await db.fetch_one("SELECT last_seen FROM users WHERE id = :id", id=user.id)
    assert seen is not None
    assert abs(seen["last_seen"] - after["last_used"]) < 1000


async def test_use_is_written_at_most_once_a_minute(db: Database, sessions: Sessions, make_user: MakeUser) -> None:
    _, _, token = await make_user()
    async with db.transaction() as tx:
        await tx.execute("UPDATE sessions SET last_used = last_used - 30000")
    before = await db.fetch_one("SELECT last_used FROM sessions")
    await sessions.find(token)
    after = await db.fetch_one("SELECT last_used FROM sessions")
    assert before is not None
    assert after is not None
    assert before["last_used"] == after["last_used"]


async def test_a_guest_stays_known_for_as_long_as_browsers_keep_cookies(db: Database, make_user: MakeUser) -> None:
    _, who, _ = await make_user(role="guest")
    row = await db.fetch_one("SELECT idle_expires - created AS idle FROM sessions")
    assert row is not None
    assert row["idle"] == 400 * 86_400_000
    assert who.via == "guest"


async def test_a_suspended_user_gets_no_new_session(db: Database, sessions: Sessions, make_user: MakeUser) -> None:
    user, _, _ = await make_user()
    async with db.transaction() as tx:
        await tx.execute("UPDATE users SET status = 'suspended'")
        with pytest.raises(InvalidCredentials):
            await sessions.open(tx, user, "session", Client())


async def test_people_list_and_close_their_own_sessions_only(sessions: Sessions, make_user: MakeUser) -> None:
    _, ada, _ = await make_user("ada")
    _, bob, token = await make_user("bob")
    listed = await sessions.list(ada)
    assert [session.id for session in listed] == [ada.credential_id]
    assert (listed[0].address, listed[0].user_agent) == ("192.0.2.1", "Browser")
    for unknown in (bob.credential_id, new_id()):
        with pytest.raises(SessionNotFound):
            await sessions.close(ada, SessionId(unknown))
    assert await sessions.find(token) is not None
    await sessions.close(bob, SessionId(bob.credential_id))
    assert await sessions.find(token) is None


async def test_pruning_deletes_what_is_over_and_nothing_else(db: Database, sessions: Sessions, make_user: MakeUser) -> None:
    _, ada, _ = await make_user("ada")
    await make_user("bob")
    async with db.transaction() as tx:
        await tx.execute("UPDATE sessions SET expires = {now} WHERE id <> :id", id=ada.credential_id)
        assert await sessions.prune(tx) == 1
    assert await sessions.holds(ada)


async def test_a_principal_of_the_server_itself_always_holds(sessions: Sessions, make_user: MakeUser) -> None:
    _, who, _ = await make_user()
    server = Principal(who.user_id, who.role, who.groups, who.scopes, 99, "system", "")
    assert await sessions.holds(server)


async def test_all_other_browsers_are_signed_out_and_this_one_stays(db: Database, sessions: Sessions, make_user: MakeUser) -> None:
    user, ada, token = await make_user()
    async with db.transaction() as tx:
        other = await sessions.open(tx, user, "session", Client())
    assert await sessions.close_others(ada) == 1
    assert await sessions.find(token) is not None
    assert await sessions.find(other.token) is None
