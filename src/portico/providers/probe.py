"""Ask a provider a few words to see whether it works, and whether a model continues a started answer. It costs tokens: only on a click."""

import asyncio
import time
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass

from portico.errors import PorticoError
from portico.providers.base import ChatProvider, ChatRequest, Continuation, PromptMessage, ProviderError, ProviderEvent, TextDelta, TextPart
from portico.providers.failures import failure
from portico.providers.models import Provider, TestResult

TEST_S = 45.0
_GREETING = "Answer with one word: ready."
_LETTERS = "Write the first eight Greek letters, in English, separated by commas."
_STARTED = "Alpha, Beta, Gam"
_EXPECTED = "ma"
# A model that thinks first needs room for that; none of the others uses it up.
_ROOM_TOKENS = 512
# A server that is not known may be a vLLM, which ignores a started answer unless it is told about it.
_WAYS: dict[str, tuple[Continuation, ...]] = {
    "": ("trailing", "vllm"),
    "vllm": ("vllm",),
    "deepseek": ("prefix_flag",),
    "mistral": ("prefix_flag",),
}


@dataclass(slots=True)
class Heard:
    """What came back, with times on this process's clock."""

    began: float
    first: float | None = None
    text: str = ""
    error: PorticoError | None = None


async def greet(adapter: ChatProvider, model: str) -> TestResult:
    """Stream a short answer and measure it."""
    heard = await _listen(adapter, ChatRequest(model, (_said("user", _GREETING),), max_tokens=_ROOM_TOKENS))
    latency_ms = round((time.monotonic() - heard.began) * 1000)
    ttft_ms = round((heard.first - heard.began) * 1000) if heard.first is not None else None
    if heard.error is None:
        return TestResult(ok=True, latency_ms=latency_ms, ttft_ms=ttft_ms, text=heard.text[:500])
    message = heard.error.message if isinstance(heard.error, ProviderError) else ""
    failed = (heard.error.code, heard.error.detail, message)
    return TestResult(ok=False, latency_ms=latency_ms, ttft_ms=ttft_ms, text=heard.text[:500] or None, error=failed)


async def probe_continuation(adapter: ChatProvider, model: str, ways: Sequence[Continuation]) -> Continuation | None:
    """Start an answer in each way and see whether the model goes on in the middle of the word.

    Returns the first way in which it does, `instruct` if it refuses or begins anew, and None if something else was wrong.
    """
    found: Continuation | None = None
    for way in ways:
        found = await _try(adapter, model, way)
        if found == way or found is None:
            break
    return found


async def _try(adapter: ChatProvider, model: str, way: Continuation) -> Continuation | None:
    messages = (_said("user", _LETTERS), _said("assistant", _STARTED))
    heard = await _listen(adapter, ChatRequest(model, messages, max_tokens=16, reasoning_effort="none", continuation=way))
    if heard.error is None or heard.text:
        return way if heard.text.startswith(_EXPECTED) else "instruct"
    return "instruct" if heard.error.code in ("provider_prefill_refused", "provider_rejected") else None


def ways_of(provider: Provider, vendor: str) -> tuple[Continuation, ...]:
    """Return the ways of continuing that are worth trying with this provider."""
    if provider.kind != "openai":
        return ("trailing",)
    return _WAYS.get(vendor, ("trailing",))


def _said(role: str, text: str) -> PromptMessage:
    return PromptMessage("assistant" if role == "assistant" else "user", (TextPart(text),))


async def _listen(adapter: ChatProvider, request: ChatRequest) -> Heard:
    heard = Heard(time.monotonic())
    try:
        async with asyncio.timeout(TEST_S), aclosing(adapter.stream(request)) as batches:
            async for batch in batches:
                _hear(heard, batch)
    except TimeoutError:
        heard.error = failure("provider_timeout", f"no whole answer in {TEST_S:.0f} s")
    except ProviderError as error:
        heard.error = error
    return heard


def _hear(heard: Heard, batch: Sequence[ProviderEvent]) -> None:
    if batch and heard.first is None:
        heard.first = time.monotonic()
    heard.text += "".join(event.text for event in batch if isinstance(event, TextDelta))
