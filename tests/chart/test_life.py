"""The commands, settings and mounts of the rendered pods, run as processes here: keys, migration, waiting, serving, and `helm test`."""

import asyncio
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from portico.ids import new_id
from portico.infra.crypto import Place, Vault
from portico.infra.db import open_database
from tests.chart.fakes import ApiServer, Node, api_server
from tests.chart.rendering import Values, pods_of, render
from tests.conftest import fresh_database

pytestmark = [pytest.mark.slow, pytest.mark.postgres]

VALUES: Values = {
    "database": {"kind": "external", "existingSecret": {"name": "pg"}},
    "ingress": {"enabled": True, "hosts": [{"host": "chat.example.org"}], "tls": [{"hosts": ["chat.example.org"]}]},
    "config": {"env": {"PORTICO_PASSWORD_MEMORY_KIB": 8, "PORTICO_FIND_OLLAMA": False}},
}


@pytest.fixture
def api() -> Iterator[ApiServer]:
    with api_server() as api:
        yield api


@pytest.fixture
def node(postgres_url: str, tmp_path: Path, api: ApiServer) -> Iterator[Node]:
    """Pods of a release with an empty database."""
    with fresh_database(postgres_url, "template0") as url:
        yield Node(render({**VALUES, "metrics": {"port": _free_port()}}), tmp_path, api, {"pg": {"DATABASE_URL": url}})


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
    return port


def test_a_release_comes_up_and_answers(node: Node, api: ApiServer) -> None:
    made, server = node.made, node.made.one("Deployment", "")

    keys = node.run(made.job("keys"))
    assert keys.returncode == 0, keys.stderr
    assert set(api.secrets["demo-portico-keys"]) == {"secret-key"}
    assert len(api.secrets["demo-portico-keys"]["secret-key"]) > 40
    assert "app.kubernetes.io/instance" not in api.labels  # by which Argo CD finds what it may delete

    migrated = node.run(made.job("migrate"))
    assert migrated.returncode == 0, migrated.stderr
    waited = node.run(server, init=True)
    assert waited.returncode == 0, waited.stderr

    url = node.outside["pg"]["DATABASE_URL"]
    with node.serving(server):
        # Without an account; with the one that a test left which was killed; with one that is somebody's.
        for name, left in (("", []), ("helm-test", []), ("Ada", ["Ada"])):
            if name:
                asyncio.run(_make_user(url, "helm-test@portico.example", name))
            tested = node.run(made.one("Pod", "-test"))
            assert tested.returncode == 0, tested.stdout + tested.stderr
            assert ": done." in tested.stdout
            assert asyncio.run(_names(url)) == left

    again = node.run(made.job("keys"))
    assert again.returncode == 0
    assert "nothing was made" in again.stdout


def test_a_lost_key_is_not_replaced_over_what_it_sealed(node: Node, api: ApiServer) -> None:
    assert node.run(node.made.job("keys")).returncode == 0
    assert node.run(node.made.job("migrate")).returncode == 0

    key = api.secrets.pop("demo-portico-keys")["secret-key"]
    unsealed = node.run(node.made.job("keys"))
    assert unsealed.returncode == 0, unsealed.stderr  # nothing is sealed yet, so nothing is lost

    api.secrets.clear()
    asyncio.run(_seal(node.outside["pg"]["DATABASE_URL"], key))
    keys = node.run(node.made.job("keys"))
    assert keys.returncode == 1
    assert "holds secrets that its key sealed" in keys.stderr
    assert not api.secrets


async def _make_user(url: str, email: str, name: str) -> None:
    db = await open_database(url)
    async with db.transaction() as tx:
        await tx.execute(
            "INSERT INTO users (id, email, name, role, created) VALUES (:id, :email, :name, 'member', {now})",
            id=new_id(),
            email=email,
            name=name,
        )
    await db.close()


async def _names(url: str) -> list[str]:
    """The names of the accounts that one may sign in to."""
    db = await open_database(url)
    rows = await db.fetch("SELECT name FROM users WHERE status <> 'deleted'")
    await db.close()
    return [row["name"] for row in rows]


async def _seal(url: str, key: str) -> None:
    db = await open_database(url)
    await Vault(db, [key]).seal("provider", "sk-1", Place("providers", "keys", "1"))
    await db.close()


def test_the_bundled_database_gets_a_password_and_its_address(tmp_path: Path, api: ApiServer) -> None:
    made = render({})

    keys = Node(made, tmp_path, api, {}).run(made.job("keys"))

    assert keys.returncode == 0, keys.stderr
    secret = api.secrets["demo-portico-keys"]
    assert set(secret) == {"secret-key", "database-password", "database-url"}
    assert secret["database-url"] == f"postgresql://portico:{secret['database-password']}@demo-portico-postgresql:5432/portico"
    assert set(pods_of(made.one("StatefulSet", "-postgresql"))["volumes"][2]["secret"]["items"][0].values()) <= {"database-password"}


def test_a_refusal_of_kubernetes_is_told(node: Node, tmp_path: Path) -> None:
    (tmp_path / "account" / "token").write_text("another")
    keys = node.run(node.made.job("keys"))
    assert keys.returncode == 1
    assert "Kubernetes answered 403" in keys.stderr
