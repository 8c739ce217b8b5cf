"""The drill: long answers on three replicas, each replica restarted in turn, one killed, one frozen past its lease."""

import asyncio
import random
import signal
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import aiohttp

from portico.infra.db import open_database
from tests.chaos.checker import Verdict, judge, quantile
from tests.chaos.client import Transcript
from tests.chaos.drill import USERS, api_keys
from tests.chaos.fleet import Fleet, Replica
from tests.rolling.viewer import Diary, Felt, Passer, Viewer, fresh_seed

PASSERS = 4
GIVE_UP_S = 420.0


@dataclass(frozen=True)
class Plan:
    """`streams` answers of `seconds` at `rate` tokens a second; `drain_s` is the replicas' own setting."""

    streams: int
    rate: int
    drain_s: float
    seconds: float
    seed: int = 1


@dataclass
class Result:
    verdict: Verdict
    diary: Diary
    transcripts: list[Transcript]
    took_s: float


async def drill(made: Fleet, address: str, plan: Plan) -> Result:
    """Run the drill on a ready fleet behind the proxy at `address`, and judge it."""
    keys = await api_keys(made.addresses()[0])
    diary, stop, began = Diary(), asyncio.Event(), time.monotonic()
    words = int(plan.seconds * plan.rate)
    transcripts = [Transcript(fresh_seed(n), words, plan.rate) for n in range(plan.streams)]
    spare = [fresh_seed(n) for n in range(plan.streams, plan.streams + 4_000)][::-1]
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        viewers = [
            Viewer(session, address, keys[n % USERS], transcript, diary, random.Random(plan.seed + n))
            for n, transcript in enumerate(transcripts)
        ]
        passers = [Passer(session, address, keys[n % USERS], diary, 1.0, spare) for n in range(PASSERS)]
        async with asyncio.timeout(GIVE_UP_S), asyncio.TaskGroup() as tasks:
            for viewer in viewers:
                tasks.create_task(_watch(viewer))
                await asyncio.sleep(0.02)
            for passer in passers:
                tasks.create_task(passer.live(stop))
            await _phases(made, plan, diary)
            diary.begin("after")
            stop.set()
        await asyncio.sleep(made.ttl_s + 2)  # until what was begun in passing has ended, too
        async with session.get(f"{made.upstream}/calls") as answer:
            calls: dict[str, int] = await answer.json()
    db = await open_database(made.database_url)
    try:
        verdict = await judge(db, transcripts, calls, crashes=2)
    finally:
        await db.close()
    return Result(verdict, diary, transcripts, time.monotonic() - began)


async def _watch(viewer: Viewer) -> None:
    await viewer.ask()
    await viewer.follow()


async def _phases(made: Fleet, plan: Plan, diary: Diary) -> None:
    """What is done to the replicas, each after the other is over."""
    await asyncio.sleep(3)
    steps: list[tuple[str, Callable[[Replica], Awaitable[None]], Replica]] = [
        *((f"restart of replica {n + 1}", _restart, replica) for n, replica in enumerate(made.replicas)),
        ("kill -9 of replica 1", _kill, made.replicas[0]),
        ("replica 2 frozen past its lease", _freezer(made.ttl_s), made.replicas[1]),
    ]
    for name, step, replica in steps:
        diary.begin(name)
        await step(replica)
        await made.ready(replica)
        await asyncio.sleep(made.ttl_s / 2 + 2)


async def _restart(replica: Replica) -> None:
    replica.signal(signal.SIGTERM)
    process = replica.process
    assert process is not None
    code = await asyncio.to_thread(process.wait)
    if code:
        raise AssertionError(f"a replica that was told to stop ended with {code}")
    replica.start()


async def _kill(replica: Replica) -> None:
    replica.signal(signal.SIGKILL)
    await asyncio.sleep(1)
    replica.start()


def _freezer(ttl_s: float) -> Callable[[Replica], Awaitable[None]]:
    async def freeze(replica: Replica) -> None:
        replica.signal(signal.SIGSTOP)
        await asyncio.sleep(ttl_s * 1.5)
        replica.signal(signal.SIGCONT)

    return freeze


def table(result: Result, plan: Plan) -> str:
    """What happened, phase by phase, and what the store says of it."""
    lines = [f"{'phase':<34}{'requests':>9}{'failed':>8}{'broken':>8}{'bye':>6}  {'reconnect p50/p99 s':<21}{'silence p50/p99/max s':<22}"]
    lines += [_line(felt) for felt in result.diary.phases]
    violations = result.verdict.broken
    lost = len(violations["I3"]) + len(violations["I4"]) + len(violations["I8"])
    charges = result.verdict.checked["I5"]
    lines += [
        "",
        f"{plan.streams} answers of {int(plan.seconds * plan.rate)} tokens at {plan.rate} a second, {result.took_s:.0f} s in all",
        f"went on in another process: {sum(item.attempt > 1 for item in result.transcripts)}",
        f"events lost, doubled or out of order: {lost}",
        f"charges: one an answer, equal to its stored tokens: {charges} checked, {len(violations['I5'])} wrong",
        f"answers: {dict(Counter(item.status for item in result.transcripts))}",
        f"violations of I1 to I8: {result.verdict.violations}",
    ]
    for name, broken in violations.items():
        lines += [f"  {name}: {text}" for text in broken[:8]]
    for felt in result.diary.phases:
        lines += [f"  failed in {felt.name}: {dict(felt.failed)}"] if felt.failed else []
    return "\n".join(lines)


def _line(felt: Felt) -> str:
    again = f"{quantile(felt.reconnects_s, 0.5):.2f} / {quantile(felt.reconnects_s, 0.99):.2f}" if felt.reconnects_s else "-"
    long = [silence for silence in felt.silences_s if silence > 0.5]
    quiet = f"{quantile(long, 0.5):.2f} / {quantile(long, 0.99):.2f} / {max(long):.2f} ({len(long)})" if long else "-"
    return f"{felt.name:<34}{felt.requests:>9}{sum(felt.failed.values()):>8}{felt.broken:>8}{felt.goodbyes:>6}  {again:<21}{quiet:<22}"
