"""Every operation of the API against every principal whom its object does not belong to. A new operation joins by itself."""

from collections.abc import Mapping

import pytest

from portico.ids import FileId, RunId, new_id
from portico.runs.stream import Cursor
from tests.api.conftest import Instance
from tests.api.world import UNSAFE, Operation, ask, bodies, demo_model, objects_of, operations, send
from tests.asgi import Browser

pytestmark = pytest.mark.slow
PUBLIC = {
    "GET /api/session",
    "POST /api/session",
    "DELETE /api/session",
    "POST /api/setup",
    "GET /api/version",
    "GET /api/shared/{token}",
    "GET /api/shared/{token}/files/{shared_file_id}",
    "GET /api/invited/{token}",
    "POST /api/invited/{token}",
}
"""Answers without anybody signed in."""
OWN = {
    "GET /api/conversations",
    "GET /api/events",
    "GET /api/files",
    "GET /api/folders",
    "GET /api/images",
    "GET /api/keys",
    "GET /api/models",
    "GET /api/search",
    "GET /api/sessions",
    "GET /api/settings",
    "GET /api/shares",
    "GET /api/sync",
    "GET /api/usage",
    "GET /api/users/administrators",
    "PATCH /api/settings",
    "POST /api/conversations/select",
    "POST /api/files",
    "POST /api/keys",
    "POST /api/users/me/password",
    "POST /api/users/me/email",
    "POST /api/users/me/delete",
    "GET /api/export",
    "DELETE /api/sessions",
}
"""Names no object: acts on what is the caller's own, or tells members whom to ask."""
ADMIN = {
    "GET /api/users",
    "POST /api/users",
    "POST /api/users/bulk",
    "POST /api/users/{user_id}/password-link",
    "GET /api/invitations",
    "POST /api/invitations",
    "GET /api/settings/instance",
    "PATCH /api/settings/instance",
    "GET /api/providers",
    "POST /api/providers",
}
"""For administrators; so is everything with a provider in its address."""
OWNED = {"conversation_id", "folder_id", "message_id", "run_id", "file_id", "key_id", "session_id", "user_id", "share_id"}
ADMINISTERED = {"provider_id", "invitation_id"}
INNER = {"call", "n", "model_id", "token", "shared_file_id"}
"""Parameters that name a part of the object before them, or are the secret of a link, which is all that it takes."""
SESSION_ONLY = {"DELETE /api/keys/{key_id}"}
"""An API key is refused (403) whatever the object is."""
ADMIN_MAY = {"PATCH /api/users/{user_id}"}


def classify(operation: Operation) -> str:
    """Say which rule the operation falls under; an operation without a rule is a fault of whoever added it."""
    assert operation.is_open == (str(operation) in PUBLIC), f"{operation}: its description and this file disagree on whether it is public"
    parameters = set(operation.parameters)
    unknown = parameters - OWNED - ADMINISTERED - INNER
    assert not unknown, f"{operation}: say in this file whose objects {sorted(unknown)} are"
    if parameters & ADMINISTERED or str(operation) in ADMIN:
        return "admin"
    if parameters & OWNED:
        return "object"
    if str(operation) in PUBLIC:
        return "public"
    assert str(operation) in OWN, f"{operation}: say in this file who may do this"
    return "own"


def expected(operation: Operation, rule: str, principal: str) -> tuple[int, str | None]:
    """The status, and the code where it is part of the contract."""
    if principal == "nobody":
        return (401, "unauthenticated")
    if rule == "admin":
        return (403, "scope_missing" if principal.startswith("root") else "administrator_required")
    if principal == "owner's reading key":
        return (403, None)
    if principal == "root's chat key" and str(operation) in ADMIN_MAY:
        return (403, "scope_missing")
    if principal.endswith("key") and str(operation) in SESSION_ONLY:
        return (403, "session_required")
    return (404, None)


async def test_an_object_of_somebody_else_does_not_exist_for_any_foreign_principal(instance: Instance) -> None:
    root = await instance.set_up()
    ada, bob = await instance.member(root, "ada"), await instance.member(root, "bob")
    ids, model = await objects_of(ada, instance), await demo_model(ada)
    foreign = {
        "member": bob,
        "guest": await instance.guest(),
        "member's key": await instance.program(bob, "chat"),
        "owner's reading key": await instance.program(ada, "read"),
        "root": root,
        "root's chat key": await instance.program(root, "chat"),
        "nobody": instance.browser(),
    }
    before = await snapshot(ada, ids)
    wrong: list[str] = []
    for operation in await operations(root):
        rule = classify(operation)
        for principal, browser in foreign.items():
            if skipped(operation, rule, principal):
                continue
            answer = await send(browser, operation, ids, model)
            status, code = expected(operation, rule, principal)
            if answer.status != status or (code and answer.code != code):
                wrong.append(f"{operation} as {principal}: {answer.status} {answer.body[:120]!r}, not {status} {code or ''}")
            if str(answer.status) not in operation.statuses:
                wrong.append(f"{operation} as {principal}: {answer.status} is not in its description")
    assert not wrong, "\n".join(wrong)
    assert await snapshot(ada, ids) == before


def skipped(operation: Operation, rule: str, principal: str) -> bool:
    """Say whether the principal is not foreign to the operation."""
    if rule == "public" or (rule == "own" and principal != "nobody"):
        return True
    if principal == "owner's reading key":
        return rule != "object" or operation.method not in UNSAFE
    return principal == "root" and (rule == "admin" or str(operation) in ADMIN_MAY)


