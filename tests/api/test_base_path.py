"""The whole application below a path, behind a proxy that speaks https."""

import shutil
from pathlib import Path

from portico.app import build_app
from portico.settings import load, prepare
from portico.wiring import build
from tests.api.conftest import PASSWORD, environment
from tests.asgi import Browser


async def test_below_a_path_the_session_belongs_to_that_path(sqlite_template: Path, tmp_path: Path) -> None:
    shutil.copy(sqlite_template, tmp_path / "portico.db")
    served = {"PORTICO_BASE_PATH": "/chat", "PORTICO_TRUSTED_HOPS": "1"}
    portico = await build(prepare(load({**environment(f"sqlite:///{tmp_path / 'portico.db'}", tmp_path), **served})))
    token = (await portico.services.accounts.start()).token
    browser = Browser(build_app(portico), host="chat.example.org", peer="10.0.0.1")
    browser.headers |= {"x-forwarded-proto": "https", "x-forwarded-host": "chat.example.org", "x-forwarded-for": "203.0.113.9"}
    root = {"email": "root@example.org", "name": "Root", "password": PASSWORD}
    assert (await browser.post("/chat/api/setup", root)).code == "setup_token_required"
    made = await browser.post("/chat/api/setup", {**root, "token": token})
    assert made.status == 201, made.body
    name, _, rest = made.set_cookie[0].partition("=")
    assert name.startswith("__Secure-portico-")
    assert {"Path=/chat", "Secure", "HttpOnly", "SameSite=lax"} <= set(rest.split("; "))
    sessions = (await browser.get("/chat/api/sessions")).json["items"]
    assert [session["address"] for session in sessions] == ["203.0.113.9"]
    assert (await browser.send("POST", "/chat/api/keys", {}, headers={"sec-fetch-site": "same-site"})).code == "cross_site_request"
    await portico.close()
