"""What can be done with many conversations in one step. An id that the caller may not see is named as missing, and the others go on."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import msgspec

from portico.access import policy
from portico.access.models import Action, Resource, Verb
from portico.access.principal import Principal
from portico.conversations import changes, pins
from portico.conversations.changes import Touch
from portico.conversations.models import Conversation
from portico.conversations.service import COLUMNS, UNDO_MS, ConversationService, Patch, conversation_of
from portico.ids import ConversationId
from portico.infra.db import Database, Transaction

MAX_SELECTED = 200

CHOSEN = f"""
SELECT {COLUMNS} FROM {{{{rows:chosen(id text)}}}} JOIN conversations c ON c.id = chosen.id
WHERE c.deleted_at IS NULL AND {{visible}} ORDER BY c.updated DESC, c.id DESC
"""
CHANGE = """
UPDATE conversations SET folder_id = CASE WHEN CAST(:moves AS boolean) THEN CAST(:folder AS text) ELSE folder_id END,
  pinned = coalesce(CAST(:pinned AS boolean), pinned), archived = coalesce(CAST(:archived AS boolean), archived),
  unread = coalesce(CAST(:unread AS boolean), unread), rev = rev + 1
WHERE id IN (SELECT chosen.id FROM {rows:chosen(id text)}) AND deleted_at IS NULL
"""
DELETE = """
UPDATE conversations SET deleted_at = {now}, rev = rev + 1
WHERE id IN (SELECT chosen.id FROM {rows:chosen(id text)}) AND deleted_at IS NULL
"""
RESTORE = """
UPDATE conversations SET deleted_at = NULL, rev = rev + 1
WHERE id IN (SELECT chosen.id FROM {rows:chosen(id text)}) AND user_id = :user AND deleted_at > {now} - :undo_ms
RETURNING id
"""


@dataclass(frozen=True, slots=True)
class Selected:
    """The conversations as they are now, last used first, and the ids with which nothing was done."""

    items: tuple[Conversation, ...]
    missing: tuple[ConversationId, ...]


class Selections:
    """The verbs for many. Each is one transaction, so that nobody sees half of it."""

    def __init__(self, db: Database, conversations: ConversationService) -> None:
        self._db = db
        self._conversations = conversations

    async def change(self, who: Principal, ids: Sequence[ConversationId], patch: Patch) -> Selected:
        """Change folder, pin, archive and unread mark of many. A temporary conversation counts as missing.

        Raises FolderNotFound, TooManyPins: then nothing is changed.
        """
        async with self._db.transaction() as tx:
            found = [one for one in await self._chosen(tx, who, ids, "change") if one.expires is None]
            await self._record(tx, who, found)
            moves = not isinstance(patch.folder, msgspec.UnsetType)
            folder = None if isinstance(patch.folder, msgspec.UnsetType) else patch.folder
            flags = {name: _given(getattr(patch, name)) for name in ("pinned", "archived", "unread")}
            await tx.execute(CHANGE, chosen=_rows(found), moves=moves, folder=folder, **flags)
            await self._conversations.check_place(tx, who, folder, pinned=flags["pinned"] is True)
            if flags["archived"] is False:
                await pins.fit(tx, who.user_id, [one.id for one in found if one.archived])
            return _selected(ids, [one for one in await self._chosen(tx, who, ids) if one.expires is None])

    async def delete(self, who: Principal, ids: Sequence[ConversationId]) -> Selected:
        """Take many away, as `ConversationService.delete` does one; `items` are those that went, as they were."""
        async with self._db.transaction() as tx:
            found = await self._chosen(tx, who, ids, "delete")
            await self._record(tx, who, found, deleted=True)
            await tx.execute(DELETE, chosen=_rows(found))
            return _selected(ids, found)

    async def restore(self, who: Principal, ids: Sequence[ConversationId]) -> Selected:
        """Undo the deletion of many, pins as far as there is room for them.

        What is not deleted stays as it is; later than 10 minutes it is missing.
        """
        async with self._db.transaction() as tx:
            await changes.record_all(tx, who.user_id, [Touch("conversation", one) for one in ids])
            returned = await tx.fetch(RESTORE, chosen=[(one,) for one in ids], user=who.user_id, undo_ms=UNDO_MS)
            await pins.fit(tx, who.user_id, [row["id"] for row in returned])
            return _selected(ids, await self._chosen(tx, who, ids, "delete"))

    async def _chosen(self, tx: Transaction, who: Principal, ids: Sequence[ConversationId], verb: Verb = "read") -> list[Conversation]:
        visible = policy.visible(who, "conversation", alias="c")
        rows = await tx.fetch(CHOSEN.format(visible=visible.sql), chosen=[(one,) for one in dict.fromkeys(ids)], **visible.params)
        found = [conversation_of(row) for row in rows]
        for one in found:
            policy.require(who, Action("conversation", verb), Resource(one.id, one.user_id))
        return found

    async def _record(self, tx: Transaction, who: Principal, found: Sequence[Conversation], *, deleted: bool = False) -> None:
        if found:  # the counter is not moved for nothing
            await changes.record_all(tx, who.user_id, [Touch("conversation", one.id, deleted) for one in found])


def _given(value: bool | msgspec.UnsetType) -> bool | None:  # noqa: FBT001 -- the value of a field, not a switch
    return None if isinstance(value, msgspec.UnsetType) else value


def _rows(found: Iterable[Conversation]) -> list[tuple[ConversationId]]:
    return [(one.id,) for one in found]


def _selected(ids: Sequence[ConversationId], found: Sequence[Conversation]) -> Selected:
    known = {one.id for one in found}
    return Selected(tuple(found), tuple(one for one in dict.fromkeys(ids) if one not in known))
