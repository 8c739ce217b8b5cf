"""Chat Completions: OpenAI and every server that speaks its protocol."""

import base64
import hashlib
import re

import aiohttp
import msgspec

from portico.providers.adapter import HttpProvider
from portico.providers.base import (
    Capabilities,
    ChatRequest,
    DiscoveredModel,
    ImagePart,
    PromptMessage,
    ReasoningPart,
    TextPart,
    ToolCallPart,
    ToolResultPart,
)
from portico.providers.catalogue import known
from portico.providers.dialect import Dialect, beta, dialect_of, endpoint
from portico.providers.openai_stream import ChatDecoder
from portico.providers.reading import at, count, items, members, parsed, text
from portico.providers.signatures import details_of
from portico.providers.wire import Call, Patience

DEFAULT_URL = "https://api.openai.com/v1"
_NO_SAMPLING = re.compile(r"(?:^|/)(o[1-9]|gpt-5)")


def data_url(image: ImagePart) -> str:
    return f"data:{image.media_type};base64,{base64.b64encode(image.data).decode()}"


class OpenAIChat(HttpProvider):
    """`vendor` names a kind of server that its address does not tell, as `vllm`."""

    kind: str = "openai"

    def __init__(
        self, session: aiohttp.ClientSession, base_url: str, key: str = "", patience: Patience | None = None, *, vendor: str = ""
    ) -> None:
        super().__init__(session, base_url, key, patience)
        self.vendor: str = vendor

    def _call(self, request: ChatRequest) -> Call:
        base_url = self._base_url or DEFAULT_URL
        dialect = dialect_of(base_url, self.vendor)
        url = endpoint(base_url, "chat/completions", model=request.model)
        if request.continuation == "prefix_flag" and dialect.vendor == "deepseek" and _trailing(request):
            url = beta(url)
        return Call(url, msgspec.json.encode(encode_chat(request, dialect)), self._headers(dialect), (self._key,))

    def _headers(self, dialect: Dialect) -> dict[str, str]:
        headers = {"Content-Type": "application/json", "Accept": "text/event-stream"}
        if self._key and dialect.key_header == "api-key":
            headers["api-key"] = self._key
        elif self._key:
            headers["Authorization"] = f"Bearer {self._key}"
        return headers

    def _decoder(self, request: ChatRequest) -> ChatDecoder:
        return ChatDecoder(taken_calls(request))

    def _list_call(self) -> Call:
        base_url = self._base_url or DEFAULT_URL
        headers = self._headers(dialect_of(base_url, self.vendor))
        headers["Accept"] = "application/json"
        return Call(endpoint(base_url, "models"), b"", headers, (self._key,), "GET")

    def _list(self, body: bytes) -> list[DiscoveredModel]:
        found = parsed(body)
        listed = items(at(found, "data")) or items(at(found, "models")) or items(found)
        models = [_discovered(members(item)) for item in listed]
        return [model for model in models if model.id]


def taken_calls(request: ChatRequest) -> set[str]:
    return {part.call for message in request.messages for part in message.parts if isinstance(part, ToolCallPart)}


def _trailing(request: ChatRequest) -> bool:
    return bool(request.messages) and request.messages[-1].role == "assistant"


def encode_chat(request: ChatRequest, dialect: Dialect) -> dict[str, object]:
    """Return the request's body."""
    body: dict[str, object] = {"model": request.model, "stream": True, "messages": _messages(request, dialect)}
    if dialect.stream_options:
        body["stream_options"] = {"include_usage": True}
    if request.tools:
        body["tools"] = [
            {"type": "function", "function": {"name": tool.name, "description": tool.description, "parameters": tool.parameters}}
            for tool in request.tools
        ]
    if request.max_tokens is not None:
        body[dialect.tokens_field] = request.max_tokens
    if not (dialect.vendor in ("openai", "azure") and _NO_SAMPLING.search(request.model)):
        body.update(_sampling(request))
    if request.seed is not None:
        body["random_seed" if dialect.vendor == "mistral" else "seed"] = request.seed
    if request.user and dialect.vendor in ("openai", "azure", "openrouter", "groq"):
        body["user"] = request.user
    body.update(_effort(request, dialect))
    if request.continuation == "vllm" and _trailing(request):
        body.update(continue_final_message=True, add_generation_prompt=False)
    return {**body, **request.extra}


def _sampling(request: ChatRequest) -> dict[str, object]:
    given = {"temperature": request.temperature, "top_p": request.top_p}
    return {name: value for name, value in given.items() if value is not None}


