"""Counts the tokens of a run from its log, so that every owner comes to the same charge: pure.

What a provider reported counts as reported. What was kept of a call that died unreported is counted from its text, once.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from portico.conversations.models import Part, ReasoningPart, TextPart, ToolCallPart
from portico.runs import events as e
from portico.runs.continuation import step_start
from portico.runs.draft import JOIN_PIECES
from portico.usage.ledger import Tokens


@dataclass(slots=True)
class Call:
    """One request to a provider; `tokens` is None while nothing was reported."""

    attempt: int
    number: int
    provider: str
    model: str
    tokens: Tokens | None = None
    said: list[str] = field(default_factory=list)

    def say(self, text: str) -> None:
        self.said.append(text)
        if len(self.said) >= JOIN_PIECES:
            self.said = ["".join(self.said)]


class Meter:
    """Sees every event of the log in order; `charge()` and `calls` may be asked at any time."""

    def __init__(self, count: Callable[[str], int]) -> None:
        self._count = count
        self._settled = Tokens()
        self._in_step = Tokens()  # how much of it stands for the current step, which a new attempt may take back
        self._salvaged = 0
        self._begun = 0  # how much of the current step an earlier run has charged, whose broken answer this one goes on with
        self.calls: list[Call] = []
        self._open: Call | None = None

    def apply(self, event: e.LogEvent) -> None:
        match event:
            case e.TextDelta() | e.ReasoningDelta():
                if self._open is not None:
                    self._open.say(event.text)
            case e.CallStarted():
                self._close()
                self._open = Call(event.attempt, event.number, event.provider, event.model)
                self.calls.append(self._open)
            case e.Usage():
                self._report(Tokens(event.input, event.output, event.cached, event.reasoning))
            case e.ToolResult():
                self._in_step = Tokens()
                self._begun = 0
            case e.AttemptStarted():
                self._begin_again(event.parts)
            case _:
                pass

    def _begin_again(self, parts: Sequence[Part]) -> None:
        """What was settled for a step that is asked for again counts as the text that is kept of it, and no prompt twice.

        A step that was reported and has its calls is not asked for again: it stays as reported.
        """
        self._open = None
        complete = any(isinstance(part, ToolCallPart) for part in parts[step_start(parts) :])
        if complete and self.calls and self.calls[-1].tokens is not None:
            return
        self._settled -= self._in_step
        self._in_step = Tokens()
        said = self._said_in_step(parts)
        if not self.calls:
            self._begun = said
        elif said < self._begun:
            self._begun = 0  # the beginning was thrown away: what stands in its place is this run's own
        self._salvaged = said - self._begun

    def _settle(self, tokens: Tokens) -> None:
        self._settled += tokens
        self._in_step += tokens

    def _report(self, tokens: Tokens) -> None:
        if self._open is not None:
            self._open.tokens = tokens
            self._open = None
        self._settle(tokens + Tokens(output=self._salvaged))
        self._salvaged = 0

    def _close(self) -> None:
        """A call that ended without a report and was followed by another: its text counts."""
        if self._open is not None:
            self._settle(Tokens(output=self._counted(self._open)))
            if self._open.said:
                self._settle(Tokens(output=self._salvaged))
                self._salvaged = 0

    def _counted(self, call: Call) -> int:
        return self._count("".join(call.said)) if call.said else 0

    def _said_in_step(self, parts: Sequence[Part]) -> int:
        current = parts[step_start(parts) :]
        return sum(self._count(part.text) for part in current if isinstance(part, TextPart | ReasoningPart) and part.text)

    def charge(self) -> Tokens:
        """The tokens of the answer as it stands."""
        unreported = self._counted(self._open) if self._open is not None else 0
        return self._settled + Tokens(output=self._salvaged + unreported)

    def cost(self, call: Call) -> Tokens:
        """The tokens of one call: as reported, else counted from what it said."""
        return call.tokens if call.tokens is not None else Tokens(output=self._counted(call))
