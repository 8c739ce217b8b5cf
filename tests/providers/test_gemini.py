import json

import aiohttp
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
from portico.providers.gemini import GeminiGenerate, encode_contents
from portico.providers.signatures import ANTHROPIC, GEMINI
from tests.providers.conftest import Answer, Upstream, ask, collect

CHUNK = {
    "candidates": [{"content": {"parts": [{"text": "Hi"}], "role": "model"}, "finishReason": "STOP"}],
    "usageMetadata": {"promptTokenCount": 2, "candidatesTokenCount": 3, "thoughtsTokenCount": 4},
}


async def test_a_question_is_asked_and_its_answer_read(session: aiohttp.ClientSession, upstream: Upstream) -> None:
    upstream.will(Answer(f"data: {json.dumps(CHUNK)}\r\n\r\n".encode()))
    system = PromptMessage("system", (TextPart("Be brief."),))
    request = ChatRequest("gemini-2.0-flash", (system, *ask("Hi").messages), max_tokens=5, seed=1)
    assert await collect(GeminiGenerate(session, upstream.url, "AIza"), request) == [TextDelta("Hi"), Usage(2, 7, 0, 4), Finish("stop")]
    (asked,) = upstream.asked
    assert (asked.path, asked.headers["x-goog-api-key"]) == ("/v1beta/models/gemini-2.0-flash:streamGenerateContent?alt=sse", "AIza")
    assert asked.body == {
        "contents": [{"role": "user", "parts": [{"text": "Hi"}]}],
        "systemInstruction": {"parts": [{"text": "Be brief."}]},
        "generationConfig": {"maxOutputTokens": 5, "seed": 1},
    }


def test_calls_keep_their_signatures_and_foreign_ones_are_left_out() -> None:
    request = ChatRequest(
        "gemini-3-pro",
        (
            PromptMessage("user", (TextPart("Hi"), ImagePart("image/png", b"\x01"))),
            PromptMessage(
                "assistant",
                (
                    ReasoningPart("Hm", ANTHROPIC + "x"),
                    TextPart("Look:"),
                    ReasoningPart("", GEMINI + "own"),
                    ToolCallPart("c1", "look", '{"q":1}', GEMINI + "sig"),
                    ToolCallPart("c2", "look", "{}"),
                ),
            ),
            PromptMessage("tool", (ToolResultPart("c1", "look", "yes"), ToolResultPart("c2", "look", "no", is_error=True))),
        ),
        tools=(ToolSpec("look", "Look.", {"type": "object"}),),
    )
    body = encode_contents(request)
    assert body["contents"] == [
        {"role": "user", "parts": [{"text": "Hi"}, {"inlineData": {"mimeType": "image/png", "data": "AQ=="}}]},
        {
            "role": "model",
            "parts": [
                {"text": "Look:"},
                {"text": "", "thoughtSignature": "own"},
                {"functionCall": {"id": "c1", "name": "look", "args": {"q": 1}}, "thoughtSignature": "sig"},
                {"functionCall": {"id": "c2", "name": "look", "args": {}}, "thoughtSignature": "skip_thought_signature_validator"},
            ],
        },
        {
            "role": "user",
            "parts": [
                {"functionResponse": {"id": "c1", "name": "look", "response": {"result": "yes"}}},
                {"functionResponse": {"id": "c2", "name": "look", "response": {"error": "no"}}},
            ],
        },
    ]
    assert body["tools"] == [
        {"functionDeclarations": [{"name": "look", "description": "Look.", "parametersJsonSchema": {"type": "object"}}]}
    ]


@pytest.mark.parametrize(
    ("model", "effort", "thinking"),
    [
        ("gemini-2.5-flash", None, {"includeThoughts": True}),
        ("gemini-2.5-flash", "none", {"includeThoughts": False, "thinkingBudget": 0}),
        ("gemini-2.5-pro", "none", {"includeThoughts": False, "thinkingBudget": 128}),
        ("gemini-3-pro-preview", "low", {"includeThoughts": True, "thinkingLevel": "low"}),
        ("gemini-2.0-flash", "high", None),
    ],
)
def test_thinking_is_asked_for_in_the_way_of_the_model(model: str, effort: str | None, thinking: object) -> None:
    config = encode_contents(ask("Hi", model, reasoning_effort=effort)).get("generationConfig", {})
    assert config.get("thinkingConfig") == thinking  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("base", "path"),
    [
        ("/v1", "/v1/models/m:"),
        ("/v1beta/openai", "/v1beta/models/m:"),
        ("/v1beta1/publishers/google", "/v1beta1/publishers/google/models/m:"),
    ],
)
async def test_any_base_address_will_do(session: aiohttp.ClientSession, upstream: Upstream, base: str, path: str) -> None:
    upstream.will(Answer(f"data: {json.dumps(CHUNK)}\r\n\r\n".encode()))
    await collect(GeminiGenerate(session, upstream.url + base), ask())
    assert upstream.asked[0].path.startswith(path)


async def test_models_that_chat_are_listed(session: aiohttp.ClientSession, upstream: Upstream) -> None:
    chat = {
        "name": "models/gemini-x",
        "displayName": "X",
        "inputTokenLimit": 100,
        "outputTokenLimit": 20,
        "supportedGenerationMethods": ["generateContent"],
        "thinking": True,
    }
    upstream.will(Answer(json.dumps({"models": [chat, {"name": "models/embed", "supportedGenerationMethods": ["embedContent"]}]}).encode()))
    (model,) = await GeminiGenerate(session, upstream.url).models()
    assert (model.id, model.capabilities.context_tokens, model.capabilities.reasoning) == ("gemini-x", 120, True)
