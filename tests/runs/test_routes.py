"""The verbs on runs over HTTP, in the whole application, on both stores."""

import asyncio
from typing import Any

from portico.ids import new_id
from tests.api.conftest import Instance
from tests.asgi import Answer, Browser

MODEL = {"provider": "demo", "model": "demo-echo"}


def a_message(text: str = "/words 5 rate 0", **changed: object) -> dict[str, Any]:
    return {"id": new_id(), "parts": [{"type": "text", "text": text}], "model": MODEL, "conversation": {}, **changed}


async def send(browser: Browser, text: str = "/words 5 rate 0", **changed: Any) -> Answer:
    return await browser.post(f"/api/conversations/{new_id()}/messages", a_message(text, **changed))


async def ended(browser: Browser, run_id: str) -> dict[str, Any]:
    async with asyncio.timeout(10):
        while True:
            run: dict[str, Any] = (await browser.get(f"/api/runs/{run_id}")).json
            if run["finished"] is not None:
                return run
            await asyncio.sleep(0.02)


async def texts(browser: Browser, conversation: str) -> list[tuple[str, str]]:
    page = (await browser.get(f"/api/conversations/{conversation}/messages")).json
    return [(item["status"], "".join(part.get("text", "") for part in item["parts"])) for item in page["items"]]


async def test_a_message_is_accepted_answered_and_counted(instance: Instance) -> None:
    browser = await instance.set_up()
    answer = await send(browser)
    assert answer.status == 202
    body = answer.json
    assert body["cursor"] == "1.0"
    assert (body["message"]["role"], body["assistant"]["role"], body["assistant"]["status"]) == ("user", "assistant", "pending")
    assert body["assistant"]["run"] == {"id": body["run"]["id"], "state": body["run"]["state"]}
    run = await ended(browser, body["run"]["id"])
    assert (run["state"], run["error"], run["place"]) == ("done", None, None)
    assert await texts(browser, run["conversation"]) == [("done", "/words 5 rate 0"), ("done", "w0 w1 w2 w3 w4 ")]
    usage = (await browser.get("/api/usage")).json
    assert (usage["period"], usage["runs"], usage["tokens_output"]) == ("month", 1, 5)


async def test_sending_the_same_again_is_safe_and_something_else_under_its_id_is_refused(instance: Instance) -> None:
    browser = await instance.set_up()
    path, message = f"/api/conversations/{new_id()}/messages", a_message()
    first, again = await browser.post(path, message), await browser.post(path, message)
    assert first.json["run"]["id"] == again.json["run"]["id"]
    changed = await browser.post(path, message | {"parts": [{"type": "text", "text": "else"}]})
    assert (changed.status, changed.code) == (409, "id_reused")


async def test_what_is_not_understood_is_refused_and_stores_nothing(instance: Instance) -> None:
    browser = await instance.set_up()
    for changed in ({"id": "123"}, {"parts": []}, {"model": {"provider": "demo"}}, {"reasoning_effort": "extreme"}, {"mood": "good"}):
        refused = await browser.post(f"/api/conversations/{new_id()}/messages", a_message() | changed)
        assert refused.status == 422, changed
    assert (await browser.get("/api/conversations")).json["items"] == []


async def test_a_conversation_that_does_not_exist_is_only_made_when_asked_for(instance: Instance) -> None:
    browser = await instance.set_up()
    refused = await send(browser, conversation=None)
    assert (refused.status, refused.code) == (404, "conversation_not_found")
    strange = await browser.post("/api/conversations/not-an-id/messages", a_message())
    assert strange.code == "bad_id"


async def test_an_image_that_is_not_ones_own_is_refused_and_nothing_is_stored(instance: Instance) -> None:
    browser = await instance.set_up()
    image = {"type": "image", "file": new_id(), "media_type": "image/png"}
    refused = await send(browser, parts=[{"type": "text", "text": "What is this?"}, image])
    assert (refused.status, refused.code) == (404, "file_not_found")
    assert (await browser.get("/api/conversations")).json["items"] == []


async def test_an_edit_makes_a_branch_with_the_model_of_before(instance: Instance) -> None:
    browser = await instance.set_up()
    first = (await send(browser)).json
    await ended(browser, first["run"]["id"])
    body = {"id": new_id(), "parts": [{"type": "text", "text": "/words 2 rate 0"}]}
    edited = await browser.post(f"/api/messages/{first['message']['id']}/edit", body)
    assert edited.status == 202
    assert edited.json["assistant"]["model"] == "demo-echo"
    assert edited.json["message"]["siblings"] == [first["message"]["id"], body["id"]]
    await ended(browser, edited.json["run"]["id"])
    assert await texts(browser, first["run"]["conversation"]) == [("done", "/words 2 rate 0"), ("done", "w0 w1 ")]


