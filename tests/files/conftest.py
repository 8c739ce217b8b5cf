"""Files over real stores, for two people."""

import random
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field, replace

import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver

from portico.access.principal import ALL_SCOPES, Principal
from portico.files.remote import RemoteImages
from portico.files.service import FilesService
from portico.ids import UserId, new_id
from portico.infra.db import Database
from portico.infra.egress import Egress
from portico.infra.objectstore import DatabaseStore
from portico.infra.ratelimit import RateLimiter
from portico.settings import Egress as EgressSettings
from portico.settings import Limits, Settings

MakeFiles = Callable[..., FilesService]
MakeImages = Callable[..., RemoteImages]
PORT = 8080  # of a site elsewhere: one that the policy `public` lets through
ADD_USER = "INSERT INTO users (id, email, name, role, created) VALUES (:id, :email, :id, 'member', 1)"


@pytest.fixture
def make_files(db: Database) -> MakeFiles:
    """Make the service with limits that differ from the defaults where the test says so."""

    def make(**limits: int) -> FilesService:
        return FilesService(db, DatabaseStore(db), replace(Limits(), **limits), RateLimiter(db))

    return make


@pytest.fixture
def files(make_files: MakeFiles) -> FilesService:
    return make_files()


@pytest.fixture
def person(db: Database) -> Callable[[], Awaitable[Principal]]:
    """Make another user."""

    async def make() -> Principal:
        user_id = UserId(new_id())
        async with db.transaction() as tx:
            await tx.execute(ADD_USER, id=user_id, email=f"{user_id}@example.org")
        return Principal(user_id, "member", frozenset(), ALL_SCOPES, 1, "session", "s")

    return make


@pytest.fixture
async def ada(person: Callable[[], Awaitable[Principal]]) -> Principal:
    return await person()


@pytest.fixture
async def bob(person: Callable[[], Awaitable[Principal]]) -> Principal:
    return await person()


@dataclass
class Elsewhere:
    """A site on an address of its own. It answers each path as the test says and notes what was asked."""

    host: str
    answers: dict[str, Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]] = field(default_factory=dict)
    asked: list[web.BaseRequest] = field(default_factory=list)

    def url(self, path: str) -> str:
        return f"http://{self.host}:{PORT}{path}"

    def put(self, path: str, body: bytes, *, status: int = 200, **headers: str) -> str:
        """Answer `path` so, and return its address."""

        async def answer(request: web.BaseRequest) -> web.StreamResponse:
            return web.Response(body=body, status=status, headers={name.replace("_", "-"): value for name, value in headers.items()})

        self.answers[path] = answer
        return self.url(path)

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        self.asked.append(request)
        return await self.answers[request.path](request)


@pytest.fixture
async def site() -> AsyncIterator[Elsewhere]:
    site = Elsewhere(f"127.{random.randint(1, 250)}.{random.randint(1, 250)}.{random.randint(2, 250)}")
    runner = web.ServerRunner(web.Server(site.handle))
    await runner.setup()
    await web.TCPSite(runner, site.host, PORT).start()
    yield site
    await runner.cleanup()


@pytest.fixture
async def make_images(db: Database, site: Elsewhere) -> AsyncIterator[MakeImages]:
    made: list[Egress] = []

    def make(*, names: AbstractResolver | None = None, enabled: bool = True, allow: bool = True, **limits: int) -> RemoteImages:
        rules = EgressSettings(allow=(f"{site.host}/32",) if allow else ())
        made.append(Egress(replace(Settings(), egress=rules), names))
        return RemoteImages(made[-1], replace(Limits(), **limits), RateLimiter(db), enabled=enabled)

    yield make
    for egress in made:
        await egress.close()
