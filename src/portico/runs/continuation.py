"""How a broken answer goes on: pure decisions over its parts. The classes are those of docs/explanation/runs.md."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from portico.conversations.models import Part, ReasoningPart, TextPart, ToolCallPart
from portico.providers.base import Continuation

Mode = Literal["step", "tools", "prefill", "instruct", "restart", "interrupted"]
SHORT_TOKENS = 150  # below this a restart costs less than the seam of an instructed continuation is worth
OVERLAP_CHARS = 400
PREFILLED: frozenset[Continuation] = frozenset({"trailing", "prefix_flag", "vllm"})


@dataclass(frozen=True, slots=True)
class Plan:
    """`kept` are the parts that stay; `mode` says how the answer goes on after them.

    step: ask for the next step, nothing of it exists; tools: run the calls that have no result; prefill: the last text is continued
    token by token; instruct: the model is told to go on after it; restart: the step was dropped and is asked for again;
    interrupted: the person decides.
    """

    mode: Mode
    kept: tuple[Part, ...]


def plan(parts: Sequence[Part], *, continuation: Continuation, count: Callable[[str], int], never_again: bool = False) -> Plan:
    """Decide how an answer that broke off after `parts` goes on.

    Args:
        continuation: what the model can do.
        count: tokens of a text.
        never_again: the administrator's cap: no second provider call for what was paid once.
    """
    kept = cut(parts)
    start = step_start(kept)
    current = kept[start:]
    if any(isinstance(part, ToolCallPart) for part in current):
        return Plan("tools", kept)
    if never_again and parts:
        return Plan("interrupted", kept)
    last = current[-1] if current else None
    if not isinstance(last, TextPart) or not last.text:
        return Plan("step" if not current and len(kept) == len(parts) else "restart", kept[:start])
    if continuation in PREFILLED:
        return Plan("prefill", kept)
    if count(last.text) < SHORT_TOKENS:
        return Plan("restart", kept[:start])
    if continuation == "none":
        return Plan("interrupted", kept)
    return Plan("instruct", kept)


def cut(parts: Sequence[Part]) -> tuple[Part, ...]:
    """Cut back to the last complete block: tool calls without all their arguments and thinking that was not closed go."""
    kept = [part for part in parts if not (isinstance(part, ToolCallPart) and part.state == "pending")]
    while kept and isinstance(kept[-1], ReasoningPart) and not kept[-1].signature:
        kept.pop()
    return tuple(kept)


def step_start(parts: Sequence[Part]) -> int:
    """The index at which the current step begins: after the last tool call that has its result, unless one beside it still waits."""
    for index in range(len(parts) - 1, -1, -1):
        part = parts[index]
        if isinstance(part, ToolCallPart) and part.content is not None and not _one_waits_before(parts, index):
            return index + 1
    return 0


def _one_waits_before(parts: Sequence[Part], index: int) -> bool:
    """Whether a call of the same step stands before this one without a result: it waits for a person."""
    while index and isinstance(before := parts[index - 1], ToolCallPart):
        if before.content is None:
            return True
        index -= 1
    return False


class OverlapTrimmer:
    """Drops from the head of an instructed continuation what repeats the tail of the text before it, at most 400 characters.

    Text is held back until 400 characters came or the step ended, since a shorter match may turn out longer.
    """

    def __init__(self, before: str) -> None:
        self._tail = before[-OVERLAP_CHARS:]
        self._held: list[str] | None = []
        self._length = 0

    def feed(self, text: str) -> str:
        """Return what may be shown now."""
        if self._held is None:
            return text
        self._held.append(text)
        self._length += len(text)
        return self.flush() if self._length >= OVERLAP_CHARS else ""

    def flush(self) -> str:
        """Return what is held back, without the overlap."""
        if self._held is None:
            return ""
        text, self._held = "".join(self._held), None
        for size in range(min(len(text), len(self._tail)), 0, -1):
            if self._tail.endswith(text[:size]):
                return text[size:]
        return text
