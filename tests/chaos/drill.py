"""One drill: pages, faults and the verdict."""

import asyncio
import os
import random
import signal
import time
from dataclasses import dataclass
from typing import Any

import aiohttp

from portico.infra.db import open_database
from tests.chaos.checker import LATE_MS, Verdict, judge, table
from tests.chaos.client import Page, Transcript
from tests.chaos.fleet import ADMIN, Faults, Fleet

USERS = 8  # the answers of one person wait for each other where they are stored: a drill with one person would measure that


async def api_keys(address: str) -> list[str]:
    """Sign in as the drill's administrator, make its people, and a key for each."""
    jar = aiohttp.CookieJar(unsafe=True)  # an address in figures may set cookies, too
    async with aiohttp.ClientSession(headers={"Origin": address}, cookie_jar=jar) as session:
        await _post(session, f"{address}/api/session", {"email": ADMIN[0], "password": ADMIN[1]})
        for number in range(USERS):
            body = {"email": f"page{number}@example.com", "name": f"Page {number}", "password": ADMIN[1], "role": "member"}
            await _post(session, f"{address}/api/users", body)
    return [await _key(address, f"page{number}@example.com") for number in range(USERS)]


async def _key(address: str, email: str) -> str:
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(headers={"Origin": address}, cookie_jar=jar) as session:
        await _post(session, f"{address}/api/session", {"email": email, "password": ADMIN[1]})
        return str((await _post(session, f"{address}/api/keys", {"name": "drill", "scopes": ["chat", "read"]}))["secret"])


async def _post(session: aiohttp.ClientSession, url: str, body: dict[str, Any]) -> dict[str, Any]:
    async with session.post(url, json=body) as answer:
        answer.raise_for_status()
        return await answer.json()


async def one(page: Page, transcript: Transcript, gate: asyncio.Semaphore, rng: random.Random) -> None:
    async with gate:
        await page.ask(transcript)
        following = asyncio.create_task(page.follow(transcript))
        if rng.random() < 0.1:
            await asyncio.sleep(rng.uniform(0.3, 1.5))
            await page.stop(transcript)
        await following


async def outage(server: Any, wait_s: float, faults: Faults, stop: asyncio.Event) -> None:
    """Kill the database as a crash would, leave it away, and start it again; once, 5 s into the drill."""
    await asyncio.sleep(5)
    os.kill(server.get_pid(), signal.SIGQUIT)
    faults.outages += 1
    await asyncio.sleep(wait_s)
    await asyncio.to_thread(server.ensure_postgres_running)
    await stop.wait()


@dataclass(frozen=True)
class Plan:
    """What a drill does: `runs` answers, `width` at a time, a fault every `every_s`, or one outage of the database of `outage_s`."""

    runs: int
    width: int
    every_s: float
    limit_s: float
    seed: int
    outage_s: float = 0.0


async def drill(made: Fleet, plan: Plan, server: Any = None) -> tuple[Verdict, str]:
    """Run the drill on a ready fleet and judge it."""
    runs, width, seed, limit_s = plan.runs, plan.width, plan.seed, plan.limit_s
    rng = random.Random(seed)
    keys = await api_keys(made.addresses()[0])
    stop = asyncio.Event()
    began = time.monotonic()
    transcripts = [Transcript(number, rng.randrange(40, 200), rng.choice((40, 80, 150))) for number in range(runs)]
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector) as session:
        hurting = outage(server, plan.outage_s, made.faults, stop) if plan.outage_s else made.torment(plan.every_s, stop, rng)
        tormentors = [asyncio.create_task(hurting), asyncio.create_task(made.revive(stop, rng))]
        gate = asyncio.Semaphore(width)
        pages = [
            Page(session, made.addresses(), random.Random(seed + number), began + limit_s, keys[number % USERS]) for number in range(runs)
        ]
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
        crashes = faults.kills + faults.freezes + faults.crash_points + faults.terms + faults.outages
        # Text that waited in memory for the database is written when it is back, also that from before a stop.
        late_ms = LATE_MS + round(plan.outage_s * 1000)
        verdict = await judge(db, transcripts, calls, crashes, late_ms=late_ms)
    finally:
        await db.close()
    hurt = f"{faults.kills} kills, {faults.freezes} freezes beyond the lease, {faults.crash_points} crash points armed"
    summary = f"{hurt}, {faults.terms} SIGTERM, {faults.outages} outages of the database"
    return verdict, table(verdict, transcripts, summary, time.monotonic() - began)
