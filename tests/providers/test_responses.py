import aiohttp
import msgspec
import pytest

from portico.providers.base import (
    ChatRequest,
    Finish,
    ImagePart,
    PromptMessage,
    ReasoningPart,
    TextDelta,
    TextPart,
    ToolCallPart,
    ToolResultPart,
    ToolSpec,
    Usage,
)
from portico.providers.responses import OpenAIResponses, encode_responses
from portico.providers.signatures import ANTHROPIC, RESPONSES
from tests.providers.conftest import Answer, Upstream, ask, collect, sse

ANSWER = sse(
    {"type": "response.created", "response": {"id": "r"}},
    {"type": "response.output_text.delta", "output_index": 0, "delta": "Hi"},
    {"type": "response.completed", "response": {"usage": {"input_tokens": 3, "output_tokens": 2}}},
    done=False,
)
SEALED = RESPONSES + msgspec.json.encode({"id": "rs_1", "encrypted_content": "x", "summary": []}).decode()


async def test_a_question_is_asked_and_its_answer_read(session: aiohttp.ClientSession, upstream: Upstream) -> None:
    upstream.will(Answer(ANSWER))
    system = PromptMessage("system", (TextPart("Be brief."),))
    request = ChatRequest("gpt-4o", (system, *ask("Hi").messages), max_tokens=9, temperature=0.2)
    assert await collect(OpenAIResponses(session, upstream.url, "sk"), request) == [TextDelta("Hi"), Usage(3, 2), Finish("stop")]
    (asked,) = upstream.asked
    assert asked.path == "/v1/responses"
    assert asked.body == {
        "model": "gpt-4o",
        "stream": True,
        "store": False,
        "input": [{"role": "user", "content": [{"type": "input_text", "text": "Hi"}]}],
        "instructions": "Be brief.",
        "max_output_tokens": 9,
        "temperature": 0.2,
    }


def test_the_conversation_goes_back_item_by_item() -> None:
    request = ChatRequest(
        "gpt-5",
        (
            PromptMessage("user", (TextPart("See"), ImagePart("image/png", b"\x01"))),
            PromptMessage("assistant", (ReasoningPart("Hm", SEALED), TextPart("Look:"), ToolCallPart("c", "look", ""))),
            PromptMessage("tool", (ToolResultPart("c", "look", "yes"),)),
            PromptMessage("assistant", (ReasoningPart("", ANTHROPIC + "x"), ReasoningPart("alone", SEALED))),
        ),
        tools=(ToolSpec("look", "Look.", {}),),
    )
    body = encode_responses(request)
    assert body["input"] == [
        {
            "role": "user",
            "content": [{"type": "input_text", "text": "See"}, {"type": "input_image", "image_url": "data:image/png;base64,AQ=="}],
        },
        {"type": "reasoning", "id": "rs_1", "encrypted_content": "x", "summary": []},
        {"role": "assistant", "content": [{"type": "output_text", "text": "Look:"}]},
        {"type": "function_call", "call_id": "c", "name": "look", "arguments": "{}"},
        {"type": "function_call_output", "call_id": "c", "output": "yes"},
    ]
    assert body["tools"] == [{"type": "function", "name": "look", "description": "Look.", "parameters": {}, "strict": False}]


@pytest.mark.parametrize(
    ("model", "effort", "reasoning"),
    [
        ("gpt-5", None, {"summary": "auto"}),
        ("gpt-5", "low", {"summary": "auto", "effort": "low"}),
        ("gpt-4o", "high", None),
        ("other", None, None),
    ],
)
def test_sealed_thinking_is_asked_for_where_a_model_thinks(model: str, effort: str | None, reasoning: object) -> None:
    body = encode_responses(ask("Hi", model, reasoning_effort=effort))
    assert body.get("reasoning") == reasoning
    assert ("include" in body) is (reasoning is not None)
