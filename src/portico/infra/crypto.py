"""Sealing of secrets in the database.

The key ring (settings) holds key-encryption keys; the first is primary. Where the settings name none, a key is made once and kept in the
database itself: replicas then agree on it, and a copy of the database alone is enough to open what it seals. `data_keys` holds one data key
for each purpose, wrapped by a key of the ring. A value is AES-256-GCM with a random 96-bit nonce, bound to its place by the additional data
`table|column|row`, and written as `v1.kid.nonce.ciphertext`, where kid names the key that opens it.
"""

import base64
import binascii
import hashlib
import json
import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from portico.errors import PorticoError
from portico.infra.db import Database

_VERSION = "v1"
_NONCE_BYTES = 12

LOAD = "SELECT wrapped FROM data_keys WHERE purpose = :purpose"
LOAD_ALL = "SELECT purpose, wrapped FROM data_keys ORDER BY purpose"
ADD = "INSERT INTO data_keys (purpose, wrapped, created) VALUES (:purpose, :wrapped, {now}) ON CONFLICT (purpose) DO NOTHING"
FORGET = "DELETE FROM data_keys WHERE purpose = :purpose AND wrapped = :wrapped"
STORED = "SELECT value FROM instance_settings WHERE key = 'key_ring'"
STORE = "INSERT INTO instance_settings (key, value, updated) VALUES ('key_ring', :value, {now}) ON CONFLICT (key) DO NOTHING"
UNSTORE = "DELETE FROM instance_settings WHERE key = 'key_ring'"
REWRAP = "UPDATE data_keys SET wrapped = :wrapped WHERE purpose = :purpose AND wrapped = :old"


class SecretUnreadable(PorticoError):
    """A stored secret cannot be opened: the key that sealed it is not in the ring, or the value was moved or changed."""

    code = "secret_unreadable"
    title = "A stored secret cannot be opened"
    status = 500
    default_detail = "An administrator must restore PORTICO_SECRET_KEY (see `portico doctor`), or enter the secret again."


@dataclass(frozen=True, slots=True)
class Place:
    """Where a sealed value stands. It opens nowhere else."""

    table: str
    column: str
    row: str

    @property
    def bound(self) -> bytes:
        return f"{self.table}|{self.column}|{self.row}".encode()


class Key:
    """One AES-256 key and the short name by which sealed values call it."""

    def __init__(self, raw: bytes) -> None:
        self.raw: bytes = raw
        self.kid: str = hashlib.sha256(b"portico key name|" + raw).hexdigest()[:8]
        self._cipher = AESGCM(raw)

    def seal(self, plain: bytes, bound: bytes, nonce: bytes | None = None) -> str:
        """Seal `plain`. `nonce` is for known-answer tests only; a nonce must never be used twice."""
        nonce = os.urandom(_NONCE_BYTES) if nonce is None else nonce
        return f"{_VERSION}.{self.kid}.{_encode(nonce)}.{_encode(self._cipher.encrypt(nonce, plain, bound))}"

    def open(self, sealed: str, bound: bytes) -> bytes:
        """Open what this key sealed for the same place. Raises SecretUnreadable."""
        try:
            version, kid, nonce, ciphertext = sealed.split(".")
            if version == _VERSION and kid == self.kid:
                return self._cipher.decrypt(_decode(nonce), _decode(ciphertext), bound)
        except (ValueError, binascii.Error, InvalidTag) as error:
            raise SecretUnreadable from error
        raise SecretUnreadable


def ring_key(secret: str) -> Key:
    """Derive a key of the ring from a secret of any form (HKDF-SHA-256)."""
    return Key(HKDF(SHA256(), 32, salt=None, info=b"portico key ring v1").derive(secret.encode()))


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def _decode(text: str) -> bytes:
    return base64.b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)


