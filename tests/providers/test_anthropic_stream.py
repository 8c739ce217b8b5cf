import json
from typing import Any

import pytest

from portico.providers.anthropic_stream import MessagesDecoder
from portico.providers.base import (
    Citation,
    Finish,
    PartStarted,
    ProviderError,
    ProviderEvent,
    ReasoningDelta,
    ToolCallDelta,
    ToolCallReady,
    ToolCallStarted,
)
from portico.providers.signatures import ANTHROPIC, REDACTED

STOP = [{"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {}}, {"type": "message_stop"}]


def read(*events: Any) -> list[ProviderEvent]:
    decoder, out = MessagesDecoder(set()), list[ProviderEvent]()
    for event in events:
        decoder.feed(json.dumps(event).encode(), out)
    return out + decoder.closing()


def block(index: int, content: dict[str, Any], *deltas: dict[str, Any]) -> list[Any]:
    start = {"type": "content_block_start", "index": index, "content_block": content}
    middle = [{"type": "content_block_delta", "index": index, "delta": delta} for delta in deltas]
    return [start, *middle, {"type": "content_block_stop", "index": index}]


def test_thinking_is_closed_by_its_signature_and_redacted_thinking_is_only_that() -> None:
    thinking = block(
        0, {"type": "thinking", "thinking": ""}, {"type": "thinking_delta", "thinking": "Hm"}, {"type": "signature_delta", "signature": "s"}
    )
    events = read(*thinking, *block(1, {"type": "redacted_thinking", "data": "x"}), *STOP)
    assert events[:-1] == [ReasoningDelta("Hm"), ReasoningDelta("", ANTHROPIC + "s"), ReasoningDelta("", REDACTED + "x")]


def test_a_calls_arguments_come_in_pieces_whole_or_not_at_all() -> None:
    use = {"type": "tool_use", "id": "a", "name": "look", "input": {}}
    pieces = block(0, use, {"type": "input_json_delta", "partial_json": ""}, {"type": "input_json_delta", "partial_json": '{"q":1}'})
    whole = block(1, {**use, "id": "b", "input": {"q": 2}})
    events = read(*pieces, *whole, *block(2, {**use, "id": "c"}), *STOP)
    assert [event.arguments for event in events if isinstance(event, ToolCallReady)] == ['{"q":1}', '{"q":2}', "{}"]
    assert [event.call for event in events if isinstance(event, ToolCallStarted)] == ["a", "b", "c"]
    assert [event for event in events if isinstance(event, ToolCallDelta)] == [ToolCallDelta("a", '{"q":1}')]


def test_what_the_vendor_executes_is_shown_as_a_part() -> None:
    search = block(
        0,
        {"type": "server_tool_use", "id": "s", "name": "web_search", "input": {}},
        {"type": "input_json_delta", "partial_json": '{"query":"x"}'},
    )
    result = block(1, {"type": "web_search_tool_result", "tool_use_id": "s", "content": []})
    parts = [event for event in read(*search, *result, *STOP) if isinstance(event, PartStarted)]
    assert [(part.part, part.kind, part.name) for part in parts] == [
        (0, "hosted_tool", "web_search"),
        (1, "hosted_tool", "web_search_tool_result"),
    ]
    assert json.loads(parts[0].data)["input"] == '{"query":"x"}'


def test_citations_name_a_page_once() -> None:
    cited = {"type": "citations_delta", "citation": {"url": "https://a", "title": "A", "cited_text": "x"}}
    events = read(*block(0, {"type": "text", "text": ""}, cited, cited), *STOP)
    assert events[:-1] == [Citation("https://a", "A", "x")]


@pytest.mark.parametrize(
    ("reason", "ours"),
    [
        ("end_turn", "stop"),
        ("max_tokens", "length"),
        ("tool_use", "tool_calls"),
        ("pause_turn", "pause"),
        ("refusal", "content_filter"),
        ("new", "stop"),
    ],
)
def test_stop_reasons(reason: str, ours: str) -> None:
    assert read({"type": "message_delta", "delta": {"stop_reason": reason}, "usage": {"output_tokens": 1}})[-1] == Finish(ours)  # type: ignore[arg-type]


def test_an_error_event_is_an_error_and_an_early_end_a_cut() -> None:
    with pytest.raises(ProviderError, match="provider_overloaded"):
        read({"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}})
    with pytest.raises(ProviderError, match="provider_cut"):
        read(*block(0, {"type": "text", "text": "Hi"}))


def test_an_event_of_a_new_type_is_passed_over() -> None:
    assert read({"type": "content_block_progress", "index": 0, "delta": {"type": "newer"}}, *STOP)[-1] == Finish("stop")
