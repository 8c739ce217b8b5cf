import json

import aiohttp
import pytest

from portico.providers.anthropic import AnthropicMessages, encode_messages
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
from portico.providers.signatures import ANTHROPIC, GEMINI, REDACTED
from tests.providers.conftest import Answer, Upstream, ask, begun, collect, sse, text_of

ANSWER = sse(
    {"type": "message_start", "message": {"usage": {"input_tokens": 5, "output_tokens": 1, "cache_read_input_tokens": 2}}},
    {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
    {"type": "ping"},
    {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": " two"}},
    {"type": "content_block_stop", "index": 0},
    {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 9}},
    {"type": "message_stop"},
    done=False,
)


async def test_a_question_is_asked_and_its_answer_read(session: aiohttp.ClientSession, upstream: Upstream) -> None:
    upstream.will(Answer(ANSWER))
    system = PromptMessage("system", (TextPart("Be brief."),))
    request = ChatRequest("claude-sonnet-4-5", (system, *ask("Hi").messages), user="u")
    assert await collect(AnthropicMessages(session, upstream.url, "sk-ant"), request) == [TextDelta(" two"), Usage(7, 9, 2), Finish("stop")]
    (asked,) = upstream.asked
    assert (asked.path, asked.headers["x-api-key"], asked.headers["anthropic-version"]) == ("/v1/messages", "sk-ant", "2023-06-01")
    assert asked.body == {
        "model": "claude-sonnet-4-5",
        "stream": True,
        "max_tokens": 64000,
        "messages": [{"role": "user", "content": [{"type": "text", "text": "Hi"}]}],
        "system": "Be brief.",
        "metadata": {"user_id": "u"},
    }


@pytest.mark.parametrize(
    ("base", "path"),
    [("", "/v1/messages"), ("/v1", "/v1/messages"), ("/anthropic", "/anthropic/v1/messages"), ("/v1/messages", "/v1/messages")],
)
async def test_any_base_address_will_do(session: aiohttp.ClientSession, upstream: Upstream, base: str, path: str) -> None:
    upstream.will(Answer(ANSWER))
    await collect(AnthropicMessages(session, upstream.url + base), ask())
    assert upstream.asked[0].path == path


def test_turns_alternate_and_carry_images_calls_results_and_their_own_thinking() -> None:
    request = ChatRequest(
        "claude-3-5-haiku",
        (
            PromptMessage("user", (ImagePart("image/png", b"\x01"), TextPart("See"))),
            PromptMessage(
                "assistant",
                (
                    ReasoningPart("Hm", ANTHROPIC + "sig"),
                    ReasoningPart("", REDACTED + "blob"),
                    ReasoningPart("foreign", GEMINI + "x"),
                    ReasoningPart("unsigned"),
                    ToolCallPart("call.1", "look", '{"q":1}'),
                ),
            ),
            PromptMessage("tool", (ToolResultPart("call.1", "look", "no", is_error=True),)),
            PromptMessage("user", (TextPart("Well?"),)),
        ),
        tools=(ToolSpec("look", "Look.", {"type": "object"}),),
    )
    body = encode_messages(request)
    assert body["messages"] == [
        {
            "role": "user",
            "content": [
                {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "AQ=="}},
                {"type": "text", "text": "See"},
            ],
        },
        {
            "role": "assistant",
            "content": [
                {"type": "thinking", "thinking": "Hm", "signature": "sig"},
                {"type": "redacted_thinking", "data": "blob"},
                {"type": "tool_use", "id": "call_1", "name": "look", "input": {"q": 1}},
            ],
        },
        {
            "role": "user",
            "content": [
                {"type": "tool_result", "tool_use_id": "call_1", "content": "no", "is_error": True},
                {"type": "text", "text": "Well?"},
            ],
        },
    ]
    assert body["tools"] == [{"name": "look", "description": "Look.", "input_schema": {"type": "object"}}]


@pytest.mark.parametrize(
    ("model", "effort", "members"),
    [
        ("claude-sonnet-4-5", "medium", {"thinking": {"type": "enabled", "budget_tokens": 8192}}),
        ("claude-opus-4-6", "high", {"thinking": {"type": "adaptive"}, "output_config": {"effort": "high"}}),
        ("claude-3-5-haiku", "high", {}),
        ("claude-sonnet-4-5", "none", {}),
    ],
)
def test_thinking_is_switched_on_in_the_way_of_the_model(model: str, effort: str, members: dict[str, object]) -> None:
    body = encode_messages(ask("Hi", model, reasoning_effort=effort, temperature=0.3))
    assert {name: body[name] for name in ("thinking", "output_config") if name in body} == members
    assert ("temperature" in body) is not bool(members)


async def test_white_space_at_the_seam_is_neither_lost_nor_doubled(session: aiohttp.ClientSession, upstream: Upstream) -> None:
    upstream.will(Answer(ANSWER))
    request = ask("Count", "claude-sonnet-4-5", then=[begun("One, ")], continuation="trailing", reasoning_effort="high")
    events = await collect(AnthropicMessages(session, upstream.url), request)
    body = upstream.asked[0].body
    assert body["messages"][-1] == {"role": "assistant", "content": [{"type": "text", "text": "One,"}]}
    assert "thinking" not in body
    assert "One, " + text_of(events) == "One, two"


async def test_the_list_of_models_is_read(session: aiohttp.ClientSession, upstream: Upstream) -> None:
    upstream.will(Answer(json.dumps({"data": [{"id": "claude-x", "display_name": "Claude X"}]}).encode()))
    (model,) = await AnthropicMessages(session, upstream.url).models()
    assert (model.id, model.name, upstream.asked[0].path) == ("claude-x", "Claude X", "/v1/models?limit=1000")
