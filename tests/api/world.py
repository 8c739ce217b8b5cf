"""The objects of one person, made through the API, and every operation that the API describes."""

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass

from portico.ids import new_id
from tests.api.conftest import Instance
from tests.asgi import Answer, Browser

UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})


@dataclass(frozen=True)
class Operation:
    """One method on one address of the API; `path` has its parameters in braces, `is_open` says that nobody need be signed in."""

    method: str
    path: str
    has_body: bool
    is_open: bool
    statuses: frozenset[str]

    @property
    def parameters(self) -> tuple[str, ...]:
        return tuple(re.findall(r"\{(\w+)\}", self.path))

    def address(self, ids: Mapping[str, str]) -> str:
        return self.path.format_map(ids)

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


async def operations(browser: Browser) -> list[Operation]:
    """Read them from the description that clients get."""
    described = (await browser.get("/api/openapi.json")).json
    return [
        Operation(method.upper(), path, "requestBody" in operation, "security" not in operation, frozenset(operation["responses"]))
        for path, item in described["paths"].items()
        for method, operation in item.items()
        if method != "parameters"
    ]


async def demo_model(browser: Browser) -> dict[str, str]:
    """The first model of the demo provider."""
    models = (await browser.get("/api/models")).json["items"]
    found = next(model for model in models if model["demo"])
    return {"provider": found["provider"], "model": found["id"]}


async def finished_run(browser: Browser, run: str) -> None:
    for _ in range(1000):
        if (await browser.get(f"/api/runs/{run}")).json["state"] in {"done", "failed", "cancelled", "interrupted"}:
            return
        await asyncio.sleep(0.02)
    raise TimeoutError(run)


async def ask(browser: Browser, conversation: str, text: str = "/rate 0\n/echo Hello") -> dict[str, str]:
    """Send a message into a conversation, wait for the answer and return the ids."""
    body = {
        "id": new_id(),
        "parent": None,
        "parts": [{"type": "text", "text": text}],
        "model": await demo_model(browser),
        "conversation": {"title": "Mine"},
    }
    answer = await browser.post(f"/api/conversations/{conversation}/messages", body)
    assert answer.status == 202, answer.body
    await finished_run(browser, answer.json["run"]["id"])
    return {"message": answer.json["message"]["id"], "assistant": answer.json["assistant"]["id"], "run": answer.json["run"]["id"]}


async def upload(browser: Browser, content: bytes = b"some text") -> str:
    """Upload a small file and return its id."""
    file = new_id()
    made = await browser.post("/api/files", {"id": file, "name": "note.txt", "size": len(content), "media_type": "text/plain"})
    assert made.status == 201, made.body
    part = await browser.send("PUT", f"/api/files/{file}/parts/0", content, headers={"content-type": "application/octet-stream"})
    assert part.status == 204, part.body
    assert (await browser.send("POST", f"/api/files/{file}")).status == 200
    return file


async def folder(browser: Browser, conversation: str) -> str:
    """Make a folder with this conversation in it and return its id."""
    made = new_id()
    assert (await browser.send("PUT", f"/api/folders/{made}", {"name": "Mine"})).status == 201
    assert (await browser.patch(f"/api/conversations/{conversation}", {"folder": made})).json["folder"] == made
    return made


async def objects_of(browser: Browser, instance: Instance) -> dict[str, str]:
    """Make one object of each kind for the person in `browser`; the names are those of the path parameters."""
    conversation = new_id()
    asked = await ask(browser, conversation)
    share = await browser.post(f"/api/conversations/{conversation}/shares", {})
    assert share.status == 201, share.body
    key = await browser.post("/api/keys", {"name": "mine", "scopes": ["read"]})
    sessions = (await browser.get("/api/sessions")).json["items"]
    boot = (await browser.get("/api/session")).json
    return {
        "conversation_id": conversation,
        "folder_id": await folder(browser, conversation),
        "message_id": asked["message"],
        "assistant_id": asked["assistant"],
        "run_id": asked["run"],
        "call": "call_1",
        "share_id": share.json["id"],
        "invitation_id": new_id(),
        "token": "no-such-secret",
        "shared_file_id": new_id(),
        "file_id": await upload(browser),
        "n": "0",
        "key_id": key.json["key"]["id"],
        "session_id": sessions[0]["id"],
        "user_id": boot["user"]["id"],
        "provider_id": "demo",
        "model_id": "demo",
    }


