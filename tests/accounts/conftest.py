"""The parts of accounts over a real store, with cheap hashes."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from fastapi import APIRouter, FastAPI

from portico.access import policy
from portico.access.principal import Principal, Role
from portico.accounts.middleware import AccountsMiddleware, Admin, OwnPage, Who, place_of
from portico.accounts.models import User
from portico.accounts.passwords import HashCost, Passwords
from portico.accounts.routes import AccountsRoutes
from portico.accounts.service import AccountsService
from portico.accounts.sessions import Client, Sessions, SessionTimes
from portico.accounts.users import Users
from portico.infra.db import Database
from portico.infra.http import install_errors
from portico.infra.middleware import RequestContext
from portico.infra.ratelimit import RateLimiter
from portico.infra.telemetry import Metrics
from portico.settings import Access, Limits, Server, Settings
from tests.asgi import App, Browser, nothing_to_stop

CHEAP = HashCost(memory_kib=8, passes=1, lanes=1)
PASSWORD = "correct horse battery"
MakeUser = Callable[..., Awaitable[tuple[User, Principal, str]]]


@pytest.fixture(scope="session")
def passwords() -> Passwords:
    return Passwords(CHEAP)


@pytest.fixture
def sessions(db: Database) -> Sessions:
    return Sessions(db, SessionTimes())


@pytest.fixture
def users(db: Database, passwords: Passwords, sessions: Sessions) -> Users:
    return Users(db, passwords, sessions)


@pytest.fixture
def make_user(db: Database, users: Users, passwords: Passwords, sessions: Sessions) -> MakeUser:
    """Make an account with a session: the user, the principal and the session's token."""

    async def make(name: str = "ada", role: Role = "member") -> tuple[User, Principal, str]:
        password_hash = None if role == "guest" else await passwords.hash(PASSWORD)
        email = None if role == "guest" else f"{name}@example.org"
        async with db.transaction() as tx:
            user = await users.insert(tx, None, email=email, name=name, password_hash=password_hash, role=role)
            opened = await sessions.open(tx, user, "guest" if role == "guest" else "session", Client("192.0.2.1", "Browser"))
        assert opened.principal.scopes == policy.scopes_of(role)
        return user, opened.principal, opened.token

    return make


@dataclass
class House:
    """Accounts behind their real door: the routes, the middleware and the error pages, over a real store."""

    db: Database
    accounts: AccountsService
    app: App

    def browser(self, *, own_page: bool = True, host: str = "localhost:3210", peer: str = "127.0.0.1") -> Browser:
        return Browser(self.app, host=host, peer=peer, own_page=own_page)

    async def signed_in(self, name: str, role: Role = "member") -> Browser:
        """Make an account and return a browser that is signed in to it."""
        password_hash = await Passwords(CHEAP).hash(PASSWORD)
        async with self.db.transaction() as tx:
            await self.accounts.users.insert(tx, None, email=f"{name}@example.org", name=name, password_hash=password_hash, role=role)
        browser = self.browser()
        answer = await browser.post("/api/session", {"email": f"{name}@example.org", "password": PASSWORD})
        assert answer.status == 200, answer.body
        return browser


MakeHouse = Callable[..., House]


@pytest.fixture
def make_house(db: Database) -> MakeHouse:
    """Build accounts with settings that differ from the defaults where the test says so."""

    def make(*, kubernetes: bool = False, access: Mapping[str, Any] | None = None, **server: Any) -> House:
        settings = Settings(
            server=Server(**server),
            access=Access(password_memory_kib=8, **(access or {})),
            limits=Limits(logins_per_minute=1000),
            kubernetes=kubernetes,
        )
        return build_house(db, settings)

    return make


def build_house(db: Database, settings: Settings) -> House:
    """Put the routes and the middleware together as the application does."""
    accounts = AccountsService(db, settings, RateLimiter(db))
    api = FastAPI()
    install_errors(api)
    api.include_router(AccountsRoutes(accounts, nothing_to_stop).router, prefix="/api")
    probe = APIRouter()
    probe.add_api_route("/stream", _stream, methods=["GET"], dependencies=[OwnPage])
    probe.add_api_route("/whoami", _whoami, methods=["GET", "POST"])
    probe.add_api_route("/admin", _admin, methods=["GET", "POST"])
    api.include_router(probe, prefix="/probe")
    app = RequestContext(AccountsMiddleware(api, accounts, place_of(settings)), Metrics())
    return House(db, accounts, app)


async def _stream() -> dict[str, str]:
    return {}


async def _whoami(who: Who) -> dict[str, str]:
    return {"id": who.user_id, "via": who.via}


async def _admin(who: Admin) -> dict[str, str]:
    return {"id": who.user_id}


@pytest.fixture
def house(make_house: MakeHouse) -> House:
    return make_house()
