"""Asking models: which there are, what they can do, and their answers, with retries, fallbacks and a breaker before the first token."""

import asyncio
import logging
import random
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace

from portico.errors import Unavailable
from portico.infra.crypto import Vault
from portico.infra.db import Database
from portico.infra.egress import Egress
from portico.infra.telemetry import Metrics
from portico.providers import route
from portico.providers.adapters import adapter_for
from portico.providers.base import (
    CallStarted,
    Capabilities,
    ChatProvider,
    ChatRequest,
    Finish,
    Notice,
    ProviderError,
    ProviderEvent,
    TextDelta,
    Usage,
)
from portico.providers.configuration import Configuration
from portico.providers.counting import estimate_tokens
from portico.providers.demo_script import count_tokens
from portico.providers.directory import Directory, vendor_of, with_demotion
from portico.providers.failures import failure
from portico.providers.models import (
    Choice,
    Completion,
    HealthState,
    Model,
    ModelChoice,
    ModelInfo,
    ModelUnknown,
    Provider,
)
from portico.providers.route import Standing
from portico.providers.thinktags import ThinkTags
from portico.settings import Settings

logger = logging.getLogger(__name__)
COMPLETE_S = 60.0
DEMOTED_MS = 24 * 3600 * 1000
_GAUGE = {"ok": 1.0, "unknown": 1.0, "degraded": 0.5, "open": 0.0}
_TAGGED = frozenset({"openai", "ollama"})
DEMOTE = """
INSERT INTO models (provider_id, id, name, enabled, position, source, demoted_until, updated)
VALUES (:provider, :id, :name, :enabled, :position, 'changed', {now} + :span, {now})
ON CONFLICT (provider_id, id) DO UPDATE SET demoted_until = excluded.demoted_until,
  updated = CASE WHEN excluded.updated > models.updated THEN excluded.updated ELSE models.updated + 1 END
"""


@dataclass(slots=True)
class _Course:
    """How asking one provider went: `failed` when the next one of the route shall be asked."""

    provider: Provider
    model: Model
    failed: ProviderError | None = None
    began: bool = False


