"""Shares over a real store: two people, a conversation with an answer, and an image in it."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from portico.access.principal import Principal
from portico.accounts.service import AccountsService
from portico.conversations.messages import MessageService
from portico.conversations.models import Beginning, Finished, ImagePart, ModelRef, NewMessage, Part, TextPart, body_hash
from portico.conversations.service import ConversationService
from portico.files.service import FilesService
from portico.ids import ConversationId, FileId, MessageId, new_id
from portico.infra.crypto import Vault
from portico.infra.db import Database
from portico.infra.objectstore import DirectoryStore
from portico.infra.ratelimit import RateLimiter
from portico.settings import Access, Limits, Settings
from portico.shares.service import ShareService
from tests.conversations.conftest import make_person

MODEL = ModelRef("demo", "demo")
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8cfc0000003010100c9fe92ef0000000049454e44ae426082"
)
READER = "192.0.2.7"


@dataclass(frozen=True)
class Gallery:
    """The service, those it rests on, and Ada, whose conversations are shared."""

    db: Database
    ada: Principal
    accounts: AccountsService
    conversations: ConversationService
    messages: MessageService
    files: FilesService
    shares: ShareService

    async def talk(self, *turns: str, title: str = "A talk", parent: MessageId | None = None) -> tuple[ConversationId, list[MessageId]]:
        """A conversation whose questions are `turns`; each is answered by its words in capitals. Returns the ids in order."""
        conversation = ConversationId(new_id())
        await self.conversations.create(self.ada, conversation, Beginning(title=title))
        return conversation, await self.go_on(conversation, parent, *turns)

    async def go_on(self, conversation: ConversationId, parent: MessageId | None, *turns: str) -> list[MessageId]:
        ids: list[MessageId] = []
        for text in turns:
            question, answer = await self.ask(conversation, parent, TextPart(text))
            await self.finish(answer, TextPart(text.upper()))
            ids += [question, answer]
            parent = answer
        return ids

    async def ask(self, conversation: ConversationId, parent: MessageId | None, *parts: Part) -> tuple[MessageId, MessageId]:
        """A question and the answer that is still being written."""
        question, answer = MessageId(new_id()), MessageId(new_id())
        async with self.db.transaction() as tx:
            await self.messages.add_turn(tx, self.ada, NewMessage(question, conversation, parent, body_hash(question), parts), ())
            await self.messages.add_assistant_message(
                tx, self.ada, NewMessage(answer, conversation, question, body_hash(answer), model=MODEL)
            )
        return question, answer

    async def finish(self, answer: MessageId, *parts: Part) -> None:
        async with self.db.transaction() as tx:
            await self.messages.finish_message(tx, answer, Finished("done", parts, MODEL))

    async def image(self) -> ImagePart:
        """An image that Ada has uploaded."""
        file = FileId(new_id())
        await self.files.announce(self.ada, file, name="dot.png", size=len(PNG), media_type="image/png")
        await self.files.put_part(self.ada, file, 0, PNG)
        await self.files.finish(self.ada, file)
        return ImagePart(file, "image/png", "dot.png", 1, 1)


@pytest.fixture
async def gallery(db: Database, tmp_path: Path) -> Gallery:
    settings, limiter = Settings(access=Access(password_memory_kib=8)), RateLimiter(db)
    accounts = AccountsService(db, settings, limiter)
    conversations = ConversationService(db)
    messages = MessageService(db, conversations)
    files = FilesService(db, DirectoryStore(tmp_path), Limits(), limiter)
    vault = Vault(db, ("0123456789abcdef0123456789abcdef",))
    shares = ShareService(db, vault, accounts, conversations, messages, files, limiter)
    return Gallery(db, await make_person(db), accounts, conversations, messages, files, shares)
