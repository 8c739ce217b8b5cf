"""What a person can do with runs: send, edit, regenerate, continue, cancel, approve."""

from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import ClassVar, Protocol

import msgspec

from portico.access import policy
from portico.access.principal import Principal
from portico.conversations import changes
from portico.conversations.messages import MessageService
from portico.conversations.models import Message, ModelRef, NewMessage
from portico.conversations.service import ConversationService
from portico.errors import Conflict, LimitReached, NotFound
from portico.ids import ConversationId, MessageId, RunId, new_id
from portico.infra.db import Database, Transaction
from portico.infra.faults import crash_point
from portico.infra.lease import Fenced, Lease
from portico.runs import log
from portico.runs.ask import Accepted, Again, Ask, fingerprint, pending_answer, wanted_answers
from portico.runs.briefing import Briefing
from portico.runs.claims import Adopted
from portico.runs.core import TERMINAL, Answer
from portico.runs.draft import fold
from portico.runs.finish import Finisher, NotOwner, Result, open_cost
from portico.runs.live import Hub, LiveRun
from portico.runs.meter import Meter
from portico.runs.models import COLUMNS, Params, Run, run_of
from portico.runs.runner import Runner
from portico.usage import ledger

TOO_MANY_COMPARED = (
    "You asked for {wanted} answers and have {running} under way; {limit} may be at once. Wait for one, stop one, or compare fewer models."
)
HOLD_TTL_MS = 7 * 86_400_000
HOLD_TOKENS = 8_192  # what an answer may cost until its FINISH says what it did
MAX_WAIT_S = 30.0

INSERT = f"""
INSERT INTO runs (id, user_id, conversation_id, message_id, state, owner, params, created, started)
VALUES (:id, :user, :conversation, :message, :state, CAST(:owner AS text), :params, {{now}}, CASE WHEN :state = 'running' THEN {{now}} END)
RETURNING {COLUMNS}
"""
BY_MESSAGE = f"SELECT {COLUMNS} FROM runs WHERE message_id = :message"
FIRST_ANSWER = f"""
SELECT {", ".join(f"runs.{name.strip()}" for name in COLUMNS.split(","))} FROM messages m JOIN runs ON runs.message_id = m.id
WHERE m.parent_id = :question ORDER BY runs.created, runs.id LIMIT 1
"""
VISIBLE = f"SELECT {COLUMNS} FROM runs WHERE id = :id AND {{visible}}"
RUNNING = "SELECT count(*) AS n FROM runs WHERE user_id = :user AND state IN ('queued', 'running', 'completing')"
CANCEL = "UPDATE runs SET cancel_at = coalesce(cancel_at, {now}) WHERE id = :id AND state IN ('queued', 'running', 'needs_user')"
PLACE = """
SELECT count(*) AS place FROM runs q JOIN runs r ON r.id = :id
WHERE q.state = 'queued' AND r.state = 'queued' AND (q.priority, q.created, q.id) <= (r.priority, r.created, r.id)
"""
QUEUE = """
SELECT (SELECT count(*) FROM runs WHERE state = 'queued') AS waiting,
  (SELECT avg(finished - started) FROM (
    SELECT finished, started FROM runs WHERE finished IS NOT NULL AND started IS NOT NULL
    ORDER BY finished DESC LIMIT 20) AS lately) AS mean_ms
"""
APPROVE = """
INSERT INTO approvals (run_id, call, approved, user_id, at) VALUES (:run, :call, :approved, :user, {now})
ON CONFLICT (run_id, call) DO UPDATE SET approved = excluded.approved, user_id = excluded.user_id, at = excluded.at
"""
# That a person was asked is no progress, but no sign either that the run kills its processes: after a crash in a call it happens anew.
RESUME = "UPDATE runs SET state = 'queued', needs_user_until = NULL, stale = 0 WHERE id = :id AND state = 'needs_user'"
DECIDED = "SELECT call FROM approvals WHERE run_id = :run"
REFS = """
SELECT runs.message_id AS message_id, runs.id AS id, runs.state AS state FROM {rows:ask(id text)} JOIN runs ON runs.message_id = ask.id
"""
EXPIRED = f"SELECT {COLUMNS} FROM runs WHERE state = 'needs_user' AND needs_user_until < {{now}} LIMIT 100"


class RunNotFound(NotFound):
    """No run with this id is visible to the caller."""

    code: ClassVar[str] = "run_not_found"
    default_detail: ClassVar[str] = "This run does not exist, or you may not see it."


