import asyncio

from portico.ids import new_id
from portico.infra.db import Database
from portico.settings import Access, Limits, Settings
from tests.accounts.conftest import PASSWORD, House, MakeHouse, build_house

ROOT = {"email": "root@example.org", "name": "Root", "password": PASSWORD}
GOOD = {"email": "ada@example.org", "password": PASSWORD}


async def test_on_this_machine_the_first_run_needs_no_token_and_signs_in(house: House) -> None:
    browser = house.browser()
    answer = await browser.post("/api/setup", ROOT)
    assert (answer.status, answer.json["user"]["role"]) == (201, "admin")
    assert (await browser.get("/probe/admin")).status == 200
    again = await house.browser().post("/api/setup", ROOT)
    assert (again.status, again.code) == (409, "setup_done")


async def test_from_elsewhere_or_through_a_tunnel_the_first_run_needs_the_printed_token(make_house: MakeHouse) -> None:
    house = make_house(allow_http=True)
    token = (await house.accounts.start()).token
    away, tunnel = house.browser(host="chat.example.org", peer="203.0.113.9"), house.browser()
    tunnel.headers["x-forwarded-for"] = "203.0.113.9"
    for browser in (away, tunnel):
        assert (await browser.post("/api/setup", ROOT)).code == "setup_token_required"
        assert (await browser.post("/api/setup", {**ROOT, "token": "AAAA-AAAA-AAAA-AAAA-AAAA"})).code == "setup_token_invalid"
    assert (await away.post("/api/setup", {**ROOT, "token": token})).status == 201


async def test_fifty_browsers_at_the_first_run_make_one_administrator(house: House) -> None:
    bodies = [{**ROOT, "email": f"root{n}@example.org"} for n in range(50)]
    answers = await asyncio.gather(*(house.browser().post("/api/setup", body) for body in bodies))
    assert sorted(answer.status for answer in answers) == [201] + [409] * 49
    assert len(await house.db.fetch("SELECT id FROM users")) == 1


async def test_a_body_that_is_not_as_described_is_refused(house: House) -> None:
    bodies: list[object] = [
        {**ROOT, "password": "password1"},
        {**ROOT, "email": "root"},
        {**ROOT, "name": " "},
        {**ROOT, "name": "x\0y"},
        {**ROOT, "role": "admin"},
        {**ROOT, "locale": "not a tag"},
        [],
    ]
    answers = [await house.browser().post("/api/setup", body) for body in bodies]
    assert [(answer.status, answer.code) for answer in answers] == [(422, "weak_password")] + [(422, "invalid_request")] * 6


async def test_sign_in_fails_the_same_way_whatever_is_wrong(house: House) -> None:
    await house.signed_in("ada")
    await house.signed_in("gone")
    async with house.db.transaction() as tx:
        await tx.execute("UPDATE users SET status = 'suspended' WHERE name = 'gone'")
    answers = [
        await house.browser().post("/api/session", {**GOOD, "password": "wrong password"}),
        await house.browser().post("/api/session", {**GOOD, "email": "nobody@example.org"}),
        await house.browser().post("/api/session", {**GOOD, "email": "gone@example.org", "password": "wrong password"}),
    ]
    assert {(answer.status, answer.json["code"], answer.json["detail"]) for answer in answers} == {
        (401, "invalid_credentials", "The address or the password is wrong, or the account is not active.")
    }
    assert not any(answer.set_cookie for answer in answers)
    suspended = await house.browser().post("/api/session", {**GOOD, "email": "gone@example.org"})
    assert (suspended.status, suspended.code, suspended.set_cookie) == (403, "account_suspended", ()), "who knows the password is told"


async def test_each_sign_in_gets_a_token_of_its_own(house: House) -> None:
    browser = await house.signed_in("ada")
    first = browser.cookies["portico"]
    assert (await browser.post("/api/session", GOOD)).status == 200
    assert browser.cookies["portico"] != first


async def test_a_session_over_plain_http_from_elsewhere_is_refused_with_the_ways_out(house: House) -> None:
    await house.signed_in("ada")
    answer = await house.browser(host="chat.example.org", peer="203.0.113.9").post("/api/session", GOOD)
    assert (answer.status, answer.code) == (403, "https_required")
    assert "PORTICO_ALLOW_HTTP" in answer.json["detail"]


