"""`/models` for everybody, `/providers` for administrators."""

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Response
from pydantic import BaseModel, Field, StringConstraints

from portico.accounts.middleware import Admin, Who
from portico.accounts.shapes import ModelRefBody, ModelRefShape
from portico.infra.http import Body, IfMatch, Page, page, problems
from portico.providers.admin import ProviderAdmin
from portico.providers.base import Capabilities
from portico.providers.models import Kind, Model, ModelChange, ModelChoice, Provider, ProviderChange, Source, TestResult
from portico.providers.route import Health
from portico.providers.service import ProviderService

Continuation = Literal["none", "instruct", "trailing", "prefix_flag", "vllm", "attach"]
ProviderKey = Annotated[str, Path(min_length=1, max_length=100)]
ModelKey = Annotated[str, Path(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
Address = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]
Secret = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000)]
Secrets = Annotated[list[Secret], Field(max_length=50)]
Position = Annotated[int, Field(ge=0, le=1_000_000)]
Tokens = Annotated[int, Field(ge=1, le=1_000_000_000)]
Price = Annotated[float, Field(ge=0, le=1_000_000)]


class CapabilitiesShape(BaseModel):
    """What a model can do; null is unknown. Prices are US dollars per million tokens."""

    vision: bool | None
    tools: bool | None
    reasoning: bool | None
    context_tokens: int | None
    output_tokens: int | None
    continuation: Continuation | None
    input_price: float | None
    output_price: float | None
    cached_price: float | None

    @classmethod
    def of(cls, capabilities: Capabilities) -> "CapabilitiesShape":
        return cls(**{name: getattr(capabilities, name) for name in cls.model_fields})


class CapabilitiesBody(Body):
    """What an administrator knows better; what is left out stays."""

    vision: bool | None = None
    tools: bool | None = None
    reasoning: bool | None = None
    context_tokens: Tokens | None = None
    output_tokens: Tokens | None = None
    continuation: Continuation | None = None
    input_price: Price | None = None
    output_price: Price | None = None
    cached_price: Price | None = None


class ModelShape(BaseModel):
    """A model that can be chosen. `health` is that of its provider, as far as the process that answers has seen it."""

    provider: str
    provider_name: str
    id: str
    name: str
    capabilities: CapabilitiesShape
    enabled: bool
    demo: bool
    health: Health

    @classmethod
    def of(cls, provider: Provider, model: Model, capabilities: Capabilities | None = None, *, health: Health = "unknown") -> "ModelShape":
        return cls(
            provider=provider.id,
            provider_name=provider.name,
            id=model.id,
            name=model.name,
            capabilities=CapabilitiesShape.of(capabilities or model.capabilities),
            enabled=model.enabled,
            demo=provider.kind == "demo",
            health=health,
        )


class ModelsShape(BaseModel):
    """The models that people may choose from, in order, and the one of a new conversation."""

    items: list[ModelShape]
    default: ModelRefShape | None


class HealthShape(BaseModel):
    """How the provider does, as far as the process that answers has seen it."""

    state: Health
    detail: str


class ProviderShape(BaseModel):
    """A model back end. Keys are never shown; `key_hint` is the end of the first."""

    id: str
    kind: Kind
    name: str
    base_url: str | None
    enabled: bool
    position: int
    source: Source
    has_key: bool
    key_hint: str | None
    health: HealthShape
    fallbacks: list[ModelRefShape]
    rev: int


class ProviderIn(Body):
    """A new provider. Without `base_url` it is the vendor's own address."""

    id: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]{0,60}$")] | None = None
    kind: Kind
    name: Name
    base_url: Address | None = None
    keys: Secrets = Field(default_factory=list)


class ProviderPatch(Body):
    """What to change; an empty list of keys removes them."""

    name: Name | None = None
    base_url: Address | None = None
    keys: Secrets | None = None
    enabled: bool | None = None
    position: Position | None = None
    fallbacks: Annotated[list[ModelRefBody], Field(max_length=10)] | None = None


