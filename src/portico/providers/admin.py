"""What administrators do with providers and their models."""

import logging
from dataclasses import replace

import msgspec

from portico.access import policy
from portico.access.models import INSTANCE, Action
from portico.access.principal import Principal
from portico.accounts.changes import record_change
from portico.audit import service as audit
from portico.ids import ProviderId, new_id
from portico.infra.db import Transaction
from portico.providers import catalogue, probe
from portico.providers.base import Capabilities, Continuation, DiscoveredModel
from portico.providers.directory import Probe, Said, hint_of, offered_at_first, vendor_of
from portico.providers.models import (
    Kind,
    KindUnfit,
    Model,
    ModelChange,
    ModelChoice,
    ModelUnknown,
    Provider,
    ProviderChange,
    ProviderDeclared,
    ProviderExists,
    ProviderNotFound,
    ProviderStale,
    TestResult,
)
from portico.providers.service import ProviderService

logger = logging.getLogger(__name__)
_FOUND_AT = 1000  # found models stand behind those that the settings list

INSERT = """
INSERT INTO providers (id, kind, name, base_url, enabled, position, sealed_keys, key_hint, fallbacks, created, updated)
VALUES (:id, :kind, :name, :base_url, :enabled, :position, :sealed_keys, :key_hint, :fallbacks, {now}, {now})
ON CONFLICT (id) DO NOTHING
"""
UPDATE = """
UPDATE providers SET name = :name, base_url = :base_url, enabled = :enabled, position = :position, sealed_keys = :sealed_keys,
  key_hint = :key_hint, fallbacks = :fallbacks, rev = rev + 1, updated = CASE WHEN {now} > updated THEN {now} ELSE updated + 1 END
WHERE id = :id AND rev = :rev
"""
DELETE = "DELETE FROM providers WHERE id = :id"
DELETE_MODELS = "DELETE FROM models WHERE provider_id = :id"
MODEL_ROW = "SELECT capabilities, probed, demoted_until FROM models WHERE provider_id = :provider AND id = :id"
SAVE_MODEL = """
INSERT INTO models (provider_id, id, name, enabled, position, source, capabilities, updated)
VALUES (:provider, :id, :name, :enabled, :position, :source, :capabilities, {now})
ON CONFLICT (provider_id, id) DO UPDATE SET name = excluded.name, enabled = excluded.enabled, position = excluded.position,
  capabilities = excluded.capabilities,
  updated = CASE WHEN excluded.updated > models.updated THEN excluded.updated ELSE models.updated + 1 END
"""
SAVE_PROBE = """
UPDATE models SET probed = :probed, demoted_until = NULL, updated = CASE WHEN {now} > updated THEN {now} ELSE updated + 1 END
WHERE provider_id = :provider AND id = :id
"""
FORGET_FOUND = """
DELETE FROM models WHERE provider_id = :provider AND source = 'discovered' AND id NOT IN (SELECT found.id FROM {rows:found(id text)})
"""


