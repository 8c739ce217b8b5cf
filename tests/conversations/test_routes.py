import msgspec

from portico.conversations.models import Finished, ImagePart, MessageUsage, TextPart
from portico.conversations.shapes import ConversationShape, MessageShape
from portico.ids import new_id
from tests.asgi import Answer, Browser
from tests.conversations.conftest import EXPORTS_PER_HOUR, MODEL, Office


async def put(browser: Browser, conversation_id: str, **body: object) -> Answer:
    return await browser.send("PUT", f"/api/conversations/{conversation_id}", body)


async def test_a_conversation_is_made_once_under_the_client_s_id(office: Office) -> None:
    ada, _ = await office.browser("ada")
    conversation_id = new_id()
    made = await put(ada, conversation_id, title="Plan", model={"provider": "demo", "model": "tour"})
    again = await put(ada, conversation_id)
    assert (made.status, again.status) == (201, 200)
    assert made.json == again.json
    ConversationShape.model_validate_json(made.body, strict=True, extra="forbid")
    assert made.json["model"] == {"provider": "demo", "model": "tour"}


async def test_an_id_that_is_no_uuid7_and_unknown_fields_are_refused(office: Office) -> None:
    ada, _ = await office.browser("ada")
    assert (await put(ada, "not-an-id")).code == "bad_id"
    assert (await put(ada, new_id(), owner="me")).status == 422
    assert (await put(ada, new_id(), title="x" * 201)).status == 422
    assert (await put(ada, new_id(), title="a\0b")).status == 422


async def test_nobody_reaches_somebody_else_s_conversation_by_any_route(office: Office) -> None:
    _, desk = await office.browser("ada")
    bob, _ = await office.browser("bob")
    conversation = await desk.start("Secret")
    message = (await desk.say(conversation, "Secret")).message
    base = f"/api/conversations/{conversation}"
    answers = [
        await put(bob, conversation),
        await bob.get(base),
        await bob.patch(base, {"title": "Mine"}),
        await bob.delete(base),
        await bob.post(f"{base}/restore"),
        await bob.get(f"{base}/messages"),
        await bob.post(f"{base}/branch", {"message": message.id}),
        await bob.get(f"{base}/export"),
    ]
    assert [answer.code for answer in answers] == ["conversation_not_found"] * 8
    assert (await bob.get("/api/conversations")).json == {"items": [], "next": None}
    assert (await bob.get("/api/search?q=secret")).json == {"items": [], "next": None}


async def test_the_list_goes_on_at_its_cursor(office: Office) -> None:
    ada, desk = await office.browser("ada")
    made = {await desk.start(f"c{number}") for number in range(5)}
    seen: list[str] = []
    path = "/api/conversations?limit=2"
    cursor = None
    while True:
        listed = (await ada.get(path + (f"&cursor={cursor}" if cursor else ""))).json
        seen += [item["id"] for item in listed["items"]]
        cursor = listed["next"]
        if cursor is None:
            break
    assert len(seen) == 5
    assert set(seen) == made


async def test_a_rename_with_an_old_revision_answers_409(office: Office) -> None:
    ada, desk = await office.browser("ada")
    base = f"/api/conversations/{await desk.start()}"
    renamed = await ada.send("PATCH", base, {"title": "Rain"}, headers={"if-match": '"1"'})
    assert (renamed.json["title"], renamed.json["title_source"], renamed.json["rev"]) == ("Rain", "person", 2)
    late = await ada.send("PATCH", base, {"title": "Snow"}, headers={"if-match": '"1"'})
    assert (late.status, late.code, late.json["current"]) == (409, "revision_conflict", 2)


async def test_a_deleted_conversation_comes_back_by_restore(office: Office) -> None:
    ada, desk = await office.browser("ada")
    base = f"/api/conversations/{await desk.start('Plan')}"
    assert (await ada.delete(base)).status == 204
    assert (await ada.get(base)).status == 404
    assert (await ada.post(f"{base}/restore")).json["title"] == "Plan"
    assert (await ada.get(base)).status == 200


async def test_messages_come_with_siblings_usage_and_their_run(office: Office) -> None:
    ada, desk = await office.browser("ada")
    image = ImagePart(new_id(), "image/png", width=4)
    question = (await desk.say(await desk.start(), "Why?")).message
    first = await desk.answer(question, "Because.")
    pending = await desk.begin_answer(question)
    run_id = new_id()
    async with desk.db.transaction() as tx:
        usage = MessageUsage(3, 2, cost_usd=0.25, ttft_ms=90, tokens_per_s=40.0)
        await desk.messages.finish_message(tx, pending.id, Finished("stopped", (TextPart("Be"), image), MODEL, usage))
        await tx.execute(
            "INSERT INTO runs (id, user_id, conversation_id, message_id, state, params, created) "
            "VALUES (:id, :user, :conversation, :message, 'cancelled', '[]', 1)",
            id=run_id,
            user=desk.ada.user_id,
            conversation=question.conversation,
            message=pending.id,
        )
    answer = await ada.get(f"/api/conversations/{question.conversation}/messages")
    asked, answered = answer.json["items"]
    for item in answer.json["items"]:
        MessageShape.model_validate_json(msgspec.json.encode(item), strict=True, extra="forbid")
    assert asked["run"] is None
    assert answered["siblings"] == [first.id, pending.id]
    assert answered["run"] == {"id": run_id, "state": "cancelled"}
    assert answered["usage"]["cost_usd"] == 0.25
    assert answered["parts"] == [
        {"type": "text", "text": "Be"},
        {"type": "image", "file": image.file, "media_type": "image/png", "width": 4},
    ]
    assert (answered["provider"], answered["model"], answered["status"]) == ("demo", "demo", "stopped")


