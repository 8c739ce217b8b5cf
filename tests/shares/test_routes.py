"""Share links over HTTP, through the whole application."""

import json
import logging
import re
from typing import Any

import pytest

from portico.app import STATIC
from portico.ids import new_id
from tests.api.conftest import Instance, instance
from tests.api.world import ask

__all__ = ["instance"]


async def test_a_link_is_made_listed_read_changed_and_taken_back(instance: Instance) -> None:
    root = await instance.set_up()
    conversation, stranger = new_id(), instance.browser()
    asked = await ask(root, conversation)
    made = await root.post(f"/api/conversations/{conversation}/shares", {"days": 1, "show_name": True})
    assert (made.status, made.json["leaf"], made.json["messages"]) == (201, asked["assistant"], 2)
    assert (await root.get("/api/shares")).json["items"] == (await root.get(f"/api/conversations/{conversation}/shares")).json["items"]
    read = await stranger.get(f"/api/shared/{made.json['path'][3:]}")
    assert (read.status, read.json["author"], [item["role"] for item in read.json["messages"]]) == (200, "Root", ["user", "assistant"])
    assert read.headers["x-robots-tag"].startswith("noindex")
    assert read.headers["cache-control"] == "no-store"
    changed = await root.patch(f"/api/shares/{made.json['id']}", {"days": None, "show_name": False})
    assert (changed.json["expires"], changed.json["show_name"]) == (None, False)
    assert (await root.delete(f"/api/shares/{made.json['id']}")).status == 204
    gone = await stranger.get(f"/api/shared/{made.json['path'][3:]}")
    assert (gone.status, gone.code) == (404, "share_gone")


async def test_a_guest_shares_nothing(instance: Instance) -> None:
    await instance.set_up()
    guest, conversation = await instance.guest(), new_id()
    await ask(guest, conversation)
    assert (await guest.post(f"/api/conversations/{conversation}/shares", {})).status == 403


async def test_a_list_goes_on_behind_its_cursor(instance: Instance) -> None:
    root, conversation = await instance.set_up(), new_id()
    await ask(root, conversation)
    ids = [(await root.post(f"/api/conversations/{conversation}/shares", {})).json["id"] for _ in range(3)]
    first = (await root.get("/api/shares?limit=2")).json
    rest = (await root.get(f"/api/shares?limit=2&cursor={first['next']}")).json
    assert [item["id"] for item in first["items"] + rest["items"]] == ids[::-1]
    assert rest["next"] is None


async def test_the_secret_of_a_link_stays_out_of_the_log(instance: Instance, caplog: pytest.LogCaptureFixture) -> None:
    await instance.set_up()
    caplog.set_level(logging.INFO, logger="portico.access")
    await instance.browser().get("/api/shared/a-very-secret-token")
    await instance.browser().get("/s/a-very-secret-token")
    paths = [getattr(record, "path", "") for record in caplog.records]
    assert {"/api/shared/...", "/s/..."} <= set(paths)


@pytest.mark.skipif(not (STATIC / "share.html").is_file(), reason="the page is not built")
async def test_the_page_of_a_link_holds_what_it_shows_and_nothing_of_who_asks(instance: Instance) -> None:
    root, conversation = await instance.set_up(), new_id()
    await ask(root, conversation, "/rate 0\n/echo </script><b>bold")
    path = (await root.post(f"/api/conversations/{conversation}/shares", {})).json["path"]
    page = await root.get(path, **{"accept-language": "zh-CN"})
    boot = boot_of(page.body)
    assert (page.status, boot["state"], len(boot["shared"]["messages"])) == (200, "shown", 2)
    assert "user" not in boot
    assert b'lang="zh-CN"' in page.body
    policy = page.headers["content-security-policy"]
    assert "trusted-types 'none'" in policy
    assert (page.headers["cache-control"], page.headers["referrer-policy"]) == ("no-store", "no-referrer")
    assert page.headers["x-robots-tag"].startswith("noindex")
    gone = await root.get("/s/never-was")
    assert (gone.status, boot_of(gone.body)["state"], boot_of(gone.body)["shared"]) == (404, "share_gone", None)


def boot_of(page: bytes) -> Any:
    found = re.search(rb'id="boot"[^>]*>(.*?)</script>', page, re.DOTALL)
    assert found is not None
    return json.loads(found[1])
