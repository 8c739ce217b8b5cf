"""People, conversations and messages to try the services with."""

from collections.abc import Sequence
from dataclasses import dataclass

import pytest
from fastapi import FastAPI

from portico.access.principal import ALL_SCOPES, Principal
from portico.accounts.middleware import AccountsMiddleware, place_of
from portico.accounts.passwords import HashCost, Passwords
from portico.accounts.routes import AccountsRoutes
from portico.accounts.service import AccountsService
from portico.conversations.folders import FolderService
from portico.conversations.messages import Added, MessageService
from portico.conversations.models import Beginning, Finished, Message, ModelRef, NewMessage, TextPart, body_hash
from portico.conversations.routes import ConversationRoutes, FolderRoutes
from portico.conversations.selection import Selected, Selections
from portico.conversations.service import ConversationService
from portico.ids import ConversationId, MessageId, UserId, new_id
from portico.infra.db import Database
from portico.infra.http import install_errors
from portico.infra.middleware import RequestContext
from portico.infra.ratelimit import RateLimiter
from portico.infra.telemetry import Metrics
from portico.settings import Access, Settings
from tests.asgi import App, Browser, nothing_to_stop

MODEL = ModelRef("demo", "demo")


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

    @property
    def selections(self) -> Selections:
        return Selections(self.db, self.conversations)

    @property
    def folders(self) -> FolderService:
        return FolderService(self.db)

    async def start(self, title: str = "", beginning: Beginning | None = None) -> ConversationId:
        beginning = beginning or Beginning(title)
        conversation_id = ConversationId(new_id())
        await self.conversations.create(self.ada, conversation_id, beginning)
        return conversation_id

    async def say(self, conversation: ConversationId, text: str, parent: MessageId | None = None, *, id_: str | None = None) -> Added:
        parts = (TextPart(text),)
        new = NewMessage(MessageId(id_ or new_id()), conversation, parent, body_hash(parts, parent), parts)
        async with self.db.transaction() as tx:
            return (await self.messages.add_turn(tx, self.ada, new, ()))[0]

    async def begin_answer(self, question: Message) -> Message:
        new = NewMessage(MessageId(new_id()), question.conversation, question.id, body_hash(), model=MODEL)
        async with self.db.transaction() as tx:
            return (await self.messages.add_assistant_message(tx, self.ada, new)).message

    async def answer(self, question: Message, text: str) -> Message:
        pending = await self.begin_answer(question)
        async with self.db.transaction() as tx:
            return await self.messages.finish_message(tx, pending.id, Finished("done", (TextPart(text),), MODEL))


async def fill_pins(desk: Desk, count: int) -> None:
    """Pin as many conversations of the person's."""
    async with desk.db.transaction() as tx:
        for _ in range(count):
            await tx.execute(
                "INSERT INTO conversations (id, user_id, pinned, created, updated) VALUES (:id, :user, TRUE, 1, 1)",
                id=new_id(),
                user=desk.ada.user_id,
            )


@pytest.fixture
async def desk(db: Database) -> Desk:
    conversations = ConversationService(db)
    return Desk(db, await make_person(db), conversations, MessageService(db, conversations))


PASSWORD = "correct horse battery"
EXPORTS_PER_HOUR = 2
CHEAP = HashCost(memory_kib=8, passes=1, lanes=1)


@dataclass(frozen=True)
class Office:
    """The routes of conversations behind the real door, and the services to prepare what they show."""

    app: App
    accounts: AccountsService
    desk: Desk

    async def browser(self, name: str) -> tuple[Browser, Desk]:
        """A browser that is signed in to a new account, and a desk for the same person."""
        email = f"{name}@example.org"
        async with self.desk.db.transaction() as tx:
            await self.accounts.users.insert(
                tx, None, email=email, name=name, password_hash=await Passwords(CHEAP).hash(PASSWORD), role="member"
            )
        browser = Browser(self.app)
        answer = await browser.post("/api/session", {"email": email, "password": PASSWORD})
        user_id = UserId(answer.json["user"]["id"])
        who = Principal(user_id, "member", frozenset(), ALL_SCOPES, 1, "session", "s")
        return browser, Desk(self.desk.db, who, self.desk.conversations, self.desk.messages)


@dataclass(frozen=True)
class Deleting:
    """What the routes delete with; that runs are stopped, too, is tested with the runs."""

    desk: Desk

    async def delete(self, who: Principal, conversation_id: ConversationId) -> None:
        await self.desk.conversations.delete(who, conversation_id)

    async def delete_many(self, who: Principal, ids: Sequence[ConversationId]) -> Selected:
        return await self.desk.selections.delete(who, ids)


@pytest.fixture
async def office(desk: Desk) -> Office:
    settings = Settings(access=Access(password_memory_kib=8))
    accounts = AccountsService(desk.db, settings, RateLimiter(desk.db))

    async def run_refs(message_ids: Sequence[MessageId]) -> dict[MessageId, tuple[str, str]]:
        rows = await desk.db.fetch("SELECT message_id, id, state FROM runs")
        return {row["message_id"]: (row["id"], row["state"]) for row in rows if row["message_id"] in message_ids}

    api = FastAPI()
    install_errors(api)
    api.include_router(AccountsRoutes(accounts, nothing_to_stop).router, prefix="/api")
    remover = Deleting(desk)
    limiter = RateLimiter(desk.db)
    routes = ConversationRoutes(
        desk.db, desk.conversations, desk.selections, desk.messages, remover, run_refs, limiter, exports_per_hour=EXPORTS_PER_HOUR
    )
    api.include_router(routes.router, prefix="/api")
    api.include_router(FolderRoutes(desk.folders).router, prefix="/api")
    app = RequestContext(AccountsMiddleware(api, accounts, place_of(settings)), Metrics())
    return Office(app, accounts, desk)
