from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from portico.runs import core
from portico.runs.core import Answer, Facts, Finish, Happening, ImpossibleTransition, Outcome, State, after_claim, step

STATES: tuple[State, ...] = get_args(State)
HAPPENINGS: tuple[Happening, ...] = get_args(Happening)
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)


def facts(
    attempt: int = 1,
    *,
    handovers: int = 0,
    stale: int = 0,
    seen: int = 0,
    last: int = 0,
    cancel: bool = False,
    logged: Outcome | None = None,
) -> Facts:
    return Facts(attempt, handovers, stale, seen, last, cancel, logged)


@given(st.sampled_from(sorted(core.TERMINAL)), st.sampled_from(HAPPENINGS), st.sampled_from(OUTCOMES))
def test_nothing_leaves_a_terminal_state(state: State, happening: Happening, outcome: Outcome) -> None:
    with pytest.raises(ImpossibleTransition):
        step(state, happening, outcome)


@given(st.sampled_from(STATES), st.sampled_from(sorted(set(HAPPENINGS) - set(core.FINISHABLE))))
def test_only_a_finish_makes_a_state_terminal(state: State, happening: Happening) -> None:
    try:
        assert step(state, happening) not in core.TERMINAL
    except ImpossibleTransition:
        assert state not in core.TRANSITIONS[happening]


@given(st.sampled_from(STATES), st.sampled_from(sorted(core.FINISHABLE)))
def test_a_finish_without_an_outcome_is_impossible(state: State, happening: Happening) -> None:
    with pytest.raises(ImpossibleTransition):
        step(state, happening)


def test_a_finished_answer_that_waits_for_its_finish_is_never_asked_again() -> None:
    assert step("completing", "reaped") == "completing"
    assert step("completing", "claimed") == "completing"


def test_every_outcome_has_its_message_status() -> None:
    assert set(core.STATUS) == set(OUTCOMES) == core.TERMINAL


def test_the_outcome_in_the_log_counts_before_everything_else() -> None:
    assert after_claim(facts(99, cancel=True, logged="done")) == Finish("done")


def test_a_stop_is_carried_out_by_the_next_claimer_without_a_call() -> None:
    assert after_claim(facts(2, cancel=True)) == Finish("cancelled")


def test_a_first_attempt_goes_on_whatever_the_log_holds() -> None:
    assert after_claim(facts(1)) == Answer(stale=0, progress_seq=0)


def test_progress_since_the_last_claim_forgives_earlier_deaths() -> None:
    assert after_claim(facts(3, stale=1, seen=10, last=11)) == Answer(stale=0, progress_seq=11)


def test_a_run_that_kills_its_processes_meets_no_third() -> None:
    second = after_claim(facts(2))
    assert second == Answer(stale=1, progress_seq=0)
    assert after_claim(facts(3, stale=1)) == Finish("interrupted", "run_without_progress")


def test_an_orderly_hand_over_is_not_an_attempt() -> None:
    assert isinstance(after_claim(facts(8, handovers=2, seen=1, last=2)), Answer)
    assert after_claim(facts(9, handovers=2, seen=1, last=2)) == Finish("interrupted", "run_attempts_spent")


class LifeOfARun(RuleBasedStateMachine):
    """A run, its processes and a person who may do anything at any time."""

    def __init__(self) -> None:
        super().__init__()
        self.state: State = "queued"
        self.attempt, self.handovers, self.stale, self.seen, self.last = 1, 0, 0, 0, 0
        self.cancelled = False

    def move(self, happening: Happening, outcome: Outcome | None = None) -> None:
        self.state = step(self.state, happening, outcome)

    @precondition(lambda self: self.state in {"queued", "completing"})
    @rule()
    def claim(self) -> None:
        self.move("claimed")
        logged: Outcome | None = "done" if self.state == "completing" else None
        found = after_claim(Facts(self.attempt, self.handovers, self.stale, self.seen, self.last, self.cancelled, logged))
        if isinstance(found, Finish):
            self.move("finished", found.outcome)
            return
        self.stale, self.seen = found.stale, found.progress_seq

    @precondition(lambda self: self.state == "running")
    @rule(events=st.integers(1, 50))
    def bring_text(self, events: int) -> None:
        self.last += events

    @precondition(lambda self: self.state == "running")
    @rule(happening=st.sampled_from(["answered", "paused", "reaped", "handed_over"]))
    def leave(self, happening: Happening) -> None:
        self.move(happening)
        self.attempt += happening in {"reaped", "handed_over"}
        self.handovers += happening == "handed_over"

    @precondition(lambda self: self.state == "needs_user")
    @rule()
    def approve(self) -> None:
        self.move("approved")

    @precondition(lambda self: self.state not in core.TERMINAL)
    @rule()
    def stop(self) -> None:
        self.cancelled = True
        if self.state in {"queued", "needs_user"}:
            self.move("cancelled_in_queue", "cancelled")

    @precondition(lambda self: self.state in core.TERMINAL)
    @rule(happening=st.sampled_from(HAPPENINGS), outcome=st.sampled_from(OUTCOMES))
    def come_late(self, happening: Happening, outcome: Outcome) -> None:
        with pytest.raises(ImpossibleTransition):
            self.move(happening, outcome)

    @invariant()
    def a_run_is_somewhere(self) -> None:
        assert self.state in STATES

    @invariant()
    def deaths_are_bounded(self) -> None:
        if self.state == "running":
            assert self.attempt - self.handovers <= core.MAX_ATTEMPTS
            assert self.stale < core.MAX_STALE


TestLifeOfARun = LifeOfARun.TestCase
