"""Answers to one question that stand side by side until a person goes on with one of them.

While none is chosen the question is the end of the active branch; choosing is switching to the branch of an answer.
"""

from portico.access.principal import Principal
from portico.conversations.messages import MessageService
from portico.conversations.models import Message
from portico.ids import MessageId
from portico.infra.db import Database
from portico.runs.models import COLUMNS, Run, run_of

RUNS = f"""
SELECT {", ".join(f"runs.{name.strip()}" for name in COLUMNS.split(","))} FROM messages m JOIN runs ON runs.message_id = m.id
WHERE m.parent_id = :question ORDER BY runs.created, runs.id
"""


async def answers(db: Database, messages: MessageService, who: Principal, question_id: MessageId) -> list[tuple[Message, Run]]:
    """The answers that were compared last, in their order, else all there are, oldest first. Raises MessageNotFound."""
    question = await messages.require(db, who, question_id)
    runs = [run_of(row) for row in await db.fetch(RUNS, question=question.id)]
    compared = next((run.params.together for run in reversed(runs) if run.params.together), None)
    by_message = {run.message_id: run for run in runs}
    wanted = compared or tuple(by_message)
    return [(await messages.require(db, who, answer), by_message[answer]) for answer in wanted if answer in by_message]
