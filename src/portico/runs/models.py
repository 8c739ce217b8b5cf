"""The row of a run, and what a person asked it for."""

from dataclasses import dataclass
from typing import Literal

import msgspec

from portico.conversations.models import MessageError, ModelRef
from portico.ids import ConversationId, MessageId, ProcessId, RunId, UserId
from portico.infra.db import Row
from portico.runs.core import State

COLUMNS = (
    "id, user_id, conversation_id, message_id, state, owner, attempt, handovers, stale, progress_seq, cancel_at, params, error, "
    "created, started, finished"
)


class Params(msgspec.Struct, frozen=True, omit_defaults=True):
    """What to answer and how; stored as JSON. `question` is the message whose branch is answered.

    `continue_of` is an answer that was broken off: its parts begin the new one. `together` are the answers that a person compares, this
    one among them, in the order in which they stand. `history_share` is how much of the earlier messages may go to the model.
    """

    question: MessageId
    provider: str
    model: str
    reasoning_effort: Literal["none", "low", "medium", "high"] | None = None
    continue_of: MessageId | None = None
    together: tuple[MessageId, ...] = ()
    history_share: float = 1.0


@dataclass(frozen=True, slots=True)
class Run:
    """One attempt to answer. Times are epoch milliseconds; `place` in the queue is worked out when somebody asks."""

    id: RunId
    user_id: UserId
    conversation_id: ConversationId
    message_id: MessageId
    state: State
    owner: ProcessId | None
    attempt: int
    handovers: int
    stale: int
    progress_seq: int
    cancel_requested: bool
    params: Params
    error: MessageError | None
    created: int
    started: int | None
    finished: int | None

    @property
    def model(self) -> ModelRef:
        return ModelRef(self.params.provider, self.params.model)


_params = msgspec.json.Decoder(Params)
_error = msgspec.json.Decoder(MessageError)


def run_of(row: Row) -> Run:
    """The run in a row of `COLUMNS`."""
    return Run(
        id=row["id"],
        user_id=row["user_id"],
        conversation_id=row["conversation_id"],
        message_id=row["message_id"],
        state=row["state"],
        owner=row["owner"],
        attempt=row["attempt"],
        handovers=row["handovers"],
        stale=row["stale"],
        progress_seq=row["progress_seq"],
        cancel_requested=row["cancel_at"] is not None,
        params=_params.decode(row["params"]),
        error=None if row["error"] is None else _error.decode(row["error"]),
        created=row["created"],
        started=row["started"],
        finished=row["finished"],
    )
