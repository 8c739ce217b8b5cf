"""What a process needs before it starts."""

import asyncio
import os
import socket
from pathlib import Path

import pytest

from portico.cli import CommandError
from portico.cli.process import await_schema, check_ring, open_metrics, ready_settings, run_loop
from portico.infra.crypto import Place
from portico.migrations import HEAD
from portico.settings import EXIT_CONFIG, Data, Database, Server, Settings, load
from portico.wiring import StoreInUse, build, schema_version


def at(url: str, folder: Path, *, metrics_port: int | None = None) -> Settings:
    return Settings(data=Data(dir=folder), database=Database(url=url), server=Server(metrics_port=metrics_port))


def test_settings_are_read_the_warnings_logged_and_the_secret_made(
    clean_env: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    clean_env.setenv("PORTICO_NONSENSE", "1")
    assert ready_settings().secrets.ring
    assert "PORTICO_NONSENSE is not a setting" in capsys.readouterr().err


async def test_a_migrated_store_is_taken_as_it_is(store_url: str, tmp_path: Path) -> None:
    portico = await build(at(store_url, tmp_path))
    await await_schema(portico)
    await portico.close()


@pytest.mark.slow
async def test_an_empty_file_is_migrated_by_a_child(tmp_path: Path, clean_env: pytest.MonkeyPatch) -> None:
    portico = await build(at(f"sqlite:///{tmp_path}/data/portico.db", tmp_path / "data"))
    await await_schema(portico)
    assert await schema_version(portico.infra.db) == HEAD
    await portico.close()


async def test_an_older_postgresql_waits_for_its_operator(store_url: str, tmp_path: Path) -> None:
    portico = await build(at(store_url, tmp_path))
    async with portico.infra.db.transaction() as tx:
        await tx.execute("UPDATE alembic_version SET version_num = '0000'")
    if store_url.startswith("postgresql"):
        with pytest.raises(CommandError, match="run `portico db upgrade` once"):
            await await_schema(portico)
    await portico.close()


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)  # a rule of our own, which no database knows of
async def test_a_key_ring_that_does_not_open_the_database_is_refused(store_url: str, tmp_path: Path) -> None:
    settings = {"DATABASE_URL": store_url, "PORTICO_DATA_DIR": str(tmp_path)}
    portico = await build(load({**settings, "PORTICO_SECRET_KEY": "the key that sealed everything"}))
    await portico.infra.vault.seal("provider", "sk-1", Place("providers", "sealed_keys", "p"))
    await check_ring(portico)
    await portico.close()
    other = await build(load({**settings, "PORTICO_SECRET_KEY": "a key that was made over live data"}))
    with pytest.raises(CommandError, match="does not open the secrets of this database") as raised:
        await check_ring(other)
    assert raised.value.status == EXIT_CONFIG
    await other.close()


async def test_metrics_are_served_where_the_settings_say(store_url: str, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        portico = await build(at(store_url, tmp_path, metrics_port=taken.getsockname()[1]))
        with pytest.raises(CommandError, match="PORTICO_METRICS_PORT"):
            await open_metrics(portico)
    metrics = await open_metrics(portico)
    assert metrics is not None
    await metrics.close()
    await portico.close()


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)  # a rule of our own, which no database knows of
async def test_without_a_port_there_are_none(store_url: str, tmp_path: Path) -> None:
    portico = await build(at(store_url, tmp_path))
    assert await open_metrics(portico) is None
    await portico.close()


def test_a_store_that_is_in_use_is_told() -> None:
    async def life() -> None:
        await asyncio.sleep(0)
        raise StoreInUse("/data")

    with pytest.raises(CommandError, match="is used by another Portico") as error:
        run_loop(life())
    assert error.value.status == 69


def test_what_a_command_says_stands_over_the_environment_and_leaves_it_alone(tmp_path: Path, clean_env: pytest.MonkeyPatch) -> None:
    clean_env.setenv("PORTICO_DATA_DIR", str(tmp_path))
    clean_env.setenv("PORTICO_PORT", "4001")
    assert ready_settings({"PORTICO_PORT": "4002"}).server.port == 4002
    assert os.environ["PORTICO_PORT"] == "4001"
