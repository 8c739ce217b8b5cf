"""The demo provider: a scripted model that needs no key and says that it is one; the tests' and the benchmark's model, too."""

import asyncio
import base64
import json
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from dataclasses import dataclass

from portico.providers.base import (
    Capabilities,
    ChatRequest,
    Citation,
    DiscoveredModel,
    Finish,
    FinishReason,
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
from portico.providers.demo_picture import png
from portico.providers.demo_script import Call, Script, count_tokens, input_tokens, script, tokenise
from portico.providers.failures import failure

MODELS: dict[str, str] = {
    "demo": "Demo: a tour",
    "demo-slow": "Demo: slow",
    "demo-fail": "Demo: fails",
    "demo-stall": "Demo: stalls",
    "demo-cut": "Demo: cut off",
    "demo-tool": "Demo: asks a tool",
    "demo-echo": "Demo: echo",
    "demo-noprefill": "Demo: refuses to continue",
}
_BATCH_TOKENS = 64


@dataclass(frozen=True, slots=True)
class DemoPace:
    """Tokens a second of the models, and how long a silence is borne before it is an error."""

    rate: float = 60.0
    slow_rate: float = 5.0
    idle_s: float = 45.0


class DemoProvider:
    """Implements ChatProvider from a script; keeps nothing between calls."""

    def __init__(self, pace: DemoPace | None = None) -> None:
        self._pace: DemoPace = pace or DemoPace()

    async def stream(self, request: ChatRequest) -> AsyncGenerator[Sequence[ProviderEvent]]:
        plan = _require(request)
        if plan.wait_s:
            await asyncio.sleep(plan.wait_s)
        tokens = _tokens(plan)
        room = len(tokens) if request.max_tokens is None else min(len(tokens), max(0, request.max_tokens))
        said = 0
        if plan.searches:
            yield [PartStarted(number, "hosted_tool", "web_search", _query(query)) for number, query in enumerate(plan.searches)]
        async for due in self._due(plan, request.model, room):
            yield tokens[said:due]
            said = due
        _break_off(plan, said)
        reason: FinishReason = "length" if room < len(tokens) else ("tool_calls" if plan.calls else "stop")
        calls = plan.calls if reason == "tool_calls" else ()
        thought = min(count_tokens(plan.reasoning), said)
        asked = input_tokens(request.messages)
        yield [
            *_furniture(plan),
            *_call_events(calls),
            Usage(input=asked, output=said + _call_tokens(calls), reasoning=thought),
            Finish(reason),
        ]

    async def models(self) -> list[DiscoveredModel]:
        return [DiscoveredModel(model, name, demo_capabilities(model)) for model, name in MODELS.items()]

    async def _due(self, plan: Script, model: str, room: int) -> AsyncIterator[int]:
        """Yield how many tokens are due, by the clock; ends where the script breaks off. A slow consumer finds many due at once."""
        rate = plan.rate if plan.rate is not None else (self._pace.slow_rate if model == "demo-slow" else self._pace.rate)
        clock = asyncio.get_running_loop().time
        began, said, stall_at = clock(), 0, _in_this_call(plan, plan.stall_at)
        broken_at = _in_this_call(plan, _broken_at(plan))
        end = room if broken_at is None else min(room, broken_at)
        while said < end:
            if stall_at is not None and said >= stall_at:
                began, stall_at = began + await self._stall(plan), None
            limit = end if stall_at is None else min(end, stall_at)
            if rate:
                await asyncio.sleep(max(0.0, began + said / rate - clock()))
                said = min(limit, max(said + 1, int((clock() - began) * rate) + 1))
            else:
                await asyncio.sleep(0)
                said = min(limit, said + _BATCH_TOKENS)
            yield said

    async def _stall(self, plan: Script) -> float:
        """Say nothing for as long as the script wants, and return that time; a silence over the limit is an error, as on a wire."""
        wanted = plan.stall_s if plan.stall_s is not None else self._pace.idle_s + 1
        await asyncio.sleep(min(wanted, self._pace.idle_s))
        if wanted > self._pace.idle_s:
            raise failure("provider_timeout", f"demo: silent for {self._pace.idle_s:g} s")
        return wanted


def demo_capabilities(model: str) -> Capabilities:
    continuation = "instruct" if model == "demo-noprefill" else "trailing"
    return Capabilities(
        vision=True,
        tools=True,
        reasoning=True,
        context_tokens=128_000,
        output_tokens=1_000_000,
        continuation=continuation,
        input_price=0.0,
        output_price=0.0,
        cached_price=0.0,
    )


def _require(request: ChatRequest) -> Script:
    if request.model not in MODELS:
        raise failure("model_not_found", f"demo: no model {request.model!r}", status=404)
    plan = script(request)
    if plan.refuses_prefill and request.messages and request.messages[-1].role == "assistant":
        raise failure("provider_prefill_refused", "demo: this model does not support assistant message prefill", status=400)
    if plan.fail_code and plan.fail_at == 0:
        raise _failure(plan)
    return plan


def _failure(plan: Script) -> ProviderError:
    code = plan.fail_code if plan.fail_code in ProviderError.CODES else "provider_failed"
    return failure(code, f"demo: told to fail with {plan.fail_code}", retry_after_s=plan.retry_after_s)


def _tokens(plan: Script) -> list[TextDelta | ReasoningDelta]:
    thought = [ReasoningDelta(piece) for piece in tokenise(plan.reasoning)]
    return [*thought, *(TextDelta(piece) for piece in tokenise(plan.text[plan.skip :]))]


def _in_this_call(plan: Script, at: int | None) -> int | None:
    """Turn a position of the text into one among this call's tokens; None when a continuation starts at it or behind it."""
    if at is None or 0 < plan.said >= at:
        return None
    return count_tokens(plan.reasoning) + at - plan.said


def _broken_at(plan: Script) -> int | None:
    return plan.fail_at if plan.fail_code else plan.cut_at


def _break_off(plan: Script, said: int) -> None:
    at = _in_this_call(plan, _broken_at(plan))
    if at is None or said < at:
        return
    raise _failure(plan) if plan.fail_code else failure("provider_cut", "demo: told to break off")


def _furniture(plan: Script) -> list[ProviderEvent]:
    """The image and the sources of an answer, behind its text."""
    events: list[ProviderEvent] = [Citation(url, title) for url, title in plan.sources]
    if plan.image is not None:
        picture = base64.b64encode(png(*plan.image)).decode()
        events.append(PartStarted(len(plan.searches), "image", data=f"data:image/png;base64,{picture}"))
    return events


def _query(text: str) -> str:
    return json.dumps({"query": text}, ensure_ascii=False)


def _call_events(calls: Sequence[Call]) -> list[ProviderEvent]:
    events: list[ProviderEvent] = []
    for call in calls:
        half = len(call.arguments) // 2
        pieces = [piece for piece in (call.arguments[:half], call.arguments[half:]) if piece]
        events.append(ToolCallStarted(call.call, call.name))
        events.extend(ToolCallDelta(call.call, piece) for piece in pieces)
        events.append(ToolCallReady(call.call, call.arguments))
    return events


def _call_tokens(calls: Sequence[Call]) -> int:
    return sum(count_tokens(call.arguments) for call in calls)
