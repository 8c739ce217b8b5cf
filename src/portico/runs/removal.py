"""Deleting conversations, which also stops what is being answered in them."""

from collections.abc import Sequence

from portico.access.principal import Principal
from portico.conversations.selection import Selected, Selections
from portico.conversations.service import ConversationService
from portico.ids import ConversationId
from portico.infra.db import Database
from portico.runs.service import RunService

LIVE = """
SELECT runs.id AS id FROM {rows:gone(id text)} JOIN runs ON runs.conversation_id = gone.id
WHERE runs.state IN ('queued', 'running', 'needs_user')
"""


class Removal:
    """Deletes, then stops: a message that is sent meanwhile either comes before and is stopped, or finds its conversation gone."""

    def __init__(self, db: Database, conversations: ConversationService, selections: Selections, runs: RunService) -> None:
        self._db = db
        self._conversations = conversations
        self._selections = selections
        self._runs = runs

    async def delete(self, who: Principal, conversation_id: ConversationId) -> None:
        """Delete one conversation and stop its answers; what they have is kept. Raises ConversationNotFound."""
        await self._conversations.delete(who, conversation_id)
        await self._stop(who, [conversation_id])

    async def delete_many(self, who: Principal, ids: Sequence[ConversationId]) -> Selected:
        """Delete many conversations and stop their answers; `missing` are those that `who` may not see."""
        selected = await self._selections.delete(who, ids)
        await self._stop(who, [one.id for one in selected.items])
        return selected

    async def _stop(self, who: Principal, ids: Sequence[ConversationId]) -> None:
        for row in await self._db.fetch(LIVE, gone=[(one,) for one in ids]):
            await self._runs.cancel(who, row["id"])
