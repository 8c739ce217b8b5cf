"""The wire contract, and the fold of it that the page makes in the same way."""

import itertools
import json
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portico.conversations.models import MessageError, decode_parts
from portico.providers import base
from portico.runs import events as e
from portico.runs.draft import Draft, fold
from tests.runs.strategies import LOGS

FIXTURES = Path(__file__).parents[1] / "fixtures" / "events"
EXAMPLES: dict[type[e.Event], e.LogEvent] = {
    type(event): event
    for event in (
        e.TextDelta(seq=1, attempt=1, text="Hello, 世界 \u2028"),
        e.ReasoningDelta(seq=2, attempt=1, text="hm", signature="c2ln"),
        e.PartStarted(seq=3, attempt=1, part=0, kind="hosted_tool", name="search", data='{"q":1}'),
        e.ToolCallStarted(seq=4, attempt=1, call="c", name="tool"),
        e.ToolCallDelta(seq=5, attempt=1, call="c", json='{"a'),
        e.ToolCallReady(seq=6, attempt=1, call="c", arguments='{"a":1}', signature="s"),
        e.ToolResult(seq=7, attempt=1, call="c", content="42", is_error=True),
        e.Citation(seq=8, attempt=1, url="https://example.org", title="t", text="x"),
        e.Usage(seq=9, attempt=1, input=1, output=2, cached=3, reasoning=4),
        e.Notice(seq=10, attempt=1, code="retry", retry_at=123, detail="d"),
        e.ApprovalNeeded(seq=11, attempt=1, call="c"),
        e.RunFinished(seq=12, attempt=1, outcome="failed", error=MessageError("code", "detail", "words")),
        e.AttemptStarted(seq=13, attempt=2, parts=decode_parts('[{"type":"text","text":"kept"}]')),
        e.CallStarted(seq=14, attempt=2, provider="demo", model="demo", number=1),
    )
}


class Page:
    """What a client does with the frames: old events are ignored, a reset replaces everything."""

    def __init__(self) -> None:
        self.attempt, self.seq = 1, 0
        self.draft = Draft()

    def take(self, line: dict[str, Any]) -> None:
        if "reset" in line:
            reset = line["reset"]
            self.attempt, self.seq = reset["attempt"], reset["seq"]
            self.draft = Draft(decode_parts(json.dumps(reset["parts"])))
        elif "event" in line:
            for event in e.decode_log(json.dumps([line["event"]])):
                if event.attempt >= self.attempt and event.seq > self.seq:
                    self.seq = event.seq
                    self.draft.apply(event)

    def shown(self) -> dict[str, Any]:
        shown: dict[str, Any] = {"attempt": self.attempt, "seq": self.seq, "parts": bare(msgspec.to_builtins(self.draft.parts()))}
        if self.draft.outcome is not None:
            shown["outcome"] = self.draft.outcome.outcome
        return shown