async def test_signing_out_ends_the_session_and_clears_the_browser(house: House) -> None:
    browser = await house.signed_in("ada")
    stolen = house.browser()
    stolen.cookies |= browser.cookies
    answer = await browser.delete("/api/session")
    assert (answer.status, answer.headers["clear-site-data"]) == (204, '"cache", "storage"')
    assert browser.cookies == {}
    assert (await stolen.get("/probe/whoami")).status == 401
    assert (await browser.delete("/api/session")).status == 204


async def test_each_browser_with_the_access_code_is_a_guest_of_its_own(make_house: MakeHouse) -> None:
    house = make_house(access={"codes": ("sesame", "open")})
    one, two = house.browser(), house.browser()
    first = await one.post("/api/session", {"access_code": "sesame"})
    second = await two.post("/api/session", {"access_code": "open"})
    assert first.json["user"]["role"] == "guest"
    assert first.json["user"]["id"] != second.json["user"]["id"]
    assert "Max-Age=34560000" in first.set_cookie[0]
    again = await one.post("/api/session", {"access_code": "sesame"})
    assert again.json["user"]["id"] == first.json["user"]["id"]
    members = await house.db.fetch("SELECT m.user_id FROM group_members m JOIN groups g ON g.id = m.group_id WHERE g.name = 'guests'")
    assert {row["user_id"] for row in members} == {first.json["user"]["id"], second.json["user"]["id"]}
    wrong = await house.browser().post("/api/session", {"access_code": "sesam"})
    assert (wrong.status, wrong.code) == (401, "invalid_credentials")


async def test_without_access_codes_no_code_opens(house: House) -> None:
    assert (await house.browser().post("/api/session", {"access_code": "x"})).status == 401


async def test_guessing_is_slowed_for_one_account_and_one_client(db: Database) -> None:
    house = build_house(db, Settings(access=Access(password_memory_kib=8), limits=Limits(logins_per_minute=5)))
    bad = {**GOOD, "password": "wrong password"}
    statuses = [(await house.browser().post("/api/session", bad)).status for _ in range(7)]
    assert statuses == [401] * 5 + [429] * 2
    refused = await house.browser().post("/api/session", bad)
    assert 1 <= int(refused.headers["retry-after"]) <= 60
    assert (await house.browser().post("/api/session", {**bad, "email": "other@example.org"})).status == 401
    assert (await house.browser(peer="127.0.0.2").post("/api/session", bad)).status == 401
    assert not [row for row in await db.fetch("SELECT key FROM rates") if "ada@" in row["key"]]


async def test_an_administrator_manages_users(house: House) -> None:
    root, ada = await house.signed_in("root", "admin"), await house.signed_in("ada")
    made = await root.post("/api/users", {**GOOD, "email": "New@Example.org", "name": "New", "role": "member"})
    assert (made.status, made.json["email"], made.json["rev"]) == (201, "new@example.org", 1)
    page = (await root.get("/api/users?limit=2")).json
    rest = (await root.get(f"/api/users?limit=2&cursor={page['next']}")).json
    assert [user["name"] for user in page["items"] + rest["items"]] == ["root", "ada", "New"]
    assert rest["next"] is None
    assert (await ada.get("/api/users")).code == "administrator_required"
    patched = await root.patch(f"/api/users/{made.json['id']}", {"status": "suspended"})
    assert (patched.status, patched.json["status"]) == (200, "suspended")
    assert (await house.browser().post("/api/session", {**GOOD, "email": "new@example.org"})).status == 403


async def test_a_suspended_user_is_out_with_the_next_request(house: House) -> None:
    root, ada = await house.signed_in("root", "admin"), await house.signed_in("ada")
    user = (await ada.get("/probe/whoami")).json["id"]
    assert (await root.patch(f"/api/users/{user}", {"status": "suspended"})).status == 200
    assert (await ada.get("/probe/whoami")).status == 401


