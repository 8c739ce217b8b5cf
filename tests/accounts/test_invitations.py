"""Invitations: who may make them, what comes of them, and that each works once."""

import asyncio

import pytest

from portico.access.principal import Principal
from portico.accounts.invitations import DAY_MS, InvitationNotFound, InvitationOver, Invitations
from portico.accounts.models import EmailTaken, SessionRequired, UserNotFound
from portico.accounts.users import UserChange, Users
from portico.errors import Forbidden
from portico.ids import InvitationId, new_id
from portico.infra.db import Database
from tests.accounts.conftest import PASSWORD, House, MakeUser

NEW = "another long password"


@pytest.fixture
def invitations(db: Database, users: Users) -> Invitations:
    return Invitations(db, users)


async def test_only_an_administrator_in_a_browser_invites(invitations: Invitations, make_user: MakeUser) -> None:
    _, root, _ = await make_user("root", "admin")
    _, ada, _ = await make_user("ada")
    with pytest.raises(Forbidden):
        await invitations.create(ada, email=None, role="member", days=7)
    key = Principal(root.user_id, "admin", root.groups, root.scopes, root.auth_epoch, "key", "k")
    with pytest.raises(SessionRequired):
        await invitations.create(key, email=None, role="admin", days=7)
    invitation, token = await invitations.create(root, email="New@Example.org", role="member", days=7)
    assert (invitation.email, invitation.state, invitation.expires - invitation.created) == ("new@example.org", "open", 7 * DAY_MS)
    assert (await invitations.look(token)).id == invitation.id


async def test_the_secret_is_not_stored(invitations: Invitations, make_user: MakeUser, db: Database) -> None:
    _, root, _ = await make_user("root", "admin")
    _, token = await invitations.create(root, email=None, role="member", days=7)
    rows = await db.fetch("SELECT token_hash, email, role FROM invitations")
    audited = await db.fetch("SELECT detail FROM audit_events WHERE action = 'invitation.created'")
    assert token not in str([(row["token_hash"], row["email"], row["role"]) for row in rows]) + str([row["detail"] for row in audited])


async def test_an_address_that_has_an_account_is_not_invited(invitations: Invitations, make_user: MakeUser) -> None:
    _, root, _ = await make_user("root", "admin")
    with pytest.raises(EmailTaken):
        await invitations.create(root, email="ROOT@example.org", role="member", days=7)


async def test_an_invitation_that_was_taken_back_or_is_over_says_so(invitations: Invitations, make_user: MakeUser, db: Database) -> None:
    _, root, _ = await make_user("root", "admin")
    taken_back, first = await invitations.create(root, email=None, role="member", days=7)
    over, second = await invitations.create(root, email=None, role="member", days=7)
    await invitations.revoke(root, taken_back.id)
    async with db.transaction() as tx:
        await tx.execute("UPDATE invitations SET expires = {now} - 1 WHERE id = :id", id=over.id)
    assert [(await invitations.look(token)).state for token in (first, second)] == ["revoked", "expired"]
    for token in (first, second):
        with pytest.raises(InvitationOver):
            async with db.transaction() as tx:
                await invitations.take(tx, token)
    with pytest.raises(InvitationOver):
        await invitations.revoke(root, taken_back.id)
    with pytest.raises(InvitationNotFound):
        await invitations.revoke(root, InvitationId(new_id()))
    with pytest.raises(InvitationNotFound):
        await invitations.look("no-such-secret")


async def test_a_newer_password_link_ends_the_older_one(invitations: Invitations, make_user: MakeUser) -> None:
    _, root, _ = await make_user("root", "admin")
    ada, _, _ = await make_user("ada")
    guest, _, _ = await make_user("guest", "guest")
    _, first = await invitations.password_link(root, ada.id)
    _, second = await invitations.password_link(root, ada.id)
    assert [(await invitations.look(token)).state for token in (first, second)] == ["revoked", "open"]
    with pytest.raises(UserNotFound):
        await invitations.password_link(root, guest.id)


