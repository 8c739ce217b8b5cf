"""Decode an Anthropic Messages stream."""

from dataclasses import dataclass, field

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType

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
from portico.providers.reading import CallNames, at, count, json_text, members, parsed, text
from portico.providers.signatures import ANTHROPIC, REDACTED


class _Delta(Struct):
    type: str = ""
    text: str | None = None
    thinking: str | None = None
    signature: str | None = None
    partial_json: str | None = None
    stop_reason: str | None = None
    citation: Raw | UnsetType = UNSET
    content: Raw | UnsetType = UNSET


class _Event(Struct):
    type: str = ""
    index: int = 0
    delta: _Delta | None = None
    content_block: Raw | UnsetType = UNSET
    message: Raw | UnsetType = UNSET
    usage: Raw | UnsetType = UNSET
    error: Raw | UnsetType = UNSET


_decode = msgspec.json.Decoder(_Event).decode

_REASONS: dict[str, FinishReason] = {
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "tool_use": "tool_calls",
    "pause_turn": "pause",
    "refusal": "content_filter",
}


@dataclass(slots=True)
class _Block:
    kind: str
    members: dict[str, object]
    call: str = ""
    pieces: list[str] = field(default_factory=list)


class MessagesDecoder:
    """State of one answer. `seam` is the white space that was cut from the started answer, which the model may say again."""

    def __init__(self, taken: set[str], seam: str = "") -> None:
        self.ended: bool = False
        self.complete: bool = False
        self._names: CallNames = CallNames(taken)
        self._blocks: dict[int, _Block] = {}
        self._usage: dict[str, object] = {}
        self._reason: FinishReason = "stop"
        self._calls: int = 0
        self._parts: int = 0
        self._seam: str = seam
        self._cited: set[str] = set()

    def feed(self, data: bytes, out: list[ProviderEvent]) -> None:
        """See Decoder."""
        event = _decode(data)
        kind = event.type
        if kind == "content_block_delta" and event.delta is not None:
            self._delta(event.index, event.delta, out)
        elif kind == "content_block_start":
            self._start(event, out)
        elif kind == "content_block_stop":
            self._stop(event.index, out)
        elif kind == "message_start" and event.message is not UNSET:
            self._count(at(parsed(event.message), "usage"))
        elif kind == "message_delta":
            self._message_delta(event)
        elif kind == "message_stop":
            self.ended = self.complete = True
        elif kind == "error" or event.error is not UNSET:
            raise from_error(parsed(data))

    def closing(self) -> list[ProviderEvent]:
        """See Decoder."""
        if not self.ended:
            raise failure("provider_cut", "the stream ended without a stop reason")
        out: list[ProviderEvent] = []
        for index in list(self._blocks):
            self._stop(index, out)
        if self._usage:
            out.append(self._total())
        out.append(Finish(self._reason))
        return out

    def _delta(self, index: int, delta: _Delta, out: list[ProviderEvent]) -> None:
        if delta.type == "text_delta":
            self._say(delta.text or "", out)
        elif delta.type == "thinking_delta":
            if delta.thinking:
                out.append(ReasoningDelta(delta.thinking))
        elif delta.type == "signature_delta":
            if delta.signature:
                out.append(ReasoningDelta("", ANTHROPIC + delta.signature))
        elif delta.type == "input_json_delta":
            self._input(index, delta.partial_json or "", out)
        elif delta.type == "citations_delta" and delta.citation is not UNSET:
            self._cite(members(parsed(delta.citation)), out)
        elif delta.content is not UNSET and index in self._blocks:
            self._blocks[index].pieces.append(text(parsed(delta.content)))

    def _say(self, words: str, out: list[ProviderEvent]) -> None:
        while self._seam and words and words[0] == self._seam[0]:
            words, self._seam = words[1:], self._seam[1:]
        if words:
            self._seam = ""
            out.append(TextDelta(words))

    def _input(self, index: int, words: str, out: list[ProviderEvent]) -> None:
        block = self._blocks.get(index)
        if block is None or not words:
            return
        block.pieces.append(words)
        if block.call:
            out.append(ToolCallDelta(block.call, words))

    def _start(self, event: _Event, out: list[ProviderEvent]) -> None:
        found = members(parsed(event.content_block)) if event.content_block is not UNSET else {}
        block = _Block(text(found.get("type")), found)
        self._blocks[event.index] = block
        if block.kind == "text":
            self._say(text(found.get("text")), out)
        elif block.kind == "thinking" and found.get("thinking"):
            out.append(ReasoningDelta(text(found.get("thinking"))))
        elif block.kind == "redacted_thinking":
            out.append(ReasoningDelta("", REDACTED + text(found.get("data"))))
        elif block.kind == "tool_use":
            block.call = self._names.give(text(found.get("id")), self._calls)
            self._calls += 1
            out.append(ToolCallStarted(block.call, text(found.get("name"))))

    def _stop(self, index: int, out: list[ProviderEvent]) -> None:
        block = self._blocks.pop(index, None)
        if block is None or block.kind in ("text", "thinking", "redacted_thinking"):
            return
        given = block.members.get("input")
        said = "".join(block.pieces)
        if block.call:
            out.append(ToolCallReady(block.call, said or (json_text(given) if given else "{}")))
            return
        if said:
            block.members["content" if block.kind == "compaction" else "input"] = said
        out.append(PartStarted(self._parts, "hosted_tool", text(block.members.get("name")) or block.kind, json_text(block.members)))
        self._parts += 1

    def _message_delta(self, event: _Event) -> None:
        if event.usage is not UNSET:
            self._count(parsed(event.usage))
        if event.delta is not None and event.delta.stop_reason:
            self._reason = _REASONS.get(event.delta.stop_reason, "stop")
            self.ended = True

    def _cite(self, citation: dict[str, object], out: list[ProviderEvent]) -> None:
        url = text(citation.get("url")) or text(citation.get("source"))
        if url and url not in self._cited:
            self._cited.add(url)
            out.append(Citation(url, text(citation.get("title")), text(citation.get("cited_text"))[:2000]))

    def _count(self, usage: object) -> None:
        self._usage.update({name: value for name, value in members(usage).items() if value is not None})

    def _total(self) -> Usage:
        """Return the last counts; Anthropic's `input_tokens` leaves out what was read from and written to its cache."""
        usage = self._usage
        cached = count(usage.get("cache_read_input_tokens"))
        total = count(usage.get("input_tokens")) + cached + count(usage.get("cache_creation_input_tokens"))
        thought = count(at(usage, "output_tokens_details", "thinking_tokens"))
        return Usage(total, count(usage.get("output_tokens")), cached, thought)
