"""A model server that says what a test tells it to, and the service of providers on a real store."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from portico.access.policy import scopes_of
from portico.access.principal import Principal
from portico.ids import UserId, new_id
from portico.infra.crypto import Vault
from portico.infra.db import Database
from portico.infra.egress import Egress
from portico.infra.telemetry import Metrics
from portico.providers.admin import ProviderAdmin
from portico.providers.base import ChatProvider, ChatRequest, PromptMessage, ProviderError, ProviderEvent, TextDelta, TextPart
from portico.providers.service import ProviderService
from portico.settings import Settings
from portico.settings.product import EnvProvider, Providers


def sse(*events: object, done: bool = True) -> bytes:
    """Return events as a Chat Completions server sends them."""
    lines = [f"data: {event if isinstance(event, str) else json.dumps(event)}\n\n" for event in events]
    return "".join([*lines, "data: [DONE]\n\n" if done else ""]).encode()


def said(*words: str, finish: str | None = "stop", **rest: object) -> bytes:
    """Return a whole Chat Completions stream that says these words."""
    chunks: list[object] = [{"choices": [{"index": 0, "delta": {"content": word}}]} for word in words]
    if finish:
        chunks.append({"choices": [{"index": 0, "delta": {}, "finish_reason": finish}], **rest})
    return sse(*chunks, done=bool(finish))


@dataclass
class Answer:
    """One answer of the scripted server: after `wait_s`, in two pieces with `pause_s` between them; `drop` loses the connection."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    wait_s: float = 0.0
    pause_s: float = 0.0
    drop: bool = False


@dataclass
class Asked:
    """What a request brought."""

    path: str
    headers: dict[str, str]
    body: Any
    method: str


class Upstream:
    """Answers requests in the order of `answers`; the last one goes on answering."""

    def __init__(self) -> None:
        self.answers: list[Answer] = [Answer(said("Hello"))]
        self.asked: list[Asked] = []
        self.url: str = ""

    def will(self, *answers: Answer) -> None:
        self.answers = list(answers)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        raw = await request.read()
        body = json.loads(raw) if raw else None
        self.asked.append(Asked(request.path_qs, dict(request.headers), body, request.method))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        await asyncio.sleep(answer.wait_s)
        response = web.StreamResponse(status=answer.status, headers={"Content-Type": "text/event-stream", **answer.headers})
        await response.prepare(request)
        half = len(answer.body) // 2 if answer.pause_s else len(answer.body)
        await response.write(answer.body[:half])
        if answer.pause_s:
            await asyncio.sleep(answer.pause_s)
            await response.write(answer.body[half:])
        if answer.drop and request.transport is not None:
            request.transport.abort()
        return response


@pytest.fixture
async def upstream() -> AsyncIterator[Upstream]:
    server = Upstream()
    app = web.Application(client_max_size=2**24)
    app.router.add_route("*", "/{rest:.*}", server.answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    server.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield server
    await runner.cleanup()


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as made:
        yield made


def ask(text: str = "Hello", model: str = "m", **more: Any) -> ChatRequest:
    return ChatRequest(model, (PromptMessage("user", (TextPart(text),)), *more.pop("then", ())), **more)


def begun(text: str) -> PromptMessage:
    return PromptMessage("assistant", (TextPart(text),))


async def collect(provider: ChatProvider, request: ChatRequest) -> list[ProviderEvent]:
    return [event async for batch in provider.stream(request) for event in batch]


async def broken(provider: ChatProvider, request: ChatRequest) -> tuple[list[ProviderEvent], ProviderError]:
    """Return what came, and the error that ended it."""
    events: list[ProviderEvent] = []
    try:
        async for batch in provider.stream(request):
            events += batch
    except ProviderError as error:
        return events, error
    raise AssertionError("it did not fail")


def text_of(events: list[ProviderEvent]) -> str:
    return "".join(event.text for event in events if isinstance(event, TextDelta))


@dataclass
class Bench:
    """The service, an administrator, and a second process on the same store."""

    db: Database
    service: ProviderService
    admin: ProviderAdmin
    root: Principal
    metrics: Metrics

    def process(self) -> ProviderService:
        """Another process with the same store and settings."""
        return ProviderService(self.db, self.service._settings, self.service.egress, self.service.configuration._vault, Metrics())


MakeBench = Callable[..., Bench]


@pytest.fixture
async def make_bench(db: Database) -> AsyncIterator[MakeBench]:
    user = UserId(new_id())
    async with db.transaction() as tx:
        await tx.execute("INSERT INTO users (id, name, role, created) VALUES (:id, 'Root', 'admin', {now})", id=user)
    root = Principal(user, "admin", frozenset(), scopes_of("admin"), 1, "session", "s")
    doors: list[Egress] = []

    def make(*declared: EnvProvider, **more: Any) -> Bench:
        settings = Settings(providers=Providers(declared=declared, **more))
        doors.append(Egress(settings))
        metrics = Metrics()
        service = ProviderService(db, settings, doors[-1], Vault(db, ["a key of the ring, long enough"]), metrics)
        return Bench(db, service, ProviderAdmin(service), root, metrics)

    yield make
    for door in doors:
        await door.close()


@pytest.fixture
def bench(make_bench: MakeBench) -> Bench:
    return make_bench()
