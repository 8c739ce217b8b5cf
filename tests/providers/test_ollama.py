import json
from typing import Any

import aiohttp
import pytest

from portico.providers.base import (
    ChatRequest,
    Finish,
    ImagePart,
    PromptMessage,
    ProviderError,
    ReasoningDelta,
    ReasoningPart,
    TextDelta,
    TextPart,
    ToolCallPart,
    ToolCallReady,
    ToolResultPart,
    ToolSpec,
    Usage,
)
from portico.providers.ollama import OllamaChat, OllamaDecoder, encode_ollama
from tests.providers.conftest import Answer, Upstream, ask, broken, collect


def lines(*values: Any) -> bytes:
    return b"".join(json.dumps(value).encode() + b"\n" for value in values)


DONE = {"message": {"content": ""}, "done": True, "done_reason": "stop", "prompt_eval_count": 4, "eval_count": 2}


async def test_a_question_is_asked_and_its_answer_read(session: aiohttp.ClientSession, upstream: Upstream) -> None:
    upstream.will(Answer(lines({"message": {"content": "", "thinking": "Hm"}}, {"message": {"content": "Hi"}}, DONE)))
    request = ask("Hi", "llama", max_tokens=5, temperature=0.1, reasoning_effort="low")
    assert await collect(OllamaChat(session, upstream.url), request) == [ReasoningDelta("Hm"), TextDelta("Hi"), Usage(4, 2), Finish("stop")]
    assert upstream.asked[0].path == "/api/chat"
    assert upstream.asked[0].body == {
        "model": "llama",
        "stream": True,
        "messages": [{"role": "user", "content": "Hi"}],
        "think": True,
        "options": {"temperature": 0.1, "num_predict": 5},
    }


@pytest.mark.parametrize("base", ["/v1", "/api", "/api/chat", "/"])
async def test_any_base_address_will_do(session: aiohttp.ClientSession, upstream: Upstream, base: str) -> None:
    upstream.will(Answer(lines(DONE)))
    await collect(OllamaChat(session, upstream.url + base), ask())
    assert upstream.asked[0].path == "/api/chat"


def test_calls_results_and_images_go_in_its_own_form() -> None:
    request = ChatRequest(
        "m",
        (
            PromptMessage("user", (TextPart("See"), ImagePart("image/png", b"\x01"))),
            PromptMessage("assistant", (ReasoningPart("Hm"), ToolCallPart("c", "look", '{"q":1}'))),
            PromptMessage("tool", (ToolResultPart("c", "look", "yes"),)),
        ),
        tools=(ToolSpec("look", "Look.", {}),),
    )
    assert encode_ollama(request)["messages"] == [
        {"role": "user", "content": "See", "images": ["AQ=="]},
        {
            "role": "assistant",
            "content": "",
            "tool_calls": [{"id": "c", "function": {"name": "look", "arguments": {"q": 1}}}],
            "thinking": "Hm",
        },
        {"role": "tool", "content": "yes", "tool_name": "look", "tool_call_id": "c"},
    ]


def test_calls_of_the_model_are_read() -> None:
    decoder, out = OllamaDecoder({"call_0"}), list[Any]()
    decoder.feed(json.dumps({"message": {"tool_calls": [{"function": {"name": "look", "arguments": {"q": 1}}}]}}).encode(), out)
    decoder.feed(json.dumps(DONE).encode(), out)
    assert [event for event in out if isinstance(event, ToolCallReady)] == [ToolCallReady("call_0_2", '{"q":1}')]
    assert decoder.closing()[-1] == Finish("tool_calls")


async def test_an_error_in_the_stream_is_an_error(session: aiohttp.ClientSession, upstream: Upstream) -> None:
    upstream.will(Answer(lines({"message": {"content": "Hi"}}, {"error": "an error was encountered while running the model"})))
    events, error = await broken(OllamaChat(session, upstream.url), ask())
    assert (events, error.code) == ([TextDelta("Hi")], "provider_failed")


def test_an_early_end_is_a_cut() -> None:
    with pytest.raises(ProviderError, match="provider_cut"):
        OllamaDecoder(set()).closing()


async def test_models_are_listed_with_what_they_can_do(session: aiohttp.ClientSession, upstream: Upstream) -> None:
    upstream.will(
        Answer(json.dumps({"models": [{"name": "llama3.2:3b"}, {"name": "old"}]}).encode()),
        Answer(json.dumps({"capabilities": ["completion", "tools"], "model_info": {"llama.context_length": 131072}}).encode()),
        Answer(b"{}", 404),
    )
    first, second = await OllamaChat(session, upstream.url).models()
    described = first if first.capabilities.context_tokens else second
    assert (described.capabilities.tools, described.capabilities.vision, described.capabilities.context_tokens) == (True, False, 131072)
    assert {first.id, second.id} == {"llama3.2:3b", "old"}
