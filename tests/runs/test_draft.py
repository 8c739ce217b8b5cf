from hypothesis import given
from hypothesis import strategies as st

from portico.conversations import models as m
from portico.runs import events as e
from portico.runs.draft import Draft, fold


def text(seq: int, words: str) -> e.TextDelta:
    return e.TextDelta(seq=seq, attempt=1, text=words)


def call(seq: int, name: str = "c") -> list[e.LogEvent]:
    return [
        e.ToolCallStarted(seq=seq, attempt=1, call=name, name="current_time"),
        e.ToolCallDelta(seq=seq + 1, attempt=1, call=name, json='{"time'),
        e.ToolCallReady(seq=seq + 2, attempt=1, call=name, arguments="{}"),
    ]


def test_neighbouring_text_is_one_part() -> None:
    assert fold([text(1, "One "), text(2, "two.")]).parts() == (m.TextPart("One two."),)


def test_text_after_a_tool_call_is_a_part_of_its_own() -> None:
    draft = fold([text(1, "Before."), *call(2), text(5, "After.")])
    assert [type(part) for part in draft.parts()] == [m.TextPart, m.ToolCallPart, m.TextPart]


def test_signed_thinking_is_closed() -> None:
    signed = e.ReasoningDelta(seq=2, attempt=1, text="", signature="s")
    draft = fold([e.ReasoningDelta(seq=1, attempt=1, text="a"), signed, e.ReasoningDelta(seq=3, attempt=1, text="b")])
    assert [(part.text, part.signature) for part in draft.parts() if isinstance(part, m.ReasoningPart)] == [("a", "s"), ("b", "")]


def test_a_call_goes_from_pending_to_running_to_done() -> None:
    started, delta, ready = call(1)
    draft = Draft()
    states: list[str] = []
    for event in (started, delta, ready, e.ToolResult(seq=4, attempt=1, call="c", content="noon", is_error=False)):
        draft.apply(event)
        part = draft.parts()[0]
        assert isinstance(part, m.ToolCallPart)
        states.append(part.state)
    assert states == ["pending", "pending", "running", "done"]


def test_a_call_that_waits_for_a_person_is_named() -> None:
    draft = fold([*call(1), e.ApprovalNeeded(seq=4, attempt=1, call="c")])
    assert [part.call for part in draft.waiting_calls()] == ["c"]


def test_a_result_of_a_call_that_was_cut_off_is_ignored() -> None:
    assert fold([text(1, "x"), e.ToolResult(seq=2, attempt=1, call="gone", content="", is_error=False)]).parts() == (m.TextPart("x"),)


def test_a_new_attempt_replaces_everything_before() -> None:
    draft = fold([text(1, "Wrong"), e.AttemptStarted(seq=2, attempt=2, parts=(m.TextPart("Right "),)), text(3, "on.")])
    assert draft.parts() == (m.TextPart("Right on."),)


def test_a_notice_stands_beside_the_text_and_once() -> None:
    notice = e.Notice(seq=2, attempt=1, code="fallback", detail="other")
    draft = fold([text(1, "x"), notice, notice, e.Notice(seq=3, attempt=1, code="retry")])
    assert (draft.parts(), draft.notices) == ((m.TextPart("x"),), [m.NoticePart("fallback", "other")])


def test_the_end_is_remembered() -> None:
    draft = fold([text(1, "x"), e.RunFinished(seq=2, attempt=1, outcome="done")])
    assert draft.outcome is not None
    assert draft.outcome.outcome == "done"


@given(st.lists(st.text(min_size=1, max_size=8), min_size=1, max_size=30), st.data())
def test_a_snapshot_in_the_middle_changes_nothing(pieces: list[str], data: st.DataObject) -> None:
    whole, watched = Draft(), Draft()
    for seq, piece in enumerate(pieces, 1):
        whole.apply(text(seq, piece))
        watched.apply(text(seq, piece))
        if data.draw(st.booleans()):
            watched.parts()
    assert whole.parts() == watched.parts() == (m.TextPart("".join(pieces)),)


@given(st.lists(st.sampled_from(["text", "thought", "call", "cite"]), max_size=20), st.integers(0, 80))
def test_going_on_from_a_snapshot_is_going_on(kinds: list[str], cut: int) -> None:
    events: list[e.LogEvent] = []
    for kind in kinds:
        seq = len(events) + 1
        events += {
            "text": [text(seq, "a ")],
            "thought": [e.ReasoningDelta(seq=seq, attempt=1, text="b ")],
            "call": call(seq, f"c{seq}"),
            "cite": [e.Citation(seq=seq, attempt=1, url="https://example.org")],
        }[kind]
    resumed = Draft(fold(events[:cut]).parts())
    for event in events[cut:]:
        resumed.apply(event)
    assert timeless(resumed) == timeless(fold(events))


def timeless(draft: Draft) -> list[m.Part]:
    return [m.ReasoningPart(part.text, part.signature) if isinstance(part, m.ReasoningPart) else part for part in draft.parts()]
