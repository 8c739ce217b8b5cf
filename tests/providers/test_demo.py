import asyncio
import time

import pytest

from portico.providers.base import (
    Citation,
    Finish,
    ImagePart,
    PartStarted,
    PromptMessage,
    ProviderError,
    ReasoningDelta,
    TextDelta,
    TextPart,
    ToolCallPart,
    ToolCallReady,
    ToolCallStarted,
    ToolResultPart,
    ToolSpec,
    Usage,
)
from portico.providers.demo import MODELS, DemoPace, DemoProvider
from portico.providers.demo_script import count_tokens
from tests.providers.conftest import ask, begun, broken, collect, text_of

AT_ONCE = DemoProvider(DemoPace(rate=0, slow_rate=0, idle_s=0.05))
CLOCK = ToolSpec("current_time", "The time.", {"type": "object"})


async def test_the_tour_shows_all_that_an_answer_can_hold_and_says_what_it_is() -> None:
    events = await collect(AT_ONCE, ask("Hello", "demo"))
    text = text_of(events)
    assert all(piece in text for piece in ("demo model", "```python", "| Kind |", "$$", "```mermaid"))
    assert any(isinstance(event, ReasoningDelta) for event in events)
    assert events[-1] == Finish("stop")


async def test_a_chinese_question_is_answered_in_chinese() -> None:
    assert "演示模型" in text_of(await collect(AT_ONCE, ask("你好", "demo")))


async def test_words_are_deterministic_and_counted() -> None:
    events = await collect(AT_ONCE, ask("/words 5 seed 3", "demo-echo"))
    assert text_of(events) == "w0s3 w1s3 w2s3 w3s3 w4s3 "
    assert events[-2] == Usage(input=4, output=5)


@pytest.mark.parametrize("at", [1, 3, 9])
async def test_a_started_answer_goes_on_exactly_where_it_broke_off(at: int) -> None:
    whole = text_of(await collect(AT_ONCE, ask("/words 10", "demo-echo")))
    partial = "".join(f"w{n} " for n in range(at))
    events = await collect(AT_ONCE, ask("/words 10", "demo-echo", then=[begun(partial)], continuation="trailing"))
    assert partial + text_of(events) == whole
    assert events[-2] == Usage(input=2 + at, output=10 - at)


async def test_the_tour_goes_on_in_the_middle_of_a_chinese_sentence() -> None:
    whole = text_of(await collect(AT_ONCE, ask("你好", "demo")))
    events = await collect(AT_ONCE, ask("你好", "demo", then=[begun(whole[:51])]))
    assert whole[:51] + text_of(events) == whole
    assert not any(isinstance(event, ReasoningDelta) for event in events)


async def test_an_answer_is_cut_once_and_its_continuation_is_not() -> None:
    events, error = await broken(AT_ONCE, ask("/words 10 cut 4", "demo-echo"))
    assert (text_of(events), error.code) == ("w0 w1 w2 w3 ", "provider_cut")
    rest = await collect(AT_ONCE, ask("/words 10 cut 4", "demo-echo", then=[begun("w0 w1 w2 w3 ")]))
    assert text_of(rest).startswith("w4 ")
    assert rest[-1] == Finish("stop")


@pytest.mark.parametrize("code", ["provider_overloaded", "provider_auth", "context_too_long"])
async def test_it_fails_as_it_is_told(code: str) -> None:
    events, error = await broken(AT_ONCE, ask(f"/fail {code} after 2 retry 7", "demo"))
    assert (error.code, error.retry_after_s, len(text_of(events).split())) == (code, 7, 2)


async def test_its_models_fail_stall_and_break_off_by_name() -> None:
    assert (await broken(AT_ONCE, ask("hi", "demo-fail")))[1].code == "provider_overloaded"
    assert (await broken(AT_ONCE, ask("hi", "demo-cut")))[1].code == "provider_cut"
    events, error = await broken(AT_ONCE, ask("hi", "demo-stall"))
    assert (len(text_of(events).split()), error.code) == (5, "provider_timeout")


async def test_a_model_that_is_not_there_is_not_found() -> None:
    with pytest.raises(ProviderError, match="model_not_found"):
        await collect(AT_ONCE, ask("hi", "gpt-4o"))


async def test_it_refuses_to_continue_when_told_so() -> None:
    assert (await broken(AT_ONCE, ask("hi", "demo-noprefill", then=[begun("I am")])))[1].code == "provider_prefill_refused"
    assert text_of(await collect(AT_ONCE, ask("hi", "demo-noprefill")))


