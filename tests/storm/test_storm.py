"""A short storm on each store: what `make storm` does at length."""

from pathlib import Path

import pytest

from portico.migrations.upgrade import upgrade
from tests.chaos.fleet import fleet
from tests.conftest import fresh_database
from tests.storm.storm import SETTINGS, Weather, storm

SHORT = Weather(rounds=2, round_s=3.0, guests=20, seed=1, pages=2)


@pytest.mark.slow
async def test_requests_that_are_cut_at_any_moment_leave_nothing_behind(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/data/portico.db"
    upgrade(url)
    async with fleet(tmp_path, store="sqlite", replicas=1, ttl_s=8, database_url=url, settings=SETTINGS) as made:
        outcome = await storm(made, SHORT)
    assert (outcome.wrong, outcome.verdict.violations) == ([], 0), outcome.text()
    assert sum(outcome.counts.cuts.values()) > 100, outcome.text()


@pytest.mark.slow
@pytest.mark.postgres
async def test_nor_do_they_on_two_replicas(tmp_path: Path, postgres_url: str, postgres_template: str) -> None:
    with fresh_database(postgres_url, postgres_template) as url:
        async with fleet(tmp_path, store="postgres", replicas=2, ttl_s=8, database_url=url, settings=SETTINGS) as made:
            outcome = await storm(made, SHORT)
    assert (outcome.wrong, outcome.verdict.violations) == ([], 0), outcome.text()
    assert sum(outcome.counts.cuts.values()) > 100, outcome.text()
