"""Rights end open streams, not only new requests."""

import asyncio
import time

import pytest

from tests.api.conftest import Instance
from tests.asgi import Browser, Message

CHECKED_EVERY_S = 5.0


async def watch(browser: Browser) -> asyncio.Task[None]:
    """Open the stream of events and keep it open; return once it has begun."""
    began = asyncio.Event()
    scope = browser._scope("GET", "/api/events", b"", {})
    inbox: list[Message] = [{"type": "http.request", "body": b"", "more_body": False}]

    async def receive() -> Message:
        if inbox:
            return inbox.pop()
        await asyncio.Event().wait()
        raise AssertionError("unreachable")

    async def send(message: Message) -> None:
        if message["type"] == "http.response.body":
            began.set()

    async def stay() -> None:
        await browser.app(scope, receive, send)

    task = asyncio.create_task(stay(), name="watch")
    await began.wait()
    return task


@pytest.mark.slow
@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
async def test_suspending_a_user_and_revoking_a_key_end_their_streams_within_the_check(instance: Instance) -> None:
    root = await instance.set_up()
    ada, bob = await instance.member(root, "ada"), await instance.member(root, "bob")
    program = await instance.program(bob, "read")
    of_ada, of_key, of_bob = await watch(ada), await watch(program), await watch(bob)
    user = (await ada.get("/api/session")).json["user"]["id"]
    key = (await bob.get("/api/keys")).json["items"][0]["id"]
    began = time.monotonic()
    assert (await root.patch(f"/api/users/{user}", {"status": "suspended"})).status == 200
    assert (await bob.delete(f"/api/keys/{key}")).status == 204
    async with asyncio.timeout(CHECKED_EVERY_S + 3):
        await asyncio.gather(of_ada, of_key)
    assert time.monotonic() - began < CHECKED_EVERY_S + 2
    assert not of_bob.done()
    of_bob.cancel()
    await asyncio.gather(of_bob, return_exceptions=True)
