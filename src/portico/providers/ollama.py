"""Ollama's own `/api/chat`, in newline-delimited JSON."""

import asyncio
import base64
from urllib.parse import urlsplit, urlunsplit

import msgspec

from portico.providers.adapter import HttpProvider
from portico.providers.base import (
    Capabilities,
    ChatRequest,
    DiscoveredModel,
    Finish,
    FinishReason,
    ImagePart,
    PromptMessage,
    ProviderError,
    ProviderEvent,
    ReasoningDelta,
    ReasoningPart,
    TextDelta,
    TextPart,
    ToolCallDelta,
    ToolCallPart,
    ToolCallReady,
    ToolCallStarted,
    ToolResultPart,
    Usage,
)
from portico.providers.failures import failure, from_error
from portico.providers.openai import taken_calls
from portico.providers.reading import CallNames, arguments_object, at, count, items, json_text, members, parsed, text
from portico.providers.sse import LineSplitter, Splitter
from portico.providers.wire import Call, fetch

DEFAULT_URL = "http://127.0.0.1:11434"
_REASONS: dict[str, FinishReason] = {"length": "length"}
_ASK_AT_MOST = 40


class _Function(msgspec.Struct):
    name: str = ""
    arguments: dict[str, object] | str | None = None


class _Call(msgspec.Struct):
    function: _Function | None = None
    id: str | None = None


class _Message(msgspec.Struct):
    content: str | None = None
    thinking: str | None = None
    tool_calls: list[_Call] | None = None


class _Line(msgspec.Struct):
    message: _Message | None = None
    done: bool = False
    done_reason: str | None = None
    prompt_eval_count: int | None = None
    eval_count: int | None = None
    error: object = None


_decode = msgspec.json.Decoder(_Line).decode


class OllamaDecoder:
    """State of one answer."""

    def __init__(self, taken: set[str]) -> None:
        self.ended: bool = False
        self.complete: bool = False
        self._names: CallNames = CallNames(taken)
        self._calls: int = 0
        self._reason: FinishReason = "stop"
        self._usage: Usage | None = None

    def feed(self, data: bytes, out: list[ProviderEvent]) -> None:
        """See Decoder."""
        line = _decode(data)
        if line.error:
            raise from_error({"error": line.error})
        if line.message is not None:
            self._message(line.message, out)
        if line.done:
            if line.prompt_eval_count is not None or line.eval_count is not None:
                self._usage = Usage(line.prompt_eval_count or 0, line.eval_count or 0)
            self._reason = _REASONS.get(line.done_reason or "", "stop")
            self.ended = self.complete = True

    def closing(self) -> list[ProviderEvent]:
        """See Decoder."""
        if not self.ended:
            raise failure("provider_cut", "the stream ended before it was done")
        usage: list[ProviderEvent] = [self._usage] if self._usage is not None else []
        return [*usage, Finish("tool_calls" if self._calls and self._reason == "stop" else self._reason)]

    def _message(self, message: _Message, out: list[ProviderEvent]) -> None:
        if message.thinking:
            out.append(ReasoningDelta(message.thinking))
        if message.content:
            out.append(TextDelta(message.content))
        for found in message.tool_calls or []:
            function = found.function or _Function()
            call = self._names.give(found.id or "", self._calls)
            self._calls += 1
            arguments = json_text(function.arguments or {})
            out += [ToolCallStarted(call, function.name), ToolCallDelta(call, arguments), ToolCallReady(call, arguments)]