def _effort(request: ChatRequest, dialect: Dialect) -> dict[str, object]:
    effort = request.reasoning_effort
    if effort is None or not dialect.effort:
        return {}
    if dialect.effort == "nested":
        return {"reasoning": {"enabled": False} if effort == "none" else {"effort": effort}}
    if dialect.effort == "thinking":
        return {"thinking": {"type": "disabled" if effort == "none" else "enabled"}}
    reasons = known("openai", request.model, dialect.vendor).reasoning
    if effort == "none":
        return {"reasoning_effort": "none"} if re.search(r"(?:^|/)gpt-5\.\d", request.model) else {}
    return {"reasoning_effort": effort} if reasons is not False else {}


def _messages(request: ChatRequest, dialect: Dialect) -> list[dict[str, object]]:
    asked = max((i for i, message in enumerate(request.messages) if message.role == "user"), default=-1)
    encoded: list[dict[str, object]] = []
    for position, message in enumerate(request.messages):
        if message.role == "assistant":
            encoded.append(_assistant(message, dialect, at_work=position > asked))
        elif message.role == "tool":
            encoded.extend(_result(part, dialect) for part in message.parts if isinstance(part, ToolResultPart))
        else:
            encoded.append({"role": message.role, "content": _content(message)})
    if request.continuation == "prefix_flag" and _trailing(request):
        encoded[-1]["prefix"] = True
    return encoded


def _content(message: PromptMessage) -> str | list[dict[str, object]]:
    if not any(isinstance(part, ImagePart) for part in message.parts):
        return "".join(part.text for part in message.parts if isinstance(part, TextPart))
    blocks: list[dict[str, object]] = []
    for part in message.parts:
        if isinstance(part, TextPart):
            blocks.append({"type": "text", "text": part.text})
        elif isinstance(part, ImagePart):
            blocks.append({"type": "image_url", "image_url": {"url": data_url(part)}})
    return blocks


def _assistant(message: PromptMessage, dialect: Dialect, *, at_work: bool) -> dict[str, object]:
    said = "".join(part.text for part in message.parts if isinstance(part, TextPart))
    calls = [part for part in message.parts if isinstance(part, ToolCallPart)]
    thought = [part for part in message.parts if isinstance(part, ReasoningPart)]
    encoded: dict[str, object] = {"role": "assistant", "content": said if said or not calls else None}
    if calls:
        encoded["tool_calls"] = [
            {
                "id": _call_id(part.call, dialect),
                "type": "function",
                "function": {"name": part.name, "arguments": part.arguments or "{}"},
            }
            for part in calls
        ]
    details = [block for part in thought for block in details_of(part.signature)]
    if details:
        encoded["reasoning_details"] = details
    elif at_work and thought and dialect.returns_reasoning:
        encoded["reasoning_content"] = "".join(part.text for part in thought)
    return encoded


def _result(part: ToolResultPart, dialect: Dialect) -> dict[str, object]:
    return {"role": "tool", "tool_call_id": _call_id(part.call, dialect), "content": part.content}


def _call_id(call: str, dialect: Dialect) -> str:
    """Return the call's id as the server takes it: Mistral wants nine letters or digits, which another vendor's id is not."""
    if dialect.vendor != "mistral" or re.fullmatch(r"[a-zA-Z0-9]{9}", call):
        return call
    return hashlib.sha256(call.encode()).hexdigest()[:9]


def _discovered(item: dict[str, object]) -> DiscoveredModel:
    """Read one entry of a list of models; OpenRouter, Mistral, Groq, vLLM and Together say more than the id, each in its own words."""
    name = text(item.get("id")) or text(item.get("name"))
    inputs = items(at(item, "architecture", "input_modalities"))
    parameters = items(item.get("supported_parameters"))
    functions = at(item, "capabilities", "function_calling")
    sees = at(item, "capabilities", "vision")
    window = next((size for name in _WINDOWS if (size := count(item.get(name)))), 0)
    longest = count(at(item, "top_provider", "max_completion_tokens")) or count(item.get("max_completion_tokens"))
    capabilities = Capabilities(
        vision=("image" in inputs) if inputs else (sees if isinstance(sees, bool) else None),
        tools=("tools" in parameters) if parameters else (functions if isinstance(functions, bool) else None),
        reasoning=("reasoning" in parameters) if parameters else None,
        context_tokens=window or None,
        output_tokens=longest or None,
        input_price=_price(at(item, "pricing", "prompt")),
        output_price=_price(at(item, "pricing", "completion")),
        continuation="vllm" if item.get("owned_by") == "vllm" else None,
    )
    return DiscoveredModel(name, text(item.get("display_name")) or text(item.get("name")), capabilities)


_WINDOWS = ("context_length", "context_window", "max_context_length", "max_model_len")


def _price(value: object) -> float | None:
    """Read OpenRouter's price, a text of dollars a token; below zero means that it depends."""
    try:
        price = float(value) * 1e6 if isinstance(value, str) else -1.0
    except ValueError:
        return None
    return round(price, 6) if price >= 0 else None
