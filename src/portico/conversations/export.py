"""A conversation as a file: JSON with every branch and everything that is stored, or Markdown of the active branch to read."""

import re
from collections.abc import AsyncIterator, Sequence
from typing import assert_never
from urllib.parse import quote

import msgspec

from portico.access.principal import Principal
from portico.conversations import models as m
from portico.conversations.messages import MessageService
from portico.conversations.service import FIRST, ConversationService
from portico.infra.http import iso, iso_or_none

EXPORT_FORMAT = "portico.export"
FORMAT = "portico.conversation"
VERSION = 1
AT_ONCE = 100
_UNSAFE = re.compile(r'[\x00-\x1f\x7f"*/:<>?\\|]+')
_FENCE = re.compile(r"`{3,}")
_NAMES: dict[m.MessageRole, str] = {"user": "User", "assistant": "Assistant"}


async def as_json(messages: MessageService, conversation: m.Conversation) -> AsyncIterator[bytes]:
    """The whole conversation as one JSON object, in pieces: `messages` holds every branch, parents by id, oldest first."""
    head = msgspec.json.encode({"format": FORMAT, "version": VERSION, "conversation": _conversation(conversation)})
    yield head[:-1] + b',"messages":['
    separator = b"\n"
    async for batch in messages.everything(conversation):
        yield separator + b",\n".join(msgspec.json.encode(_message(message)) for message in batch)
        separator = b",\n"
    yield b"\n]}\n"


async def everything(conversations: ConversationService, messages: MessageService, who: Principal) -> AsyncIterator[bytes]:
    """All conversations of `who` but temporary ones as one JSON object, in pieces, newest first; each as `as_json` writes it."""
    yield msgspec.json.encode({"format": EXPORT_FORMAT, "version": VERSION})[:-1] + b',"conversations":['
    separator = b"\n"
    before = FIRST
    while batch := await conversations.kept(who, before=before, limit=AT_ONCE):
        for conversation in batch:
            yield separator
            async for piece in as_json(messages, conversation):
                yield piece
            separator = b","
        before = batch[-1].id
    yield b"]}\n"


async def as_markdown(messages: MessageService, conversation: m.Conversation) -> AsyncIterator[bytes]:
    """The active branch as Markdown, in pieces."""
    yield f"# {_one_line(conversation.title) or 'Conversation'}\n\n{iso(conversation.created)}\n".encode()
    async for batch in messages.active_branch(conversation):
        for message in batch:
            yield f"\n## {_heading(message)}\n\n{markdown(message.parts)}\n".encode()


def markdown(parts: Sequence[m.Part]) -> str:
    """The parts of one message as Markdown, in their order."""
    return "\n\n".join(text for part in parts if (text := _part(part)))


def disposition(conversation: m.Conversation, extension: str) -> str:
    """The Content-Disposition of an export: the title as the file's name, in UTF-8 (RFC 5987) and as harmless ASCII."""
    # Characters that are not printable could turn the name around on screen.
    name = "".join(char for char in conversation.title if char.isprintable() or char.isspace())
    name = _one_line(_UNSAFE.sub(" ", name))[:80].strip(" .") or "conversation"
    plain = re.sub(r"[^A-Za-z0-9._ -]+", "_", name).strip(" _.") or "conversation"
    encoded = quote(f"{name}.{extension}".encode(errors="replace"), safe="")
    return f"attachment; filename=\"{plain}.{extension}\"; filename*=UTF-8''{encoded}"


def _conversation(conversation: m.Conversation) -> dict[str, object]:
    return {
        "id": conversation.id,
        "title": conversation.title,
        "title_source": conversation.title_source,
        "model": conversation.model,
        "leaf": conversation.leaf,
        "created": iso(conversation.created),
        "updated": iso(conversation.updated),
    }


def _message(message: m.Message) -> dict[str, object]:
    return {
        "id": message.id,
        "parent": message.parent,
        "role": message.role,
        "status": message.status,
        "parts": message.parts,
        "model": message.model,
        "usage": message.usage,
        "error": message.error,
        "created": iso(message.created),
        "finished": iso_or_none(message.finished),
    }


def _heading(message: m.Message) -> str:
    if message.model is None or message.role == "user":
        return _NAMES[message.role]
    return f"{_NAMES[message.role]} ({_one_line(message.model.model)})"


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _part(part: m.Part) -> str:
    match part:
        case m.TextPart() | m.RefusalPart():
            return part.text
        case m.ReasoningPart():
            return f"<details><summary>Reasoning</summary>\n\n{part.text}\n\n</details>" if part.text else ""
        case m.ToolCallPart():
            shown = [_fenced(part.arguments, "json"), *([] if part.content is None else [_fenced(part.content, "")])]
            return "\n\n".join([f"Tool `{_one_line(part.name)}`:", *shown])
        case m.HostedToolPart():
            return f"Tool `{_one_line(part.name)}`:\n\n{_fenced(part.data, 'json')}"
        case m.ImagePart():
            return f"![{_label(part.name or part.media_type)}](portico-file:{part.file})"
        case m.CitationPart():
            return f"- [{_label(part.title or part.url)}](<{part.url.replace('<', '%3C').replace('>', '%3E')}>)"
        case m.NoticePart():
            return ""
        case _:
            assert_never(part)


def _label(text: str) -> str:
    return re.sub(r"([\[\]\\])", r"\\\1", _one_line(text))


def _fenced(text: str, language: str) -> str:
    """A code block whose fence is longer than any inside."""
    ticks = "`" * (1 + max((len(run) for run in _FENCE.findall(text)), default=2))
    return f"{ticks}{language}\n{text}\n{ticks}"
