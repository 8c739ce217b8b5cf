"""Who may do what: one table of rules, asked by `may`, and as a SQL condition by `visible`. What no rule allows is denied."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from portico.access.models import INSTANCE, Action, Grant, Kind, Resource, Verb
from portico.access.principal import Principal, Role, Scope
from portico.errors import Forbidden


class ScopeMissing(Forbidden):
    """The API key that was presented does not carry the scope that this needs."""

    code = "scope_missing"
    default_detail = "Use an API key with the scope that this needs, or sign in."


@dataclass(frozen=True, slots=True)
class Rule:
    """Who has a right: `owner` means the object's owner, `anyone` every principal of one of `roles`, `admin` administrators alone."""

    who: Literal["owner", "anyone", "admin"]
    scope: Scope
    roles: frozenset[Role] = frozenset({"admin", "member", "guest"})
    grants: frozenset[str] = frozenset()


_ACCOUNTS: frozenset[Role] = frozenset({"admin", "member"})
_READERS = frozenset({"reader", "editor"})
_EDITORS = frozenset({"editor"})
_OWNED_CONTENT: Mapping[Verb, Rule] = {
    "read": Rule("owner", "read", grants=_READERS),
    "create": Rule("anyone", "chat"),
    "change": Rule("owner", "chat", grants=_EDITORS),
    "delete": Rule("owner", "chat"),
}
_RULES: Mapping[Action, Rule] = {
    **{Action(kind, verb): rule for kind in ("conversation", "folder", "run", "file") for verb, rule in _OWNED_CONTENT.items()},
    Action("model", "read"): Rule("anyone", "read"),
    Action("model", "use"): Rule("anyone", "chat"),
    Action("provider", "read"): Rule("admin", "admin"),
    Action("provider", "manage"): Rule("admin", "admin"),
    Action("user", "read"): Rule("owner", "read"),
    Action("user", "change"): Rule("owner", "chat"),
    Action("user", "manage"): Rule("admin", "admin"),
    Action("key", "read"): Rule("owner", "read", _ACCOUNTS),
    Action("key", "create"): Rule("anyone", "chat", _ACCOUNTS),
    Action("key", "delete"): Rule("owner", "chat", _ACCOUNTS),
    Action("session", "read"): Rule("owner", "read"),
    Action("session", "delete"): Rule("owner", "chat"),
    Action("settings", "read"): Rule("owner", "read"),
    Action("settings", "change"): Rule("owner", "chat"),
    Action("administrator", "read"): Rule("anyone", "read", _ACCOUNTS),
    Action("instance", "manage"): Rule("admin", "admin"),
    Action("usage", "read"): Rule("owner", "read"),
    Action("share", "read"): Rule("owner", "read", _ACCOUNTS),
    Action("share", "create"): Rule("owner", "chat", _ACCOUNTS),
    Action("share", "change"): Rule("owner", "chat", _ACCOUNTS),
    Action("share", "delete"): Rule("owner", "chat", _ACCOUNTS),
    Action("invitation", "manage"): Rule("admin", "admin"),
}
_ROLE_SCOPES: Mapping[Role, frozenset[Scope]] = {
    "admin": frozenset({"chat", "read", "admin"}),
    "member": frozenset({"chat", "read"}),
    "guest": frozenset({"chat", "read"}),
}
_OWNER_COLUMN: Mapping[Kind, str] = {
    "conversation": "user_id",
    "folder": "user_id",
    "run": "user_id",
    "file": "user_id",
    "key": "user_id",
    "session": "user_id",
    "settings": "user_id",
    "usage": "user_id",
    "share": "user_id",
    "user": "id",
}


def scopes_of(role: Role) -> frozenset[Scope]:
    """Return every scope that a user of this role has, and may pass on to an API key."""
    return _ROLE_SCOPES[role]


def has_scope(who: Principal, scope: Scope) -> bool:
    """Say whether `who` carries `scope`; who may chat may also read."""
    return scope in who.scopes or (scope == "read" and "chat" in who.scopes)


def may(who: Principal, action: Action, resource: Resource) -> bool:
    """Say whether `who` may do this to `resource`. Administrators have no right on other people's content by their role."""
    rule = _RULES.get(action)
    if rule is None or who.role not in rule.roles or not has_scope(who, rule.scope):
        return False
    if rule.who == "admin":
        return who.role == "admin"
    if rule.who == "anyone":
        return True
    return resource.owner == who.user_id or any(_opens(grant, who, action, rule, resource) for grant in resource.grants)


def require(who: Principal, action: Action, resource: Resource) -> None:
    """Raise Forbidden unless `who` may do this; for objects that `who` may see (others are *not found*)."""
    if may(who, action, resource):
        return
    rule = _RULES.get(action)
    if rule is not None and not has_scope(who, rule.scope) and rule.scope in scopes_of(who.role):
        raise ScopeMissing(scope=rule.scope)
    raise Forbidden


@dataclass(frozen=True, slots=True)
class Condition:
    """A piece of SQL for a WHERE clause, and its named parameters."""

    sql: str
    params: Mapping[str, str]


def visible(who: Principal, kind: Kind, *, alias: str = "") -> Condition:
    """Return the condition that leaves the rows of `kind` that `who` may list.

    It stands inside the query, so that limits and counts are right.
    `alias` names the table in the query. A kind that has no rule gives a condition that no row meets.
    """
    prefix = f"{alias}." if alias else ""
    read = Action(kind, "read")
    if may(who, Action(kind, "manage"), INSTANCE) or may(who, read, INSTANCE):
        return Condition("1 = 1", {})
    column = _OWNER_COLUMN.get(kind)
    if column is None or not may(who, read, Resource(owner=who.user_id)):
        return Condition("1 = 0", {})
    return Condition(f"{prefix}{column} = :visible_to", {"visible_to": who.user_id})


def _opens(grant: Grant, who: Principal, action: Action, rule: Rule, resource: Resource) -> bool:
    return grant.scope_kind == action.kind and grant.scope_id == resource.id and grant.role in rule.grants and grant.held_by(who)
