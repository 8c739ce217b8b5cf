"""Coming in and going out: set-up, sign-in, guests, own password, and what the page needs to know before anybody asks."""

import logging
import secrets
from dataclasses import dataclass, replace

from portico.access.models import Action, Resource
from portico.access.policy import require
from portico.access.principal import Principal
from portico.accounts import tokens
from portico.accounts.invitations import Invitation, InvitationOver, Invitations, Taken
from portico.accounts.keys import Keys
from portico.accounts.languages import ANY, Languages
from portico.accounts.models import (
    USER_COLUMNS,
    AccountIncomplete,
    AccountSuspended,
    EmailTaken,
    InvalidCredentials,
    Locale,
    ModelRef,
    NotConfirmed,
    Opened,
    User,
    require_row,
    user_of,
)
from portico.accounts.origin import Visit, check_transport
from portico.accounts.passwords import HashCost, Passwords, check_password
from portico.accounts.preferences import InstanceSettings, OwnSettings, Preferences
from portico.accounts.sessions import Client, Identity, Sessions, SessionTimes
from portico.accounts.setup import Setup
from portico.accounts.users import Users, normal_email
from portico.audit import service as audit
from portico.ids import SessionId, new_id
from portico.infra.db import Database, Transaction
from portico.infra.ratelimit import RateLimiter
from portico.settings import Settings

log = logging.getLogger(__name__)

GUESTS = "guests"
_SHARED_ADDRESS = 20  # people behind one proxy or one router sign in from one address
_BY_EMAIL = f"SELECT {USER_COLUMNS}, password_hash FROM users WHERE email = :email"
_REHASH = "UPDATE users SET password_hash = :new WHERE id = :id AND password_hash = :old"
_GUESTS = """
INSERT INTO groups (id, name, created) VALUES (:id, :name, {now}) ON CONFLICT (name) DO UPDATE SET name = excluded.name RETURNING id
"""
_JOIN = "INSERT INTO group_members (group_id, user_id, source) VALUES (:group_id, :user_id, 'access_code')"


@dataclass(frozen=True, slots=True)
class FirstRun:
    """What a starting process found. `token` is to be printed; None if none is needed or another process printed it."""

    required: bool
    token: str | None


@dataclass(frozen=True, slots=True)
class Boot:
    """The part of the page's boot data that accounts know. `look` is how the page looks, for strangers too."""

    setup_required: bool
    token_required: bool
    access_code: bool
    user: User | None
    locale: Locale
    look: OwnSettings
    instance: InstanceSettings
    default_model: ModelRef | None


@dataclass(frozen=True, slots=True)
class Entrant:
    """What a person who takes an invitation up chooses; `email` and `name` count where the invitation leaves them open."""

    password: str
    email: str | None = None
    name: str | None = None
    locale: Locale | None = None


