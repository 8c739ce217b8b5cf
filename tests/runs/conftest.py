"""A process with everything that a run needs, over a real store and the demo provider; tests may have several of them."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from portico.access.principal import ALL_SCOPES, Principal
from portico.conversations.messages import MessageService
from portico.conversations.models import Beginning, ModelRef, TextPart
from portico.conversations.service import ConversationService
from portico.files.service import FilesService
from portico.ids import ConversationId, FileId, MessageId, RunId, UserId, new_id
from portico.infra.db import Database, open_database
from portico.infra.jobs import Jobs
from portico.infra.lease import Lease
from portico.infra.objectstore import DatabaseStore
from portico.infra.ratelimit import RateLimiter
from portico.infra.telemetry import Metrics
from portico.providers.base import CallStarted, Capabilities, ChatRequest, ProviderEvent
from portico.providers.demo import DemoProvider, demo_capabilities
from portico.providers.demo_script import count_tokens
from portico.runs.ask import Accepted, Ask
from portico.runs.briefing import Briefing
from portico.runs.claims import Claims
from portico.runs.engine import Engine
from portico.runs.finish import Finisher
from portico.runs.live import Hub
from portico.runs.models import Run
from portico.runs.recorder import Recorder
from portico.runs.runner import Bench, Runner
from portico.runs.service import Desk, Limits, RunService
from portico.runs.shapes import render_message
from portico.runs.stream import Streams
from portico.runs.tick import Parts, Tick
from portico.settings import Limits as FileLimits
from portico.tools.base import Tool
from portico.tools.builtin import CurrentTime
from portico.tools.registry import Registry
from tests.api.conftest import instance  # noqa: F401 -- a fixture: the whole application, for the routes


class Demo:
    """The demo provider behind the two faces that runs see of the providers."""

    def __init__(self) -> None:
        self.provider = DemoProvider()
        self.requests: list[ChatRequest] = []
        self.capability: Capabilities | None = None

    async def open(self, choice: ModelRef, request: ChatRequest) -> AsyncGenerator[Sequence[ProviderEvent]]:
        self.requests.append(request)
        yield [CallStarted(choice.provider, choice.model)]
        async for batch in self.provider.stream(request):
            yield batch

    async def capabilities(self, choice: ModelRef) -> Capabilities:
        return self.capability or demo_capabilities(choice.model)

    async def resolve(self, choice: ModelRef) -> object:
        return choice

    def counter(self, choice: ModelRef) -> Callable[[str], int]:
        del choice
        return count_tokens


class NoPictures:
    async def load(self, user_id: UserId, file_id: FileId) -> bytes | None:
        del user_id, file_id
        return None


@dataclass
class World:
    """One process, without its clock: a test calls `tick()` when it wants time to pass, or starts `tick.run()`."""

    db: Database
    demo: Demo = field(default_factory=Demo)
    tools: Sequence[Tool] = (CurrentTime(),)
    ttl_ms: int = 1_000
    max_streams: int = 50
    shared: bool = True
    never_again: bool = False
    rights_hold: bool = True
    streams_per_user: int = 5

    def __post_init__(self) -> None:
        self.lease = Lease(self.db, addr="", version="test", ttl_ms=self.ttl_ms)
        self.hub = Hub()
        self.conversations = ConversationService(self.db)
        self.messages = MessageService(self.db, self.conversations)
        self.recorder = Recorder(self.db, self.lease, self.hub)
        self.claims = Claims(self.db, self.lease)
        self.finisher = Finisher(self.db, self.lease, self.messages)
        self.briefing = Briefing(self.db, self.messages, self.demo, NoPictures())
        self.shelf = FilesService(self.db, DatabaseStore(self.db), FileLimits(), RateLimiter(self.db))
        engine = Engine(self.demo, Registry(self.tools))
        bench = Bench(self.hub, self.recorder, self.claims, self.finisher, engine, self.briefing, self.shelf, Metrics())
        self.runner = Runner(bench, never_again=self.never_again)
        self.jobs = Jobs(self.db, self.lease, {})
        desk = Desk(self.db, self.lease, self.hub, self.runner, self.briefing, self.finisher, self.conversations, self.messages, self.demo)
        self.service = RunService(desk, Limits(self.max_streams))
        self.streams = Streams(self.db, self.hub, self.messages, self._recheck, render_message, per_user=self.streams_per_user)
        parts = Parts(self.db, self.lease, self.hub, self.recorder, self.claims, self.runner, self.jobs, Metrics())
        self.ticker = Tick(parts, max_streams=self.max_streams, interval_s=0.05, shared=self.shared)

    async def _recheck(self, who: Principal) -> bool:
        del who
        return self.rights_hold

    async def tick(self) -> None:
        await self.ticker.once()

    async def die(self) -> None:
        """Stop everything at once and write nothing any more, as a killed process would."""
        self.lease.heartbeat = None  # pyright: ignore[reportAttributeAccessIssue]
        for live in list(self.hub.local.values()):
            live.stop_reason = "fenced"
            live.stop.set()
        await self.runner.wait()

    async def send(
        self, who: Principal, text: str, *, model: str = "demo-echo", conversation: str | None = None, message_id: str | None = None
    ) -> Accepted:
        ask = Ask((TextPart(text),), ModelRef("demo", model), beginning=Beginning())
        return await self.service.send(who, ConversationId(conversation or new_id()), MessageId(message_id or new_id()), None, ask)

    async def ended(self, who: Principal, run_id: RunId) -> Run:
        """Tick until the run has ended, at most 10 s."""
        async with asyncio.timeout(10):
            while True:
                await self.tick()
                run = await self.service.get(who, run_id)
                if run.finished is not None or run.state == "needs_user":
                    return run
                await asyncio.sleep(0.02)


async def make_user(db: Database) -> Principal:
    """A member, straight in the table: runs do not need the accounts' service."""
    user = UserId(new_id())
    async with db.transaction() as tx:
        await tx.execute("INSERT INTO users (id, name, role, created) VALUES (:id, 'Test', 'member', {now})", id=user)
    return Principal(user, "member", frozenset(), ALL_SCOPES, 1, "session", "s")


@pytest.fixture
async def who(db: Database) -> Principal:
    return await make_user(db)


@asynccontextmanager
async def started(world: World) -> AsyncIterator[World]:
    await world.lease.register()
    yield world
    await world.die()


@pytest.fixture
async def world(db: Database) -> AsyncIterator[World]:
    """One process on a fresh store, SQLite and PostgreSQL."""
    async with started(World(db)) as made:
        yield made


@pytest.fixture
async def other(store_url: str) -> AsyncIterator[World]:
    """A second process on the same store, with connections of its own. Only for PostgreSQL."""
    if store_url.startswith("sqlite"):
        pytest.skip("one process holds a SQLite store")
    database = await open_database(store_url, pool_size=4)
    async with started(World(database)) as made:
        yield made
    await database.close()


async def queued(world: World, who: Principal, text: str = "/words 5 rate 0") -> Run:
    """A run that waits in the queue: this world has no room for it."""
    room = world.service._limits
    world.service._limits = Limits(0, per_user=100)
    accepted = await world.send(who, text)
    world.service._limits = room
    return accepted.run
