"""OpenAI Responses. Nothing is stored at the vendor: the whole conversation goes out, with the sealed thinking that it gave."""

from typing import cast

import msgspec

from portico.providers.base import ChatRequest, ImagePart, PromptMessage, PromptPart, ReasoningPart, TextPart, ToolCallPart, ToolResultPart
from portico.providers.catalogue import known
from portico.providers.dialect import dialect_of, endpoint
from portico.providers.openai import DEFAULT_URL, OpenAIChat, data_url, taken_calls
from portico.providers.reading import parsed
from portico.providers.responses_stream import ResponsesDecoder
from portico.providers.signatures import RESPONSES, unpack
from portico.providers.wire import Call

_Item = dict[str, object]


class OpenAIResponses(OpenAIChat):
    kind: str = "openai-responses"

    def _call(self, request: ChatRequest) -> Call:
        base_url = self._base_url or DEFAULT_URL
        url = endpoint(base_url, "responses", model=request.model)
        return Call(url, msgspec.json.encode(encode_responses(request)), self._headers(dialect_of(base_url)), (self._key,))

    def _decoder(self, request: ChatRequest) -> ResponsesDecoder:  # pyright: ignore[reportIncompatibleMethodOverride] -- both are a Decoder
        return ResponsesDecoder(taken_calls(request))


def encode_responses(request: ChatRequest) -> dict[str, object]:
    """Return the request's body."""
    body: dict[str, object] = {"model": request.model, "stream": True, "store": False, "input": _input(request)}
    system = "\n\n".join(
        part.text for message in request.messages if message.role == "system" for part in message.parts if isinstance(part, TextPart)
    )
    if system:
        body["instructions"] = system
    if request.tools:
        body["tools"] = [
            {"type": "function", "name": tool.name, "description": tool.description, "parameters": tool.parameters, "strict": False}
            for tool in request.tools
        ]
    if request.max_tokens is not None:
        body["max_output_tokens"] = request.max_tokens
    body.update(_thinking(request))
    if "reasoning" not in body:
        given = {"temperature": request.temperature, "top_p": request.top_p}
        body.update({name: value for name, value in given.items() if value is not None})
    if request.user:
        body["safety_identifier"] = request.user
    return {**body, **request.extra}


def _thinking(request: ChatRequest) -> dict[str, object]:
    reasons = known("openai-responses", request.model).reasoning
    if reasons is not True and request.reasoning_effort in (None, "none"):
        return {}
    if reasons is False:
        return {}
    effort = request.reasoning_effort
    reasoning: dict[str, object] = {"summary": "auto"} if effort is None else {"summary": "auto", "effort": effort}
    return {"reasoning": reasoning, "include": ["reasoning.encrypted_content"]}


def _input(request: ChatRequest) -> list[_Item]:
    encoded: list[_Item] = []
    for message in request.messages:
        if message.role == "user":
            encoded.append({"role": "user", "content": [block for part in message.parts if (block := _asked(part)) is not None]})
        elif message.role != "system":
            encoded.extend(_items(message))
    return encoded


def _asked(part: PromptPart) -> _Item | None:
    if isinstance(part, TextPart):
        return {"type": "input_text", "text": part.text}
    return {"type": "input_image", "image_url": data_url(part)} if isinstance(part, ImagePart) else None


def _items(message: PromptMessage) -> list[_Item]:
    """Return the items of an assistant's or a tool's turn; thinking that nothing follows would be refused."""
    encoded: list[_Item] = []
    for position, part in enumerate(message.parts):
        match part:
            case TextPart(said) if said:
                encoded.append({"role": "assistant", "content": [{"type": "output_text", "text": said}]})
            case ToolCallPart(call, name, arguments):
                encoded.append({"type": "function_call", "call_id": call, "name": name, "arguments": arguments or "{}"})
            case ToolResultPart(call, _, content):
                encoded.append({"type": "function_call_output", "call_id": call, "output": content})
            case ReasoningPart(_, signature):
                kept = unpack(signature, RESPONSES)
                followed = any(isinstance(later, TextPart | ToolCallPart) for later in message.parts[position + 1 :])
                if kept and followed:
                    encoded.append({"type": "reasoning", **cast("_Item", parsed(kept))})  # our own packing: always an object
            case _:
                pass
    return encoded
