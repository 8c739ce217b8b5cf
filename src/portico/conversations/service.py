"""Conversations: their verbs. Messages have theirs in `messages`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import msgspec

from portico.access import policy
from portico.access.models import INSTANCE, Action, Resource, Verb
from portico.access.principal import Principal
from portico.conversations import changes, folders, images, pins, search
from portico.conversations.models import Beginning, Conversation, ModelRef
from portico.conversations.tree import Node, Tree
from portico.conversations.views import ALL, View
from portico.errors import Conflict, NotFound
from portico.ids import ConversationId, FileId, FolderId, MessageId, UserId
from portico.infra import jobs
from portico.infra.db import Database, Row, Transaction
from portico.infra.http import RevisionConflict

UNDO_MS = 10 * 60 * 1000
TEMPORARY_MS = 24 * 3600 * 1000
RUNNING = "EXISTS (SELECT 1 FROM messages m WHERE m.conversation_id = c.id AND m.status IN ('pending', 'streaming')) AS running"
COLUMNS = f"""
c.id, c.user_id, c.title, c.title_source, c.provider, c.model, c.leaf_id, c.folder_id, c.pinned, c.archived, c.unread, c.expires_at,
c.created, c.updated, c.rev, {RUNNING}"""

GET = f"SELECT {COLUMNS} FROM conversations c WHERE c.id = :id AND c.deleted_at IS NULL AND {{visible}}"
LIST = f"""
SELECT {COLUMNS} FROM conversations c WHERE c.deleted_at IS NULL AND c.expires_at IS NULL AND {{visible}} {{view}} {{after}}
ORDER BY c.updated DESC, c.id DESC LIMIT :limit
"""
KEPT = f"""
SELECT {COLUMNS} FROM conversations c WHERE c.deleted_at IS NULL AND c.expires_at IS NULL AND {{visible}} AND c.id < :before
ORDER BY c.id DESC LIMIT :limit
"""
FIRST = ConversationId("~")  # sorts behind every id
AFTER = "AND (c.updated, c.id) < (CAST(:updated AS bigint), CAST(:id AS text))"
INSERT = """
INSERT INTO conversations (id, user_id, title, title_source, provider, model, folder_id, pinned, archived, expires_at, created, updated)
VALUES (:id, :user, :title, :source, :provider, :model, :folder, :pinned, :archived, {now} + CAST(:lives_ms AS bigint), {now}, {now})
ON CONFLICT (id) DO NOTHING
"""
CHANGE = """
UPDATE conversations SET title = :title, title_source = :source, provider = :provider, model = :model, folder_id = CAST(:folder AS text),
  pinned = :pinned, archived = :archived, unread = :unread, expires_at = CAST(:expires AS bigint), rev = rev + CAST(:step AS bigint)
