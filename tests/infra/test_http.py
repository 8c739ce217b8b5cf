"""Bodies, problems, cursors and revisions as clients meet them."""

import json
from collections.abc import MutableMapping
from contextlib import suppress
from typing import Annotated, Any

import pytest
from fastapi import FastAPI, Request
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field, StringConstraints

from portico.errors import LimitReached, NotFound, Unavailable
from portico.infra.http import (
    BadCursor,
    BadRevision,
    Body,
    IfMatch,
    Page,
    decode_cursor,
    encode_cursor,
    install_errors,
    iso,
    iso_or_none,
    page,
    parse_revision,
    problem_response,
    problems,
    without_secret,
)
from tests.asgi import Answer, Browser


class Note(Body):
    text: Annotated[str, StringConstraints(max_length=10)]
    stars: int = 0
    more: list["Note"] = Field(default_factory=list)


async def write(note: Note, revision: IfMatch) -> dict[str, object]:
    return {"text": note.text, "revision": revision}


async def fail(kind: str) -> Page[int]:
    errors = {
        "missing": NotFound("gone", key="k"),
        "wait": LimitReached(retry_after_s=1.2),
        "away": Unavailable(),
        "bug": RuntimeError("secret text"),
    }
    if kind in errors:
        raise errors[kind]
    return page([1, 2], encode_cursor("next"))


@pytest.fixture
def api() -> FastAPI:
    app = FastAPI()
    install_errors(app)
    app.add_api_route("/notes", write, methods=["POST"])
    app.add_api_route("/fail/{kind}", fail, methods=["GET"], response_model=Page[int], responses=problems(404, 429))
    return app


@pytest.fixture
def browser(api: FastAPI) -> Browser:
    async def app(scope, receive, send) -> None:
        try:
            await api(scope, receive, send)
        except RuntimeError:
            return  # the framework answers first and then raises for the server's log

    return Browser(app)


async def raw(browser: Browser, body: bytes) -> Answer:
    return await browser._exchange(browser._scope("POST", "/notes", body, {}), body)


async def test_a_good_body_and_revision_are_read(browser: Browser) -> None:
    answer = await browser.send("POST", "/notes", {"text": "a", "more": [{"text": "b"}]}, headers={"If-Match": '"7"'})
    assert (answer.status, answer.json) == (200, {"text": "a", "revision": 7})


@pytest.mark.parametrize(
    ("body", "path"),
    [
        (b'{"text":"a","other":1}', "body.other"),
        (b'{"text":1}', "body.text"),
        (b'{"text":"a","stars":"1"}', "body.stars"),
        (b'{"text":"a","stars":1.5}', "body.stars"),
        (b'{"text":"' + b"x" * 11 + b'"}', "body.text"),
        (b'{"text":"a\\u0000"}', "body"),
        (b'{"text":"\\ud800"}', "body"),
        (b'{"text":"a","more":[{"text":"\\u0000"}]}', "body"),
        (b'{"\\ud800":1}', "body"),
        (b'{"text":"a","stars":99999999999999999999}', "body"),
        (b'{"text":"a","stars":NaN}', "body"),
        (b"[]", "body"),
        (b"{", "body.1"),
    ],
)
async def test_a_bad_body_is_refused_by_its_field_and_never_repeated(browser: Browser, body: bytes, path: str) -> None:
    answer = await raw(browser, body)
    assert (answer.status, answer.code) == (422, "invalid_request")
    assert answer.json["errors"][0]["path"] == path
    assert "input" not in answer.json["errors"][0]


async def test_what_is_no_json_at_all_is_a_bad_request(browser: Browser) -> None:
    answer = await raw(browser, b"\xff")
    assert (answer.status, answer.code) == (400, "bad_request")


async def test_an_error_carries_code_sentence_and_further_members(browser: Browser) -> None:
    answer = await browser.get("/fail/missing")
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json == {
        "type": "urn:portico:problem:not_found",
        "title": "Not found",
        "status": 404,
        "code": "not_found",
        "detail": "gone",
        "request_id": "",
        "key": "k",
    }


@pytest.mark.parametrize(("kind", "status", "wait"), [("wait", 429, "2"), ("away", 503, "2")])
async def test_who_must_wait_is_told_how_long(browser: Browser, kind: str, status: int, wait: str) -> None:
    answer = await browser.get(f"/fail/{kind}")
    assert (answer.status, answer.headers["retry-after"]) == (status, wait)


async def test_what_is_away_is_told_in_one_line_however_many_ask(browser: Browser, caplog: pytest.LogCaptureFixture) -> None:
    await browser.get("/fail/away")
    assert [(record.getMessage(), record.exc_info) for record in caplog.records if record.name == "portico.infra.http"] == [
        ("request failed", None)
    ]


