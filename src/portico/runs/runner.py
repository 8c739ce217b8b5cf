"""The owner of one run's task: it drives the engine, recovers from broken streams, and sees the run to its FINISH."""

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import TypeVar

import msgspec

from portico.conversations.models import MessageError, Part, ToolCallPart
from portico.errors import PorticoError
from portico.infra.dberrors import DatabaseUnavailable
from portico.infra.lease import Fenced
from portico.infra.telemetry import Metrics, run_id
from portico.providers.base import CallStarted, ProviderError
from portico.runs import continuation, pictures
from portico.runs import events as e
from portico.runs.briefing import Brief, Briefing
from portico.runs.claims import Adopted, Claims
from portico.runs.continuation import Plan
from portico.runs.core import MAX_ATTEMPTS, Answer, Finish, Outcome
from portico.runs.engine import Engine
from portico.runs.finish import Finisher, NotOwner, Result
from portico.runs.live import Hub, LiveRun
from portico.runs.models import Run
from portico.runs.pictures import Shelf
from portico.runs.recorder import Recorder
from portico.usage.ledger import Prices

logger = logging.getLogger(__name__)
T = TypeVar("T")
COALESCE_S = 0.04  # at most 25 events a second: the eye sees no difference, the processor does
NO_PROGRESS_S = 120.0
PATIENCE_STEP_S = 5.0
FIRST_TOKEN_S = 300.0  # reasoning models think in silence for minutes
RUN_MAX_S = 1_800.0
RETRY_S = 0.5
LINGER_S = 5.0  # a finished run stays in memory so that its viewers get the last events
RECOVERABLE = frozenset({"provider_cut", "provider_timeout", "provider_unreachable", "provider_overloaded", "provider_failed"})
NOT_CARRIED_OUT = "Not carried out: the answer ended before."
CODES = {
    "run_without_progress": "This answer broke its process twice without getting further: continue or regenerate it.",
    "run_attempts_spent": "This answer was interrupted too often: continue or regenerate it.",
    "run_too_long": "The answer took longer than one may take here: continue it, or ask for less at once.",
    "internal_error": "Something went wrong here: try again; if it happens again, give your administrator the id of this run.",
    "continuation_off": "The answer was interrupted: continue or regenerate it.",
}


@dataclass(frozen=True, slots=True)
class Bench:
    """What a runner works with."""

    hub: Hub
    recorder: Recorder
    claims: Claims
    finisher: Finisher
    engine: Engine
    briefing: Briefing
    shelf: Shelf
    metrics: Metrics