async def test_several_models_answer_side_by_side_until_one_is_chosen(instance: Instance) -> None:
    browser = await instance.set_up()
    models = [{"provider": "demo", "model": name} for name in ("demo", "demo-slow")]
    answer = await send(browser, compare_with=models)
    assert answer.status == 202
    body = answer.json
    begun = [body, *body["beside"]]
    assert [each["assistant"]["model"] for each in begun] == ["demo-echo", "demo", "demo-slow"]
    for each in begun:
        await ended(browser, each["run"]["id"])
    answers = (await browser.get(f"/api/messages/{body['message']['id']}/answers")).json["items"]
    assert [(each["id"], each["status"], each["run"]["state"]) for each in answers] == [
        (b["assistant"]["id"], "done", "done") for b in begun
    ]
    conversation = body["message"]["conversation"]
    assert len(await texts(browser, conversation)) == 1
    await browser.post(f"/api/conversations/{conversation}/branch", {"message": answers[1]["id"]})
    assert len(await texts(browser, conversation)) == 2


async def test_a_comparison_of_a_model_with_itself_or_of_five_is_refused(instance: Instance) -> None:
    browser = await instance.set_up()
    assert (await send(browser, compare_with=[MODEL])).code == "invalid_request"
    assert (await send(browser, compare_with=[{"provider": "demo", "model": f"m{n}"} for n in range(4)])).status == 422


async def test_the_answers_to_somebody_elses_question_do_not_exist(instance: Instance) -> None:
    browser = await instance.set_up()
    question = (await send(browser)).json["message"]["id"]
    stranger = await instance.member(browser, "bob")
    assert (await stranger.get(f"/api/messages/{question}/answers")).code == "message_not_found"


async def test_an_answer_is_made_again_beside_the_first(instance: Instance) -> None:
    browser = await instance.set_up()
    first = (await send(browser)).json
    await ended(browser, first["run"]["id"])
    again = await browser.post(f"/api/messages/{first['assistant']['id']}/regenerate", {"id": new_id()})
    assert again.status == 202
    assert len(again.json["assistant"]["siblings"]) == 2
    await ended(browser, again.json["run"]["id"])


async def test_a_stopped_answer_is_continued(instance: Instance) -> None:
    browser = await instance.set_up()
    first = (await send(browser, "/words 200 rate 100")).json
    run_id = first["run"]["id"]
    stopped = await browser.post(f"/api/runs/{run_id}/cancel")
    assert stopped.status == 202
    assert (await ended(browser, run_id))["state"] == "cancelled"
    assert (await browser.post(f"/api/runs/{run_id}/cancel")).json["state"] == "cancelled"
    more = await browser.post(f"/api/runs/{run_id}/continue", {"id": new_id()})
    assert more.status == 202
    await browser.post(f"/api/runs/{more.json['run']['id']}/cancel")
    await ended(browser, more.json["run"]["id"])


async def test_a_finished_answer_is_not_continued_and_waits_for_no_decision(instance: Instance) -> None:
    browser = await instance.set_up()
    run_id = (await send(browser)).json["run"]["id"]
    await ended(browser, run_id)
    assert (await browser.post(f"/api/runs/{run_id}/continue", {"id": new_id()})).code == "not_answerable"
    assert (await browser.post(f"/api/runs/{run_id}/approvals/c1", {"approve": True})).code == "nothing_to_approve"


async def test_a_run_of_somebody_else_does_not_exist(instance: Instance) -> None:
    root = await instance.set_up()
    run_id = (await send(root)).json["run"]["id"]
    stranger = await instance.member(root, "bob")
    for path in ("", "/events"):
        assert (await stranger.get(f"/api/runs/{run_id}{path}")).code == "run_not_found"
    await ended(root, run_id)


async def test_a_stream_opens_at_once(instance: Instance) -> None:
    browser = await instance.set_up()
    run_id = (await send(browser)).json["run"]["id"]
    for path in (f"/api/runs/{run_id}/events", f"/api/events?runs={run_id}:1.0&since=0"):
        answer = await browser.get(path)
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert answer.body.startswith(b": open\n\n")
    await ended(browser, run_id)


async def test_a_list_of_runs_that_cannot_be_read_is_refused(instance: Instance) -> None:
    browser = await instance.set_up()
    for runs in ("nonsense", f"{new_id()}:1", ",".join(new_id() for _ in range(51))):
        answer = await browser.get(f"/api/events?runs={runs}")
        assert (answer.status, answer.code) == (422, "bad_watch")


async def test_a_stream_is_not_for_other_peoples_pages(instance: Instance) -> None:
    browser = await instance.set_up()
    assert (await browser.get("/api/events", sec_fetch_site="cross-site")).status == 403
