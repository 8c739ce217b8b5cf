"""Invitations: links that make an account, or let the owner of one choose a new password. Each works once, for a time.

No mail is sent: the administrator hands the link over. Only the hash of its secret is kept, so it is shown once.
"""

from dataclasses import dataclass
from typing import Literal

from portico.access import policy
from portico.access.models import INSTANCE, Action
from portico.access.principal import Principal, Role
from portico.accounts import tokens
from portico.accounts.models import EmailTaken, SessionRequired, UserNotFound, require_row
from portico.accounts.users import Users, normal_email
from portico.audit import service as audit
from portico.errors import Conflict, NotFound
from portico.ids import InvitationId, UserId, new_id
from portico.infra.db import Database, Row, Transaction

DAY_MS = 86_400_000
PASSWORD_LINK_DAYS = 1
KEPT_DAYS = 30  # in the list, after it is over
State = Literal["open", "used", "revoked", "expired"]
_COLUMNS = "i.id, i.email, i.role, i.user_id, i.created, i.expires, i.used, i.revoked"
_STATE = """
CASE WHEN i.used IS NOT NULL THEN 'used' WHEN i.revoked IS NOT NULL THEN 'revoked'
  WHEN i.expires <= {now} THEN 'expired' ELSE 'open' END AS state
"""
_SELECT = f"""
SELECT {_COLUMNS}, {_STATE}, u.name AS user_name, u.email AS user_email
FROM invitations i LEFT JOIN users u ON u.id = coalesce(i.user_id, i.used_by)
"""
_INSERT = """
INSERT INTO invitations (id, token_hash, email, role, user_id, created_by, created, expires)
VALUES (:id, :token_hash, CAST(:email AS text), :role, CAST(:user_id AS text), CAST(:created_by AS text), {now}, {now} + :life_ms)
"""
_REPLACE = "UPDATE invitations SET revoked = {now} WHERE user_id = :user_id AND used IS NULL AND revoked IS NULL"
_PAGE = f"{_SELECT} WHERE i.id < :before ORDER BY i.id DESC LIMIT :limit"
_ONE = f"{_SELECT} WHERE i.id = :id"
_BY_TOKEN = f"{_SELECT} WHERE i.token_hash = :token_hash"
_REVOKE = "UPDATE invitations SET revoked = {now} WHERE id = :id AND used IS NULL AND revoked IS NULL"
_USE = """
UPDATE invitations SET used = {now} WHERE token_hash = :token_hash AND used IS NULL AND revoked IS NULL AND expires > {now}
RETURNING id, email, role, user_id
"""
_USED_BY = "UPDATE invitations SET used_by = :user_id WHERE id = :id"
_PRUNE = "DELETE FROM invitations WHERE expires < {now} - :kept_ms"
FIRST = "~"  # sorts behind every id


class InvitationNotFound(NotFound):
    """No invitation has this id, or this secret."""

    code = "invitation_not_found"
    default_detail = "This invitation does not exist: ask whoever sent it for a new one."


class InvitationOver(Conflict):
    """The invitation was used or taken back, or its time is over; `state` says which."""

    code = "invitation_over"
    default_detail = "This invitation is used or over: ask whoever sent it for a new one."


@dataclass(frozen=True, slots=True)
class Invitation:
    """One link. With a `user_id` it lets that user choose a new password; else it makes an account, for `email` if that is given.

    `user_name` and `user_email` are those of the account that it is for, or that was made by it.
    """

    id: InvitationId
    email: str | None
    role: Role
    user_id: UserId | None
    user_name: str | None
    user_email: str | None
    state: State
    created: int
    expires: int
    used: int | None


@dataclass(frozen=True, slots=True)
class Taken:
    """An invitation in the moment in which it is used up."""

    id: InvitationId
    email: str | None
    role: Role
    user_id: UserId | None


