"""One storm over a fleet, and what must be true when it is over."""

import asyncio
import random
import re
import signal
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp

from portico.infra.db import open_database
from tests.chaos.checker import Verdict, judge, quantile
from tests.chaos.client import Page, Transcript
from tests.chaos.drill import api_keys
from tests.chaos.fleet import Fleet, Replica
from tests.storm.guests import Counts, Guest, Known

SETTLE_S = 40.0
HEALTH_S = 2.0  # the slowest answer of a probe on a machine whose processors all work for the guests
LEAVE_S = 20.0
ROOM_MB = 40.0  # what a replica may hold more after the last round than after the first
LEFT_TASKS = 3
LEFT_FILES = 20  # more than after the first round, when the kept connections to the model server and to the store were opened
COMPLAINTS = re.compile(r"Traceback|never retrieved|never awaited|unhandled error|Task was destroyed|active transaction|a tick failed")
SETTINGS = {
    "PORTICO_STREAMS_PER_USER": "30",
    "PORTICO_RUNS_PER_USER": "20",
    "PORTICO_UPLOADS_PER_HOUR": "1000000",
    "PORTICO_USER_QUOTA_BYTES": str(10**12),
    "PORTICO_EXPORTS_PER_HOUR": "1000000",
    "PORTICO_LOGINS_PER_MINUTE": "10000",
}


@dataclass(frozen=True)
class Weather:
    """`rounds` storms of `round_s` with `guests` at a time on each replica; `pages` answers beside them must come to their end."""

    rounds: int
    round_s: float
    guests: int
    seed: int
    pages: int = 4


@dataclass(frozen=True)
class State:
    """What one replica holds."""

    streams: int
    runs: int
    busy: int
    tasks: int
    files: int
    memory_mb: float


@dataclass
class Outcome:
    """What the storm did, and what was wrong afterwards."""

    counts: Counts = field(default_factory=Counts)
    probes_s: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    verdict: Verdict = field(default_factory=Verdict)

    def expect(self, fine: bool, what: str) -> None:
        if not fine:
            self.wrong.append(what)

    def text(self) -> str:
        requests = sum(self.counts.cuts.values())
        checks = {name: self.verdict.checked[name] for name in sorted(self.verdict.checked)}
        broken = [f"{name}: {text}" for name, found in self.verdict.broken.items() for text in found[:8]]
        p50, p99, slowest = (quantile(self.probes_s, share) * 1000 for share in (0.5, 0.99, 1.0))
        probes = f"{len(self.probes_s)} probes: p50 {p50:.0f} ms, p99 {p99:.0f} ms, max {slowest:.0f} ms"
        return "\n".join(
            [
                f"{requests} requests, by cut {dict(self.counts.cuts.most_common())}",
                f"by route {dict(self.counts.routes.most_common())}",
                f"whole answers by status {dict(sorted(self.counts.statuses.items()))}",
                probes,
                *self.lines,
                f"invariants, checked {checks}; violations {self.verdict.violations}",
                *broken,
                *(f"WRONG: {what}" for what in self.wrong),
            ]
        )


async def state(session: aiohttp.ClientSession, replica: Replica) -> State:
    """Ask a replica's metrics what it holds."""
    async with session.get(f"http://127.0.0.1:{replica.metrics_port}/metrics") as answer:
        text = await answer.text()

    def value(series: str) -> float:
        found = re.search(rf"^{re.escape(series)} (\S+)$", text, re.MULTILINE)
        return float(found[1]) if found else 0.0

    return State(
        int(value("portico_live_streams")),
        int(value("portico_live_runs")),
        int(value('portico_database_connections{state="busy"}')),
        int(value("portico_tasks")),
        int(value("process_open_fds")),
        value("process_resident_memory_bytes") / 1e6,
    )


async def storm(made: Fleet, weather: Weather) -> Outcome:
    """Let it blow, then look at everything."""
    outcome = Outcome()
    rng = random.Random(weather.seed)
    keys = await api_keys(made.addresses()[0])
    transcripts: list[Transcript] = []
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        await _pages(made, session, keys, transcripts, rng, 1)  # everything is open and loaded once
        before = [await state(session, replica) for replica in made.replicas]
        outcome.lines.append("before: " + "; ".join(map(_told, before)))
        rounds: list[list[State]] = []
        for _ in range(weather.rounds):
            await _round(made, weather, outcome, session, keys, transcripts, rng)
            rounds.append([await _settled(session, replica, start) for replica, start in zip(made.replicas, before, strict=True)])
            outcome.lines.append(f"after round {len(rounds)}: " + "; ".join(map(_told, rounds[-1])))
        for start, early, end in zip(before, rounds[0], rounds[-1], strict=True):
            _compare(outcome, start, early, end)
        await _pages(made, session, keys, transcripts, rng, weather.pages)  # also who stormed is served as before
        await _many_streams(made, session, keys, outcome)
        async with session.get(f"{made.upstream}/calls") as answer:
            calls: dict[str, int] = await answer.json()
    await _judge(made, outcome, transcripts, calls)
    await _leave(made, weather, outcome, keys)
    for replica in made.replicas:
        outcome.wrong += [f"{replica.log.name}: {line[:300]}" for line in _complaints(replica.log)]
    return outcome


async def _round(
    made: Fleet,
    weather: Weather,
    outcome: Outcome,
    session: aiohttp.ClientSession,
    keys: list[str],
    transcripts: list[Transcript],
    rng: random.Random,
) -> None:
    stop = asyncio.Event()
    known = [Known(key) for key in keys[:-1]]  # the last one asks in peace
    guests = [
        Guest(replica.port, rng.choice(known), outcome.counts, random.Random(rng.random()))
        for replica in made.replicas
        for _ in range(weather.guests)
    ]
    probing = asyncio.create_task(_probe(made, session, outcome, stop), name="probe")
    coming = [asyncio.create_task(guest.come_and_go(stop), name="guest") for guest in guests]
    pages = asyncio.create_task(_pages(made, session, keys, transcripts, rng, weather.pages), name="pages")
    await asyncio.sleep(weather.round_s)
    stop.set()
    await asyncio.gather(probing, *coming, pages)


