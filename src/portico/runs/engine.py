"""The loop of one answer: provider stream, tool calls, again. It yields events in batches and writes no rows."""

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Protocol

from portico.conversations.models import MessageError, ModelRef, Part, TextPart, ToolCallPart
from portico.ids import RunId, UserId
from portico.providers.base import (
    Capabilities,
    ChatRequest,
    Finish,
    Notice,
    PromptMessage,
    PromptPart,
    ProviderEvent,
    TextDelta,
)
from portico.providers.base import TextPart as PromptText
from portico.runs.continuation import OverlapTrimmer, Plan, step_start
from portico.runs.draft import Draft
from portico.runs.events import ApprovalWanted, Ended, EngineEvent, ToolAnswered
from portico.runs.prompt import INSTRUCTION, assistant_turns, trim
from portico.tools.base import ToolContext
from portico.tools.registry import Registry

MAX_STEPS = 16  # calls of the model in one answer: an agent that needs more is going round in circles
TOO_MANY_STEPS = f"The model called tools {MAX_STEPS} times without an answer: ask more narrowly."


class Providers(Protocol):
    """What the engine needs of the providers' service."""

    def open(self, choice: ModelRef, request: ChatRequest) -> AsyncGenerator[Sequence[ProviderEvent]]: ...


@dataclass(frozen=True, slots=True)
class Assignment:
    """All that an answer is made from. `history` ends with the question; `approvals` are answers to earlier ApprovalWanted."""

    run_id: RunId
    user_id: UserId
    model: ModelRef
    capabilities: Capabilities
    history: tuple[PromptMessage, ...]
    count: Callable[[str], int]
    reasoning_effort: str | None = None
    approvals: Mapping[str, bool] | None = None
    history_share: float = 1.0  # how much of the turns may be sent


class Engine:
    def __init__(self, providers: Providers, tools: Registry) -> None:
        self._providers = providers
        self._tools = tools

    async def run(self, job: Assignment, draft: Draft, plan: Plan) -> AsyncGenerator[list[EngineEvent]]:
        """Answer, going on from `plan`. The caller folds every batch into `draft` before it asks for the next one.

        The last batch holds Ended. Raises ProviderError when a provider fails for good.
        """
        trimmed = False
        for _ in range(MAX_STEPS):
            if plan.mode != "tools":
                request, cut = self._request(job, draft, plan)
                if cut and not trimmed:
                    trimmed = True
                    yield [Notice("trimmed")]
                async with aclosing(self._ask(job, request, draft, plan)) as batches:
                    async for batch in batches:
                        yield batch
            if not _open_calls(draft):
                yield [_ended(draft)]
                return
            waits = False
            async for event in self._call_tools(job, draft):
                waits = waits or isinstance(event, ApprovalWanted)
                yield [event]
            if waits:
                yield [Ended("needs_user")]
                return
            plan = Plan("step", draft.parts())
        yield [Ended("failed", MessageError("too_many_steps", TOO_MANY_STEPS))]

    async def _ask(self, job: Assignment, request: ChatRequest, draft: Draft, plan: Plan) -> AsyncGenerator[list[EngineEvent]]:
        """One call of the model. Text that repeats the end of a continued answer is left out."""
        trimmer: OverlapTrimmer | None = None
        if plan.mode == "instruct":
            trimmer = OverlapTrimmer(_tail_text(draft))
            yield [Notice("continued")]
        async with aclosing(self._providers.open(job.model, request)) as batches:
            async for batch in batches:
                yield _merge(batch, trimmer)
        if trimmer is not None and (rest := trimmer.flush()):
            yield [TextDelta(rest)]

    async def _call_tools(self, job: Assignment, draft: Draft) -> AsyncGenerator[ToolAnswered | ApprovalWanted]:
        approvals = job.approvals or {}
        for call in _open_calls(draft):
            approved = approvals.get(call.call)
            if approved is None and self._tools.needs_approval(call.name):
                yield ApprovalWanted(call.call)
            elif approved is False:
                yield ToolAnswered(call.call, "The person did not allow this call.", is_error=True)
            else:
                context = ToolContext(job.user_id, job.run_id, f"{job.run_id}:{call.call}")
                outcome = await self._tools.run(call.name, call.arguments, context)
                yield ToolAnswered(call.call, outcome.content, outcome.is_error)

    def _request(self, job: Assignment, draft: Draft, plan: Plan) -> tuple[ChatRequest, bool]:
        parts = draft.parts()
        turns = [*job.history, *assistant_turns(parts[: step_start(parts)])]
        current = parts[step_start(parts) :]
        continuation = "none"
        if plan.mode in ("prefill", "instruct"):
            turns.append(PromptMessage("assistant", _texts(current)))
        if plan.mode == "prefill":
            continuation = job.capabilities.continuation or "none"
        elif plan.mode == "instruct":
            turns.append(PromptMessage("user", (PromptText(INSTRUCTION),)))
        messages, cut = trim(turns, window_tokens=job.capabilities.context_tokens, count=job.count, share=job.history_share)
        tools = self._tools.specs() if job.capabilities.tools else ()
        effort = job.reasoning_effort if job.reasoning_effort in ("none", "low", "medium", "high") else None
        return ChatRequest(
            job.model.model, messages, tools=tools, reasoning_effort=effort, continuation=continuation, user=job.user_id
        ), cut


def _open_calls(draft: Draft) -> list[ToolCallPart]:
    """Calls that have all their arguments and no result."""
    return [part for part in draft.parts() if isinstance(part, ToolCallPart) and part.state != "pending" and part.content is None]


def _texts(parts: Sequence[Part]) -> tuple[PromptPart, ...]:
    return tuple(PromptText(part.text) for part in parts if isinstance(part, TextPart))


def _tail_text(draft: Draft) -> str:
    parts = draft.parts()
    return parts[-1].text if parts and isinstance(parts[-1], TextPart) else ""


def _ended(draft: Draft) -> Ended:
    if any(not isinstance(part, TextPart) or part.text for part in draft.parts()):
        return Ended("done")
    return Ended("failed", MessageError("empty_answer", "The model answered with nothing: try again, or choose another model."))


def _merge(batch: Sequence[ProviderEvent], trimmer: OverlapTrimmer | None) -> list[EngineEvent]:
    """Join neighbouring text deltas of one read into one event; drop the finish, which the stream's end says as well."""
    out: list[EngineEvent] = []
    text: list[str] = []
    for event in batch:
        if isinstance(event, TextDelta):
            text.append(event.text if trimmer is None else trimmer.feed(event.text))
            continue
        _close_text(out, text)
        if not isinstance(event, Finish):
            out.append(event)
    _close_text(out, text)
    return out


def _close_text(out: list[EngineEvent], text: list[str]) -> None:
    joined = "".join(text)
    text.clear()
    if joined:
        out.append(TextDelta(joined))