WHERE id = :id AND rev = :rev AND deleted_at IS NULL
"""
MODEL_TITLE = """
UPDATE conversations SET title = :title, title_source = 'model', rev = rev + 1
WHERE id = :id AND title_source <> 'person' AND deleted_at IS NULL
"""
ABANDON = "UPDATE conversations SET deleted_at = 1 WHERE user_id = :user AND (deleted_at IS NULL OR deleted_at > 1)"
OWNER = "SELECT user_id FROM conversations WHERE id = :id AND deleted_at IS NULL"
LEAF = "UPDATE conversations SET leaf_id = :leaf, rev = rev + 1 WHERE id = :id AND deleted_at IS NULL"
DELETE = "UPDATE conversations SET deleted_at = {now}, rev = rev + 1 WHERE id = :id AND deleted_at IS NULL"
RESTORE = """
UPDATE conversations SET deleted_at = NULL, rev = rev + 1
WHERE id = :id AND user_id = :user AND deleted_at > {now} - :undo_ms
"""
# A conversation that still produces an answer is left until that has ended: FINISH must find its message.
GONE = """
SELECT c.id FROM conversations c WHERE (c.deleted_at < {now} - :undo_ms OR c.expires_at < {now})
AND NOT EXISTS (SELECT 1 FROM messages m WHERE m.conversation_id = c.id AND m.status IN ('pending', 'streaming'))
LIMIT :limit {skip_locked}
"""
ERASE = "DELETE FROM conversations WHERE id IN (SELECT gone.id FROM {rows:gone(id text)})"
SKELETON = "SELECT id, parent_id, created FROM messages WHERE conversation_id = :id"


class ConversationNotFound(NotFound):
    """No conversation with this id is visible to the caller."""

    code = "conversation_not_found"
    default_detail = "This conversation does not exist, or you may not see it."


class MessageNotFound(NotFound):
    """No message with this id is visible to the caller, or it is not in the conversation that was named."""

    code = "message_not_found"
    default_detail = "This message does not exist, or you may not see it."


class ConversationTemporary(Conflict):
    """A temporary conversation is listed nowhere, so it can be neither pinned, archived, moved nor exported."""

    code = "conversation_temporary"
    default_detail = "Save this conversation first: a temporary one is listed nowhere."


@dataclass(frozen=True, slots=True)
class Patch:
    """What a person changes; what is UNSET stays. An empty title lets the model name the conversation again.

    `keep` makes a temporary conversation one like any other.
    """

    title: str | msgspec.UnsetType = msgspec.UNSET
    model: ModelRef | msgspec.UnsetType | None = msgspec.UNSET
    folder: FolderId | msgspec.UnsetType | None = msgspec.UNSET
    pinned: bool | msgspec.UnsetType = msgspec.UNSET
    archived: bool | msgspec.UnsetType = msgspec.UNSET
    unread: bool | msgspec.UnsetType = msgspec.UNSET
    keep: bool = False

    def apply(self, found: Conversation) -> Conversation:
        """The conversation as it is to be."""
        given = {field: getattr(self, field) for field in ("model", "folder", "pinned", "archived", "unread")}
        wanted = replace(found, **{field: value for field, value in given.items() if value is not msgspec.UNSET})
        if self.keep:
            wanted = replace(wanted, expires=None)
        if isinstance(self.title, msgspec.UnsetType):
            return wanted
        title = " ".join(self.title.split())
        return replace(wanted, title=title, title_source="person" if title else "none")


@dataclass(frozen=True, slots=True)
class Listed:
    """One page; `after` is the sort key to go on from, None at the end."""

    items: tuple[Conversation, ...]
    after: tuple[int, str] | None


@dataclass(frozen=True, slots=True)
class Purged:
    """What was erased, and the files, by their owners, that stood in nothing else."""

    conversations: Sequence[ConversationId]
    files: Mapping[UserId, frozenset[FileId]]


class ConversationService:
    """What can be done with conversations. A verb that takes `tx` joins the caller's transaction."""

    def __init__(self, db: Database, *, temporary_ms: int = TEMPORARY_MS) -> None:
        self._db = db
        self._temporary_ms = temporary_ms

    async def create(
        self, who: Principal, conversation_id: ConversationId, beginning: Beginning | None = None
    ) -> tuple[Conversation, bool]:
        """Make a conversation, or return the one with this id; the flag says whether it is new."""
        async with self._db.transaction() as tx:
            return await self.create_in(tx, who, conversation_id, beginning or Beginning())

    async def create_in(
        self, tx: Transaction, who: Principal, conversation_id: ConversationId, beginning: Beginning
    ) -> tuple[Conversation, bool]:
        """As `create`. The id of somebody else's conversation, or of a deleted one, is not found; so is somebody else's folder."""
        policy.require(who, Action("conversation", "create"), INSTANCE)
        if beginning.temporary and (beginning.folder or beginning.pinned or beginning.archived):
            raise ConversationTemporary
        title = " ".join(beginning.title.split())
        provider, model = _columns(beginning.model)
        inserted = await tx.execute(
            INSERT,
            id=conversation_id,
            user=who.user_id,
            title=title,
            source="person" if title else "none",
            provider=provider,
            model=model,
            folder=beginning.folder,
            pinned=beginning.pinned,
            archived=beginning.archived,
            lives_ms=self._temporary_ms if beginning.temporary else None,
        )
        if inserted:
            await changes.record(tx, who.user_id, "conversation", conversation_id)
            await self.check_place(tx, who, beginning.folder, pinned=beginning.pinned)
            if title:
                await search.index(tx, who.user_id, conversation_id, conversation_id, title, is_new=True)
        return await self.require(tx, who, conversation_id), inserted == 1

    async def check_place(self, tx: Transaction, who: Principal, folder: FolderId | None, *, pinned: bool) -> None:
        """Raise FolderNotFound for a folder that `who` may not see, and TooManyPins when a pin was one too many."""
        if folder is not None:
            await folders.require(tx, who, folder)
        if pinned:
            await pins.check(tx, who.user_id)

    async def get(self, who: Principal, conversation_id: ConversationId) -> Conversation:
        """Return one conversation. Raises ConversationNotFound."""
        return await self.require(self._db, who, conversation_id)

    async def require(
        self, reader: Database | Transaction, who: Principal, conversation_id: ConversationId, verb: Verb = "read"
    ) -> Conversation:
        """Return the conversation if `who` may do this with it: ConversationNotFound if not visible, Forbidden if only visible."""
        visible = policy.visible(who, "conversation", alias="c")
        row = await reader.fetch_one(GET.format(visible=visible.sql), id=conversation_id, **visible.params)
        if row is None:
            raise ConversationNotFound
        conversation = conversation_of(row)
        if verb != "read":
            policy.require(who, Action("conversation", verb), Resource(conversation.id, conversation.user_id))
        return conversation

    async def require_kept(self, who: Principal, conversation_id: ConversationId) -> Conversation:
        """Return one conversation that is not temporary. Raises ConversationNotFound, ConversationTemporary."""
        found = await self.get(who, conversation_id)
        if found.expires is not None:
            raise ConversationTemporary
        return found

    async def recent(self, who: Principal, *, view: View = ALL, after: tuple[int, str] | None = None, limit: int = 30) -> Listed:
        """List conversations, last used first, from behind the sort key `after`. Raises FolderNotFound for the folder of a view."""
        if view.folder is not None and view.folder != "none":
            await folders.require(self._db, who, view.folder)
        visible = policy.visible(who, "conversation", alias="c")
        place = {"updated": after[0], "id": after[1]} if after else {}
        condition, params = view.condition()
        sql = LIST.format(visible=visible.sql, view=condition, after=AFTER if after else "")
        rows = await self._db.fetch(sql, limit=limit + 1, **visible.params, **place, **params)
        items = tuple(conversation_of(row) for row in rows[:limit])
        return Listed(items, (items[-1].updated, items[-1].id) if len(rows) > limit else None)

    async def kept(self, who: Principal, *, before: ConversationId = FIRST, limit: int = 100) -> Sequence[Conversation]:
        """Every conversation but temporary ones, the archive among them, newest first: an order that using one does not change."""
        visible = policy.visible(who, "conversation", alias="c")
        rows = await self._db.fetch(KEPT.format(visible=visible.sql), before=before, limit=limit, **visible.params)
        return [conversation_of(row) for row in rows]

    async def change(self, who: Principal, conversation_id: ConversationId, patch: Patch, *, rev: int | None = None) -> Conversation:
        """Change what `patch` names. With `rev`, only if that is still its revision: else RevisionConflict.

        Raises FolderNotFound, ConversationTemporary, TooManyPins.
        """
        async with self._db.transaction() as tx:
            # The user's revision is taken first: it is the lock that all writers take in the same order.
            await changes.record(tx, who.user_id, "conversation", conversation_id)
            found = await self.require(tx, who, conversation_id, "change")
            if rev is not None and rev != found.rev:
                raise RevisionConflict(current=found.rev)
            wanted = patch.apply(found)
            if wanted.expires is not None and (wanted.folder or wanted.pinned or wanted.archived):
                raise ConversationTemporary
            await self._write(tx, found, wanted)
            await self.check_place(tx, who, wanted.folder, pinned=patch.pinned is True and (not found.pinned or found.archived))
            if found.archived and not wanted.archived:
                await pins.fit(tx, who.user_id, [conversation_id])
            if found.expires is not None and wanted.expires is None:
                await _name_later(tx, wanted)
            return await self.require(tx, who, conversation_id)

    async def _write(self, tx: Transaction, found: Conversation, wanted: Conversation) -> None:
        """Store what `found` is to become. That it was read is no change which anybody else's could conflict with."""
        provider, model = _columns(wanted.model)
        written = await tx.execute(
            CHANGE,
            id=found.id,
            rev=found.rev,
            title=wanted.title,
            source=wanted.title_source,
            provider=provider,
            model=model,
            folder=wanted.folder,
            pinned=wanted.pinned,
            archived=wanted.archived,
            unread=wanted.unread,
            expires=wanted.expires,
            step=0 if wanted == replace(found, unread=wanted.unread) and wanted.unread != found.unread else 1,
        )
        if not written:
            raise RevisionConflict
        if wanted.title != found.title:
            await search.index(tx, found.user_id, found.id, found.id, wanted.title)

    async def set_model_title(self, tx: Transaction, conversation_id: ConversationId, title: str) -> bool:
        """Give the title that a model made, unless a person has given one or the conversation is gone; False then."""
        row = await tx.fetch_one(OWNER, id=conversation_id)
        if row is None:
            return False
        await changes.record(tx, row["user_id"], "conversation", conversation_id)
        written = await tx.execute(MODEL_TITLE, id=conversation_id, title=title)
        if written:
            await search.index(tx, row["user_id"], conversation_id, conversation_id, title)
        return written == 1

    async def switch_branch(self, who: Principal, conversation_id: ConversationId, message_id: MessageId) -> Conversation:
        """Make the branch through this message the active one, down to its newest leaf; it stays so until it is switched again."""
        async with self._db.transaction() as tx:
            await changes.record(tx, who.user_id, "conversation", conversation_id)
            await self.require(tx, who, conversation_id, "change")
            tree = await self.tree(tx, conversation_id)
            if message_id not in tree:
                raise MessageNotFound
            await tx.execute(LEAF, id=conversation_id, leaf=tree.newest_leaf(message_id))
            return await self.require(tx, who, conversation_id)

    async def delete(self, who: Principal, conversation_id: ConversationId) -> None:
        """Take a conversation away; `restore` brings it back within 10 minutes."""
        async with self._db.transaction() as tx:
            await changes.record(tx, who.user_id, "conversation", conversation_id, deleted=True)
            await self.require(tx, who, conversation_id, "delete")
            await tx.execute(DELETE, id=conversation_id)

    async def restore(self, who: Principal, conversation_id: ConversationId) -> Conversation:
        """Undo `delete`, without the pin if there is no room for it any more.

        A conversation that is not deleted is returned as it is; later than 10 minutes it is not found.
        """
        async with self._db.transaction() as tx:
            await changes.record(tx, who.user_id, "conversation", conversation_id)
            if await tx.execute(RESTORE, id=conversation_id, user=who.user_id, undo_ms=UNDO_MS):
                await pins.fit(tx, who.user_id, [conversation_id])
            return await self.require(tx, who, conversation_id, "delete")

    async def purge(self, tx: Transaction, *, limit: int = 100) -> Purged:
        """Erase conversations deleted more than 10 minutes ago, and temporary ones whose time is over, with messages and index."""
        rows = await tx.fetch(GONE, undo_ms=UNDO_MS, limit=limit)
        gone: list[ConversationId] = [row["id"] for row in rows]
        if not gone:
            return Purged((), {})
        files = await images.inside(tx, gone)
        await search.forget(tx, gone)
        await tx.execute(ERASE, gone=[(conversation_id,) for conversation_id in gone])
        return Purged(gone, await images.unused(tx, files))

    async def abandon(self, tx: Transaction, user_id: UserId) -> bool:
        """Give the conversations of a user who is gone to `purge`; say whether none is left."""
        await tx.execute(ABANDON, user=user_id)
        return await tx.fetch_one("SELECT 1 AS left FROM conversations WHERE user_id = :user LIMIT 1", user=user_id) is None

    async def owner(self, reader: Database | Transaction, conversation_id: ConversationId) -> UserId | None:
        """Whose conversation this is; None when it is deleted or never was. For verbs that have their own right to it."""
        row = await reader.fetch_one(OWNER, id=conversation_id)
        return None if row is None else row["user_id"]

    async def tree(self, reader: Database | Transaction, conversation_id: ConversationId) -> Tree:
        """The places of all messages, without their contents."""
        rows = await reader.fetch(SKELETON, id=conversation_id)
        return Tree(Node(row["id"], row["parent_id"], row["created"]) for row in rows)


def _columns(model: ModelRef | None) -> tuple[str | None, str | None]:
    return (None, None) if model is None else (model.provider, model.model)


async def _name_later(tx: Transaction, kept: Conversation) -> None:
    """Have a conversation named that was temporary until now; one whose answer is under way is named when that ends."""
    if kept.title_source == "none" and kept.model is not None and kept.leaf is not None and not kept.running:
        arguments = {"conversation": kept.id, "provider": kept.model.provider, "model": kept.model.model}
        await jobs.enqueue(tx, "title", arguments, key=kept.id)


def conversation_of(row: Row) -> Conversation:
    return Conversation(
        id=row["id"],
        user_id=row["user_id"],
        title=row["title"],
        title_source=row["title_source"],
        model=None if row["model"] is None else ModelRef(row["provider"], row["model"]),
        leaf=row["leaf_id"],
        folder=row["folder_id"],
        pinned=bool(row["pinned"]),
        archived=bool(row["archived"]),
        unread=bool(row["unread"]),
        running=bool(row["running"]),
        expires=row["expires_at"],
        created=row["created"],
        updated=row["updated"],
        rev=row["rev"],
    )
