"""Compare what an adapter makes of a recording with the plain reading of it."""

import json
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

import aiohttp

from portico.providers.adapter import HttpProvider
from portico.providers.anthropic import AnthropicMessages
from portico.providers.base import (
    ChatRequest,
    Finish,
    PromptMessage,
    ProviderError,
    ProviderEvent,
    ReasoningDelta,
    TextDelta,
    TextPart,
    ToolCallDelta,
    ToolCallReady,
    ToolCallStarted,
    Usage,
)
from portico.providers.gemini import GeminiGenerate
from portico.providers.ollama import OllamaChat
from portico.providers.openai import OpenAIChat
from portico.providers.responses import OpenAIResponses
from tests.replay.recordings import Reading, Recording, in_chinese, read
from tests.replay.server import ReplayServer

ADAPTERS: dict[str, Callable[[aiohttp.ClientSession, str], HttpProvider]] = {
    "openai-chat": OpenAIChat,
    "openai-responses": OpenAIResponses,
    "anthropic-messages": AnthropicMessages,
    "gemini": GeminiGenerate,
    "ollama-chat": OllamaChat,
}
REQUEST = ChatRequest("some-model", (PromptMessage("user", (TextPart("Hello"),)),))


@dataclass
class Outcome:
    """What an adapter gave: its events, and the error that ended them."""

    events: list[ProviderEvent] = field(default_factory=list)
    error: ProviderError | None = None

    def said(self, kind: type[TextDelta | ReasoningDelta]) -> str:
        return "".join(event.text for event in self.events if isinstance(event, kind))

    def calls(self) -> list[tuple[str, str]]:
        names = {event.call: event.name for event in self.events if isinstance(event, ToolCallStarted)}
        return [(names[event.call], event.arguments) for event in self.events if isinstance(event, ToolCallReady)]

    def reading(self) -> Reading:
        usages = [(event.input, event.output, event.cached, event.reasoning) for event in self.events if isinstance(event, Usage)]
        finishes = [event.reason for event in self.events if isinstance(event, Finish)]
        assert len(usages) <= 1
        assert len(finishes) <= 1
        return Reading(
            self.said(TextDelta),
            self.said(ReasoningDelta),
            self.calls(),
            usages[0] if usages else None,
            finishes[0] if finishes else "",
            self.error is not None,
        )


async def ask(server: ReplayServer, session: aiohttp.ClientSession, recording: Recording, how: str) -> Outcome:
    provider = ADAPTERS[recording.protocol](session, server.address(recording, how))
    outcome = Outcome()
    try:
        async for batch in provider.stream(REQUEST):
            outcome.events += batch
    except ProviderError as error:
        outcome.error = error
    return outcome


def feed(recording: Recording, pieces: Iterable[bytes]) -> Outcome:
    """Give pieces to the adapter's own splitter and decoder, without a network between."""
    provider = ADAPTERS[recording.protocol](None, "http://nowhere")  # type: ignore[arg-type]
    decoder, splitter, outcome = provider._decoder(REQUEST), None, Outcome()
    for piece in pieces:
        splitter = splitter or provider._splitter(piece)
        outcome.error = provider._decode(decoder, splitter.feed(piece), outcome.events)
        if outcome.error:
            return outcome
    outcome.events += provider._rest(decoder, splitter)
    outcome.events += decoder.closing()
    return outcome


def differences(expected: Reading, outcome: Outcome) -> list[str]:
    found = outcome.reading()
    names = ("error",) if expected.error else ("text", "reasoning", "usage", "finish", "error")
    wrong = [
        f"{name}: {getattr(expected, name)!r:.80} became {getattr(found, name)!r:.80}"
        for name in names
        if getattr(expected, name) != getattr(found, name)
    ]
    if not expected.error and plain(expected.calls or []) != plain(found.calls or []):
        wrong.append(f"calls: {expected.calls!r:.120} became {found.calls!r:.120}")
    deltas = Counter[str]()
    for event in outcome.events:
        if isinstance(event, ToolCallDelta):
            deltas[event.call] += len(event.json)
        if isinstance(event, ToolCallReady) and deltas[event.call] not in (0, len(event.arguments)):
            wrong.append("the pieces of a call's arguments are not its arguments")
    return wrong


def plain(calls: list[tuple[str, str]]) -> list[tuple[str, object]]:
    """Return calls with their arguments as texts, or as values where the vendor sends values."""
    return [(name, json.loads(said) if isinstance(said, str) and said.startswith("{") else said) for name, said in calls]


def check_error(recording: Recording, outcome: Outcome) -> list[str]:
    """Say what is wrong with the error that was made of an answer with a status that says failure."""
    sensible = {
        400: {
            "provider_rejected",
            "model_not_found",
            "context_too_long",
            "content_filtered",
            "provider_auth",
            "provider_quota",
            "provider_prefill_refused",
        },
        401: {"provider_auth"},
        402: {"provider_quota"},
        403: {"provider_forbidden", "provider_auth", "provider_quota", "model_not_found", "content_filtered"},
        404: {"model_not_found"},
        413: {"provider_rejected", "context_too_long"},
        422: {"provider_rejected", "context_too_long", "model_not_found"},
        429: {"provider_rate_limited", "provider_quota"},
        500: {"provider_failed", "provider_overloaded"},
        502: {"provider_failed", "provider_overloaded"},
        503: {"provider_overloaded"},
        504: {"provider_timeout"},
        529: {"provider_overloaded"},
    }
    code = outcome.error.code if outcome.error else "no error"
    wrong = (
        [] if code in sensible.get(recording.status, {"provider_rejected", "provider_failed"}) else [f"{recording.status} became {code}"]
    )
    said = not recording.body.strip() or (outcome.error is not None and outcome.error.message)
    return wrong + ([] if said else ["the provider's message is lost"])


def check_cut(recording: Recording, outcome: Outcome) -> list[str]:
    """Say what is wrong with half an answer: it must be an error, unless the half came to the answer's end already."""
    half = read(replace(recording, body=recording.body[: len(recording.body) // 2]))
    whole = read(recording)
    if half.whole and not half.error:
        return differences(replace(half, usage=outcome.reading().usage), outcome)
    if outcome.error is None:
        return ["half an answer was taken for a whole one"]
    if not half.error and outcome.error.code != "provider_cut":
        return [f"the cut became {outcome.error.code}"]
    return [] if whole.text.startswith(outcome.said(TextDelta)) else ["what came before the cut is not the answer's beginning"]


async def check(server: ReplayServer, session: aiohttp.ClientSession, recording: Recording) -> dict[str, list[str]]:
    """Serve a recording in every way; return what is wrong with each."""
    if recording.status >= 400:
        return {"error": check_error(recording, await ask(server, session, recording, "whole"))}
    expected = read(recording)
    chinese = in_chinese(recording)
    middle = len(recording.body) * 2 // 3
    found = {
        "whole": differences(expected, await ask(server, session, recording, "whole")),
        "7 bytes": differences(expected, await ask(server, session, recording, "sevens")),
        "split": differences(expected, await ask(server, session, recording, f"split-{middle}")),
        "Chinese": differences(read(chinese), feed(chinese, sevens(chinese.body))),
    }
    if not expected.error:
        found["dropped"] = check_cut(recording, await ask(server, session, recording, "dropped"))
        found["closed"] = check_cut(recording, await ask(server, session, recording, "closed"))
    return found


def sevens(body: bytes) -> list[bytes]:
    return [body[at : at + 7] for at in range(0, len(body), 7)]
