"""People, conversations and messages to try the services with."""

from dataclasses import dataclass, field

import pytest

from portico.access.principal import ALL_SCOPES, Principal
from portico.conversations.messages import Added, MessageService
from portico.conversations.models import Finished, Message, ModelRef, NewMessage, TextPart, body_hash
from portico.conversations.service import ConversationService
from portico.ids import ConversationId, MessageId, UserId, new_id
from portico.infra.db import Database

MODEL = ModelRef("demo", "tour")


async def make_person(db: Database, name: str = "Ada") -> Principal:
    user_id = UserId(new_id())
    async with db.transaction() as tx:
        await tx.execute(
            "INSERT INTO users (id, email, name, role, created) VALUES (:id, :email, :name, 'member', 1)",
            id=user_id,
            email=f"{user_id}@example.org",
            name=name,
        )
    return Principal(user_id, "member", frozenset(), ALL_SCOPES, 1, "session", "s")


@dataclass(frozen=True)
class Desk:
    """The services over one store, and a person who uses them."""

    db: Database
    ada: Principal
    conversations: ConversationService
    messages: MessageService
    ids: list[str] = field(default_factory=list)

    async def start(self, title: str = "") -> ConversationId:
        conversation_id = ConversationId(new_id())
        await self.conversations.create(self.ada, conversation_id, title=title)
        return conversation_id

    async def say(self, conversation: ConversationId, text: str, parent: MessageId | None = None, *, id_: str | None = None) -> Added:
        parts = (TextPart(text),)
        new = NewMessage(MessageId(id_ or new_id()), conversation, parent, body_hash(parts, parent), parts)
        async with self.db.transaction() as tx:
            return await self.messages.add_user_message(tx, self.ada, new)

    async def begin_answer(self, question: Message) -> Message:
        new = NewMessage(MessageId(new_id()), question.conversation, question.id, body_hash(), model=MODEL)
        async with self.db.transaction() as tx:
            return (await self.messages.add_assistant_message(tx, self.ada, new)).message

    async def answer(self, question: Message, text: str) -> Message:
        pending = await self.begin_answer(question)
        async with self.db.transaction() as tx:
            return await self.messages.finish_message(tx, pending.id, Finished("done", (TextPart(text),), MODEL))


@pytest.fixture
async def desk(db: Database) -> Desk:
    conversations = ConversationService(db)
    return Desk(db, await make_person(db), conversations, MessageService(db, conversations))
