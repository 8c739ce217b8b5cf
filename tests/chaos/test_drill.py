"""A short drill on each store: what `make chaos` does at length."""

import os
from pathlib import Path

import pytest

from portico.migrations.upgrade import upgrade
from tests.chaos.drill import Plan, drill
from tests.chaos.fleet import fleet
from tests.conftest import fresh_database
from tests.rolling.middle import MissingProgram, pgbouncer, require

SHORT = Plan(runs=10, width=6, every_s=3.0, limit_s=120, seed=5)
PLAN = Plan(runs=16, width=8, every_s=2.0, limit_s=150, seed=3)


@pytest.mark.slow
async def test_nothing_is_lost_when_the_only_process_is_killed_again_and_again(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/data/portico.db"
    upgrade(url)
    async with fleet(tmp_path, store="sqlite", replicas=1, ttl_s=1.5, database_url=url) as made:
        verdict, table = await drill(made, PLAN)
    assert verdict.violations == 0, table
    assert made.faults.kills + made.faults.terms > 0, table


@pytest.mark.slow
@pytest.mark.postgres
async def test_nothing_is_lost_when_replicas_are_killed_frozen_and_rolled(
    tmp_path: Path, postgres_url: str, postgres_template: str
) -> None:
    with fresh_database(postgres_url, postgres_template) as url:
        async with fleet(tmp_path, store="postgres", replicas=2, ttl_s=1.5, database_url=url) as made:
            verdict, table = await drill(made, PLAN)
    assert verdict.violations == 0, table
    assert made.faults.kills + made.faults.freezes + made.faults.terms > 0, table


@pytest.mark.slow
@pytest.mark.postgres
async def test_nothing_is_lost_behind_a_pooler_in_transaction_mode(tmp_path: Path, postgres_url: str, postgres_template: str) -> None:
    try:
        require("pgbouncer")
    except MissingProgram as error:
        if "pgbouncer" in os.environ.get("PORTICO_REQUIRE", ""):
            raise
        pytest.skip(str(error))
    with fresh_database(postgres_url, postgres_template) as url, pgbouncer(tmp_path, url) as pooled:
        settings = {"DATABASE_URL": pooled, "PORTICO_DB_POOLER": "transaction"}
        async with fleet(tmp_path, store="postgres", replicas=2, ttl_s=1.5, database_url=url, settings=settings) as made:
            verdict, table = await drill(made, SHORT)
    assert verdict.violations == 0, table
    assert made.faults.kills + made.faults.freezes + made.faults.terms > 0, table