def bare(parts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The parts without what is null, default, or a matter of the clock."""
    return [{name: value for name, value in part.items() if name != "duration_ms" and value not in (None, "", False)} for part in parts]


@pytest.mark.parametrize("path", sorted(FIXTURES.glob("*.jsonl")), ids=lambda path: path.stem)
def test_a_log_folds_to_what_the_page_makes_of_it(path: Path) -> None:
    page, checked = Page(), 0
    for line in map(json.loads, path.read_text().splitlines()):
        page.take(line)
        if "expect" in line:
            assert page.shown() == line["expect"] | {"parts": bare(line["expect"]["parts"])}
            checked += 1
    assert checked


def test_there_are_logs_to_fold() -> None:
    assert len(list(FIXTURES.glob("*.jsonl"))) >= 4


@pytest.mark.parametrize("kind", get_args(e.LogEvent), ids=lambda kind: kind.__name__)
def test_every_event_survives_the_wire(kind: type[e.Event]) -> None:
    event = EXAMPLES[kind]
    assert e.decode_log(b"[" + e.encode(event) + b"]") == [event]


def test_a_type_that_this_version_does_not_know_is_no_event() -> None:
    with pytest.raises(msgspec.ValidationError):
        e.decode_log('[{"type":"telepathy","seq":1,"attempt":1}]')


def test_fields_that_a_newer_version_adds_are_ignored() -> None:
    assert e.decode_log('[{"type":"text_delta","seq":1,"attempt":1,"text":"a","mood":"good"}]') == [e.TextDelta(seq=1, attempt=1, text="a")]


@pytest.mark.parametrize("silent", [base.Finish("stop"), e.Ended("done")])
def test_an_end_leaves_no_event_behind(silent: base.Finish | e.Ended) -> None:
    assert e.sequenced(silent, seq=1, attempt=1, call_number=1) is None


@pytest.mark.parametrize(
    ("given_event", "kind"),
    [
        (base.TextDelta("a"), e.TextDelta),
        (base.ReasoningDelta("a", "s"), e.ReasoningDelta),
        (base.PartStarted(0, "refusal", data="no"), e.PartStarted),
        (base.ToolCallStarted("c", "tool"), e.ToolCallStarted),
        (base.ToolCallDelta("c", "{"), e.ToolCallDelta),
        (base.ToolCallReady("c", "{}", "s"), e.ToolCallReady),
        (base.CallStarted("demo", "demo"), e.CallStarted),
        (base.Citation("https://example.org"), e.Citation),
        (base.Usage(1, 2, 3, 4), e.Usage),
        (base.Notice("retry", 5, "d"), e.Notice),
        (e.ToolAnswered("c", "x", is_error=True), e.ToolResult),
        (e.ApprovalWanted("c"), e.ApprovalNeeded),
    ],
)
def test_an_engines_event_keeps_all_it_says_in_the_log(given_event: e.EngineEvent, kind: type[e.Event]) -> None:
    event = e.sequenced(given_event, seq=7, attempt=2, call_number=3)
    assert isinstance(event, kind)
    assert (event.seq, event.attempt) == (7, 2)
    said = {name: getattr(given_event, name) for name in given_event.__struct_fields__}
    assert said.items() <= {name: getattr(event, name) for name in event.__struct_fields__}.items()


@settings(max_examples=40)
@given(LOGS, st.lists(st.integers(0, 25), max_size=5))
def test_a_log_in_any_chunks_folds_as_the_whole(log: list[e.LogEvent], cuts: list[int]) -> None:
    whole = fold(log)
    piecewise = Draft()
    edges = [0, *sorted(min(cut, len(log)) for cut in cuts), len(log)]
    for start, end in itertools.pairwise(edges):
        for event in e.decode_log(b"[" + b",".join(map(e.encode, log[start:end])) + b"]"):
            piecewise.apply(event)
        piecewise.parts()  # a snapshot in between changes nothing
    assert bare(msgspec.to_builtins(piecewise.parts())) == bare(msgspec.to_builtins(whole.parts()))
    assert (piecewise.outcome, piecewise.notices) == (whole.outcome, whole.notices)


def coalesced(log: list[e.LogEvent]) -> list[e.LogEvent]:
    """Join each text delta with the one before it."""
    out: list[e.LogEvent] = []
    for event in log:
        last = out[-1] if out else None
        if isinstance(event, e.TextDelta) and isinstance(last, e.TextDelta):
            out[-1] = e.TextDelta(seq=event.seq, attempt=event.attempt, text=last.text + event.text)
        else:
            out.append(event)
    return out


@settings(max_examples=40)
@given(LOGS)
def test_joined_deltas_fold_as_single_ones(log: list[e.LogEvent]) -> None:
    assert bare(msgspec.to_builtins(fold(coalesced(log)).parts())) == bare(msgspec.to_builtins(fold(log).parts()))


@settings(max_examples=40)
@given(LOGS, LOGS)
def test_a_reset_to_the_folded_parts_goes_on_like_the_log_itself(before: list[e.LogEvent], after: list[e.LogEvent]) -> None:
    straight, reset = fold(before), Draft(fold(before).parts())
    for event in after:
        straight.apply(event)
        reset.apply(event)
    assert bare(msgspec.to_builtins(reset.parts())) == bare(msgspec.to_builtins(straight.parts()))
