import json

import aiohttp
import pytest

from portico.providers.base import (
    Capabilities,
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
from portico.providers.dialect import Dialect, dialect_of
from portico.providers.openai import OpenAIChat, encode_chat
from portico.providers.signatures import ANTHROPIC, sign_details
from tests.providers.conftest import Answer, Upstream, ask, begun, broken, collect, said

PLAIN = Dialect()
TOOL = ToolSpec("look", "Look it up.", {"type": "object", "properties": {}})


def conversation(*parts: object) -> ChatRequest:
    assistant = PromptMessage("assistant", parts)  # type: ignore[arg-type]
    return ChatRequest("m", (PromptMessage("user", (TextPart("Hi"),)), assistant))


async def test_a_question_is_asked_and_its_answer_read(session: aiohttp.ClientSession, upstream: Upstream) -> None:
    upstream.will(Answer(said("Hel", "lo", usage={"prompt_tokens": 3, "completion_tokens": 2})))
    events = await collect(OpenAIChat(session, upstream.url, "sk-1"), ask("Hi", "gpt-x", max_tokens=9, temperature=0.5))
    assert events == [TextDelta("Hel"), TextDelta("lo"), Usage(3, 2), Finish("stop")]
    (asked,) = upstream.asked
    assert (asked.path, asked.headers["Authorization"]) == ("/v1/chat/completions", "Bearer sk-1")
    assert asked.body == {
        "model": "gpt-x",
        "stream": True,
        "messages": [{"role": "user", "content": "Hi"}],
        "stream_options": {"include_usage": True},
        "max_tokens": 9,
        "temperature": 0.5,
    }


async def test_the_key_is_never_repeated(session: aiohttp.ClientSession, upstream: Upstream) -> None:
    upstream.will(Answer(json.dumps({"error": {"message": "Incorrect API key provided: sk-secret-1."}}).encode(), 401))
    _, error = await broken(OpenAIChat(session, upstream.url, "sk-secret-1"), ask())
    assert error.code == "provider_auth"
    assert "secret" not in str(error) + error.message + str(error.extra)


def test_calls_and_their_results_go_back_in_the_vendors_form() -> None:
    request = ChatRequest(
        "m",
        (
            PromptMessage("system", (TextPart("Be brief."),)),
            PromptMessage("user", (TextPart("Hi"),)),
            PromptMessage("assistant", (ToolCallPart("c1", "look", '{"q":1}'), ToolCallPart("c2", "look", ""))),
            PromptMessage("tool", (ToolResultPart("c1", "look", "one"), ToolResultPart("c2", "look", "two"))),
        ),
        tools=(TOOL,),
    )
    body = encode_chat(request, PLAIN)
    call = {"id": "c1", "type": "function", "function": {"name": "look", "arguments": '{"q":1}'}}
    empty = {"id": "c2", "type": "function", "function": {"name": "look", "arguments": "{}"}}
    assert body["messages"] == [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "Hi"},
        {"role": "assistant", "content": None, "tool_calls": [call, empty]},
        {"role": "tool", "tool_call_id": "c1", "content": "one"},
        {"role": "tool", "tool_call_id": "c2", "content": "two"},
    ]
    assert body["tools"] == [
        {"type": "function", "function": {"name": "look", "description": "Look it up.", "parameters": TOOL.parameters}}
    ]


def test_mistral_gets_ids_of_its_own_form_for_calls_and_results_alike() -> None:
    parts = (ToolCallPart("call_abc", "look", "{}"), ToolCallPart("abcDEF123", "look", "{}"))
    request = ChatRequest("m", (PromptMessage("assistant", parts), PromptMessage("tool", (ToolResultPart("call_abc", "look", "yes"),))))
    assistant, result = encode_chat(request, dialect_of("https://api.mistral.ai/v1"))["messages"]  # type: ignore[misc]
    first, second = (call["id"] for call in assistant["tool_calls"])
    assert (len(first), first.isalnum(), second) == (9, True, "abcDEF123")
    assert result["tool_call_id"] == first


def test_an_image_is_a_data_url() -> None:
    request = ChatRequest("m", (PromptMessage("user", (TextPart("See"), ImagePart("image/png", b"\x01"))),))
    assert encode_chat(request, PLAIN)["messages"] == [
        {
            "role": "user",
            "content": [{"type": "text", "text": "See"}, {"type": "image_url", "image_url": {"url": "data:image/png;base64,AQ=="}}],
        }
    ]


