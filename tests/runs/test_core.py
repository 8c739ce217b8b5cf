"""The state machine: by a model of several processes that die, and by the SQL that has to agree with it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import get_args

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, precondition, rule

from portico.access.principal import Principal
from portico.conversations.models import ModelRef
from portico.ids import ProcessId, new_id
from portico.infra.db import Database
from portico.infra.lease import Lease
from portico.runs import core
from portico.runs.claims import Claims
from portico.runs.core import LIVE, MAX_ATTEMPTS, MAX_STALE, TERMINAL, Answer, Facts, Finish, Happening, Outcome, State, after_claim, step
from portico.runs.finish import Finisher, NotOwner, Result
from portico.runs.live import LiveRun
from portico.runs.meter import Meter
from portico.runs.models import COLUMNS, Run, run_of
from portico.runs.service import RESUME
from portico.usage.ledger import Prices
from tests.runs.conftest import World, queued

STATES: tuple[State, ...] = get_args(State)
HAPPENINGS: tuple[Happening, ...] = get_args(Happening)
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)


def possible(state: State, happening: Happening) -> bool:
    try:
        step(state, happening, "done")
    except core.ImpossibleTransition:
        return False
    return True


@pytest.mark.parametrize("state", sorted(TERMINAL))
@pytest.mark.parametrize("happening", HAPPENINGS)
def test_nothing_happens_to_a_run_that_has_ended(state: State, happening: Happening) -> None:
    with pytest.raises(core.ImpossibleTransition):
        step(state, happening, "done")


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("happening", HAPPENINGS)
def test_only_a_finish_leads_to_an_end(state: State, happening: Happening) -> None:
    if possible(state, happening):
        ends = happening in ("finished", "cancelled_in_queue")
        assert (step(state, happening, "failed") in TERMINAL) == ends


@pytest.mark.parametrize("state", sorted(LIVE))
def test_an_end_needs_an_outcome(state: State) -> None:
    for happening in ("finished", "cancelled_in_queue"):
        with pytest.raises(core.ImpossibleTransition):
            step(state, happening)


def test_every_state_is_terminal_live_or_waits_for_a_person() -> None:
    assert set(STATES) == TERMINAL | LIVE | {"needs_user"}


def test_every_outcome_has_the_status_of_its_message() -> None:
    assert [core.STATUS[outcome] for outcome in OUTCOMES] == ["done", "failed", "stopped", "interrupted"]


FRESH = Facts(attempt=1, handovers=0, stale=0, progress_seq=0, last_progress=0, cancel_requested=False)


def facts(**changed: object) -> Facts:
    values = {name: getattr(FRESH, name) for name in FRESH.__slots__} | changed
    return Facts(**values)  # pyright: ignore[reportArgumentType] -- the names are those of Facts


def test_an_answer_that_is_in_the_log_wins_over_a_stop() -> None:
    assert after_claim(facts(logged_outcome="done", cancel_requested=True)) == Finish("done")


def test_a_stop_wins_over_a_spent_budget() -> None:
    assert after_claim(facts(cancel_requested=True, attempt=99, stale=9)) == Finish("cancelled")


def test_the_first_claim_finds_no_progress_and_that_is_no_fault() -> None:
    assert after_claim(FRESH) == Answer(0, 0)


def test_a_hand_over_before_the_first_word_is_no_fault_either() -> None:
    assert after_claim(facts(attempt=3, handovers=2)) == Answer(0, 0)


def test_progress_since_the_last_claim_wipes_the_slate() -> None:
    assert after_claim(facts(attempt=3, stale=1, progress_seq=4, last_progress=9)) == Answer(0, 9)


def test_two_claims_in_a_row_without_progress_end_the_run() -> None:
    assert after_claim(facts(attempt=2)) == Answer(1, 0)
    assert after_claim(facts(attempt=3, stale=1)) == Finish("interrupted", "run_without_progress")


def test_the_seventh_try_is_not_made() -> None:
    assert after_claim(facts(attempt=6, progress_seq=1, last_progress=2)) == Answer(0, 2)
    assert after_claim(facts(attempt=7, progress_seq=1, last_progress=2)) == Finish("interrupted", "run_attempts_spent")


@dataclass
class Row:
    """The run as the database would hold it, with its log reduced to what counts."""

    state: State = "queued"
    owner: int | None = None
    attempt: int = 1
    handovers: int = 0
    stale: int = 0
    progress_seq: int = 0
    cancel_requested: bool = False
    last_seq: int = 0
    last_progress: int = 0
    logged_outcome: Outcome | None = None
    tries: int = 0
    approvals: int = 0
    answers_since_progress: int = 0
    ended: list[State] = field(default_factory=list)

    def happen(self, happening: Happening, outcome: Outcome | None = None) -> None:
        self.state = step(self.state, happening, outcome)
        if self.state in TERMINAL:
            self.ended.append(self.state)
            self.owner = None


class Processes(RuleBasedStateMachine):
    """Processes come, answer, die, are reaped and drained, in any order, over one run."""

    alive = Bundle("alive")

    def __init__(self) -> None:
        super().__init__()
        self.row = Row()
        self.living: set[int] = set()
        self.born = 0
        self.stopped_before_answered = False

    @initialize(target=alive)
    def first(self) -> int:
        return self._bear()

    @rule(target=alive)
    def start(self) -> int:
        return self._bear()

    def _bear(self) -> int:
        self.born += 1
        self.living.add(self.born)
        return self.born

    @property
    def owned(self) -> bool:
        return self.row.owner in self.living and self.row.owner is not None

    @rule(process=alive)
    def claim(self, process: int) -> None:
        row = self.row
        if row.owner is not None or row.state not in ("queued", "completing"):
            return
        row.happen("claimed")
        row.owner = process
        decision = after_claim(
            Facts(row.attempt, row.handovers, row.stale, row.progress_seq, row.last_progress, row.cancel_requested, row.logged_outcome)
        )
        if isinstance(decision, Finish):
            row.happen("finished", decision.outcome)
            return
        row.stale, row.progress_seq = decision.stale, decision.progress_seq
        row.tries += 1
        row.answers_since_progress += 1

    @precondition(lambda self: self.owned and self.row.state == "running")
    @rule(events=st.integers(1, 5), progress=st.booleans())
    def stream(self, events: int, progress: bool) -> None:
        self.row.last_seq += events
        if progress:
            self.row.last_progress = self.row.last_seq
            self.row.answers_since_progress = 0

    @precondition(lambda self: self.owned and self.row.state == "running")
    @rule(outcome=st.sampled_from(["done", "failed", "interrupted"]))
    def answer(self, outcome: Outcome) -> None:
        """The owner wrote `run_finished`, perhaps before it heard of a stop."""
        self.row.happen("answered")
        self.row.logged_outcome = outcome

    @precondition(lambda self: self.owned and self.row.state == "completing")
    @rule()
    def finish(self) -> None:
        self.row.happen("finished", self.row.logged_outcome)

    @precondition(lambda self: self.owned and self.row.state == "running")
    @rule()
    def pause(self) -> None:
        self.row.last_seq += 1
        self.row.last_progress = self.row.last_seq
        self.row.answers_since_progress = 0
        self.row.happen("paused")
        self.row.owner = None

    @precondition(lambda self: self.row.state == "needs_user")
    @rule()
    def approve(self) -> None:
        self.row.happen("approved")
        self.row.approvals += 1

    @rule()
    def ask_to_stop(self) -> None:
        row = self.row
        if row.state in TERMINAL:
            return
        self.stopped_before_answered = self.stopped_before_answered or row.logged_outcome is None
        row.cancel_requested = True
        if row.state in ("queued", "needs_user"):
            row.happen("cancelled_in_queue", "cancelled")

    @precondition(lambda self: self.owned and self.row.cancel_requested and self.row.state == "running")
    @rule()
    def hear_of_the_stop(self) -> None:
        self.row.happen("finished", "cancelled")

    @rule(process=consumes(alive))
    def die(self, process: int) -> None:
        self.living.discard(process)

    @precondition(lambda self: self.row.owner is not None and not self.owned)
    @rule()
    def reap(self) -> None:
        self.row.happen("reaped")
        self.row.owner = None
        self.row.attempt += 1

    @precondition(lambda self: self.owned and self.row.state == "running")
    @rule()
    def hand_over(self) -> None:
        self.row.happen("handed_over")
        self.row.owner = None
        self.row.attempt += 1
        self.row.handovers += 1

    @invariant()
    def an_end_is_final(self) -> None:
        assert len(self.row.ended) <= 1
        if self.row.ended:
            assert self.row.state == self.row.ended[0]

    @invariant()
    def tries_are_bounded(self) -> None:
        assert self.row.tries <= MAX_ATTEMPTS + self.row.handovers + self.row.approvals
        assert self.row.stale < MAX_STALE

    @invariant()
    def who_makes_no_progress_is_given_up(self) -> None:
        assert self.row.answers_since_progress <= MAX_STALE + self.row.handovers

    @invariant()
    def a_stop_ends_in_cancelled_unless_it_came_too_late(self) -> None:
        if self.stopped_before_answered and self.row.ended and self.row.logged_outcome is None:
            assert self.row.ended == ["cancelled"]

    @invariant()
    def an_answer_is_never_overruled(self) -> None:
        if self.row.logged_outcome is not None and self.row.ended:
            assert self.row.ended == [self.row.logged_outcome]

    def teardown(self) -> None:
        """Whatever happened, one more process brings the run to an end, or it waits for a person."""
        if self.row.owner is not None and not self.owned:
            self.reap()
        self.claim(self._bear())
        if self.row.state == "running":
            self.answer("done")
        if self.row.state == "completing":
            self.finish()
        assert self.row.state in TERMINAL | {"needs_user"}


Processes.TestCase.settings = settings(max_examples=60, stateful_step_count=35, deadline=None)
TestProcesses = Processes.TestCase


async def put_into(db: Database, run: Run, state: State, owner: str | None) -> None:
    async with db.transaction() as tx:
        await tx.execute("UPDATE runs SET state = :state, owner = CAST(:owner AS text) WHERE id = :id", id=run.id, state=state, owner=owner)


async def state_of(db: Database, run: Run) -> State:
    row = await db.fetch_one(f"SELECT {COLUMNS} FROM runs WHERE id = :id", id=run.id)
    assert row is not None
    return run_of(row).state


def a_result(outcome: Outcome) -> Result:
    return Result(outcome, (), (), None, ModelRef("demo", "demo"), Prices())


def statements(db: Database, lease: Lease, finisher: Finisher) -> dict[Happening, tuple[str | None, Callable[[Run], Awaitable[object]]]]:
    """For each happening who must own the run, and the statement that writes it."""
    claims = Claims(db, lease)

    def live(run: Run) -> LiveRun:
        return LiveRun(run, Meter(len))

    async def approve(run: Run) -> None:
        async with db.transaction() as tx:
            await tx.execute(RESUME, id=run.id)

    return {
        "claimed": (None, lambda run: claims.claim(100)),
        "answered": (lease.id, lambda run: claims.complete(live(run))),
        "reaped": ("dead", lambda run: claims.reap()),
        "handed_over": (lease.id, lambda run: claims.hand_over(live(run))),
        "paused": (lease.id, lambda run: finisher.pause(live(run))),
        "approved": (None, approve),
        "finished": (lease.id, lambda run: finisher.finish(live(run), a_result("failed"))),
        "cancelled_in_queue": (None, lambda run: finisher.finish_unowned(run, Meter(len), a_result("failed"))),
    }


@pytest.mark.parametrize("happening", HAPPENINGS)
async def test_the_sql_hits_a_row_exactly_where_the_table_says(world: World, who: Principal, happening: Happening) -> None:
    owner, act = statements(world.db, world.lease, world.finisher)[happening]
    run = await queued(world, who)
    for state in STATES:
        await put_into(world.db, run, state, owner)
        try:
            await act(run)
        except NotOwner:
            assert not possible(state, happening), f"{happening} in {state} was refused"
        expected = step(state, happening, "failed") if possible(state, happening) else state
        assert await state_of(world.db, run) == expected, f"{happening} in {state}"


@pytest.mark.parametrize("happening", ["answered", "handed_over", "paused", "finished"])
async def test_who_does_not_own_a_run_changes_nothing(world: World, who: Principal, happening: Happening) -> None:
    _, act = statements(world.db, world.lease, world.finisher)[happening]
    run = await queued(world, who)
    await put_into(world.db, run, "running", ProcessId(new_id()))
    with pytest.raises(NotOwner):
        await act(run)
    assert await state_of(world.db, run) == "running"


async def test_a_run_that_somebody_owns_is_not_claimed_and_one_whose_owner_lives_is_not_reaped(world: World, who: Principal) -> None:
    run = await queued(world, who)
    await put_into(world.db, run, "completing", world.lease.id)
    assert await world.claims.claim(10) == []
    assert await world.claims.reap() == []
