"""What a model back end is to Portico: one request in, batches of typed events out."""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Literal, Protocol

import msgspec

from portico.errors import PorticoError

Continuation = Literal["none", "instruct", "trailing", "prefix_flag", "vllm", "attach"]
FinishReason = Literal["stop", "length", "tool_calls", "content_filter", "pause", "error"]


# What goes in: a provider-neutral conversation.


@dataclass(frozen=True, slots=True)
class TextPart:
    text: str


@dataclass(frozen=True, slots=True)
class ImagePart:
    """An image as bytes; `media_type` is one of image/png, image/jpeg, image/webp, image/gif."""

    media_type: str
    data: bytes


@dataclass(frozen=True, slots=True)
class ReasoningPart:
    """Thinking that a model gave earlier; `signature` is what the vendor wants back with it, if anything."""

    text: str
    signature: str = ""


@dataclass(frozen=True, slots=True)
class ToolCallPart:
    """A call that the model asked for; `arguments` is JSON text; `signature` as for reasoning (Gemini)."""

    call: str
    name: str
    arguments: str
    signature: str = ""


@dataclass(frozen=True, slots=True)
class ToolResultPart:
    call: str
    name: str
    content: str
    is_error: bool = False


PromptPart = TextPart | ImagePart | ReasoningPart | ToolCallPart | ToolResultPart


@dataclass(frozen=True, slots=True)
class PromptMessage:
    """One turn. `tool` turns hold only ToolResultPart, one or more; `system` turns only text."""

    role: Literal["system", "user", "assistant", "tool"]
    parts: tuple[PromptPart, ...]


@dataclass(frozen=True, slots=True)
class ToolSpec:
    """A function offered to the model; `parameters` is a JSON Schema object."""

    name: str
    description: str
    parameters: dict[str, object]


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """One call of a model. `continuation` says how a trailing assistant turn is to be continued, if there is one."""

    model: str
    messages: tuple[PromptMessage, ...]
    tools: tuple[ToolSpec, ...] = ()
    temperature: float | None = None
    top_p: float | None = None
    max_tokens: int | None = None
    reasoning_effort: Literal["none", "low", "medium", "high"] | None = None
    seed: int | None = None
    continuation: Continuation = "none"
    user: str = ""
    extra: dict[str, object] = field(default_factory=dict)


# What comes out. Deltas are never empty; every event is immutable.


class TextDelta(msgspec.Struct, frozen=True, tag="text_delta", gc=False):
    text: str


class ReasoningDelta(msgspec.Struct, frozen=True, tag="reasoning_delta", omit_defaults=True, gc=False):
    """Thinking; a delta with an empty text and a signature closes the block it belongs to."""

    text: str
    signature: str = ""


class PartStarted(msgspec.Struct, frozen=True, tag="part_started", omit_defaults=True, gc=False):
    """A part that is neither text, reasoning nor a tool call of ours begins: what a vendor executed itself.

    `kind` is `hosted_tool` (name, and in `data` its JSON), or `refusal` or `image` (data URL); `part` numbers them within one call.
    Once an image is stored, `data` is the id of its file, and type and size are known.
    """

    part: int
    kind: str
    name: str = ""
    data: str = ""
    media_type: str = ""
    width: int = 0
    height: int = 0


class ToolCallStarted(msgspec.Struct, frozen=True, tag="tool_call_started", gc=False):
    call: str
    name: str


class ToolCallDelta(msgspec.Struct, frozen=True, tag="tool_call_delta", gc=False):
    """A piece of the call's arguments, JSON text that is not complete yet."""

    call: str
    json: str


class ToolCallReady(msgspec.Struct, frozen=True, tag="tool_call_ready", omit_defaults=True, gc=False):
    """The call's arguments are complete; `arguments` is the whole JSON text, `{}` when the model sent none."""

    call: str
    arguments: str
    signature: str = ""


class Citation(msgspec.Struct, frozen=True, tag="citation", omit_defaults=True, gc=False):
    url: str
    title: str = ""
    text: str = ""


class Usage(msgspec.Struct, frozen=True, tag="usage", omit_defaults=True, gc=False):
    """Tokens of one call. `input` includes `cached`; `output` includes `reasoning`. At most one a call, the last word."""

    input: int = 0
    output: int = 0
    cached: int = 0
    reasoning: int = 0


