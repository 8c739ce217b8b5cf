"""The whole application: probes, the page, and what is neither."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from portico.app import build_app
from portico.settings import Data, Database, Secrets, Server, Settings
from portico.wiring import Portico, build
from tests.asgi import Browser

READY = ("/health", "/readyz", "/ready", "/healthz")
LIVE = ("/livez", "/health/live")


@dataclass
class House:
    portico: Portico
    browser: Browser


@pytest.fixture
async def house(tmp_path: Path, sqlite_template: Path) -> AsyncIterator[House]:
    """An application that has been built and not started."""
    shutil.copy(sqlite_template, tmp_path / "portico.db")
    database = Database(url=f"sqlite:///{tmp_path / 'portico.db'}")
    settings = Settings(server=Server(base_path="/chat"), data=Data(dir=tmp_path), database=database, secrets=Secrets(keys=("k" * 43,)))
    portico = await build(settings)
    yield House(portico, Browser(build_app(portico)))
    await portico.process.stop()
    await portico.close()


async def statuses(browser: Browser, paths: tuple[str, ...]) -> set[int]:
    return {(await browser.get(path)).status for path in paths}


async def test_before_its_first_heartbeat_a_process_lives_and_is_not_ready(house: House) -> None:
    assert await statuses(house.browser, LIVE) == {200}
    assert await statuses(house.browser, (*READY, "/startupz")) == {503}
    assert (await house.browser.get("/health")).json["status"] == "starting"


async def test_a_started_process_is_ready_and_says_which_one_it_is(house: House) -> None:
    await house.portico.process.start()
    answer = await house.browser.get("/readyz")
    assert await statuses(house.browser, (*READY, *LIVE, "/startupz")) == {200}
    assert answer.headers["x-portico-process"] == house.portico.process.id


async def test_probes_answer_below_the_base_path_too(house: House) -> None:
    await house.portico.process.start()
    assert await statuses(house.browser, ("/chat/readyz", "/chat/livez")) == {200}


async def test_a_draining_process_takes_no_more_work_and_stays_alive(house: House) -> None:
    await house.portico.process.start()
    draining = asyncio.create_task(house.portico.process.drain(0), name="drain")
    await draining
    assert await statuses(house.browser, READY) == {503}
    assert await statuses(house.browser, (*LIVE, "/startupz")) == {200}


async def test_every_address_that_is_no_file_is_the_page(house: House) -> None:
    answer = await house.browser.get("/chat/conversations/some-id")
    assert (answer.status, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", ["/chat/assets/gone-123.js", "/chat/frame/unknown", "/chat/frame/..%2findex", "/chat/api/nothing"])
async def test_what_is_not_there_is_a_problem_with_a_code(house: House, path: str) -> None:
    answer = await house.browser.get(path)
    assert (answer.status, answer.code) == (404, "route_not_found")


async def test_the_version_needs_no_sign_in(house: House) -> None:
    answer = await house.browser.get("/chat/api/version")
    assert answer.json["name"] == "Portico"


async def test_the_page_of_a_new_instance_is_told_to_set_up(house: House) -> None:
    boot = (await house.browser.get("/chat/api/session")).json
    assert (boot["setup"]["required"], boot["user"], boot["base_path"]) == (True, None, "/chat")
