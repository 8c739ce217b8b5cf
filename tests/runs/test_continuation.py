import pytest
from hypothesis import given
from hypothesis import strategies as st

from portico.conversations.models import Part, ReasoningPart, TextPart, ToolCallPart, ToolCallState
from portico.providers.base import Continuation
from portico.runs.continuation import OVERLAP_CHARS, OverlapTrimmer, Plan, cut, plan, step_start

LONG = TextPart("word " * 200)
SHORT = TextPart("word " * 20)
DONE = ToolCallPart("c1", "current_time", "{}", "done", "noon")


def call(state: ToolCallState) -> ToolCallPart:
    return ToolCallPart("c2", "current_time", '{"time', state)


def words(text: str) -> int:
    return len(text.split())


def planned(*parts: Part, continuation: Continuation = "instruct", never_again: bool = False) -> Plan:
    return plan(parts, continuation=continuation, count=words, never_again=never_again)


@pytest.mark.parametrize("continuation", ["trailing", "prefix_flag", "vllm"])
def test_a_model_with_prefill_continues_the_text_itself(continuation: Continuation) -> None:
    assert planned(SHORT, continuation=continuation) == Plan("prefill", (SHORT,))


def test_a_short_answer_is_made_again_without_prefill() -> None:
    assert planned(SHORT) == Plan("restart", ())


def test_a_long_answer_goes_on_by_instruction() -> None:
    assert planned(LONG) == Plan("instruct", (LONG,))


def test_a_long_answer_of_a_model_that_cannot_be_asked_to_go_on_is_the_persons_to_continue() -> None:
    assert planned(LONG, continuation="none") == Plan("interrupted", (LONG,))


def test_who_never_wants_to_pay_twice_keeps_what_there_is() -> None:
    assert planned(SHORT, never_again=True) == Plan("interrupted", (SHORT,))
    assert planned(never_again=True) == Plan("step", ())


def test_an_answer_that_has_not_begun_begins() -> None:
    assert planned() == Plan("step", ())


def test_after_a_finished_tool_call_the_next_step_is_asked_for() -> None:
    assert planned(SHORT, DONE) == Plan("step", (SHORT, DONE))


def test_a_finished_tool_call_survives_the_restart_of_the_step_after_it() -> None:
    assert planned(SHORT, DONE, SHORT) == Plan("restart", (SHORT, DONE))


def test_a_call_that_was_complete_is_carried_out_and_not_asked_for_again() -> None:
    assert planned(SHORT, call("running")).mode == "tools"


def test_a_call_whose_arguments_broke_off_is_dropped() -> None:
    assert cut([SHORT, call("pending")]) == (SHORT,)


def test_thinking_that_was_not_closed_is_dropped_and_closed_thinking_is_kept() -> None:
    signed = ReasoningPart("so", "signature")
    assert cut([signed, ReasoningPart("then")]) == (signed,)


def test_a_call_that_waits_for_a_person_is_not_passed_over_for_one_beside_it() -> None:
    parts = (SHORT, call("needs_approval"), DONE)
    assert step_start(parts) == 0
    assert planned(*parts) == Plan("tools", parts)


def test_thinking_alone_is_asked_for_again() -> None:
    assert planned(ReasoningPart("so", "signature")) == Plan("restart", ())


def test_an_answer_that_was_capped_still_gets_the_results_of_its_calls() -> None:
    assert planned(SHORT, call("running"), never_again=True).mode == "tools"


@given(st.lists(st.sampled_from([SHORT, LONG, DONE, call("pending"), call("running"), ReasoningPart("x"), ReasoningPart("x", "s")])))
def test_a_plan_keeps_a_beginning_of_the_answer_and_never_a_half_call(parts: list[Part]) -> None:
    made = planned(*parts)
    assert made.kept == cut(parts)[: len(made.kept)]
    assert cut(made.kept) == made.kept
    assert set(parts[: step_start(parts)]) - set(made.kept) <= {call("pending")}


def test_a_step_begins_after_the_last_result() -> None:
    assert step_start([SHORT, DONE, LONG]) == 2
    assert step_start([SHORT]) == 0


@pytest.mark.parametrize(
    ("before", "pieces", "shown"),
    [
        ("The quick brown", ["brown fox"], " fox"),
        ("The quick brown", ["The quick brown fox"], " fox"),
        ("The quick brown", [" fox"], " fox"),
        ("The quick brown", ["bro", "wn fo", "x"], " fox"),
        ("", ["fox"], "fox"),
        ("same", ["same"], ""),
    ],
)
def test_what_repeats_the_end_of_the_text_is_left_out(before: str, pieces: list[str], shown: str) -> None:
    trimmer = OverlapTrimmer(before)
    assert "".join([*(trimmer.feed(piece) for piece in pieces), trimmer.flush()]) == shown


@given(st.text(max_size=600), st.text(max_size=600), st.lists(st.integers(1, 50), max_size=40))
def test_however_it_is_cut_the_same_text_comes_out(before: str, after: str, sizes: list[int]) -> None:
    whole, split = OverlapTrimmer(before), OverlapTrimmer(before)
    pieces, rest = [], after
    for size in sizes:
        pieces.append(rest[:size])
        rest = rest[size:]
    once = whole.feed(after) + whole.flush()
    parts = "".join(split.feed(piece) for piece in [*pieces, rest] if piece) + split.flush()
    assert parts == once


@given(st.text("ab", max_size=450), st.text("ab", max_size=450))
def test_nothing_is_lost_but_the_longest_repetition(before: str, after: str) -> None:
    trimmer = OverlapTrimmer(before)
    shown = trimmer.feed(after) + trimmer.flush()
    lost = after[: len(after) - len(shown)]
    assert lost + shown == after
    assert before.endswith(lost)
    longer = range(len(lost) + 1, min(OVERLAP_CHARS, len(before), len(after)) + 1)
    assert not any(before.endswith(after[:size]) for size in longer)