@pytest.mark.parametrize("change", [UserChange(role="member"), UserChange(status="suspended")])
async def test_invitations_end_with_the_rights_of_who_made_them(
    invitations: Invitations, users: Users, make_user: MakeUser, change: UserChange
) -> None:
    _, root, _ = await make_user("root", "admin")
    rogue, rogues, _ = await make_user("rogue", "admin")
    ada, _, _ = await make_user("ada")
    made = [await invitations.create(who, email=None, role="admin", days=7) for who in (rogues, root)]
    made.append(await invitations.password_link(rogues, ada.id))
    await users.change(root, rogue.id, change)
    assert [(await invitations.look(token)).state for _, token in made] == ["revoked", "open", "revoked"]


async def test_a_password_link_ends_when_the_password_is_changed(invitations: Invitations, users: Users, make_user: MakeUser) -> None:
    _, root, _ = await make_user("root", "admin")
    ada, _, _ = await make_user("ada")
    _, token = await invitations.password_link(root, ada.id)
    await users.change(root, ada.id, {"password": NEW})
    assert (await invitations.look(token)).state == "revoked"


async def test_a_password_link_ends_when_its_owner_changes_the_password(house: House) -> None:
    root, ada = await house.signed_in("root", "admin"), await house.signed_in("ada")
    ada_id = (await ada.post("/api/users/me/email", {"email": "ada@example.org", "current": PASSWORD})).json["id"]
    made = await root.post(f"/api/users/{ada_id}/password-link")
    assert (await ada.post("/api/users/me/password", {"current": PASSWORD, "new": NEW})).status == 200
    answer = await house.browser().post("/api/invited/" + made.json["path"].removeprefix("/invite/"), {"password": "a third password"})
    assert (answer.status, answer.code, answer.json["state"]) == (409, "invitation_over", "revoked")


async def test_invitations_are_listed_newest_first_and_erased_a_month_after_their_end(
    invitations: Invitations, make_user: MakeUser, db: Database
) -> None:
    _, root, _ = await make_user("root", "admin")
    made = [(await invitations.create(root, email=None, role="member", days=1))[0].id for _ in range(3)]
    assert [invitation.id for invitation in await invitations.list(root, limit=2)] == made[:0:-1]
    assert [invitation.id for invitation in await invitations.list(root, before=made[1])] == made[:1]
    async with db.transaction() as tx:
        await tx.execute("UPDATE invitations SET expires = {now} - CAST(:ms AS bigint) WHERE id = :id", id=made[0], ms=31 * DAY_MS)
        assert await invitations.prune(tx) == 1


async def invited(house: House, body: object) -> tuple[str, str]:
    """The path and id of an invitation that an administrator made."""
    root = await house.signed_in(f"root-{new_id()}", "admin")
    made = await root.post("/api/invitations", body)
    assert made.status == 201, made.body
    return "/api/invited/" + made.json["path"].removeprefix("/invite/"), made.json["invitation"]["id"]


async def test_an_invited_person_makes_an_account_and_is_signed_in(house: House) -> None:
    path, _ = await invited(house, {"email": "new@example.org", "role": "member"})
    browser = house.browser()
    seen = await browser.get(path)
    assert (seen.json["purpose"], seen.json["state"], seen.json["email"]) == ("account", "open", "new@example.org")
    taken = await browser.post(path, {"password": NEW, "name": "New", "email": "other@example.org", "locale": "zh-CN"})
    assert (taken.status, taken.json["user"]["email"], taken.json["user"]["locale"]) == (200, "new@example.org", "zh-CN")
    assert (await browser.get("/api/settings")).status == 200
    again = await house.browser().post(path, {"password": NEW})
    assert (again.status, again.code, again.json["state"]) == (409, "invitation_over", "used")
    assert (await house.browser().get(path)).json["email"] is None


async def test_the_invitation_of_somebody_who_left_names_them_no_more(house: House, db: Database) -> None:
    path, invitation_id = await invited(house, {"email": "new@example.org"})
    browser = house.browser()
    assert (await browser.post(path, {"password": NEW})).status == 200
    assert (await browser.post("/api/users/me/delete", {"current": NEW, "confirm": "new@example.org"})).status == 204
    row = await db.fetch_one("SELECT email FROM invitations WHERE id = :id", id=invitation_id)
    assert row is not None
    assert row["email"] is None


