"""The parts of accounts over a real store, with cheap hashes."""

from collections.abc import Awaitable, Callable

import pytest

from portico.access import policy
from portico.access.principal import Principal, Role
from portico.accounts.models import User
from portico.accounts.passwords import HashCost, Passwords
from portico.accounts.sessions import Client, Sessions, SessionTimes
from portico.accounts.users import Users
from portico.infra.db import Database

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
