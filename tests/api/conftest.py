"""A whole instance in this process, over a real store, with the demo model."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from portico.app import build_app
from portico.settings import load, prepare
from portico.wiring import Portico, build
from tests.asgi import App, Browser

PASSWORD = "correct horse battery"
ACCESS_CODE = "sesame"


def environment(store_url: str, data_dir: Path) -> dict[str, str]:
    """Settings under which a test may do in a second what people do in a day."""
    return {
        "DATABASE_URL": store_url,
        "PORTICO_DATA_DIR": str(data_dir),
        "PORTICO_SECRET_KEY": "0123456789abcdef0123456789abcdef",
        "PORTICO_PASSWORD_MEMORY_KIB": "8",
        "PORTICO_FIND_OLLAMA": "0",
        "ACCESS_CODE": ACCESS_CODE,
        "PORTICO_LOGINS_PER_MINUTE": "10000",
        "PORTICO_RUNS_PER_MINUTE": "100000",
        "PORTICO_RUNS_PER_USER": "10000",
        "PORTICO_UPLOADS_PER_HOUR": "100000",
        "PORTICO_ADMIN_PER_MINUTE": "100000",
    }


@dataclass
class Instance:
    """The running instance, its application, and browsers that are signed in."""

    portico: Portico
    app: App

    def browser(self, *, own_page: bool = True) -> Browser:
        return Browser(self.app, own_page=own_page)

    async def set_up(self) -> Browser:
        """Make the administrator and return the browser that did it."""
        browser = self.browser()
        answer = await browser.post("/api/setup", {"email": "root@example.org", "name": "Root", "password": PASSWORD})
        assert answer.status == 201, answer.body
        return browser

    async def member(self, root: Browser, name: str) -> Browser:
        """Make an account and sign in to it."""
        account = {"email": f"{name}@example.org", "password": PASSWORD}
        assert (await root.post("/api/users", {**account, "name": name, "role": "member"})).status == 201
        browser = self.browser()
        assert (await browser.post("/api/session", account)).status == 200
        return browser

    async def guest(self) -> Browser:
        browser = self.browser()
        assert (await browser.post("/api/session", {"access_code": ACCESS_CODE})).status == 200
        return browser

    async def program(self, owner: Browser, *scopes: str) -> Browser:
        """A client with an API key of the owner's, and no page."""
        made = await owner.post("/api/keys", {"name": "program", "scopes": list(scopes)})
        assert made.status == 201, made.body
        program = self.browser(own_page=False)
        program.headers["authorization"] = f"Bearer {made.json['secret']}"
        return program


@pytest.fixture
async def instance(store_url: str, tmp_path: Path) -> AsyncIterator[Instance]:
    portico = await build(prepare(load(environment(store_url, tmp_path))))
    await portico.services.accounts.start()
    await portico.process.start()
    yield Instance(portico, build_app(portico))
    await portico.process.drain(0)
    await portico.process.stop()
    await portico.close()
