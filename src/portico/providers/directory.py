"""All providers and models: those of the settings and those of the database laid over each other. Pure but for nothing: rows come in."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import cast

import msgspec

from portico.ids import ProviderId
from portico.infra.db import Row
from portico.providers import catalogue
from portico.providers.base import Capabilities, Continuation, DiscoveredModel
from portico.providers.demo import MODELS as DEMO_MODELS
from portico.providers.demo import demo_capabilities
from portico.providers.dialect import dialect_of
from portico.providers.models import Kind, Model, ModelChoice, Provider
from portico.settings.model_list import ListedModel
from portico.settings.product import EnvProvider, Providers

DEMO = ProviderId("demo")
LAST = 1_000_000  # the demo stands behind everything real
_MANY = 60
_NO_CHAT = re.compile(
    r"embed|whisper|tts|dall-?e|moderation|rerank|transcri|realtime|audio|imagen|veo|sora|image|speech|ocr|guard|babbage|davinci|turbo-instruct|bge-|aqa",
    re.IGNORECASE,
)
_PREFILLED = frozenset({"trailing", "prefix_flag", "vllm"})


class Said(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is stored of a model's abilities: `found` by its server's list, `set` by an administrator."""

    found: Capabilities = Capabilities()
    set: Capabilities = Capabilities()


@dataclass(frozen=True, slots=True)
class Directory:
    """A picture of the configuration at one moment; providers stand in their order."""

    providers: tuple[Provider, ...]
    models: Mapping[ProviderId, tuple[Model, ...]]
    demoted: Mapping[tuple[str, str], int]

    def provider(self, id: str) -> Provider | None:  # noqa: A002 -- the word of the domain
        return next((provider for provider in self.providers if provider.id == id), None)

    def model(self, provider: str, id: str) -> Model | None:  # noqa: A002
        return next((model for model in self.models.get(ProviderId(provider), ()) if model.id == id), None)

    def offered(self) -> list[tuple[Provider, Model]]:
        """Return what people may choose from, in order."""
        enabled = [provider for provider in self.providers if provider.enabled]
        return [(provider, model) for provider in enabled for model in self.models[provider.id] if model.enabled]

    def default(self, wanted: str) -> ModelChoice | None:
        """Return the model of a new conversation: `wanted` is `provider/model` or a model's id; else the first there is."""
        offered = [ModelChoice(provider.id, model.id) for provider, model in self.offered()]
        for choice in offered:
            if wanted in (f"{choice.provider}/{choice.model}", choice.model):
                return choice
        return offered[0] if offered else None


def build(settings: Providers, provider_rows: Iterable[Row], model_rows: Iterable[Row]) -> Directory:
    """Lay the rows over what the settings declare."""
    rows = {str(row["id"]): row for row in provider_rows}
    declared = [_declared(entry, number, rows.get(entry.id)) for number, entry in enumerate(settings.declared)]
    if settings.demo:
        demo = Provider(DEMO, "demo", "Demo", "", enabled=True, position=LAST, source="settings", rev=0)
        declared.append(_overlaid(demo, rows.get(DEMO)))
    known = {provider.id for provider in declared}
    stored = [_stored(row) for row in rows.values() if row["id"] not in known and row["kind"] != "demo"]
    providers = tuple(sorted([*declared, *stored], key=lambda provider: (provider.position, provider.id)))
    by_provider: dict[str, list[Row]] = {}
    demoted: dict[tuple[str, str], int] = {}
    for row in model_rows:
        by_provider.setdefault(str(row["provider_id"]), []).append(row)
        if row["demoted_until"]:
            demoted[row["provider_id"], row["id"]] = int(row["demoted_until"])
    models = {provider.id: _models(provider, by_provider.get(provider.id, [])) for provider in providers}
    return Directory(providers, models, demoted)


def _declared(entry: EnvProvider, number: int, row: Row | None) -> Provider:
    hint = hint_of(entry.keys[0]) if entry.keys else None
    provider = Provider(
        ProviderId(entry.id), entry.kind, entry.name, entry.base_url, entry.enabled, number, "settings", 0, entry.keys, None, hint,
        model_list=entry.model_list,
    )  # fmt: skip
    return _overlaid(provider, row)


def _overlaid(provider: Provider, row: Row | None) -> Provider:
    """Lay what an administrator changed on the page over a provider of the settings."""
    if row is None:
        return provider
    position, fallbacks = int(row["position"]), _fallbacks(row)
    return replace(provider, enabled=bool(row["enabled"]), position=position, fallbacks=fallbacks, rev=int(row["rev"]))


