"""The routes behind their real door, over a real store and a scripted model server."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI

from portico.accounts.middleware import AccountsMiddleware, place_of
from portico.accounts.passwords import HashCost, Passwords
from portico.accounts.routes import AccountsRoutes
from portico.accounts.service import AccountsService
from portico.infra.http import install_errors
from portico.infra.middleware import RequestContext
from portico.infra.ratelimit import RateLimiter
from portico.infra.telemetry import Metrics
from portico.providers.routes import ProviderRoutes
from portico.settings import Access, Limits, Settings
from portico.settings.product import EnvProvider
from tests.asgi import Browser, nothing_to_stop
from tests.providers.conftest import Answer, Bench, MakeBench, Upstream, said

PASSWORD = "correct horse battery"
LISTED = json.dumps({"data": [{"id": "org/gpt:free", "context_length": 9}]}).encode()


@pytest.fixture
def store_url(sqlite_template: Path, tmp_path: Path) -> str:
    """One kind of store: what is asked here does not depend on it."""
    return f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'portico.db')}"


async def browser(bench: Bench, role: Any = "admin") -> Browser:
    """Return a browser that is signed in as somebody of this role."""
    settings = Settings(access=Access(password_memory_kib=8), limits=Limits(admin_per_minute=1000))
    accounts = AccountsService(bench.db, settings, RateLimiter(bench.db))
    api = FastAPI()
    install_errors(api)
    api.include_router(AccountsRoutes(accounts, nothing_to_stop).router, prefix="/api")
    api.include_router(ProviderRoutes(bench.service).router, prefix="/api")
    app = RequestContext(AccountsMiddleware(api, accounts, place_of(settings)), Metrics())
    password_hash = await Passwords(HashCost(memory_kib=8, passes=1, lanes=1)).hash(PASSWORD)
    async with bench.db.transaction() as tx:
        await accounts.users.insert(tx, None, email=f"{role}@example.org", name=role, password_hash=password_hash, role=role)
    made = Browser(app, host="localhost:3210", peer="127.0.0.1", own_page=True)
    assert (await made.post("/api/session", {"email": f"{role}@example.org", "password": PASSWORD})).status == 200
    return made


async def test_a_provider_is_added_found_out_tested_changed_and_deleted(bench: Bench, upstream: Upstream) -> None:
    page = await browser(bench)
    made = await page.post("/api/providers", {"kind": "openai", "name": "Mine", "base_url": upstream.url, "keys": ["sk-1234567890ab"]})
    assert made.status == 201, made.body
    provider = made.json
    assert provider == {
        "id": provider["id"],
        "kind": "openai",
        "name": "Mine",
        "base_url": upstream.url,
        "enabled": True,
        "position": 0,
        "source": "database",
        "has_key": True,
        "key_hint": "…90ab",
        "health": {"state": "unknown", "detail": "not asked yet"},
        "fallbacks": [],
        "rev": 1,
    }
    address = f"/api/providers/{provider['id']}"
    upstream.will(Answer(LISTED), Answer(said("ready")))
    found = (await page.post(f"{address}/discover", {})).json
    assert (found["added"], found["items"][0]["id"], found["items"][0]["capabilities"]["context_tokens"]) == (1, "org/gpt:free", 9)
    tested = (await page.post(f"{address}/test", {"model": "org/gpt:free"})).json
    assert (tested["ok"], tested["text"], tested["error"], tested["continuation"]) == (True, "ready", None, None)
    renamed = await page.patch(address, {"name": "Yours", "fallbacks": [{"provider": "demo", "model": "demo"}]})
    assert (renamed.json["name"], renamed.json["rev"], renamed.json["fallbacks"]) == ("Yours", 2, [{"provider": "demo", "model": "demo"}])
    assert [item["name"] for item in (await page.get("/api/providers")).json["items"]] == ["Yours", "Demo"]
    assert (await page.delete(address)).status == 204
    assert ((await page.get(address)).status, (await page.get(address)).code) == (404, "provider_not_found")


async def test_models_with_slashes_in_their_names_are_changed_and_added(bench: Bench, upstream: Upstream) -> None:
    page = await browser(bench)
    address = "/api/providers/demo/models"
    added = await page.send("PUT", f"{address}/org/my-model:1", {"name": "Mine", "capabilities": {"tools": True}})
    assert (added.status, added.json["id"], added.json["capabilities"]["tools"]) == (200, "org/my-model:1", True)
    changed = await page.patch(f"{address}/org/my-model:1", {"enabled": False, "capabilities": {"vision": False}})
    capabilities = changed.json["capabilities"]
    assert (changed.json["enabled"], capabilities["tools"], capabilities["vision"]) == (False, True, False)
    assert (await page.patch(f"{address}/nope", {"enabled": True})).code == "model_unknown"
    assert "org/my-model:1" in [item["id"] for item in (await page.get(address)).json["items"]]


async def test_everybody_sees_the_models_that_are_offered_and_nobody_else_the_providers(make_bench: MakeBench, upstream: Upstream) -> None:
    bench = make_bench(EnvProvider(id="openai", kind="openai", name="OpenAI", base_url=upstream.url))
    page = await browser(bench, "member")
    models = (await page.get("/api/models")).json
    first = models["items"][0]
    assert (first["provider"], first["id"], first["demo"]) == ("demo", "demo", True)
    assert models["default"] == {"provider": "demo", "model": "demo"}
    assert models["items"][0]["capabilities"]["continuation"] == "trailing"
    for path in ("/api/providers", "/api/providers/demo", "/api/providers/demo/models"):
        assert (await page.get(path)).code == "administrator_required"
    assert (await page.post("/api/providers/demo/test", {})).status == 403
    stranger = Browser(page.app, host="localhost:3210", peer="127.0.0.1", own_page=True)
    assert (await stranger.get("/api/models")).status == 401


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"kind": "openai"}, "invalid_request"),
        ({"kind": "openai", "name": "X", "rights": 1}, "invalid_request"),
        ({"kind": "magic", "name": "X"}, "invalid_request"),
        ({"kind": "demo", "name": "X"}, "provider_kind_unfit"),
        ({"kind": "openai", "name": "X", "base_url": "http://169.254.169.254/"}, "address_refused"),
        ({"kind": "openai", "name": "X", "id": "Not An Id"}, "invalid_request"),
    ],
)
async def test_what_is_no_provider_is_refused(bench: Bench, body: dict[str, Any], code: str) -> None:
    answer = await (await browser(bench)).post("/api/providers", body)
    assert (answer.status, answer.code) == (422, code)


async def test_conflicts_say_what_to_do(make_bench: MakeBench, upstream: Upstream) -> None:
    bench = make_bench(EnvProvider(id="openai", kind="openai", name="OpenAI", base_url=upstream.url, keys=("sk-secret-never-shown",)))
    page = await browser(bench)
    assert (await page.patch("/api/providers/openai", {"keys": ["other"]})).code == "provider_declared"
    assert (await page.delete("/api/providers/openai")).status == 409
    assert (await page.post("/api/providers", {"id": "openai", "kind": "openai", "name": "X"})).code == "provider_exists"
    page.headers["if-match"] = '"41"'
    assert (await page.patch("/api/providers/openai", {"enabled": False})).code == "provider_changed"
    assert "never-shown" not in json.dumps((await page.get("/api/providers")).json).replace("…hown", "")


async def test_a_provider_that_fails_is_a_problem_with_its_own_words(bench: Bench, upstream: Upstream) -> None:
    page = await browser(bench)
    made = await page.post("/api/providers", {"id": "mine", "kind": "openai", "name": "Mine", "base_url": upstream.url})
    assert made.status == 201
    upstream.will(Answer(b'{"error":{"message":"no such key"}}', 401))
    failed = await page.post("/api/providers/mine/discover", {})
    assert (failed.status, failed.code, failed.json["provider_message"]) == (502, "provider_auth", "no such key")
    tested = (await page.post("/api/providers/mine/test", {"model": "m"})).json
    assert (tested["ok"], tested["error"]["code"], tested["error"]["message"]) == (False, "provider_auth", "no such key")


async def test_the_demo_passes_the_test_and_the_probe(bench: Bench) -> None:
    page = await browser(bench)
    tested = (await page.post("/api/providers/demo/test", {"model": "demo-echo", "continuation": True})).json
    assert (tested["ok"], tested["continuation"]) == (True, "trailing")
