"""Runs in memory: those that this process answers, those that others answer and somebody here watches, and the watchers."""

import asyncio
import random
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from portico.access.principal import Principal
from portico.ids import RunId, UserId
from portico.runs import events as e
from portico.runs.core import TERMINAL, State
from portico.runs.draft import Draft
from portico.runs.log import Chunk
from portico.runs.meter import Meter
from portico.runs.models import Run

KEPT_EVENTS = 64  # encoded events a run keeps in memory behind the log: 2.5 s at 25 a second; who is further behind gets a reset
BYE_SPREAD_MS = 1_500
DURABLE_AFTER_S = 5.0  # PostgreSQL has an asynchronous commit on its disk after three times its wal_writer_delay, 0.6 s by default


class Buffer:
    """The tail of a run's events, encoded, and the fold of all of them."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.state: State = run.state
        self.place: int | None = None
        self.attempt = run.attempt
        self.last_seq = 0
        self.draft = Draft()
        self.viewers: set[Viewer] = set()
        self._tail: deque[tuple[int, bytes]] = deque()
        self._floor = 0  # events with a seq up to this one are not in the tail
        self._frame: tuple[int, int, bytes] = (-1, -1, b"")

    def append(self, events: Sequence[e.LogEvent]) -> list[bytes]:
        """Fold events in, keep their bytes, wake who watches; return the bytes."""
        encoded: list[bytes] = []
        for event in events:
            data = e.encode(event)
            encoded.append(data)
            self.draft.apply(event)
            if isinstance(event, e.AttemptStarted):
                self._tail.clear()
                self._floor = event.seq
            elif not isinstance(event, e.CallStarted):
                self._tail.append((event.seq, data))
            self.last_seq, self.attempt = event.seq, event.attempt
        self.wake()
        return encoded

    def wake(self) -> None:
        for viewer in self.viewers:
            viewer.woken.set()

    def set_state(self, state: State) -> None:
        self.state = state
        self.wake()

    def after(self, seq: int) -> bytes | None:
        """The events behind `seq` as the inside of a JSON array, empty without any; None when the tail does not reach back so far."""
        if seq < self._floor:
            return None
        if self._frame[0] != seq or self._frame[1] != self.last_seq:
            fresh: list[bytes] = []
            for number, data in reversed(self._tail):
                if number <= seq:
                    break
                fresh.append(data)
            self._frame = (seq, self.last_seq, b",".join(reversed(fresh)))
        return self._frame[2]

    def trim(self, flushed_seq: int) -> None:
        """Forget events that the log has, but for the last ones."""
        while len(self._tail) > KEPT_EVENTS and self._tail[0][0] <= flushed_seq:
            self._floor = self._tail.popleft()[0]


@dataclass(slots=True)
class Unflushed:
    """Events that the log does not have yet."""

    first_seq: int = 0
    events: list[bytes] = field(default_factory=list)
    size_bytes: int = 0


class LiveRun(Buffer):
    """A run that this process answers."""

    def __init__(self, run: Run, meter: Meter, logged: Sequence[e.LogEvent] = ()) -> None:
        super().__init__(run)
        self.meter = meter
        self.flushed_seq = 0
        self.finishing = False
        self.call_number = 0
        self.first_token_ms: int | None = None
        self.last_progress = 0
        self.unflushed = Unflushed()
        self._appended: deque[tuple[float, int, list[bytes]]] = deque()
        self.stop = asyncio.Event()
        self.stop_reason: str = ""
        self.task: asyncio.Task[None] | None = None
        self._began = time.monotonic()
        if logged:
            super().append(logged)
            for event in logged:
                meter.apply(event)
            self.flushed_seq = self.last_seq
        self.attempt = run.attempt

    def add(self, events: Sequence[e.LogEvent]) -> None:
        """Append events that were just made: to the tail, the fold, the meter, and what waits for the next flush."""
        for event in events:
            self.meter.apply(event)
            if is_progress(event):
                self.last_progress = event.seq
        encoded = self.append(events)
        waiting = self.unflushed
        if not waiting.events:
            waiting.first_seq = events[0].seq
        waiting.events.extend(encoded)
        waiting.size_bytes += sum(map(len, encoded))

    def age_ms(self) -> int:
        """Milliseconds since this process took the run up."""
        return round((time.monotonic() - self._began) * 1000)

    def chunk(self) -> Chunk | None:
        """What waits for the log, as one chunk; None if nothing does."""
        waiting = self.unflushed
        if not waiting.events:
            return None
        text = "[" + b",".join(waiting.events).decode() + "]"
        last = waiting.first_seq + len(waiting.events) - 1
        return Chunk(self.run.id, waiting.first_seq, last, self.attempt, text)

    def flushed(self, last_seq: int) -> None:
        """The log has everything up to `last_seq`."""
        waiting = self.unflushed
        done = last_seq - waiting.first_seq + 1
        if done > 0 and waiting.events:
            appended = waiting.events[:done]
            waiting.size_bytes -= sum(map(len, appended))
            del waiting.events[:done]
            now = time.monotonic()
            self._appended.append((now, waiting.first_seq, appended))
            while self._appended[0][0] < now - DURABLE_AFTER_S:
                self._appended.popleft()
            waiting.first_seq = last_seq + 1
        self.flushed_seq = max(self.flushed_seq, last_seq)
        self.trim(self.flushed_seq)

    def found(self, last_seq: int) -> None:
        """The log was asked and ends at `last_seq`. That may be less than was appended: a crash of the database takes what was not on its
        disk yet, and then these events wait for the log once more.
        """
        if last_seq >= self.flushed_seq:
            self.flushed(last_seq)
            return
        events = [data for _, first, batch in self._appended for seq, data in enumerate(batch, first) if seq > last_seq]
        waiting = self.unflushed
        waiting.events[:0] = events
        waiting.size_bytes += sum(map(len, events))
        waiting.first_seq = self.flushed_seq - len(events) + 1
        self.flushed_seq = waiting.first_seq - 1
        self._appended.clear()

    def ask_stop(self, reason: str) -> None:
        """End the answer now: `cancelled`, `drained` or `fenced`. The first reason counts, but a fence overrules."""
        if not self.stop_reason or reason == "fenced":
            self.stop_reason = reason
        self.stop.set()


def is_progress(event: e.LogEvent) -> bool:
    """Whether an event brought the answer forward."""
    return isinstance(event, e.TextDelta | e.ReasoningDelta | e.ToolCallReady | e.ToolResult | e.PartStarted | e.Citation)


def last_progress(events: Sequence[e.LogEvent]) -> int:
    """The seq of the last event that brought the answer forward, 0 without one."""
    return max((event.seq for event in events if is_progress(event)), default=0)


@dataclass(slots=True)
class Watch:
    """One run on one connection: the cursor, and what was told of its state."""

    run_id: RunId
    attempt: int
    seq: int
    told: tuple[str, int | None] | None = None
    ended: bool = False


class Viewer:
    """One open connection. The tick and the runs set its flags and wake it; only its own coroutine sends."""

    def __init__(self, who: Principal, watches: Sequence[Watch], *, sync_rev: int | None) -> None:
        self.who = who
        self.watches = {watch.run_id: watch for watch in watches}
        self.woken = asyncio.Event()
        self.woken.set()
        self.bye_ms: int | None = None
        self.ping_due = False
        self.recheck_due = False
        self.sync_rev = sync_rev
        self.told_rev = sync_rev

    def say_bye(self) -> None:
        """Ask the client to connect again after a random while, so that all do not at once."""
        self.bye_ms = random.randrange(BYE_SPREAD_MS)
        self.woken.set()


class Hub:
    """All runs and viewers of this process."""

    def __init__(self) -> None:
        self.local: dict[RunId, LiveRun] = {}
        self.remote: dict[RunId, Buffer] = {}
        self.viewers: set[Viewer] = set()
        self.draining = False

    def find(self, run_id: RunId) -> Buffer | None:
        return self.local.get(run_id) or self.remote.get(run_id)

    def start(self, live: LiveRun) -> None:
        """A run is answered here from now on; who watched it from afar watches it here."""
        remote = self.remote.pop(live.run.id, None)
        if remote is not None:
            live.viewers |= remote.viewers
        self.local[live.run.id] = live
        live.wake()

    def leave(self, live: LiveRun) -> None:
        """A run is answered here no more."""
        if self.local.get(live.run.id) is live:
            del self.local[live.run.id]
        live.wake()

    def enter(self, viewer: Viewer) -> None:
        self.viewers.add(viewer)
        if self.draining:
            viewer.say_bye()

    def exit(self, viewer: Viewer) -> None:
        self.viewers.discard(viewer)
        for run_id in viewer.watches:
            buffer = self.find(run_id)
            if buffer is not None:
                buffer.viewers.discard(viewer)
                if not buffer.viewers:
                    self.remote.pop(run_id, None)

    def answering(self) -> int:
        """How many runs are answered here, those included that wait for their FINISH."""
        return sum(live.state not in TERMINAL for live in self.local.values())

    def drain(self) -> None:
        """Send every viewer away and let no new one stay."""
        self.draining = True
        for viewer in self.viewers:
            viewer.say_bye()

    def pulse(self, *, ping: bool, recheck: bool) -> None:
        """Wake all viewers for a ping or a new look at their rights."""
        for viewer in self.viewers:
            viewer.ping_due = viewer.ping_due or ping
            viewer.recheck_due = viewer.recheck_due or recheck
            if ping or recheck:
                viewer.woken.set()

    def hint(self, revs: dict[UserId, int]) -> None:
        """Tell viewers that their user's revision moved on."""
        for viewer in self.viewers:
            rev = revs.get(viewer.who.user_id)
            if rev is not None and viewer.sync_rev is not None and rev > viewer.sync_rev:
                viewer.sync_rev = rev
                viewer.woken.set()
