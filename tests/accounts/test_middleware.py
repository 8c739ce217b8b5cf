import itertools

import pytest

from portico.accounts.middleware import Entry, place_of
from portico.infra.db import Row
from portico.settings import Server, Settings
from tests.accounts.conftest import House, MakeHouse
from tests.asgi import Browser

UNSAFE = ("POST", "PUT", "PATCH", "DELETE")


async def make_key(browser: Browser, *scopes: str) -> str:
    answer = await browser.post("/api/keys", {"name": "script", "scopes": list(scopes)})
    assert answer.status == 201, answer.body
    secret: str = answer.json["secret"]
    return secret


def test_the_place_comes_from_the_settings() -> None:
    place = place_of(
        Settings(server=Server(base_path="/chat", app_url="https://a.example", trusted_hops=2, allow_http=True), kubernetes=True)
    )
    assert (place.base_path, place.app_url, place.trusted_hops, place.allow_http, place.cluster) == (
        "/chat",
        "https://a.example",
        2,
        True,
        True,
    )


async def test_an_api_key_signs_a_program_in_by_either_header(house: House) -> None:
    key = await make_key(await house.signed_in("ada"), "read")
    program = house.browser(own_page=False)
    for name, value in (("authorization", f"Bearer {key}"), ("Authorization", f"bearer {key}"), ("X-Api-Key", key)):
        answer = await program.send("GET", "/probe/whoami", headers={name: value})
        assert (answer.status, answer.json["via"]) == (200, "key")


async def test_a_bad_key_is_refused_even_beside_a_good_cookie(house: House) -> None:
    browser = await house.signed_in("ada")
    for bad in ("Bearer pk_00000000_wrong", "bearer x", "Bearer ", "Bearer " + "x" * 10_000):
        answer = await browser.send("GET", "/probe/whoami", headers={"authorization": bad})
        assert (answer.status, answer.code) == (401, "invalid_api_key")


async def test_two_different_keys_in_two_headers_are_refused(house: House) -> None:
    browser = await house.signed_in("ada")
    one, two = await make_key(browser, "read"), await make_key(browser, "read", "chat")
    program = house.browser()
    both = await program.send("GET", "/probe/whoami", headers={"authorization": f"Bearer {one}", "x-api-key": two})
    assert (both.status, both.code) == (401, "invalid_api_key")
    same = await program.send("GET", "/probe/whoami", headers={"authorization": f"Bearer {one}", "x-api-key": one})
    assert same.status == 200


async def test_a_proxys_own_basic_authentication_does_not_disturb_the_session(house: House) -> None:
    browser = await house.signed_in("ada")
    assert (await browser.send("GET", "/probe/whoami", headers={"authorization": "Basic dXNlcjpwYXNz"})).status == 200


async def test_without_cookie_or_key_a_route_that_needs_somebody_says_so(house: House) -> None:
    answer = await house.browser().get("/probe/whoami")
    assert (answer.status, answer.code) == (401, "unauthenticated")


async def test_a_key_does_what_its_scopes_say(house: House) -> None:
    root = await house.signed_in("root", "admin")
    cases = (
        ("read", "GET", "/probe/whoami", True),
        ("read", "POST", "/probe/whoami", False),
        ("chat", "GET", "/probe/whoami", True),
        ("chat", "POST", "/probe/whoami", True),
        ("admin", "GET", "/probe/whoami", False),
        ("admin", "POST", "/probe/admin", True),
        ("chat", "GET", "/probe/admin", False),
    )
    keys = {scope: await make_key(root, scope) for scope in ("read", "chat", "admin")}
    for scope, method, path, allowed in cases:
        answer = await house.browser(own_page=False).send(method, path, headers={"x-api-key": keys[scope]})
        assert answer.status == (200 if allowed else 403), (scope, method, path)
        assert allowed or answer.code == "scope_missing"


async def test_administration_is_refused_to_members(house: House) -> None:
    answer = await (await house.signed_in("ada")).get("/probe/admin")
    assert (answer.status, answer.code) == (403, "administrator_required")