class Notice(msgspec.Struct, frozen=True, tag="notice", omit_defaults=True, gc=False):
    """Something the person should know: `retry`, `fallback`, `continued`, `trimmed`, `length`. `retry_at` is epoch milliseconds."""

    code: str
    retry_at: int | None = None
    detail: str = ""


class CallStarted(msgspec.Struct, frozen=True, tag="call_started", gc=False):
    """A request left for a provider: one for every attempt, so that every call gets its cost entry. Not sent to clients."""

    provider: str
    model: str


class Finish(msgspec.Struct, frozen=True, tag="finish", gc=False):
    """The provider said that the answer is complete. A stream that ends without it was cut: ProviderError `provider_cut`."""

    reason: FinishReason


ProviderEvent = (
    TextDelta
    | ReasoningDelta
    | PartStarted
    | ToolCallStarted
    | ToolCallDelta
    | ToolCallReady
    | Citation
    | Usage
    | Notice
    | CallStarted
    | Finish
)


class ProviderError(PorticoError):
    """A model back end failed. `code` is set per instance from `CODES`; `retryable` says whether the same call may succeed soon."""

    title: ClassVar[str] = "The model's provider failed"
    status: ClassVar[int] = 502
    CODES: ClassVar[dict[str, str]] = {
        "provider_auth": "The provider refuses the key: an administrator must check it under Settings, Providers.",
        "provider_forbidden": "The key may not use this model: choose another model, or ask an administrator.",
        "provider_rate_limited": "The provider is at its rate limit: wait a moment and try again, or choose another model.",
        "provider_quota": "The provider's credit is used up: an administrator must top it up; choose another model meanwhile.",
        "provider_overloaded": "The provider is overloaded: try again in a minute, or choose another model.",
        "provider_unreachable": "The provider cannot be reached: try again, or choose another model.",
        "provider_timeout": "The provider did not answer in time: try again, or choose another model.",
        "provider_cut": "The provider ended the answer in the middle: continue or regenerate it.",
        "provider_protocol": "The provider answered something that is not its protocol: check its address and kind.",
        "provider_rejected": "The provider rejected the request: see its message.",
        "provider_prefill_refused": "This model does not continue a started answer.",
        "provider_failed": "The provider had an error of its own: try again, or choose another model.",
        "context_too_long": "The conversation is too long for this model: start a new one, or choose a model with a larger window.",
        "content_filtered": "The provider's content filter stopped the answer: rephrase the question.",
        "model_not_found": "The provider does not have this model: choose another one.",
        "provider_circuit_open": "The provider failed often in the last seconds and is left alone for a moment: try again in 15 s.",
    }

    def __init__(
        self, code: str, message: str = "", *, retryable: bool = False, retry_after_s: float | None = None, upstream_status: int = 0
    ) -> None:
        self.code: str = code  # pyright: ignore[reportIncompatibleVariableOverride] -- one class, one code an instance
        self.message: str = message  # the provider's own words, shortened; for the log and the administrator
        self.retryable: bool = retryable
        self.upstream_status: int = upstream_status
        super().__init__(self.CODES[code], retry_after_s=retry_after_s, provider_message=message[:500])


class Capabilities(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a model can do. None means unknown; `context_tokens` is input plus output."""

    vision: bool | None = None
    tools: bool | None = None
    reasoning: bool | None = None
    context_tokens: int | None = None
    output_tokens: int | None = None
    continuation: Continuation | None = None
    input_price: float | None = None  # US dollars per million tokens
    output_price: float | None = None
    cached_price: float | None = None


@dataclass(frozen=True, slots=True)
class DiscoveredModel:
    id: str
    name: str = ""
    capabilities: Capabilities = field(default_factory=Capabilities)


class ChatProvider(Protocol):
    """One model server with its key. Holds no state between calls but its connection pool."""

    def stream(self, request: ChatRequest) -> AsyncGenerator[Sequence[ProviderEvent]]:
        """Ask once and yield, for each read of the wire, the events that it brought, in order.

        A batch may be empty: bytes came but no event (a ping). The caller may wait between batches; the socket then slows the
        provider down. Raises ProviderError; closing the iterator closes the connection.
        """
        ...

    async def models(self) -> list[DiscoveredModel]:
        """List what the server offers; empty when it has no list. Raises ProviderError."""
        ...
