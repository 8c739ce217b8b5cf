import asyncio
from dataclasses import replace

import pytest

from portico.access.principal import OPERATOR
from portico.accounts.changes import record_change
from portico.accounts.models import (
    AccountIncomplete,
    EmailTaken,
    InvalidCredentials,
    LastAdministrator,
    SessionRequired,
    UserNotFound,
)
from portico.accounts.passwords import Passwords, WeakPassword
from portico.accounts.sessions import Sessions
from portico.accounts.users import UserChange, Users, Wanted, normal_email
from portico.errors import Forbidden, Invalid
from portico.ids import UserId, new_id
from portico.infra.db import Database
from portico.infra.http import RevisionConflict
from tests.accounts.conftest import PASSWORD, MakeUser


def test_addresses_are_compared_without_case_and_spaces() -> None:
    assert normal_email(" Ada@Example.ORG ") == "ada@example.org"


async def test_an_administrator_makes_an_account_that_can_sign_in(
    db: Database, users: Users, passwords: Passwords, make_user: MakeUser
) -> None:
    _, admin, _ = await make_user("root", "admin")
    user = await users.create(admin, email="New@Example.org", name="New", password=PASSWORD, role="member")
    assert (user.email, user.role, user.status, user.rev) == ("new@example.org", "member", "active", 1)
    row = await db.fetch_one("SELECT password_hash FROM users WHERE id = :id", id=user.id)
    assert row is not None
    assert await passwords.matches(row["password_hash"], PASSWORD)


async def test_an_address_belongs_to_one_account_whatever_its_case(users: Users, make_user: MakeUser) -> None:
    _, admin, _ = await make_user("root", "admin")
    other, _, _ = await make_user("ada")
    with pytest.raises(EmailTaken):
        await users.create(admin, email="ROOT@example.org", name="x", password=PASSWORD, role="member")
    with pytest.raises(EmailTaken):
        await users.change(admin, other.id, {"email": "Root@example.org"})


async def test_only_administrators_make_and_list_users(users: Users, make_user: MakeUser) -> None:
    _, member, _ = await make_user()
    with pytest.raises(Forbidden):
        await users.create(member, email="x@example.org", name="x", password=PASSWORD, role="member")
    with pytest.raises(Forbidden):
        await users.list(member, after="", limit=10)


async def test_members_learn_the_names_of_active_administrators_and_guests_do_not(users: Users, make_user: MakeUser) -> None:
    await make_user("root", "admin")
    _, other, _ = await make_user("second", "admin")
    gone, _, _ = await make_user("gone", "admin")
    _, member, _ = await make_user("ada")
    _, guest, _ = await make_user("visitor", "guest")
    await users.change(other, gone.id, {"status": "suspended"})
    assert await users.administrators(member) == ["root", "second"]
    with pytest.raises(Forbidden):
        await users.administrators(guest)


async def test_the_list_goes_on_after_the_last_one_seen(users: Users, make_user: MakeUser) -> None:
    root, admin, _ = await make_user("root", "admin")
    ada, _, _ = await make_user("ada")
    assert [user.id for user in await users.list(admin, after="", limit=1)] == [root.id]
    assert [user.id for user in await users.list(admin, after=root.id, limit=9)] == [ada.id]


async def test_people_change_their_own_name_and_taste_and_nothing_else(users: Users, make_user: MakeUser) -> None:
    ada, who, _ = await make_user()
    changed = await users.change(who, ada.id, {"name": "Ada L.", "locale": "zh-CN", "theme": "dark"})
    assert (changed.name, changed.locale, changed.theme, changed.rev) == ("Ada L.", "zh-CN", "dark", ada.rev + 1)
    cleared = await users.change(who, ada.id, {"locale": None})
    assert (cleared.locale, cleared.name) == (None, "Ada L.")
    forbidden: list[UserChange] = [{"role": "admin"}, {"status": "active"}, {"email": "a@b"}, {"password": "something longer"}]
    for change in forbidden:
        with pytest.raises(Forbidden):
            await users.change(who, ada.id, change)


