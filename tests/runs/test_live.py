"""Runs in memory, and those who watch them."""

import json

import pytest

from portico.access.principal import ALL_SCOPES, Principal
from portico.conversations.models import TextPart
from portico.ids import ConversationId, MessageId, RunId, UserId, new_id
from portico.runs import events as e
from portico.runs import live as live_module
from portico.runs.live import Buffer, Hub, LiveRun, Viewer, Watch, last_progress
from portico.runs.meter import Meter
from portico.runs.models import Params, Run


def make_run(attempt: int = 1) -> Run:
    question = MessageId(new_id())
    return Run(
        id=RunId(new_id()),
        user_id=UserId("u"),
        conversation_id=ConversationId("c"),
        message_id=MessageId("m"),
        state="running",
        owner=None,
        attempt=attempt,
        handovers=0,
        stale=0,
        progress_seq=0,
        cancel_requested=False,
        params=Params(question, "demo", "demo"),
        error=None,
        created=0,
        started=None,
        finished=None,
    )


def make_live(attempt: int = 1, logged: list[e.LogEvent] | None = None) -> LiveRun:
    return LiveRun(make_run(attempt), Meter(len), logged or [])


def text(seq: int, attempt: int = 1, said: str = "x") -> e.TextDelta:
    return e.TextDelta(seq=seq, attempt=attempt, text=said)


def texts(first: int, last: int) -> list[e.LogEvent]:
    return [text(seq) for seq in range(first, last + 1)]


def viewer(run: Run, user: str = "u", sync_rev: int | None = None) -> Viewer:
    who = Principal(UserId(user), "member", frozenset(), ALL_SCOPES, 1, "session", "s")
    made = Viewer(who, [Watch(run.id, 1, 0)], sync_rev=sync_rev)
    made.woken.clear()
    return made


def seqs(inside: bytes | None) -> list[int] | None:
    return None if inside is None else [event["seq"] for event in json.loads(b"[" + inside + b"]")]


def test_a_cursor_gets_what_stands_behind_it() -> None:
    buffer = Buffer(make_run())
    buffer.append(texts(1, 5))
    assert [seqs(buffer.after(seq)) for seq in (0, 3, 5)] == [[1, 2, 3, 4, 5], [4, 5], []]


def test_the_same_cursor_gets_more_when_there_is_more() -> None:
    buffer = Buffer(make_run())
    buffer.append(texts(1, 2))
    assert seqs(buffer.after(1)) == [2]
    buffer.append(texts(3, 3))
    assert seqs(buffer.after(1)) == [2, 3]


def test_what_stands_in_the_log_only_is_not_shown() -> None:
    buffer = Buffer(make_run())
    buffer.append([e.CallStarted(seq=1, attempt=1, provider="p", model="m", number=1), text(2)])
    assert seqs(buffer.after(0)) == [2]


def test_a_cursor_before_a_new_attempt_cannot_be_followed() -> None:
    buffer = Buffer(make_run())
    buffer.append([text(1), e.AttemptStarted(seq=2, attempt=2, parts=()), text(3, attempt=2)])
    assert (buffer.attempt, buffer.last_seq) == (2, 3)
    assert [seqs(buffer.after(seq)) for seq in (1, 2)] == [None, [3]]


def test_the_tail_forgets_only_what_the_log_has() -> None:
    buffer = Buffer(make_run())
    last = live_module.KEPT_EVENTS + 100
    buffer.append(texts(1, last))
    buffer.trim(40)
    assert (seqs(buffer.after(39)), len(seqs(buffer.after(40)) or [])) == (None, last - 40)
    buffer.trim(last)
    assert len(seqs(buffer.after(100)) or []) == live_module.KEPT_EVENTS
    assert buffer.after(99) is None


def test_events_wake_those_who_watch() -> None:
    buffer = Buffer(make_run())
    watching = viewer(buffer.run)
    buffer.viewers.add(watching)
    buffer.append(texts(1, 1))
    assert watching.woken.is_set()


def test_what_was_made_waits_for_the_log_as_one_chunk() -> None:
    live = make_live()
    live.add(texts(1, 2))
    live.add(texts(3, 3))
    chunk = live.chunk()
    assert chunk is not None
    assert (chunk.first_seq, chunk.last_seq, chunk.attempt) == (1, 3, 1)
    assert e.decode_log(chunk.events) == texts(1, 3)


@pytest.mark.parametrize(("written", "left"), [(0, (1, 3)), (2, (3, 3)), (3, None)])
def test_of_a_flush_only_the_rest_stays(written: int, left: tuple[int, int] | None) -> None:
    live = make_live()
    live.add(texts(1, 3))
    live.flushed(written)
    chunk = live.chunk()
    assert (None if chunk is None else (chunk.first_seq, chunk.last_seq)) == left
    assert live.unflushed.size_bytes == sum(len(e.encode(event)) for event in texts(written + 1, 3))


