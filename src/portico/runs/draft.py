"""The fold of a run's events into the parts of its message: pure, and the same as `web/src/conversation/reduce.ts`."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from portico.conversations import models as m
from portico.runs import events as e

JOIN_PIECES = 256  # a small string weighs ten times its letters: so many of them become one


@dataclass(slots=True)
class OpenText:
    """Text or reasoning that still grows; `pieces` are joined when somebody asks."""

    kind: str
    pieces: list[str] = field(default_factory=list)
    signature: str = ""
    began: float = 0.0
    ended: float = 0.0

    def part(self) -> m.TextPart | m.ReasoningPart:
        text = "".join(self.pieces)
        self.pieces = [text]
        if self.kind == "text":
            return m.TextPart(text)
        duration_ms = round((self.ended - self.began) * 1000) if self.ended > self.began else None
        return m.ReasoningPart(text, self.signature, duration_ms)


@dataclass(slots=True)
class OpenCall:
    """A tool call whose arguments still arrive, or whose result does."""

    call: str
    name: str
    pieces: list[str] = field(default_factory=list)
    ready: bool = False
    state: m.ToolCallState = "pending"
    content: str | None = None
    is_error: bool = False
    signature: str = ""

    def part(self) -> m.ToolCallPart:
        arguments = "".join(self.pieces)
        return m.ToolCallPart(self.call, self.name, arguments, self.state, self.content, self.is_error, self.signature)


Open = OpenText | OpenCall | m.Part


class Draft:
    """An answer under way. `parts()` is a snapshot; `apply` must see every event of the log in order."""

    def __init__(self, parts: Sequence[m.Part] = ()) -> None:
        self._open: list[Open] = [_reopen(part) for part in parts]
        self.outcome: e.RunFinished | None = None
        self.notices: list[m.NoticePart] = []

    def parts(self) -> tuple[m.Part, ...]:
        """The parts so far, unfinished ones included."""
        return tuple(item.part() if isinstance(item, OpenText | OpenCall) else item for item in self._open)

    def waiting_calls(self) -> list[m.ToolCallPart]:
        """Calls that wait for a person."""
        return [item.part() for item in self._open if isinstance(item, OpenCall) and item.state == "needs_approval"]

    def apply(self, event: e.LogEvent) -> None:
        """Fold one event in. Unknown calls are ignored: they were cut off with an earlier attempt."""
        match event:
            case e.TextDelta():
                self._grow("text", event.text)
            case e.ReasoningDelta():
                self._reason(event)
            case e.ToolCallDelta():
                self._with_call(event.call, lambda call: call.pieces.append(event.json))
            case e.ToolCallStarted():
                self._open.append(OpenCall(event.call, event.name))
            case e.AttemptStarted():
                self._open = [_reopen(part) for part in event.parts]
            case e.RunFinished():
                self.outcome = event
            case _:
                self._apply_rare(event)

    def _apply_rare(
        self, event: e.ToolCallReady | e.ToolResult | e.ApprovalNeeded | e.PartStarted | e.Citation | e.Notice | e.Usage | e.CallStarted
    ) -> None:
        match event:
            case e.ToolCallReady():
                self._with_call(event.call, lambda call: _complete(call, event))
            case e.ToolResult():
                self._with_call(event.call, lambda call: _answer(call, event))
            case e.ApprovalNeeded():
                self._with_call(event.call, _wait)
            case e.PartStarted():
                self._open.append(_other_part(event))
            case e.Citation():
                self._open.append(m.CitationPart(event.url, event.title, event.text))
            case e.Notice():
                self._notice(event)
            case e.Usage() | e.CallStarted():
                pass

    def _grow(self, kind: str, text: str) -> None:
        now = time.monotonic()
        last = self._open[-1] if self._open else None
        if not isinstance(last, OpenText) or last.kind != kind or last.signature:
            last = OpenText(kind, began=now)
            self._open.append(last)
        last.pieces.append(text)
        if len(last.pieces) >= JOIN_PIECES:
            last.pieces = ["".join(last.pieces)]
        last.ended = now

    def _reason(self, event: e.ReasoningDelta) -> None:
        last = self._open[-1] if self._open else None
        closes = not event.text and isinstance(last, OpenText) and last.kind == "reasoning" and not last.signature
        if not closes:
            self._grow("reasoning", event.text)
        last = self._open[-1]
        if isinstance(last, OpenText) and event.signature:
            last.signature = event.signature

    def _notice(self, event: e.Notice) -> None:
        """Keep what is worth knowing later, apart from the text; a retry is over once the answer comes."""
        notice = m.NoticePart(event.code, event.detail)
        if event.code in ("fallback", "continued", "trimmed", "length", "image_lost") and notice not in self.notices:
            self.notices.append(notice)

    def _with_call(self, call_id: str, change: Callable[[OpenCall], object]) -> None:
        for item in reversed(self._open):
            if isinstance(item, OpenCall) and item.call == call_id:
                change(item)
                return


def _complete(call: OpenCall, event: e.ToolCallReady) -> None:
    call.pieces = [event.arguments]
    call.ready = True
    call.state = "running"
    call.signature = event.signature


def _answer(call: OpenCall, event: e.ToolResult) -> None:
    call.content = event.content
    call.is_error = event.is_error
    call.state = "failed" if event.is_error else "done"


def _wait(call: OpenCall) -> None:
    call.state = "needs_approval"


def _other_part(event: e.PartStarted) -> m.Part:
    if event.kind == "refusal":
        return m.RefusalPart(event.data)
    if event.kind == "image":
        media_type = event.media_type or event.data.partition(";")[0].removeprefix("data:")
        return m.ImagePart(event.data, media_type, event.name, event.width or None, event.height or None)
    return m.HostedToolPart(event.name or event.kind, event.data)


def _reopen(part: m.Part) -> Open:
    match part:
        case m.TextPart():
            return OpenText("text", [part.text])
        case m.ReasoningPart():
            return OpenText("reasoning", [part.text], part.signature, 0.0, (part.duration_ms or 0) / 1000)
        case m.ToolCallPart():
            ready = part.state != "pending"
            return OpenCall(part.call, part.name, [part.arguments], ready, part.state, part.content, part.is_error, part.signature)
        case _:
            return part


def fold(events: Sequence[e.LogEvent]) -> Draft:
    """The draft that a whole log makes."""
    draft = Draft()
    for event in events:
        draft.apply(event)
    return draft
