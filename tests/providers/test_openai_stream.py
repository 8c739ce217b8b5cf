"""Variants of Chat Completions that servers send, beyond those that were recorded."""

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
from portico.providers.openai_stream import ChatDecoder
from portico.providers.signatures import details_of
from portico.providers.sse import SseSplitter
from tests.providers.conftest import sse


def read(*chunks: Any, taken: set[str] | None = None) -> list[ProviderEvent]:
    decoder = ChatDecoder(taken or set())
    out: list[ProviderEvent] = []
    splitter = SseSplitter()
    for data in [*splitter.feed(sse(*chunks)), *splitter.finish()]:
        decoder.feed(data, out)
    return out + decoder.closing()


def delta(finish: str | None = None, **members: Any) -> dict[str, Any]:
    return {"choices": [{"index": 0, "delta": members, "finish_reason": finish}]}


def piece(**members: Any) -> dict[str, Any]:
    function = {name: members.pop(name) for name in ("name", "arguments") if name in members}
    return delta(tool_calls=[{**members, "function": function}])


def calls(events: list[ProviderEvent]) -> list[tuple[str, str]]:
    names = {event.call: event.name for event in events if isinstance(event, ToolCallStarted)}
    return [(names[event.call], event.arguments) for event in events if isinstance(event, ToolCallReady)]


def test_parallel_calls_without_index_are_told_apart_by_their_ids() -> None:
    events = read(
        piece(id="a", name="one", arguments='{"x"'),
        piece(id="a", arguments=":1}"),
        piece(id="b", name="two", arguments="{}"),
        delta("tool_calls"),
    )
    assert calls(events) == [("one", '{"x":1}'), ("two", "{}")]


def test_parallel_calls_without_ids_or_index_begin_with_their_names() -> None:
    events = read(piece(name="one", arguments="{"), piece(arguments="}"), piece(name="one", arguments='{"y":2}'), delta("tool_calls"))
    assert calls(events) == [("one", "{}"), ("one", '{"y":2}')]
    assert len({event.call for event in events if isinstance(event, ToolCallStarted)}) == 2


def test_different_calls_under_the_same_index_are_two() -> None:
    events = read(
        piece(index=0, id="a", name="one", arguments="{}"), piece(index=0, id="b", name="two", arguments="{}"), delta("tool_calls")
    )
    assert calls(events) == [("one", "{}"), ("two", "{}")]


def test_pieces_of_interleaved_calls_find_their_own() -> None:
    events = read(
        piece(index=0, id="a", name="one", arguments=""),
        piece(index=1, id="b", name="two", arguments=""),
        piece(index=0, arguments='{"a":1}'),
        piece(index=1, arguments='{"b":2}'),
        delta("tool_calls"),
    )
    assert calls(events) == [("one", '{"a":1}'), ("two", '{"b":2}')]


def test_an_id_repeated_with_every_piece_is_one_call() -> None:
    events = read(piece(index=0, id="a", name="one", arguments="{"), piece(index=0, id="a", name="one", arguments="}"), delta("stop"))
    assert (calls(events), events[-1]) == ([("one", "{}")], Finish("tool_calls"))


def test_arguments_as_an_object_and_calls_without_arguments_are_read() -> None:
    assert calls(read(piece(index=0, id="a", name="one", arguments={"x": 1}), delta("tool_calls"))) == [("one", '{"x":1}')]
    assert calls(read(piece(index=0, id="a", name="one"), delta("tool_calls"))) == [("one", "{}")]


def test_an_id_that_the_conversation_has_already_is_made_another() -> None:
    events = read(piece(index=0, id="call_0", name="one", arguments="{}"), delta("tool_calls"), taken={"call_0"})
    assert [event.call for event in events if isinstance(event, ToolCallStarted | ToolCallDelta)] == ["call_0_2", "call_0_2"]


def test_the_old_function_call_and_the_new_custom_tool_are_calls() -> None:
    assert calls(read(delta(function_call={"name": "one", "arguments": "{}"}), delta("function_call"))) == [("one", "{}")]
    custom = {"index": 0, "id": "a", "type": "custom", "custom": {"name": "grep", "input": "x+"}}
    assert calls(read(delta(tool_calls=[custom]), delta("tool_calls"))) == [("grep", "x+")]


def test_a_refusal_is_a_part_of_its_own() -> None:
    events = read(delta(refusal="I can"), delta(refusal="not."), delta("stop"))
    assert events == [PartStarted(0, "refusal", "", "I cannot."), Finish("stop")]