class TooManyRuns(LimitReached):
    """The person has as many answers under way as one may have."""

    code: ClassVar[str] = "too_many_runs"
    default_detail: ClassVar[str] = "Wait until one of your answers is finished, or stop one."


class Busy(LimitReached):
    """Everybody's answers together fill the server for longer than anybody wants to wait."""

    code: ClassVar[str] = "busy"
    default_detail: ClassVar[str] = "The server is busy: your message was not sent; try again in half a minute."


class NotAnswerable(Conflict):
    """The message cannot be answered, edited or continued as it is."""

    code: ClassVar[str] = "not_answerable"
    default_detail: ClassVar[str] = "This cannot be done with this message: load the conversation again."


class NothingToApprove(Conflict):
    """The run does not wait for this decision."""

    code: ClassVar[str] = "nothing_to_approve"
    default_detail: ClassVar[str] = "This call does not wait for a decision any more."


@dataclass(frozen=True, slots=True)
class Limits:
    """`max_streams` answers at once here; `per_user` answers at once of one person on all replicas together."""

    max_streams: int
    per_user: int = 4


class Offer(Protocol):
    """What models there are."""

    async def resolve(self, choice: ModelRef) -> object:
        """Raise ModelUnknown for a model that is not offered."""
        ...


@dataclass(frozen=True, slots=True)
class Desk:
    """What the service works with."""

    db: Database
    lease: Lease
    hub: Hub
    runner: Runner
    briefing: Briefing
    finisher: Finisher
    conversations: ConversationService
    messages: MessageService
    offer: Offer


