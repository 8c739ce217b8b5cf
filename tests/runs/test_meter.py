from hypothesis import given, settings

from portico.conversations.models import TextPart, ToolCallPart
from portico.runs import events as e
from portico.runs.meter import Meter
from portico.usage.ledger import Tokens
from tests.runs.strategies import LOGS


def words(text: str) -> int:
    return len(text.split())


def metered(*events: e.LogEvent) -> Meter:
    meter = Meter(words)
    for event in events:
        meter.apply(event)
    return meter


def called(number: int, attempt: int = 1) -> e.CallStarted:
    return e.CallStarted(seq=1, attempt=attempt, provider="p", model="m", number=number)


def said(text: str) -> e.TextDelta:
    return e.TextDelta(seq=1, attempt=1, text=text)


def reported(output: int) -> e.Usage:
    return e.Usage(seq=1, attempt=1, input=10, output=output, cached=0, reasoning=0)


def restarted(*parts: TextPart | ToolCallPart) -> e.AttemptStarted:
    return e.AttemptStarted(seq=1, attempt=2, parts=parts)


def test_what_the_provider_reports_is_what_is_charged() -> None:
    assert metered(called(1), said("three whole words"), reported(99)).charge() == Tokens(10, 99)


def test_an_answer_without_a_report_is_counted_from_its_text() -> None:
    assert metered(called(1), said("three whole"), said(" words")).charge() == Tokens(output=3)


def test_every_step_of_an_answer_is_charged() -> None:
    assert metered(called(1), said("a"), reported(5), called(2), said("b"), reported(7)).charge() == Tokens(20, 12)


def test_text_that_outlived_its_process_is_charged_once() -> None:
    meter = metered(called(1), said("one two"), restarted(TextPart("one two")), called(1, attempt=2), said("three"), reported(1))
    assert meter.charge() == Tokens(10, 3)


def test_text_that_was_thrown_away_is_not_charged() -> None:
    assert metered(called(1), said("one two"), restarted(), called(1, attempt=2), said("three"), reported(1)).charge() == Tokens(10, 1)


def test_what_a_step_before_the_crash_had_reported_is_not_counted_again() -> None:
    done = ToolCallPart("c", "current_time", "{}", "done", "noon")
    answered = e.ToolResult(seq=1, attempt=1, call="c", content="noon", is_error=False)
    before = (called(1), said("one"), reported(4), answered)
    meter = metered(*before, restarted(TextPart("one"), done), called(1, attempt=2), said("two"), reported(6))
    assert meter.charge() == Tokens(20, 10)


def test_a_step_that_was_complete_at_the_crash_is_charged_as_reported() -> None:
    waiting = ToolCallPart("c", "current_time", "{}", "running")
    answered = e.ToolResult(seq=1, attempt=2, call="c", content="noon")
    before = (called(1), said("one"), reported(4))
    with_crash = metered(*before, restarted(TextPart("one"), waiting), answered, called(1, attempt=2), said("two"), reported(6))
    without = metered(*before, answered, called(2), said("two"), reported(6))
    assert with_crash.charge() == without.charge() == Tokens(20, 10)


def test_a_call_that_died_before_its_first_word_costs_nothing() -> None:
    assert metered(called(1), called(2), said("one"), reported(1)).charge() == Tokens(10, 1)


def test_text_before_a_second_try_of_the_same_attempt_counts() -> None:
    assert metered(called(1), said("one two"), called(2), said("three"), reported(1)).charge() == Tokens(10, 3)


def test_two_crashes_in_a_row_keep_what_was_salvaged_first() -> None:
    kept = TextPart("one two")
    meter = metered(called(1), said("one two"), restarted(kept), called(1, attempt=2), restarted(kept), called(1, attempt=3), reported(1))
    assert meter.charge() == Tokens(10, 3)


def test_what_an_earlier_run_said_and_charged_is_not_charged_again() -> None:
    begun = TextPart("one two")
    assert metered(restarted(begun), called(1), said("three"), reported(1)).charge() == Tokens(10, 1)
    assert metered(restarted(begun)).charge() == Tokens()


def test_a_crash_while_an_earlier_answer_is_continued_charges_only_what_is_new() -> None:
    begun, kept = TextPart("one two "), TextPart("one two three ")
    meter = metered(restarted(begun), called(1), said("three "), restarted(kept), called(1, attempt=2), said("four"), reported(1))
    assert meter.charge() == Tokens(10, 2)


def test_an_earlier_answer_that_is_thrown_away_after_all_is_made_at_this_runs_cost() -> None:
    made_again = (restarted(), called(1, attempt=2), said("one two"), restarted(TextPart("one two")), called(1, attempt=3), reported(1))
    assert metered(restarted(TextPart("one two")), called(1), *made_again).charge() == Tokens(10, 3)


@settings(max_examples=40)
@given(LOGS)
def test_whoever_replays_the_log_comes_to_the_same_charge(log: list[e.LogEvent]) -> None:
    live, replayed = Meter(words), Meter(words)
    for event in log:
        live.apply(event)
        live.charge()  # asking changes nothing
    for event in e.decode_log(b"[" + b",".join(map(e.encode, log)) + b"]"):
        replayed.apply(event)
    assert replayed.charge() == live.charge()
    assert [replayed.cost(call) for call in replayed.calls] == [live.cost(call) for call in live.calls]


@settings(max_examples=40)
@given(LOGS)
def test_a_charge_is_never_negative(log: list[e.LogEvent]) -> None:
    charge = metered(*log).charge()
    assert min(charge.input, charge.output, charge.cached, charge.reasoning) >= 0


def test_every_call_has_its_own_cost() -> None:
    meter = metered(called(1), said("lost words"), restarted(), called(1, attempt=2), said("kept"), reported(3))
    assert [(call.attempt, meter.cost(call)) for call in meter.calls] == [(1, Tokens(output=2)), (2, Tokens(10, 3))]
