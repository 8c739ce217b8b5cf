"""The middleware around everything: ids, limits, headers, the base path, and the last answer to an error."""

import asyncio
import logging
import re

import pytest
from fastapi import FastAPI, Request

from portico.errors import Conflict
from portico.infra.http import install_errors
from portico.infra.middleware import BasePath, BodyLimit, RequestContext, SecurityHeaders
from portico.infra.telemetry import Metrics, request_id
from tests.asgi import Answer, Browser


async def hello(scope, receive, send) -> None:
    body = f"{scope['path']} {request_id.get()}".encode()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]})
    await send({"type": "http.response.body", "body": body})


async def length(request: Request) -> int:
    return len(await request.body())


def reader(*, read_s: float = 5.0) -> Browser:
    """A browser at an application that reads bodies of at most 1000 bytes, file parts of 50."""
    api = FastAPI()
    install_errors(api)
    api.add_api_route("/{path:path}", length, methods=["POST", "PUT"])
    limited = BodyLimit(api, default_bytes=1000, read_s=read_s, overrides=((re.compile(r"/part/\d+"), 50),))
    return Browser(RequestContext(limited, Metrics()))


async def send(browser: Browser, path: str, body: bytes, **headers: str) -> Answer:
    return await browser._exchange(browser._scope("POST", path, body, headers), body)


@pytest.mark.parametrize(
    ("path", "size", "status"), [("/a", 1000, 200), ("/a", 1001, 413), ("/part/1", 50, 200), ("/part/1", 51, 413), ("/part/x", 51, 200)]
)
async def test_a_body_is_refused_by_its_announced_length(path: str, size: int, status: int) -> None:
    answer = await send(reader(), path, b"x" * size)
    assert answer.status == status


@pytest.mark.parametrize("announced", ["-1", "abc", "9" * 40, "1e3"])
async def test_a_length_that_is_no_number_is_refused(announced: str) -> None:
    assert (await send(reader(), "/a", b"x", content_length=announced)).code == "body_too_large"


async def test_a_body_without_a_length_is_counted_while_it_comes() -> None:
    browser = reader()
    scope = browser._scope("POST", "/a", b"x" * 1001, {})
    scope["headers"] = [(name, value) for name, value in scope["headers"] if name != b"content-length"]
    answer = await browser._exchange(scope, b"x" * 1001)
    assert (answer.status, answer.code) == (413, "body_too_large")


async def test_a_body_that_does_not_come_is_given_up() -> None:
    browser = reader(read_s=0.05)
    scope, sent = browser._scope("POST", "/a", b"", {}), []

    async def receive() -> dict[str, object]:
        await asyncio.Event().wait()
        return {}

    async def keep(message) -> None:
        sent.append(message)

    async with asyncio.timeout(2):
        await browser.app(scope, receive, keep)
    assert sent[0]["status"] == 408
    assert b"body_too_slow" in sent[1]["body"]


async def test_a_request_has_one_id_in_log_answer_and_context(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="portico.access")
    answer = await Browser(RequestContext(hello, Metrics())).get("/x")
    assert answer.body.decode() == f"/x {answer.headers['x-request-id']}"
    assert request_id.get() == ""
    assert [(record.method, record.path, record.status) for record in caplog.records] == [("GET", "/x", 200)]  # pyright: ignore[reportAttributeAccessIssue]


@pytest.mark.parametrize(
    ("given", "kept"),
    [("trace-12345678", True), ("short", False), ("evil\r\nvalue-xxx", False), ("x" * 65, False), ("spaces in it", False)],
)
async def test_a_harmless_id_of_a_proxy_is_kept(given: str, kept: bool) -> None:
    answer = await Browser(RequestContext(hello, Metrics())).get("/x", X_Request_Id=given)
    assert (answer.headers["x-request-id"] == given) is kept


@pytest.mark.parametrize("path", ["/a\0b", "/a?q=%00"])
async def test_an_address_with_nul_is_refused(path: str) -> None:
    assert (await Browser(RequestContext(hello, Metrics())).get(path)).code == "invalid_request"


