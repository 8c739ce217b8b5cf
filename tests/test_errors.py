import pytest

from portico import errors
from portico.errors import NotFound, PorticoError, Unavailable

FAMILIES = [
    (errors.Invalid, 422),
    (errors.Unauthenticated, 401),
    (errors.Forbidden, 403),
    (errors.NotFound, 404),
    (errors.Conflict, 409),
    (errors.TooLarge, 413),
    (errors.LimitReached, 429),
    (errors.Unavailable, 503),
    (errors.StorageFull, 507),
]


class ParrotNotFound(NotFound):
    code = "parrot_not_found"


@pytest.mark.parametrize(("family", "status"), FAMILIES)
def test_a_family_stands_for_one_status(family: type[PorticoError], status: int) -> None:
    assert family().status == status


def test_a_domains_error_keeps_its_familys_status_and_words() -> None:
    error = ParrotNotFound()
    assert (error.status, error.code, error.detail) == (404, "parrot_not_found", NotFound.default_detail)


def test_own_words_replace_those_of_the_family() -> None:
    assert ParrotNotFound("It has ceased to be.").detail == "It has ceased to be."


def test_an_error_says_its_code_where_it_is_logged() -> None:
    assert str(ParrotNotFound("It rests.")) == "parrot_not_found: It rests."


def test_further_members_and_the_time_to_wait_travel_along() -> None:
    error = Unavailable(retry_after_s=2.5, queue=7)
    assert (error.retry_after_s, error.extra) == (2.5, {"queue": 7})
