"""Sessions and API keys at work: from the secret that a request carries to the principal, in one query."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from portico.access import policy
from portico.access.models import Action, Resource
from portico.access.principal import ALL_SCOPES, Principal
from portico.accounts import tokens
from portico.accounts.models import (
    SESSION_COLUMNS,
    InvalidCredentials,
    Opened,
    Session,
    SessionNotFound,
    User,
    scopes_from_text,
    session_of,
    user_of,
)
from portico.audit import service as audit
from portico.ids import GroupId, SessionId, UserId, new_id
from portico.infra.db import Database, Row, Transaction

TOUCH_MS = 60_000
GUEST_DAYS = 400  # browsers keep no cookie for longer
MAX_LISTED = 200
_USER = "u.id, u.email, u.name, u.role, u.status, u.locale, u.theme, u.created, u.last_seen, u.rev, u.auth_epoch, m.group_id"
_BY_TOKEN = f"""
SELECT {_USER}, s.id AS credential_id, s.kind AS via, s.last_used, {{now}} AS now
FROM sessions s JOIN users u ON u.id = s.user_id LEFT JOIN group_members m ON m.user_id = u.id
WHERE s.token_hash = :token_hash AND s.expires > {{now}} AND s.idle_expires > {{now}}
  AND s.auth_epoch = u.auth_epoch AND u.status = 'active'
"""
_BY_KEY = f"""
SELECT {_USER}, k.id AS credential_id, 'key' AS via, k.scopes, k.last_used, {{now}} AS now
FROM api_keys k JOIN users u ON u.id = k.user_id LEFT JOIN group_members m ON m.user_id = u.id
WHERE k.key_hash = :token_hash AND k.revoked IS NULL AND (k.expires IS NULL OR k.expires > {{now}}) AND u.status = 'active'
"""
_SESSION_HOLDS = """
SELECT 1 AS holds FROM sessions s JOIN users u ON u.id = s.user_id
WHERE s.id = :id AND s.user_id = :user_id AND s.expires > {now} AND s.idle_expires > {now}
  AND s.auth_epoch = u.auth_epoch AND u.auth_epoch = :auth_epoch AND u.status = 'active'
"""
_KEY_HOLDS = """
SELECT 1 AS holds FROM api_keys k JOIN users u ON u.id = k.user_id
WHERE k.id = :id AND k.user_id = :user_id AND k.revoked IS NULL AND (k.expires IS NULL OR k.expires > {now})
  AND u.auth_epoch = :auth_epoch AND u.status = 'active'
"""
_INSERT = """
INSERT INTO sessions (id, user_id, token_hash, kind, auth_epoch, created, last_used, expires, idle_expires, user_agent, address)
SELECT :id, u.id, :token_hash, :kind, u.auth_epoch, {now}, {now}, {now} + CAST(:absolute_ms AS bigint), {now} + CAST(:idle_ms AS bigint),
  :user_agent, :address
FROM users u WHERE u.id = :user_id AND u.status = 'active'
"""
_TOUCH = "UPDATE sessions SET last_used = {now}, idle_expires = {now} + CAST(:idle_ms AS bigint) WHERE id = :id AND last_used < :before"
_TOUCH_KEY = "UPDATE api_keys SET last_used = {now} WHERE id = :id AND (last_used IS NULL OR last_used < :before)"
_SEEN = "UPDATE users SET last_seen = {now} WHERE id = :user_id"
_LIST = f"""
SELECT {SESSION_COLUMNS} FROM sessions s WHERE {{visible}} AND expires > {{now}} AND idle_expires > {{now}} ORDER BY id DESC LIMIT :limit
"""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a request comes from: the principal for decisions, the user for showing."""

    principal: Principal
    user: User


@dataclass(frozen=True, slots=True)
class SessionTimes:
    """How long a browser stays signed in, without use and at all."""

    idle_s: int = 8 * 3600
    absolute_s: int = 7 * 86400


@dataclass(frozen=True, slots=True)
class Client:
    """The client of a request, as shown in the list of sessions."""

    address: str = ""
    user_agent: str = ""