class ProviderAdmin:
    def __init__(self, service: ProviderService) -> None:
        self._db = service.db
        self._egress = service.egress
        self._service = service
        self._configuration = service.configuration

    async def providers(self, who: Principal) -> tuple[Provider, ...]:
        """Return all providers in their order."""
        _require(who)
        return (await self._configuration.current()).providers

    async def provider(self, who: Principal, provider_id: str) -> Provider:
        """Return one provider. Raises ProviderNotFound."""
        _require(who)
        found = (await self._configuration.current()).provider(provider_id)
        if found is None:
            raise ProviderNotFound
        return found

    async def create(
        self, who: Principal, *, provider_id: str | None, kind: Kind, name: str, base_url: str = "", keys: tuple[str, ...] = ()
    ) -> Provider:
        """Add a provider behind the others. Raises ProviderExists, KindUnfit, AddressRefused."""
        _require(who)
        if kind == "demo":
            raise KindUnfit
        if base_url:
            self._egress.check(base_url, "connector")
        directory = await self._configuration.current()
        made = provider_id or new_id()
        if directory.provider(made) is not None:
            raise ProviderExists
        real = [provider.position for provider in directory.providers if provider.kind != "demo"]
        draft = Provider(ProviderId(made), kind, name, base_url, enabled=True, position=max(real, default=-1) + 1, source="database", rev=1)
        draft = await self._with_keys(draft, keys)
        async with self._db.transaction() as tx:
            if not await tx.execute(INSERT, **row_of(draft)):
                raise ProviderExists
            await self._note(tx, who, "provider.created", draft.id, {"kind": kind, "name": name})
        self._configuration.changed()
        return await self.provider(who, made)

    async def change(self, who: Principal, provider_id: str, change: ProviderChange, *, rev: int | None = None) -> Provider:
        """Change a provider; one of the settings only in what the settings do not say. Raises ProviderDeclared, ProviderStale."""
        before = await self.provider(who, provider_id)
        if rev is not None and rev != before.rev:
            raise ProviderStale
        fixed = change.name is not None or change.base_url is not None or change.keys is not None
        if before.source == "settings" and fixed:
            raise ProviderDeclared
        if change.base_url:
            self._egress.check(change.base_url, "connector")
        given = {name: getattr(change, name) for name in ("name", "base_url", "enabled", "position", "fallbacks")}
        after = replace(before, **{name: value for name, value in given.items() if value is not None})
        if change.keys is not None:
            after = await self._with_keys(after, change.keys)
        named = [name for name, value in {**given, "keys": change.keys}.items() if value is not None]
        async with self._db.transaction() as tx:
            if not await _write(tx, before, after):
                raise ProviderStale
            await self._note(tx, who, "provider.changed", provider_id, {"changed": named})
        self._configuration.changed()
        return await self.provider(who, provider_id)

    async def delete(self, who: Principal, provider_id: str) -> None:
        """Remove a provider with its keys and models. Raises ProviderDeclared for one of the settings."""
        provider = await self.provider(who, provider_id)
        if provider.source == "settings":
            raise ProviderDeclared
        async with self._db.transaction() as tx:
            await tx.execute(DELETE_MODELS, id=provider_id)
            await tx.execute(DELETE, id=provider_id)
            await self._note(tx, who, "provider.deleted", provider_id, {"name": provider.name}, deleted=True)
        self._configuration.changed()

    # Models

    async def models(self, who: Principal, provider_id: str) -> tuple[Model, ...]:
        """Return a provider's models in their order, those not offered, too."""
        provider = await self.provider(who, provider_id)
        return (await self._configuration.current()).models[provider.id]

    async def discover(self, who: Principal, provider_id: str) -> int:
        """Ask the provider which models it has, and store them; return how many are new. Raises ProviderError."""
        provider = await self.provider(who, provider_id)
        adapter = await self._service.adapter(provider)
        return await self.store_found(provider, await adapter.models())

    async def store_found(self, provider: Provider, found: list[DiscoveredModel]) -> int:
        """Store what a provider's list says; what administrators decided about a model stays. Returns how many are new."""
        directory = await self._configuration.current()
        offered = offered_at_first(provider, found)
        known = {model.id: model for model in directory.models[provider.id]}
        added = 0
        async with self._db.transaction() as tx:
            for number, item in enumerate(found):
                row = await tx.fetch_one(MODEL_ROW, provider=provider.id, id=item.id)
                said = msgspec.json.decode(row["capabilities"], type=Said) if row is not None else Said()
                earlier = known.get(item.id)
                added += earlier is None
                model = earlier or _found(provider, item, number, enabled=item.id in offered)
                await _save(tx, model, Said(item.capabilities, said.set))
            if found:
                await tx.execute(FORGET_FOUND, provider=provider.id, found=[(item.id,) for item in found])
        self._configuration.changed()
        return added

    async def add_model(self, who: Principal, provider_id: str, model_id: str, change: ModelChange) -> Model:
        """Add a model that the provider's list does not name, or change one that is there."""
        provider = await self.provider(who, provider_id)
        found = (await self._configuration.current()).model(provider_id, model_id)
        if found is None:
            found = Model(
                provider.id, model_id, model_id, model_id, enabled=True, position=_FOUND_AT, source="hand", capabilities=Capabilities()
            )
        return await self._change_model(who, found, change)

    async def change_model(self, who: Principal, provider_id: str, model_id: str, change: ModelChange) -> Model:
        """Change how a model is offered, or what it is said to be able to do. Raises ModelUnknown."""
        await self.provider(who, provider_id)
        found = (await self._configuration.current()).model(provider_id, model_id)
        if found is None:
            raise ModelUnknown
        return await self._change_model(who, found, change)

    async def _change_model(self, who: Principal, model: Model, change: ModelChange) -> Model:
        given = {"name": change.name, "enabled": change.enabled, "position": change.position}
        after = replace(model, **{name: value for name, value in given.items() if value is not None})
        async with self._db.transaction() as tx:
            row = await tx.fetch_one(MODEL_ROW, provider=model.provider, id=model.id)
            said = msgspec.json.decode(row["capabilities"], type=Said) if row is not None else Said()
            if change.capabilities is not None:
                said = Said(said.found, catalogue.merged(change.capabilities, said.set))
            await _save(tx, after, said)
            await self._note(tx, who, "provider.changed", model.provider, {"model": model.id})
        self._configuration.changed()
        found = (await self._configuration.current()).model(model.provider, model.id)
        return found or after

    # Tests

    async def test(self, who: Principal, provider_id: str, model_id: str | None, *, continuation: bool = False) -> TestResult:
        """Ask the provider for a word, and on demand whether a model continues a started answer; what the probe finds is stored."""
        provider = await self.provider(who, provider_id)
        upstream, known = await self._test_model(provider, model_id)
        adapter = await self._service.adapter(provider)
        result = await probe.greet(adapter, upstream)
        if not (continuation and result.ok):
            return result
        way = await probe.probe_continuation(adapter, upstream, probe.ways_of(provider, vendor_of(provider)))
        if way is not None and known is not None:
            await self._store_probe(known, way)
        return replace(result, continuation=way)

    async def _test_model(self, provider: Provider, model_id: str | None) -> tuple[str, Model | None]:
        """Return the model to test with: the one asked for, else the first that is offered, else the first that the server has."""
        models = (await self._configuration.current()).models[provider.id]
        if model_id is not None:
            known = next((model for model in models if model.id == model_id), None)
            return (known.upstream if known else model_id), known
        first = next((model for model in models if model.enabled), models[0] if models else None)
        if first is not None:
            return first.upstream, first
        found = await (await self._service.adapter(provider)).models()
        offered = offered_at_first(provider, found)
        listed = next((item.id for item in found if item.id in offered), None)
        if listed is None:
            raise ModelUnknown("The provider lists no model: name one for the test.")
        return listed, None

    async def _store_probe(self, model: Model, way: Continuation) -> None:
        async with self._db.transaction() as tx:
            row = await tx.fetch_one(MODEL_ROW, provider=model.provider, id=model.id)
            if row is None:
                await _save(tx, model, Said())
            now = await tx.fetch_one("SELECT {now} AS ms")
            probed = msgspec.json.encode(Probe(way, int(now["ms"]) if now is not None else 0)).decode()
            await tx.execute(SAVE_PROBE, provider=model.provider, id=model.id, probed=probed)
        self._configuration.changed()

    async def _with_keys(self, provider: Provider, keys: tuple[str, ...]) -> Provider:
        if not keys:
            return replace(provider, sealed_keys=None, key_hint=None)
        sealed = await self._configuration.seal(provider.id, keys)
        return replace(provider, sealed_keys=sealed, key_hint=hint_of(keys[0]))

    async def _note(
        self, tx: Transaction, who: Principal, act: audit.Act, provider_id: str, detail: audit.Detail, *, deleted: bool = False
    ) -> None:
        await audit.record(tx, who, act, audit.Object("provider", provider_id), detail)
        await record_change(tx, who.user_id, "provider", provider_id, deleted=deleted)


