"""`python -m tests.rolling`: roll, kill and freeze three replicas behind HAProxy under live streams; exit 1 on a violation."""

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path

from tests.chaos.__main__ import prepare
from tests.chaos.fleet import fleet
from tests.rolling.drill import Plan, drill, table
from tests.rolling.middle import MissingProgram, haproxy, require

PHASES = 5


async def run(options: argparse.Namespace, folder: Path, database_url: str) -> int:
    drain_s = options.drain
    # Each answer lives through all phases: three drains and starts, a kill, and a freeze of one and a half leases.
    seconds = 3 * (drain_s + 6) + 8 + 1.5 * options.ttl + PHASES * (options.ttl / 2 + 2) + 20
    plan = Plan(options.streams, options.rate, drain_s, seconds)
    settings = {"PORTICO_DRAIN_SECONDS": str(int(drain_s)), "PORTICO_MAX_STREAMS": str(options.streams * 2), "PORTICO_DB_POOL": "12"}
    async with fleet(folder, store="postgres", replicas=3, ttl_s=options.ttl, database_url=database_url, settings=settings) as made:
        with haproxy(folder, [replica.port for replica in made.replicas]) as address:
            result = await drill(made, address, plan)
    sys.stdout.write(f"\n3 replicas, PostgreSQL, HAProxy; lease {options.ttl:g} s, drain {drain_s:g} s\n{table(result, plan)}\n")
    failed = sum(sum(felt.failed.values()) for felt in result.diary.phases)
    return 1 if result.verdict.violations or failed else 0


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.rolling", description="See docs/explanation/when-a-pod-dies.md.")
    parser.add_argument("--streams", type=int, default=200)
    parser.add_argument("--rate", type=int, default=50, help="tokens a second of each answer")
    parser.add_argument("--ttl", type=float, default=8.0, help="lease, seconds")
    parser.add_argument("--drain", type=float, default=20.0, help="PORTICO_DRAIN_SECONDS of the replicas")
    options = parser.parse_args()
    try:
        require("haproxy")
    except MissingProgram as error:
        sys.exit(str(error))
    folder = Path(tempfile.mkdtemp(prefix="portico-rolling-"))
    url, server = prepare("postgres", folder)
    try:
        return asyncio.run(run(options, folder, url))
    finally:
        server.cleanup()


if __name__ == "__main__":
    sys.exit(main())
