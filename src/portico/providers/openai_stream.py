"""Decode a Chat Completions stream: OpenAI's own and those of the many servers that resemble it."""

from dataclasses import dataclass

import msgspec
from msgspec import Struct

from portico.providers.base import (
    Citation,
    Finish,
    FinishReason,
    PartStarted,
    ProviderEvent,
    ReasoningDelta,
    TextDelta,
    ToolCallDelta,
    ToolCallReady,
    ToolCallStarted,
    Usage,
)
from portico.providers.failures import failure, from_error
from portico.providers.reading import CallNames, at, chat_usage, items, json_text, members, parsed, text
from portico.providers.signatures import merge_details, sign_details

# Only what nearly every chunk carries has a type: one odd member among the others must not spoil a stream.


class _Function(Struct):
    name: str | None = None
    arguments: str | dict[str, object] | None = None


class _ToolCall(Struct):
    index: object = None
    id: str | None = None
    function: _Function | None = None
    custom: object = None


class _Delta(Struct):
    content: str | list[object] | None = None
    reasoning_content: str | None = None
    reasoning: str | dict[str, object] | None = None
    reasoning_details: list[object] | None = None
    tool_calls: list[_ToolCall] | None = None
    refusal: str | None = None
    annotations: list[object] | None = None
    executed_tools: list[object] | None = None
    images: list[object] | None = None
    function_call: _Function | None = None


class _Choice(Struct):
    delta: _Delta | None = None
    message: _Delta | None = None
    finish_reason: str | None = None
    index: int | None = 0


class _Chunk(Struct):
    choices: list[_Choice] | None = None
    usage: object = None
    error: object = None
    x_groq: object = None
    citations: object = None
    search_results: object = None
    detail: object = None
    message: object = None


_decode = msgspec.json.Decoder(_Chunk).decode

_REASONS: dict[str, FinishReason] = {
    "stop": "stop",
    "eos": "stop",
    "end_turn": "stop",
    "length": "length",
    "max_tokens": "length",
    "model_length": "length",
    "tool_calls": "tool_calls",
    "tool_use": "tool_calls",
    "function_call": "tool_calls",
    "content_filter": "content_filter",
    "sensitive": "content_filter",
}
_FAILED = {"error": "provider_failed", "network_error": "provider_failed", "insufficient_system_resource": "provider_overloaded"}


@dataclass(slots=True)
class _OpenCall:
    call: str
    upstream_id: str
    pieces: list[str]


