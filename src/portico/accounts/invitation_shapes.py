"""What invitations accept and say as JSON."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from portico.access.principal import Role
from portico.accounts.invitations import Invitation, State
from portico.accounts.service import Entrant
from portico.accounts.shapes import Email, LocaleTag, Name, Password
from portico.infra.http import Body, iso, iso_or_none

Purpose = Literal["account", "password"]


class NewInvitation(Body):
    """An invitation to make; with an `email` only an account of that address can come of it."""

    email: Email | None = None
    role: Literal["admin", "member"] = "member"
    days: Annotated[int, Field(ge=1, le=30)] = 7


class InvitationShape(BaseModel):
    """An invitation as administrators see it; `user_name` and `user_email` are of the account that it is for, or that came of it."""

    id: str
    purpose: Purpose
    email: str | None
    role: Role
    user_name: str | None
    user_email: str | None
    state: State
    created: str
    expires: str
    used: str | None

    @classmethod
    def of(cls, invitation: Invitation) -> "InvitationShape":
        return cls(
            id=invitation.id,
            purpose="password" if invitation.user_id else "account",
            email=invitation.email,
            role=invitation.role,
            user_name=invitation.user_name,
            user_email=invitation.user_email,
            state=invitation.state,
            created=iso(invitation.created),
            expires=iso(invitation.expires),
            used=iso_or_none(invitation.used),
        )


class MadeInvitation(BaseModel):
    """A new invitation. `path`, which follows the base path, is told this once."""

    invitation: InvitationShape
    path: str

    @classmethod
    def of(cls, made: tuple[Invitation, str]) -> "MadeInvitation":
        invitation, token = made
        return cls(invitation=InvitationShape.of(invitation), path=f"/invite/{token}")


class InvitedShape(BaseModel):
    """What an invitation says to whoever holds its link; the address is told only while it is open."""

    purpose: Purpose
    state: State
    email: str | None
    expires: str

    @classmethod
    def of(cls, invitation: Invitation) -> "InvitedShape":
        return cls(
            purpose="password" if invitation.user_id else "account",
            state=invitation.state,
            email=invitation.email if invitation.state == "open" else None,
            expires=iso(invitation.expires),
        )


class AcceptBody(Body):
    """What the invited person chooses. A new account needs an `email` unless the invitation names one; for a password only that counts."""

    password: Password
    email: Email | None = None
    name: Name | None = None
    locale: LocaleTag | None = None

    def entrant(self) -> Entrant:
        return Entrant(self.password, self.email, self.name, self.locale)
