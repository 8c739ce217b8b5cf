"""Runs the revisions on either database. Imported by `portico db` only: Alembic and SQLAlchemy cost 49 MB and half a second."""

import asyncio
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, create_engine, pool, text
from sqlalchemy.ext.asyncio import create_async_engine

LOCK = 0x506F727469636F  # "Portico" in ASCII: the advisory lock that makes one migrator at a time


def upgrade(url: str, revision: str = "head") -> None:
    """Bring the database at `url` (sqlite:///path or postgresql://...) to `revision`, in one transaction."""
    if url.startswith("sqlite:///"):
        _upgrade_sqlite(url, revision)
    else:
        asyncio.run(_upgrade_postgres(url, revision))


def _upgrade_sqlite(url: str, revision: str) -> None:
    Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, poolclass=pool.NullPool)
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA journal_mode=WAL")
        connection.commit()
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        _run(connection, revision)
        connection.commit()


async def _upgrade_postgres(url: str, revision: str) -> None:
    address = "postgresql+asyncpg://" + url.partition("://")[2]
    engine = create_async_engine(address, poolclass=pool.NullPool, connect_args={"statement_cache_size": 0})
    async with engine.begin() as connection:
        await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        await connection.run_sync(_run, revision)
    await engine.dispose()


def _run(connection: Connection, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["connection"] = connection
    command.upgrade(config, revision)