class ProviderService:
    """See the module. What it remembers of the providers' health is this process's own."""

    def __init__(self, db: Database, settings: Settings, egress: Egress, vault: Vault, metrics: Metrics) -> None:
        self.db: Database = db
        self._settings = settings
        self.egress: Egress = egress
        self._metrics = metrics
        self._standings: dict[str, Standing] = {}
        self.configuration: Configuration = Configuration(db, settings.providers, vault)

    # What there is

    async def offered(self) -> list[ModelInfo]:
        """Return the models that people may choose from, in order."""
        directory = await self.configuration.current()
        return [_info(directory, provider, model) for provider, model in directory.offered()]

    async def default_model(self) -> ModelChoice | None:
        """Return the model of a new conversation, as the settings say; None when there is no model at all."""
        return (await self.configuration.current()).default(self._settings.providers.default_model)

    async def resolve(self, choice: Choice) -> ModelInfo:
        """Return what is known of a model that may be asked: one that is offered, or any of the demo's. Raises ModelUnknown."""
        directory = await self.configuration.current()
        provider, model = directory.provider(choice.provider), directory.model(choice.provider, choice.model)
        if provider is None or model is None or not (provider.enabled and (model.enabled or model.source == "builtin")):
            raise ModelUnknown("This model is not offered (any more): choose another one.")
        return _info(directory, provider, model)

    async def capabilities(self, choice: Choice) -> Capabilities:
        """Return what a model can do; nothing is known of one that is not there any more. `continuation` is never None."""
        directory = await self.configuration.current()
        provider, model = directory.provider(choice.provider), directory.model(choice.provider, choice.model)
        if provider is None or model is None:
            return Capabilities(continuation="instruct")
        return _info(directory, provider, model).capabilities

    def counter(self, choice: Choice) -> Callable[[str], int]:
        """Return how the tokens of a text are counted: the demo model exactly, others by estimate."""
        directory = self.configuration.last()
        provider = directory.provider(choice.provider) if directory is not None else None
        exact = provider.kind == "demo" if provider is not None else choice.provider == "demo"
        return count_tokens if exact else estimate_tokens

    def count_tokens(self, choice: Choice, text: str) -> int:
        return self.counter(choice)(text)

    def health(self, provider_id: str) -> HealthState:
        """Return how the provider does, as far as this process has seen it."""
        standing = self._standings.get(provider_id)
        return HealthState("unknown", "not asked yet") if standing is None else HealthState(*standing.breaker.health(time.monotonic()))

    # Asking

    async def open(self, choice: Choice, request: ChatRequest) -> AsyncGenerator[Sequence[ProviderEvent]]:
        """Ask a model, and its fallbacks if it fails before its first token; yield batches of events as they come.

        CallStarted stands before the events of every call that left. Once anything of an answer has come, a failure is raised as it is:
        how to go on is the caller's decision. Raises ProviderError.
        """
        directory = await self.configuration.current()
        failed = failure("model_not_found", f"no model {choice.model} at {choice.provider}")
        for number, (provider, model) in enumerate(_route(directory, choice, request)):
            if number:
                yield [Notice("fallback", detail=f"{provider.name}: {model.name}")]
            course = _Course(provider, model)
            async with aclosing(self._ask(course, request)) as batches:
                async for batch in batches:
                    yield batch
            if course.failed is None:
                return
            failed = course.failed
        raise failed

    async def complete(self, choice: Choice, request: ChatRequest) -> Completion:
        """Ask once and return the whole text, for titles and the like, within a minute. Raises ProviderError."""
        pieces: list[str] = []
        usage: Usage | None = None
        try:
            async with asyncio.timeout(COMPLETE_S), aclosing(self.open(choice, request)) as batches:
                async for batch in batches:
                    pieces.extend(event.text for event in batch if isinstance(event, TextDelta))
                    usage = next((event for event in batch if isinstance(event, Usage)), usage)
        except TimeoutError as error:
            raise failure("provider_timeout", f"no whole answer in {COMPLETE_S:.0f} s") from error
        return Completion("".join(pieces), usage)

    async def adapter(self, provider: Provider, key: str | None = None) -> ChatProvider:
        """Return the adapter for a provider, with the key given or its first one."""
        if key is None:
            key = next(iter(await self.configuration.keys(provider)), "")
        return adapter_for(provider.kind, self.egress.session("connector"), provider.base_url, key, vendor_of(provider))

    # One provider

    async def _ask(self, course: _Course, request: ChatRequest) -> AsyncGenerator[Sequence[ProviderEvent]]:
        """Ask one provider, again if that helps; sets `course.failed` when it does not."""
        standing = self._standing(course.provider.id)
        keys = await self.configuration.keys(course.provider)
        retried = 0
        while True:
            now = time.monotonic()
            if not standing.breaker.admit(now):
                course.failed = failure("provider_circuit_open", standing.breaker.health(now)[1])
                return
            key = standing.keys.choose(keys, now, random.random())
            try:
                async with aclosing(self._call(course, key, request)) as batches:
                    async for batch in batches:
                        yield batch
            except ProviderError as error:
                wait_s, code = await self._after(course, error, key, keys, retried), error.code
            else:
                return
            if wait_s is None:
                return
            retried += 1
            retry_at = int((time.time() + wait_s) * 1000)
            yield [Notice("retry", retry_at=retry_at, detail=code)]
            await asyncio.sleep(wait_s)

    async def _call(self, course: _Course, key: str, request: ChatRequest) -> AsyncGenerator[Sequence[ProviderEvent]]:
        """Make one call, and tell the breaker how it went: at its first token, and again if it breaks off later."""
        provider, model = course.provider, course.model
        standing = self._standing(provider.id)
        standing.budget(key).call(time.monotonic())
        tags = ThinkTags() if provider.kind in _TAGGED and not _continues(request) else None
        adapter = await self.adapter(provider, key)
        told = False
        try:
            yield [CallStarted(provider.id, model.id)]
            async with aclosing(adapter.stream(replace(request, model=model.upstream))) as batches:
                async for batch in batches:
                    if batch and not told:
                        told = course.began = True
                        self._record(provider, "ok")
                    yield batch if tags is None else tags.feed(batch)
                    if batch and isinstance(batch[-1], Finish) and (told_more := _ended_early(batch[-1])):
                        yield told_more
        except ProviderError as error:
            told = True
            self._record(provider, error.code)
            if tags is not None and (held := tags.flush()):
                yield held
            raise
        finally:
            if not told:
                standing.breaker.forget()

    async def _after(self, course: _Course, error: ProviderError, key: str, keys: Sequence[str], retried: int) -> float | None:
        """Return the seconds until a retry, None when the next provider shall be asked. Raises the error where nobody could help."""
        logger.warning("provider %s, model %s: %s (%s)", course.provider.id, course.model.id, error.code, error.message)
        if error.code == "provider_prefill_refused":
            await self._demote(course)
        if course.began:
            raise error
        standing = self._standing(course.provider.id)
        now = time.monotonic()
        if error.code in route.OF_THE_KEY:
            standing.keys.rest(key, now)
        chance, retries = random.random(), self._settings.providers.retries
        other_keys = len(keys) > 1 and standing.keys.others(keys, now)
        decision = route.decide(
            error, retried=retried, retries=retries, other_keys=other_keys, budget=lambda: standing.budget(key).take(now), chance=chance
        )
        if isinstance(decision, route.Retry):
            return decision.wait_s
        if isinstance(decision, route.GiveUp):
            raise error
        course.failed = error
        return None

    def _standing(self, provider_id: str) -> Standing:
        found = self._standings.get(provider_id)
        if found is None:
            found = self._standings[provider_id] = Standing(route.KeyTurns(self._settings.providers.key_select))
        return found

    def _record(self, provider: Provider, outcome: str) -> None:
        breaker = self._standing(provider.id).breaker
        healthy = outcome not in route.UNHEALTHY or provider.kind == "demo"  # what fails when it is told to is not ill
        breaker.record(time.monotonic(), healthy=healthy)
        self._metrics.provider_calls.inc(provider.id, outcome)
        self._metrics.provider_health.set(_GAUGE[breaker.health(time.monotonic())[0]], provider.id)

    async def _demote(self, course: _Course) -> None:
        """Remember for a day that this model refuses to continue a started answer."""
        try:
            async with self.db.transaction() as tx:
                model = course.model
                await tx.execute(
                    DEMOTE,
                    provider=model.provider,
                    id=model.id,
                    name=model.name,
                    enabled=model.enabled,
                    position=model.position,
                    span=DEMOTED_MS,
                )
        except Unavailable:
            logger.warning("the demotion of %s is not stored: the database does not answer", course.model.id)
        self.configuration.changed()


