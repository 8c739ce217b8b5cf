"""The directory of providers, kept fresh from the database, and the keys in the clear for the moment of a call."""

import asyncio
import time

import msgspec

from portico.errors import Unavailable
from portico.infra.crypto import Place, Vault
from portico.infra.db import Database
from portico.providers.directory import Directory, build
from portico.providers.models import Provider
from portico.settings.product import Providers

STALE_S = 2.0
PURPOSE = "provider_keys"
_KEPT = 200

# Every change moves `updated` of its row, so the sums differ whenever anything does.
STAMP = """
SELECT (SELECT count(*) FROM providers) AS providers, (SELECT CAST(coalesce(sum(updated), 0) AS bigint) FROM providers) AS changed,
  (SELECT count(*) FROM models) AS models, (SELECT CAST(coalesce(sum(updated), 0) AS bigint) FROM models) AS moved
"""
LOAD_PROVIDERS = (
    "SELECT id, kind, name, base_url, enabled, position, sealed_keys, key_hint, fallbacks, rev FROM providers ORDER BY position, id"
)
LOAD_MODELS = """
SELECT provider_id, id, name, enabled, position, source, capabilities, demoted_until, probed FROM models ORDER BY provider_id, position, id
"""


class Configuration:
    """Changes that another process makes are seen after two seconds; while the database is away, the last picture holds."""

    def __init__(self, db: Database, settings: Providers, vault: Vault) -> None:
        self._db = db
        self._settings = settings
        self._vault = vault
        self._directory: Directory | None = None
        self._stamp: tuple[int, ...] = ()
        self._looked: float = -STALE_S
        self._lock = asyncio.Lock()
        self._opened: dict[str, tuple[str, ...]] = {}

    async def current(self) -> Directory:
        """Return the configuration, at most two seconds old. Raises Unavailable if it was never read and cannot be now."""
        if self._directory is None or time.monotonic() - self._looked >= STALE_S:
            async with self._lock:
                if self._directory is None or time.monotonic() - self._looked >= STALE_S:
                    self._directory = await self._look(self._directory)
        return self._directory

    def last(self) -> Directory | None:
        """Return the configuration that was read last, without waiting."""
        return self._directory

    def changed(self) -> None:
        """Read again at the next question: this process has written."""
        self._looked = -STALE_S

    async def keys(self, provider: Provider) -> tuple[str, ...]:
        """Return the provider's keys in the clear. Raises SecretUnreadable."""
        sealed = provider.sealed_keys
        if provider.keys or sealed is None:
            return provider.keys
        if sealed not in self._opened:
            plain = await self._vault.open(PURPOSE, sealed, _place(provider.id))
            if len(self._opened) >= _KEPT:
                self._opened.clear()
            self._opened[sealed] = tuple(msgspec.json.decode(plain, type=list[str]))
        return self._opened[sealed]

    async def seal(self, provider_id: str, keys: tuple[str, ...]) -> str:
        """Return the keys as they are stored. Call it outside of transactions."""
        return await self._vault.seal(PURPOSE, msgspec.json.encode(keys).decode(), _place(provider_id))

    async def _look(self, known: Directory | None) -> Directory:
        try:
            row = await self._db.fetch_one(STAMP)
            stamp = (row["providers"], row["changed"], row["models"], row["moved"]) if row is not None else ()
            if known is None or stamp != self._stamp:
                known = build(self._settings, await self._db.fetch(LOAD_PROVIDERS), await self._db.fetch(LOAD_MODELS))
                self._stamp = stamp
        except Unavailable:
            if known is None:
                raise
        self._looked = time.monotonic()
        return known


def _place(provider_id: str) -> Place:
    return Place("providers", "sealed_keys", provider_id)
