"""What shares accept and say as JSON."""

from collections.abc import Sequence
from typing import Annotated, Literal

import msgspec
from pydantic import BaseModel, StringConstraints

from portico.conversations import models as m
from portico.conversations.shapes import PARTS, PartShape
from portico.ids import MessageId
from portico.infra.http import Body, encode_cursor, iso, iso_or_none
from portico.shares.models import Change, Days, Share, Shared, Terms

MessageIdText = Annotated[str, StringConstraints(min_length=1, max_length=64)]


class NewShare(Body):
    """A link to make. `leaf` null is the active branch, `days` null is for ever; `details` shows thinking and tools to the reader, too."""

    leaf: MessageIdText | None = None
    days: Days | None = 7
    details: bool = False
    show_name: bool = False

    def terms(self) -> Terms:
        return Terms(MessageId(self.leaf) if self.leaf else None, self.days, self.details, self.show_name)


class SharePatch(Body):
    """What to change of a link; what is absent stays. `leaf` moves it to the branch that ends there, as that is now."""

    leaf: MessageIdText | None = None
    days: Days | None = None
    details: bool | None = None
    show_name: bool | None = None

    def change(self) -> Change:
        days = self.days if "days" in self.model_fields_set else msgspec.UNSET
        return Change(MessageId(self.leaf) if self.leaf else None, days, self.details, self.show_name)


class ShareShape(BaseModel):
    """A link as its owner sees it. `path` follows the base path; `updated` is when it was last made to show something else."""

    id: str
    conversation: str
    leaf: str
    title: str
    path: str
    show_name: bool
    details: bool
    messages: int
    created: str
    updated: str
    expires: str | None

    @classmethod
    def of(cls, share: Share) -> "ShareShape":
        return cls(
            id=share.id,
            conversation=share.conversation,
            leaf=share.leaf,
            title=share.title,
            path=f"/s/{share.token}",
            show_name=bool(share.author),
            details=share.details,
            messages=share.messages,
            created=iso(share.created),
            updated=iso(share.updated),
            expires=iso_or_none(share.expires),
        )


class SharedMessageShape(BaseModel):
    """One turn of what is shared; `model` is null for a person's."""

    id: str
    role: m.MessageRole
    status: Literal["done", "stopped", "failed", "interrupted"]
    model: str | None
    parts: list[PartShape]
    created: str


class SharedShape(BaseModel):
    """What the reader of a link gets, root side first; `author` is null unless the owner is named, `next` goes on as `cursor`."""

    title: str
    author: str | None
    updated: str
    expires: str | None
    messages: list[SharedMessageShape]
    next: str | None

    @classmethod
    def of(cls, shared: Shared) -> "SharedShape":
        share = shared.share
        return cls(
            title=share.title,
            author=share.author or None,
            updated=iso(share.updated),
            expires=iso_or_none(share.expires),
            messages=[_message(message, details=share.details) for message in shared.messages if message.status in m.FINAL_STATUSES],
            next=encode_cursor(shared.after) if shared.after else None,
        )


def _message(message: m.Message, *, details: bool) -> SharedMessageShape:
    return SharedMessageShape.model_validate(
        {
            "id": message.id,
            "role": message.role,
            "status": message.status,
            "model": message.model.model if message.model and message.role == "assistant" else None,
            "parts": PARTS.validate_json(m.encode_parts(shown(message.parts, details=details))),
            "created": iso(message.created),
        }
    )


def shown(parts: Sequence[m.Part], *, details: bool) -> list[m.Part]:
    """The parts that a stranger may see: never signatures or notices; thinking and tools only where the owner wants to show them."""
    seen: list[m.Part] = []
    for part in parts:
        match part:
            case m.TextPart() | m.RefusalPart() | m.ImagePart() | m.CitationPart():
                seen.append(part)
            case m.ReasoningPart() | m.ToolCallPart() if details:
                seen.append(msgspec.structs.replace(part, signature=""))
            case m.HostedToolPart() if details:
                seen.append(part)
            case _:
                pass
    return seen