def test_a_flush_that_is_heard_of_late_takes_nothing_back() -> None:
    live = make_live()
    live.add(texts(1, 3))
    live.flushed(3)
    live.add(texts(4, 4))
    live.flushed(2)
    chunk = live.chunk()
    assert chunk is not None
    assert (chunk.first_seq, live.flushed_seq) == (4, 3)


def test_what_a_crash_of_the_database_took_waits_for_the_log_again() -> None:
    live = make_live()
    for first in (1, 3, 5):
        live.add(texts(first, first + 1))
        live.flushed(first + 1)
    live.add(texts(7, 7))
    live.found(3)
    chunk = live.chunk()
    assert chunk is not None
    assert (chunk.first_seq, chunk.last_seq, live.flushed_seq) == (4, 7, 3)
    assert e.decode_log(chunk.events) == texts(4, 7)
    assert live.unflushed.size_bytes == sum(len(e.encode(event)) for event in texts(4, 7))


def test_a_log_that_has_more_than_was_known_leaves_only_the_rest() -> None:
    live = make_live()
    live.add(texts(1, 3))
    live.found(2)
    chunk = live.chunk()
    assert chunk is not None
    assert (chunk.first_seq, live.flushed_seq) == (3, 2)


def test_a_heir_begins_where_the_log_ends() -> None:
    heir = make_live(attempt=2, logged=[text(1, said="one "), text(2, said="two ")])
    assert (heir.last_seq, heir.flushed_seq, heir.attempt, heir.chunk()) == (2, 2, 2, None)
    assert heir.draft.parts() == (TextPart("one two "),)


def test_the_first_reason_to_stop_counts_but_a_fence_overrules() -> None:
    live = make_live()
    live.ask_stop("cancelled")
    live.ask_stop("drained")
    assert (live.stop_reason, live.stop.is_set()) == ("cancelled", True)
    live.ask_stop("fenced")
    assert live.stop_reason == "fenced"


def test_only_what_brings_the_answer_forward_is_progress() -> None:
    notice = e.Notice(seq=3, attempt=1, code="retry")
    call = e.CallStarted(seq=4, attempt=1, provider="p", model="m", number=1)
    live = make_live()
    live.add([text(1), text(2), notice, call])
    assert (live.last_progress, last_progress([text(1), text(2), notice, call]), last_progress([notice, call])) == (2, 2, 0)


def test_who_watched_from_afar_goes_on_watching_when_the_run_comes_here() -> None:
    hub, live = Hub(), make_live()
    remote = Buffer(live.run)
    watching = viewer(live.run)
    remote.viewers.add(watching)
    hub.remote[live.run.id] = remote
    hub.start(live)
    assert hub.find(live.run.id) is live
    assert live.viewers == {watching}
    assert hub.remote == {}
    assert watching.woken.is_set()


def test_who_leaves_frees_what_nobody_else_watches() -> None:
    hub, run = Hub(), make_run()
    buffer = Buffer(run)
    one, two = viewer(run), viewer(run)
    hub.remote[run.id] = buffer
    for watching in (one, two):
        hub.enter(watching)
        buffer.viewers.add(watching)
    hub.exit(one)
    assert hub.find(run.id) is buffer
    hub.exit(two)
    assert hub.find(run.id) is None
    assert hub.viewers == set()


def test_a_run_of_another_owner_is_not_left_by_mistake() -> None:
    hub, live = Hub(), make_live()
    hub.start(live)
    hub.leave(LiveRun(live.run, Meter(len)))
    assert hub.find(live.run.id) is live
    hub.leave(live)
    assert hub.find(live.run.id) is None


def test_only_runs_that_have_not_ended_take_room() -> None:
    hub, live = Hub(), make_live()
    hub.start(live)
    assert hub.answering() == 1
    live.set_state("done")
    assert hub.answering() == 0


def test_a_drain_sends_away_who_is_there_and_who_comes() -> None:
    hub, run = Hub(), make_run()
    there, late = viewer(run), viewer(run)
    hub.enter(there)
    hub.drain()
    hub.enter(late)
    for watching in (there, late):
        assert watching.bye_ms is not None
        assert 0 <= watching.bye_ms < live_module.BYE_SPREAD_MS
        assert watching.woken.is_set()


def test_a_pulse_without_anything_due_wakes_nobody() -> None:
    hub = Hub()
    watching = viewer(make_run())
    hub.enter(watching)
    hub.pulse(ping=False, recheck=False)
    assert not watching.woken.is_set()
    hub.pulse(ping=True, recheck=False)
    assert (watching.woken.is_set(), watching.ping_due, watching.recheck_due) == (True, True, False)


def test_a_hint_reaches_only_those_whose_revision_moved() -> None:
    hub, run = Hub(), make_run()
    ada, bob, mute = viewer(run, "ada", 3), viewer(run, "bob", 3), viewer(run, "ada")
    for watching in (ada, bob, mute):
        hub.enter(watching)
    hub.hint({UserId("ada"): 4, UserId("bob"): 3})
    assert [watching.woken.is_set() for watching in (ada, bob, mute)] == [True, False, False]
    assert ada.sync_rev == 4