async def test_an_object_of_somebody_else_is_not_found(users: Users, make_user: MakeUser) -> None:
    _, ada, _ = await make_user("ada")
    bob, _, _ = await make_user("bob")
    for unknown in (bob.id, UserId(new_id()), UserId("nonsense")):
        with pytest.raises(UserNotFound):
            await users.change(ada, unknown, {"name": "x"})
    _, admin, _ = await make_user("root", "admin")
    with pytest.raises(UserNotFound):
        await users.change(admin, UserId(new_id()), {"name": "x"})


async def test_suspending_a_user_ends_the_sessions_at_once(users: Users, sessions: Sessions, make_user: MakeUser) -> None:
    _, admin, _ = await make_user("root", "admin")
    ada, who, token = await make_user("ada")
    await users.change(admin, ada.id, {"status": "suspended"})
    assert await sessions.find(token) is None
    assert not await sessions.holds(who)
    await users.change(admin, ada.id, {"status": "active"})
    assert await sessions.find(token) is None


async def test_a_new_role_takes_the_old_rights_away_from_open_sessions(users: Users, sessions: Sessions, make_user: MakeUser) -> None:
    _, admin, _ = await make_user("root", "admin")
    other, who, token = await make_user("ada", "admin")
    await users.change(admin, other.id, {"role": "member"})
    assert await sessions.find(token) is None
    assert not await sessions.holds(who)


async def test_a_new_name_ends_no_session(users: Users, sessions: Sessions, make_user: MakeUser) -> None:
    ada, who, _ = await make_user()
    await users.change(who, ada.id, {"name": "Ada L."})
    assert await sessions.holds(who)


async def test_a_change_of_a_user_and_a_new_folder_of_theirs_do_not_wait_for_each_other(
    db: Database, users: Users, make_user: MakeUser
) -> None:
    _, admin, _ = await make_user("root", "admin")
    ada, _, _ = await make_user()
    counted = asyncio.Event()

    async def rename() -> str:
        await counted.wait()
        return (await users.change(admin, ada.id, {"name": "Ada L."})).name

    await users.change(admin, ada.id, {"name": "Ada"})  # the counter is there from now on
    renaming = asyncio.create_task(rename())
    async with db.transaction() as tx:
        await record_change(tx, ada.id, "folder", "f")
        counted.set()
        await asyncio.wait({renaming}, timeout=0.3)  # until it waits for this transaction
        await tx.execute("INSERT INTO folders (id, user_id, name, position, created) VALUES ('f', :user, 'Work', 0, 1)", user=ada.id)
    assert await renaming == "Ada L."


@pytest.mark.parametrize("change", [UserChange(role="member"), UserChange(status="suspended")])
async def test_the_last_administrator_stays(users: Users, make_user: MakeUser, change: UserChange) -> None:
    root, admin, _ = await make_user("root", "admin")
    with pytest.raises(LastAdministrator):
        await users.change(admin, root.id, change)


async def test_two_administrators_who_demote_each_other_leave_one(db: Database, users: Users, make_user: MakeUser) -> None:
    one, first, _ = await make_user("one", "admin")
    two, second, _ = await make_user("two", "admin")
    await asyncio.gather(
        users.change(first, two.id, {"role": "member"}), users.change(second, one.id, {"role": "member"}), return_exceptions=True
    )
    row = await db.fetch_one("SELECT count(*) AS n FROM users WHERE role = 'admin'")
    assert row is not None
    assert row["n"] == 1


async def test_a_guest_becomes_an_account_with_an_address_and_a_password(users: Users, sessions: Sessions, make_user: MakeUser) -> None:
    _, admin, _ = await make_user("root", "admin")
    guest, _, token = await make_user("guest", "guest")
    with pytest.raises(AccountIncomplete):
        await users.change(admin, guest.id, {"role": "member"})
    user = await users.change(admin, guest.id, {"role": "member", "email": "guest@example.org", "password": PASSWORD})
    assert (user.id, user.role, user.email) == (guest.id, "member", "guest@example.org")
    assert await sessions.find(token) is None


async def test_a_change_based_on_an_old_revision_is_refused(users: Users, make_user: MakeUser) -> None:
    ada, who, _ = await make_user()
    await users.change(who, ada.id, {"name": "first"}, revision=ada.rev)
    with pytest.raises(RevisionConflict):
        await users.change(who, ada.id, {"name": "second"}, revision=ada.rev)