async def test_what_escapes_every_handler_is_still_a_problem() -> None:
    async def broken(scope, receive, send) -> None:
        raise Conflict("busy") if scope["path"] == "/busy" else RuntimeError("secret text")

    metrics = Metrics()
    browser = Browser(RequestContext(broken, metrics))
    assert (await browser.get("/busy")).code == "conflict"
    answer = await browser.get("/bug")
    assert (answer.status, answer.code) == (500, "internal_error")
    assert b"secret" not in answer.body
    assert [metrics.errors.value(code) for code in ("conflict", "internal_error")] == [1, 1]


async def test_an_error_after_the_answer_began_does_not_begin_another() -> None:
    async def broken(scope, receive, send) -> None:
        await hello(scope, receive, send)
        raise RuntimeError

    assert (await Browser(RequestContext(broken, Metrics())).get("/")).status == 200


async def test_requests_are_counted_by_the_pattern_of_their_route() -> None:
    api, metrics = FastAPI(), Metrics()
    install_errors(api)
    api.add_api_route("/things/{id}", length, methods=["POST"])
    browser = Browser(RequestContext(api, metrics))
    for path in ("/things/1", "/things/2", "/nothing/3"):
        await browser.post(path, {})
    assert metrics.requests.value("POST", "/things/{id}", "200") == 2
    assert metrics.requests.value("POST", "other", "404") == 1
    assert metrics.request_s.count("/things/{id}") == 2


@pytest.mark.parametrize(("path", "seen"), [("/chat/api/x", "/api/x"), ("/chat/", "/"), ("/api/x", "/api/x"), ("/chatter", "/chatter")])
async def test_the_base_path_is_taken_off_wherever_the_ingress_left_it(path: str, seen: str) -> None:
    answer = await Browser(BasePath(hello, "/chat/")).get(path)
    assert answer.body.decode().split(" ")[0] == seen


async def test_the_base_path_without_its_slash_leads_to_the_one_with_it() -> None:
    answer = await Browser(BasePath(hello, "/chat")).get("/chat?a=b")
    assert (answer.status, answer.headers["location"]) == (308, "/chat/?a=b")


async def test_a_page_gets_the_whole_policy_with_a_nonce_of_its_own() -> None:
    browser = Browser(SecurityHeaders(hello, frame_origins=("https://content.example",)))
    first, second = (await browser.get("/")).headers, (await browser.get("/")).headers
    policy = first["content-security-policy"]
    nonce = policy.partition("'nonce-")[2].partition("'")[0]
    assert policy == (
        f"default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; img-src 'self' blob: data:; media-src 'self' blob:; "
        "font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; frame-src 'self' https://content.example; "
        "frame-ancestors 'none'; base-uri 'none'; form-action 'self'; require-trusted-types-for 'script'; trusted-types portico"
    )
    assert len(nonce) >= 20
    assert policy != second["content-security-policy"]
    assert {
        name: first[name]
        for name in ("x-content-type-options", "referrer-policy", "cross-origin-opener-policy", "cross-origin-resource-policy")
    } == {
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
    }
    assert "permissions-policy" in first


async def test_the_api_is_never_cached_and_shows_nothing() -> None:
    headers = (await Browser(SecurityHeaders(hello)).get("/api/x")).headers
    assert (headers["cache-control"], headers["content-security-policy"]) == ("no-store", "default-src 'none'; frame-ancestors 'none'")


async def test_what_a_route_sets_itself_stays() -> None:
    async def own(scope, receive, send) -> None:
        headers = [(b"Cache-Control", b"private"), (b"content-security-policy", b"sandbox")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b""})

    headers = (await Browser(SecurityHeaders(own)).get("/api/x")).headers
    assert (headers["cache-control"], headers["content-security-policy"]) == ("private", "sandbox")


@pytest.mark.parametrize(("scheme", "https", "sent"), [("http", False, False), ("https", False, True), ("http", True, True)])
async def test_https_is_made_to_stay(scheme: str, https: bool, sent: bool) -> None:
    answer = await Browser(SecurityHeaders(hello, https=https), scheme=scheme).get("/")
    assert ("strict-transport-security" in answer.headers) is sent