class Runner:
    """Runs of this process. `never_again` is the administrator's cap: what was paid for once is not asked for twice."""

    def __init__(self, bench: Bench, *, never_again: bool = False, run_max_s: float = RUN_MAX_S) -> None:
        self._hub = bench.hub
        self._recorder = bench.recorder
        self._claims = bench.claims
        self._finisher = bench.finisher
        self._engine = bench.engine
        self._briefing = bench.briefing
        self._shelf = bench.shelf
        self._metrics = bench.metrics
        self._never_again = never_again
        self._run_max_s = run_max_s
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, adopted: Adopted) -> None:
        """Begin to answer in a task of this process's own."""
        live = adopted.live
        self._hub.start(live)
        live.set_state("running")
        live.task = asyncio.create_task(self._own(live, adopted.decision), name=f"run-{live.run.id}")
        self._tasks.add(live.task)
        live.task.add_done_callback(lambda task: self._ended(live, task))

    def _ended(self, live: LiveRun, task: asyncio.Task[None]) -> None:
        """A task that failed against all expectation leaves its run to the tick, which gives it back."""
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            logger.error("the task of run %s failed", live.run.id, exc_info=task.exception())
            self._hub.leave(live)

    async def take_over(self) -> None:
        """At the start of the only process of a store: queue again what a dead predecessor left."""
        reaped = await self._claims.reap_all_others()
        if reaped:
            self._metrics.reaps.inc()
            logger.warning("going on with %d answers of a process that is gone", len(reaped))

    async def wait(self) -> None:
        """Wait until every run has ended or was given away."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    def counter(self, run: Run) -> Callable[[str], int]:
        """How the tokens of this run's model are counted."""
        return self._briefing.counter(run)

    async def _own(self, live: LiveRun, decision: Answer | Finish) -> None:
        run_id.set(live.run.id)  # for every log line of this task
        brief: Brief | None = None
        try:
            if isinstance(decision, Finish):
                ended = _straight(live, decision)
            else:
                brief = await self._patiently(live, lambda: self._briefing.make(live.run))
                ended = await self._until_stopped(live, brief)
        except (NotOwner, Fenced):
            self._hub.leave(live)
            return
        except PorticoError as error:
            ended = e.Ended("failed", MessageError(error.code, error.detail))
        except Exception:
            logger.exception("run %s failed", live.run.id)
            ended = e.Ended("failed", _failure("internal_error"))
        await self._close(live, ended, brief)

    async def _until_stopped(self, live: LiveRun, brief: Brief) -> e.Ended:
        """Answer until it is done or somebody stops it; a stop closes the provider's connection at once."""
        work = asyncio.create_task(self._generate(live, brief), name=f"answer-{live.run.id}")
        stop = asyncio.create_task(live.stop.wait(), name=f"stop-{live.run.id}")
        try:
            await asyncio.wait({work, stop}, return_when=asyncio.FIRST_COMPLETED, timeout=self._run_max_s)
        finally:
            stop.cancel()
            if not work.done():
                work.cancel()
                await asyncio.wait({work})
        if work.cancelled():
            if live.stop_reason == "":
                return e.Ended("interrupted", _failure("run_too_long"))
            return e.Ended("cancelled")
        return work.result()

    async def _generate(self, live: LiveRun, brief: Brief) -> e.Ended:
        plan = await self._first_plan(live, brief)
        job = brief.assignment
        while True:
            if plan.mode == "interrupted":
                return e.Ended("interrupted", _failure("continuation_off"))
            floor = live.last_progress
            try:
                async with aclosing(self._engine.run(job, live.draft, plan)) as batches:
                    return await self._pump(live, batches)
            except ProviderError as error:
                logger.warning("run %s attempt %d: %s (%s)", live.run.id, live.attempt, error, error.message)
                if error.code == "provider_prefill_refused":
                    job = replace(job, capabilities=msgspec.structs.replace(job.capabilities, continuation="instruct"))
                elif live.last_progress == floor or error.code not in RECOVERABLE:
                    return _given_up(live, error)
                if live.attempt - live.run.handovers >= MAX_ATTEMPTS:
                    return _given_up(live, error)
                plan = self._plan(live, replace(brief, assignment=job))
                if plan.mode == "interrupted":
                    return _given_up(live, error)
                await self._patiently(live, lambda: self._claims.next_attempt(live))
                self._metrics.resumes.inc("stream")
                self._begin_attempt(live, plan)

    async def _first_plan(self, live: LiveRun, brief: Brief) -> Plan:
        """How to begin: afresh, or after what the log or the continued answer holds."""
        if live.last_seq == 0 and not brief.begun:
            return Plan("step", ())
        if live.last_seq == 0:
            self._begin_attempt(live, Plan("step", brief.begun))
        plan = self._plan(live, brief)
        if live.last_seq > 1 or plan.kept != brief.begun:
            self._begin_attempt(live, plan)
        return plan

    def _plan(self, live: LiveRun, brief: Brief) -> Plan:
        abilities = brief.assignment.capabilities
        return continuation.plan(
            live.draft.parts(),
            continuation=abilities.continuation or "instruct",
            count=brief.assignment.count,
            never_again=self._never_again,
        )

    def _begin_attempt(self, live: LiveRun, plan: Plan) -> None:
        event = e.AttemptStarted(seq=live.last_seq + 1, attempt=live.attempt, parts=plan.kept)
        self._recorder.record_event(live, event)

    async def _pump(self, live: LiveRun, batches: AsyncGenerator[list[e.EngineEvent]]) -> e.Ended:
        """Record batch after batch. Raises ProviderError when nothing moves on, besides those of the engine."""
        patience = asyncio.timeout(FIRST_TOKEN_S)
        try:
            async with patience:
                return await self._read(live, batches, patience)
        except TimeoutError as error:
            if not patience.expired():
                raise
            raise ProviderError("provider_timeout", "no progress", retryable=True) from error

    async def _read(self, live: LiveRun, batches: AsyncGenerator[list[e.EngineEvent]], patience: asyncio.Timeout) -> e.Ended:
        async for batch in batches:
            if not batch:
                continue
            before = live.last_progress
            self._recorder.record(live, await self._with_files(live, batch) if pictures.are_in(batch) else batch)
            if isinstance(batch[-1], e.Ended):
                return batch[-1]
            if live.last_progress > before:
                _extend(patience)
                if live.first_token_ms is None:
                    live.first_token_ms = live.age_ms()
                await asyncio.sleep(COALESCE_S)
            elif isinstance(batch[0], CallStarted) and live.call_number > 1:
                await self._flush_now()
            if not self._recorder.may_read_on(live):
                await self._wait_for_room(live, patience)
        raise ProviderError("provider_cut", "the answer ended without its end")

    async def _with_files(self, live: LiveRun, batch: list[e.EngineEvent]) -> list[e.EngineEvent]:
        return await self._patiently(live, lambda: pictures.stored(self._shelf, live.run, batch))

    async def _wait_for_room(self, live: LiveRun, patience: asyncio.Timeout) -> None:
        """Read no further while too much waits for the database; the provider's silence does not count meanwhile."""
        patience.reschedule(None)
        while not self._recorder.may_read_on(live):  # noqa: ASYNC110 -- the tick frees room for all runs at once
            await asyncio.sleep(RETRY_S)
        patience.reschedule(asyncio.get_running_loop().time() + NO_PROGRESS_S)

    async def _flush_now(self) -> None:
        """Put a further provider call into the log before it leaves; without a database it waits in memory like everything else."""
        try:
            await self._recorder.flush()
        except DatabaseUnavailable:
            logger.warning("a provider call is made before the log has it: the database does not answer")

    async def _patiently(self, live: LiveRun, action: Callable[[], Awaitable[T]]) -> T:
        """Repeat until the database answers. Raises NotOwner, Fenced, and whatever else is no outage."""
        while True:
            try:
                return await action()
            except DatabaseUnavailable:
                if live.stop_reason == "fenced":
                    raise Fenced(live.run.id) from None
                await asyncio.sleep(RETRY_S)

    async def _close(self, live: LiveRun, ended: e.Ended, brief: Brief | None) -> None:
        """Write the end: FINISH, a pause, or a hand-over, as soon as the database takes it."""
        try:
            if live.stop_reason == "fenced":
                raise Fenced(live.run.id)
            if live.stop_reason == "drained" and ended.outcome == "cancelled":
                await self._take_out(live)
                await self._patiently(live, lambda: self._settled(live, self._claims.hand_over))
            elif ended.outcome == "needs_user":
                await self._take_out(live)
                await self._patiently(live, lambda: self._settled(live, self._finisher.pause))
            else:
                await self._finish(live, ended, brief)
                return
        except (NotOwner, Fenced) as error:
            logger.info("run %s is not ours any more: %s", live.run.id, type(error).__name__)
        self._hub.leave(live)

    async def _settled(self, live: LiveRun, write: Callable[[LiveRun], Awaitable[object]]) -> None:
        await self._recorder.settle_unsure(live)
        await write(live)

    async def _take_out(self, live: LiveRun) -> None:
        async with self._recorder.lock:
            live.finishing = True

    async def _finish(self, live: LiveRun, ended: e.Ended, brief: Brief | None) -> None:
        outcome: Outcome = ended.outcome if ended.outcome in ("done", "failed", "cancelled", "interrupted") else "failed"
        if live.draft.outcome is None:
            self._recorder.record_event(
                live, e.RunFinished(seq=live.last_seq + 1, attempt=live.attempt, outcome=outcome, error=ended.error)
            )
        await self._take_out(live)
        prices = brief.prices if brief is not None else await self._patiently(live, lambda: self._briefing.prices(live.run.model))
        await self._patiently(live, lambda: self._settled(live, self._claims.complete))
        result = self._result(live, outcome, ended.error, prices)
        await self._patiently(live, lambda: self._finisher.finish(live, result))
        live.set_state(outcome)
        self._measure(live, result)
        asyncio.get_running_loop().call_later(LINGER_S, self._hub.leave, live)

    def _measure(self, live: LiveRun, result: Result) -> None:
        model, metrics = (result.model.provider, result.model.model), self._metrics
        tokens = live.meter.charge()
        metrics.runs_finished.inc(result.outcome)
        metrics.tokens.inc(*model, "input", by=tokens.input)
        metrics.tokens.inc(*model, "output", by=tokens.output)
        if result.ttft_ms is not None:
            metrics.first_token_s.observe(result.ttft_ms / 1000, *model)
        if result.streamed_s is not None and result.streamed_s > 1:
            metrics.token_speed.observe(tokens.output / result.streamed_s, *model)

    def _result(self, live: LiveRun, outcome: Outcome, error: MessageError | None, prices: Prices) -> Result:
        streamed_s = None
        if live.first_token_ms is not None:
            streamed_s = max(0.001, (live.age_ms() - live.first_token_ms) / 1000)
        parts = _closed(live.draft.parts())
        return Result(outcome, parts, tuple(live.draft.notices), error, live.run.model, prices, live.first_token_ms, streamed_s)