async def _pages(
    made: Fleet, session: aiohttp.ClientSession, keys: list[str], transcripts: list[Transcript], rng: random.Random, count: int
) -> None:
    """Questions that must be answered to their end, whatever goes on beside them."""
    fresh = [Transcript(len(transcripts) + number, rng.randrange(20, 80), 80) for number in range(count)]
    transcripts += fresh

    async def one(transcript: Transcript) -> None:
        page = Page(session, made.addresses(), random.Random(transcript.seed), time.monotonic() + 90, keys[-1])
        await page.ask(transcript)
        await page.follow(transcript)

    results = await asyncio.gather(*map(one, fresh), return_exceptions=True)
    for transcript, result in zip(fresh, results, strict=True):
        if isinstance(result, BaseException):
            transcript.faults.append(f"I6 the page gave up: {result!r}"[:200])


async def _probe(made: Fleet, session: aiohttp.ClientSession, outcome: Outcome, stop: asyncio.Event) -> None:
    """Ask for health as a supervisor does."""
    while not stop.is_set():
        for address in made.addresses():
            began = time.monotonic()
            async with session.get(f"{address}/health", headers={"Connection": "close"}) as answer:
                outcome.expect(answer.status == 200, f"/health answered {answer.status}")
            outcome.probes_s.append(time.monotonic() - began)
        await asyncio.sleep(0.2)


async def _settled(session: aiohttp.ClientSession, replica: Replica, before: State) -> State:
    """Wait until nothing is left of the guests, or for so long that what is left is there to stay."""
    ends = time.monotonic() + SETTLE_S
    while True:
        now = await state(session, replica)
        calm = (now.streams, now.runs, now.busy) == (0, 0, 0)
        if (calm and now.tasks <= before.tasks + LEFT_TASKS) or time.monotonic() > ends:
            return now
        await asyncio.sleep(0.5)


def _told(now: State) -> str:
    return (
        f"{now.streams} streams, {now.runs} runs, {now.busy} busy connections, {now.tasks} tasks, "
        f"{now.files} descriptors, {now.memory_mb:.0f} MB"
    )


def _compare(outcome: Outcome, before: State, first: State, end: State) -> None:
    outcome.expect((end.streams, end.runs, end.busy) == (0, 0, 0), f"left over: {_told(end)}")
    outcome.expect(end.tasks <= before.tasks + LEFT_TASKS, f"{end.tasks} tasks, {before.tasks} before")
    outcome.expect(end.files <= first.files + LEFT_FILES, f"{end.files} descriptors, {first.files} after the first round")
    grown = end.memory_mb - first.memory_mb
    outcome.expect(grown <= ROOM_MB, f"{grown:.0f} MB more than after the first round")


async def _many_streams(made: Fleet, session: aiohttp.ClientSession, keys: list[str], outcome: Outcome) -> None:
    """Whoever stormed may open as many streams as one may have, and not one more: the counts have not drifted."""
    most = int(SETTINGS["PORTICO_STREAMS_PER_USER"])
    for address in made.addresses():
        headers = {"Authorization": f"Bearer {keys[0]}"}
        answers = await asyncio.gather(*(session.get(f"{address}/api/events", headers=headers) for _ in range(most + 10)))
        opened = sum(answer.status == 200 for answer in answers)
        outcome.expect(opened == most, f"{opened} streams of one person opened at {address}, {most} are allowed")
        for answer in answers:
            answer.close()


async def _leave(made: Fleet, weather: Weather, outcome: Outcome, keys: list[str]) -> None:
    """Stop every replica in the middle of it all: each must leave in order, whoever still asks or owes the half of a request."""
    stop = asyncio.Event()
    known = Known(keys[0])
    guests = [
        Guest(replica.port, known, outcome.counts, random.Random(weather.seed + n))
        for replica in made.replicas
        for n in range(weather.guests)
    ]
    coming = [asyncio.create_task(guest.come_and_go(stop), name="guest") for guest in guests]
    coming += [asyncio.create_task(guest.stay(stop), name="stays") for guest in guests[::4]]
    await asyncio.sleep(1)
    for replica in made.replicas:
        outcome.expect(replica.alive, "a replica died")
        replica.signal(signal.SIGTERM)
    for replica in made.replicas:
        if replica.process is not None:
            try:
                status = await asyncio.to_thread(replica.process.wait, LEAVE_S)
            except subprocess.TimeoutExpired:
                status = None
            outcome.expect(status == 0, f"a replica that was told to stop ended with {status}")
    stop.set()
    await asyncio.gather(*coming)


async def _judge(made: Fleet, outcome: Outcome, transcripts: list[Transcript], calls: dict[str, int]) -> None:
    slowest = quantile(outcome.probes_s, 0.99)
    outcome.expect(slowest <= HEALTH_S, f"/health took {slowest:.1f} s")
    outcome.expect(all(item.status == "done" for item in transcripts), "an answer beside the storm did not come to its end")
    db = await open_database(made.database_url)
    try:
        # A question that is stopped before its model was asked has a cost line and no call.
        outcome.verdict = await judge(db, transcripts, calls, -(-outcome.counts.stops // 60))
    finally:
        await db.close()


def _complaints(log: Path) -> list[str]:
    return [line for line in log.read_text().splitlines() if COMPLAINTS.search(line)][:20]