async def test_somebody_else_is_not_found_and_ones_own_role_is_forbidden(house: House) -> None:
    ada, bob = await house.signed_in("ada"), await house.signed_in("bob")
    me = (await ada.get("/probe/whoami")).json["id"]
    other = (await bob.get("/probe/whoami")).json["id"]
    for unknown in (other, new_id(), "nonsense"):
        assert (await ada.patch(f"/api/users/{unknown}", {"name": "x"})).code == "user_not_found"
    assert (await ada.patch(f"/api/users/{me}", {"role": "admin"})).status == 403
    named = await ada.patch(f"/api/users/{me}", {"name": " Ada ", "locale": "zh-CN"})
    assert (named.json["name"], named.json["locale"]) == ("Ada", "zh-CN")
    stale = await ada.send("PATCH", f"/api/users/{me}", {"name": "y"}, headers={"if-match": '"1"'})
    assert (stale.status, stale.code) == (409, "revision_conflict")


async def test_a_new_password_signs_all_other_browsers_out(house: House) -> None:
    ada = await house.signed_in("ada")
    other = house.browser()
    await other.post("/api/session", GOOD)
    refused = await ada.post("/api/users/me/password", {"current": "wrong", "new": "a new long password"})
    assert (refused.status, refused.code) == (401, "invalid_credentials")
    assert (await ada.post("/api/users/me/password", {"current": PASSWORD, "new": "a new long password"})).status == 200
    assert (await ada.get("/probe/whoami")).status == 200
    assert (await other.get("/probe/whoami")).status == 401
    assert (await house.browser().post("/api/session", {**GOOD, "password": "a new long password"})).status == 200


async def test_a_session_is_listed_and_can_be_closed_from_another_browser(house: House) -> None:
    ada = await house.signed_in("ada")
    other = house.browser()
    await other.post("/api/session", GOOD)
    listed = (await ada.get("/api/sessions")).json["items"]
    assert sorted(session["current"] for session in listed) == [False, True]
    foreign = next(session["id"] for session in listed if not session["current"])
    assert (await ada.delete(f"/api/sessions/{foreign}")).status == 204
    assert (await other.get("/probe/whoami")).status == 401
    assert (await ada.delete(f"/api/sessions/{foreign}")).code == "session_not_found"


async def test_a_key_is_shown_once_and_revoked_at_once(house: House) -> None:
    ada = await house.signed_in("ada")
    made = await ada.post("/api/keys", {"name": "script", "scopes": ["chat"], "expires": "2100-01-01T00:00:00Z"})
    assert (made.status, made.json["key"]["expires"]) == (201, "2100-01-01T00:00:00.000Z")
    listed = await ada.get("/api/keys")
    assert made.json["secret"].encode() not in listed.body
    program = house.browser(own_page=False)
    program.headers["x-api-key"] = made.json["secret"]
    assert (await program.get("/probe/whoami")).status == 200
    assert (await program.post("/api/keys", {"name": "more", "scopes": ["chat"]})).code == "session_required"
    assert (await ada.delete(f"/api/keys/{made.json['key']['id']}")).status == 204
    assert (await program.get("/probe/whoami")).code == "invalid_api_key"


async def test_a_key_that_makes_no_sense_is_refused(house: House) -> None:
    ada = await house.signed_in("ada")
    bodies: dict[str, object] = {
        "scope_not_held": {"name": "x", "scopes": ["admin"]},
        "invalid_request": {"name": "x", "scopes": []},
        "key_expired": {"name": "x", "scopes": ["chat"], "expires": "2001-01-01T00:00:00Z"},
        "bad_time": {"name": "x", "scopes": ["chat"], "expires": "next tuesday"},
    }
    answers = {code: await ada.post("/api/keys", body) for code, body in bodies.items()}
    assert [(answer.status, answer.code) for answer in answers.values()] == [(422, code) for code in bodies]