class AccountsService:
    """The verbs of accounts; `users`, `keys`, `sessions`, `preferences` and `first_run` hold those about one kind of object."""

    def __init__(self, db: Database, settings: Settings, limiter: RateLimiter, languages: Languages = ANY) -> None:
        self._db = db
        self._access = settings.access
        self._limits = settings.limits
        self._limiter = limiter
        self._passwords = Passwords(HashCost(memory_kib=settings.access.password_memory_kib))
        self.sessions = Sessions(db, SessionTimes(settings.access.session_idle_s, settings.access.session_max_s))
        self.users = Users(db, self._passwords, self.sessions, languages)
        self.keys = Keys(db)
        self.first_run = Setup(db, self._passwords, self.users)
        self.invitations = Invitations(db, self.users)
        self.preferences = Preferences(db, _instance_defaults(settings), languages)
        self.languages = languages

    async def start(self) -> FirstRun:
        """Make the administrator that the settings name, or a set-up token to print. Raises WeakPassword for the settings' password."""
        if self._access.admin_email and self._access.admin_password:
            made = await self.first_run.make_administrator(email=self._access.admin_email, password=self._access.admin_password)
            if made is not None:
                log.info("made the administrator that the settings name", extra={"user_id": made.id})
        required = await self.first_run.required()
        return FirstRun(required, await self.first_run.make_token() if required else None)

    async def set_up(
        self, visit: Visit, *, email: str, name: str, password: str, locale: Locale | None = None, token: str | None = None
    ) -> Opened:
        """Make the administrator and sign the browser in. Raises SetupDone, SetupTokenRequired, SetupTokenInvalid, WeakPassword."""
        check_transport(visit)
        await self._limit(f"setup:{visit.address}", self._limits.logins_per_minute)
        password_hash = await self.first_run.prepare(email=email, password=password)
        async with self._db.transaction() as tx:
            user = await self.first_run.finish(
                tx, email=email, name=name, password_hash=password_hash, locale=locale, token=token, token_needed=not visit.first_hand
            )
            return await self._open(tx, user, visit)

    async def sign_in(self, visit: Visit, *, email: str, password: str) -> Opened:
        """Begin a session by address and password.

        Raises InvalidCredentials, after the same time whatever was wrong; AccountSuspended to who knows the password.
        """
        check_transport(visit)
        address = normal_email(email)
        await self._limit(f"login:{visit.address}:{tokens.hash_token(address)[:16]}", self._limits.logins_per_minute)
        await self._limit(f"login:{visit.address}", self._limits.logins_per_minute * _SHARED_ADDRESS)
        row = await self._db.fetch_one(_BY_EMAIL, email=address)
        stored: str | None = row["password_hash"] if row else None
        if not await self._passwords.matches(stored, password) or row is None or stored is None:
            log.warning("sign-in refused", extra={"address": visit.address})
            raise InvalidCredentials
        if row["status"] != "active":
            raise AccountSuspended
        new_hash = await self._passwords.hash(password) if self._passwords.outdated(stored) else None
        async with self._db.transaction() as tx:
            if new_hash is not None:
                await tx.execute(_REHASH, new=new_hash, old=stored, id=row["id"])
            return await self._open(tx, user_of(row), visit)

    async def admit(self, visit: Visit, identity: Identity | None, *, code: str) -> Opened:
        """Let a browser in by an access code, as a guest of its own; the guest it already is stays. Raises InvalidCredentials."""
        check_transport(visit)
        await self._limit(f"access:{visit.address}", self._limits.logins_per_minute * _SHARED_ADDRESS)
        if not tokens.same_code(code, self._access.codes):
            raise InvalidCredentials("The access code is wrong.")
        async with self._db.transaction() as tx:
            if identity is not None and identity.user.role == "guest":
                return await self.sessions.open(tx, identity.user, "guest", _client(visit))
            return await self.sessions.open(tx, await self._make_guest(tx), "guest", _client(visit))

    async def invitation(self, visit: Visit, token: str) -> Invitation:
        """Return the invitation that a browser holds the secret of. Raises InvitationNotFound, RateLimited."""
        await self._limit(f"invited:{visit.address}", self._limits.logins_per_minute * _SHARED_ADDRESS)
        return await self.invitations.look(token)

    async def accept(self, visit: Visit, token: str, entrant: Entrant) -> Opened:
        """Take an invitation up and sign the browser in: to a new account, or to the one whose password it is for.

        Where nobody gave it an address, one that has an account uses the invitation up, and the answer is that of a used one:
        an outsider must not find out who has an account here.

        Raises InvitationNotFound, InvitationOver, EmailTaken for the invitation's own address, AccountIncomplete without one,
        WeakPassword, RateLimited.
        """
        check_transport(visit)
        invitation = await self.invitation(visit, token)
        if invitation.state != "open":
            raise InvitationOver(state=invitation.state)
        email = invitation.email or entrant.email
        if not email:
            raise AccountIncomplete("Give an email address.")
        check_password(entrant.password, email=email)
        password_hash = await self._passwords.hash(entrant.password)
        async with self._db.transaction() as tx:
            taken = await self.invitations.take(tx, token)
            user = await self._invited_user(tx, taken, replace(entrant, email=email), password_hash)
            if user is not None:
                await self.invitations.settle(tx, taken, user.id)
                return await self._open(tx, user, visit)
            await self.invitations.refuse(tx, taken, email, visit.address)
        raise InvitationOver(state="used")

    async def _invited_user(self, tx: Transaction, taken: Taken, entrant: Entrant, password_hash: str) -> User | None:
        """The account that an invitation makes or changes; None when the address that was chosen has one already."""
        if taken.user_id is not None:
            return await self.users.replace_password(tx, taken.user_id, password_hash)
        email = entrant.email or ""
        name = entrant.name or email.partition("@")[0]
        try:
            return await self.users.insert(
                tx, None, email=email, name=name, password_hash=password_hash, role=taken.role, locale=entrant.locale
            )
        except EmailTaken:
            if taken.email is not None:
                raise
            return None

    async def sign_out(self, who: Principal) -> None:
        """End the session that `who` came by."""
        if who.via in {"session", "guest"}:
            await self.sessions.close(who, SessionId(who.credential_id))

    async def change_password(self, who: Principal, visit: Visit, *, current: str, new: str) -> Opened:
        """Change the caller's password, end all of the caller's sessions and begin a new one. Raises InvalidCredentials, WeakPassword."""
        require(who, Action("user", "change"), Resource(who.user_id, owner=who.user_id))
        await self._limit(f"password:{who.user_id}", self._limits.logins_per_minute)
        await self.users.check_own_password(who, current)
        check_password(new)
        password_hash = await self._passwords.hash(new)
        async with self._db.transaction() as tx:
            user = await self.users.change_own_password(tx, who, password_hash)
            return await self._open(tx, user, visit)

    async def change_email(self, who: Principal, *, current: str, email: str) -> User:
        """Change the caller's address. Raises InvalidCredentials, EmailTaken."""
        require(who, Action("user", "change"), Resource(who.user_id, owner=who.user_id))
        await self._limit(f"password:{who.user_id}", self._limits.logins_per_minute)
        await self.users.check_own_password(who, current)
        return await self.users.change_own_email(who, email)

    async def leave(self, who: Principal, *, current: str, confirm: str) -> None:
        """End the caller's account for ever. It is out of reach at once; what belongs to it is erased by the retention job.

        Raises InvalidCredentials, NotConfirmed unless `confirm` is the account's address, LastAdministrator.
        """
        require(who, Action("user", "change"), Resource(who.user_id, owner=who.user_id))
        await self._limit(f"password:{who.user_id}", self._limits.logins_per_minute)
        await self.users.check_own_password(who, current)
        async with self._db.transaction() as tx:
            user = await self.users.end(tx, who)
            if user.email != normal_email(confirm):
                raise NotConfirmed
            await self.keys.forget(tx, user.id)

    async def recheck(self, who: Principal) -> bool:
        """Say whether `who` still holds: the session or key is valid, the user active, and nothing was taken away since."""
        return await self.sessions.holds(who)

    async def limit_administration(self, who: Principal) -> None:
        """Count one change by an administrator. Raises LimitReached."""
        await self._limit(f"admin:{who.user_id}", self._limits.admin_per_minute)

    async def boot(self, visit: Visit, user: User | None) -> Boot:
        """Return what the page needs to know to draw its first screen."""
        required = await self.first_run.required()
        instance = await self.preferences.instance()
        own = await self.preferences.own(user.id) if user else None
        chosen = user.locale if user else None
        return Boot(
            setup_required=required,
            token_required=required and not visit.first_hand,
            access_code=bool(self._access.codes),
            user=user,
            locale=chosen if chosen and self.languages.has(chosen) else visit.locale,
            look=own or OwnSettings(theme=visit.theme),
            instance=instance,
            default_model=(own.default_model if own else None) or instance.default_model,
        )

    async def prune(self, tx: Transaction) -> int:
        """Delete what is over: sessions and set-up tokens; return how many sessions."""
        await tx.execute("DELETE FROM setup_tokens WHERE expires <= {now}")
        await self.invitations.prune(tx)
        return await self.sessions.prune(tx)

    def close(self) -> None:
        """Stop the threads that check passwords."""
        self._passwords.close()

    async def _open(self, tx: Transaction, user: User, visit: Visit) -> Opened:
        opened = await self.sessions.open(tx, user, "session", _client(visit))
        await audit.record(
            tx, opened.principal, "session.opened", audit.Object("session", opened.principal.credential_id), address=visit.address
        )
        return opened

    async def _make_guest(self, tx: Transaction) -> User:
        name = f"Guest {secrets.token_hex(2)}"
        user = await self.users.insert(tx, None, email=None, name=name, password_hash=None, role="guest")
        group = require_row(await tx.fetch_one(_GUESTS, id=new_id(), name=GUESTS))
        await tx.execute(_JOIN, group_id=group["id"], user_id=user.id)
        return user

    async def _limit(self, key: str, per_minute: int) -> None:
        await self._limiter.take(key, per_minute, per_s=60)


def _client(visit: Visit) -> Client:
    return Client(visit.address, visit.headers.get("user-agent", ""))


def _instance_defaults(settings: Settings) -> InstanceSettings:
    provider, _, model = settings.providers.default_model.partition("/")
    return InstanceSettings(name=settings.server.name, default_model=ModelRef(provider, model) if model else None)
