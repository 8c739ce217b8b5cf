from portico.access.models import Grant
from portico.access.principal import ALL_SCOPES, Principal
from portico.ids import GroupId, UserId

WHO = Principal(UserId("u1"), "member", frozenset({GroupId("g1")}), ALL_SCOPES, 1, "session", "s1")


def test_a_grant_to_a_group_is_held_by_its_members_only() -> None:
    assert Grant("group", "g1", "reader", "conversation", "c1").held_by(WHO)
    assert not Grant("group", "g2", "reader", "conversation", "c1").held_by(WHO)


def test_a_grant_to_a_user_is_not_held_by_a_group_of_the_same_id() -> None:
    assert Grant("user", "u1", "reader", "conversation", "c1").held_by(WHO)
    assert not Grant("group", "u1", "reader", "conversation", "c1").held_by(WHO)
