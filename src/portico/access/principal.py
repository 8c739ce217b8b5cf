"""Who is asking: a frozen fact, made once a request and passed as an argument to every service verb."""

from dataclasses import dataclass
from typing import Literal

from portico.ids import GroupId, UserId

Role = Literal["admin", "member", "guest"]
Scope = Literal["chat", "read", "admin"]
ALL_SCOPES: frozenset[Scope] = frozenset({"chat", "read", "admin"})


@dataclass(frozen=True, slots=True)
class Principal:
    """A user on one request. `scopes` is everything for a browser session and the key's own list for an API key."""

    user_id: UserId
    role: Role
    groups: frozenset[GroupId]
    scopes: frozenset[Scope]
    auth_epoch: int
    via: Literal["session", "key", "guest", "system"]
    credential_id: str


OPERATOR = Principal(UserId(""), "admin", frozenset(), ALL_SCOPES, 0, "system", "")
"""Whoever works at the server's own command line, which needs no account."""
