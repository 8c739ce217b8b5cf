"""Google Gemini, `streamGenerateContent`."""

import base64
import re
from urllib.parse import quote, urlsplit, urlunsplit

import msgspec

from portico.providers.adapter import HttpProvider
from portico.providers.base import (
    Capabilities,
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
from portico.providers.gemini_stream import GenerateDecoder
from portico.providers.openai import taken_calls
from portico.providers.reading import arguments_object, at, count, items, members, parsed, text
from portico.providers.signatures import GEMINI, unpack
from portico.providers.wire import Call

DEFAULT_URL = "https://generativelanguage.googleapis.com"
_BUDGETS = {"none": 0, "low": 1024, "medium": 8192, "high": 24_576}
_VERSION = re.compile(r"/v\d+(alpha|beta)?\d*(/|$)")
# Google's own word for a call that no signature belongs to, as after a change of model.
_NO_SIGNATURE = "skip_thought_signature_validator"

_Part = dict[str, object]


class GeminiGenerate(HttpProvider):
    kind: str = "gemini"

    def _call(self, request: ChatRequest) -> Call:
        name = request.model.removeprefix("models/")
        url = self._url(f"models/{quote(name, safe='')}:streamGenerateContent", "alt=sse")
        return Call(url, msgspec.json.encode(encode_contents(request)), self._headers(), (self._key,))

    def _headers(self) -> dict[str, str]:
        headers = {"Content-Type": "application/json"}
        return {**headers, "x-goog-api-key": self._key} if self._key else headers

    def _url(self, name: str, query: str) -> str:
        parts = urlsplit(self._base_url or DEFAULT_URL)
        path = parts.path.rstrip("/").removesuffix("/models").removesuffix("/openai")
        if not _VERSION.search(path):
            path = f"{path}/v1beta"
        return urlunsplit(parts._replace(path=f"{path}/{name}", query=query))

    def _decoder(self, request: ChatRequest) -> GenerateDecoder:
        return GenerateDecoder(taken_calls(request))

    def _list_call(self) -> Call:
        return Call(self._url("models", "pageSize=1000"), b"", self._headers(), (self._key,), "GET")

    def _list(self, body: bytes) -> list[DiscoveredModel]:
        listed = [members(item) for item in items(at(parsed(body), "models"))]
        return [_discovered(item) for item in listed if "generateContent" in items(item.get("supportedGenerationMethods"))]


def _discovered(item: dict[str, object]) -> DiscoveredModel:
    thinks = item.get("thinking")
    asked, said = count(item.get("inputTokenLimit")), count(item.get("outputTokenLimit"))
    capabilities = Capabilities(
        reasoning=thinks if isinstance(thinks, bool) else None, context_tokens=asked + said or None, output_tokens=said or None
    )
    return DiscoveredModel(text(item.get("name")).removeprefix("models/"), text(item.get("displayName")), capabilities)


def encode_contents(request: ChatRequest) -> dict[str, object]:
    """Return the request's body."""
    body: dict[str, object] = {"contents": _contents(request)}
    system = "\n\n".join(
        part.text for message in request.messages if message.role == "system" for part in message.parts if isinstance(part, TextPart)
    )
    if system:
        body["systemInstruction"] = {"parts": [{"text": system}]}
    if request.tools:
        functions = [
            {"name": tool.name, "description": tool.description, "parametersJsonSchema": tool.parameters} for tool in request.tools
        ]
        body["tools"] = [{"functionDeclarations": functions}]
    config = _config(request)
    if config:
        body["generationConfig"] = config
    return {**body, **request.extra}


def _config(request: ChatRequest) -> dict[str, object]:
    given = {
        "temperature": request.temperature,
        "topP": request.top_p,
        "maxOutputTokens": request.max_tokens,
        "seed": request.seed,
        "thinkingConfig": _thinking(request),
    }
    return {name: value for name, value in given.items() if value is not None}


def _thinking(request: ChatRequest) -> dict[str, object] | None:
    if known("gemini", request.model).reasoning is not True:
        return None
    effort = request.reasoning_effort
    if effort is None:
        return {"includeThoughts": True}
    if re.search(r"gemini-3", request.model):
        return {"includeThoughts": effort != "none", "thinkingLevel": "low" if effort in ("none", "low") else "high"}
    least = 128 if "pro" in request.model else 0
    return {"includeThoughts": effort != "none", "thinkingBudget": max(least, _BUDGETS[effort])}


def _contents(request: ChatRequest) -> list[dict[str, object]]:
    """Return turns of user and model; neighbours of one role are one turn."""
    strict = bool(re.search(r"gemini-3", request.model))
    turns: list[tuple[str, list[_Part]]] = []
    for message in request.messages:
        if message.role == "system":
            continue
        role = "model" if message.role == "assistant" else "user"
        parts = _parts(message, strict=strict)
        if turns and turns[-1][0] == role:
            turns[-1][1].extend(parts)
        elif parts:
            turns.append((role, parts))
    return [{"role": role, "parts": parts} for role, parts in turns]


def _parts(message: PromptMessage, *, strict: bool) -> list[_Part]:
    return [encoded for part in message.parts if (encoded := _part(part, strict=strict)) is not None]


def _part(part: PromptPart, *, strict: bool) -> _Part | None:
    match part:
        case TextPart(said):
            return {"text": said} if said else None
        case ImagePart(media_type, data):
            return {"inlineData": {"mimeType": media_type, "data": base64.b64encode(data).decode()}}
        case ReasoningPart(_, signature):
            own = unpack(signature, GEMINI)
            return {"text": "", "thoughtSignature": own} if own else None
        case ToolCallPart(call, name, arguments, signature):
            own = unpack(signature, GEMINI) or (_NO_SIGNATURE if strict else "")
            encoded: _Part = {"functionCall": {"id": call, "name": name, "args": arguments_object(arguments)}}
            return {**encoded, "thoughtSignature": own} if own else encoded
        case ToolResultPart(call, name, content, is_error):
            return {"functionResponse": {"id": call, "name": name, "response": {"error" if is_error else "result": content}}}
