"""Messages: the verbs that put them into the tree, finish them and read a branch of it."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, replace

from portico.access import policy
from portico.access.principal import Principal
from portico.conversations import changes, search
from portico.conversations.changes import Touch
from portico.conversations.models import (
    Conversation,
    Finished,
    Message,
    MessageRole,
    ModelRef,
    NewMessage,
    decode_error,
    decode_parts,
    decode_usage,
    encode_optional,
    encode_parts,
    plain_text,
)
from portico.conversations.service import ConversationNotFound, ConversationService, MessageNotFound
from portico.errors import Conflict
from portico.ids import ConversationId, MessageId
from portico.infra.db import Database, Row, Transaction

MAX_DEPTH = 1_000_000  # of a whole branch: no limit in practice, an end for certain

FIELDS = ("id", "conversation_id", "parent_id", "role", "status", "parts", "provider", "model", "usage", "error", "created", "finished")
COLUMNS = ", ".join(f"m.{field}" for field in FIELDS)
INSERT = f"""
INSERT INTO messages AS m (id, conversation_id, parent_id, role, status, parts, provider, model, body_hash, created, finished)
SELECT CAST(:id AS text), CAST(:conversation AS text), CAST(:parent AS text), CAST(:role AS text), CAST(:status AS text),
  CAST(:parts AS text), CAST(:provider AS text), CAST(:model AS text), CAST(:body_hash AS text), {{now}},
  CASE WHEN CAST(:role AS text) = 'user' THEN {{now}} END
WHERE CAST(:parent AS text) IS NULL
  OR EXISTS (SELECT 1 FROM messages p WHERE p.id = CAST(:parent AS text) AND p.conversation_id = CAST(:conversation AS text))
ON CONFLICT (id) DO NOTHING RETURNING {", ".join(FIELDS)}
"""
BY_ID = f"SELECT {COLUMNS}, m.body_hash FROM messages m WHERE m.id = :id"
VISIBLE = f"""
SELECT {COLUMNS} FROM messages m JOIN conversations c ON c.id = m.conversation_id
WHERE m.id = :id AND c.deleted_at IS NULL AND {{visible}}
"""
# Whoever writes into a conversation takes it out of the archive and has read it. A temporary one lives for its time after the last use.
TOUCH = """
UPDATE conversations SET updated = {now}, expires_at = expires_at + {now} - updated, archived = FALSE, unread = FALSE, leaf_id = :leaf,
  provider = coalesce(CAST(:provider AS text), provider), model = coalesce(CAST(:model AS text), model), rev = rev + 1
WHERE id = :id AND deleted_at IS NULL
"""
ANSWERED = """
UPDATE conversations SET updated = {now}, expires_at = expires_at + {now} - updated,
  unread = CASE WHEN CAST(:status AS text) = 'stopped' THEN unread ELSE TRUE END WHERE id = :id
"""
OWNER = "SELECT c.user_id FROM messages m JOIN conversations c ON c.id = m.conversation_id WHERE m.id = :id"
FINISH = f"""
UPDATE messages SET status = :status, parts = :parts, provider = coalesce(CAST(:provider AS text), provider),
  model = coalesce(CAST(:model AS text), model), usage = CAST(:usage AS text), error = CAST(:error AS text),
  finished = {{now}}, rev = rev + 1
WHERE id = :id AND status IN ('pending', 'streaming') RETURNING {", ".join(FIELDS)}
"""
# A join on id and conversation would make SQLite, once analysed, build a Bloom filter over all messages: hence the scalar subquery.
BRANCH = f"""
WITH RECURSIVE branch (id, parent_id, depth) AS (
  SELECT m.id, m.parent_id, CAST(1 AS bigint) FROM messages m WHERE m.id = :leaf AND m.conversation_id = :conversation
  UNION ALL
  SELECT b.parent_id, (SELECT m.parent_id FROM messages m WHERE m.id = b.parent_id AND m.conversation_id = :conversation), b.depth + 1
  FROM branch b WHERE b.parent_id IS NOT NULL AND b.depth < CAST(:limit AS bigint))
SELECT {COLUMNS} FROM branch b JOIN messages m ON m.id = b.id ORDER BY b.depth DESC
"""
# The ids from a leaf up to `stop`, or to the root when the branch does not lead there.
PATH = """
WITH RECURSIVE path (id, parent_id, depth) AS (
  SELECT m.id, m.parent_id, CAST(1 AS bigint) FROM messages m WHERE m.id = :leaf AND m.conversation_id = :conversation
  UNION ALL
  SELECT p.parent_id, (SELECT m.parent_id FROM messages m WHERE m.id = p.parent_id AND m.conversation_id = :conversation), p.depth + 1
  FROM path p WHERE p.parent_id IS NOT NULL AND p.id <> CAST(:stop AS text) AND p.depth < CAST(:limit AS bigint))
