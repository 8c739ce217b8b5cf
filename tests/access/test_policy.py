from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portico.access.models import INSTANCE, Action, Grant, GrantRole, Kind, Resource, Verb
from portico.access.policy import ScopeMissing, has_scope, may, require, scopes_of, visible
from portico.access.principal import ALL_SCOPES, Principal, Role, Scope
from portico.errors import Forbidden
from portico.ids import GroupId, UserId

CONTENT: tuple[Kind, ...] = ("conversation", "folder", "run", "file")


def principal(role: Role = "member", *scopes: Scope, user: str = "me") -> Principal:
    return Principal(UserId(user), role, frozenset({GroupId("team")}), frozenset(scopes) or ALL_SCOPES, 1, "session", "s")


principals = st.builds(
    Principal,
    user_id=st.just(UserId("me")),
    role=st.sampled_from(get_args(Role)),
    groups=st.just(frozenset({GroupId("team")})),
    scopes=st.frozensets(st.sampled_from(get_args(Scope))),
    auth_epoch=st.just(1),
    via=st.just("key"),
    credential_id=st.just("k"),
)
actions = st.builds(Action, st.sampled_from(get_args(Kind)), st.sampled_from(get_args(Verb)))


@given(principals, actions)
def test_nobody_may_touch_an_object_of_somebody_else_but_an_administrator_who_manages(who: Principal, action: Action) -> None:
    allowed = may(who, action, Resource("x", owner="somebody else"))
    managed = who.role == "admin" and "admin" in who.scopes and action.verb in {"manage", "read"} and action.kind not in CONTENT
    unowned = action.verb in {"create", "use"} or action.kind in {"model", "administrator"}
    assert not allowed or managed or unowned


@given(principals, actions)
def test_without_scopes_nothing_is_allowed(who: Principal, action: Action) -> None:
    bare = Principal(who.user_id, who.role, who.groups, frozenset(), 1, "key", "k")
    assert not may(bare, action, Resource("x", owner="me"))


@given(principals, actions)
def test_fewer_scopes_never_allow_more(who: Principal, action: Action) -> None:
    full = Principal(who.user_id, who.role, who.groups, ALL_SCOPES, 1, "session", "s")
    resource = Resource("x", owner="me")
    assert may(full, action, resource) or not may(who, action, resource)


@pytest.mark.parametrize("kind", CONTENT)
def test_an_administrator_has_no_right_on_other_peoples_content(kind: Kind) -> None:
    assert not may(principal("admin"), Action(kind, "read"), Resource("x", owner="other"))


def test_an_action_without_a_rule_is_denied_even_to_the_administrator() -> None:
    assert not may(principal("admin"), Action("usage", "delete"), Resource("x", owner="me"))


@pytest.mark.parametrize(("role", "verb", "allowed"), [("reader", "read", True), ("reader", "change", False), ("editor", "change", True)])
def test_a_grant_to_ones_group_opens_what_its_role_says(role: GrantRole, verb: Verb, allowed: bool) -> None:
    shared = Resource("c1", owner="other", grants=(Grant("group", "team", role, "conversation", "c1"),))
    assert may(principal(), Action("conversation", verb), shared) is allowed


@pytest.mark.parametrize("verb", get_args(Verb))
def test_a_grant_on_another_object_or_kind_opens_nothing(verb: Verb) -> None:
    grants = (Grant("group", "team", "editor", "conversation", "c2"), Grant("group", "team", "editor", "file", "c1"))
    assert may(principal(), Action("conversation", verb), Resource("c1", owner="other", grants=grants)) is (verb == "create")


def test_who_may_chat_may_read() -> None:
    assert has_scope(principal("member", "chat"), "read")
    assert not has_scope(principal("member", "read"), "chat")


def test_a_missing_scope_is_told_apart_from_a_missing_role() -> None:
    with pytest.raises(ScopeMissing):
        require(principal("admin", "chat"), Action("user", "manage"), INSTANCE)
    with pytest.raises(Forbidden) as refused:
        require(principal("member"), Action("user", "manage"), INSTANCE)
    assert refused.value.code == "forbidden"


def test_a_guest_makes_no_api_keys() -> None:
    assert not may(principal("guest"), Action("key", "create"), INSTANCE)
    assert may(principal("member"), Action("key", "create"), INSTANCE)


def test_only_an_administrator_can_hold_the_admin_scope() -> None:
    assert [role for role in get_args(Role) if "admin" in scopes_of(role)] == ["admin"]


def test_visible_names_the_owner_in_the_table_of_the_query() -> None:
    condition = visible(principal(), "conversation", alias="c")
    assert condition.sql == "c.user_id = :visible_to"
    assert condition.params == {"visible_to": "me"}


def test_an_administrator_sees_all_users_and_only_own_conversations() -> None:
    assert visible(principal("admin"), "user").params == {}
    assert visible(principal("admin"), "conversation").params == {"visible_to": "me"}
    assert visible(principal("member"), "user", alias="u").sql == "u.id = :visible_to"


@pytest.mark.parametrize("kind", ["provider", "instance"])
def test_what_a_member_may_not_read_gives_a_condition_that_no_row_meets(kind: Kind) -> None:
    assert visible(principal(), kind).sql == "1 = 0"


def test_models_are_visible_to_everybody() -> None:
    assert visible(principal("guest"), "model").sql == "1 = 1"
