"""Users: made and changed by administrators, their own name and taste by themselves."""

import builtins
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypedDict

from portico.access import policy
from portico.access.models import INSTANCE, Action, Resource
from portico.access.principal import Principal, Role
from portico.accounts.changes import record_change
from portico.accounts.languages import ANY, Languages
from portico.accounts.models import (
    USER_COLUMNS,
    AccountIncomplete,
    EmailTaken,
    InvalidCredentials,
    LastAdministrator,
    Locale,
    SessionRequired,
    Status,
    Theme,
    User,
    UserNotFound,
    require_row,
    user_of,
)
from portico.accounts.passwords import Passwords, check_password
from portico.accounts.sessions import Sessions
from portico.audit import service as audit
from portico.errors import Conflict, Forbidden, Invalid, NotFound, PorticoError
from portico.ids import UserId, new_id
from portico.infra.db import Database, Transaction
from portico.infra.dberrors import Duplicate
from portico.infra.http import RevisionConflict

_INSERT = f"""
INSERT INTO users (id, email, name, role, password_hash, locale, created)
VALUES (:id, CAST(:email AS text), :name, :role, CAST(:password_hash AS text), CAST(:locale AS text), {{now}})
ON CONFLICT (email) DO NOTHING RETURNING {USER_COLUMNS}
"""
_PAGE = f"""
SELECT {USER_COLUMNS} FROM users u WHERE {{visible}} AND status <> 'deleted' AND id > :after
  AND (CAST(:role AS text) IS NULL OR role = :role) AND (CAST(:status AS text) IS NULL OR status = :status)
  AND (CAST(:like AS text) IS NULL OR lower(name) LIKE :like ESCAPE '!' OR email LIKE :like ESCAPE '!') ORDER BY id LIMIT :limit
"""
_ACTIVE = f"SELECT {USER_COLUMNS} FROM users WHERE id = :id AND status = 'active'"
_BARRED = "SELECT users.id AS id FROM {rows:asked(id text)} JOIN users ON users.id = asked.id WHERE users.status <> 'active'"
_BY_EMAIL = f"SELECT {USER_COLUMNS} FROM users u WHERE {{visible}} AND email = :email"
_ONE = f"SELECT {USER_COLUMNS}, password_hash FROM users u WHERE {{visible}} AND id = :id AND status <> 'deleted' "
_UPDATE = f"""
UPDATE users SET email = CAST(:email AS text), name = :name, role = :role, status = :status, locale = CAST(:locale AS text), theme = :theme,
  password_hash = coalesce(CAST(:password_hash AS text), password_hash), rev = rev + 1
WHERE id = :id RETURNING {USER_COLUMNS}
"""
# One row that every change of an administrator locks: two administrators who demote each other at once must not both succeed.
_ADMIN_LOCK = "SELECT key FROM instance_settings WHERE key = 'setup' {for_update}"
# The key of one row decides the first run: of all transactions that insert it, one gets it, and the others wait for that one's end.
FINISH_SETUP = "INSERT INTO instance_settings (key, value, updated) VALUES ('setup', '\"done\"', {now}) ON CONFLICT (key) DO NOTHING"
# An account that was ended keeps its row, without a name or a way in, until what belonged to it is erased.
_END = "UPDATE users SET status = 'deleted', email = NULL, name = '', password_hash = NULL, rev = rev + 1 WHERE id = :id"
# What an administrator handed out ends with the right to do so, and a link for a new password with the password that it was to replace.
_END_INVITATIONS = "UPDATE invitations SET revoked = {now} WHERE created_by = :id AND used IS NULL AND revoked IS NULL"
_END_LINKS_FOR = "UPDATE invitations SET revoked = {now} WHERE user_id = :id AND used IS NULL AND revoked IS NULL"
_OTHER_ADMINS = "SELECT count(*) AS n FROM users WHERE role = 'admin' AND status = 'active' AND id <> :id"
_ADMIN_NAMES = "SELECT name FROM users WHERE role = 'admin' AND status = 'active' AND name <> '' ORDER BY id LIMIT :limit"
_OWN_FIELDS = frozenset({"name", "locale", "theme"})
_SESSION_FIELDS = frozenset({"email", "role", "password"})


