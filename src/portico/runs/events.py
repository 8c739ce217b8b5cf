"""The wire contract of a run: RunEvent, mirrored in `web/src/api/events.ts`.

Every event has `seq`, which counts the coalesced events of a run 1, 2, 3 ... across attempts, and `attempt`. A client ignores types
that it does not know. `attempt_started` stands in the log only: the stream turns it into a `reset` frame.
"""

import msgspec

from portico.conversations.models import MessageError, Part
from portico.providers import base


class Event(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    seq: int
    attempt: int


class TextDelta(Event, frozen=True, tag="text_delta", gc=False):
    text: str


class ReasoningDelta(Event, frozen=True, tag="reasoning_delta", omit_defaults=True, gc=False):
    text: str
    signature: str = ""


class PartStarted(Event, frozen=True, tag="part_started", omit_defaults=True, gc=False):
    part: int
    kind: str
    name: str = ""
    data: str = ""
    media_type: str = ""
    width: int = 0
    height: int = 0


class ToolCallStarted(Event, frozen=True, tag="tool_call_started", gc=False):
    call: str
    name: str


class ToolCallDelta(Event, frozen=True, tag="tool_call_delta", gc=False):
    call: str
    json: str


class ToolCallReady(Event, frozen=True, tag="tool_call_ready", omit_defaults=True, gc=False):
    call: str
    arguments: str
    signature: str = ""


class ToolResult(Event, frozen=True, tag="tool_result", gc=False):
    call: str
    content: str
    is_error: bool = False


class Citation(Event, frozen=True, tag="citation", omit_defaults=True, gc=False):
    url: str
    title: str = ""
    text: str = ""


class Usage(Event, frozen=True, tag="usage", gc=False):
    """The tokens of one call of a model."""

    input: int = 0
    output: int = 0
    cached: int = 0
    reasoning: int = 0


class Notice(Event, frozen=True, tag="notice", omit_defaults=True, gc=False):
    code: str
    retry_at: int | None = None
    detail: str = ""


class ApprovalNeeded(Event, frozen=True, tag="approval_needed", gc=False):
    call: str


class RunFinished(Event, frozen=True, tag="run_finished", omit_defaults=True, gc=False):
    outcome: str
    error: MessageError | None = None


class AttemptStarted(Event, frozen=True, tag="attempt_started"):
    """A new attempt goes on from `parts`, which replace everything before. In the log only."""

    parts: tuple[Part, ...]


class CallStarted(Event, frozen=True, tag="call_started", gc=False):
    """A request to a provider, the `number`th of this attempt, is about to leave. In the log only."""

    provider: str
    model: str
    number: int


RunEvent = (
    TextDelta
    | ReasoningDelta
    | PartStarted
    | ToolCallStarted
    | ToolCallDelta
    | ToolCallReady
    | ToolResult
    | Citation
    | Usage
    | Notice
    | ApprovalNeeded
    | RunFinished
)
LogEvent = RunEvent | AttemptStarted | CallStarted


# What the engine yields: the provider's events and those that only a run has, all without a place in the log.


class ToolAnswered(msgspec.Struct, frozen=True, gc=False):
    call: str
    content: str
    is_error: bool


class ApprovalWanted(msgspec.Struct, frozen=True, gc=False):
    call: str


class Ended(msgspec.Struct, frozen=True, gc=False):
    """The engine is through: `outcome` is done, failed or needs_user."""

    outcome: str
    error: MessageError | None = None


EngineEvent = base.ProviderEvent | ToolAnswered | ApprovalWanted | Ended

_encoder = msgspec.json.Encoder()
_log = msgspec.json.Decoder(list[LogEvent])


def encode(event: LogEvent) -> bytes:
    """The event as compact JSON."""
    return _encoder.encode(event)


def decode_log(text: str | bytes) -> list[LogEvent]:
    """The events of one chunk of the log. Raises msgspec.ValidationError on a type that this version does not know."""
    return _log.decode(text)


def sequenced(event: EngineEvent, *, seq: int, attempt: int, call_number: int) -> LogEvent | None:
    """Give an engine's event its place in the log; None for what leaves no event behind (a provider's finish, the run's own end)."""
    match event:
        case base.TextDelta():
            return TextDelta(seq=seq, attempt=attempt, text=event.text)
        case base.ReasoningDelta():
            return ReasoningDelta(seq=seq, attempt=attempt, text=event.text, signature=event.signature)
        case base.PartStarted():
            return _part_started(event, seq, attempt)
        case base.ToolCallStarted():
            return ToolCallStarted(seq=seq, attempt=attempt, call=event.call, name=event.name)
        case base.ToolCallDelta():
            return ToolCallDelta(seq=seq, attempt=attempt, call=event.call, json=event.json)
        case base.ToolCallReady():
            return ToolCallReady(seq=seq, attempt=attempt, call=event.call, arguments=event.arguments, signature=event.signature)
        case base.CallStarted():
            return CallStarted(seq=seq, attempt=attempt, provider=event.provider, model=event.model, number=call_number)
        case base.Finish() | Ended():
            return None
        case _:
            return _sequenced_rare(event, seq=seq, attempt=attempt)


def _part_started(event: base.PartStarted, seq: int, attempt: int) -> PartStarted:
    return PartStarted(
        seq=seq,
        attempt=attempt,
        part=event.part,
        kind=event.kind,
        name=event.name,
        data=event.data,
        media_type=event.media_type,
        width=event.width,
        height=event.height,
    )


def _sequenced_rare(event: base.Citation | base.Usage | base.Notice | ToolAnswered | ApprovalWanted, *, seq: int, attempt: int) -> LogEvent:
    match event:
        case base.Citation():
            return Citation(seq=seq, attempt=attempt, url=event.url, title=event.title, text=event.text)
        case base.Usage():
            return Usage(seq=seq, attempt=attempt, input=event.input, output=event.output, cached=event.cached, reasoning=event.reasoning)
        case base.Notice():
            return Notice(seq=seq, attempt=attempt, code=event.code, retry_at=event.retry_at, detail=event.detail)
        case ToolAnswered():
            return ToolResult(seq=seq, attempt=attempt, call=event.call, content=event.content, is_error=event.is_error)
        case ApprovalWanted():
            return ApprovalNeeded(seq=seq, attempt=attempt, call=event.call)
