"""The loop of one answer, with providers and tools that are scripted here."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing

import pytest

from portico.conversations.models import ModelRef, Part, TextPart, ToolCallPart
from portico.ids import RunId, UserId
from portico.providers.base import (
    Capabilities,
    ChatRequest,
    Finish,
    Notice,
    PromptMessage,
    ProviderEvent,
    ReasoningDelta,
    TextDelta,
    ToolCallReady,
    ToolCallStarted,
    ToolSpec,
    Usage,
)
from portico.providers.base import TextPart as PromptText
from portico.runs.continuation import Plan
from portico.runs.draft import Draft
from portico.runs.engine import MAX_STEPS, Assignment, Engine
from portico.runs.events import ApprovalWanted, Ended, EngineEvent, ToolAnswered, sequenced
from portico.runs.prompt import INSTRUCTION
from portico.tools.base import ToolContext
from portico.tools.registry import Registry

STEP = Plan("step", ())
Batches = Sequence[Sequence[ProviderEvent]]


class Scripted:
    """A provider that says one script after the other, the last for ever; it keeps what it was asked."""

    def __init__(self, *scripts: Batches) -> None:
        self.scripts = scripts
        self.asked: list[ChatRequest] = []
        self.closed = 0

    async def open(self, choice: ModelRef, request: ChatRequest) -> AsyncGenerator[Sequence[ProviderEvent]]:
        self.asked.append(request)
        try:
            for batch in self.scripts[min(len(self.asked), len(self.scripts)) - 1]:
                yield batch
        finally:
            self.closed += 1


class Note:
    """A tool that remembers in whose name it acted."""

    def __init__(self, name: str = "note", *, read_only: bool = True) -> None:
        self.spec = ToolSpec(name, "Note.", {"type": "object"})
        self.read_only = read_only
        self.contexts: list[ToolContext] = []

    async def run(self, arguments: dict[str, object], context: ToolContext) -> str:
        self.contexts.append(context)
        return f"noted {arguments.get('n', '')}"


def words(text: str) -> int:
    return len(text.split())


def job(*, approvals: dict[str, bool] | None = None, window: int | None = None, history: Sequence[PromptMessage] = ()) -> Assignment:
    question = PromptMessage("user", (PromptText("Well?"),))
    abilities = Capabilities(tools=True, continuation="trailing", context_tokens=window)
    model = ModelRef("p", "m")
    return Assignment(RunId("r"), UserId("u"), model, abilities, (*history, question), words, approvals=approvals)


async def answer(
    provider: Scripted, *tools: Note, assignment: Assignment | None = None, plan: Plan = STEP
) -> tuple[list[EngineEvent], Draft]:
    """Everything that the engine says, folded as its caller must."""
    draft, said = Draft(plan.kept), list[EngineEvent]()
    async with aclosing(Engine(provider, Registry(tools)).run(assignment or job(), draft, plan)) as batches:
        async for batch in batches:
            for item in batch:
                said.append(item)
                if (event := sequenced(item, seq=1, attempt=1, call_number=1)) is not None:
                    draft.apply(event)
    return said, draft


def call(name: str = "note", arguments: str = "{}", number: int = 1) -> list[ProviderEvent]:
    return [ToolCallStarted(f"c{number}", name), ToolCallReady(f"c{number}", arguments)]


async def test_an_answer_is_what_the_model_says() -> None:
    said, _ = await answer(Scripted([[TextDelta("one "), TextDelta("two")], [Usage(1, 2), Finish("stop")]]))
    assert said == [TextDelta("one two"), Usage(1, 2), Ended("done")]


async def test_words_of_one_read_are_joined_around_what_stands_between_them() -> None:
    said, _ = await answer(Scripted([[TextDelta("a"), TextDelta("b"), ReasoningDelta("c"), TextDelta("d"), TextDelta("e")]]))
    assert said == [TextDelta("ab"), ReasoningDelta("c"), TextDelta("de"), Ended("done")]


async def test_a_model_that_says_nothing_has_failed() -> None:
    said, _ = await answer(Scripted([[Finish("stop")]]))
    end = said[-1]
    assert isinstance(end, Ended)
    assert end.outcome == "failed"
    assert end.error is not None
    assert end.error.code == "empty_answer"


async def test_a_result_goes_back_to_the_model() -> None:
    tool, provider = Note(), Scripted([[*call(arguments='{"n": 7}')]], [[TextDelta("done")]])
    said, draft = await answer(provider, tool)
    assert [item for item in said if isinstance(item, ToolAnswered)] == [ToolAnswered("c1", "noted 7", is_error=False)]
    assert [turn.role for turn in provider.asked[1].messages] == ["user", "assistant", "tool"]
    assert draft.parts()[-1] == TextPart("done")
    assert tool.contexts == [ToolContext(UserId("u"), RunId("r"), "r:c1")]


async def test_the_key_of_a_call_is_the_same_whenever_it_is_tried() -> None:
    tool = Note()
    plan = Plan("tools", (ToolCallPart("c1", "note", "{}", "running"),))
    await answer(Scripted([[TextDelta("ok")]]), tool, plan=plan)
    await answer(Scripted([[TextDelta("ok")]]), tool, plan=plan)
    assert [context.key for context in tool.contexts] == ["r:c1", "r:c1"]


async def test_calls_without_a_result_are_carried_out_before_the_model_is_asked() -> None:
    tool, provider = Note(), Scripted([[TextDelta("ok")]])
    await answer(provider, tool, plan=Plan("tools", (ToolCallPart("c1", "note", "{}", "running"),)))
    assert len(tool.contexts) == 1
    assert [turn.role for turn in provider.asked[0].messages] == ["user", "assistant", "tool"]


async def test_what_changes_something_waits_for_the_person() -> None:
    tool = Note(read_only=False)
    said, _ = await answer(Scripted([[*call()]]), tool)
    assert said[-2:] == [ApprovalWanted("c1"), Ended("needs_user")]
    assert tool.contexts == []


@pytest.mark.parametrize(("approved", "times"), [(True, 1), (False, 0)])
async def test_the_persons_word_decides(approved: bool, times: int) -> None:
    tool = Note(read_only=False)
    said, draft = await answer(Scripted([[*call()]], [[TextDelta("ok")]]), tool, assignment=job(approvals={"c1": approved}))
    part = draft.parts()[0]
    assert isinstance(part, ToolCallPart)
    assert (len(tool.contexts), part.is_error, said[-1]) == (times, not approved, Ended("done"))


async def test_a_tool_that_does_not_exist_is_told_to_the_model() -> None:
    said, _ = await answer(Scripted([[*call("telepathy")]], [[TextDelta("sorry")]]), Note())
    assert [item.is_error for item in said if isinstance(item, ToolAnswered)] == [True]


async def test_a_model_that_only_calls_tools_is_stopped() -> None:
    provider = Scripted([[*call()]])
    said, _ = await answer(provider, Note())
    end = said[-1]
    assert isinstance(end, Ended)
    assert end.error is not None
    assert (end.error.code, len(provider.asked)) == ("too_many_steps", MAX_STEPS)


async def test_a_partial_text_is_the_last_turn_for_a_model_that_can_go_on_with_it() -> None:
    provider = Scripted([[TextDelta("ma")]])
    kept: tuple[Part, ...] = (TextPart("Alpha, Beta, Gam"),)
    said, draft = await answer(provider, plan=Plan("prefill", kept))
    request = provider.asked[0]
    assert (request.messages[-1].role, request.continuation) == ("assistant", "trailing")
    assert draft.parts() == (TextPart("Alpha, Beta, Gamma"),)
    assert Notice("continued") not in said


async def test_a_model_that_is_told_to_go_on_repeats_nothing() -> None:
    provider = Scripted([[TextDelta("Beta, Gam"), TextDelta("ma")]])
    said, draft = await answer(provider, plan=Plan("instruct", (TextPart("Alpha, Beta, Gam"),)))
    request = provider.asked[0]
    assert request.messages[-1].parts == (PromptText(INSTRUCTION),)
    assert request.continuation == "none"
    assert draft.parts() == (TextPart("Alpha, Beta, Gamma"),)
    assert Notice("continued") in said


async def test_a_restart_asks_for_the_step_again() -> None:
    provider = Scripted([[TextDelta("again")]])
    done = ToolCallPart("c1", "note", "{}", "done", "noted")
    _, draft = await answer(provider, plan=Plan("restart", (done,)))
    assert [turn.role for turn in provider.asked[0].messages] == ["user", "assistant", "tool"]
    assert draft.parts() == (done, TextPart("again"))


async def test_that_the_beginning_was_left_out_is_said_once() -> None:
    long = [PromptMessage("user", (PromptText("word " * 400),)), PromptMessage("assistant", (PromptText("word " * 400),))]
    provider = Scripted([[*call()]], [[TextDelta("ok")]])
    said, _ = await answer(provider, Note(), assignment=job(window=300, history=long))
    assert said.count(Notice("trimmed")) == 1
    assert said[0] == Notice("trimmed")


async def test_a_caller_that_goes_closes_the_providers_stream() -> None:
    provider = Scripted([[TextDelta("one")], [TextDelta("two")]])
    batches = Engine(provider, Registry([])).run(job(), Draft(), STEP)
    await anext(batches)
    await batches.aclose()
    assert provider.closed == 1