class UserChange(TypedDict, total=False):
    """The fields to change; what is absent stays."""

    email: str
    name: str
    role: Role
    status: Status
    password: str
    locale: Locale | None
    theme: Theme


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which users to list: those whose name or address holds `text`, of this role and status; None is all."""

    text: str = ""
    role: Role | None = None
    status: Status | None = None


@dataclass(frozen=True, slots=True)
class Changed:
    """What became of a change of several users."""

    users: tuple[User, ...]
    refused: Mapping[UserId, PorticoError]


def normal_email(email: str) -> str:
    """Return the form in which addresses are stored and compared."""
    return email.strip().lower()


class Users:
    """The verbs on users."""

    def __init__(self, db: Database, passwords: Passwords, sessions: Sessions, languages: Languages = ANY) -> None:
        self._db = db
        self._passwords = passwords
        self._sessions = sessions
        self._languages = languages

    async def administrators(self, who: Principal, *, limit: int = 3) -> builtins.list[str]:
        """The names of those whom a member may ask, the first one first: names and nothing else. Raises Forbidden for guests."""
        policy.require(who, Action("administrator", "read"), INSTANCE)
        return [row["name"] for row in await self._db.fetch(_ADMIN_NAMES, limit=limit)]

    async def create(self, who: Principal, *, email: str, name: str, password: str, role: Role) -> User:
        """Make an account. Raises EmailTaken, WeakPassword."""
        policy.require(who, Action("user", "manage"), INSTANCE)
        check_password(password, email=email)
        password_hash = await self._passwords.hash(password)
        async with self._db.transaction() as tx:
            return await self.insert(tx, who, email=email, name=name, password_hash=password_hash, role=role)

    async def insert(
        self,
        tx: Transaction,
        who: Principal | None,
        *,
        email: str | None,
        name: str,
        password_hash: str | None,
        role: Role,
        locale: Locale | None = None,
    ) -> User:
        """Add the row of a user and its audit entry. Raises EmailTaken, UnknownLocale."""
        self._languages.require(locale)
        row = await tx.fetch_one(
            _INSERT,
            id=new_id(),
            email=normal_email(email) if email else None,
            name=name,
            role=role,
            password_hash=password_hash,
            locale=locale,
        )
        if row is None:
            raise EmailTaken
        user = user_of(row)
        if role == "admin":
            await tx.execute(FINISH_SETUP)
        await audit.record(tx, who, "user.created", audit.Object("user", user.id), {"role": role})
        return user

    async def list(self, who: Principal, *, after: str, limit: int, wanted: Wanted | None = None) -> list[User]:
        """Return the users that `who` may see, oldest first, those after the id `after`."""
        policy.require(who, Action("user", "manage"), INSTANCE)
        wanted = wanted or Wanted()
        condition = policy.visible(who, "user", alias="u")
        statement, like = _PAGE.replace("{visible}", condition.sql), _like(wanted.text)
        values = {"role": wanted.role, "status": wanted.status, "like": like}
        rows = await self._db.fetch(statement, after=after, limit=limit, **values, **condition.params)
        return [user_of(row) for row in rows]

    async def change_each(self, who: Principal, ids: Sequence[UserId], change: UserChange) -> Changed:
        """Change several users, each by itself: what one cannot take does not hold up the others."""
        policy.require(who, Action("user", "manage"), INSTANCE)
        changed: builtins.list[User] = []
        refused: dict[UserId, PorticoError] = {}
        for user_id in dict.fromkeys(ids):
            try:
                changed.append(await self.change(who, user_id, change))
            except (NotFound, Conflict, Invalid, Forbidden) as error:
                refused[user_id] = error
        return Changed(tuple(changed), refused)

    async def active(self, user_id: UserId, *, reader: Transaction | None = None) -> User | None:
        """Return an account that may be used at present, for verbs that act on its owner's behalf."""
        row = await (reader or self._db).fetch_one(_ACTIVE, id=user_id)
        return None if row is None else user_of(row)

    async def barred(self, user_ids: Sequence[UserId]) -> builtins.list[UserId]:
        """Those of these users whose account is suspended or ended."""
        return [UserId(row["id"]) for row in await self._db.fetch(_BARRED, asked=[(user_id,) for user_id in user_ids])]

    async def has_email(self, tx: Transaction, email: str) -> bool:
        """Say whether an account has this address, whoever may see it."""
        return await tx.fetch_one("SELECT 1 AS taken FROM users WHERE email = :email", email=normal_email(email)) is not None

    async def find(self, who: Principal, email: str) -> User:
        """Return the account with this address. Raises UserNotFound."""
        condition = policy.visible(who, "user", alias="u")
        row = await self._db.fetch_one(_BY_EMAIL.replace("{visible}", condition.sql), email=normal_email(email), **condition.params)
        if row is None:
            raise UserNotFound
        return user_of(row)

    async def change(self, who: Principal, user_id: UserId, change: UserChange, *, revision: int | None = None) -> User:
        """Change a user. What takes rights away, or changes the password, ends all of the user's sessions.

        Raises UserNotFound, Forbidden, RevisionConflict, EmailTaken, LastAdministrator, AccountIncomplete, WeakPassword,
        UnknownLocale.
        """
        _require_fields(who, user_id, change)
        self._languages.require(change.get("locale"))
        password = change.get("password")
        password_hash = await self._new_hash(password, change.get("email", "")) if password is not None else None
        async with self._db.transaction() as tx:
            if change.keys() & {"role", "status"}:
                await tx.fetch_one(_ADMIN_LOCK)
            await self._read(tx, who, user_id)
            await record_change(tx, user_id, "user", user_id)  # before the row is locked: writers of conversations take the two so
            if password_hash is not None:
                await tx.execute(_END_LINKS_FOR, id=user_id)
            old, old_hash = await self._read(tx, who, user_id, lock=True)
            if revision is not None and revision != old.rev:
                raise RevisionConflict
            has_password = (password_hash or old_hash) is not None
            user = await self._update(tx, old, change, password_hash, has_password=has_password)
            if user.role != old.role or user.status != old.status or password_hash:
                await self._sessions.close_all(tx, user_id)
            await _record(tx, who, old, user, change)
        return user

    async def change_own_password(self, tx: Transaction, who: Principal, password_hash: str) -> User:
        """Set the caller's password to one that was checked and hashed before, and end all of the caller's sessions."""
        await tx.execute(_END_LINKS_FOR, id=who.user_id)
        old, _ = await self._read(tx, who, who.user_id, lock=True)
        user = await self._update(tx, old, {}, password_hash, has_password=True)
        await self._sessions.close_all(tx, who.user_id)
        await audit.record(tx, who, "password.changed", audit.Object("user", who.user_id))
        return user

    async def change_own_email(self, who: Principal, email: str) -> User:
        """Set the caller's address, after the password was asked for. Raises EmailTaken."""
        async with self._db.transaction() as tx:
            await record_change(tx, who.user_id, "user", who.user_id)
            old, _ = await self._read(tx, who, who.user_id, lock=True)
            user = await self._update(tx, old, {"email": email}, None, has_password=True)
            await audit.record(tx, who, "user.changed", audit.Object("user", who.user_id), {"fields": ["email"]})
        return user

    async def replace_password(self, tx: Transaction, user_id: UserId, password_hash: str) -> User:
        """Set the password of whoever holds a link for it, and end all of the user's sessions. Raises UserNotFound."""
        user = await self.active(user_id, reader=tx)
        if user is None:
            raise UserNotFound
        await tx.execute("UPDATE users SET password_hash = :hash, rev = rev + 1 WHERE id = :id", hash=password_hash, id=user_id)
        await self._sessions.close_all(tx, user_id)
        await audit.record(tx, None, "password.changed", audit.Object("user", user_id), {"by": "link"})
        return user

    async def end(self, tx: Transaction, who: Principal) -> User:
        """Take name, address, password and sessions from the caller's account; return it as it was. Raises LastAdministrator."""
        await tx.fetch_one(_ADMIN_LOCK)
        user, _ = await self._read(tx, who, who.user_id, lock=True)
        if user.role == "admin":
            await _resign(tx, user)
        await tx.execute(_END, id=user.id)
        await tx.execute("UPDATE invitations SET email = NULL WHERE used_by = :id", id=user.id)
        await self._sessions.close_all(tx, user.id)
        await audit.record(tx, who, "user.deleted", audit.Object("user", user.id), {"role": user.role})
        return user

    async def ended(self) -> Sequence[UserId]:
        """The accounts that were ended and still have a row."""
        return [UserId(row["id"]) for row in await self._db.fetch("SELECT id FROM users WHERE status = 'deleted' ORDER BY id LIMIT 20")]

    async def forget(self, tx: Transaction, user_id: UserId) -> None:
        """Erase the row of an account that was ended, when nothing else is left of it."""
        await tx.execute("DELETE FROM users WHERE id = :id AND status = 'deleted'", id=user_id)

    async def check_own_password(self, who: Principal, current: str) -> None:
        """Raise InvalidCredentials unless `current` is the caller's password."""
        if who.via == "key":
            raise SessionRequired
        row = await self._db.fetch_one("SELECT password_hash FROM users WHERE id = :id", id=who.user_id)
        if not await self._passwords.matches(row["password_hash"] if row else None, current):
            raise InvalidCredentials("The present password is wrong.")

    async def _new_hash(self, password: str, email: str) -> str:
        check_password(password, email=email)
        return await self._passwords.hash(password)

    async def _read(self, tx: Transaction, who: Principal, user_id: UserId, *, lock: bool = False) -> tuple[User, str | None]:
        condition = policy.visible(who, "user", alias="u")
        statement = _ONE.replace("{visible}", condition.sql) + ("{for_update}" if lock else "")
        row = await tx.fetch_one(statement, id=user_id, **condition.params)
        if row is None:
            raise UserNotFound
        return user_of(row), row["password_hash"]

    async def _update(self, tx: Transaction, old: User, change: UserChange, password_hash: str | None, *, has_password: bool) -> User:
        email = normal_email(change["email"]) if "email" in change else old.email
        role, status = change.get("role", old.role), change.get("status", old.status)
        if role != "guest" and (email is None or not has_password):
            raise AccountIncomplete
        if old.role == "admin" and (role != "admin" or status != "active"):
            await _resign(tx, old)
        if role == "admin" and old.role != "admin":
            await tx.execute(FINISH_SETUP)
        if old.role == "guest" and role != "guest":
            await tx.execute("DELETE FROM group_members WHERE user_id = :id", id=old.id)
        try:
            row = await tx.fetch_one(
                _UPDATE,
                id=old.id,
                email=email,
                name=change.get("name", old.name),
                role=role,
                status=status,
                locale=change.get("locale", old.locale),
                theme=change.get("theme", old.theme),
                password_hash=password_hash,
            )
        except Duplicate as error:
            raise EmailTaken from error
        return user_of(require_row(row))


