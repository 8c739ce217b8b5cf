"""What conversations accept and say as JSON. A part has the same JSON here and in the database: a test holds the two together."""

from typing import Annotated, Literal, TypeVar

import msgspec
from pydantic import BaseModel, Field, StringConstraints, TypeAdapter

from portico.accounts.shapes import ModelRefBody, ModelRefShape
from portico.conversations import models as m
from portico.conversations.changes import ChangeKind, Changes
from portico.conversations.search import Hit
from portico.conversations.service import Listed, Patch
from portico.ids import FolderId
from portico.infra.http import Body, Page, encode_cursor, iso, iso_or_none, page

T = TypeVar("T")
IdText = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$")]
TitleText = Annotated[str, StringConstraints(max_length=200)]


def _is_none(value: object) -> bool:
    return value is None


def _is_empty(value: object) -> bool:
    return value == ""


def _is_false(value: object) -> bool:
    return value is False


OptionalText = Annotated[str, Field(exclude_if=_is_empty)]
OptionalInt = Annotated[int | None, Field(exclude_if=_is_none)]


class TextShape(BaseModel):
    """Markdown of the person or of the model."""

    type: Literal["text"]
    text: str


class ReasoningShape(BaseModel):
    """Thinking of the model."""

    type: Literal["reasoning"]
    text: str
    signature: OptionalText = ""
    duration_ms: OptionalInt = None


class ToolCallShape(BaseModel):
    """A call of a tool and its result; `arguments` is JSON text."""

    type: Literal["tool_call"]
    call: str
    name: str
    arguments: str
    state: m.ToolCallState
    content: Annotated[str | None, Field(exclude_if=_is_none)] = None
    is_error: Annotated[bool, Field(exclude_if=_is_false)] = False
    signature: OptionalText = ""


class HostedToolShape(BaseModel):
    """A tool that the vendor executed; `data` is the vendor's JSON text."""

    type: Literal["hosted_tool"]
    name: str
    data: str


class ImageShape(BaseModel):
    """An image: the id of its file."""

    type: Literal["image"]
    file: str
    media_type: str
    name: OptionalText = ""
    width: OptionalInt = None
    height: OptionalInt = None


class CitationShape(BaseModel):
    type: Literal["citation"]
    url: str
    title: OptionalText = ""
    text: OptionalText = ""


class RefusalShape(BaseModel):
    type: Literal["refusal"]
    text: str


class NoticeShape(BaseModel):
    """Something about the answer that is not part of it; `retry_at` is epoch milliseconds."""

    type: Literal["notice"]
    code: str
    detail: OptionalText = ""
    retry_at: OptionalInt = None


PartShape = Annotated[
    TextShape | ReasoningShape | ToolCallShape | HostedToolShape | ImageShape | CitationShape | RefusalShape | NoticeShape,
    Field(discriminator="type"),
]
PARTS: TypeAdapter[list[PartShape]] = TypeAdapter(list[PartShape])


class MessageRunShape(BaseModel):
    """The run that makes, or made, an answer."""

    id: str
    state: str


class MessageUsageShape(BaseModel):
    """Tokens, cost and pace of an answer; `context` is how much of the model's window it took at its end."""

    input: int
    output: int
    cached: int
    reasoning: int
    cost_usd: float | None
    ttft_ms: int | None
    tokens_per_s: float | None
    context: int | None


class MessageErrorShape(BaseModel):
    """Why an answer failed; `retry_at` (epoch milliseconds) is when the provider wants to be asked again."""

    code: str
    detail: str
    message: Annotated[str | None, Field(exclude_if=_is_none)] = None
    retry_at: OptionalInt = None


class MessageShape(BaseModel):
    """One turn of a conversation; `siblings` are its versions, oldest first, itself included."""

    id: str
    conversation: str
    parent: str | None
    role: m.MessageRole
    status: m.MessageStatus
    parts: list[PartShape]
    provider: str | None
    model: str | None
    siblings: list[str]
    run: MessageRunShape | None
    usage: MessageUsageShape | None
    error: MessageErrorShape | None
    created: str
    finished: str | None

    @classmethod
    def of(cls, message: m.Message, run: m.RunRef | None = None) -> "MessageShape":
        usage, error = message.usage, message.error
        return cls(
            id=message.id,
            conversation=message.conversation,
            parent=message.parent,
            role=message.role,
            status=message.status,
            parts=PARTS.validate_json(m.encode_parts(message.parts)),
            provider=message.model.provider if message.model else None,
            model=message.model.model if message.model else None,
            siblings=list(message.siblings),
            run=MessageRunShape(id=run.id, state=run.state) if run else None,
            usage=MessageUsageShape.model_validate(usage, from_attributes=True) if usage else None,
            error=MessageErrorShape.model_validate(error, from_attributes=True) if error else None,
            created=iso(message.created),
            finished=iso_or_none(message.finished),
        )


