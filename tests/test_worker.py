"""The background process: works on jobs until it is told to stop, and leaves nothing behind."""

import asyncio
from pathlib import Path

import pytest

from portico.infra.jobs import enqueue
from portico.settings import Data, Database, Secrets, Settings
from portico.wiring import build
from portico.worker import work

LEFT = "SELECT count(*) AS n FROM processes"


@pytest.mark.slow
async def test_a_worker_does_jobs_and_gives_its_lease_back(store_url: str, tmp_path: Path) -> None:
    settings = Settings(data=Data(dir=tmp_path), database=Database(url=store_url), secrets=Secrets(keys=("k" * 43,)))
    portico = await build(settings, worker=True)
    db, stop = portico.infra.db, asyncio.Event()
    try:
        async with db.transaction() as tx:
            await enqueue(tx, "retention", {})
        working = asyncio.create_task(work(portico, stop), name="worker")
        async with asyncio.timeout(15):
            while await db.fetch_one("SELECT 1 FROM jobs WHERE kind = 'retention' AND state = 'done'") is None:
                await asyncio.sleep(0.05)
        stop.set()
        await asyncio.wait_for(working, 15)
        row = await db.fetch_one(LEFT)
        assert row is not None
        assert row["n"] == 0
    finally:
        await portico.close()