def test_reasoning_in_two_places_is_read_once_and_its_signature_closes_it() -> None:
    detail = {"type": "reasoning.text", "text": "Hm", "index": 0}
    signed = {"type": "reasoning.text", "signature": "sig", "index": 0}
    events = read(delta(reasoning="Hm", reasoning_details=[detail]), delta(reasoning_details=[signed]), delta(content="Yes"), delta("stop"))
    assert events[0] == ReasoningDelta("Hm")
    assert isinstance(events[1], ReasoningDelta)
    assert details_of(events[1].signature) == [{**detail, "signature": "sig"}]
    assert events[2:] == [TextDelta("Yes"), Finish("stop")]


def test_an_empty_reasoning_field_beside_a_filled_one_says_nothing() -> None:
    assert read(delta(reasoning_content="Hm", reasoning=""), delta("stop"))[0] == ReasoningDelta("Hm")


def test_citations_of_several_servers_become_citations_once() -> None:
    annotation = {"type": "url_citation", "url_citation": {"url": "https://a", "title": "A", "content": "x"}}
    perplexity = {**delta(content="Hi"), "citations": ["https://b", "https://a"], "search_results": [{"url": "https://c", "title": "C"}]}
    events = read(delta(annotations=[annotation]), perplexity, perplexity, delta("stop"))
    found = [event for event in events if isinstance(event, Citation)]
    assert found == [Citation("https://a", "A", "x"), Citation("https://c", "C"), Citation("https://b")]


def test_usage_may_stand_in_every_chunk_and_the_last_one_counts() -> None:
    one, two = {"prompt_tokens": 1, "completion_tokens": 1}, {"prompt_tokens": 1, "completion_tokens": 9}
    events = read({**delta(content="a"), "usage": one}, {**delta("stop"), "usage": None}, {"choices": [], "usage": two})
    assert [event for event in events if isinstance(event, Usage)] == [Usage(1, 9)]


def test_a_stream_of_odd_chunks_is_read_nevertheless() -> None:
    odd = [
        {"choices": None, "id": "x"},
        {"choices": [], "prompt_filter_results": [{"content_filter_results": {}}]},
        {"choices": [{"index": 0, "delta": None, "content_filter_offsets": {}}]},
        {"choices": [{"index": 0, "finish_reason": None, "content_filter_results": {"hate": {"filtered": False}}}]},
        {"choices": [{"index": 1, "delta": {"content": "another choice"}}]},
        {"choices": [{"delta": {"role": "assistant", "content": "Hi", "tool_calls": []}}]},
        delta("length"),
    ]
    assert read(*odd) == [TextDelta("Hi"), Finish("length")]


@pytest.mark.parametrize(
    ("chunk", "code"),
    [
        ({"error": {"message": "overloaded", "type": "overloaded_error"}}, "provider_overloaded"),
        ({"error": "out of memory"}, "provider_failed"),
        ({"object": "error", "message": "bad", "code": 400}, "provider_rejected"),
        ({"x_groq": {"error": "over_capacity"}, "choices": []}, "provider_failed"),
        (delta("insufficient_system_resource"), "provider_overloaded"),
        (delta("error"), "provider_failed"),
    ],
)
def test_an_error_inside_the_stream_is_an_error(chunk: dict[str, Any], code: str) -> None:
    with pytest.raises(ProviderError, match=code):
        read(delta(content="Hi"), chunk)


def test_the_end_marker_alone_ends_an_answer_and_its_absence_cuts_it() -> None:
    assert read(delta(content="Hi"))[-1] == Finish("stop")
    decoder = ChatDecoder(set())
    decoder.feed(b'{"choices":[{"delta":{"content":"Hi"}}]}', [])
    with pytest.raises(ProviderError, match="provider_cut"):
        decoder.closing()


def test_a_whole_answer_instead_of_a_stream_is_read() -> None:
    decoder, out = ChatDecoder(set()), list[ProviderEvent]()
    decoder.feed(b'{"choices":[{"message":{"role":"assistant","content":"Hi"},"finish_reason":"stop"}],"usage":{"prompt_tokens":1}}', out)
    assert out + decoder.closing() == [TextDelta("Hi"), Usage(1), Finish("stop")]


def test_images_and_executed_tools_become_parts() -> None:
    events = read(
        delta(images=[{"type": "image_url", "image_url": {"url": "data:image/png;base64,AA"}}], executed_tools=[{"type": "search"}]),
        delta("stop"),
    )
    assert [(event.kind, event.name) for event in events if isinstance(event, PartStarted)] == [("hosted_tool", "search"), ("image", "")]
