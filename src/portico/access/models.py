"""What a right is about: kinds of objects, actions on them, and grants."""

from dataclasses import dataclass
from typing import Literal

from portico.access.principal import Principal

Kind = Literal[
    "conversation",
    "folder",
    "run",
    "file",
    "provider",
    "model",
    "user",
    "key",
    "session",
    "settings",
    "instance",
    "administrator",
    "usage",
    "share",
    "invitation",
]
Verb = Literal["read", "create", "change", "delete", "use", "manage"]
GrantRole = Literal["reader", "editor"]


@dataclass(frozen=True, slots=True)
class Action:
    """One verb on one kind of object; only pairs that `policy` has a rule for are ever allowed."""

    kind: Kind
    verb: Verb


@dataclass(frozen=True, slots=True)
class Grant:
    """A role that a user, or every member of a group, holds on one object (`scope_id`) of `scope_kind`."""

    subject_kind: Literal["user", "group"]
    subject_id: str
    role: GrantRole
    scope_kind: Kind
    scope_id: str

    def held_by(self, who: Principal) -> bool:
        """Say whether `who` is the subject, or a member of it."""
        return self.subject_id == who.user_id if self.subject_kind == "user" else self.subject_id in who.groups


@dataclass(frozen=True, slots=True)
class Resource:
    """The object of an action. `owner` is None for what is the instance's or does not exist yet; `grants` are those stored on it."""

    id: str = ""
    owner: str | None = None
    grants: tuple[Grant, ...] = ()


INSTANCE = Resource()
