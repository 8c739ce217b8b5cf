"""A short drill: what `make rolling` does at length."""

import os
from pathlib import Path

import pytest

from tests.chaos.fleet import fleet
from tests.conftest import fresh_database
from tests.rolling.drill import Plan, drill, table
from tests.rolling.middle import MissingProgram, haproxy, require

SETTINGS = {"PORTICO_DRAIN_SECONDS": "3", "PORTICO_MAX_STREAMS": "60"}
PLAN = Plan(streams=9, rate=30, drain_s=3, seconds=60)


@pytest.mark.slow
@pytest.mark.postgres
async def test_replicas_are_restarted_killed_and_frozen_and_nobody_loses_a_word(
    tmp_path: Path, postgres_url: str, postgres_template: str
) -> None:
    try:
        require("haproxy")
    except MissingProgram as error:
        if "haproxy" in os.environ.get("PORTICO_REQUIRE", ""):
            raise
        pytest.skip(str(error))
    with fresh_database(postgres_url, postgres_template) as url:
        async with fleet(tmp_path, store="postgres", replicas=3, ttl_s=3, database_url=url, settings=SETTINGS) as made:
            with haproxy(tmp_path, [replica.port for replica in made.replicas]) as address:
                result = await drill(made, address, PLAN)
    text = table(result, PLAN)
    assert result.verdict.violations == 0, text
    assert not any(felt.failed for felt in result.diary.phases), text
    assert not any(felt.broken for felt in result.diary.phases if felt.name.startswith("restart")), text
    assert all(item.status == "done" and item.attempt > 1 for item in result.transcripts), text