class Sessions:
    """Opens, finds, lists and closes sessions; finds API keys."""

    def __init__(self, db: Database, times: SessionTimes) -> None:
        self._db = db
        self._times = times

    async def open(self, tx: Transaction, user: User, kind: Literal["session", "guest"], client: Client) -> Opened:
        """Begin a session with a token of its own; whatever token the browser had before is not reused."""
        token, session_id = tokens.new_session_token(), new_id()
        absolute_s = GUEST_DAYS * 86400 if kind == "guest" else self._times.absolute_s
        await tx.execute(
            _INSERT,
            id=session_id,
            user_id=user.id,
            token_hash=tokens.hash_token(token),
            kind=kind,
            absolute_ms=absolute_s * 1000,
            idle_ms=self._idle_ms(kind),
            user_agent=client.user_agent[:300],
            address=client.address,
        )
        row = await tx.fetch_one("SELECT auth_epoch FROM sessions WHERE id = :id", id=session_id)
        if row is None:  # suspended since the password was read
            raise InvalidCredentials
        await tx.execute(_SEEN, user_id=user.id)
        scopes = ALL_SCOPES & policy.scopes_of(user.role)
        principal = Principal(user.id, user.role, frozenset(), scopes, row["auth_epoch"], kind, session_id)
        return Opened(user, principal, token, absolute_s)

    async def find(self, token: str) -> Identity | None:
        """Return whose session this is, and note its use at most once a minute."""
        rows = await self._db.fetch(_BY_TOKEN, token_hash=tokens.hash_token(token))
        if not rows:
            return None
        await self._touch_session(rows[0])
        return _identity(rows, policy.scopes_of(rows[0]["role"]))

    async def find_key(self, key: str) -> Identity | None:
        """Return whose API key this is; its scopes are those that its owner still has."""
        rows = await self._db.fetch(_BY_KEY, token_hash=tokens.hash_token(key))
        if not rows:
            return None
        await self._touch_key(rows[0])
        return _identity(rows, scopes_from_text(rows[0]["scopes"]) & policy.scopes_of(rows[0]["role"]))

    async def holds(self, who: Principal) -> bool:
        """Say whether what `who` presented is still valid, for streams that outlive the request's check."""
        if who.via == "system":
            return True
        statement = _KEY_HOLDS if who.via == "key" else _SESSION_HOLDS
        return await self._db.fetch_one(statement, id=who.credential_id, user_id=who.user_id, auth_epoch=who.auth_epoch) is not None

    async def list(self, who: Principal) -> list[Session]:
        """Return the caller's sessions, newest first."""
        condition = policy.visible(who, "session", alias="s")
        rows = await self._db.fetch(_LIST.replace("{visible}", condition.sql), limit=MAX_LISTED, **condition.params)
        return [session_of(row) for row in rows]

    async def close(self, who: Principal, session_id: SessionId) -> None:
        """End one of the caller's sessions. Raises SessionNotFound."""
        policy.require(who, Action("session", "delete"), Resource(session_id, owner=who.user_id))
        async with self._db.transaction() as tx:
            closed = await tx.execute("DELETE FROM sessions WHERE id = :id AND user_id = :user_id", id=session_id, user_id=who.user_id)
            if not closed:
                raise SessionNotFound
            await audit.record(tx, who, "session.closed", audit.Object("session", session_id))

    async def close_others(self, who: Principal) -> int:
        """End all of the caller's sessions but the one that asks; return how many."""
        policy.require(who, Action("session", "delete"), Resource(owner=who.user_id))
        async with self._db.transaction() as tx:
            closed = await tx.execute(
                "DELETE FROM sessions WHERE user_id = :user_id AND id <> :id", user_id=who.user_id, id=who.credential_id
            )
            if closed:
                await audit.record(tx, who, "session.closed", audit.Object("user", who.user_id), {"count": closed})
        return closed

    async def close_all(self, tx: Transaction, user_id: UserId) -> None:
        """End every session of a user: new requests at once, open streams at their next check."""
        await tx.execute("UPDATE users SET auth_epoch = auth_epoch + 1 WHERE id = :user_id", user_id=user_id)
        await tx.execute("DELETE FROM sessions WHERE user_id = :user_id", user_id=user_id)

    async def prune(self, tx: Transaction) -> int:
        """Delete sessions that are over; return how many."""
        return await tx.execute("DELETE FROM sessions WHERE expires <= {now} OR idle_expires <= {now}")

    def _idle_ms(self, kind: str) -> int:
        return GUEST_DAYS * 86_400_000 if kind == "guest" else self._times.idle_s * 1000

    async def _touch_session(self, row: Row) -> None:
        before = row["now"] - TOUCH_MS
        if row["last_used"] >= before:
            return
        async with self._db.transaction(durable=False) as tx:
            if await tx.execute(_TOUCH, id=row["credential_id"], idle_ms=self._idle_ms(row["via"]), before=before):
                await tx.execute(_SEEN, user_id=row["id"])

    async def _touch_key(self, row: Row) -> None:
        before = row["now"] - TOUCH_MS
        if (row["last_used"] or 0) >= before:
            return
        async with self._db.transaction(durable=False) as tx:
            if await tx.execute(_TOUCH_KEY, id=row["credential_id"], before=before):
                await tx.execute(_SEEN, user_id=row["id"])


def _identity(rows: Sequence[Row], scopes: frozenset[str]) -> Identity:
    first = rows[0]
    groups = frozenset(GroupId(row["group_id"]) for row in rows if row["group_id"] is not None)
    user = user_of(first)
    principal = Principal(user.id, user.role, groups, ALL_SCOPES & scopes, first["auth_epoch"], first["via"], first["credential_id"])
    return Identity(principal, user)