class RunService:
    def __init__(self, desk: Desk, limits: Limits) -> None:
        self._d = desk
        self._limits = limits
        self._arriving: set[MessageId] = set()  # answers that this process has admitted and does not give yet

    async def send(
        self, who: Principal, conversation_id: ConversationId, message_id: MessageId, parent: MessageId | None, ask: Ask
    ) -> Accepted:
        """Store a person's message and begin its answer. The same id and body again gives the same answer.

        Raises ModelUnknown, ConversationNotFound, MessageNotFound, IdReused, TooManyRuns, Busy, DatabaseUnavailable: then nothing is
        stored.
        """
        models = (ask.model, *ask.compare_with)
        for model in models:
            await self._d.offer.resolve(model)
        wanted = wanted_answers(message_id, ask)
        with self._admitting(answer_id for answer_id, _ in wanted):
            begun, is_new = await self._store(who, conversation_id, message_id, parent, ask, wanted)
            started = [await self._accepted(each, begin=is_new) for each in begun]
        return replace(started[0], beside=tuple(started[1:]))

    @contextmanager
    def _admitting(self, answers: Iterable[MessageId]) -> Generator[None]:
        """Nobody else gets the places of these answers until they have begun, or their request has failed."""
        own = set(answers)
        try:
            yield
        finally:
            self._arriving -= own

    async def _store(
        self,
        who: Principal,
        conversation_id: ConversationId,
        message_id: MessageId,
        parent: MessageId | None,
        ask: Ask,
        wanted: Sequence[tuple[MessageId, Params]],
    ) -> tuple[list[Accepted], bool]:
        """Store a question and the runs of its answers in one transaction; say whether it is new."""
        async with self._d.db.transaction() as tx:
            if ask.beginning is not None:
                await self._d.conversations.create_in(tx, who, conversation_id, replace(ask.beginning, model=ask.model))
            new = NewMessage(message_id, conversation_id, parent, fingerprint(conversation_id, parent, ask), ask.parts, ask.model)
            pending = [pending_answer(conversation_id, answer_id, params) for answer_id, params in wanted]
            added, answers = await self._d.messages.add_turn(tx, who, new, pending)
            if answers:
                await self._require_room(tx, who, len(answers))
                begun = [await self._begin(tx, who, added.message, answer, wanted[at][1]) for at, answer in enumerate(answers)]
            else:
                begun = await self._repeated(tx, who, added.message)
            crash_point("submit.before_commit")
        return begun, added.is_new

    async def edit(self, who: Principal, message_id: MessageId, new_message_id: MessageId, ask: Ask) -> Accepted:
        """Send another version of a message: a sibling, with an answer of its own. Errors as `send`."""
        old = await self._d.messages.require(self._d.db, who, message_id)
        if old.role != "user":
            raise NotAnswerable("Only your own messages can be edited.")
        return await self.send(who, old.conversation, new_message_id, old.parent, ask)

    async def regenerate(self, who: Principal, message_id: MessageId, new_message_id: MessageId, again: Again) -> Accepted:
        """Answer a question again, beside the answers there are. `message_id` is an answer, or a question without one."""
        old = await self._d.messages.require(self._d.db, who, message_id)
        question_id = old.id if old.role == "user" else old.parent
        if question_id is None or (again.continue_it and old.status not in ("stopped", "interrupted", "failed")):
            raise NotAnswerable
        question = await self._d.messages.require(self._d.db, who, question_id)
        chosen = again.model or old.model or question.model
        if chosen is None:
            raise NotAnswerable("Choose a model for the new answer.")
        await self._d.offer.resolve(chosen)
        params = Params(
            question.id,
            chosen.provider,
            chosen.model,
            continue_of=old.id if again.continue_it else None,
            together=(old.id, new_message_id) if again.compare and old.role == "assistant" else (),
            history_share=await self._share(old) if again.shorten else 1.0,
        )
        with self._admitting([new_message_id]):
            async with self._d.db.transaction() as tx:
                accepted, fresh = await self._answer_again(tx, who, question, new_message_id, params)
            return await self._accepted(accepted, begin=fresh)

    async def _share(self, old: Message) -> float:
        """Half of what the old answer was made from: asked again and again, in the end only the question is left."""
        row = await self._d.db.fetch_one(BY_MESSAGE, message=old.id)
        return 0.5 if row is None else run_of(row).params.history_share / 2

    async def _answer_again(
        self, tx: Transaction, who: Principal, question: Message, new_message_id: MessageId, params: Params
    ) -> tuple[Accepted, bool]:
        answer = pending_answer(question.conversation, new_message_id, params)
        added = await self._d.messages.add_assistant_message(tx, who, answer, undecided=bool(params.together))
        if added.is_new:
            await self._require_room(tx, who, 1)
            return await self._begin(tx, who, question, added.message, params), True
        row = await tx.fetch_one(BY_MESSAGE, message=new_message_id)
        if row is None:
            raise NotAnswerable
        return Accepted(question, run_of(row), added.message), False

    async def _repeated(self, tx: Transaction, who: Principal, question: Message) -> list[Accepted]:
        """What the first request with this question began."""
        row = await tx.fetch_one(FIRST_ANSWER, question=question.id)
        if row is None:
            raise NotAnswerable
        first = run_of(row)
        begun: list[Accepted] = []
        for answer_id in first.params.together or (first.message_id,):
            found = await tx.fetch_one(BY_MESSAGE, message=answer_id)
            if found is None:
                raise NotAnswerable
            begun.append(Accepted(question, run_of(found), await self._d.messages.require(tx, who, answer_id)))
        return begun

    async def _begin(self, tx: Transaction, who: Principal, question: Message, answer: Message, params: Params) -> Accepted:
        """Insert the run of a pending answer and its hold. This process takes it if it has room."""
        mine = await self._admit(tx, answer.id)
        row = await tx.fetch_one(
            INSERT,
            id=new_id(),
            user=who.user_id,
            conversation=question.conversation,
            message=answer.id,
            state="running" if mine else "queued",
            owner=self._d.lease.id if mine else None,
            params=msgspec.json.encode(params).decode(),
        )
        if row is None:
            raise RunNotFound
        run = run_of(row)
        await ledger.hold(tx, run.id, who.user_id, amount_tokens=HOLD_TOKENS, ttl_ms=HOLD_TTL_MS)
        if mine:
            await open_cost(tx, run, run.attempt)
        return Accepted(question, run, answer)

    async def _require_room(self, tx: Transaction, who: Principal, wanted: int) -> None:
        """Raise TooManyRuns unless `wanted` more answers may begin. The user's revision row is locked by now, so the count is right."""
        row = await tx.fetch_one(RUNNING, user=who.user_id)
        running, limit = (0 if row is None else row["n"]), self._limits.per_user
        if running + wanted > limit:
            detail = TOO_MANY_COMPARED.format(wanted=wanted, running=running, limit=limit) if wanted > 1 else None
            raise TooManyRuns(detail, limit=limit, running=running)

    async def _admit(self, tx: Transaction, answer_id: MessageId) -> bool:
        """Whether this process answers at once; else the run waits in the queue. Raises Busy when that would take too long."""
        if not self._d.hub.draining and self._d.hub.answering() + len(self._arriving) < self._limits.max_streams:
            self._arriving.add(answer_id)
            try:
                await self._d.lease.require_alive(tx)
            except Fenced:
                self._arriving.discard(answer_id)
                return False
            return True
        queue = await tx.fetch_one(QUEUE)
        if queue is not None and queue["mean_ms"] is not None:
            wait_s = float(queue["mean_ms"]) / 1000 * (queue["waiting"] + 1) / max(1, self._limits.max_streams)
            if wait_s > MAX_WAIT_S:
                raise Busy(retry_after_s=MAX_WAIT_S)
        return False

    async def _accepted(self, accepted: Accepted, *, begin: bool) -> Accepted:
        """After the commit: start what is ours, and say what place a waiting run has."""
        crash_point("submit.after_commit")
        run = accepted.run
        if begin and run.owner == self._d.lease.id:
            live = LiveRun(run, Meter(self._d.briefing.counter(run)))
            self._d.runner.start(Adopted(live, Answer(0, 0)))
            self._arriving.discard(run.message_id)
        place = await self.place(run) if run.state == "queued" else None
        return replace(accepted, place=place)

    async def get(self, who: Principal, run_id: RunId) -> Run:
        """Return one run. Raises RunNotFound."""
        visible = policy.visible(who, "run")
        row = await self._d.db.fetch_one(VISIBLE.format(visible=visible.sql), id=run_id, **visible.params)
        if row is None:
            raise RunNotFound
        return run_of(row)

    async def message(self, who: Principal, message_id: MessageId) -> Message:
        """Return one message. Raises MessageNotFound."""
        return await self._d.messages.require(self._d.db, who, message_id)

    async def place(self, run: Run) -> int | None:
        """The place in the queue, 1 is next; None when it does not wait."""
        row = await self._d.db.fetch_one(PLACE, id=run.id)
        return row["place"] or None if row is not None else None

    async def cancel(self, who: Principal, run_id: RunId) -> Run:
        """Stop a run, wherever it is answered; what it has is kept. A finished run stays as it is."""
        run = await self.get(who, run_id)
        if run.state in TERMINAL:
            return run
        await self.stop(run)
        return await self.get(who, run_id)

    async def stop(self, run: Run) -> None:
        """Stop a run that is not over, for whom it is right to: nobody is asked."""
        live = self._d.hub.local.get(run.id)
        if live is not None:
            live.ask_stop("cancelled")
        async with self._d.db.transaction() as tx:
            await tx.execute(CANCEL, id=run.id)
        if live is None and run.state in ("queued", "needs_user"):
            await self._finish_waiting(run, "cancelled")

    async def _finish_waiting(self, run: Run, outcome: str) -> None:
        """End a run that nobody answers now. If somebody took it up meanwhile, its new owner sees `cancel_at`."""
        logged = await log.read(self._d.db, run.id)
        meter = Meter(self._d.briefing.counter(run))
        for event in logged:
            meter.apply(event)
        draft = fold(logged)
        prices = await self._d.briefing.prices(run.model)
        ending = "cancelled" if outcome == "cancelled" else "interrupted"
        result = Result(ending, draft.parts(), tuple(draft.notices), None, run.model, prices)
        try:
            await self._d.finisher.finish_unowned(run, meter, result)
        except NotOwner:
            return

    async def approve(self, who: Principal, run_id: RunId, call: str, *, approved: bool) -> Run:
        """Decide about one call. When all waiting calls are decided, the run goes on wherever there is room."""
        run = await self.get(who, run_id)
        waiting = {part.call for part in fold(await log.read(self._d.db, run.id)).waiting_calls()}
        if run.state != "needs_user" or call not in waiting:
            raise NothingToApprove
        async with self._d.db.transaction() as tx:
            await changes.record(tx, who.user_id, "message", run.message_id)
            await tx.execute(APPROVE, run=run.id, call=call, approved=approved, user=who.user_id)
            decided = {row["call"] for row in await tx.fetch(DECIDED, run=run.id)}
            if waiting <= decided:
                await tx.execute(RESUME, id=run.id)
        return await self.get(who, run_id)

    async def expire(self) -> int:
        """End runs that waited seven days for a person. Called by the retention job."""
        rows = await self._d.db.fetch(EXPIRED)
        for row in rows:
            await self._finish_waiting(run_of(row), "interrupted")
        return len(rows)

    async def refs(self, message_ids: Sequence[MessageId]) -> dict[MessageId, tuple[RunId, str]]:
        """The run of each of these answers, as far as it has one."""
        rows = await self._d.db.fetch(REFS, ask=[(message_id,) for message_id in message_ids])
        return {row["message_id"]: (row["id"], row["state"]) for row in rows}
