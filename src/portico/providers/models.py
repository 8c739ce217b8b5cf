"""What the service of providers hands out."""

from dataclasses import dataclass, field
from typing import Literal, Protocol

from portico.errors import Conflict, Invalid, NotFound
from portico.ids import ProviderId
from portico.providers.base import Capabilities, Continuation, Usage
from portico.providers.route import Health
from portico.settings.model_list import ModelList

Kind = Literal["openai", "openai-responses", "anthropic", "gemini", "ollama", "demo"]
Source = Literal["settings", "database"]


class ProviderNotFound(NotFound):
    """There is no provider with this id."""

    code = "provider_not_found"


class ModelUnknown(NotFound):
    """The provider has no model with this id."""

    code = "model_unknown"


class ProviderDeclared(Conflict):
    """The provider stands in the settings, where alone its address, kind and keys can be changed."""

    code = "provider_declared"
    default_detail = "This provider comes from the server's settings: change it there, or disable it here."


class ProviderExists(Conflict):
    """There is a provider with this id."""

    code = "provider_exists"
    default_detail = "Choose another id, or leave it out."


class ProviderStale(Conflict):
    """The provider was changed since the caller loaded it."""

    code = "provider_changed"


class KindUnfit(Invalid):
    """A provider of this kind cannot be added."""

    code = "provider_kind_unfit"
    default_detail = "The demo provider is built in: there is one, and it needs no other."


class Choice(Protocol):
    """A model by its provider; other domains have classes of their own for it."""

    @property
    def provider(self) -> str: ...

    @property
    def model(self) -> str: ...


@dataclass(frozen=True, slots=True)
class ModelChoice:
    provider: str
    model: str


@dataclass(frozen=True, slots=True)
class Model:
    """A model as people see it. `upstream` is the name that its server knows it by."""

    provider: ProviderId
    id: str
    name: str
    upstream: str
    enabled: bool
    position: int
    source: Literal["settings", "discovered", "hand", "builtin"]
    capabilities: Capabilities


@dataclass(frozen=True, slots=True)
class Provider:
    """A model back end. `keys` are those of the settings; the others stay sealed in `sealed_keys` until a call needs one."""

    id: ProviderId
    kind: Kind
    name: str
    base_url: str
    enabled: bool
    position: int
    source: Source
    rev: int
    keys: tuple[str, ...] = field(default=(), repr=False)
    sealed_keys: str | None = field(default=None, repr=False)
    key_hint: str | None = None
    fallbacks: tuple[ModelChoice, ...] = ()
    model_list: ModelList = field(default_factory=ModelList)

    @property
    def has_key(self) -> bool:
        return bool(self.keys) or self.sealed_keys is not None


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """All that a caller needs to know before it asks a model. `capabilities.continuation` is never None here."""

    provider: Provider
    model: Model
    capabilities: Capabilities

    @property
    def demo(self) -> bool:
        return self.provider.kind == "demo"


@dataclass(frozen=True, slots=True)
class Completion:
    text: str
    usage: Usage | None


@dataclass(frozen=True, slots=True)
class HealthState:
    state: Health
    detail: str


@dataclass(frozen=True, slots=True)
class ProviderChange:
    """What to change; None leaves a member as it is."""

    name: str | None = None
    base_url: str | None = None
    keys: tuple[str, ...] | None = None
    enabled: bool | None = None
    position: int | None = None
    fallbacks: tuple[ModelChoice, ...] | None = None


@dataclass(frozen=True, slots=True)
class ModelChange:
    """What to change; None leaves a member as it is. `capabilities` replaces what administrators said before."""

    name: str | None = None
    enabled: bool | None = None
    position: int | None = None
    capabilities: Capabilities | None = None


@dataclass(frozen=True, slots=True)
class TestResult:
    """How a test went. `continuation` is what the probe found, None if it was not asked for or could not tell."""

    __test__ = False  # its name would make pytest take it for a test

    ok: bool
    latency_ms: int
    ttft_ms: int | None
    text: str | None = None
    error: tuple[str, str, str] | None = None  # code, detail, the provider's message
    continuation: Continuation | None = None
