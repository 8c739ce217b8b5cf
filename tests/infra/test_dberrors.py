from portico.errors import PorticoError
from portico.infra.dberrors import DatabaseUnavailable, Duplicate, NestedTransaction, ReadTooSlow, TextNotStorable


def test_a_database_that_is_away_says_when_to_come_back() -> None:
    error = DatabaseUnavailable()
    assert (error.status, error.code, error.retry_after_s) == (503, "database_unavailable", 2)


def test_a_slow_read_is_not_the_callers_fault() -> None:
    assert (ReadTooSlow().status, ReadTooSlow().code) == (503, "read_too_slow")


def test_text_that_no_store_can_keep_is_the_callers_to_mend() -> None:
    assert (TextNotStorable().status, TextNotStorable().code) == (422, "text_not_storable")


def test_what_only_our_own_code_can_cause_never_reaches_a_client() -> None:
    assert not issubclass(Duplicate, PorticoError)
    assert not issubclass(NestedTransaction, PorticoError)
