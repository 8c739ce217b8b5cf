"""API keys: made and revoked by their owner in a browser session, never by another key."""

from portico.access import policy
from portico.access.models import INSTANCE, Action
from portico.access.principal import Principal, Scope
from portico.accounts import tokens
from portico.accounts.models import KEY_COLUMNS, ApiKey, KeyNotFound, SessionRequired, key_of, require_row, scopes_to_text
from portico.audit import service as audit
from portico.errors import Invalid, LimitReached
from portico.ids import ApiKeyId, UserId, new_id
from portico.infra.db import Database, Transaction

MAX_KEYS = 50
_INSERT = f"""
INSERT INTO api_keys (id, user_id, name, prefix, key_hash, scopes, created, expires)
VALUES (:id, :user_id, :name, :prefix, :key_hash, :scopes, {{now}}, CAST(:expires AS bigint)) RETURNING {KEY_COLUMNS}, {{now}} AS now
"""
_LIST = f"SELECT {KEY_COLUMNS} FROM api_keys k WHERE {{visible}} AND revoked IS NULL ORDER BY id DESC"
_COUNT = "SELECT count(*) AS n FROM api_keys WHERE user_id = :user_id AND revoked IS NULL"
_REVOKE = "UPDATE api_keys SET revoked = {now} WHERE id = :id AND user_id = :user_id AND revoked IS NULL"


class TooManyKeys(LimitReached):
    """The caller has as many API keys as one user may have."""

    code = "too_many_keys"
    default_detail = f"Delete an API key that you do not use: one account has at most {MAX_KEYS}."


class ScopeNotHeld(Invalid):
    """A key cannot carry a scope that its owner does not have."""

    code = "scope_not_held"
    default_detail = "Choose among the scopes that you have yourself."


class KeyExpired(Invalid):
    """The key would be expired already."""

    code = "key_expired"
    default_detail = "Choose a time in the future, or leave it out."


class Keys:
    """The verbs on API keys."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def create(self, who: Principal, *, name: str, scopes: frozenset[Scope], expires: int | None) -> tuple[ApiKey, str]:
        """Make a key for the caller and return it with its secret, which is not stored."""
        _require_session(who)
        policy.require(who, Action("key", "create"), INSTANCE)
        if not scopes or not scopes <= policy.scopes_of(who.role):
            raise ScopeNotHeld
        secret, prefix = tokens.new_api_key()
        async with self._db.transaction() as tx:
            count = await tx.fetch_one(_COUNT, user_id=who.user_id)
            if count is not None and count["n"] >= MAX_KEYS:
                raise TooManyKeys
            values = {"name": name, "prefix": prefix, "key_hash": tokens.hash_token(secret), "scopes": scopes_to_text(scopes)}
            row = require_row(await tx.fetch_one(_INSERT, id=new_id(), user_id=who.user_id, expires=expires, **values))
            if expires is not None and expires <= row["now"]:
                raise KeyExpired
            key = key_of(row)
            await audit.record(tx, who, "key.created", audit.Object("key", key.id), {"scopes": sorted(scopes), "prefix": prefix})
        return key, secret

    async def list(self, who: Principal) -> list[ApiKey]:
        """Return the caller's keys, newest first."""
        condition = policy.visible(who, "key", alias="k")
        rows = await self._db.fetch(_LIST.replace("{visible}", condition.sql), **condition.params)
        return [key_of(row) for row in rows]

    async def forget(self, tx: Transaction, user_id: UserId) -> None:
        """Erase all keys of a user who is gone."""
        await tx.execute("DELETE FROM api_keys WHERE user_id = :user_id", user_id=user_id)

    async def revoke(self, who: Principal, key_id: ApiKeyId) -> None:
        """Make one of the caller's keys useless. Raises KeyNotFound."""
        _require_session(who)
        async with self._db.transaction() as tx:
            if not await tx.execute(_REVOKE, id=key_id, user_id=who.user_id):
                raise KeyNotFound
            await audit.record(tx, who, "key.revoked", audit.Object("key", key_id))


def _require_session(who: Principal) -> None:
    if who.via == "key":
        raise SessionRequired
