import pytest
from hypothesis import given
from hypothesis import strategies as st

from portico.providers.failures import failure
from portico.providers.route import (
    BUDGET_FLOOR,
    LEAST_CALLS,
    OPEN_S,
    WINDOW_S,
    Breaker,
    GiveUp,
    KeyTurns,
    Next,
    Retry,
    RetryBudget,
    decide,
    fingerprint,
)


def ill(count: int = LEAST_CALLS, at: float = 0.0) -> Breaker:
    breaker = Breaker()
    for _ in range(count):
        breaker.record(at, healthy=False)
    return breaker


def test_half_of_twenty_calls_failed_opens_it_for_fifteen_seconds() -> None:
    breaker = Breaker()
    for number in range(LEAST_CALLS):
        assert breaker.admit(1.0)
        breaker.record(1.0, healthy=number % 2 == 0)
    assert not breaker.admit(1.0)
    assert not breaker.admit(1.0 + OPEN_S - 0.1)
    assert breaker.health(2.0)[0] == "open"


def test_nineteen_failures_are_too_few_and_old_ones_do_not_count() -> None:
    assert ill(LEAST_CALLS - 1).admit(1.0)
    breaker = ill(LEAST_CALLS - 1)
    breaker.record(WINDOW_S + 1, healthy=False)
    assert breaker.admit(WINDOW_S + 1)


def test_one_call_tries_an_open_breaker_and_closes_or_opens_it_again() -> None:
    breaker = ill()
    later = OPEN_S + 0.1
    assert breaker.admit(later)
    assert not breaker.admit(later)
    breaker.record(later, healthy=False)
    assert not breaker.admit(later + OPEN_S - 0.1)
    assert breaker.admit(later + OPEN_S + 0.1)
    breaker.record(later + OPEN_S + 0.2, healthy=True)
    assert breaker.admit(later + OPEN_S + 0.3)
    assert breaker.admit(later + OPEN_S + 0.3)


def test_a_try_that_was_stopped_leaves_room_for_another() -> None:
    breaker = ill()
    assert breaker.admit(OPEN_S + 1)
    breaker.forget()
    assert breaker.admit(OPEN_S + 1)


def test_health_is_told_in_words() -> None:
    breaker = Breaker()
    assert breaker.health(0)[0] == "unknown"
    breaker.record(0, healthy=True)
    assert breaker.health(0)[0] == "ok"
    breaker.record(0, healthy=False)
    assert breaker.health(0) == ("degraded", "1 of 2 calls failed in the last 30 s")


@given(st.integers(min_value=0, max_value=400))
def test_retries_stay_within_a_tenth_of_the_calls(calls: int) -> None:
    budget = RetryBudget()
    for _ in range(calls):
        budget.call(1.0)
    taken = 0
    while budget.take(1.0):
        taken += 1
    assert taken <= max(BUDGET_FLOOR, calls / 10 + 1)
    assert budget.take(1.0 + 61.0)


def test_keys_take_turns_or_are_chosen_by_chance() -> None:
    turns, chance = KeyTurns("turn"), KeyTurns("random")
    assert [turns.choose(["a", "b"], 0, 0.9) for _ in range(3)] == ["a", "b", "a"]
    assert [chance.choose(["a", "b"], 0, number) for number in (0.0, 0.49, 0.5, 0.99)] == ["a", "a", "b", "b"]
    assert turns.choose([], 0, 0.5) == ""


def test_a_key_that_was_refused_rests_unless_it_is_the_only_one() -> None:
    turns = KeyTurns("random")
    turns.rest("a", 0.0)
    assert turns.choose(["a", "b"], 1.0, 0.0) == "b"
    assert turns.choose(["a"], 1.0, 0.0) == "a"
    assert not turns.others(["a"], 1.0)
    assert turns.choose(["a", "b"], 31.0, 0.0) == "a"


def choose(
    code: str, *, retried: int = 0, other_keys: bool = False, budget: bool = True, after_s: float | None = None
) -> Retry | Next | GiveUp:
    error = failure(code, retry_after_s=after_s)
    return decide(error, retried=retried, retries=2, other_keys=other_keys, budget=lambda: budget, chance=0.5)


def test_what_may_pass_is_tried_again_with_growing_jitter() -> None:
    assert choose("provider_overloaded") == Retry(0.25)
    assert choose("provider_overloaded", retried=1) == Retry(0.5)
    assert choose("provider_overloaded", retried=2) == Next()


def test_a_wait_of_ten_seconds_is_borne_a_longer_one_is_not() -> None:
    assert choose("provider_rate_limited", after_s=9) == Retry(9.25)
    assert choose("provider_rate_limited", after_s=11) == Next()


def test_without_budget_the_next_provider_is_asked() -> None:
    assert choose("provider_failed", budget=False) == Next()


def test_another_key_is_tried_at_once_and_costs_no_budget() -> None:
    assert choose("provider_auth", other_keys=True, budget=False) == Retry(0.0)
    assert choose("provider_auth") == Next()


@pytest.mark.parametrize("code", ["content_filtered", "provider_rejected", "provider_prefill_refused", "context_too_long"])
def test_what_nobody_else_would_answer_is_given_up(code: str) -> None:
    assert choose(code, other_keys=True) == GiveUp()


def test_a_fingerprint_tells_keys_apart_and_nothing_about_them() -> None:
    assert fingerprint("sk-secret") != fingerprint("sk-other")
    assert "secret" not in fingerprint("sk-secret")
