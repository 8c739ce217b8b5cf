"""FINISH: the one transaction that makes a run terminal, with its message, its charge and its settled hold. And its pause."""

from dataclasses import dataclass

import msgspec

from portico.conversations.messages import MessageFinished, MessageNotFound, MessageService
from portico.conversations.models import Finished, Message, MessageError, MessageUsage, ModelRef, NoticePart, Part
from portico.infra import jobs
from portico.infra.db import Database, Transaction
from portico.infra.faults import crash_point
from portico.infra.lease import Lease
from portico.runs import log
from portico.runs.core import STATUS, Outcome
from portico.runs.live import LiveRun
from portico.runs.meter import Meter
from portico.runs.models import Run
from portico.usage import ledger
from portico.usage.ledger import Entry, Prices, Tokens

END = """
UPDATE runs SET state = :outcome, owner = NULL, finished = {now}, error = CAST(:error AS text)
WHERE id = :id AND owner = :me AND state IN ('running', 'completing')
"""
END_UNOWNED = """
UPDATE runs SET state = :outcome, finished = {now}, error = CAST(:error AS text)
WHERE id = :id AND owner IS NULL AND state IN ('queued', 'needs_user')
"""
PAUSE = """
UPDATE runs SET state = 'needs_user', owner = NULL, needs_user_until = {now} + :patience_ms
WHERE id = :id AND owner = :me AND state = 'running'
"""
# Nobody will read the title that a model is paid for when the person's account is suspended or ended.
UNTITLED = """
SELECT 1 FROM conversations c JOIN users ON users.id = c.user_id AND users.status = 'active'
WHERE c.id = :id AND c.title_source = 'none' AND c.deleted_at IS NULL AND c.expires_at IS NULL
"""
PATIENCE_MS = 7 * 86_400_000


class NotOwner(Exception):
    """The run is not this process's any more, or has another state: nothing was written."""


@dataclass(frozen=True, slots=True)
class Result:
    """How an answer ended, with all that FINISH writes."""

    outcome: Outcome
    parts: tuple[Part, ...]
    notices: tuple[NoticePart, ...]
    error: MessageError | None
    model: ModelRef
    prices: Prices
    ttft_ms: int | None = None
    streamed_s: float | None = None


class Finisher:
    def __init__(self, db: Database, lease: Lease, messages: MessageService) -> None:
        self._db = db
        self._lease = lease
        self._messages = messages

    async def finish(self, live: LiveRun, result: Result) -> Message | None:
        """End a run that this process owns. Raises NotOwner, Fenced, DatabaseUnavailable; then nothing was written.

        Returns the stored message, None if its conversation was erased meanwhile.
        """
        async with self._db.transaction(reserved=True) as tx:
            await self._lease.require_alive(tx)
            chunk = live.chunk()
            if chunk is not None:
                await log.append_in(tx, self._lease.id, [chunk])
            error = _encoded(result.error)
            if not await tx.execute(END, id=live.run.id, me=self._lease.id, outcome=result.outcome, error=error):
                raise NotOwner(live.run.id)
            message = await self._write_answer(tx, live.run, live.meter, result)
            crash_point("finish.before_commit")
        crash_point("finish.after_commit")
        return message

    async def finish_unowned(self, run: Run, meter: Meter, result: Result) -> Message | None:
        """End a run that waits in the queue or for a person. Raises NotOwner when somebody took it up meanwhile."""
        async with self._db.transaction() as tx:
            error = _encoded(result.error)
            if not await tx.execute(END_UNOWNED, id=run.id, outcome=result.outcome, error=error):
                raise NotOwner(run.id)
            return await self._write_answer(tx, run, meter, result)

    async def pause(self, live: LiveRun) -> None:
        """Let a run wait for a person's approval: it holds no process. Raises as `finish`."""
        async with self._db.transaction(reserved=True) as tx:
            await self._lease.require_alive(tx)
            chunk = live.chunk()
            if chunk is not None:
                await log.append_in(tx, self._lease.id, [chunk])
            if not await tx.execute(PAUSE, id=live.run.id, me=self._lease.id, patience_ms=PATIENCE_MS):
                raise NotOwner(live.run.id)

    async def _write_answer(self, tx: Transaction, run: Run, meter: Meter, result: Result) -> Message | None:
        tokens = meter.charge()
        cost_nano = result.prices.cost_nano(tokens)
        await ledger.enter(tx, _charge(run, result, tokens, cost_nano))
        for call in meter.calls:
            await ledger.enter(tx, _cost(run, meter, result, call.attempt, call.number))
        await ledger.close_open(tx, "run", run.id)
        await ledger.settle(tx, run.id)
        finished = Finished(
            STATUS[result.outcome],
            (*result.parts, *result.notices),
            result.model,
            _usage(meter, cost_nano, result) if meter.calls else None,
            result.error,
        )
        try:
            message = await self._messages.finish_message(tx, run.message_id, finished)
        except (MessageNotFound, MessageFinished):
            return None
        if await tx.fetch_one(UNTITLED, id=run.conversation_id) is not None:
            arguments = {"conversation": run.conversation_id, "provider": result.model.provider, "model": result.model.model}
            await jobs.enqueue(tx, "title", arguments, key=run.conversation_id)
        return message


def _encoded(error: MessageError | None) -> str | None:
    return None if error is None else msgspec.json.encode(error).decode()


def _charge(run: Run, result: Result, tokens: Tokens, cost_nano: int | None) -> Entry:
    model = result.model
    return Entry("run", run.id, "charge", run.user_id, model.provider, model.model, tokens, cost_nano, result.outcome)


def _cost(run: Run, meter: Meter, result: Result, attempt: int, number: int) -> Entry:
    call = next(item for item in meter.calls if (item.attempt, item.number) == (attempt, number))
    tokens = meter.cost(call)
    outcome = "ok" if call.tokens is not None else "cut"
    entry = cost_entry(attempt, number)
    return Entry("run", run.id, entry, run.user_id, call.provider, call.model, tokens, result.prices.cost_nano(tokens), outcome)


def cost_entry(attempt: int, number: int) -> str:
    """The ledger's name of the `number`th provider call of an attempt."""
    return f"cost:{attempt}.{number}"


async def open_cost(tx: Transaction, run: Run, attempt: int) -> None:
    """Enter the first call of an attempt before it leaves, so that a crash does not lose it. FINISH completes the line."""
    entry = Entry("run", run.id, cost_entry(attempt, 1), run.user_id, run.params.provider, run.params.model, outcome="open")
    await ledger.enter(tx, entry)


def _usage(meter: Meter, cost_nano: int | None, result: Result) -> MessageUsage:
    tokens, last = meter.charge(), meter.cost(meter.calls[-1])
    rate = None
    if result.streamed_s and tokens.output:
        rate = round(tokens.output / result.streamed_s, 1)
    cost_usd = None if cost_nano is None else cost_nano / 1e9
    context = last.input + last.output if last.input else None
    return MessageUsage(tokens.input, tokens.output, tokens.cached, tokens.reasoning, cost_usd, result.ttft_ms, rate, context)