def _extend(patience: asyncio.Timeout) -> None:
    """Give it the time for progress again; the timer is moved only when that makes a difference, since this runs for every batch."""
    due = asyncio.get_running_loop().time() + NO_PROGRESS_S
    if abs(due - (patience.when() or 0.0)) > PATIENCE_STEP_S:
        patience.reschedule(due)


def _failure(code: str) -> MessageError:
    return MessageError(code, CODES[code])


def _straight(live: LiveRun, decision: Finish) -> e.Ended:
    """The end that was decided without asking a provider."""
    if live.draft.outcome is not None:
        return e.Ended(decision.outcome, live.draft.outcome.error)
    return e.Ended(decision.outcome, _failure(decision.code) if decision.code else None)


def _given_up(live: LiveRun, error: ProviderError) -> e.Ended:
    """What is there stays for the person to continue; with nothing there, or a refusal, the answer failed."""
    retry_at = None if error.retry_after_s is None else round((time.time() + error.retry_after_s) * 1000)
    failure = MessageError(error.code, error.detail, error.message[:500] or None, retry_at)
    kept = continuation.cut(live.draft.parts())
    return e.Ended("interrupted" if kept and error.code != "content_filtered" else "failed", failure)


def _closed(parts: tuple[Part, ...]) -> tuple[Part, ...]:
    """The parts of an answer that has ended: half calls go, and calls that were not carried out say so."""
    closed: list[Part] = []
    for part in parts:
        if isinstance(part, ToolCallPart) and part.content is None:
            if part.state != "pending":
                closed.append(msgspec.structs.replace(part, state="failed", content=NOT_CARRIED_OUT, is_error=True))
        else:
            closed.append(part)
    return tuple(closed)