class ChatDecoder:
    """State of one answer. `taken` are the ids of the tool calls that the conversation has already."""

    def __init__(self, taken: set[str]) -> None:
        self.ended: bool = False
        self.complete: bool = False
        self._names: CallNames = CallNames(taken)
        self._calls: dict[int, _OpenCall] = {}
        self._current: int = -1
        self._reason: FinishReason | None = None
        self._usage: Usage | None = None
        self._details: list[dict[str, object]] = []
        self._thinking: bool = False
        self._parts: int = 0
        self._refusal: list[str] = []
        self._cited: set[str] = set()

    def feed(self, data: bytes, out: list[ProviderEvent]) -> None:
        """See Decoder."""
        if data == b"[DONE]":
            self.ended = self.complete = True
            return
        chunk = _decode(data)
        if chunk.error or not chunk.choices:
            _refuse_error(chunk, data)
        if chunk.choices:
            for choice in chunk.choices:
                if not choice.index:
                    self._choice(choice, out)
        if chunk.usage or chunk.x_groq or chunk.citations or chunk.search_results:
            self._extras(chunk, out)

    def closing(self) -> list[ProviderEvent]:
        """See Decoder."""
        if not self.ended:
            raise failure("provider_cut", "the stream ended without a finish reason")
        out: list[ProviderEvent] = []
        self._close_thinking(out)
        if self._refusal:
            self._part(out, "refusal", data="".join(self._refusal))
        self._ready(out)
        reason = self._reason or ("tool_calls" if self._calls else "stop")
        if self._calls and reason == "stop":
            reason = "tool_calls"  # some servers say stop although they call
        if self._usage is not None:
            out.append(self._usage)
        out.append(Finish(reason))
        return out

    def _choice(self, choice: _Choice, out: list[ProviderEvent]) -> None:
        delta = choice.delta or choice.message
        if delta is not None:
            self._delta(delta, out)
        if choice.finish_reason:
            if choice.finish_reason in _FAILED:
                raise failure(_FAILED[choice.finish_reason], f"it finished with {choice.finish_reason}")
            self._reason = _REASONS.get(choice.finish_reason, "stop")
            self.ended = True

    def _delta(self, delta: _Delta, out: list[ProviderEvent]) -> None:
        content = delta.content
        if delta.reasoning_content or delta.reasoning or delta.reasoning_details:
            self._think(delta, out)
        if content:
            if self._thinking:
                self._close_thinking(out)
            if isinstance(content, str):
                out.append(TextDelta(content))
            else:
                self._blocks(content, out)
        if delta.tool_calls:
            self._close_thinking(out)
            for piece in delta.tool_calls:
                self._tool_piece(piece, out)
        if delta.refusal or delta.annotations or delta.executed_tools or delta.images or delta.function_call:
            self._rare(delta, out)

    def _think(self, delta: _Delta, out: list[ProviderEvent]) -> None:
        """Take thinking from the first of the three places that has it: routers fill two of them with the same words."""
        said = delta.reasoning_content or (delta.reasoning if isinstance(delta.reasoning, str) else "")
        if delta.reasoning_details:
            details = [members(item) for item in delta.reasoning_details]
            merge_details(self._details, details)
            said = said or "".join(text(item.get("text")) or text(item.get("summary")) for item in details)
        self._thinking = True
        if said:
            out.append(ReasoningDelta(said))

    def _close_thinking(self, out: list[ProviderEvent]) -> None:
        if self._thinking:
            self._thinking = False
            signature = sign_details(self._details)
            if signature:
                out.append(ReasoningDelta("", signature))
            self._details = []

    def _blocks(self, blocks: list[object], out: list[ProviderEvent]) -> None:
        """Read content in blocks, as Mistral and Cohere send it."""
        for block in map(members, blocks):
            kind = block.get("type")
            if kind == "thinking":
                said = block.get("thinking")
                words = said if isinstance(said, str) else "".join(text(members(item).get("text")) for item in items(said))
                self._thinking = True
                if words:
                    out.append(ReasoningDelta(words))
            elif kind == "image_url":
                self._part(out, "image", data=text(at(block, "image_url", "url")) or text(block.get("image_url")))
            elif words := text(block.get("text")):
                self._close_thinking(out)
                out.append(TextDelta(words))

    def _tool_piece(self, piece: _ToolCall, out: list[ProviderEvent]) -> None:
        function = piece.function or _Function()
        if piece.custom:
            custom = members(piece.custom)
            function = _Function(text(custom.get("name")) or None, text(custom.get("input")) or None)
        place = self._place(piece, function.name)
        if place not in self._calls:
            call = self._names.give(piece.id or "", len(self._calls))
            self._calls[place] = _OpenCall(call, piece.id or "", [])
            out.append(ToolCallStarted(call, function.name or ""))
        self._current = place
        if function.arguments:
            opened = self._calls[place]
            words = json_text(function.arguments)
            opened.pieces.append(words)
            out.append(ToolCallDelta(opened.call, words))

    def _place(self, piece: _ToolCall, name: str | None) -> int:
        """Tell which call a piece belongs to; a new id with a name begins a new one even under an old index, or under none."""
        numbered = isinstance(piece.index, int)
        found = piece.index if isinstance(piece.index, int) else self._current
        opened = self._calls.get(found)
        other = bool(piece.id) and opened is not None and opened.upstream_id != piece.id
        if other:
            same = next((place for place, call in self._calls.items() if call.upstream_id == piece.id), None)
            if same is not None:
                return same
        begins = bool(name) and (other or not (numbered or piece.id))
        return max(self._calls, default=-1) + 1 if begins or found < 0 else found

    def _rare(self, delta: _Delta, out: list[ProviderEvent]) -> None:
        if delta.refusal:
            self._refusal.append(delta.refusal)
        for item in delta.annotations or []:
            found = members(at(item, "url_citation") or item)
            self._cite(text(found.get("url")), text(found.get("title")), text(found.get("content")), out)
        for item in delta.executed_tools or []:
            self._part(out, "hosted_tool", text(members(item).get("type")) or "tool", json_text(item))
        for item in delta.images or []:
            self._part(out, "image", data=text(at(item, "image_url", "url")))
        if delta.function_call:
            self._tool_piece(_ToolCall(index=0, function=delta.function_call), out)

    def _part(self, out: list[ProviderEvent], kind: str, name: str = "", data: str = "") -> None:
        out.append(PartStarted(self._parts, kind, name, data))
        self._parts += 1

    def _cite(self, url: str, title: str, said: str, out: list[ProviderEvent]) -> None:
        if url and url not in self._cited:
            self._cited.add(url)
            out.append(Citation(url, title, said[:2000]))

    def _extras(self, chunk: _Chunk, out: list[ProviderEvent]) -> None:
        self._usage = chat_usage(chunk.usage) or self._usage
        if chunk.x_groq:
            self._usage = self._usage or chat_usage(at(chunk.x_groq, "usage"))
            if at(chunk.x_groq, "error"):
                raise from_error(at(chunk.x_groq, "error"))
        for item in map(members, items(chunk.search_results)):
            self._cite(text(item.get("url")), text(item.get("title")), text(item.get("snippet")), out)
        for url in items(chunk.citations):
            self._cite(text(url) or text(members(url).get("url")), "", "", out)

    def _ready(self, out: list[ProviderEvent]) -> None:
        out.extend(ToolCallReady(opened.call, "".join(opened.pieces) or "{}") for opened in self._calls.values())


def _refuse_error(chunk: _Chunk, data: bytes) -> None:
    """Raise what a server says instead of a piece of the answer, inside `error` or bare."""
    bare = chunk.choices is None and chunk.usage is None and (chunk.message or chunk.detail)
    if bare or chunk.error:
        raise from_error(parsed(data))
