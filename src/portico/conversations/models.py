"""What a conversation is made of: conversations, messages and the parts of a message, which are the same in JSON and in the database."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import msgspec

from portico.ids import ConversationId, FolderId, MessageId, UserId

MessageStatus = Literal["pending", "streaming", "done", "stopped", "failed", "interrupted"]
MessageRole = Literal["user", "assistant"]
TitleSource = Literal["none", "model", "person"]
ToolCallState = Literal["pending", "running", "needs_approval", "done", "failed", "denied"]
FinalStatus = Literal["done", "stopped", "failed", "interrupted"]
FINAL_STATUSES: frozenset[FinalStatus] = frozenset(get_args(FinalStatus))


class TextPart(msgspec.Struct, frozen=True, tag="text"):
    """Markdown of the person or of the model."""

    text: str


class ReasoningPart(msgspec.Struct, frozen=True, tag="reasoning", omit_defaults=True):
    """Thinking of the model; with a `signature`, which the vendor wants back, the part is closed."""

    text: str
    signature: str = ""
    duration_ms: int | None = None


class ToolCallPart(msgspec.Struct, frozen=True, tag="tool_call", omit_defaults=True):
    """A call of a tool of ours with its result; `arguments` is JSON text, `content` is what the tool answered."""

    call: str
    name: str
    arguments: str
    state: ToolCallState
    content: str | None = None
    is_error: bool = False
    signature: str = ""


class HostedToolPart(msgspec.Struct, frozen=True, tag="hosted_tool"):
    """A tool that the vendor executed; `data` is the vendor's JSON text, shown and never acted upon."""

    name: str
    data: str


class ImagePart(msgspec.Struct, frozen=True, tag="image", omit_defaults=True):
    """An image by the id of its file."""

    file: str
    media_type: str
    name: str = ""
    width: int | None = None
    height: int | None = None


class CitationPart(msgspec.Struct, frozen=True, tag="citation", omit_defaults=True):
    url: str
    title: str = ""
    text: str = ""


class RefusalPart(msgspec.Struct, frozen=True, tag="refusal"):
    text: str


class NoticePart(msgspec.Struct, frozen=True, tag="notice", omit_defaults=True):
    """Something about the answer that is not part of it: `retry`, `fallback`, `continued`, `trimmed`."""

    code: str
    detail: str = ""
    retry_at: int | None = None


Part = TextPart | ReasoningPart | ToolCallPart | HostedToolPart | ImagePart | CitationPart | RefusalPart | NoticePart


class MessageUsage(msgspec.Struct, frozen=True):
    """Tokens, cost and pace of one answer; times and rates are None when nothing was streamed.

    `input` and `output` are sums over all calls of the model; `context` is what the last of them had in the model's window.
    """

    input: int
    output: int
    cached: int = 0
    reasoning: int = 0
    cost_usd: float | None = None
    ttft_ms: int | None = None
    tokens_per_s: float | None = None
    context: int | None = None


class MessageError(msgspec.Struct, frozen=True, omit_defaults=True):
    """Why an answer failed: a stable code, a sentence for the person, and the provider's own words if it had any.

    `retry_at` (epoch milliseconds) is when the provider wants to be asked again.
    """

    code: str
    detail: str
    message: str | None = None
    retry_at: int | None = None


@dataclass(frozen=True, slots=True)
class ModelRef:
    provider: str
    model: str


@dataclass(frozen=True, slots=True)
class RunRef:
    """The run that makes a message, as much of it as a message shows."""

    id: str
    state: str


@dataclass(frozen=True, slots=True)
class Folder:
    """A place for conversations; `position` orders the folders of a person."""

    id: FolderId
    name: str
    position: int
    created: int
    rev: int


@dataclass(frozen=True, slots=True)
class Beginning:
    """What a conversation is made with. A temporary one is listed nowhere and is erased when its time is over."""

    title: str = ""
    model: ModelRef | None = None
    folder: FolderId | None = None
    pinned: bool = False
    archived: bool = False
    temporary: bool = False


@dataclass(frozen=True, slots=True)
class Conversation:
    """`leaf` is the last message of the active branch; `updated` orders the list; `rev` grows with every change.

    `unread` says that an answer ended which nobody has looked at; `expires` is set for a temporary conversation alone.
    """

    id: ConversationId
    user_id: UserId
    title: str
    title_source: TitleSource
    model: ModelRef | None
    leaf: MessageId | None
    folder: FolderId | None
    pinned: bool
    archived: bool
    unread: bool
    running: bool
    expires: int | None
    created: int
    updated: int
    rev: int


@dataclass(frozen=True, slots=True)
class Message:
    """One turn in the tree. `siblings` are the messages with the same parent, oldest first, this one among them."""

    id: MessageId
    conversation: ConversationId
    parent: MessageId | None
    role: MessageRole
    status: MessageStatus
    parts: tuple[Part, ...]
    model: ModelRef | None
    usage: MessageUsage | None
    error: MessageError | None
    created: int
    finished: int | None
    siblings: tuple[MessageId, ...] = ()


@dataclass(frozen=True, slots=True)
class NewMessage:
    """A message to insert. `body_hash` is the fingerprint of the request that asked for it: it makes a repeat recognisable."""

    id: MessageId
    conversation: ConversationId
    parent: MessageId | None
    body_hash: str
    parts: tuple[Part, ...] = ()
    model: ModelRef | None = None


@dataclass(frozen=True, slots=True)
class Finished:
    """How an answer ended."""

    status: FinalStatus
    parts: tuple[Part, ...]
    model: ModelRef | None
    usage: MessageUsage | None = None
    error: MessageError | None = None


_parts = msgspec.json.Decoder(tuple[Part, ...])
_usage = msgspec.json.Decoder(MessageUsage)
_error = msgspec.json.Decoder(MessageError)
_canonical = msgspec.json.Encoder(order="deterministic")


def encode_parts(parts: Sequence[Part]) -> str:
    """The parts as JSON text, the form in which they are stored and sent."""
    return msgspec.json.encode(parts).decode()


def decode_parts(text: str | bytes) -> tuple[Part, ...]:
    """The parts of stored JSON text. Raises msgspec.ValidationError on what is not a list of parts."""
    return _parts.decode(text)


def encode_optional(value: MessageUsage | MessageError | None) -> str | None:
    return None if value is None else msgspec.json.encode(value).decode()


def decode_usage(text: str | None) -> MessageUsage | None:
    return None if text is None else _usage.decode(text)


def decode_error(text: str | None) -> MessageError | None:
    return None if text is None else _error.decode(text)


def body_hash(*values: object) -> str:
    """A fingerprint of what a client asked for: equal for equal requests, whatever the order of their members."""
    return hashlib.sha256(_canonical.encode(values)).hexdigest()


def plain_text(parts: Sequence[Part]) -> str:
    """What a person reads of a message: its text and refusals, without reasoning, calls and images."""
    return "\n\n".join(part.text for part in parts if isinstance(part, TextPart | RefusalPart) and part.text)
