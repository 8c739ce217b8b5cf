"""`python -m tests.storm --store sqlite|postgres --seconds 60 --seed 1`: let it blow and print what was left; exit 1 if anything was."""

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path

from tests.chaos.__main__ import prepare
from tests.chaos.fleet import fleet
from tests.storm.storm import SETTINGS, Outcome, Weather, storm


async def run(options: argparse.Namespace, folder: Path, database_url: str) -> Outcome:
    rounds = max(2, round(options.seconds / 20))
    weather = Weather(rounds, options.seconds / rounds, options.guests, options.seed)
    async with fleet(folder, store=options.store, replicas=options.replicas, ttl_s=8, database_url=database_url, settings=SETTINGS) as made:
        return await storm(made, weather)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.storm", description="Requests that are cut at any moment.")
    parser.add_argument("--store", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--replicas", type=int, default=2, help="processes, on PostgreSQL")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--guests", type=int, default=40, help="broken connections at a time on each replica")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="portico-storm-"))
    url, server = prepare(options.store, folder)
    try:
        outcome = asyncio.run(run(options, folder, url))
    finally:
        if server is not None:
            server.cleanup()
    sys.stdout.write(f"\nstore {options.store}, seed {options.seed}\n{outcome.text()}\n")
    bad = bool(outcome.wrong) or outcome.verdict.violations > 0
    if bad:
        sys.stdout.write(f"logs are in {folder}\n")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