def _require(who: Principal) -> None:
    policy.require(who, Action("provider", "manage"), INSTANCE)


async def _write(tx: Transaction, before: Provider, after: Provider) -> int:
    """Write a change if nobody was faster; the first one of a provider of the settings makes its row."""
    columns = row_of(after)
    if before.rev == 0:
        return await tx.execute(INSERT, **columns)
    del columns["kind"]
    return await tx.execute(UPDATE, rev=before.rev, **columns)


def _found(provider: Provider, item: DiscoveredModel, number: int, *, enabled: bool) -> Model:
    name = item.name or item.id
    return Model(provider.id, item.id, name, item.id, enabled, _FOUND_AT + number, "discovered", item.capabilities)


def row_of(provider: Provider) -> dict[str, str | int | bool | None]:
    return {
        "id": provider.id,
        "kind": provider.kind,
        "name": provider.name,
        "base_url": provider.base_url if provider.source == "database" else None,
        "enabled": provider.enabled,
        "position": provider.position,
        "sealed_keys": provider.sealed_keys,
        "key_hint": provider.key_hint if provider.source == "database" else None,
        "fallbacks": msgspec.json.encode([ModelChoice(each.provider, each.model) for each in provider.fallbacks]).decode(),
    }


async def _save(tx: Transaction, model: Model, said: Said) -> None:
    await tx.execute(
        SAVE_MODEL,
        provider=model.provider,
        id=model.id,
        name=model.name,
        enabled=model.enabled,
        position=model.position,
        source=model.source if model.source in ("hand", "discovered") else "changed",
        capabilities=msgspec.json.encode(said).decode(),
    )
