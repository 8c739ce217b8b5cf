"""Changes of several users, as JSON."""

import pytest
from pydantic import ValidationError

from portico.accounts.models import LastAdministrator
from portico.accounts.user_shapes import BulkChange, BulkShape
from portico.accounts.users import Changed
from portico.ids import UserId


def test_only_what_was_sent_is_changed() -> None:
    assert BulkChange(ids=["a"], status="suspended").change() == {"status": "suspended"}
    assert BulkChange(ids=["a"], role="member").change() == {"role": "member"}


def test_a_change_names_at_most_a_hundred_users() -> None:
    with pytest.raises(ValidationError):
        BulkChange(ids=["a"] * 101)
    with pytest.raises(ValidationError):
        BulkChange(ids=[])


def test_a_refusal_carries_its_code() -> None:
    shape = BulkShape.of(Changed((), {UserId("a"): LastAdministrator()}))
    assert [(refused.id, refused.code) for refused in shape.refused] == [("a", "last_administrator")]