class ConversationShape(BaseModel):
    """A conversation; `leaf` is the last message of the active branch, `running` says that an answer is under way.

    `unread` says that an answer ended and nobody has looked since; `expires` is when a temporary conversation is erased.
    """

    id: str
    title: str
    title_source: m.TitleSource
    model: ModelRefShape | None
    leaf: str | None
    folder: str | None
    pinned: bool
    archived: bool
    unread: bool
    running: bool
    temporary: bool
    expires: str | None
    created: str
    updated: str
    rev: int

    @classmethod
    def of(cls, conversation: m.Conversation) -> "ConversationShape":
        model = conversation.model
        return cls(
            id=conversation.id,
            title=conversation.title,
            title_source=conversation.title_source,
            model=ModelRefShape(provider=model.provider, model=model.model) if model else None,
            leaf=conversation.leaf,
            folder=conversation.folder,
            pinned=conversation.pinned,
            archived=conversation.archived,
            unread=conversation.unread,
            running=conversation.running,
            temporary=conversation.expires is not None,
            expires=iso_or_none(conversation.expires),
            created=iso(conversation.created),
            updated=iso(conversation.updated),
            rev=conversation.rev,
        )


def conversation_page(listed: Listed) -> Page[ConversationShape]:
    """One page of the list, as GET /conversations and the boot data give it."""
    cursor = encode_cursor(*listed.after) if listed.after else None
    return page([ConversationShape.of(conversation) for conversation in listed.items], cursor)


class MessagePage(Page[MessageShape]):
    """A stretch of a branch. `next` goes on upwards as `before`, `previous` downwards as `after`; null where the branch ends."""

    previous: str | None = None


class HitShape(BaseModel):
    """A conversation that was found; `message` is the newest message that matches, null when only the title does."""

    conversation: str
    title: str
    message: str | None
    snippet: str
    archived: bool
    updated: str

    @classmethod
    def of(cls, hit: Hit) -> "HitShape":
        return cls(
            conversation=hit.conversation,
            title=hit.title,
            message=hit.message,
            snippet=hit.snippet,
            archived=hit.archived,
            updated=iso(hit.updated),
        )


class ChangeShape(BaseModel):
    """One object that was written or deleted."""

    rev: int
    kind: ChangeKind
    id: str
    deleted: bool


class ChangesShape(BaseModel):
    """What was written, oldest first; `rev` is where to go on, `next` says that there are more now."""

    rev: int
    next: bool
    changes: list[ChangeShape]

    @classmethod
    def of(cls, found: Changes) -> "ChangesShape":
        changes = [ChangeShape(rev=change.rev, kind=change.kind, id=change.id, deleted=change.deleted) for change in found.changes]
        return cls(rev=found.rev, next=found.next, changes=changes)


class NewConversation(Body):
    """A conversation to make; without a title the model names it after the first answer.

    A temporary one is not listed, searched, named or exported, and is erased a day after its last use.
    """

    title: TitleText = ""
    model: ModelRefBody | None = None
    folder: IdText | None = None
    pinned: bool = False
    archived: bool = False
    temporary: bool = False

    def beginning(self) -> m.Beginning:
        folder = None if self.folder is None else FolderId(self.folder)
        return m.Beginning(self.title, ref(self.model), folder, self.pinned, self.archived, self.temporary)


class ConversationPatch(Body):
    """What is to change; an empty title lets the model name the conversation again, `temporary: false` keeps a temporary one."""

    title: TitleText = ""
    model: ModelRefBody | None = None
    folder: IdText | None = None
    pinned: bool = False
    archived: bool = False
    unread: bool = False
    temporary: Literal[False] = False

    def patch(self) -> Patch:
        return Patch(
            title=self._given("title", self.title),
            model=self._given("model", ref(self.model)),
            folder=self._given("folder", None if self.folder is None else FolderId(self.folder)),
            pinned=self._given("pinned", self.pinned),
            archived=self._given("archived", self.archived),
            unread=self._given("unread", self.unread),
            keep="temporary" in self.model_fields_set,
        )

    def _given(self, name: str, value: T) -> T | msgspec.UnsetType:
        return value if name in self.model_fields_set else msgspec.UNSET


class BranchBody(Body):
    """A message of the branch that is to be the active one."""

    message: Annotated[str, StringConstraints(min_length=1, max_length=64)]


def ref(body: ModelRefBody | None) -> m.ModelRef | None:
    return None if body is None else m.ModelRef(body.provider, body.model)
