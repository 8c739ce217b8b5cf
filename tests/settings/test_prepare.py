"""What must be there before a server serves."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from portico.settings import SettingsError, load, prepare


def env(folder: Path, **more: str) -> dict[str, str]:
    return {"PORTICO_DATA_DIR": str(folder / "data"), **more}


def refused(env: dict[str, str]) -> str:
    with pytest.raises(SettingsError) as error:
        prepare(load(env))
    return error.value.lines[0]


def test_the_first_start_makes_a_folder_and_a_secret_for_this_user_alone(tmp_path: Path) -> None:
    first, second = prepare(load(env(tmp_path))), prepare(load(env(tmp_path)))
    assert first.secrets.ring == second.secrets.ring
    assert len(first.secrets.ring[0]) >= 40
    assert stat.S_IMODE((tmp_path / "data" / "secret.key").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o700


def test_processes_that_start_at_once_agree_on_one_secret(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        rings = set(pool.map(lambda _: prepare(load(env(tmp_path))).secrets.ring, range(24)))
    assert len(rings) == 1
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["secret.key"]


def test_a_secret_of_the_settings_is_used_and_none_is_made(tmp_path: Path) -> None:
    settings = prepare(load(env(tmp_path, KEY_VAULTS_SECRET="x")))
    assert settings.secrets.ring == ("x",)
    assert not (tmp_path / "data" / "secret.key").exists()


def test_a_secret_that_others_can_read_or_that_is_damaged_is_refused(tmp_path: Path) -> None:
    prepare(load(env(tmp_path)))
    file = tmp_path / "data" / "secret.key"
    file.chmod(0o644)
    assert "chmod 600" in refused(env(tmp_path))
    file.chmod(0o600)
    file.write_text("x")
    assert "is damaged" in refused(env(tmp_path))


def test_with_postgresql_no_secret_is_made_on_this_machine(tmp_path: Path) -> None:
    assert prepare(load(env(tmp_path, DATABASE_URL="postgresql://h/d"))).secrets.ring == ()
    assert not (tmp_path / "data").exists()
    assert prepare(load(env(tmp_path, DATABASE_URL="postgresql://h/d", KEY_VAULTS_SECRET="x"))).secrets.ring == ("x",)


def test_kubernetes_without_a_database_is_refused_with_both_ways_out(tmp_path: Path) -> None:
    line = refused(env(tmp_path, KUBERNETES_SERVICE_HOST="10.0.0.1"))
    assert "DATABASE_URL" in line
    assert "PORTICO_SINGLE_REPLICA=1" in line
    assert prepare(load(env(tmp_path, KUBERNETES_SERVICE_HOST="10.0.0.1", PORTICO_SINGLE_REPLICA="1"))).kubernetes


def test_a_data_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file")
    assert refused(env(tmp_path)).startswith("PORTICO_DATA_DIR: ")


def test_an_administrators_address_without_a_password_is_refused(tmp_path: Path) -> None:
    assert "belong together" in refused(env(tmp_path, PORTICO_ADMIN_EMAIL="a@b"))


POSTGRES = {"DATABASE_URL": "postgresql://db/portico", "KEY_VAULTS_SECRET": "x"}
BUCKET = {"S3_BUCKET": "files", "S3_ENDPOINT": "https://s3.example.org", "S3_ACCESS_KEY_ID": "a", "S3_SECRET_ACCESS_KEY": "b"}


@pytest.mark.parametrize(
    ("named", "store"),
    [
        ({}, "directory"),
        (POSTGRES, "database"),
        ({**POSTGRES, **BUCKET}, "s3"),
        ({**POSTGRES, **BUCKET, "PORTICO_OBJECTS": "database"}, "database"),
        (BUCKET, "directory"),  # on a laptop these names may belong to another program
        ({**BUCKET, "PORTICO_OBJECTS": "s3"}, "s3"),
    ],
)
def test_where_files_go_follows_from_what_replicas_share(tmp_path: Path, named: dict[str, str], store: str) -> None:
    assert prepare(load(env(tmp_path, **named))).objects == store


def test_a_bucket_that_is_half_described_is_refused(tmp_path: Path) -> None:
    assert "no bucket is named" in refused(env(tmp_path, PORTICO_OBJECTS="s3"))
    half = {**POSTGRES, **BUCKET, "S3_SECRET_ACCESS_KEY": ""}
    assert "belong together" in refused(env(tmp_path, **half))