async def test_a_defect_is_a_problem_that_tells_nothing_of_it(browser: Browser) -> None:
    answer = await browser.get("/fail/bug")
    assert (answer.status, answer.code) == (500, "internal_error")
    assert b"secret" not in answer.body


async def test_an_address_or_method_that_is_not_there_is_a_problem_too(browser: Browser) -> None:
    assert (await browser.get("/nothing")).code == "route_not_found"
    answer = await browser.get("/notes")
    assert (answer.status, answer.code, answer.headers["allow"]) == (405, "method_not_allowed", "POST")


async def test_a_page_has_items_and_a_cursor(browser: Browser) -> None:
    answer = await browser.get("/fail/none")
    assert answer.json == {"items": [1, 2], "next": encode_cursor("next")}


def test_the_description_names_the_problem(api: FastAPI) -> None:
    description = api.openapi()
    reference = description["paths"]["/fail/{kind}"]["get"]["responses"]["404"]["content"]["application/problem+json"]["schema"]["$ref"]
    assert reference == "#/components/schemas/Problem"
    assert {"code", "detail", "request_id"} <= set(description["components"]["schemas"]["Problem"]["required"])


def test_a_request_that_nobody_signed_is_told_how_to() -> None:
    from portico.errors import Unauthenticated

    response = problem_response(Unauthenticated(), "r1")
    assert response.headers["www-authenticate"] == "Bearer"
    assert json.loads(bytes(response.body))["request_id"] == "r1"


@given(st.tuples(st.integers(-(2**62), 2**62), st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs",)))))
def test_a_cursor_gives_back_what_was_put_in(values: tuple[int, str]) -> None:
    assert decode_cursor(encode_cursor(*values), tuple[int, str]) == values


@pytest.mark.parametrize(
    "cursor", ["", "é", "!!!", "bm9uc2Vuc2U", encode_cursor("a", 1), encode_cursor(1), encode_cursor(1, "a\0"), encode_cursor(2**63, "a")]
)
def test_a_cursor_of_another_list_is_refused(cursor: str) -> None:
    with pytest.raises(BadCursor):
        decode_cursor(cursor, tuple[int, str])


@given(st.text(max_size=60))
def test_no_text_makes_a_cursor_fail_otherwise(cursor: str) -> None:
    try:
        decode_cursor(cursor, tuple[int, str])
    except BadCursor:
        return


@pytest.mark.parametrize(("header", "revision"), [(None, None), ("*", None), ('"7"', 7), ("7", 7), ('W/"12"', 12)])
def test_a_revision_is_read(header: str | None, revision: int | None) -> None:
    assert parse_revision(header) == revision


@pytest.mark.parametrize("header", ["", "abc", '"-1"', '"1", "2"', "9" * 30, "٣"])
def test_what_is_no_revision_is_refused(header: str) -> None:
    with pytest.raises(BadRevision):
        parse_revision(header)


def test_times_are_iso_8601_in_utc_with_milliseconds() -> None:
    assert (iso(1_767_323_045_006), iso(0), iso_or_none(None)) == ("2026-01-02T03:04:05.006Z", "1970-01-01T00:00:00.000Z", None)


@pytest.mark.parametrize("kind", ["away", "bug"])
async def test_the_secret_of_a_link_is_not_logged_when_its_request_fails(api: FastAPI, caplog: pytest.LogCaptureFixture, kind: str) -> None:
    api.add_api_route("/shared/{token}/{kind}", fail, methods=["GET"])
    with suppress(RuntimeError):  # the framework raises it again behind its answer
        await Browser(api).get(f"/shared/a-very-secret-token/{kind}")
    assert [getattr(record, "path", "") for record in caplog.records] == [f"/shared/.../{kind}"]


@pytest.mark.parametrize(("method", "path"), [("PUT", "/parts"), ("POST", "/notes")])
async def test_a_client_that_leaves_in_the_middle_of_its_request_is_no_defect_here(
    api: FastAPI, caplog: pytest.LogCaptureFixture, method: str, path: str
) -> None:
    async def store(request: Request) -> None:
        await request.body()

    api.add_api_route("/parts", store, methods=["PUT"])
    coming = [{"type": "http.request", "body": b"ha", "more_body": True}, {"type": "http.disconnect"}]
    answered: list[MutableMapping[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return coming.pop(0)

    async def send(message: MutableMapping[str, Any]) -> None:
        answered.append(message)

    await api(Browser(api)._scope(method, path, b"half", {}), receive, send)
    assert answered[0]["status"] == 499
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []


def test_only_the_secret_is_taken_from_a_path() -> None:
    paths = ("/s/x", "/chat/invite/x", "/api/shared/x/files/y", "/api/invited/x", "/api/users/x", "/c/x")
    assert [without_secret(path) for path in paths] == [
        "/s/...", "/chat/invite/...", "/api/shared/.../files/y", "/api/invited/...", "/api/users/x", "/c/x",
    ]  # fmt: skip