class OllamaChat(HttpProvider):
    kind: str = "ollama"

    def _call(self, request: ChatRequest) -> Call:
        return self._post("chat", encode_ollama(request))

    def _post(self, name: str, body: dict[str, object]) -> Call:
        return Call(self._url(name), msgspec.json.encode(body), self._headers(), (self._key,))

    def _headers(self) -> dict[str, str]:
        headers = {"Content-Type": "application/json"}
        return {**headers, "Authorization": f"Bearer {self._key}"} if self._key else headers

    def _url(self, name: str) -> str:
        parts = urlsplit(self._base_url or DEFAULT_URL)
        path = parts.path.rstrip("/").removesuffix("/chat").removesuffix("/v1").removesuffix("/api")
        return urlunsplit(parts._replace(path=f"{path}/api/{name}"))

    def _splitter(self, piece: bytes) -> Splitter:
        if piece.lstrip()[:1] == b"<":
            raise failure("provider_protocol", "it answered with a web page")
        return LineSplitter()

    def _decoder(self, request: ChatRequest) -> OllamaDecoder:
        return OllamaDecoder(taken_calls(request))

    async def models(self) -> list[DiscoveredModel]:
        """See ChatProvider. Asks for each model's abilities, too, because the list does not tell them."""
        found = await super().models()
        asked = await asyncio.gather(*(self._describe(model) for model in found[:_ASK_AT_MOST]))
        return [*asked, *found[_ASK_AT_MOST:]]

    async def _describe(self, model: DiscoveredModel) -> DiscoveredModel:
        try:
            said = parsed(await fetch(self._session, self._post("show", {"model": model.id}), self._patience))
        except (ProviderError, msgspec.DecodeError):
            return model  # an old server without the list of abilities; the catalogue may know the name
        abilities = items(at(said, "capabilities"))
        windows = [count(value) for name, value in members(at(said, "model_info")).items() if name.endswith(".context_length")]
        capabilities = Capabilities(
            vision="vision" in abilities if abilities else None,
            tools="tools" in abilities if abilities else None,
            reasoning="thinking" in abilities if abilities else None,
            context_tokens=max(windows, default=0) or None,
        )
        return DiscoveredModel(model.id, model.name, capabilities)

    def _list_call(self) -> Call:
        return Call(self._url("tags"), b"", self._headers(), (self._key,), "GET")

    def _list(self, body: bytes) -> list[DiscoveredModel]:
        names = [text(members(item).get("name")) for item in items(at(parsed(body), "models"))]
        return [DiscoveredModel(name) for name in names if name]


def encode_ollama(request: ChatRequest) -> dict[str, object]:
    """Return the request's body."""
    body: dict[str, object] = {"model": request.model, "stream": True}
    body["messages"] = [encoded for message in request.messages for encoded in _messages(message)]
    if request.tools:
        body["tools"] = [
            {"type": "function", "function": {"name": tool.name, "description": tool.description, "parameters": tool.parameters}}
            for tool in request.tools
        ]
    if request.reasoning_effort is not None:
        levels = "gpt-oss" in request.model and request.reasoning_effort != "none"
        body["think"] = request.reasoning_effort if levels else request.reasoning_effort != "none"
    given = {"temperature": request.temperature, "top_p": request.top_p, "num_predict": request.max_tokens, "seed": request.seed}
    options = {name: value for name, value in given.items() if value is not None}
    if options:
        body["options"] = options
    return {**body, **request.extra}


def _messages(message: PromptMessage) -> list[dict[str, object]]:
    if message.role == "tool":
        results = [part for part in message.parts if isinstance(part, ToolResultPart)]
        return [{"role": "tool", "content": part.content, "tool_name": part.name, "tool_call_id": part.call} for part in results]
    encoded: dict[str, object] = {"role": message.role}
    encoded["content"] = "".join(part.text for part in message.parts if isinstance(part, TextPart))
    images = [base64.b64encode(part.data).decode() for part in message.parts if isinstance(part, ImagePart)]
    calls = [part for part in message.parts if isinstance(part, ToolCallPart)]
    thought = "".join(part.text for part in message.parts if isinstance(part, ReasoningPart))
    if images:
        encoded["images"] = images
    if calls:
        encoded["tool_calls"] = [
            {"id": part.call, "function": {"name": part.name, "arguments": arguments_object(part.arguments)}} for part in calls
        ]
        if thought:
            encoded["thinking"] = thought
    return [encoded]
