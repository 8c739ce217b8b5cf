"""`portico db` on both databases."""

import asyncio
import os
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from portico.infra.db import open_database
from portico.migrations import HEAD
from portico.migrations.upgrade import upgrade
from tests.cli.conftest import Run
from tests.conftest import fresh_database

UP_TO_DATE = f"The database is at revision {HEAD}; this version needs {HEAD}.\n"
SOCKET = ".s.PGSQL.5432"
BEHIND, NEWER, EMPTY, UNAVAILABLE = 3, 4, 5, 69


@pytest.fixture
def empty_url(request: pytest.FixtureRequest, store_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a store of the same kind that was never migrated."""
    if store_url.startswith("sqlite"):
        yield f"sqlite:///{tmp_path_factory.mktemp('empty')}/portico.db"
    else:
        with fresh_database(request.getfixturevalue("postgres_url"), "template0") as url:
            yield url


async def _set_revision(url: str, revision: str) -> None:
    db = await open_database(url)
    async with db.transaction() as tx:
        await tx.execute("UPDATE alembic_version SET version_num = :revision", revision=revision)
    await db.close()


def test_a_migrated_database_is_told_and_not_waited_for(run: Run, store_url: str) -> None:
    assert (run("db", "status", DATABASE_URL=store_url).out, run("db", "wait").status) == (UP_TO_DATE, 0)


def test_an_empty_file_is_migrated_and_a_second_time_changes_nothing(run: Run) -> None:
    assert (run("db", "status").status, run("db", "upgrade").status, run("db", "upgrade").status) == (EMPTY, 0, 0)
    assert run("db", "status").out == UP_TO_DATE


def test_the_exit_status_says_where_the_schema_stands(run: Run, empty_url: str) -> None:
    assert run("db", "status", DATABASE_URL=empty_url).status == EMPTY
    upgrade(empty_url, "0001")
    behind = run("db", "status")
    assert (behind.status, behind.out) == (BEHIND, f"The database is at revision 0001; this version needs {HEAD}.\n")
    assert (run("db", "upgrade").status, run("db", "status").status) == (0, 0)


@pytest.mark.parametrize("revision", ["9999", "../0001"])
def test_a_newer_database_is_left_alone(run: Run, store_url: str, revision: str) -> None:
    asyncio.run(_set_revision(store_url, revision))
    assert run("db", "status", DATABASE_URL=store_url).status == NEWER
    for verb in (("upgrade",), ("wait", "--timeout", "60")):
        ran = run("db", *verb)
        assert ran.status == NEWER
        assert f"is at revision {revision}, which this version does not know" in ran.err
    assert run("db", "status").status == NEWER


def test_an_empty_database_is_waited_for_until_the_time_is_over(run: Run) -> None:
    ran = run("db", "wait", "--timeout", "0.2")
    assert ran.status == UNAVAILABLE
    assert "run `portico db upgrade`" in ran.err


@pytest.mark.parametrize("verb", [("upgrade",), ("upgrade", "--wait", "0.2"), ("status",), ("wait", "--timeout", "0.2")])
def test_a_database_that_does_not_answer_is_told_in_one_line(run: Run, verb: tuple[str, ...]) -> None:
    ran = run("db", *verb, DATABASE_URL="postgresql://127.0.0.1:1/none")
    assert ran.status == UNAVAILABLE
    assert ran.err.startswith("portico: ")
    assert ran.err.count("\n") == 1


@pytest.mark.postgres
def test_an_upgrade_waits_for_a_database_that_is_still_starting(run: Run, postgres_url: str) -> None:
    with fresh_database(postgres_url, "template0") as url, tempfile.TemporaryDirectory(prefix="late-") as folder:
        socket = Path(parse_qs(urlsplit(url).query)["host"][0], SOCKET)
        late = url.replace(str(socket.parent), folder)
        assert run("db", "upgrade", DATABASE_URL=late).status == UNAVAILABLE
        starts = threading.Timer(1.2, os.symlink, (socket, Path(folder, SOCKET)))
        starts.start()
        assert run("db", "upgrade", "--wait", "60").status == 0
        starts.join()
        assert run("db", "status").status == 0