def test_thinking_goes_back_only_to_those_who_want_it() -> None:
    details = [{"type": "reasoning.text", "text": "Hm", "signature": "s", "index": 0}]
    signed = conversation(ReasoningPart("Hm", sign_details(details)), ToolCallPart("c", "look", "{}"))
    assert encode_chat(signed, PLAIN)["messages"][1]["reasoning_details"] == details  # type: ignore[index]
    foreign = conversation(ReasoningPart("Hm", ANTHROPIC + "s"), TextPart("Yes"))
    assert encode_chat(foreign, PLAIN)["messages"][1] == {"role": "assistant", "content": "Yes"}  # type: ignore[index]
    at_work = encode_chat(foreign, dialect_of("https://api.deepseek.com"))["messages"]
    assert at_work[1] == {"role": "assistant", "content": "Yes", "reasoning_content": "Hm"}  # type: ignore[index]


@pytest.mark.parametrize(
    ("url", "model", "members", "absent"),
    [
        (
            "https://api.openai.com/v1",
            "gpt-5",
            {"max_completion_tokens": 9, "reasoning_effort": "low", "user": "u"},
            {"temperature", "max_tokens"},
        ),
        ("https://api.openai.com/v1", "gpt-4o", {"max_completion_tokens": 9, "temperature": 0.5}, {"reasoning_effort"}),
        ("https://api.mistral.ai/v1", "mistral-small-latest", {"max_tokens": 9, "random_seed": 7}, {"stream_options", "seed", "user"}),
        ("https://openrouter.ai/api/v1", "x/y", {"reasoning": {"effort": "low"}, "seed": 7}, {"reasoning_effort"}),
        ("https://api.deepseek.com", "deepseek-chat", {"thinking": {"type": "enabled"}}, {"reasoning_effort"}),
        ("http://10.0.0.5:8000/v1", "llama", {"max_tokens": 9, "seed": 7}, {"reasoning_effort", "user", "reasoning"}),
    ],
)
def test_each_server_gets_the_members_that_it_takes(url: str, model: str, members: dict[str, object], absent: set[str]) -> None:
    request = ask("Hi", model, max_tokens=9, temperature=0.5, seed=7, reasoning_effort="low", user="u")
    body = encode_chat(request, dialect_of(url))
    assert {name: body[name] for name in members} == members
    assert not absent & body.keys()


async def test_a_started_answer_is_continued_in_each_way(session: aiohttp.ClientSession, upstream: Upstream) -> None:
    for way in ("trailing", "prefix_flag", "vllm"):
        await collect(OpenAIChat(session, upstream.url), ask(then=[begun("Alpha, ")], continuation=way))
    trailing, prefix, vllm = (asked.body for asked in upstream.asked)
    assert trailing["messages"][-1] == {"role": "assistant", "content": "Alpha, "}
    assert prefix["messages"][-1] == {"role": "assistant", "content": "Alpha, ", "prefix": True}
    assert (vllm["continue_final_message"], vllm["add_generation_prompt"]) == (True, False)


async def test_what_servers_tell_about_their_models_is_read(session: aiohttp.ClientSession, upstream: Upstream) -> None:
    listed = {
        "data": [
            {"id": "gpt-4o", "object": "model"},
            {
                "id": "x/y",
                "name": "X: Y",
                "context_length": 8192,
                "architecture": {"input_modalities": ["text", "image"]},
                "supported_parameters": ["tools"],
                "pricing": {"prompt": "0.0000025", "completion": "-1"},
                "top_provider": {"max_completion_tokens": 4096},
            },
            {"id": "own", "owned_by": "vllm", "max_model_len": 4096},
            {"id": "mistral-x", "max_context_length": 32768, "capabilities": {"vision": False, "function_calling": True}},
        ]
    }
    upstream.will(Answer(json.dumps(listed).encode(), headers={"Content-Type": "application/json"}))
    plain, router, own, mistral = await OpenAIChat(session, upstream.url).models()
    assert (plain.id, plain.capabilities) == ("gpt-4o", Capabilities())
    assert router.name == "X: Y"
    assert router.capabilities == Capabilities(
        vision=True, tools=True, reasoning=False, context_tokens=8192, output_tokens=4096, input_price=2.5
    )
    assert (own.capabilities.continuation, own.capabilities.context_tokens) == ("vllm", 4096)
    assert (mistral.capabilities.vision, mistral.capabilities.tools, mistral.capabilities.context_tokens) == (False, True, 32768)
    assert upstream.asked[0].path == "/v1/models"


async def test_a_list_that_is_none_is_an_error(session: aiohttp.ClientSession, upstream: Upstream) -> None:
    upstream.will(Answer(b"<html>"))
    from portico.providers.base import ProviderError

    with pytest.raises(ProviderError, match="provider_protocol"):
        await OpenAIChat(session, upstream.url).models()