SELECT p.id FROM path p ORDER BY p.depth
"""
SIBLINGS = """
SELECT m.id, m.parent_id FROM {rows:parents(parent text)} CROSS JOIN messages m
WHERE m.conversation_id = :conversation AND m.parent_id = parents.parent ORDER BY m.created, m.id
"""
ROOTS = "SELECT m.id, m.parent_id FROM messages m WHERE m.conversation_id = :conversation AND m.parent_id IS NULL ORDER BY m.created, m.id"
ALL = f"""
SELECT {COLUMNS} FROM messages m WHERE m.conversation_id = :conversation
AND (m.created, m.id) > (CAST(:created AS bigint), CAST(:after AS text)) ORDER BY m.created, m.id LIMIT :limit
"""
SOME = f"SELECT {COLUMNS} FROM {{rows:wanted(id text)}} JOIN messages m ON m.id = wanted.id"


class IdReused(Conflict):
    """The id of a new message belongs to another one already."""

    code = "id_reused"
    default_detail = "This id was used for another message: make a new id and send it again."


class MessageFinished(Conflict):
    """The message has its final state, which never changes."""

    code = "message_finished"
    default_detail = "This answer is finished already: load it again."


@dataclass(frozen=True, slots=True)
class Added:
    """A message and whether this call inserted it; False means that the same request came before."""

    message: Message
    is_new: bool


@dataclass(frozen=True, slots=True)
class Branch:
    """A stretch of a branch, root side first.

    `before` is the message above it to go on from, None at the root; `after` is its own last message when the branch goes on below it.
    """

    items: tuple[Message, ...]
    before: MessageId | None
    after: MessageId | None = None


class MessageService:
    """What can be done with messages. A verb that takes `tx` joins the caller's transaction."""

    def __init__(self, db: Database, conversations: ConversationService) -> None:
        self._db = db
        self._conversations = conversations

    async def add_assistant_message(self, tx: Transaction, who: Principal, new: NewMessage, *, undecided: bool = False) -> Added:
        """Insert an answer that is still to be made (`pending`) and make it the leaf. Repeats and errors as `add_turn`.

        With `undecided` the question becomes the leaf: its answers stand side by side until a branch is chosen.
        """
        conversation = await self._writable(tx, who, new)
        added = await self._add(tx, new, "assistant")
        if added.is_new:
            await self._settle(tx, conversation, [new], leaf=new.parent if undecided else new.id)
        return replace(added, message=await self._with_siblings(tx, added.message))

    async def add_turn(
        self, tx: Transaction, who: Principal, question: NewMessage, answers: Sequence[NewMessage]
    ) -> tuple[Added, Sequence[Message]]:
        """Insert a person's message and the pending answers below it.

        One answer becomes the leaf. Of several none is chosen yet: then the question is the leaf. When the question is a repeat nothing
        is written and there are no answers: it is the caller who knows what became of it.

        Raises ConversationNotFound, MessageNotFound for a parent that is not in the conversation, and IdReused when an id belongs to
        something else.
        """
        conversation = await self._writable(tx, who, question)
        added = await self._add(tx, question, "user")
        if not added.is_new:
            return replace(added, message=await self._with_siblings(tx, added.message)), ()
        pending = [await self._add(tx, answer, "assistant") for answer in answers]
        if not all(each.is_new for each in pending):
            raise IdReused
        leaf = answers[0].id if len(answers) == 1 else question.id
        await self._settle(tx, conversation, [question, *answers], leaf=leaf)
        await self._index(tx, conversation, question)
        asked = replace(added, message=await self._with_siblings(tx, added.message))
        siblings = tuple(answer.id for answer in answers)
        return asked, [replace(each.message, siblings=siblings) for each in pending]

    async def finish_message(self, tx: Transaction, message_id: MessageId, finished: Finished) -> Message:
        """Write the final state of an answer and make it findable. Raises MessageFinished, or MessageNotFound if it was erased."""
        owner = await tx.fetch_one(OWNER, id=message_id)
        if owner is None:
            raise MessageNotFound
        provider, model = _columns(finished.model)
        row = await tx.fetch_one(
            FINISH,
            id=message_id,
            status=finished.status,
            parts=encode_parts(finished.parts),
            provider=provider,
            model=model,
            usage=encode_optional(finished.usage),
            error=encode_optional(finished.error),
        )
        if row is None:
            raise MessageFinished
        message = _message(row)
        touched = [Touch("message", message.id), Touch("conversation", message.conversation)]
        await changes.record_all(tx, owner["user_id"], touched)
        await tx.execute(ANSWERED, id=message.conversation, status=finished.status)
        if text := plain_text(message.parts):
            await search.index(tx, owner["user_id"], message.conversation, message.id, text, is_new=True)
        return await self._with_siblings(tx, message)

    async def require(self, reader: Database | Transaction, who: Principal, message_id: MessageId) -> Message:
        """Return one message that `who` may see, with its siblings. Raises MessageNotFound."""
        visible = policy.visible(who, "conversation", alias="c")
        row = await reader.fetch_one(VISIBLE.format(visible=visible.sql), id=message_id, **visible.params)
        if row is None:
            raise MessageNotFound
        return await self._with_siblings(reader, _message(row))

    async def branch(
        self, reader: Database | Transaction, conversation_id: ConversationId, leaf: MessageId, *, limit: int = MAX_DEPTH
    ) -> list[Message]:
        """The branch from the root, or its last `limit` messages, to `leaf`: what a prompt is made of.

        Without siblings, and without asking for rights: the caller has.
        """
        rows = await reader.fetch(BRANCH, conversation=conversation_id, leaf=leaf, limit=limit)
        return [_message(row) for row in rows]

    async def page(
        self,
        who: Principal,
        conversation_id: ConversationId,
        *,
        leaf: MessageId | None = None,
        before: MessageId | None = None,
        limit: int = 50,
    ) -> Branch:
        """The last `limit` messages of the branch that ends at `leaf`, or of the active one.

        `before`, from an earlier page, takes the place of `leaf` and goes further up. Raises ConversationNotFound, MessageNotFound.
        """
        conversation = await self._conversations.require(self._db, who, conversation_id)
        end = before or leaf or conversation.leaf
        if end is None:
            return Branch((), None)
        return await self._stretch(conversation_id, end, limit, goes_on=before is not None)

    async def page_after(self, who: Principal, conversation_id: ConversationId, after: MessageId, *, limit: int = 50) -> Branch:
        """The first `limit` messages of the active branch below `after`. Raises ConversationNotFound, MessageNotFound off the branch."""
        leaf, below = await self._below(who, conversation_id, after)
        wanted = below[-limit:]
        if not wanted:
            return Branch((), after)
        return await self._stretch(conversation_id, wanted[0], len(wanted), goes_on=wanted[0] != leaf)

    async def page_around(self, who: Principal, conversation_id: ConversationId, message_id: MessageId, *, limit: int = 50) -> Branch:
        """`limit` messages of the active branch with `message_id` in their middle. Errors as `page_after`."""
        leaf, below = await self._below(who, conversation_id, message_id)
        end = below[-(limit // 2) :][0] if below else message_id
        return await self._stretch(conversation_id, end, limit, goes_on=end != leaf)

    async def _below(self, who: Principal, conversation_id: ConversationId, top: MessageId) -> tuple[MessageId, list[MessageId]]:
        """The active leaf, and what stands below `top` on the branch that ends there, leaf first."""
        conversation = await self._conversations.require(self._db, who, conversation_id)
        leaf = conversation.leaf
        if leaf is None:
            raise MessageNotFound
        rows = await self._db.fetch(PATH, conversation=conversation_id, leaf=leaf, stop=top, limit=MAX_DEPTH)
        path = [MessageId(row["id"]) for row in rows]
        if not path or path[-1] != top:
            raise MessageNotFound("This message is not on the branch that is shown: choose its branch first.")
        return leaf, path[:-1]

    async def _stretch(self, conversation_id: ConversationId, end: MessageId, limit: int, *, goes_on: bool) -> Branch:
        rows = await self._db.fetch(BRANCH, conversation=conversation_id, leaf=end, limit=limit)
        if not rows:
            raise MessageNotFound
        found = [_message(row) for row in rows]
        siblings = await self._siblings(self._db, conversation_id, found)
        items = tuple(replace(message, siblings=siblings.get(message.parent, (message.id,))) for message in found)
        return Branch(items, items[0].parent, items[-1].id if goes_on else None)

    async def everything(self, conversation: Conversation, *, batch: int = 200) -> AsyncIterator[Sequence[Message]]:
        """All messages of a conversation that the caller has been given, oldest first, in batches and without siblings."""
        created, after = -1, ""
        while rows := await self._db.fetch(ALL, conversation=conversation.id, created=created, after=after, limit=batch):
            yield [_message(row) for row in rows]
            created, after = rows[-1]["created"], rows[-1]["id"]

    async def active_branch(self, conversation: Conversation, *, batch: int = 200) -> AsyncIterator[Sequence[Message]]:
        """The active branch of a conversation that the caller has been given, root first, in batches and without siblings."""
        tree = await self._conversations.tree(self._db, conversation.id)
        leaf = conversation.leaf
        path = [] if leaf is None or leaf not in tree else tree.path(leaf)
        for start in range(0, len(path), batch):
            yield await self.along(path[start : start + batch])

    async def along(self, path: Sequence[MessageId]) -> list[Message]:
        """The messages of a stretch of a path through the tree, in its order and without siblings; the caller has asked for rights."""
        rows = await self._db.fetch(SOME, wanted=[(message_id,) for message_id in path])
        found = {row["id"]: _message(row) for row in rows}
        return [found[message_id] for message_id in path if message_id in found]

    async def _writable(self, tx: Transaction, who: Principal, new: NewMessage) -> Conversation:
        return await self._conversations.require(tx, who, new.conversation, "change")

    async def _add(self, tx: Transaction, new: NewMessage, role: MessageRole) -> Added:
        provider, model = _columns(new.model)
        row = await tx.fetch_one(
            INSERT,
            id=new.id,
            conversation=new.conversation,
            parent=new.parent,
            role=role,
            status="done" if role == "user" else "pending",
            parts=encode_parts(new.parts),
            provider=provider,
            model=model,
            body_hash=new.body_hash,
        )
        if row is None:
            return Added(await self._repeated(tx, new, role), is_new=False)
        return Added(_message(row), is_new=True)

    async def _settle(self, tx: Transaction, conversation: Conversation, inserted: Sequence[NewMessage], *, leaf: MessageId | None) -> None:
        """Record what was inserted, and end the active branch at `leaf`. The conversation goes on with the model of the first answer."""
        touched = [*(Touch("message", new.id) for new in inserted), Touch("conversation", conversation.id)]
        await changes.record_all(tx, conversation.user_id, touched)
        provider, model = _columns(next((new.model for new in inserted if new.model is not None), None))
        if not await tx.execute(TOUCH, id=conversation.id, leaf=leaf, provider=provider, model=model):
            raise ConversationNotFound  # deleted since it was read

    async def _index(self, tx: Transaction, conversation: Conversation, new: NewMessage) -> None:
        if text := plain_text(new.parts):
            await search.index(tx, conversation.user_id, conversation.id, new.id, text, is_new=True)

    async def _repeated(self, tx: Transaction, new: NewMessage, role: MessageRole) -> Message:
        """The message that the same request inserted before."""
        row = await tx.fetch_one(BY_ID, id=new.id)
        if row is None:
            raise MessageNotFound("The message that this one follows is not in the conversation: load it again.")
        if (row["conversation_id"], row["role"], row["body_hash"]) != (new.conversation, role, new.body_hash):
            raise IdReused
        return _message(row)

    async def _with_siblings(self, reader: Database | Transaction, message: Message) -> Message:
        siblings = await self._siblings(reader, message.conversation, [message])
        return replace(message, siblings=siblings.get(message.parent, (message.id,)))

    async def _siblings(
        self, reader: Database | Transaction, conversation_id: ConversationId, messages: Sequence[Message]
    ) -> Mapping[MessageId | None, tuple[MessageId, ...]]:
        """The children of every parent of these messages, oldest first."""
        parents = [(message.parent,) for message in messages if message.parent is not None]
        rows = list(await reader.fetch(SIBLINGS, conversation=conversation_id, parents=parents)) if parents else []
        if len(parents) < len(messages):
            rows += await reader.fetch(ROOTS, conversation=conversation_id)
        families: dict[MessageId | None, list[MessageId]] = {}
        for row in rows:
            families.setdefault(row["parent_id"], []).append(row["id"])
        return {parent: tuple(family) for parent, family in families.items()}


def _columns(model: ModelRef | None) -> tuple[str | None, str | None]:
    return (None, None) if model is None else (model.provider, model.model)


def _message(row: Row) -> Message:
    return Message(
        id=row["id"],
        conversation=row["conversation_id"],
        parent=row["parent_id"],
        role=row["role"],
        status=row["status"],
        parts=decode_parts(row["parts"]),
        model=None if row["model"] is None else ModelRef(row["provider"], row["model"]),
        usage=decode_usage(row["usage"]),
        error=decode_error(row["error"]),
        created=row["created"],
        finished=row["finished"],
    )