class ModelPatch(Body):
    """What to change of a model."""

    enabled: bool | None = None
    name: Name | None = None
    position: Position | None = None
    capabilities: CapabilitiesBody | None = None


class TestIn(Body):
    """What to test with: a model, else the first there is; `continuation` also finds out whether it continues a started answer."""

    __test__ = False

    model: Annotated[str, StringConstraints(min_length=1, max_length=200)] | None = None
    continuation: bool = False


class TestError(BaseModel):
    """Why the test failed; `message` is the provider's own."""

    __test__ = False

    code: str
    detail: str
    message: str


class TestShape(BaseModel):
    """How a test went. `continuation` is how this model continues a started answer, null if that was not asked or not found out."""

    __test__ = False

    ok: bool
    latency_ms: int
    ttft_ms: int | None
    text: str | None
    error: TestError | None
    continuation: Continuation | None


class DiscoverShape(BaseModel):
    """All models of the provider now, and how many of them are new."""

    added: int
    items: list[ModelShape]


class ProviderRoutes:
    """The routes of providers; `router` is mounted under /api."""

    def __init__(self, service: ProviderService) -> None:
        self._service = service
        self._admin = ProviderAdmin(service)
        self.router = APIRouter(tags=["providers"])
        self._add_providers()
        self._add_models()

    def _add_providers(self) -> None:
        add = self.router.add_api_route
        add("/providers", self.list_providers, methods=["GET"], response_model=Page[ProviderShape], responses=problems(401, 403))
        add("/providers", self.create, methods=["POST"], status_code=201, response_model=ProviderShape, responses=problems(403, 409))
        add("/providers/{provider_id}", self.read, methods=["GET"], response_model=ProviderShape, responses=problems(401, 403, 404))
        add("/providers/{provider_id}", self.change, methods=["PATCH"], response_model=ProviderShape, responses=problems(403, 404, 409))
        add(
            "/providers/{provider_id}",
            self.delete,
            methods=["DELETE"],
            status_code=204,
            response_class=Response,
            responses=problems(403, 404, 409),
        )
        add("/providers/{provider_id}/test", self.test, methods=["POST"], response_model=TestShape, responses=problems(403, 404, 502))
        add(
            "/providers/{provider_id}/discover",
            self.discover,
            methods=["POST"],
            response_model=DiscoverShape,
            responses=problems(403, 404, 502),
        )

    def _add_models(self) -> None:
        add = self.router.add_api_route
        one = "/providers/{provider_id}/models/{model_id:path}"
        add("/models", self.offered, methods=["GET"], response_model=ModelsShape, responses=problems(401))
        add(
            "/providers/{provider_id}/models",
            self.list_models,
            methods=["GET"],
            response_model=Page[ModelShape],
            responses=problems(401, 403, 404),
        )
        add(one, self.change_model, methods=["PATCH"], response_model=ModelShape, responses=problems(403, 404))
        add(one, self.add_model, methods=["PUT"], response_model=ModelShape, responses=problems(403, 404))

    async def offered(self, who: Who) -> ModelsShape:
        """List the models that the caller may choose from, in order."""
        del who  # every principal that may read sees the same list
        found = [
            ModelShape.of(info.provider, info.model, info.capabilities, health=self._service.health(info.provider.id).state)
            for info in await self._service.offered()
        ]
        default = await self._service.default_model()
        return ModelsShape(items=found, default=_ref(default) if default is not None else None)

    async def list_providers(self, who: Admin) -> Page[ProviderShape]:
        """List the providers in their order."""
        return page([self._shape(provider) for provider in await self._admin.providers(who)])

    async def create(self, who: Admin, body: ProviderIn) -> ProviderShape:
        """Add a provider behind the others; its models are found by `/discover`."""
        made = await self._admin.create(
            who, provider_id=body.id, kind=body.kind, name=body.name, base_url=body.base_url or "", keys=tuple(body.keys)
        )
        return self._shape(made)

    async def read(self, who: Admin, provider_id: ProviderKey) -> ProviderShape:
        """Show one provider."""
        return self._shape(await self._admin.provider(who, provider_id))

    async def change(self, who: Admin, provider_id: ProviderKey, body: ProviderPatch, rev: IfMatch) -> ProviderShape:
        """Change a provider. Of one that the settings declare, only `enabled`, `position` and `fallbacks` can be changed."""
        fallbacks = tuple(ModelChoice(each.provider, each.model) for each in body.fallbacks) if body.fallbacks is not None else None
        keys = tuple(body.keys) if body.keys is not None else None
        change = ProviderChange(body.name, body.base_url, keys, body.enabled, body.position, fallbacks)
        return self._shape(await self._admin.change(who, provider_id, change, rev=rev))

    async def delete(self, who: Admin, provider_id: ProviderKey) -> Response:
        """Remove a provider with its keys and models; answers that its models gave stay."""
        await self._admin.delete(who, provider_id)
        return Response(status_code=204)

    async def test(self, who: Admin, provider_id: ProviderKey, body: TestIn) -> TestShape:
        """Ask the provider for a word and say how long it took. This costs a few tokens."""
        return _tested(await self._admin.test(who, provider_id, body.model, continuation=body.continuation))

    async def discover(self, who: Admin, provider_id: ProviderKey) -> DiscoverShape:
        """Ask the provider which models it has."""
        added = await self._admin.discover(who, provider_id)
        return DiscoverShape(added=added, items=await self._models(who, provider_id))

    async def list_models(self, who: Admin, provider_id: ProviderKey) -> Page[ModelShape]:
        """List a provider's models, those not offered, too."""
        return page(await self._models(who, provider_id))

    async def change_model(self, who: Admin, provider_id: ProviderKey, model_id: ModelKey, body: ModelPatch) -> ModelShape:
        """Change how a model is offered, or what it is said to be able to do."""
        changed = await self._admin.change_model(who, provider_id, model_id, _model_change(body))
        return ModelShape.of(await self._admin.provider(who, provider_id), changed)

    async def add_model(self, who: Admin, provider_id: ProviderKey, model_id: ModelKey, body: ModelPatch) -> ModelShape:
        """Add a model that the provider's list does not name."""
        added = await self._admin.add_model(who, provider_id, model_id, _model_change(body))
        return ModelShape.of(await self._admin.provider(who, provider_id), added)

    async def _models(self, who: Admin, provider_id: str) -> list[ModelShape]:
        provider = await self._admin.provider(who, provider_id)
        return [ModelShape.of(provider, model) for model in await self._admin.models(who, provider_id)]

    def _shape(self, provider: Provider) -> ProviderShape:
        health = self._service.health(provider.id)
        return ProviderShape(
            id=provider.id,
            kind=provider.kind,
            name=provider.name,
            base_url=provider.base_url or None,
            enabled=provider.enabled,
            position=provider.position,
            source=provider.source,
            has_key=provider.has_key,
            key_hint=provider.key_hint,
            health=HealthShape(state=health.state, detail=health.detail),
            fallbacks=[_ref(each) for each in provider.fallbacks],
            rev=provider.rev,
        )


def _ref(choice: ModelChoice) -> ModelRefShape:
    return ModelRefShape(provider=choice.provider, model=choice.model)


def _model_change(body: ModelPatch) -> ModelChange:
    said = Capabilities(**body.capabilities.model_dump()) if body.capabilities is not None else None
    return ModelChange(body.name, body.enabled, body.position, said)


def _tested(result: TestResult) -> TestShape:
    error = TestError(code=result.error[0], detail=result.error[1], message=result.error[2]) if result.error is not None else None
    return TestShape(
        ok=result.ok, latency_ms=result.latency_ms, ttft_ms=result.ttft_ms, text=result.text, error=error, continuation=result.continuation
    )
