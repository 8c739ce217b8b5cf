"""The first run: exactly one administrator is made, by whoever is at this machine or holds the token that the server printed."""

from portico.accounts import tokens
from portico.accounts.models import Locale, SetupDone, SetupTokenInvalid, SetupTokenRequired, User
from portico.accounts.passwords import Passwords, check_password
from portico.accounts.users import FINISH_SETUP, Users
from portico.audit import service as audit
from portico.infra.db import Database, Transaction

TOKEN_HOURS = 24
_IS_DONE = "SELECT 1 AS done FROM instance_settings WHERE key = 'setup'"
# The value is the time until which the printed token counts; the process that moves it on prints the next one.
_ANNOUNCE = """
INSERT INTO instance_settings (key, value, updated) VALUES ('setup_token', CAST({now} + :life_ms AS text), {now})
ON CONFLICT (key) DO UPDATE SET value = excluded.value, updated = excluded.updated
WHERE CAST(instance_settings.value AS bigint) <= {now} OR CAST(:replace AS boolean)
"""
_PUT = "INSERT INTO setup_tokens (token_hash, created, expires) VALUES (:token_hash, {now}, {now} + :life_ms)"
_USE = "UPDATE setup_tokens SET used = {now} WHERE token_hash = :token_hash AND used IS NULL AND expires > {now}"


class Setup:
    """The verbs of the first run."""

    def __init__(self, db: Database, passwords: Passwords, users: Users) -> None:
        self._db = db
        self._passwords = passwords
        self._users = users
        self._done = False  # never becomes false again, so it is asked of the database only until it is true

    async def required(self) -> bool:
        """Say whether there is no administrator yet."""
        if not self._done:
            self._done = await self._db.fetch_one(_IS_DONE) is not None
        return not self._done

    async def make_token(self, *, replace: bool = False) -> str | None:
        """Store a new set-up token and return it for printing; None if set-up is done, or another process has printed one that is valid.

        `replace` makes a new one in any case, and the older ones useless.
        """
        if not await self.required():
            return None
        token, life_ms = tokens.new_setup_token(), TOKEN_HOURS * 3_600_000
        async with self._db.transaction() as tx:
            if not await tx.execute(_ANNOUNCE, life_ms=life_ms, replace=replace):
                return None
            await tx.execute("DELETE FROM setup_tokens")
            await tx.execute(_PUT, token_hash=tokens.hash_setup_token(token), life_ms=life_ms)
        return token

    async def prepare(self, *, email: str, password: str) -> str:
        """Check what the new administrator chose and return the hash of the password. Raises SetupDone, WeakPassword."""
        if not await self.required():
            raise SetupDone
        check_password(password, email=email)
        return await self._passwords.hash(password)

    async def finish(
        self,
        tx: Transaction,
        *,
        email: str,
        name: str,
        password_hash: str,
        locale: Locale | None = None,
        token: str | None,
        token_needed: bool,
    ) -> User:
        """Make the administrator, once for ever. Raises SetupDone, SetupTokenRequired, SetupTokenInvalid."""
        if not await tx.execute(FINISH_SETUP):
            self._done = True
            raise SetupDone
        if token_needed:
            await self._use_token(tx, token)
        user = await self._users.insert(tx, None, email=email, name=name, password_hash=password_hash, role="admin", locale=locale)
        await audit.record(tx, None, "setup.finished", audit.Object("user", user.id), {"with_token": token_needed})
        return user

    async def make_administrator(self, *, email: str, password: str) -> User | None:
        """Make the administrator that the settings name; None if set-up is done. Raises WeakPassword."""
        try:
            password_hash = await self.prepare(email=email, password=password)
            async with self._db.transaction() as tx:
                name = email.partition("@")[0]
                return await self.finish(tx, email=email, name=name, password_hash=password_hash, token=None, token_needed=False)
        except SetupDone:
            return None

    async def _use_token(self, tx: Transaction, token: str | None) -> None:
        if not token:
            raise SetupTokenRequired
        if not await tx.execute(_USE, token_hash=tokens.hash_setup_token(token)):
            raise SetupTokenInvalid
        await tx.execute("DELETE FROM setup_tokens WHERE used IS NULL")
