from dataclasses import FrozenInstanceError, replace

import pytest

from portico.access.principal import OPERATOR


def test_a_principal_cannot_be_given_more_rights_on_its_way() -> None:
    with pytest.raises(FrozenInstanceError):
        OPERATOR.role = "member"  # pyright: ignore[reportAttributeAccessIssue]


def test_a_principal_is_equal_to_another_only_with_the_same_rights() -> None:
    assert replace(OPERATOR) == OPERATOR
    assert replace(OPERATOR, scopes=frozenset()) != OPERATOR
