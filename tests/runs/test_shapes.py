import json

import pytest
from pydantic import TypeAdapter, ValidationError

from portico.conversations.models import ImagePart, Message, MessageError, ModelRef, TextPart
from portico.ids import ConversationId, MessageId, RunId, UserId, new_id
from portico.runs import shapes
from portico.runs.ask import Accepted
from portico.runs.models import Params, Run

MODEL = {"provider": "demo", "model": "demo"}


def a_run(**changed: object) -> Run:
    values: dict[str, object] = {
        "id": RunId(new_id()),
        "user_id": UserId("u"),
        "conversation_id": ConversationId("c"),
        "message_id": MessageId("m"),
        "state": "queued",
        "owner": None,
        "attempt": 3,
        "handovers": 0,
        "stale": 0,
        "progress_seq": 0,
        "cancel_requested": False,
        "params": Params(MessageId("q"), "demo", "demo"),
        "error": None,
        "created": 1_700_000_000_000,
        "started": None,
        "finished": None,
    }
    return Run(**(values | changed))  # pyright: ignore[reportArgumentType] -- the names are those of Run


def a_message(role: str) -> Message:
    return Message(
        id=MessageId(new_id()),
        conversation=ConversationId("c"),
        parent=None,
        role="assistant" if role == "assistant" else "user",
        status="done",
        parts=(TextPart("Hello"),),
        model=ModelRef("demo", "demo"),
        usage=None,
        error=None,
        created=1_700_000_000_000,
        finished=None,
    )


def test_a_run_is_told_with_its_place_and_its_times() -> None:
    shape = shapes.RunShape.of(a_run(), 4)
    assert (shape.state, shape.attempt, shape.place, shape.started, shape.error) == ("queued", 3, 4, None, None)
    assert shape.created.startswith("2023-11-14T22:13:20")


def test_a_failure_is_told_with_code_sentence_and_the_providers_words() -> None:
    error = MessageError("provider_cut", "It broke off.", "eof")
    shape = shapes.RunShape.of(a_run(state="failed", error=error, finished=1_700_000_000_001))
    assert shape.error == shapes.ErrorShape(code="provider_cut", detail="It broke off.", message="eof")


def test_what_was_accepted_names_where_its_events_begin() -> None:
    shape = shapes.AcceptedShape.of(Accepted(a_message("user"), a_run(), a_message("assistant"), 2))
    assert (shape.cursor, shape.run.place) == ("3.0", 2)
    assert shape.assistant.run is not None
    assert shape.assistant.run.id == shape.run.id


def test_parts_are_stored_as_they_were_sent() -> None:
    file = new_id()
    sent = [{"type": "text", "text": "Look: "}, {"type": "image", "file": file, "media_type": "image/png", "name": "a.png", "width": 3}]
    bodies = TypeAdapter(shapes.Parts).validate_python(sent)
    assert shapes.parts_of(bodies) == (TextPart("Look: "), ImagePart(file, "image/png", "a.png", 3, None))


def test_the_last_frame_carries_the_message_with_its_run() -> None:
    message, run_id = a_message("assistant"), RunId(new_id())
    told = json.loads(shapes.render_message(message, run_id, "done"))
    assert (told["id"], told["run"], told["parts"]) == (message.id, {"id": run_id, "state": "done"}, [{"type": "text", "text": "Hello"}])


@pytest.mark.parametrize(
    "changed",
    [
        {"id": "x"},
        {"id": new_id().upper()},
        {"parts": []},
        {"parts": [{"type": "text", "text": "x" * (shapes.MAX_TEXT + 1)}]},
        {"parts": [{"type": "text", "text": "x"}] * 51},
        {"parts": [{"type": "image", "file": "../../etc/passwd", "media_type": "image/png"}]},
        {"parts": [{"type": "image", "file": new_id(), "media_type": "image/svg+xml"}]},
        {"parts": [{"type": "image", "file": new_id(), "media_type": "image/png", "width": 0}]},
        {"parts": [{"type": "reasoning", "text": "x"}]},
        {"conversation": {"title": "x" * 201}},
        {"unknown": 1},
    ],
)
def test_a_message_that_is_not_as_it_should_be_is_refused(changed: dict[str, object]) -> None:
    good = {"id": new_id(), "parts": [{"type": "text", "text": "x"}], "model": MODEL}
    shapes.SendBody.model_validate(good)
    with pytest.raises(ValidationError):
        shapes.SendBody.model_validate(good | changed)
