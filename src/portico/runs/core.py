"""The run's state machine, pure: which transitions exist, and what a process does with a run that it has just claimed."""

from dataclasses import dataclass
from typing import Literal

from portico.conversations.models import FinalStatus

State = Literal["queued", "running", "completing", "needs_user", "done", "failed", "cancelled", "interrupted"]
Outcome = Literal["done", "failed", "cancelled", "interrupted"]
Happening = Literal["claimed", "answered", "reaped", "handed_over", "paused", "approved", "finished", "cancelled_in_queue"]

TERMINAL: frozenset[State] = frozenset({"done", "failed", "cancelled", "interrupted"})
LIVE: frozenset[State] = frozenset({"queued", "running", "completing"})
MAX_ATTEMPTS = 6  # in all; a hand-over at shutdown is not one
MAX_STALE = 2  # claims in a row that found no progress: the run kills its processes

# Where a state is missing, the happening is impossible there and the statement that would write it hits no row.
TRANSITIONS: dict[Happening, dict[State, State]] = {
    "claimed": {"queued": "running", "completing": "completing"},
    "answered": {"running": "completing"},
    "reaped": {"running": "queued", "completing": "completing"},
    "handed_over": {"running": "queued"},
    "paused": {"running": "needs_user"},
    "approved": {"needs_user": "queued"},
}
FINISHABLE: dict[Happening, frozenset[State]] = {
    "finished": frozenset({"running", "completing"}),
    "cancelled_in_queue": frozenset({"queued", "needs_user"}),
}
STATUS: dict[Outcome, FinalStatus] = {"done": "done", "failed": "failed", "cancelled": "stopped", "interrupted": "interrupted"}


class ImpossibleTransition(ValueError):
    """The happening does not exist in that state."""


def step(state: State, happening: Happening, outcome: Outcome | None = None) -> State:
    """The next state. Raises ImpossibleTransition; only `finished` and `cancelled_in_queue` lead to a terminal state."""
    if happening in FINISHABLE:
        if state not in FINISHABLE[happening] or outcome is None:
            raise ImpossibleTransition(f"{happening} in {state}")
        return outcome
    target = TRANSITIONS[happening].get(state)
    if target is None:
        raise ImpossibleTransition(f"{happening} in {state}")
    return target


@dataclass(frozen=True, slots=True)
class Facts:
    """What a claimer knows: the row as claimed, and the log as read after the claim.

    `last_progress` is the seq of the last event that brought something (text, a call, a result), 0 without one;
    `progress_seq` is what the claim before stored of it; `logged_outcome` is that of a `run_finished` in the log.
    """

    attempt: int
    handovers: int
    stale: int
    progress_seq: int
    last_progress: int
    cancel_requested: bool
    logged_outcome: Outcome | None = None


@dataclass(frozen=True, slots=True)
class Finish:
    """Go straight to FINISH, with no provider call."""

    outcome: Outcome
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """Go on answering; `stale` and `progress_seq` are to be stored."""

    stale: int
    progress_seq: int


def after_claim(facts: Facts) -> Finish | Answer:
    """Decide what the claimer does, in the order: what is already known, what the person wants, what the budget allows."""
    if facts.logged_outcome is not None:
        return Finish(facts.logged_outcome)
    if facts.cancel_requested:
        return Finish("cancelled")
    tries = facts.attempt - facts.handovers
    stale = facts.stale + 1 if tries > 1 and facts.last_progress <= facts.progress_seq else 0
    if stale >= MAX_STALE:
        return Finish("interrupted", "run_without_progress")
    if tries > MAX_ATTEMPTS:
        return Finish("interrupted", "run_attempts_spent")
    return Answer(stale, facts.last_progress)