def _stored(row: Row) -> Provider:
    return Provider(
        id=ProviderId(row["id"]),
        kind=cast("Kind", row["kind"]),  # only kinds that the routes let through are stored
        name=row["name"],
        base_url=row["base_url"] or "",
        enabled=bool(row["enabled"]),
        position=int(row["position"]),
        source="database",
        rev=int(row["rev"]),
        sealed_keys=row["sealed_keys"],
        key_hint=row["key_hint"],
        fallbacks=_fallbacks(row),
    )


def _fallbacks(row: Row) -> tuple[ModelChoice, ...]:
    return tuple(msgspec.json.decode(row["fallbacks"], type=list[ModelChoice]))


def hint_of(key: str) -> str:
    """Return what may be shown of a key."""
    return f"…{key[-4:]}" if len(key) >= 12 else "…"


def _models(provider: Provider, rows: Sequence[Row]) -> tuple[Model, ...]:
    """Return the provider's models: the settings' list first, then what was found or added, each changed as administrators said."""
    found: dict[str, Model] = {}
    if provider.kind == "demo":
        found = {name: _built_in(provider, name, number) for number, name in enumerate(DEMO_MODELS)}
    for number, listed in enumerate(provider.model_list.models):
        found[listed.id] = _listed(provider, listed, number)
    for row in rows:
        earlier = found.get(row["id"])
        if earlier is None and row["source"] == "changed":
            continue  # the settings do not list it any more
        hidden = row["id"] in provider.model_list.hidden or (provider.model_list.hide_all and earlier is None)
        if not hidden or row["source"] != "discovered":
            found[row["id"]] = _merged(provider, row, earlier)
    return tuple(sorted(found.values(), key=lambda model: (model.position, model.id)))


def _built_in(provider: Provider, id: str, number: int) -> Model:  # noqa: A002
    # Only the tour is offered unasked: the others exist to be looked for.
    return Model(provider.id, id, DEMO_MODELS[id], id, id in ("demo", "demo-slow", "demo-tool"), number, "builtin", demo_capabilities(id))


def _listed(provider: Provider, listed: ListedModel, number: int) -> Model:
    words = listed.capabilities
    said = Capabilities(
        vision=True if "vision" in words else None,
        tools=True if "fc" in words else None,
        reasoning=True if "reasoning" in words else None,
        context_tokens=listed.context_tokens,
    )
    upstream = listed.deployment or listed.id
    capabilities = catalogue.merged(said, known_of(provider, listed.id))
    return Model(
        provider.id,
        listed.id,
        listed.name or listed.id,
        upstream,
        enabled=True,
        position=number,
        source="settings",
        capabilities=capabilities,
    )


def _merged(provider: Provider, row: Row, earlier: Model | None) -> Model:
    said = msgspec.json.decode(row["capabilities"], type=Said)
    base = earlier.capabilities if earlier is not None else known_of(provider, row["id"])
    name = row["name"] or (earlier.name if earlier is not None else row["id"])
    upstream = earlier.upstream if earlier is not None else row["id"]
    source = earlier.source if earlier is not None else ("hand" if row["source"] == "hand" else "discovered")
    capabilities = catalogue.merged(said.set, _probed(row), said.found, base)
    return Model(provider.id, row["id"], name, upstream, bool(row["enabled"]), int(row["position"]), source, capabilities)


class Probe(msgspec.Struct, frozen=True):
    """What the continuation probe found, and when (epoch milliseconds)."""

    continuation: Continuation
    at: int


def _probed(row: Row) -> Capabilities:
    if not row["probed"]:
        return Capabilities()
    return Capabilities(continuation=msgspec.json.decode(row["probed"], type=Probe).continuation)


def known_of(provider: Provider, model: str) -> Capabilities:
    """Return what the catalogue knows of a model at this provider."""
    return catalogue.known(provider.kind, model, vendor_of(provider))


def vendor_of(provider: Provider) -> str:
    """Return the server behind kind `openai`; a server whose address says nothing is told by its id."""
    if provider.kind != "openai":
        return ""
    return dialect_of(provider.base_url or "https://api.openai.com", "vllm" if provider.id.startswith("vllm") else "").vendor


def with_demotion(capabilities: Capabilities, until_ms: int, now_ms: int) -> Capabilities:
    """Fill in how an answer is continued; a model that refused a started answer a while ago is only asked in words."""
    continuation = capabilities.continuation or catalogue.DEFAULT_CONTINUATION
    if continuation in _PREFILLED and until_ms > now_ms:
        continuation = catalogue.DEFAULT_CONTINUATION
    return msgspec.structs.replace(capabilities, continuation=continuation)


def offered_at_first(provider: Provider, models: Sequence[DiscoveredModel]) -> set[str]:
    """Return which newly found models are offered: those that chat, and of a long list those that the catalogue knows."""
    chats = {model.id for model in models if not _NO_CHAT.search(model.id)}
    if len(chats) <= _MANY:
        return chats
    return {model for model in chats if known_of(provider, model).context_tokens is not None}
