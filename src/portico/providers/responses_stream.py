"""Decode an OpenAI Responses stream."""

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
from portico.providers.reading import CallNames, at, count, items, json_text, members, parsed, text
from portico.providers.signatures import RESPONSES


class _Event(Struct):
    type: str = ""
    delta: object = None
    output_index: int | None = None
    item_id: str | None = None
    text: object = None
    item: Raw | UnsetType = UNSET
    annotation: Raw | UnsetType = UNSET
    response: Raw | UnsetType = UNSET
    error: Raw | UnsetType = UNSET
    output: Raw | UnsetType = UNSET
    object: str = ""


_decode = msgspec.json.Decoder(_Event).decode

_THINKING = ("response.reasoning_summary_text.", "response.reasoning_text.")
_CALLS = frozenset({"function_call", "custom_tool_call"})
_INCOMPLETE: dict[str, FinishReason] = {"content_filter": "content_filter"}


@dataclass(slots=True)
class _Item:
    """An output item under way. `said` tells whether its words came in deltas already, which some servers leave out."""

    call: str = ""
    pieces: list[str] = field(default_factory=list)
    said: bool = False
    summaries: int = 0
    ready: bool = False


class ResponsesDecoder:
    """State of one answer."""

    def __init__(self, taken: set[str]) -> None:
        self.ended: bool = False
        self.complete: bool = False
        self._names: CallNames = CallNames(taken)
        self._items: dict[int | str, _Item] = {}
        self._calls: int = 0
        self._parts: int = 0
        self._refusal: list[str] = []
        self._reason: FinishReason = "stop"
        self._usage: Usage | None = None
        self._cited: set[str] = set()

    def feed(self, data: bytes, out: list[ProviderEvent]) -> None:
        """See Decoder."""
        if data == b"[DONE]":
            return
        event = _decode(data)
        kind = event.type
        delta = event.delta if isinstance(event.delta, str) else ""
        if kind == "response.output_text.delta":
            self._item(event).said = True
            if delta:
                out.append(TextDelta(delta))
        elif kind.startswith(_THINKING):
            self._think(kind, event, delta, out)
        elif kind in ("response.function_call_arguments.delta", "response.custom_tool_call_input.delta"):
            self._argue(self._item(event), delta, out)
        elif kind == "response.refusal.delta":
            self._refusal.append(delta)
        else:
            self._seldom(kind, event, out, data)

    def closing(self) -> list[ProviderEvent]:
        """See Decoder."""
        if not self.ended:
            raise failure("provider_cut", "the stream ended before the response was completed")
        out: list[ProviderEvent] = []
        if self._refusal:
            self._part("refusal", "", "".join(self._refusal), out)
        open_calls = [item for item in self._items.values() if item.call and not item.ready]
        out.extend(ToolCallReady(item.call, "".join(item.pieces) or "{}") for item in open_calls)
        if self._usage is not None:
            out.append(self._usage)
        return [*out, Finish("tool_calls" if self._calls and self._reason == "stop" else self._reason)]

    def _item(self, event: _Event) -> _Item:
        key = event.output_index if event.output_index is not None else (event.item_id or "")
        found = self._items.get(key)
        if found is None:
            found = self._items[key] = _Item()
        return found

    def _think(self, kind: str, event: _Event, delta: str, out: list[ProviderEvent]) -> None:
        item = self._item(event)
        if kind.endswith(".delta") and delta:
            item.said = True
            out.append(ReasoningDelta(delta))
        elif kind.endswith(".done") and text(event.text) and not item.said:
            out.append(ReasoningDelta(text(event.text)))

    def _argue(self, item: _Item, words: str, out: list[ProviderEvent]) -> None:
        if item.call and words:
            item.pieces.append(words)
            out.append(ToolCallDelta(item.call, words))

    def _seldom(self, kind: str, event: _Event, out: list[ProviderEvent], data: bytes) -> None:
        if kind == "response.reasoning_summary_part.added":
            self._next_summary(self._item(event), out)
        elif kind == "response.output_item.added" and event.item is not UNSET:
            self._added(event, members(parsed(event.item)), out)
        elif kind == "response.output_item.done" and event.item is not UNSET:
            self._done(self._item(event), members(parsed(event.item)), out)
        elif kind == "response.output_text.done":
            self._unsaid(event, out)
        elif kind == "response.output_text.annotation.added" and event.annotation is not UNSET:
            self._cite(members(parsed(event.annotation)), out)
        elif kind in ("response.completed", "response.incomplete", "response.failed", "response.cancelled", "response.done"):
            self._last(kind, parsed(event.response) if event.response is not UNSET else {})
        elif event.object == "response" and event.output is not UNSET:
            self._document(data, out)
        elif kind == "error" or (event.error is not UNSET and parsed(event.error)):
            raise from_error(parsed(data))

    def _document(self, data: bytes, out: list[ProviderEvent]) -> None:
        """Read a whole response that was not streamed."""
        response = members(parsed(data))
        for number, item in enumerate(items(response.get("output"))):
            self._done(self._items.setdefault(number, _Item()), members(item), out)
        self._last(f"response.{text(response.get('status'))}", response)

    def _next_summary(self, item: _Item, out: list[ProviderEvent]) -> None:
        """Set the paragraphs of a summary apart: each begins with a heading that would run into the one before."""
        item.summaries += 1
        if item.summaries > 1:
            out.append(ReasoningDelta("\n\n"))

    def _unsaid(self, event: _Event, out: list[ProviderEvent]) -> None:
        item = self._item(event)
        if text(event.text) and not item.said:
            item.said = True
            out.append(TextDelta(text(event.text)))

    def _added(self, event: _Event, found: dict[str, object], out: list[ProviderEvent]) -> None:
        if text(found.get("type")) not in _CALLS:
            return
        item = self._item(event)
        item.call = self._names.give(text(found.get("call_id")) or text(found.get("id")), self._calls)
        self._calls += 1
        out.append(ToolCallStarted(item.call, text(found.get("name"))))

    def _done(self, item: _Item, found: dict[str, object], out: list[ProviderEvent]) -> None:
        kind = text(found.get("type"))
        if kind in _CALLS:
            self._call_done(item, found, out)
        elif kind == "message":
            if not item.said:
                words = "".join(text(members(block).get("text")) for block in items(found.get("content")))
                out.extend([TextDelta(words)] if words else [])
        elif kind == "reasoning":
            self._reasoned(found, out)
        elif kind == "image_generation_call" and text(found.get("result")):
            form = text(found.get("output_format")) or "png"
            self._part("image", "", f"data:image/{form};base64,{text(found.get('result'))}", out)
        elif kind:
            self._part("hosted_tool", kind, json_text(found), out)

    def _call_done(self, item: _Item, found: dict[str, object], out: list[ProviderEvent]) -> None:
        if not item.call:
            item.call = self._names.give(text(found.get("call_id")) or text(found.get("id")), self._calls)
            self._calls += 1
            out.append(ToolCallStarted(item.call, text(found.get("name"))))
        whole = text(found.get("arguments")) or text(found.get("input")) or "".join(item.pieces) or "{}"
        if not item.pieces:
            out.append(ToolCallDelta(item.call, whole))
        item.ready = True
        out.append(ToolCallReady(item.call, whole))

    def _reasoned(self, found: dict[str, object], out: list[ProviderEvent]) -> None:
        """Sign the thinking with what the next request must carry, because nothing is stored at the vendor."""
        sealed = text(found.get("encrypted_content"))
        if sealed:
            kept = {"id": found.get("id"), "encrypted_content": sealed, "summary": items(found.get("summary"))}
            out.append(ReasoningDelta("", RESPONSES + msgspec.json.encode(kept).decode()))

    def _part(self, kind: str, name: str, data: str, out: list[ProviderEvent]) -> None:
        out.append(PartStarted(self._parts, kind, name, data))
        self._parts += 1

    def _cite(self, annotation: dict[str, object], out: list[ProviderEvent]) -> None:
        url = text(annotation.get("url"))
        if url and url not in self._cited:
            self._cited.add(url)
            out.append(Citation(url, text(annotation.get("title"))))

    def _last(self, kind: str, response: object) -> None:
        if kind == "response.failed":
            raise from_error({"error": at(response, "error") or {"message": "the response failed", "code": "server_error"}})
        if kind == "response.cancelled":
            raise failure("provider_cut", "the response was cancelled at the provider")
        if kind == "response.incomplete":
            self._reason = _INCOMPLETE.get(text(at(response, "incomplete_details", "reason")), "length")
        usage = at(response, "usage")
        if members(usage):
            cached = count(at(usage, "input_tokens_details", "cached_tokens"))
            thought = count(at(usage, "output_tokens_details", "reasoning_tokens"))
            self._usage = Usage(count(at(usage, "input_tokens")), count(at(usage, "output_tokens")), cached, thought)
        self.ended = self.complete = True