def _like(text: str) -> str | None:
    """The pattern that finds a text anywhere, its own wildcards taken literally; None for no text."""
    words = text.strip().lower()
    return "%" + words.replace("!", "!!").replace("%", "!%").replace("_", "!_") + "%" if words else None


def _require_fields(who: Principal, user_id: UserId, change: UserChange) -> None:
    """Raise unless the caller may change these fields of this user."""
    names = frozenset(change.keys())
    is_self = user_id == who.user_id
    if policy.may(who, Action("user", "manage"), INSTANCE):
        if names & _SESSION_FIELDS and who.via == "key":
            raise SessionRequired
        if is_self and "password" in names:
            raise Invalid("Change your own password by POST /users/me/password, with the present one.")
        return
    if not is_self:
        if who.role != "admin":
            raise UserNotFound
        policy.require(who, Action("user", "manage"), INSTANCE)
    policy.require(who, Action("user", "change"), Resource(user_id, owner=user_id))
    if names - _OWN_FIELDS:
        raise Forbidden("Ask an administrator to change " + ", ".join(sorted(names - _OWN_FIELDS)) + ".")


async def _resign(tx: Transaction, user: User) -> None:
    """Let an administrator cease to be one, and what is open of their invitations with it. Raises LastAdministrator."""
    row = await tx.fetch_one(_OTHER_ADMINS, id=user.id)
    if row is None or row["n"] == 0:
        raise LastAdministrator
    await tx.execute(_END_INVITATIONS, id=user.id)


async def _record(tx: Transaction, who: Principal, old: User, new: User, change: UserChange) -> None:
    what = audit.Object("user", new.id)
    if new.status != old.status:
        await audit.record(tx, who, "user.suspended" if new.status == "suspended" else "user.activated", what)
    if "password" in change:
        await audit.record(tx, who, "password.changed", what)
    fields = sorted(change.keys() - {"status", "password"})
    if fields:
        detail: audit.Detail = {"fields": fields, "role": new.role} if new.role != old.role else {"fields": fields}
        await audit.record(tx, who, "user.changed", what, detail)