class Vault:
    """Seals and opens values. Call it outside of transactions: the first use of a purpose reads or makes its data key."""

    def __init__(self, db: Database, ring: Sequence[str]) -> None:
        """`ring` is that of the settings, the primary secret first; empty for a key that the database keeps itself."""
        self._db = db
        self._given: tuple[Key, ...] = tuple(ring_key(secret) for secret in ring)
        self._ring: tuple[Key, ...] | None = None
        self._keys: dict[str, Key] = {}

    async def seal(self, purpose: str, plain: str, place: Place) -> str:
        """Seal a text for one place in the database."""
        return (await self._key(purpose)).seal(plain.encode(), place.bound)

    async def open(self, purpose: str, sealed: str, place: Place) -> str:
        """Open what was sealed for this purpose and place. Raises SecretUnreadable."""
        return (await self._key(purpose)).open(sealed, place.bound).decode()

    async def rotate(self) -> int:
        """Wrap all data keys by the primary key of the ring, and return how many were not. Sealed values stay as they are.

        With a key in the settings, the one that the database kept is removed afterwards.
        """
        ring = await self._load_ring()
        changed = 0
        for row in await self._db.fetch(LOAD_ALL):
            purpose, old = str(row["purpose"]), str(row["wrapped"])
            if old.split(".")[1:2] == [ring[0].kid]:
                continue
            wrapped = _wrap(ring, purpose, _unwrap(ring, purpose, old))
            async with self._db.transaction() as tx:
                changed += await tx.execute(REWRAP, purpose=purpose, wrapped=wrapped, old=old)
        if self._given:
            async with self._db.transaction() as tx:
                await tx.execute(UNSTORE)
        return changed

    async def unreadable(self) -> list[str]:
        """Return the purposes whose data key no key of the ring opens. Changes nothing."""
        return [purpose for purpose, _ in await self._lost()]

    async def forget(self) -> list[str]:
        """Give up the data keys that no key of the ring opens, and with them all that they sealed; return their purposes."""
        lost = await self._lost()
        async with self._db.transaction() as tx:
            for purpose, wrapped in lost:
                await tx.execute(FORGET, purpose=purpose, wrapped=wrapped)
        return [purpose for purpose, _ in lost]

    async def _lost(self) -> list[tuple[str, str]]:
        rows = await self._db.fetch(LOAD_ALL)
        ring = await self._known_ring() if rows else ()
        return [(str(row["purpose"]), str(row["wrapped"])) for row in rows if not _opens(ring, str(row["purpose"]), str(row["wrapped"]))]

    async def _key(self, purpose: str) -> Key:
        if purpose not in self._keys:
            ring = await self._load_ring()
            row = await self._db.fetch_one(LOAD, purpose=purpose)
            if row is None:
                async with self._db.transaction() as tx:
                    await tx.execute(ADD, purpose=purpose, wrapped=_wrap(ring, purpose, Key(os.urandom(32))))
                    row = await tx.fetch_one(LOAD, purpose=purpose)  # another process may have been first
            if row is None:
                raise SecretUnreadable
            self._keys[purpose] = _unwrap(ring, purpose, str(row["wrapped"]))
        return self._keys[purpose]

    async def _load_ring(self) -> tuple[Key, ...]:
        """The ring: the settings' keys and behind them the database's own, which is made if there is no other."""
        if self._ring is None:
            ring = await self._known_ring()
            if not ring:
                async with self._db.transaction() as tx:
                    await tx.execute(STORE, value=json.dumps(secrets.token_urlsafe(32)))
                ring = await self._known_ring()  # another process may have been first
            self._ring = ring
        return self._ring

    async def _known_ring(self) -> tuple[Key, ...]:
        row = await self._db.fetch_one(STORED)
        return self._given if row is None else (*self._given, ring_key(str(json.loads(row["value"]))))


def _wrap(ring: Sequence[Key], purpose: str, key: Key) -> str:
    return ring[0].seal(key.raw, Place("data_keys", "wrapped", purpose).bound)


def _unwrap(ring: Sequence[Key], purpose: str, wrapped: str) -> Key:
    kid = wrapped.split(".")[1:2]
    for key in ring:
        if [key.kid] == kid:
            return Key(key.open(wrapped, Place("data_keys", "wrapped", purpose).bound))
    raise SecretUnreadable


def _opens(ring: Sequence[Key], purpose: str, wrapped: str) -> bool:
    try:
        _unwrap(ring, purpose, wrapped)
    except SecretUnreadable:
        return False
    return True
