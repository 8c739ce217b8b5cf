"""Decode a Gemini `streamGenerateContent` stream."""

import msgspec

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
from portico.providers.signatures import GEMINI

_REASONS: dict[str, FinishReason] = {"STOP": "stop", "FINISH_REASON_UNSPECIFIED": "stop", "MAX_TOKENS": "length"}
_FAILED = frozenset({"MALFORMED_FUNCTION_CALL", "UNEXPECTED_TOOL_CALL", "TOO_MANY_TOOL_CALLS", "OTHER", "MISSING_THOUGHT_SIGNATURE"})
_HOSTED = ("executableCode", "codeExecutionResult", "toolCall", "toolResponse", "fileData")


class GenerateDecoder:
    """State of one answer. Gemini sends some hundred tokens an event, so its shape need not be typed for speed."""

    def __init__(self, taken: set[str]) -> None:
        self.ended: bool = False
        self.complete: bool = False
        self._names: CallNames = CallNames(taken)
        self._usage: dict[str, object] = {}
        self._reason: FinishReason = "stop"
        self._calls: int = 0
        self._parts: int = 0
        self._cited: set[str] = set()

    def feed(self, data: bytes, out: list[ProviderEvent]) -> None:
        """See Decoder."""
        if data == b"[DONE]":
            self.complete = self.ended
            return
        found = parsed(data)
        for chunk in map(members, items(found) or [found]):
            self._chunk(chunk, out)

    def closing(self) -> list[ProviderEvent]:
        """See Decoder."""
        if not self.ended:
            raise failure("provider_cut", "the stream ended without a finish reason")
        reason = "tool_calls" if self._calls and self._reason == "stop" else self._reason
        usage: list[ProviderEvent] = [self._total()] if self._usage else []
        return [*usage, Finish(reason)]

    def _chunk(self, chunk: dict[str, object], out: list[ProviderEvent]) -> None:
        if chunk.get("error"):
            raise from_error(chunk)
        chunk = members(chunk.get("response")) or chunk  # Google's own tools wrap it
        self._usage.update(members(chunk.get("usageMetadata")))
        blocked = text(at(chunk, "promptFeedback", "blockReason"))
        candidates = items(chunk.get("candidates"))
        if blocked and not candidates:
            raise failure("content_filtered", f"the prompt was blocked: {blocked}")
        if candidates:
            self._candidate(members(candidates[0]), out)

    def _candidate(self, candidate: dict[str, object], out: list[ProviderEvent]) -> None:
        for part in items(at(candidate, "content", "parts")):
            self._part(members(part), out)
        for chunk in items(at(candidate, "groundingMetadata", "groundingChunks")):
            self._ground(members(chunk), out)
        reason = text(candidate.get("finishReason"))
        if reason in _FAILED:
            raise failure("provider_failed", f"it finished with {reason} {text(candidate.get('finishMessage'))}".strip())
        if reason:
            self._reason = _REASONS.get(reason, "content_filter")
            self.ended = True

    def _part(self, part: dict[str, object], out: list[ProviderEvent]) -> None:
        signature = text(part.get("thoughtSignature"))
        if "functionCall" in part:
            self._call(members(part["functionCall"]), signature, out)
            return
        words = text(part.get("text"))
        if words:
            out.append(ReasoningDelta(words) if part.get("thought") else TextDelta(words))
        hosted = next((name for name in _HOSTED if name in part), None)
        if hosted:
            self._started("hosted_tool", hosted, json_text(part[hosted]), out)
        elif "inlineData" in part:
            inline = members(part["inlineData"])
            url = f"data:{text(inline.get('mimeType'))};base64,{text(inline.get('data'))}"
            self._started("image", "", url, out)
        if signature:
            out.append(ReasoningDelta("", GEMINI + signature))

    def _started(self, kind: str, name: str, data: str, out: list[ProviderEvent]) -> None:
        out.append(PartStarted(self._parts, kind, name, data))
        self._parts += 1

    def _call(self, function: dict[str, object], signature: str, out: list[ProviderEvent]) -> None:
        call = self._names.give(text(function.get("id")), self._calls)
        self._calls += 1
        arguments = msgspec.json.encode(function.get("args") or {}).decode()
        out.append(ToolCallStarted(call, text(function.get("name"))))
        out.append(ToolCallDelta(call, arguments))
        out.append(ToolCallReady(call, arguments, GEMINI + signature if signature else ""))

    def _ground(self, chunk: dict[str, object], out: list[ProviderEvent]) -> None:
        source = members(chunk.get("web")) or members(chunk.get("retrievedContext")) or members(chunk.get("maps"))
        url = text(source.get("uri"))
        if url and url not in self._cited:
            self._cited.add(url)
            out.append(Citation(url, text(source.get("title")), text(source.get("text"))[:2000]))

    def _total(self) -> Usage:
        usage = self._usage
        thought = count(usage.get("thoughtsTokenCount"))
        asked = count(usage.get("promptTokenCount")) + count(usage.get("toolUsePromptTokenCount"))
        said = count(usage.get("candidatesTokenCount")) or count(usage.get("responseTokenCount"))
        return Usage(asked, said + thought, count(usage.get("cachedContentTokenCount")), thought)