class Invitations:
    """The verbs on invitations; taking one up is `AccountsService.accept`."""

    def __init__(self, db: Database, users: Users) -> None:
        self._db = db
        self._users = users

    async def create(self, who: Principal, *, email: str | None, role: Role, days: int) -> tuple[Invitation, str]:
        """Invite somebody; return the invitation with its secret. Raises EmailTaken, SessionRequired."""
        _require(who)
        address = normal_email(email) if email else None
        async with self._db.transaction() as tx:
            if address is not None and await self._users.has_email(tx, address):
                raise EmailTaken
            return await self._insert(tx, who, email=address, role=role, user_id=None, days=days)

    async def password_link(self, who: Principal, user_id: UserId) -> tuple[Invitation, str]:
        """Let an account's owner choose a new password within a day; an older link of this kind ends.

        Raises UserNotFound, also for guests, SessionRequired.
        """
        _require(who)
        async with self._db.transaction() as tx:
            user = await self._users.active(user_id, reader=tx)
            if user is None or user.role == "guest":
                raise UserNotFound
            await tx.execute(_REPLACE, user_id=user_id)
            return await self._insert(tx, who, email=user.email, role=user.role, user_id=user_id, days=PASSWORD_LINK_DAYS)

    async def list(self, who: Principal, *, before: str = FIRST, limit: int = 50) -> list[Invitation]:
        """Return the invitations, newest first."""
        policy.require(who, Action("invitation", "manage"), INSTANCE)
        return [_invitation(row) for row in await self._db.fetch(_PAGE, before=before, limit=limit)]

    async def revoke(self, who: Principal, invitation_id: InvitationId) -> None:
        """Take an open invitation back. Raises InvitationNotFound, InvitationOver."""
        policy.require(who, Action("invitation", "manage"), INSTANCE)
        async with self._db.transaction() as tx:
            row = await tx.fetch_one(_ONE, id=invitation_id)
            if row is None:
                raise InvitationNotFound
            if not await tx.execute(_REVOKE, id=invitation_id):
                raise InvitationOver(state=row["state"])
            await audit.record(tx, who, "invitation.revoked", audit.Object("invitation", invitation_id))

    async def look(self, token: str) -> Invitation:
        """Return the invitation of a secret, whatever its state. Raises InvitationNotFound."""
        row = await self._db.fetch_one(_BY_TOKEN, token_hash=tokens.hash_token(token))
        if row is None:
            raise InvitationNotFound
        return _invitation(row)

    async def take(self, tx: Transaction, token: str) -> Taken:
        """Use an invitation up, once for ever. Raises InvitationNotFound, InvitationOver."""
        row = await tx.fetch_one(_USE, token_hash=tokens.hash_token(token))
        if row is None:
            found = await tx.fetch_one(_BY_TOKEN, token_hash=tokens.hash_token(token))
            if found is None:
                raise InvitationNotFound
            raise InvitationOver(state=found["state"])
        return Taken(row["id"], row["email"], row["role"], row["user_id"])

    async def settle(self, tx: Transaction, taken: Taken, user_id: UserId) -> None:
        """Note whose account came of it."""
        await tx.execute(_USED_BY, id=taken.id, user_id=user_id)
        await audit.record(tx, None, "invitation.used", audit.Object("invitation", taken.id), {"user": user_id})

    async def refuse(self, tx: Transaction, taken: Taken, email: str, address: str) -> None:
        """Note for administrators with which address it was used up in vain, and from where."""
        await audit.record(
            tx, None, "invitation.refused", audit.Object("invitation", taken.id), {"email": normal_email(email)}, address=address
        )

    async def prune(self, tx: Transaction) -> int:
        """Erase invitations that have been over for a month; return how many."""
        return await tx.execute(_PRUNE, kept_ms=KEPT_DAYS * DAY_MS)

    async def _insert(
        self, tx: Transaction, who: Principal, *, email: str | None, role: Role, user_id: UserId | None, days: int
    ) -> tuple[Invitation, str]:
        invitation_id, token = InvitationId(new_id()), tokens.new_link_token()
        await tx.execute(
            _INSERT,
            id=invitation_id,
            token_hash=tokens.hash_token(token),
            email=email,
            role=role,
            user_id=user_id,
            created_by=who.user_id or None,
            life_ms=days * DAY_MS,
        )
        detail: audit.Detail = {"role": role, "days": days, "user": user_id} if user_id else {"role": role, "days": days, "email": email}
        await audit.record(tx, who, "invitation.created", audit.Object("invitation", invitation_id), detail)
        return _invitation(require_row(await tx.fetch_one(_ONE, id=invitation_id))), token


def _require(who: Principal) -> None:
    policy.require(who, Action("invitation", "manage"), INSTANCE)
    if who.via == "key":  # a stolen key must not make accounts that outlive it
        raise SessionRequired


def _invitation(row: Row) -> Invitation:
    return Invitation(
        id=row["id"],
        email=row["email"],
        role=row["role"],
        user_id=row["user_id"],
        user_name=row["user_name"],
        user_email=row["user_email"],
        state=row["state"],
        created=row["created"],
        expires=row["expires"],
        used=row["used"],
    )
