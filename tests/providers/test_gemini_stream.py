import json
from typing import Any

import pytest

from portico.providers.base import (
    Citation,
    Finish,
    PartStarted,
    ProviderError,
    ProviderEvent,
    ReasoningDelta,
    TextDelta,
    ToolCallReady,
    ToolCallStarted,
)
from portico.providers.gemini_stream import GenerateDecoder
from portico.providers.signatures import GEMINI


def read(*chunks: Any) -> list[ProviderEvent]:
    decoder, out = GenerateDecoder(set()), list[ProviderEvent]()
    for chunk in chunks:
        decoder.feed(json.dumps(chunk).encode(), out)
    return out + decoder.closing()


def chunk(*parts: dict[str, Any], finish: str | None = None, **more: Any) -> dict[str, Any]:
    reason = {"finishReason": finish} if finish else {}
    return {"candidates": [{"content": {"parts": list(parts), "role": "model"}, **reason, **more}]}


STOP = chunk({"text": ""}, finish="STOP")


def test_thoughts_are_reasoning_and_signatures_are_kept() -> None:
    events = read(chunk({"text": "Hm", "thought": True}), chunk({"text": "Yes", "thoughtSignature": "s"}), STOP)
    assert events == [ReasoningDelta("Hm"), TextDelta("Yes"), ReasoningDelta("", GEMINI + "s"), Finish("stop")]


def test_calls_come_whole_get_ids_and_change_the_finish_reason() -> None:
    call = {"functionCall": {"name": "look", "args": {"q": "ü"}}}
    events = read(chunk({**call, "thoughtSignature": "s"}, call), STOP)
    ready = [event for event in events if isinstance(event, ToolCallReady)]
    assert [(event.arguments, event.signature) for event in ready] == [('{"q":"ü"}', GEMINI + "s"), ('{"q":"ü"}', "")]
    assert len({event.call for event in events if isinstance(event, ToolCallStarted)}) == 2
    assert events[-1] == Finish("tool_calls")


def test_grounding_becomes_citations_once() -> None:
    grounding = {"groundingChunks": [{"web": {"uri": "https://a", "title": "A"}}, {"retrievedContext": {"text": "x"}}]}
    events = read(chunk({"text": "Hi"}, groundingMetadata=grounding), chunk(finish="STOP", groundingMetadata=grounding))
    assert [event for event in events if isinstance(event, Citation)] == [Citation("https://a", "A")]


def test_code_that_google_ran_and_images_are_parts() -> None:
    events = read(chunk({"executableCode": {"code": "1+1"}}, {"inlineData": {"mimeType": "image/png", "data": "AA"}}), STOP)
    parts = [(event.kind, event.name, event.data) for event in events if isinstance(event, PartStarted)]
    assert parts == [("hosted_tool", "executableCode", '{"code":"1+1"}'), ("image", "", "data:image/png;base64,AA")]


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}}, "content_filtered"),
        (chunk(finish="MALFORMED_FUNCTION_CALL"), "provider_failed"),
        ({"error": {"code": 503, "status": "UNAVAILABLE", "message": "overloaded"}}, "provider_overloaded"),
        (chunk({"text": "Hi"}), "provider_cut"),
    ],
)
def test_errors(said: dict[str, Any], code: str) -> None:
    with pytest.raises(ProviderError, match=code):
        read(said)


@pytest.mark.parametrize(
    ("reason", "ours"), [("MAX_TOKENS", "length"), ("SAFETY", "content_filter"), ("RECITATION", "content_filter"), ("STOP", "stop")]
)
def test_finish_reasons(reason: str, ours: str) -> None:
    assert read(chunk({"text": "Hi"}, finish=reason))[-1] == Finish(ours)  # type: ignore[arg-type]


def test_an_array_of_chunks_is_read_like_a_stream() -> None:
    assert read([chunk({"text": "Hi"}), STOP]) == [TextDelta("Hi"), Finish("stop")]
