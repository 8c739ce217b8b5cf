"""The security headers of each kind of answer, whole: a header that comes, goes or changes must be meant."""

import re
import shutil
from pathlib import Path

import pytest

from portico.app import STATIC, build_app
from portico.settings import load, prepare
from portico.wiring import build
from tests.api.conftest import Instance, environment
from tests.api.world import ask, upload
from tests.asgi import Answer, Browser

ALWAYS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
API = {**ALWAYS, "content-security-policy": "default-src 'none'; frame-ancestors 'none'", "cache-control": "no-store"}
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-<nonce>'; img-src 'self' blob: data:; media-src 'self' blob:; "
    "font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; frame-src 'self'; frame-ancestors 'none'; "
    "base-uri 'none'; form-action 'self'; require-trusted-types-for 'script'; trusted-types portico"
)
SECURITY = {
    "cache-control",
    "clear-site-data",
    "content-disposition",
    "content-security-policy",
    "cross-origin-opener-policy",
    "cross-origin-resource-policy",
    "permissions-policy",
    "referrer-policy",
    "server",
    "strict-transport-security",
    "www-authenticate",
    "x-accel-buffering",
    "x-content-type-options",
    "access-control-allow-origin",
}


def kept(answer: Answer) -> dict[str, str]:
    """Leave the headers that protect, with the nonce named."""
    found = {name: value for name, value in answer.headers.items() if name in SECURITY}
    return {name: re.sub(r"nonce-[\w-]{20,}", "nonce-<nonce>", value) for name, value in found.items()}


async def test_every_kind_of_answer_of_the_api_carries_its_headers(instance: Instance) -> None:
    root = await instance.set_up()
    conversation = "01890000-0000-7000-8000-000000000001"
    asked, file = await ask(root, conversation), await upload(root)
    got = {
        "json": kept(await root.get("/api/session")),
        "created": kept(await root.post("/api/keys", {"name": "x", "scopes": ["read"]})),
        "not signed in": kept(await instance.browser().get("/api/keys")),
        "not found": kept(await root.get("/api/nothing")),
        "cross-site": kept(await root.send("POST", "/api/keys", {}, headers={"sec-fetch-site": "cross-site"})),
        "stream": kept(await root.get(f"/api/runs/{asked['run']}/events")),
        "file": kept(await root.get(f"/api/files/{file}/content")),
        "export": kept(await root.get(f"/api/conversations/{conversation}/export?format=markdown")),
        "sign-out": kept(await root.delete("/api/session")),
    }
    attachment = "attachment; filename*=UTF-8''note.txt"
    sandbox = {"content-security-policy": "sandbox; default-src 'none'", "cache-control": "private, max-age=3600, immutable"}
    assert got == {
        "json": API,
        "created": API,
        "not signed in": {**API, "www-authenticate": "Bearer"},
        "not found": API,
        "cross-site": API,
        "stream": {**API, "cache-control": "no-store, no-transform", "x-accel-buffering": "no"},
        "file": {**API, **sandbox, "content-disposition": attachment},
        "export": {**API, "content-disposition": got["export"]["content-disposition"]},
        "sign-out": {**API, "clear-site-data": '"cache", "storage"'},
    }
    assert got["export"]["content-disposition"].startswith("attachment; ")


@pytest.mark.skipif(not (STATIC / "index.html").is_file(), reason="the web UI is not built here: run `make web`")
async def test_the_page_gets_a_new_nonce_each_time_and_is_never_kept(instance: Instance) -> None:
    first, second = await instance.browser().get("/"), await instance.browser().get("/c/anything")
    assert kept(first) == kept(second) == {**ALWAYS, "content-security-policy": PAGE_POLICY, "cache-control": "no-store"}
    assert first.headers["content-security-policy"] != second.headers["content-security-policy"]


async def test_over_https_browsers_are_told_to_stay_there(sqlite_template: Path, tmp_path: Path) -> None:
    shutil.copy(sqlite_template, tmp_path / "portico.db")
    env = {**environment(f"sqlite:///{tmp_path / 'portico.db'}", tmp_path), "APP_URL": "https://chat.example.org"}
    portico = await build(prepare(load(env)))
    answer = await Browser(build_app(portico), host="chat.example.org").get("/api/version")
    assert kept(answer) == {**API, "strict-transport-security": "max-age=31536000"}
    await portico.close()