async def test_messages_go_on_upwards_and_downwards_at_their_cursors(office: Office) -> None:
    ada, desk = await office.browser("ada")
    conversation = await desk.start()
    parent = None
    said = []
    for number in range(5):
        message = (await desk.say(conversation, f"m{number}", parent)).message
        said.append(message.id)
        parent = message.id
    base = f"/api/conversations/{conversation}/messages"
    end = (await ada.get(f"{base}?limit=3")).json
    above = (await ada.get(f"{base}?limit=3&before={end['next']}")).json
    assert [item["id"] for item in above["items"] + end["items"]] == said
    assert above["next"] is None
    assert end["previous"] is None
    below = (await ada.get(f"{base}?limit=3&after={above['previous']}")).json
    assert below["items"] == end["items"]
    around = (await ada.get(f"{base}?limit=2&around={said[1]}")).json
    assert [item["id"] for item in around["items"]] == said[1:3]
    assert [item["id"] for item in (await ada.get(f"{base}?leaf={said[1]}")).json["items"]] == said[:2]


async def test_an_unreadable_cursor_answers_422(office: Office) -> None:
    ada, desk = await office.browser("ada")
    conversation = await desk.start()
    for path in (
        "/conversations?cursor=@@",
        "/conversations?cursor=WzFd",
        f"/conversations/{conversation}/messages?before=WzFd",
        "/search?q=a&cursor=e30",
    ):
        assert (await ada.get(f"/api{path}")).code == "bad_cursor", path


async def test_a_branch_is_switched_and_stays(office: Office) -> None:
    ada, desk = await office.browser("ada")
    question = (await desk.say(await desk.start(), "Why?")).message
    first = await desk.answer(question, "Because.")
    second = await desk.answer(question, "Who knows.")
    base = f"/api/conversations/{question.conversation}"
    assert (await ada.get(base)).json["leaf"] == second.id
    assert (await ada.post(f"{base}/branch", {"message": first.id})).json["leaf"] == first.id
    assert [item["id"] for item in (await ada.get(f"{base}/messages")).json["items"]] == [question.id, first.id]
    assert (await ada.post(f"{base}/branch", {"message": new_id()})).code == "message_not_found"


async def test_search_finds_chinese_words_of_two_characters(office: Office) -> None:
    ada, desk = await office.browser("ada")
    message = (await desk.say(await desk.start("Notes"), "今天天气很好，我们去公园散步。")).message
    (hit,) = (await ada.get("/api/search?q=%E5%85%AC%E5%9B%AD")).json["items"]
    assert (hit["conversation"], hit["message"]) == (message.conversation, message.id)
    assert "公园" in hit["snippet"]


async def test_sync_names_what_changed_and_asks_for_a_resync_when_it_cannot(office: Office) -> None:
    ada, desk = await office.browser("ada")
    conversation = await desk.start()
    changes = (await ada.get("/api/sync?since=0")).json
    assert conversation in {change["id"] for change in changes["changes"]}
    assert (await ada.get(f"/api/sync?since={changes['rev']}")).json == {"rev": changes["rev"], "next": False, "changes": []}
    gone = await ada.get("/api/sync?since=999")
    assert (gone.status, gone.code, gone.json["rev"]) == (410, "resync", changes["rev"])


async def test_an_export_is_a_file_named_after_the_title(office: Office) -> None:
    ada, desk = await office.browser("ada")
    question = (await desk.say(await desk.start('天气 "quoted"'), "Why?")).message
    await desk.answer(question, "Because.")
    base = f"/api/conversations/{question.conversation}/export"
    whole = await ada.get(f"{base}?format=json")
    assert whole.headers["content-type"] == "application/json"
    assert len(whole.json["messages"]) == 2
    text = await ada.get(f"{base}?format=markdown")
    assert text.headers["content-disposition"].endswith("filename*=UTF-8''%E5%A4%A9%E6%B0%94%20quoted.md")
    assert "Because." in text.body.decode()
    assert (await ada.get(f"{base}?format=pdf")).status == 422


