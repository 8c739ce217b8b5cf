"""The figures as Markdown tables, ready for docs/explanation/performance.md."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from ops.bench.measure import First, Load

MB = 1024 * 1024
LATE_MS = 100


@dataclass(frozen=True)
class Result:
    """Everything about one target. `first_start_s` is a start that also makes the store."""

    name: str
    ready_s: float
    first_start_s: float | None
    idle_bytes: int
    first: First
    loads: list[Load]


def machine() -> str:
    """The processor and how many cores of it this process may use."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    model = next((line.partition(": ")[2] for line in lines if line.startswith("model name")), "unknown processor")
    return f"{model}, {os.cpu_count()} cores"


def tables(results: list[Result]) -> str:
    """Two tables: streams, and the rest."""
    return f"\n{_streams(results)}\n{_rest(results)}\n{_verdict(results[-1])}"


def _streams(results: Iterable[Result]) -> str:
    rows = [
        [
            result.name,
            str(load.streams),
            f"{load.complete}/{load.streams}" + ("" if load.steady else " (not at once)"),
            f"{load.tokens_per_s:,.0f}",
            f"{load.cpu_us:.0f}",
            f"{load.core_percent:.0f} %",
            f"{load.p50_ms:.1f}",
            f"{load.p99_ms:.1f}",
            f"{load.memory_bytes / MB:.0f}",
        ]
        for result in results
        for load in result.loads
    ]
    head = ["", "streams at 50/s", "complete", "tokens/s", "CPU µs a token", "of a core", "token age p50 ms", "p99 ms", "MB"]
    return _table(head, rows)


def _rest(results: list[Result]) -> str:
    base = results[0].first
    rows = [
        [
            result.name,
            f"{result.ready_s:.2f}" + (f" ({result.first_start_s:.2f} with a new store)" if result.first_start_s else ""),
            f"{result.idle_bytes / MB:.0f}",
            f"{_a_further_stream(result.loads) / 1024:.0f}",
            f"{result.first.p50_ms:.1f}",
            f"{result.first.p99_ms:.1f}",
            f"{result.first.p50_ms - base.p50_ms:+.1f}",
        ]
        for result in results
    ]
    return _table(["", "ready after s", "idle MB", "KB a further stream", "first token p50 ms", "p99 ms", "added p50 ms"], rows)


def _a_further_stream(loads: list[Load]) -> float:
    """Bytes by which the memory grew from the least to the greatest load, a stream: what is loaded once does not count."""
    first, last = loads[0], loads[-1]
    return (last.memory_bytes - first.memory_bytes) / max(1, last.streams - first.streams)


def _verdict(result: Result) -> str:
    good = [load.streams for load in result.loads if load.kept_up and load.p99_ms < LATE_MS]
    most, tried = max(good, default=0), result.loads[-1].streams
    return f"{result.name}: {most} streams of 50 tokens a second on one core with p99 below {LATE_MS} ms ({tried} tried)."


def _table(head: list[str], rows: list[list[str]]) -> str:
    lines = [f"| {' | '.join(cells)} |" for cells in (head, ["---"] * len(head), *rows)]
    return "\n".join(lines) + "\n"
