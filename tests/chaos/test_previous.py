"""A rolling update: the release before this one serves, the database is migrated under it, and both answer side by side."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from portico.migrations.upgrade import upgrade
from tests.chaos import previous
from tests.chaos.drill import Plan, drill
from tests.chaos.fleet import Fleet, Replica, fleet, free_port
from tests.conftest import fresh_database

PLAN = Plan(runs=16, width=8, every_s=1_000, limit_s=120, seed=7)


@pytest.fixture
def earlier(tmp_path: Path) -> Path:
    ref = previous.reference()
    if ref is None:
        pytest.skip("there is no release before this one; PREVIOUS_RELEASE=<git name> tries another state")
    return previous.unpack(ref, tmp_path / "previous")


@pytest.mark.slow
@pytest.mark.postgres
async def test_the_release_before_serves_on_beside_this_one_on_the_migrated_database(
    tmp_path: Path, postgres_url: str, earlier: Path
) -> None:
    with fresh_database(postgres_url, "template0") as url:
        _migrate_by(earlier, url)
        settings = {"PYTHONPATH": str(earlier)}
        async with fleet(tmp_path, store="postgres", replicas=1, ttl_s=2, database_url=url, settings=settings) as made:
            await asyncio.to_thread(upgrade, url)  # the old process is up; no column that it reads or writes may be gone
            old = made.replicas[0]
            new = Replica(free_port(), {**old.env, "PYTHONPATH": str(previous.ROOT / "src")}, tmp_path / "new.log")
            new.start()
            made.replicas.append(new)
            await made.ready(new)
            verdict, table = await drill(made, PLAN)
            await _roll(made, old)
    assert verdict.violations == 0, table
    assert verdict.endings == {}, table


async def _roll(made: Fleet, old: Replica) -> None:
    """The old process is told to stop and leaves in order; what it refuses then is a database that is newer than it knows."""
    assert old.alive, old.log.read_text()[-2000:]
    assert old.process is not None
    old.signal(signal.SIGTERM)
    assert old.process.wait(timeout=30) == 0
    made.replicas.remove(old)
    if _revision(old.env["PYTHONPATH"]) != _revision(str(previous.ROOT / "src")):
        old.start()
        assert old.process.wait(timeout=30) == 78, old.log.read_text()[-2000:]


def _migrate_by(source: Path, url: str) -> None:
    env = {**os.environ, "PYTHONPATH": str(source), "DATABASE_URL": url}
    subprocess.run([sys.executable, "-m", "portico", "db", "upgrade"], env=env, check=True, capture_output=True)


def _revision(source: str) -> str:
    env = {**os.environ, "PYTHONPATH": source}
    done = subprocess.run(
        [sys.executable, "-c", "from portico.migrations import HEAD; print(HEAD)"], env=env, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()
