"""Files over real stores, for two people."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from portico.access.principal import ALL_SCOPES, Principal
from portico.files.service import FilesService
from portico.ids import UserId, new_id
from portico.infra.db import Database
from portico.infra.objectstore import DatabaseStore
from portico.infra.ratelimit import RateLimiter
from portico.settings import Limits

MakeFiles = Callable[..., FilesService]
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