def bodies(ids: Mapping[str, str], model: Mapping[str, str]) -> dict[str, object]:
    """A valid body for every operation that takes one, so that nothing but the right decides."""
    parts = [{"type": "text", "text": "Hello"}]
    return {
        "PUT /api/conversations/{conversation_id}": {"title": "taken"},
        "PATCH /api/conversations/{conversation_id}": {"title": "taken", "pinned": True, "archived": True},
        "POST /api/conversations/select": {"ids": [ids["conversation_id"]], "action": "delete"},
        "PUT /api/folders/{folder_id}": {"name": "taken"},
        "PATCH /api/folders/{folder_id}": {"name": "taken", "position": 0},
        "POST /api/conversations/{conversation_id}/branch": {"message": ids["message_id"]},
        "POST /api/conversations/{conversation_id}/shares": {"days": 1},
        "PATCH /api/shares/{share_id}": {"days": 1},
        "POST /api/conversations/{conversation_id}/messages": {"id": new_id(), "parent": None, "parts": parts, "model": model},
        "POST /api/messages/{message_id}/edit": {"id": new_id(), "parts": parts, "model": model},
        "POST /api/messages/{message_id}/regenerate": {"id": new_id()},
        "POST /api/runs/{run_id}/continue": {"id": new_id()},
        "POST /api/runs/{run_id}/approvals/{call}": {"approve": True},
        "PUT /api/files/{file_id}/parts/{n}": b"taken over",
        "PATCH /api/users/{user_id}": {"name": "taken"},
        "POST /api/users/bulk": {"ids": [ids["user_id"]], "status": "suspended"},
        "POST /api/users/me/email": {"email": "taken@example.org", "current": "wrong password"},
        "POST /api/users/me/delete": {"current": "wrong password", "confirm": "x@example.org"},
        "POST /api/invitations": {"email": "x@example.org", "role": "admin"},
        "POST /api/invited/{token}": {"password": "a new long password"},
        "POST /api/users": {"email": "x@example.org", "name": "x", "password": "correct horse battery", "role": "admin"},
        "PATCH /api/settings/instance": {"name": "taken"},
        "POST /api/providers": {"kind": "openai", "name": "taken", "base_url": "https://model.example"},
        "PATCH /api/providers/{provider_id}": {"name": "taken"},
        "POST /api/providers/{provider_id}/test": {},
        "PATCH /api/providers/{provider_id}/models/{model_id}": {"name": "taken"},
        "PUT /api/providers/{provider_id}/models/{model_id}": {"name": "taken"},
        "POST /api/session": {"email": "nobody@example.org", "password": "wrong password"},
        "POST /api/setup": {"email": "x@example.org", "name": "x", "password": "correct horse battery"},
        "PATCH /api/settings": {"theme": "dark"},
        "POST /api/files": {"id": new_id(), "name": "x.txt", "size": 1, "media_type": "text/plain"},
        "POST /api/keys": {"name": "x", "scopes": ["read"]},
        "POST /api/users/me/password": {"current": "wrong password", "new": "a new long password"},
    }


async def send(browser: Browser, operation: Operation, ids: Mapping[str, str], model: Mapping[str, str]) -> Answer:
    body = bodies(ids, model)
    assert not operation.has_body or str(operation) in body, f"{operation}: give it a valid body here, in tests/api/world.py"
    return await browser.send(operation.method, operation.address(ids), body.get(str(operation)))