async def test_what_is_missing_or_weak_leaves_the_invitation_open(house: House) -> None:
    path, _ = await invited(house, {})
    browser = house.browser()
    assert (await browser.post(path, {"password": NEW})).code == "account_incomplete"
    assert (await browser.post(path, {"password": "12345678", "email": "b@example.org"})).code == "weak_password"
    assert (await browser.post(path, {"password": NEW, "email": "b@example.org"})).json["user"]["name"] == "b"


async def test_an_open_invitation_does_not_tell_which_addresses_have_accounts(house: House, db: Database) -> None:
    used, _ = await invited(house, {})
    assert (await house.browser().post(used, {"password": NEW, "email": "first@example.org"})).status == 200
    path, invitation_id = await invited(house, {})
    answers = [
        await house.browser().post(link, {"password": NEW, "email": email})
        for link, email in ((used, "nobody@example.org"), (path, "First@example.org"), (path, "nobody@example.org"))
    ]
    assert {(answer.status, answer.code, answer.json["state"], answer.json["detail"]) for answer in answers} == {
        (409, "invitation_over", "used", "This invitation is used or over: ask whoever sent it for a new one.")
    }
    assert (await house.browser().get(path)).json["state"] == "used"
    assert await db.fetch_one("SELECT id FROM users WHERE email = 'nobody@example.org'") is None
    audited = await db.fetch("SELECT object_id, detail FROM audit_events WHERE action = 'invitation.refused'")
    assert [(row["object_id"], row["detail"]) for row in audited] == [(invitation_id, '{"email":"first@example.org"}')]


async def test_who_holds_an_invitation_for_an_address_learns_that_it_has_an_account(house: House) -> None:
    path, _ = await invited(house, {"email": "new@example.org"})
    root = await house.signed_in("root", "admin")
    account = {"email": "new@example.org", "name": "New", "password": PASSWORD, "role": "member"}
    assert (await root.post("/api/users", account)).status == 201
    assert (await house.browser().post(path, {"password": NEW})).code == "email_taken"
    assert (await house.browser().post(path, {"password": NEW, "email": "other@example.org"})).code == "email_taken"


async def test_two_people_with_one_invitation_make_one_account(house: House) -> None:
    path, _ = await invited(house, {"role": "admin"})
    bodies = [{"password": NEW, "email": f"p{n}@example.org"} for n in range(5)]
    answers = await asyncio.gather(*(house.browser().post(path, body) for body in bodies))
    assert sorted(answer.status for answer in answers) == [200, 409, 409, 409, 409]


async def test_a_password_link_changes_the_password_and_ends_the_old_sessions(house: House) -> None:
    root, ada = await house.signed_in("root", "admin"), await house.signed_in("ada")
    ada_id = (await ada.post("/api/users/me/email", {"email": "ada@example.org", "current": PASSWORD})).json["id"]
    made = await root.post(f"/api/users/{ada_id}/password-link")
    path = "/api/invited/" + made.json["path"].removeprefix("/invite/")
    browser = house.browser()
    assert (await browser.get(path)).json["purpose"] == "password"
    assert (await browser.post(path, {"password": NEW})).json["user"]["id"] == ada_id
    assert (await ada.get("/api/settings")).status == 401
    assert (await house.browser().post("/api/session", {"email": "ada@example.org", "password": NEW})).status == 200


async def test_a_suspended_account_gets_no_password_by_its_link(house: House) -> None:
    root, ada = await house.signed_in("root", "admin"), await house.signed_in("ada")
    ada_id = (await ada.post("/api/users/me/email", {"email": "ada@example.org", "current": PASSWORD})).json["id"]
    made = await root.post(f"/api/users/{ada_id}/password-link")
    await root.patch(f"/api/users/{ada_id}", {"status": "suspended"})
    answer = await house.browser().post("/api/invited/" + made.json["path"].removeprefix("/invite/"), {"password": NEW})
    assert (answer.status, answer.code) == (404, "user_not_found")
