"""The measurements: a steady load of streams, and single chats one after the other."""

import asyncio
import statistics
import time
from dataclasses import dataclass

from ops.bench.streams import Reader, Window
from ops.bench.targets import Target

RATE = 50
OPEN_S = 0.02  # between two streams: a submit costs as much as a hundred tokens
SETTLE_S = 1.0
WINDOW_S = 4.0
SHORT = "bench-50-3"


def tokens(streams: int) -> int:
    """Tokens a stream: enough to live through the opening of all the others, even if it is slow, and through the window."""
    return int((1.6 * OPEN_S * streams + 3 + SETTLE_S + WINDOW_S) * RATE)


def steady(streams: int) -> str:
    """The model for a load of so many streams."""
    return f"bench-{RATE}-{tokens(streams)}"


@dataclass(frozen=True)
class Load:
    """What `streams` streams at 50 tokens a second cost and how late their tokens were."""

    streams: int
    complete: int
    steady: bool  # every stream lived through the window
    tokens_per_s: float
    cpu_us: float  # a token
    core_percent: float
    p50_ms: float
    p99_ms: float
    memory_bytes: int

    @property
    def kept_up(self) -> bool:
        """Whether every stream came through, and at the rate at which the upstream sent it."""
        return self.steady and self.complete == self.streams and self.tokens_per_s >= 0.97 * RATE * self.streams


@dataclass(frozen=True)
class First:
    """Milliseconds from sending the request until the first token is there."""

    p50_ms: float
    p99_ms: float


def percentile(values: list[float], share: float) -> float:
    """The value below which `share` of the values lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


async def load(target: Target, streams: int) -> Load:
    """Open `streams` streams one after the other, let them settle, and measure while all of them run."""
    await target.prepare(streams)
    window = Window()
    readers = await _open(target, streams, window)
    await asyncio.sleep(SETTLE_S)
    cpu_s, began = target.server.cpu_s(), time.perf_counter()
    window.counting = True
    await asyncio.sleep(WINDOW_S)
    window.counting = False
    lasted_s, spent_s = time.perf_counter() - began, target.server.cpu_s() - cpu_s
    memory_bytes = target.server.memory_bytes()
    lived = not any(reader.over.done() for reader in readers)
    complete = await _finish(readers, tokens(streams))
    ages = sorted(window.ages_us) or [0]
    return Load(
        streams=streams,
        complete=complete,
        steady=lived,
        tokens_per_s=len(window.ages_us) / lasted_s,
        cpu_us=1e6 * spent_s / max(1, len(window.ages_us)),
        core_percent=100 * spent_s / lasted_s,
        p50_ms=percentile([float(age) for age in ages], 0.5) / 1000,
        p99_ms=percentile([float(age) for age in ages], 0.99) / 1000,
        memory_bytes=memory_bytes,
    )


async def _open(target: Target, streams: int, window: Window) -> list[Reader]:
    began = time.perf_counter()

    async def one(number: int) -> Reader:
        await asyncio.sleep(max(0.0, began + OPEN_S * number - time.perf_counter()))
        return await target.open(number, steady(streams), window)

    return list(await asyncio.gather(*(one(number) for number in range(streams))))


async def _finish(readers: list[Reader], expected: int) -> int:
    """Wait until the streams are over and count those that brought every token."""
    await asyncio.wait([reader.over for reader in readers], timeout=20)
    complete = sum(reader.over.done() and reader.over.result() and reader.tokens == expected for reader in readers)
    for reader in readers:
        reader.stop(complete=False)
    return complete


async def first_token(target: Target, chats: int = 60) -> First:
    """Ask `chats` times, one after the other, and note when the first token came."""
    await target.prepare(1)
    times: list[float] = []
    for _ in range(chats + 5):
        began = time.perf_counter()
        reader = await target.open(0, SHORT, Window())
        times.append(1000 * (await asyncio.wait_for(reader.first, 10) - began))
        await asyncio.wait_for(reader.over, 10)
    warm = times[5:]
    return First(statistics.median(warm), percentile(warm, 0.99))
