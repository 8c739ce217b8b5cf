import time

import pytest

from portico.errors import Unavailable
from portico.infra.crypto import Vault
from portico.infra.db import Database
from portico.infra.dberrors import DatabaseUnavailable
from portico.providers import configuration
from portico.providers.configuration import Configuration
from portico.providers.models import ProviderChange
from portico.settings.product import Providers
from tests.providers.conftest import Bench


class Away:
    """A store that went away."""

    async def fetch(self, *args: object, **values: object) -> list[object]:
        raise DatabaseUnavailable

    async def fetch_one(self, *args: object, **values: object) -> None:
        raise DatabaseUnavailable


async def test_a_change_of_another_process_is_seen_once_the_picture_is_stale(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    other = bench.process().configuration
    before = await other.current()
    made = await bench.admin.create(
        bench.root, provider_id=None, kind="openai", name="New", base_url="http://127.0.0.1:1/v1", keys=("sk-1",)
    )
    assert await other.current() is before
    monkeypatch.setattr(configuration, "STALE_S", 0.0)
    seen = (await other.current()).provider(made.id)
    assert seen is not None
    assert await other.keys(seen) == ("sk-1",)
    picture = await other.current()
    assert await other.current() is picture
    await bench.admin.change(bench.root, made.id, ProviderChange(name="Newer"))
    assert [provider.name for provider in (await other.current()).providers if provider.id == made.id] == ["Newer"]
    await bench.admin.delete(bench.root, made.id)
    assert (await other.current()).provider(made.id) is None


async def test_keys_are_sealed_in_the_store(bench: Bench) -> None:
    made = await bench.admin.create(bench.root, provider_id=None, kind="openai", name="New", keys=("sk-plain-to-see-1234",))
    row = await bench.db.fetch_one("SELECT sealed_keys, key_hint FROM providers WHERE id = :id", id=made.id)
    assert row is not None
    assert "plain" not in row["sealed_keys"]
    assert row["key_hint"] == "…1234"


async def test_while_the_database_is_away_the_last_picture_holds(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    vault = Vault(db, ["a key of the ring, long enough"])
    known = Configuration(db, Providers(), vault)
    picture = await known.current()
    monkeypatch.setattr(known, "_db", Away())
    known.changed()
    began = time.monotonic()
    assert await known.current() is picture
    assert time.monotonic() - began < 1
    with pytest.raises(Unavailable):
        await Configuration(Away(), Providers(), vault).current()  # type: ignore[arg-type]


async def test_what_was_read_last_is_there_without_waiting(bench: Bench) -> None:
    assert bench.service.configuration.last() is None
    picture = await bench.service.configuration.current()
    assert bench.service.configuration.last() is picture
