"""What accounts hand out: frozen facts about users, sessions and keys, and the errors of this domain."""

from dataclasses import dataclass
from typing import Literal

import msgspec

from portico.access.principal import Principal, Role, Scope
from portico.errors import Conflict, Forbidden, Invalid, NotFound, Unauthenticated
from portico.ids import ApiKeyId, SessionId, UserId
from portico.infra.db import Row

Status = Literal["active", "suspended"]
Locale = str  # a BCP 47 tag; which ones there are, languages.py knows
Theme = Literal["light", "dark", "system"]
Accent = Literal["default", "blue", "teal", "green", "orange", "rose", "violet", "graphite"]
Density = Literal["comfortable", "compact"]
TextSize = Literal["small", "default", "large", "x-large"]
ChatWidth = Literal["default", "wide", "full"]
Motion = Literal["system", "reduced"]
SendKey = Literal["enter", "mod_enter"]
USER_COLUMNS = "id, email, name, role, status, locale, theme, created, last_seen, rev"
KEY_COLUMNS = "id, user_id, name, prefix, scopes, created, last_used, expires"
SESSION_COLUMNS = "id, kind, created, last_used, expires, user_agent, address"


class InvalidCredentials(Unauthenticated):
    """No active account has this address and password, or no access code is this one; never says which."""

    code = "invalid_credentials"
    default_detail = "The address or the password is wrong, or the account is not active."


class AccountSuspended(Forbidden):
    """The password is right, but an administrator has suspended the account. Only who knows the password is told."""

    code = "account_suspended"
    default_detail = "This account is suspended: ask an administrator to reactivate it."


class NotConfirmed(Invalid):
    """What was typed to confirm is not the account's address."""

    code = "not_confirmed"
    default_detail = "Type the address of the account to confirm."


class UserNotFound(NotFound):
    """No user with this id is visible to the caller."""

    code = "user_not_found"


class KeyNotFound(NotFound):
    """The caller has no API key with this id."""

    code = "key_not_found"


class SessionNotFound(NotFound):
    """The caller has no session with this id."""

    code = "session_not_found"


class EmailTaken(Conflict):
    """Another account has this address."""

    code = "email_taken"
    default_detail = "Another account has this address: use another one, or change that account."


class LastAdministrator(Conflict):
    """The change would leave the instance without an active administrator."""

    code = "last_administrator"
    default_detail = "Make somebody else an administrator first."


class AccountIncomplete(Invalid):
    """A guest becomes an account only with an address and a password."""

    code = "account_incomplete"
    default_detail = "Give an email address and a password together with the new role."


class SetupDone(Conflict):
    """The administrator exists already."""

    code = "setup_done"
    default_detail = "This instance is set up: sign in, or ask its administrator for an account."


class SetupTokenRequired(Forbidden):
    """Set-up from another machine, or through a proxy, needs the token that the server printed."""

    code = "setup_token_required"
    default_detail = "Enter the set-up token from the server's log; `portico user setup-token` prints a new one."


class SetupTokenInvalid(Forbidden):
    """The set-up token is wrong, used or older than a day."""

    code = "setup_token_invalid"
    default_detail = "The set-up token is wrong or too old; `portico user setup-token` prints a new one."


class SessionRequired(Forbidden):
    """An API key may not do this, so that a stolen key cannot make itself more rights or lock its owner out."""

    code = "session_required"
    default_detail = "Sign in with the browser to do this."


@dataclass(frozen=True, slots=True)
class User:
    """An account. `email` is None for guests; times are epoch milliseconds."""

    id: UserId
    email: str | None
    name: str
    role: Role
    status: Status
    locale: Locale | None
    theme: Theme
    created: int
    last_seen: int | None
    rev: int


@dataclass(frozen=True, slots=True)
class Session:
    """A browser that is signed in."""

    id: SessionId
    kind: Literal["session", "guest"]
    created: int
    last_used: int
    expires: int
    user_agent: str
    address: str


@dataclass(frozen=True, slots=True)
class ApiKey:
    """An API key without its secret; `expires` None is never."""

    id: ApiKeyId
    user_id: UserId
    name: str
    prefix: str
    scopes: frozenset[Scope]
    created: int
    last_used: int | None
    expires: int | None


@dataclass(frozen=True, slots=True)
class Opened:
    """A session that has just begun: the only moment its token is known."""

    user: User
    principal: Principal
    token: str
    max_age_s: int


@dataclass(frozen=True, slots=True)
class ModelRef:
    """A model by the provider that serves it."""

    provider: str
    model: str


def require_row(row: Row | None) -> Row:
    """Return the row of a statement that always has one, such as an upsert with RETURNING."""
    if row is None:
        raise LookupError("the statement returned no row")
    return row


def user_of(row: Row) -> User:
    """Make a User of a row with USER_COLUMNS."""
    return User(
        UserId(row["id"]),
        row["email"],
        row["name"],
        row["role"],
        row["status"],
        row["locale"],
        row["theme"],
        row["created"],
        row["last_seen"],
        row["rev"],
    )


def session_of(row: Row) -> Session:
    """Make a Session of a row with SESSION_COLUMNS."""
    return Session(SessionId(row["id"]), row["kind"], row["created"], row["last_used"], row["expires"], row["user_agent"], row["address"])


def key_of(row: Row) -> ApiKey:
    """Make an ApiKey of a row with KEY_COLUMNS."""
    return ApiKey(
        ApiKeyId(row["id"]),
        UserId(row["user_id"]),
        row["name"],
        row["prefix"],
        scopes_from_text(row["scopes"]),
        row["created"],
        row["last_used"],
        row["expires"],
    )


def scopes_to_text(scopes: frozenset[Scope]) -> str:
    return msgspec.json.encode(sorted(scopes)).decode()


def scopes_from_text(text: str) -> frozenset[Scope]:
    return msgspec.json.decode(text, type=frozenset[Scope])