async def test_it_asks_a_tool_and_answers_from_the_result() -> None:
    asked = await collect(AT_ONCE, ask("What time is it?", "demo-tool", tools=(CLOCK,)))
    started = next(event for event in asked if isinstance(event, ToolCallStarted))
    ready = next(event for event in asked if isinstance(event, ToolCallReady))
    assert (started.name, ready.arguments, asked[-1]) == ("current_time", "{}", Finish("tool_calls"))
    call = PromptMessage("assistant", (ToolCallPart(ready.call, "current_time", "{}"),))
    result = PromptMessage("tool", (ToolResultPart(ready.call, "current_time", "12:00"),))
    answered = await collect(AT_ONCE, ask("What time is it?", "demo-tool", tools=(CLOCK,), then=[call, result]))
    assert text_of(answered) == "`current_time` says: 12:00"


async def test_it_calls_several_tools_at_once_and_only_those_that_are_offered() -> None:
    twice = await collect(AT_ONCE, ask('/tool current_time {"zone": "UTC"}\n/tool current_time {}', "demo", tools=(CLOCK,)))
    calls = [event for event in twice if isinstance(event, ToolCallReady)]
    assert [call.arguments for call in calls] == ['{"zone": "UTC"}', "{}"]
    assert calls[0].call != calls[1].call
    assert "offered" in text_of(await collect(AT_ONCE, ask("/tool erase {}", "demo", tools=(CLOCK,))))


async def test_asked_to_continue_in_words_it_repeats_a_little_and_goes_on() -> None:
    whole = text_of(await collect(AT_ONCE, ask("/words 50", "demo-noprefill")))
    question = PromptMessage("user", (TextPart("Continue exactly after the last word."),))
    rest = text_of(await collect(AT_ONCE, ask("/words 50", "demo-noprefill", then=[begun(whole[:80]), question])))
    assert rest == whole[80 - 24 :]


async def test_a_room_for_tokens_is_kept() -> None:
    events = await collect(AT_ONCE, ask("/words 9", "demo-echo", max_tokens=4))
    assert (text_of(events), events[-1]) == ("w0 w1 w2 w3 ", Finish("length"))


async def test_it_names_a_conversation_after_its_question() -> None:
    system = PromptMessage("system", (TextPart("Give this conversation a short title."),))
    request = ask("How do planes fly over the big sea?", "demo")
    titled = type(request)("demo", (system, *request.messages))
    assert text_of(await collect(AT_ONCE, titled)) == "How do planes fly over the"


async def test_it_says_what_images_it_was_given() -> None:
    request = ask("Look", "demo")
    seen = type(request)("demo", (PromptMessage("user", (TextPart("Look"), ImagePart("image/png", b"1234"))),))
    assert "image/png (4 bytes)" in text_of(await collect(AT_ONCE, seen))


async def test_the_pace_is_that_of_the_clock_and_a_slow_reader_gets_many_tokens_at_once() -> None:
    began, batches, seen = time.monotonic(), 0, 0
    async for batch in DemoProvider().stream(ask("/words 40 rate 400", "demo-echo")):
        batches, seen = batches + 1, seen + sum(isinstance(event, TextDelta) for event in batch)
        await asyncio.sleep(0.02)
    assert seen == 40
    assert batches < 20
    assert time.monotonic() - began >= 39 / 400


async def test_help_names_every_model_and_the_list_says_what_they_can_do() -> None:
    text = text_of(await collect(AT_ONCE, ask("/help", "demo")))
    assert all(f"`{model}`" in text for model in MODELS)
    assert {model.id: model.capabilities.continuation for model in await AT_ONCE.models()}["demo-noprefill"] == "instruct"


async def test_usage_counts_what_count_tokens_counts() -> None:
    for question in ("Hello", "你好，世界"):
        events = await collect(AT_ONCE, ask(question, "demo"))
        reasoning = "".join(event.text for event in events if isinstance(event, ReasoningDelta))
        usage = next(event for event in events if isinstance(event, Usage))
        assert usage.output == count_tokens(text_of(events)) + count_tokens(reasoning)
        assert usage.reasoning == count_tokens(reasoning)


async def test_it_draws_names_sources_and_says_what_it_searched_for() -> None:
    events = await collect(AT_ONCE, ask("/search the sea\n/cite https://example.org/a A title\n/image 30x20\n/echo Done.", "demo"))
    searched, *_ = [event for event in events if isinstance(event, PartStarted)]
    assert (searched.kind, searched.name, searched.data) == ("hosted_tool", "web_search", '{"query": "the sea"}')
    assert Citation("https://example.org/a", "A title") in events
    (drawn,) = [event for event in events if isinstance(event, PartStarted) and event.kind == "image"]
    assert drawn.data.startswith("data:image/png;base64,iVBOR")
