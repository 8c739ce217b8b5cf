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
    ToolCallDelta,
    ToolCallReady,
    ToolCallStarted,
    Usage,
)
from portico.providers.responses_stream import ResponsesDecoder
from portico.providers.signatures import RESPONSES

DONE = {"type": "response.completed", "response": {}}


def read(*events: Any) -> list[ProviderEvent]:
    decoder, out = ResponsesDecoder(set()), list[ProviderEvent]()
    for event in events:
        decoder.feed(json.dumps(event).encode(), out)
    return out + decoder.closing()


def test_calls_with_the_same_id_are_told_apart() -> None:
    def call(index: int) -> list[dict[str, Any]]:
        item = {"type": "function_call", "call_id": "c", "name": "look", "arguments": ""}
        return [
            {"type": "response.output_item.added", "output_index": index, "item": item},
            {"type": "response.function_call_arguments.delta", "output_index": index, "delta": "{}"},
            {"type": "response.output_item.done", "output_index": index, "item": {**item, "arguments": "{}"}},
        ]

    events = read(*call(0), *call(1), DONE)
    assert [event.call for event in events if isinstance(event, ToolCallStarted)] == ["c", "c_2"]
    assert [event.call for event in events if isinstance(event, ToolCallReady)] == ["c", "c_2"]
    assert events[-1] == Finish("tool_calls")


def test_a_server_that_sends_only_whole_items_is_read() -> None:
    message = {"type": "message", "content": [{"type": "output_text", "text": "Hi"}]}
    call = {"type": "function_call", "call_id": "c", "name": "look", "arguments": '{"q":1}'}
    events = read(
        {"type": "response.output_item.done", "output_index": 0, "item": message},
        {"type": "response.output_item.done", "output_index": 1, "item": call},
        DONE,
    )
    assert events[:-1] == [TextDelta("Hi"), ToolCallStarted("c", "look"), ToolCallDelta("c", '{"q":1}'), ToolCallReady("c", '{"q":1}')]


def test_a_whole_response_instead_of_a_stream_is_read() -> None:
    message = {"type": "message", "content": [{"type": "output_text", "text": "Hi"}]}
    events = read({"object": "response", "status": "completed", "output": [message], "usage": {"input_tokens": 1, "output_tokens": 2}})
    assert events == [TextDelta("Hi"), Usage(1, 2), Finish("stop")]


def test_paragraphs_of_a_summary_are_set_apart_and_sealed() -> None:
    def paragraph(number: int, words: str) -> list[dict[str, Any]]:
        return [
            {"type": "response.reasoning_summary_part.added", "output_index": 0, "summary_index": number},
            {"type": "response.reasoning_summary_text.delta", "output_index": 0, "delta": words},
        ]

    sealed = {"type": "reasoning", "id": "rs", "encrypted_content": "x", "summary": []}
    events = read(
        *paragraph(0, "One"), *paragraph(1, "Two"), {"type": "response.output_item.done", "output_index": 0, "item": sealed}, DONE
    )
    assert "".join(event.text for event in events if isinstance(event, ReasoningDelta)) == "One\n\nTwo"
    last = [event for event in events if isinstance(event, ReasoningDelta)][-1]
    assert json.loads(last.signature.removeprefix(RESPONSES)) == {"id": "rs", "encrypted_content": "x", "summary": []}


def test_refusals_citations_hosted_tools_and_images_become_parts() -> None:
    annotation = {"type": "url_citation", "url": "https://a", "title": "A"}
    events = read(
        {"type": "response.refusal.delta", "output_index": 0, "delta": "No."},
        {"type": "response.output_text.annotation.added", "output_index": 0, "annotation": annotation},
        {"type": "response.output_item.done", "output_index": 1, "item": {"type": "web_search_call", "status": "completed"}},
        {"type": "response.output_item.done", "output_index": 2, "item": {"type": "image_generation_call", "result": "AA"}},
        DONE,
    )
    assert Citation("https://a", "A") in events
    parts = [(event.kind, event.name) for event in events if isinstance(event, PartStarted)]
    assert parts == [("hosted_tool", "web_search_call"), ("image", ""), ("refusal", "")]


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        ({"type": "response.incomplete", "response": {"incomplete_details": {"reason": "max_output_tokens"}}}, "length"),
        ({"type": "response.incomplete", "response": {"incomplete_details": {"reason": "content_filter"}}}, "content_filter"),
        (DONE, "stop"),
    ],
)
def test_finish_reasons(event: dict[str, Any], reason: str) -> None:
    assert read(event)[-1] == Finish(reason)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("event", "code"),
    [
        ({"type": "response.failed", "response": {"error": {"code": "rate_limit_exceeded", "message": "slow"}}}, "provider_rate_limited"),
        ({"type": "error", "code": "server_error", "message": "x"}, "provider_failed"),
        ({"type": "response.cancelled", "response": {}}, "provider_cut"),
        ({"type": "response.output_text.delta", "output_index": 0, "delta": "Hi"}, "provider_cut"),
    ],
)
def test_errors(event: dict[str, Any], code: str) -> None:
    with pytest.raises(ProviderError, match=code):
        read(event)