async def test_an_admin_key_cannot_take_an_account_over(users: Users, make_user: MakeUser) -> None:
    _, admin, _ = await make_user("root", "admin")
    ada, _, _ = await make_user("ada")
    key = replace(admin, via="key")
    changes: list[UserChange] = [{"password": PASSWORD}, {"role": "admin"}, {"email": "mine@example.org"}]
    for change in changes:
        with pytest.raises(SessionRequired):
            await users.change(key, ada.id, change)
    assert (await users.change(key, ada.id, {"status": "suspended"})).status == "suspended"


async def test_the_own_password_needs_the_present_one(users: Users, make_user: MakeUser) -> None:
    root, admin, _ = await make_user("root", "admin")
    with pytest.raises(Invalid):
        await users.change(admin, root.id, {"password": "another good one"})
    with pytest.raises(InvalidCredentials):
        await users.check_own_password(admin, "wrong")
    await users.check_own_password(admin, PASSWORD)


async def test_a_weak_password_is_refused_before_anything_is_written(db: Database, users: Users, make_user: MakeUser) -> None:
    _, admin, _ = await make_user("root", "admin")
    with pytest.raises(WeakPassword):
        await users.create(admin, email="x@example.org", name="x", password="password1", role="member")
    assert len(await db.fetch("SELECT id FROM users")) == 1


async def test_what_was_done_stands_in_the_audit_trail_and_in_the_changes(db: Database, users: Users, make_user: MakeUser) -> None:
    _, admin, _ = await make_user("root", "admin")
    ada, _, _ = await make_user("ada")
    await users.change(admin, ada.id, {"status": "suspended", "name": "secret name"})
    events = await db.fetch("SELECT * FROM audit_events WHERE user_id = :id ORDER BY id", id=admin.user_id)
    assert [(event["action"], event["object_id"]) for event in events] == [("user.suspended", ada.id), ("user.changed", ada.id)]
    assert "secret name" not in "".join(event["detail"] for event in events)
    changes = await db.fetch("SELECT kind, id FROM changes WHERE user_id = :id", id=ada.id)
    assert [(change["kind"], change["id"]) for change in changes] == [("user", ada.id)]


async def test_the_operator_at_the_command_line_manages_without_an_account(db: Database, users: Users, make_user: MakeUser) -> None:
    ada, ada_principal, _ = await make_user("ada")
    assert (await users.find(OPERATOR, " ADA@example.org")).id == ada.id
    await users.change(OPERATOR, ada.id, {"role": "admin", "password": "a new long password"})
    rows = await db.fetch("SELECT user_id, via FROM audit_events WHERE action = 'password.changed'")
    assert [(row["user_id"], row["via"]) for row in rows] == [(None, "system")]
    with pytest.raises(UserNotFound):
        await users.find(ada_principal, "nobody@example.org")


async def test_users_are_found_by_parts_of_name_and_address_taken_literally(users: Users, make_user: MakeUser) -> None:
    _, root, _ = await make_user("root", "admin")
    for name in ("Grace", "per%cent", "under_score"):
        await make_user(name)
    found = {
        text: [user.name for user in await users.list(root, after="", limit=9, wanted=Wanted(text))] for text in ("GRA", "%", "_", "!")
    }
    assert found == {"GRA": ["Grace"], "%": ["per%cent"], "_": ["under_score"], "!": []}
    assert [user.name for user in await users.list(root, after="", limit=9, wanted=Wanted(role="admin"))] == ["root"]
    assert await users.list(root, after="", limit=9, wanted=Wanted(status="suspended")) == []


async def test_of_several_users_each_is_changed_or_refused_by_itself(users: Users, make_user: MakeUser) -> None:
    root, admin, _ = await make_user("root", "admin")
    ada, _, _ = await make_user("ada")
    done = await users.change_each(admin, [ada.id, root.id, UserId("nobody"), ada.id], {"status": "suspended"})
    assert [user.id for user in done.users] == [ada.id]
    assert {user_id: error.code for user_id, error in done.refused.items()} == {root.id: "last_administrator", "nobody": "user_not_found"}


async def test_an_own_address_can_be_changed_but_not_to_one_that_is_taken(users: Users, make_user: MakeUser) -> None:
    _, ada, _ = await make_user("ada")
    await make_user("bob")
    assert (await users.change_own_email(ada, "New@Example.org")).email == "new@example.org"
    with pytest.raises(EmailTaken):
        await users.change_own_email(ada, "bob@example.org")
