"""Defaults that depend on the machine."""

from pathlib import Path

import pytest

from portico.settings import load

SECRET = "a secret of enough length"


def test_on_a_machine_everything_stays_on_it() -> None:
    settings = load({"HOME": "/home/ada"})
    assert (settings.server.port, settings.server.bind, settings.server.metrics_port) == (3210, "127.0.0.1", None)
    assert settings.data.dir == Path("~/.local/share/portico").expanduser()
    assert settings.database.url == f"sqlite:///{settings.data.dir}/portico.db"
    assert settings.runs.max_streams == max(50, 300 * settings.cores)


@pytest.mark.parametrize("env", [{"PORTICO_CONTAINER": "1"}, {"KUBERNETES_SERVICE_HOST": "10.0.0.1"}])
def test_in_a_container_it_listens_and_stores_where_containers_do(env: dict[str, str]) -> None:
    settings = load(env)
    assert (settings.server.bind, settings.server.metrics_port, settings.data.dir) == ("0.0.0.0", 9464, Path("/data"))
    assert settings.kubernetes is ("KUBERNETES_SERVICE_HOST" in env)


def test_the_data_folder_follows_the_desktops_rule_and_carries_the_database_along() -> None:
    assert load({"XDG_DATA_HOME": "/var/x"}).data.dir == Path("/var/x/portico")
    assert load({"PORTICO_DATA_DIR": "/srv/p"}).database.url == "sqlite:////srv/p/portico.db"


def test_what_kubernetes_injects_for_a_service_called_portico_is_ignored() -> None:
    injected = {
        "PORTICO_PORT": "tcp://10.0.0.7:3210",
        "PORTICO_SERVICE_HOST": "10.0.0.7",
        "PORTICO_SERVICE_PORT": "3210",
        "PORTICO_SERVICE_PORT_HTTP": "3210",
        "PORTICO_PORT_3210_TCP": "tcp://10.0.0.7:3210",
        "PORTICO_PORT_3210_TCP_ADDR": "10.0.0.7",
    }
    settings = load({**injected, "PORT": "4000"})
    assert (settings.server.port, settings.warnings) == (4000, ())


def test_secrets_are_not_shown() -> None:
    shown = repr(load({"DATABASE_URL": "postgresql://u:hidden@h/d", "PORTICO_SECRET_KEY": "hidden-hidden-hidden", "ACCESS_CODE": "hidden"}))
    assert "hidden" not in shown


def test_the_key_ring_begins_with_the_own_keys() -> None:
    secrets = load({"PORTICO_SECRET_KEY": f"{SECRET} 1,{SECRET} 2", "KEY_VAULTS_SECRET": "any,form"}).secrets
    assert secrets.ring == (f"{SECRET} 1", f"{SECRET} 2", "any,form")


def test_a_pooler_is_told_by_its_kind() -> None:
    assert load({"PORTICO_DB_POOLER": "transaction"}).database.pooler
    assert not load({"PORTICO_DB_POOLER": "none"}).database.pooler
