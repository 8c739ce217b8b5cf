"""Logs for hypothesis: whatever a provider, the tools and the crashes of processes may leave behind."""

from collections.abc import Sequence
from typing import Any

import msgspec
from hypothesis import strategies as st

from portico.conversations.models import MessageError, Part, ReasoningPart, TextPart, ToolCallPart
from portico.runs import events as e

WORDS = st.text("ab €世", min_size=1, max_size=6)
CALLS = st.sampled_from(["c1", "c2"])
PARTS: st.SearchStrategy[Part] = st.one_of(
    st.builds(TextPart, WORDS),
    st.builds(ReasoningPart, WORDS, st.just("signed")),
    st.builds(lambda call: ToolCallPart(call, "tool", "{}", "done", "result"), CALLS),
)
STAMP: dict[str, Any] = {"seq": st.just(0), "attempt": st.just(1)}

EVENTS: st.SearchStrategy[e.LogEvent] = st.one_of(
    st.builds(e.TextDelta, text=WORDS, **STAMP),
    st.builds(e.TextDelta, text=WORDS, **STAMP),
    st.builds(e.ReasoningDelta, text=WORDS, signature=st.sampled_from(["", "", "signed"]), **STAMP),
    st.builds(e.PartStarted, part=st.just(0), kind=st.sampled_from(["refusal", "image", "hosted_tool"]), data=WORDS, **STAMP),
    st.builds(e.ToolCallStarted, call=CALLS, name=st.just("tool"), **STAMP),
    st.builds(e.ToolCallDelta, call=CALLS, json=WORDS, **STAMP),
    st.builds(e.ToolCallReady, call=CALLS, arguments=st.just("{}"), **STAMP),
    st.builds(e.ToolResult, call=CALLS, content=WORDS, is_error=st.booleans(), **STAMP),
    st.builds(e.Citation, url=st.just("https://example.org"), **STAMP),
    st.builds(e.Usage, input=st.integers(0, 9), output=st.integers(0, 9), **STAMP),
    st.builds(e.Notice, code=st.sampled_from(["retry", "continued", "fallback"]), **STAMP),
    st.builds(e.ApprovalNeeded, call=CALLS, **STAMP),
    st.builds(e.AttemptStarted, parts=st.lists(PARTS, max_size=3).map(tuple), **STAMP),
    st.builds(e.CallStarted, provider=st.just("demo"), model=st.just("demo"), number=st.just(1), **STAMP),
    st.builds(e.RunFinished, outcome=st.just("failed"), error=st.just(MessageError("code", "detail")), **STAMP),
)


def placed(events: Sequence[e.LogEvent]) -> list[e.LogEvent]:
    """Give events their seqs, and a new attempt from each AttemptStarted on."""
    out: list[e.LogEvent] = []
    attempt = 1
    for seq, event in enumerate(events, 1):
        attempt += isinstance(event, e.AttemptStarted)
        out.append(msgspec.structs.replace(event, seq=seq, attempt=attempt))
    return out


LOGS = st.lists(EVENTS, max_size=25).map(placed)