async def test_settings_are_merged(house: House) -> None:
    root, ada = await house.signed_in("root", "admin"), await house.signed_in("ada")
    assert (await ada.patch("/api/settings", {"theme": "dark", "default_model": {"provider": "p", "model": "m"}})).status == 200
    changed = await ada.patch("/api/settings", {"locale": "en"})
    assert changed.json["default_model"] == {"provider": "p", "model": "m"}
    expected = changed.json
    assert (changed.json["theme"], changed.json["locale"], changed.json["send_key"]) == ("dark", "en", "enter")
    assert (await ada.get("/api/settings")).json == changed.json
    pinned = [{"provider": "p", "model": "m"}, {"provider": "q", "model": "n"}]
    assert (await ada.patch("/api/settings", {"pinned_models": pinned})).json == expected | {"pinned_models": pinned}
    assert (await ada.patch("/api/settings", {"pinned_models": []})).json == expected
    assert (await ada.get("/api/settings/instance")).status == 403
    instance = (await root.patch("/api/settings/instance", {"name": "Our house", "share_max_days": 7, "brand_color": "#ff0000"})).json
    assert (instance["name"], instance["default_model"], instance["sharing"], instance["share_max_days"]) == ("Our house", None, True, 7)
    assert instance["brand"]["color"] == "#ff0000"
    assert (await root.patch("/api/settings/instance", {"sharing": False, "share_max_days": None})).json["share_max_days"] is None
    assert (await root.get("/api/settings/instance")).json["name"] == "Our house"


async def test_changes_by_an_administrator_are_counted(db: Database) -> None:
    house = build_house(db, Settings(access=Access(password_memory_kib=8), limits=Limits(admin_per_minute=2, logins_per_minute=100)))
    root = await house.signed_in("root", "admin")
    statuses = [(await root.post("/probe/admin")).status for _ in range(3)]
    assert statuses == [200, 200, 429]
    assert (await root.get("/probe/admin")).status == 200


async def test_an_own_address_needs_the_password(house: House) -> None:
    ada = await house.signed_in("ada")
    refused = await ada.post("/api/users/me/email", {"email": "new@example.org", "current": "wrong password"})
    assert (refused.status, refused.code) == (401, "invalid_credentials")
    assert (await ada.post("/api/users/me/email", {"email": "new@example.org", "current": PASSWORD})).json["email"] == "new@example.org"


async def test_an_administrator_searches_and_changes_several_users_at_once(house: House) -> None:
    root = await house.signed_in("root", "admin")
    for name in ("ada", "adam", "bob"):
        await house.signed_in(name)
    found = (await root.get("/api/users?q=ada")).json["items"]
    assert [user["name"] for user in found] == ["ada", "adam"]
    done = await root.post("/api/users/bulk", {"ids": [user["id"] for user in found], "status": "suspended"})
    assert ([user["status"] for user in done.json["changed"]], done.json["refused"]) == (["suspended", "suspended"], [])
    assert len((await root.get("/api/users?status=suspended")).json["items"]) == 2


async def test_invitations_are_listed_and_taken_back(house: House) -> None:
    root = await house.signed_in("root", "admin")
    made = await root.post("/api/invitations", {"days": 1})
    assert [item["state"] for item in (await root.get("/api/invitations")).json["items"]] == ["open"]
    assert (await root.delete(f"/api/invitations/{made.json['invitation']['id']}")).status == 204
    assert [item["state"] for item in (await root.get("/api/invitations")).json["items"]] == ["revoked"]
    assert (await root.delete("/api/sessions")).status == 204


async def test_an_account_is_ended_by_its_owner_with_password_and_address(house: House) -> None:
    root, ada = await house.signed_in("root", "admin"), await house.signed_in("ada")
    await ada.post("/api/keys", {"name": "k", "scopes": ["read"]})
    path, right = "/api/users/me/delete", {"current": PASSWORD, "confirm": "ADA@example.org "}
    assert (await ada.post(path, {**right, "current": "wrong password"})).code == "invalid_credentials"
    assert (await ada.post(path, {**right, "confirm": "root@example.org"})).code == "not_confirmed"
    assert (await root.post(path, {**right, "confirm": "root@example.org"})).code == "last_administrator"
    assert (await ada.get("/api/settings")).status == 200, "nothing has happened so far"
    gone = await ada.post(path, right)
    assert (gone.status, "max-age=0" in gone.set_cookie[0].lower()) == (204, True)
    assert (await house.browser().post("/api/session", {"email": "ada@example.org", "password": PASSWORD})).status == 401
    assert [user["name"] for user in (await root.get("/api/users")).json["items"]] == ["root"]
    assert await house.db.fetch("SELECT id FROM api_keys") == []
    assert [row["name"] for row in await house.db.fetch("SELECT name FROM users WHERE status = 'deleted'")] == [""]
