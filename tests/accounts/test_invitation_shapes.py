"""What the holder of an invitation is told."""

import pytest
from pydantic import ValidationError

from portico.accounts.invitation_shapes import AcceptBody, InvitedShape, MadeInvitation, NewInvitation
from portico.accounts.invitations import Invitation
from portico.ids import InvitationId, UserId

OPEN = Invitation(InvitationId("i"), "a@example.org", "admin", None, None, None, "open", 1, 2, None)
USED = Invitation(InvitationId("i"), "a@example.org", "member", UserId("u"), "Ada", "a@example.org", "used", 1, 2, 2)


def test_the_address_is_told_while_the_invitation_is_open() -> None:
    assert InvitedShape.of(OPEN).email == "a@example.org"
    assert (InvitedShape.of(USED).email, InvitedShape.of(USED).purpose) == (None, "password")


def test_a_new_invitation_comes_with_its_path() -> None:
    assert MadeInvitation.of((OPEN, "secret")).path == "/invite/secret"


def test_an_invitation_lives_for_a_month_at_most() -> None:
    assert NewInvitation().days == 7
    with pytest.raises(ValidationError):
        NewInvitation(days=31)


def test_what_the_person_chose_is_passed_on() -> None:
    assert AcceptBody(password="x", name="Ada", locale="en").entrant().name == "Ada"
