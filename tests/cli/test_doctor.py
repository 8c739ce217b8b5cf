"""`portico doctor` finds what is wrong and says what to do."""

import asyncio
import socket
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from tests import s3
from tests.cli.conftest import Run


@pytest.fixture
def free_port() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


@pytest.fixture
def taken_port() -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield str(listener.getsockname()[1])


@pytest.fixture
def ready(run: Run, store_url: str, free_port: str) -> Run:
    """The command line over a migrated store in which nothing is wrong."""
    run("user", "setup-token", DATABASE_URL=store_url, PORT=free_port, KEY_VAULTS_SECRET="right")
    return run


def test_a_set_up_in_order_is_told_so(ready: Run) -> None:
    ran = ready("doctor")
    assert ran.status == 0, ran.out
    assert ran.out.endswith("Everything that was looked at is in order.\n")


def test_settings_that_cannot_be_read_are_all_told(run: Run) -> None:
    ran = run("doctor", PORT="abc", PORTICO_LOG_LEVEL="loud")
    assert ran.status == 1
    assert ran.out.count("BAD ") == 2


def test_a_fresh_folder_is_no_fault_and_is_not_made(run: Run, tmp_path: Path, free_port: str) -> None:
    ran = run("doctor", PORT=free_port)
    assert ran.status == 0
    assert "There is no database yet" in ran.out
    assert not (tmp_path / "data").exists()


def test_a_wrong_key_is_found(ready: Run, store_url: str, clean_env: pytest.MonkeyPatch) -> None:
    asyncio.run(_seal(store_url))
    assert ready("doctor").status == 0
    ran = ready("doctor", KEY_VAULTS_SECRET="wrong")
    assert ran.status == 1
    assert "does not open the secrets for: provider" in ran.out


def test_a_bucket_is_tried_and_a_wrong_one_is_found(ready: Run) -> None:
    with s3.serve_s3() as address:
        named = {
            "PORTICO_OBJECTS": "s3",
            "S3_ENDPOINT": address,
            "S3_ACCESS_KEY_ID": "a",
            "S3_SECRET_ACCESS_KEY": "b",
            "S3_ENABLE_PATH_STYLE": "1",
        }
        ran = ready("doctor", S3_BUCKET=s3.BUCKET, **named)
        assert ran.status == 0, ran.out
        assert f"The bucket {s3.BUCKET} stores, reads and deletes." in ran.out
        ran = ready("doctor", S3_BUCKET="no-such-bucket", **named)
    assert ran.status == 1
    assert "NoSuchBucket" in ran.out


async def _seal(url: str) -> None:
    from portico.infra.crypto import Place, Vault
    from portico.infra.db import open_database

    db = await open_database(url)
    await Vault(db, ["right"]).seal("provider", "sk-1", Place("providers", "sealed_keys", "p"))
    await db.close()


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)  # a rule of our own, which no database knows of
def test_a_port_that_another_program_has_is_found(ready: Run, taken_port: str) -> None:
    ran = ready("doctor", PORT=taken_port)
    assert ran.status == 1
    assert f"Port {taken_port} on 127.0.0.1 cannot be used" in ran.out


def test_a_database_that_does_not_answer_is_found(run: Run, free_port: str) -> None:
    ran = run("doctor", DATABASE_URL="postgresql://127.0.0.1:1/none", KEY_VAULTS_SECRET="x", PORT=free_port)
    assert ran.status == 1
    assert "The database does not answer" in ran.out


def test_postgresql_without_a_key_and_kubernetes_without_postgresql_are_faults(run: Run, free_port: str) -> None:
    assert "PORTICO_SECRET_KEY is not set" in run("doctor", DATABASE_URL="postgresql://127.0.0.1:1/none", PORT=free_port).out
    assert "This is Kubernetes" in run("doctor", DATABASE_URL="", KUBERNETES_SERVICE_HOST="10.0.0.1", PORT=free_port).out


def test_a_secret_that_others_can_read_is_a_fault(run: Run, tmp_path: Path, free_port: str) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "secret.key").write_text("a secret of enough length")
    (tmp_path / "data" / "secret.key").chmod(0o644)
    assert "chmod 600" in run("doctor", PORT=free_port).out


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)  # a rule of our own, which no database knows of
@pytest.mark.parametrize("option", [(), ("--probe",)])
def test_a_provider_that_cannot_be_reached_is_told(ready: Run, option: tuple[str, ...]) -> None:
    ran = ready("doctor", *option, VLLM_PROXY_URL="http://127.0.0.1:1/v1")
    assert ran.status == 0
    assert "look vLLM" in ran.out


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)  # a rule of our own, which no database knows of
def test_names_without_effect_are_told(ready: Run) -> None:
    assert "look REDIS_URL: " in ready("doctor", REDIS_URL="redis://x").out


@pytest.fixture
def lazy_postgres(postgres_url: str) -> Iterator[None]:
    """The server writes what was committed asynchronously to its disk six seconds late at most."""
    asyncio.run(_set_wal_delay(postgres_url, "2s"))
    yield
    asyncio.run(_set_wal_delay(postgres_url, "200ms"))


async def _set_wal_delay(url: str, delay: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute(f"ALTER SYSTEM SET wal_writer_delay = '{delay}'")
    await connection.execute("SELECT pg_reload_conf()")
    async with asyncio.timeout(10):
        while await connection.fetchval("SHOW wal_writer_delay") != delay:  # a session takes it over between two statements
            await asyncio.sleep(0.05)
    await connection.close()


@pytest.mark.postgres
def test_a_server_that_is_late_with_its_disk_is_told(run: Run, postgres_database: str, free_port: str, lazy_postgres: None) -> None:
    ran = run("doctor", DATABASE_URL=postgres_database, PORT=free_port, KEY_VAULTS_SECRET="right")
    assert ran.status == 0, ran.out
    assert "look PostgreSQL may lose the last 6.0 s of answers under way in a crash" in ran.out
    assert "wal_writer_delay" in ran.out
