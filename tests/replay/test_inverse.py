"""What an adapter made of an answer goes back to the vendor as what the vendor had sent."""

import json
from typing import Any

import pytest

from portico.providers.anthropic import encode_messages
from portico.providers.base import (
    ChatRequest,
    PromptMessage,
    PromptPart,
    ProviderEvent,
    ReasoningDelta,
    ReasoningPart,
    TextDelta,
    TextPart,
    ToolCallPart,
    ToolCallReady,
    ToolCallStarted,
)
from portico.providers.dialect import Dialect
from portico.providers.gemini import encode_contents
from portico.providers.openai import encode_chat
from portico.providers.responses import encode_responses
from tests.replay.checks import feed
from tests.replay.recordings import FOLDER, Recording, load, objects

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason=f"NO RECORDINGS of vendors' answers in {FOLDER}: the adapters stay unproved")


def fold(events: list[ProviderEvent]) -> PromptMessage:
    """Return the assistant's turn that the events make, by the rule that clients fold them by."""
    parts: list[PromptPart] = []
    names: dict[str, str] = {}
    for event in events:
        last = parts[-1] if parts else None
        if isinstance(event, TextDelta):
            joins = isinstance(last, TextPart)
            parts[len(parts) - joins :] = [TextPart((last.text if isinstance(last, TextPart) else "") + event.text)]
        elif isinstance(event, ReasoningDelta):
            open_one = last if isinstance(last, ReasoningPart) and not last.signature else None
            thought = ReasoningPart((open_one.text if open_one else "") + event.text, event.signature)
            parts[len(parts) - bool(open_one) :] = [thought]
        elif isinstance(event, ToolCallStarted):
            names[event.call] = event.name
        elif isinstance(event, ToolCallReady):
            parts.append(ToolCallPart(event.call, names[event.call], event.arguments, event.signature))
    return PromptMessage("assistant", tuple(parts))


def request(recording: Recording) -> ChatRequest:
    question = PromptMessage("user", (TextPart("Hello"),))
    return ChatRequest("m", (question, fold(feed(recording, [recording.body]).events), PromptMessage("user", (TextPart("And?"),))))


def good(protocol: str) -> list[Recording]:
    return [recording for recording in load(protocol) if recording.status < 400 and b'"error":{' not in recording.body]


def sent_blocks(recording: Recording) -> list[dict[str, Any]]:
    """The content blocks of an Anthropic answer that belong to a history, as Anthropic wants them back."""
    blocks: dict[int, dict[str, Any]] = {}
    for event in objects(recording):
        if event["type"] == "content_block_start":
            kept = ("type", "text", "thinking", "signature", "data", "id", "name", "input")
            blocks[event["index"]] = {name: value for name, value in event["content_block"].items() if name in kept}
        if event["type"] == "content_block_delta":
            block, delta = blocks[event["index"]], event["delta"]
            for name in ("text", "thinking", "signature"):
                if name in delta:
                    block[name] = block.get(name, "") + delta[name]
            block["json"] = block.get("json", "") + delta.get("partial_json", "")
    for block in blocks.values():
        arguments = block.pop("json", "")
        if block["type"] == "tool_use":
            block["input"] = json.loads(arguments or "{}")
    return [block for block in blocks.values() if block["type"] in ("text", "thinking", "redacted_thinking", "tool_use")]


def joined(blocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Join neighbouring texts: where one text block ends and the next begins means nothing."""
    out: list[dict[str, Any]] = []
    for block in blocks:
        if block["type"] == "text" and out and out[-1]["type"] == "text":
            out[-1] = {**out[-1], "text": out[-1]["text"] + block["text"]}
        elif block.get("text") != "":
            out.append(dict(block))
    return out


def test_anthropic_gets_its_thinking_with_signatures_its_texts_and_its_calls_back() -> None:
    for recording in good("anthropic-messages"):
        messages: Any = encode_messages(request(recording))["messages"]
        expected = joined(sent_blocks(recording))
        assert joined(messages[1]["content"]) == expected, recording.name


def test_gemini_gets_its_calls_with_their_signatures_back() -> None:
    for recording in good("gemini"):
        parts = [
            part
            for chunk in objects(recording)
            for part in (chunk["candidates"][0].get("content", {}).get("parts") or [] if chunk.get("candidates") else [])
        ]
        contents: Any = encode_contents(request(recording))["contents"]
        back = contents[1]["parts"] if contents[1]["role"] == "model" else []
        expected = [
            (part["functionCall"]["name"], part["functionCall"].get("args", {}), part.get("thoughtSignature"))
            for part in parts
            if "functionCall" in part
        ]
        found = [
            (part["functionCall"]["name"], part["functionCall"]["args"], part.get("thoughtSignature"))
            for part in back
            if "functionCall" in part
        ]
        assert found == expected, recording.name
        signed = [part["thoughtSignature"] for part in parts if part.get("thoughtSignature")]
        assert [part["thoughtSignature"] for part in back if "thoughtSignature" in part] == signed, recording.name


def test_responses_gets_its_sealed_thinking_and_its_calls_back() -> None:
    for recording in good("openai-responses"):
        done = [event["item"] for event in objects(recording) if event.get("type") == "response.output_item.done"]
        back: Any = encode_responses(request(recording))["input"]
        expected = [(item["call_id"], item["name"], item["arguments"] or "{}") for item in done if item["type"] == "function_call"]
        found = [(item["call_id"], item["name"], item["arguments"]) for item in back if item.get("type") == "function_call"]
        assert len(found) == len(expected), recording.name
        assert [call[1:] for call in found] == [call[1:] for call in expected], recording.name
        kept = {item["encrypted_content"] for item in done if item["type"] == "reasoning" and item.get("encrypted_content")}
        assert {item["encrypted_content"] for item in back if item.get("type") == "reasoning"} <= kept


def test_chat_gets_its_text_and_its_calls_back() -> None:
    for recording in good("openai-chat"):
        outcome = feed(recording, [recording.body])
        messages: Any = encode_chat(request(recording), Dialect())["messages"]
        assistant = messages[1]
        assert (assistant["content"] or "") == outcome.said(TextDelta), recording.name
        found = [(call["function"]["name"], call["function"]["arguments"]) for call in assistant.get("tool_calls", [])]
        assert found == outcome.calls(), recording.name