def _ended_early(finish: Finish) -> list[ProviderEvent]:
    """Return what the person should know of an answer that ended before its end. Raises ProviderError where a filter stopped it."""
    if finish.reason == "content_filter":
        raise failure("content_filtered", "the provider stopped the answer")
    return [Notice("length")] if finish.reason == "length" else []


def _info(directory: Directory, provider: Provider, model: Model) -> ModelInfo:
    until_ms = directory.demoted.get((provider.id, model.id), 0)
    return ModelInfo(provider, model, with_demotion(model.capabilities, until_ms, int(time.time() * 1000)))


def _continues(request: ChatRequest) -> bool:
    return bool(request.messages) and request.messages[-1].role == "assistant"


def _route(directory: Directory, choice: Choice, request: ChatRequest) -> list[tuple[Provider, Model]]:
    """Return whom to ask, in order. A started answer is continued only by the model that began it: another would not know its tokens."""
    first = directory.provider(choice.provider)
    wanted: list[Choice] = [choice]
    if first is not None and not _continues(request):
        wanted.extend(first.fallbacks)
    found: list[tuple[Provider, Model]] = []
    for each in wanted:
        provider, model = directory.provider(each.provider), directory.model(each.provider, each.model)
        if provider is not None and provider.enabled and model is not None and (provider, model) not in found:
            found.append((provider, model))
    return found
