"""The fold of single events."""

from typing import Any

import pytest

from portico.conversations import models as m
from portico.runs import events as e
from portico.runs.draft import Draft, fold

S: dict[str, Any] = {"seq": 1, "attempt": 1}


def test_text_grows_until_something_else_comes() -> None:
    draft = fold([e.TextDelta(**S, text="a"), e.TextDelta(**S, text="b"), e.ReasoningDelta(**S, text="c"), e.TextDelta(**S, text="d")])
    assert [type(part) for part in draft.parts()] == [m.TextPart, m.ReasoningPart, m.TextPart]
    assert draft.parts()[0] == m.TextPart("ab")


def test_a_signature_closes_its_block_of_thinking() -> None:
    draft = fold([e.ReasoningDelta(**S, text="a"), e.ReasoningDelta(**S, text="", signature="s"), e.ReasoningDelta(**S, text="b")])
    assert [(part.text, part.signature) for part in draft.parts() if isinstance(part, m.ReasoningPart)] == [("a", "s"), ("b", "")]


def test_a_signature_alone_is_kept_as_a_block_of_its_own() -> None:
    draft = fold([e.ReasoningDelta(**S, text="", signature="s")])
    assert draft.parts() == (m.ReasoningPart("", "s"),)


def test_a_call_goes_from_its_first_letter_to_its_result() -> None:
    draft = Draft()
    seen: list[tuple[str, str]] = []
    for event in (
        e.ToolCallStarted(**S, call="c", name="tool"),
        e.ToolCallDelta(**S, call="c", json='{"a":'),
        e.ToolCallReady(**S, call="c", arguments='{"a":1}'),
        e.ApprovalNeeded(**S, call="c"),
        e.ToolResult(**S, call="c", content="42", is_error=False),
    ):
        draft.apply(event)
        part = draft.parts()[0]
        assert isinstance(part, m.ToolCallPart)
        seen.append((part.state, part.arguments))
    whole = '{"a":1}'
    assert seen == [("pending", ""), ("pending", '{"a":'), ("running", whole), ("needs_approval", whole), ("done", whole)]


def test_a_tool_that_failed_is_shown_as_failed() -> None:
    draft = fold([e.ToolCallStarted(**S, call="c", name="tool"), e.ToolResult(**S, call="c", content="no", is_error=True)])
    assert draft.parts() == (m.ToolCallPart("c", "tool", "", "failed", "no", is_error=True),)


def test_a_call_that_nobody_knows_is_ignored() -> None:
    assert fold([e.ToolCallDelta(**S, call="gone", json="{"), e.ToolResult(**S, call="gone", content="x")]).parts() == ()


def test_of_two_calls_with_one_id_the_later_is_meant() -> None:
    draft = fold([e.ToolCallStarted(**S, call="c", name="a"), e.ToolCallStarted(**S, call="c", name="b"), e.ApprovalNeeded(**S, call="c")])
    assert [part.name for part in draft.waiting_calls()] == ["b"]


def test_a_new_attempt_replaces_everything_and_goes_on() -> None:
    draft = fold([e.TextDelta(**S, text="one two"), e.AttemptStarted(**S, parts=(m.TextPart("one "),)), e.TextDelta(**S, text="three")])
    assert draft.parts() == (m.TextPart("one three"),)


@pytest.mark.parametrize(
    ("event", "part"),
    [
        (e.PartStarted(**S, part=0, kind="refusal", data="No."), m.RefusalPart("No.")),
        (e.PartStarted(**S, part=0, kind="image", data="data:image/png;base64,AA"), m.ImagePart("data:image/png;base64,AA", "image/png")),
        (
            e.PartStarted(**S, part=0, kind="image", name="a.png", data="id", media_type="image/png", width=3, height=2),
            m.ImagePart("id", "image/png", "a.png", 3, 2),
        ),
        (e.PartStarted(**S, part=0, kind="hosted_tool", name="search", data="{}"), m.HostedToolPart("search", "{}")),
        (e.Citation(**S, url="u", title="t", text="x"), m.CitationPart("u", "t", "x")),
    ],
)
def test_what_is_neither_text_nor_call_becomes_a_part_of_its_own(event: e.LogEvent, part: m.Part) -> None:
    assert fold([event]).parts() == (part,)


def test_worth_knowing_later_is_kept_once_and_a_retry_is_not() -> None:
    codes = ["retry", "fallback", "continued", "continued", "trimmed"]
    draft = fold([e.Notice(**S, code=code) for code in codes])
    assert [notice.code for notice in draft.notices] == ["fallback", "continued", "trimmed"]
    assert draft.parts() == ()


def test_the_end_is_known_with_its_reason() -> None:
    end = e.RunFinished(**S, outcome="failed", error=m.MessageError("code", "detail"))
    assert fold([end]).outcome == end


def test_usage_and_calls_of_the_provider_leave_the_parts_alone() -> None:
    assert fold([e.Usage(**S, input=1), e.CallStarted(**S, provider="p", model="m", number=1)]).parts() == ()
