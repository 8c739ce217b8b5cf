"""Anthropic Messages."""

import base64
import re
from urllib.parse import urlsplit, urlunsplit

import msgspec

from portico.providers.adapter import HttpProvider
from portico.providers.anthropic_stream import MessagesDecoder
from portico.providers.base import (
    ChatRequest,
    DiscoveredModel,
    ImagePart,
    PromptMessage,
    PromptPart,
    ReasoningPart,
    TextPart,
    ToolCallPart,
    ToolResultPart,
)
from portico.providers.catalogue import known
from portico.providers.openai import taken_calls
from portico.providers.reading import arguments_object, at, items, members, parsed, text
from portico.providers.signatures import ANTHROPIC, REDACTED, unpack
from portico.providers.wire import Call

DEFAULT_URL = "https://api.anthropic.com"
_VERSION = "2023-06-01"
_OUTPUT_TOKENS = 8192
_BUDGETS = {"low": 2048, "medium": 8192, "high": 24_576}
_ADAPTIVE = re.compile(r"claude-(?:opus|sonnet|haiku)-(?:4[-.](?:[6-9]|\d{2})(?!\d)|(?:[5-9]|\d{2})(?!\d))")

_Block = dict[str, object]


class AnthropicMessages(HttpProvider):
    kind: str = "anthropic"

    def _call(self, request: ChatRequest) -> Call:
        body = msgspec.json.encode(encode_messages(request))
        return Call(self._url("messages"), body, self._headers(), (self._key,))

    def _headers(self) -> dict[str, str]:
        headers = {"Content-Type": "application/json", "anthropic-version": _VERSION}
        return {**headers, "x-api-key": self._key} if self._key else headers

    def _url(self, name: str) -> str:
        parts = urlsplit(self._base_url or DEFAULT_URL)
        path = parts.path.rstrip("/").removesuffix("/messages").removesuffix("/v1")
        return urlunsplit(parts._replace(path=f"{path}/v1/{name}"))

    def _decoder(self, request: ChatRequest) -> MessagesDecoder:
        return MessagesDecoder(taken_calls(request), seam(request))

    def _list_call(self) -> Call:
        return Call(self._url("models") + "?limit=1000", b"", self._headers(), (self._key,), "GET")

    def _list(self, body: bytes) -> list[DiscoveredModel]:
        listed = [members(item) for item in items(at(parsed(body), "data"))]
        return [DiscoveredModel(text(item.get("id")), text(item.get("display_name"))) for item in listed if item.get("id")]


def seam(request: ChatRequest) -> str:
    """Return the white space at the end of a started answer: Anthropic refuses it, so it is cut off and looked for in what comes."""
    last = request.messages[-1] if request.messages else None
    if last is None or last.role != "assistant" or not last.parts or not isinstance(last.parts[-1], TextPart):
        return ""
    said = last.parts[-1].text
    return said[len(said.rstrip()) :]


def encode_messages(request: ChatRequest) -> dict[str, object]:
    """Return the request's body."""
    known_output = known("anthropic", request.model).output_tokens
    limit = request.max_tokens or known_output or _OUTPUT_TOKENS
    body: dict[str, object] = {"model": request.model, "stream": True, "max_tokens": limit, "messages": _turns(request)}
    system = "\n\n".join(part.text for message in request.messages if message.role == "system" for part in _texts(message))
    if system:
        body["system"] = system
    if request.tools:
        body["tools"] = [{"name": tool.name, "description": tool.description, "input_schema": tool.parameters} for tool in request.tools]
    thinking = _thinking(request, limit)
    body.update(thinking)
    if not thinking:
        given = {"temperature": request.temperature, "top_p": request.top_p if request.temperature is None else None}
        body.update({name: value for name, value in given.items() if value is not None})
    if request.user:
        body["metadata"] = {"user_id": request.user}
    return {**body, **request.extra}


def _thinking(request: ChatRequest, limit: int) -> dict[str, object]:
    """Return the members that switch thinking on; a started answer cannot be continued with it."""
    effort = request.reasoning_effort
    continues = bool(request.messages) and request.messages[-1].role == "assistant"
    if effort is None or effort == "none" or continues or known("anthropic", request.model).reasoning is False:
        return {}
    if _ADAPTIVE.search(request.model):
        return {"thinking": {"type": "adaptive"}, "output_config": {"effort": effort}}
    budget = min(_BUDGETS[effort], limit - 1024)
    return {"thinking": {"type": "enabled", "budget_tokens": budget}} if budget >= 1024 else {}


def _texts(message: PromptMessage) -> list[TextPart]:
    return [part for part in message.parts if isinstance(part, TextPart) and part.text]


def _turns(request: ChatRequest) -> list[_Block]:
    """Return turns of user and assistant: the results of tools are the user's, and neighbours of one role are one turn."""
    turns: list[tuple[str, list[_Block]]] = []
    for message in request.messages:
        if message.role == "system":
            continue
        role = "assistant" if message.role == "assistant" else "user"
        blocks = [block for part in message.parts if (block := _block(part)) is not None]
        if not blocks:
            continue
        if turns and turns[-1][0] == role:
            turns[-1][1].extend(blocks)
        else:
            turns.append((role, blocks))
    cut = len(seam(request))
    if cut and turns:
        last = turns[-1][1][-1]
        last["text"] = text(last.get("text"))[:-cut]
        if not last["text"]:
            turns[-1][1].pop()
    return [{"role": role, "content": blocks} for role, blocks in turns if blocks]


def _block(part: PromptPart) -> _Block | None:
    match part:
        case TextPart(said):
            return {"type": "text", "text": said} if said else None
        case ImagePart(media_type, data):
            source = {"type": "base64", "media_type": media_type, "data": base64.b64encode(data).decode()}
            return {"type": "image", "source": source}
        case ReasoningPart(thought, signature):
            return _thought(thought, signature)
        case ToolCallPart(call, name, arguments):
            return {"type": "tool_use", "id": _id(call), "name": name, "input": arguments_object(arguments)}
        case ToolResultPart(call, _, content, is_error):
            result: _Block = {"type": "tool_result", "tool_use_id": _id(call), "content": content}
            return {**result, "is_error": True} if is_error else result


def _thought(thought: str, signature: str) -> _Block | None:
    """Return a thinking block with its own signature; without one, or with another vendor's, it would be refused."""
    redacted = unpack(signature, REDACTED)
    if redacted:
        return {"type": "redacted_thinking", "data": redacted}
    own = unpack(signature, ANTHROPIC)
    return {"type": "thinking", "thinking": thought, "signature": own} if own else None


def _id(call: str) -> str:
    """Return the call's id in the letters that Anthropic takes; another vendor's may hold others."""
    return re.sub(r"[^a-zA-Z0-9_-]", "_", call)