async def test_no_other_site_can_send_an_unsafe_request_to_any_address(house: House) -> None:
    paths = ("/api/session", "/api/setup", "/api/keys", "/probe/whoami", "/api/nothing-here", "/")
    foreign = [
        {"sec-fetch-site": "cross-site", "origin": "https://evil.example"},
        {"sec-fetch-site": "same-site", "origin": "https://sub.example.org"},
        {"sec-fetch-site": "none"},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {},
    ]
    browser = await house.signed_in("ada")
    browser.own_page = False
    for method, path, headers in itertools.product(UNSAFE, paths, foreign):
        answer = await browser.send(method, path, {}, headers=headers)
        assert (answer.status, answer.code) == (403, "cross_site_request")


async def test_a_stream_is_refused_to_other_sites(house: House) -> None:
    browser = await house.signed_in("ada")
    for headers in ({"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}):
        assert (await browser.send("GET", "/probe/stream", headers=headers)).code == "cross_site_request"
    assert (await browser.get("/probe/stream")).status == 200


async def test_a_page_of_static_files_asks_the_database_nothing(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = house.browser()
    browser.cookies["portico"] = "x" * 43

    async def refuse(*_: object, **__: object) -> list[Row]:
        raise AssertionError("the database was asked")

    monkeypatch.setattr(house.db, "fetch", refuse)
    assert (await browser.get("/assets/app.js")).status == 404


async def test_one_request_looks_its_principal_up_once(house: House) -> None:
    browser = await house.signed_in("ada")
    scope = browser._scope("GET", "/", b"", {})
    entry = Entry(scope, house.accounts, place_of(Settings()))
    first = await entry.identity()
    async with house.db.transaction() as tx:
        await tx.execute("DELETE FROM sessions")
    assert first is not None
    assert await entry.identity() is first


async def test_over_https_only_the_cookie_that_https_set_is_read(make_house: MakeHouse) -> None:
    house = make_house(app_url="https://chat.example.org")
    browser = await house.signed_in("ada")
    token = browser.cookies["__Host-portico"]
    tossed = house.browser()
    tossed.cookies["portico"] = token
    assert (await tossed.get("/probe/whoami")).status == 401
    assert (await browser.get("/probe/whoami")).status == 200


@pytest.mark.parametrize(
    ("server", "name", "attributes"),
    [
        ({}, "portico", {"Path=/", "HttpOnly", "SameSite=lax"}),
        ({"app_url": "https://localhost"}, "__Host-portico", {"Path=/", "HttpOnly", "SameSite=lax", "Secure"}),
        ({"base_path": "/chat", "app_url": "https://localhost"}, "__Secure-portico-", {"Path=/chat", "HttpOnly", "SameSite=lax", "Secure"}),
    ],
)
async def test_the_session_cookie_is_as_strict_as_its_transport_allows(
    make_house: MakeHouse, server: dict[str, str], name: str, attributes: set[str]
) -> None:
    house = make_house(**server)
    await house.signed_in("ada")
    answer = await house.browser().post("/api/session", {"email": "ada@example.org", "password": "correct horse battery"})
    pair, *rest = answer.set_cookie[0].split("; ")
    assert pair.startswith(name)
    assert {part for part in rest if not part.startswith("Max-Age")} == attributes
    assert "Max-Age=604800" in rest


@pytest.mark.parametrize(("hops", "status"), [(0, 403), (1, 403), (2, 200)])
async def test_a_forged_https_header_counts_only_behind_as_many_proxies_as_are_trusted(
    make_house: MakeHouse, hops: int, status: int
) -> None:
    house = make_house(trusted_hops=hops)
    browser = await (make_house()).signed_in("ada")
    away = Browser(house.app, host="chat.example.org", peer="10.0.0.9")
    away.headers["x-forwarded-proto"] = "https, http"
    answer = await away.post("/api/session", {"email": "ada@example.org", "password": "correct horse battery"})
    assert answer.status == status
    assert browser.cookies
