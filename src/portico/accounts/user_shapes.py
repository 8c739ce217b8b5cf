"""What the less usual changes of users accept and say as JSON: an address by its owner, a role or status of several."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints

from portico.accounts.models import Status
from portico.accounts.shapes import Email, Password, UserShape
from portico.accounts.users import Changed, UserChange
from portico.infra.http import Body


class EmailChange(Body):
    """The new address, and the password as proof."""

    email: Email
    current: Password


class Leaving(Body):
    """The end of the caller's account: its password, and its address typed once more."""

    current: Password
    confirm: Annotated[str, StringConstraints(min_length=1, max_length=254)]


class AdministratorShape(BaseModel):
    """Somebody whom a member may ask: a name, and no way to find out more."""

    name: str


class BulkChange(Body):
    """One change of several users."""

    ids: Annotated[list[Annotated[str, StringConstraints(max_length=64)]], Field(min_length=1, max_length=100)]
    role: Literal["admin", "member"] | None = None
    status: Status | None = None

    def change(self) -> UserChange:
        change: UserChange = {}
        if self.role is not None:
            change["role"] = self.role
        if self.status is not None:
            change["status"] = self.status
        return change


class RefusedShape(BaseModel):
    """A user who was not changed, and why."""

    id: str
    code: str
    detail: str


class BulkShape(BaseModel):
    """What became of a change of several users."""

    changed: list[UserShape]
    refused: list[RefusedShape]

    @classmethod
    def of(cls, done: Changed) -> "BulkShape":
        refused = [RefusedShape(id=user_id, code=error.code, detail=error.detail) for user_id, error in done.refused.items()]
        return cls(changed=[UserShape.of(user) for user in done.users], refused=refused)