async def snapshot(owner: Browser, ids: Mapping[str, str]) -> list[object]:
    """What the owner sees of everything; must not have changed."""
    addresses = (
        f"/api/conversations/{ids['conversation_id']}",
        f"/api/conversations/{ids['conversation_id']}/messages",
        "/api/folders",
        f"/api/runs/{ids['run_id']}",
        f"/api/files/{ids['file_id']}",
        "/api/keys",
        "/api/sessions",
        "/api/shares",
    )
    seen: list[object] = [(await owner.get(address)).json for address in addresses]
    seen.append((await owner.get(f"/api/files/{ids['file_id']}/content")).body)
    return [without_use(item) for item in seen]


def without_use(value: object) -> object:
    """Leave out when something was last used: looking changes that."""
    if isinstance(value, dict):
        return {key: without_use(item) for key, item in value.items() if key != "last_used"}
    return [without_use(item) for item in value] if isinstance(value, list) else value


async def test_a_foreign_object_cannot_be_told_from_one_that_never_was(instance: Instance) -> None:
    root = await instance.set_up()
    ada, bob = await instance.member(root, "ada"), await instance.member(root, "bob")
    ids, model = await objects_of(ada, instance), await demo_model(ada)
    unknown = {name: new_id() if name in OWNED else value for name, value in ids.items()}
    differing: list[str] = []
    for operation in await operations(root):
        if classify(operation) != "object" or (operation.method == "PUT" and {"conversation_id", "folder_id"} & set(operation.parameters)):
            continue  # PUT makes a conversation, or a folder, of an id that nobody has
        if str(operation) == "POST /api/conversations/{conversation_id}/messages":
            continue  # and so may the first message
        theirs, nobodys = await send(bob, operation, ids, model), await send(bob, operation, unknown, model)
        if [(answer.status, answer.json["code"], answer.json["detail"]) for answer in (theirs, nobodys)].count(
            (theirs.status, theirs.json["code"], theirs.json["detail"])
        ) != 2:
            differing.append(f"{operation}: {theirs.body[:120]!r} is not {nobodys.body[:120]!r}")
    assert not differing, "\n".join(differing)


async def test_no_body_or_query_reaches_an_object_of_somebody_else(instance: Instance) -> None:
    root = await instance.set_up()
    ada, bob = await instance.member(root, "ada"), await instance.member(root, "bob")
    ids, model = await objects_of(ada, instance), await demo_model(ada)
    mine = new_id()
    own = await ask(bob, mine)
    text = {"type": "text", "text": "x"}
    send_to = f"/api/conversations/{mine}/messages"
    answers = {
        "parent": await bob.post(send_to, {"id": new_id(), "parent": ids["assistant_id"], "parts": [text], "model": model}),
        "branch": await bob.post(f"/api/conversations/{mine}/branch", {"message": ids["message_id"]}),
        "leaf": await bob.get(f"/api/conversations/{mine}/messages?leaf={ids['message_id']}"),
        "folder": await bob.patch(f"/api/conversations/{mine}", {"folder": ids["folder_id"]}),
        "folder at the beginning": await bob.send("PUT", f"/api/conversations/{new_id()}", {"folder": ids["folder_id"]}),
        "folder of a first message": await bob.post(
            f"/api/conversations/{new_id()}/messages",
            {"id": new_id(), "parts": [text], "model": model, "conversation": {"folder": ids["folder_id"]}},
        ),
        "folder of a list": await bob.get(f"/api/conversations?folder={ids['folder_id']}"),
        "folder of many": await bob.post("/api/conversations/select", {"ids": [mine], "action": "move", "folder": ids["folder_id"]}),
        "taken id": await bob.post(send_to, {"id": ids["message_id"], "parent": own["assistant"], "parts": [text], "model": model}),
    }
    got = {name: answer.status for name, answer in answers.items()}
    assert got == {name: 409 if name == "taken id" else 404 for name in answers}
    for action in ("archive", "pin", "move", "delete", "restore"):
        selected = await bob.post("/api/conversations/select", {"ids": [ids["conversation_id"]], "action": action})
        assert (selected.json["items"], selected.json["missing"]) == ([], [ids["conversation_id"]])
    theirs = (await ada.get(f"/api/conversations/{ids['conversation_id']}")).json
    assert (theirs["archived"], theirs["pinned"], theirs["folder"]) == (False, False, ids["folder_id"])
    found = (await bob.get("/api/search?q=Hello")).json["items"]
    assert {hit["conversation"] for hit in found} <= {mine}


async def test_neither_a_stream_nor_a_prompt_takes_in_an_object_of_somebody_else(instance: Instance) -> None:
    root = await instance.set_up()
    ada, bob = await instance.member(root, "ada"), await instance.member(root, "bob")
    ids = await objects_of(ada, instance)
    services = instance.portico.services
    identity = await services.accounts.sessions.find(bob.cookies["portico"])
    assert identity is not None
    viewer = await services.streams.open(identity.principal, [Cursor(RunId(ids["run_id"]), None)], sync=True, since=None)
    assert not viewer.watches
    assert await services.files.load(identity.user.id, FileId(ids["file_id"])) is None


async def test_no_other_site_reaches_any_operation_with_the_persons_cookie(instance: Instance) -> None:
    root = await instance.set_up()
    ids, model = await objects_of(root, instance), await demo_model(root)
    wrong: list[str] = []
    for operation in await operations(root):
        if operation.method not in UNSAFE:
            continue
        body = bodies(ids, model).get(str(operation))
        for site in ("cross-site", "same-site", "none"):
            answer = await root.send(operation.method, operation.address(ids), body, headers={"sec-fetch-site": site})
            if (answer.status, answer.json["code"]) != (403, "cross_site_request"):
                wrong.append(f"{operation} from {site}: {answer.status}")
    assert not wrong, "\n".join(wrong)
    assert (await root.get("/api/session")).json["user"] is not None
