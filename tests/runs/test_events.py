"""The event union on the wire, and the logs that both folds read."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from portico.providers import base
from portico.runs import events as e
from portico.runs.draft import Draft

LOGS = sorted((Path(__file__).parents[1] / "fixtures" / "events").glob("*.jsonl"))
_EVENT = msgspec.json.Decoder(e.LogEvent)


def bare(value: Any) -> Any:
    """Without what may be left out: null, defaults, and the time that thinking took."""
    if isinstance(value, list):
        return [bare(item) for item in value]
    if isinstance(value, dict):
        return {name: bare(item) for name, item in value.items() if name != "duration_ms" and item not in (None, "", False)}
    return value


class Follower:
    """What a page does with frames: newer events are folded, a reset replaces the draft."""

    def __init__(self) -> None:
        self.draft, self.attempt, self.seq = Draft(), 1, 0

    def take(self, line: dict[str, Any]) -> None:
        if "reset" in line:
            reset = line["reset"]
            start = e.AttemptStarted(seq=reset["seq"], attempt=reset["attempt"], parts=msgspec.convert(reset["parts"], tuple[e.Part, ...]))
            self.draft = Draft(start.parts)
            self.attempt, self.seq = reset["attempt"], reset["seq"]
            return
        event = _EVENT.decode(json.dumps(line["event"]))
        if event.attempt >= self.attempt and event.seq > self.seq:
            self.draft.apply(event)
            self.attempt, self.seq = event.attempt, event.seq


@pytest.mark.parametrize("log", LOGS, ids=lambda path: path.stem)
def test_a_shared_log_folds_to_what_it_expects(log: Path) -> None:
    follower = Follower()
    for line in map(json.loads, log.read_text(encoding="utf-8").splitlines()):
        if "expect" not in line:
            follower.take(line)
            continue
        expected = line["expect"]
        assert (follower.attempt, follower.seq) == (expected["attempt"], expected["seq"])
        assert bare(json.loads(msgspec.json.encode(follower.draft.parts()))) == bare(expected["parts"])
        assert "outcome" not in expected or (follower.draft.outcome and follower.draft.outcome.outcome == expected["outcome"])


def test_there_are_shared_logs() -> None:
    assert len(LOGS) >= 4


@pytest.mark.parametrize(
    "event",
    [
        e.TextDelta(seq=1, attempt=1, text="汉字"),
        e.ToolCallReady(seq=2, attempt=1, call="c", arguments="{}"),
        e.ToolResult(seq=3, attempt=2, call="c", content="", is_error=True),
        e.Notice(seq=4, attempt=2, code="retry", retry_at=1_700_000_000_000),
        e.AttemptStarted(seq=5, attempt=3, parts=()),
        e.RunFinished(seq=6, attempt=3, outcome="failed", error=e.MessageError("provider_cut", "Continue it.")),
    ],
)
def test_an_event_comes_back_from_the_log_as_it_went_in(event: e.LogEvent) -> None:
    assert e.decode_log(b"[" + e.encode(event) + b"]") == [event]


def test_a_providers_event_keeps_its_words_and_gets_its_place() -> None:
    assert e.sequenced(base.TextDelta("hi"), seq=7, attempt=2, call_number=1) == e.TextDelta(seq=7, attempt=2, text="hi")


def test_a_call_of_a_provider_is_numbered() -> None:
    assert e.sequenced(base.CallStarted("p", "m"), seq=7, attempt=2, call_number=3) == e.CallStarted(
        seq=7, attempt=2, provider="p", model="m", number=3
    )


@pytest.mark.parametrize("silent", [base.Finish("stop"), e.Ended("done")])
def test_an_end_leaves_no_event_behind(silent: e.EngineEvent) -> None:
    assert e.sequenced(silent, seq=7, attempt=2, call_number=1) is None


def test_a_type_of_a_later_version_is_refused_by_the_log() -> None:
    with pytest.raises(msgspec.ValidationError):
        e.decode_log('[{"type":"hologram","seq":1,"attempt":1}]')