async def test_folders_are_made_moved_renamed_and_deleted_by_address(office: Office) -> None:
    ada, _ = await office.browser("ada")
    first, second, inside = new_id(), new_id(), new_id()
    made = await ada.send("PUT", f"/api/folders/{first}", {"name": "Work"})
    again = await ada.send("PUT", f"/api/folders/{first}", {"name": "Other"})
    assert (made.status, again.status, again.json["name"]) == (201, 200, "Work")
    await ada.send("PUT", f"/api/folders/{second}", {"name": "Home"})
    assert (await ada.send("PUT", "/api/folders/x", {"name": "Work"})).code == "bad_id"
    assert (await ada.patch(f"/api/folders/{second}", {"position": 0, "name": "House"})).json["position"] == 0
    listed = (await ada.get("/api/folders")).json
    assert [folder["name"] for folder in listed["items"]] == ["House", "Work"]
    await put(ada, inside, folder=first)
    assert [one["id"] for one in (await ada.get(f"/api/conversations?folder={first}")).json["items"]] == [inside]
    assert (await ada.delete(f"/api/folders/{first}")).status == 204
    assert (await ada.get(f"/api/conversations/{inside}")).json["folder"] is None
    assert (await ada.get(f"/api/conversations?folder={first}")).code == "folder_not_found"


async def test_the_list_is_filtered_by_folder_archive_and_pin(office: Office) -> None:
    ada, _ = await office.browser("ada")
    plain, pinned, old = new_id(), new_id(), new_id()
    await put(ada, plain)
    await put(ada, pinned, pinned=True)
    await put(ada, old, archived=True)

    async def ids(query: str) -> set[str]:
        return {one["id"] for one in (await ada.get(f"/api/conversations{query}")).json["items"]}

    assert await ids("") == {plain, pinned}
    assert await ids("?pinned=true") == {pinned}
    assert await ids("?folder=none&pinned=false") == {plain}
    assert await ids("?archived=true") == {old}


async def test_a_patch_pins_archives_and_reads_and_leaves_the_rest(office: Office) -> None:
    ada, desk = await office.browser("ada")
    base = f"/api/conversations/{await desk.start('Plan')}"
    assert (await ada.patch(base, {"pinned": True})).json["pinned"] is True
    archived = (await ada.patch(base, {"archived": True, "unread": True})).json
    assert (archived["title"], archived["pinned"], archived["archived"], archived["unread"]) == ("Plan", True, True, True)
    assert (await ada.patch(base, {"temporary": True})).status == 422


async def test_many_conversations_take_one_request(office: Office) -> None:
    ada, desk = await office.browser("ada")
    ids = [await desk.start(f"c{n}") for n in range(3)]
    folder, stranger = new_id(), new_id()
    await ada.send("PUT", f"/api/folders/{folder}", {"name": "Work"})

    async def select(action: str, **more: object) -> Answer:
        return await ada.post("/api/conversations/select", {"ids": [*ids, stranger], "action": action, **more})

    moved = await select("move", folder=folder)
    assert ({one["folder"] for one in moved.json["items"]}, moved.json["missing"]) == ({folder}, [stranger])
    assert {one["pinned"] for one in (await select("pin")).json["items"]} == {True}
    assert {one["pinned"] for one in (await select("unpin")).json["items"]} == {False}
    assert {one["archived"] for one in (await select("archive")).json["items"]} == {True}
    assert {one["archived"] for one in (await select("unarchive")).json["items"]} == {False}
    assert len((await select("read")).json["items"]) == 3
    await select("delete")
    assert (await ada.get("/api/conversations")).json["items"] == []
    assert len((await select("restore")).json["items"]) == 3
    assert (await select("move", folder=stranger)).code == "folder_not_found"
    assert (await ada.post("/api/conversations/select", {"ids": [new_id() for _ in range(201)], "action": "read"})).status == 422


async def test_a_temporary_conversation_is_not_exported_until_it_is_kept(office: Office) -> None:
    ada, _ = await office.browser("ada")
    passing = new_id()
    made = (await put(ada, passing, temporary=True)).json
    assert made["temporary"] is True
    assert made["expires"] > made["created"]
    base = f"/api/conversations/{passing}"
    assert (await ada.get(f"{base}/export")).code == "conversation_temporary"
    assert (await ada.patch(base, {"pinned": True})).code == "conversation_temporary"
    assert (await put(ada, new_id(), temporary=True, pinned=True)).code == "conversation_temporary"
    kept = (await ada.patch(base, {"temporary": False})).json
    assert (kept["temporary"], kept["expires"]) == (False, None)
    assert (await ada.get(f"{base}/export")).status == 200


async def test_everything_is_downloaded_as_one_file(office: Office) -> None:
    browser, desk = await office.browser("exporter")
    await desk.say(await desk.start("Mine"), "Hello")
    answer = await browser.get("/api/export")
    assert (answer.headers["content-disposition"], len(answer.json["conversations"])) == ('attachment; filename="portico-export.json"', 1)


async def test_everything_is_downloaded_only_so_often_in_an_hour(office: Office) -> None:
    ada, _ = await office.browser("ada")
    assert [(await ada.get("/api/export")).status for _ in range(EXPORTS_PER_HOUR)] == [200] * EXPORTS_PER_HOUR
    refused = await ada.get("/api/export")
    assert (refused.status, refused.code) == (429, "rate_limited")
    assert 0 < int(refused.headers["retry-after"]) <= 3600 / EXPORTS_PER_HOUR
    bob, _ = await office.browser("bob")
    assert (await bob.get("/api/export")).status == 200
