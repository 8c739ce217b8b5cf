"""The ASGI application: health, every domain's routes, the built page, and the middleware around them. All of it plain ASGI."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, FastAPI
from pydantic import BaseModel, Field
from starlette.requests import Request

from portico import __version__
from portico.access.principal import Principal
from portico.accounts.middleware import AccountsMiddleware, AtDoor, Entry, MaybeWho, entry_of, place_of
from portico.accounts.routes import AccountsRoutes
from portico.accounts.setting_shapes import AccountsBoot
from portico.accounts.shapes import ModelRefShape
from portico.conversations.organising import FolderShape
from portico.conversations.pins import MAX_PINNED
from portico.conversations.routes import ConversationRoutes, FolderRoutes
from portico.conversations.shapes import ConversationShape, conversation_page
from portico.conversations.views import PINS, UNSORTED
from portico.errors import LimitReached, Unavailable
from portico.files.routes import FilesRoutes, ImageRoutes
from portico.infra.dberrors import DatabaseUnavailable
from portico.infra.http import Page, RouteNotFound, install_errors, problems
from portico.infra.middleware import BasePath, BodyLimit, RequestContext, SecurityHeaders
from portico.infra.page import CANVAS, Look, View, web_manifest
from portico.infra.site import STATIC, Site, send_body
from portico.providers.routes import ProviderRoutes
from portico.runs.routes import RunRoutes
from portico.shares.models import ShareGone
from portico.shares.routes import ShareRoutes
from portico.shares.shapes import SharedShape
from portico.wiring import Portico, Services

logger = logging.getLogger(__name__)
Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

READY = frozenset({"/health", "/readyz", "/ready", "/healthz"})
LIVE = frozenset({"/livez", "/health/live"})
STARTED = frozenset({"/startupz"})


class VersionShape(BaseModel):
    """What runs here; `process` changes with every start."""

    name: str
    version: str
    process: str


class BootShape(AccountsBoot):
    """All that the page needs for its first screen, in one piece."""

    version: str
    base_path: str
    features: dict[str, bool]
    conversations: Annotated[
        Page[ConversationShape] | None,
        Field(description="The newest 30 that are in no folder and not pinned, for somebody who is signed in."),
    ]
    pinned: Annotated[list[ConversationShape], Field(description="Every pinned conversation.")]
    folders: Annotated[list[FolderShape], Field(description="Every folder, in its order.")]


@dataclass(frozen=True, slots=True)
class Shelf:
    """What the sidebar shows first; empty for nobody."""

    newest: Page[ConversationShape] | None = None
    pinned: list[ConversationShape] = field(default_factory=list)
    folders: list[FolderShape] = field(default_factory=list)


class CoreRoutes:
    """`/session` (GET) and `/version`: what needs more than one domain."""

    def __init__(self, portico: Portico) -> None:
        self._portico = portico
        self.router = APIRouter(tags=["core"])
        self.router.add_api_route("/session", self.boot, methods=["GET"], response_model=BootShape)
        self.router.add_api_route("/version", self.version, methods=["GET"], response_model=VersionShape)

    async def boot(self, entry: AtDoor, who: MaybeWho) -> BootShape:
        """Return the boot data: who is signed in, what this instance offers, the newest conversations."""
        del who  # the entry knows; asked for so that a bad key is refused
        return await boot_data(self._portico, entry)

    async def version(self) -> VersionShape:
        """Say what runs here; for probes and for `portico doctor`."""
        return VersionShape(name="Portico", version=__version__, process=self._portico.process.id)


async def boot_data(portico: Portico, entry: Entry) -> BootShape:
    """Gather the boot data for one request."""
    services = portico.services
    identity = await entry.identity()
    boot = AccountsBoot.of(await services.accounts.boot(entry.visit, identity.user if identity else None))
    shelf = await _shelf(services, identity.principal) if identity else Shelf()
    if boot.default_model is None and identity is not None:
        first = await services.providers.default_model()
        boot.default_model = ModelRefShape(provider=first.provider, model=first.model) if first else None
    return BootShape(
        **dict(boot),
        version=__version__,
        base_path=portico.infra.settings.server.base_path,
        features={
            "files": True,
            "search": True,
            "tools": True,
            "images": services.images.enabled,
            "worker": portico.infra.settings.server.service_worker,
        },
        conversations=shelf.newest,
        pinned=shelf.pinned,
        folders=shelf.folders,
    )


async def _shelf(services: Services, who: Principal) -> "Shelf":
    newest, pinned, folders = await asyncio.gather(
        services.conversations.recent(who, view=UNSORTED),
        services.conversations.recent(who, view=PINS, limit=MAX_PINNED),
        services.folders.list(who),
    )
    pins = [ConversationShape.of(one) for one in pinned.items]
    return Shelf(conversation_page(newest), pins, [FolderShape.of(folder) for folder in folders])


class Health:
    """Answers the probes before anything else looks at them. Live touches no store; ready means migrated, beating and not draining."""

    def __init__(self, app: App, portico: Portico) -> None:
        self._app = app
        self._process = portico.process

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        if scope["type"] != "http" or path not in READY | LIVE | STARTED:
            await self._app(scope, receive, send)
            return
        process = self._process
        fine = True if path in LIVE else process.started and (path in STARTED or not process.draining)
        state = "ok" if fine else "draining" if process.draining else "starting"
        body = msgspec.json.encode({"status": state, "version": __version__, "database": "away" if process.outage else "ok"})
        headers = [
            (b"content-type", b"application/json"),
            (b"content-length", str(len(body)).encode()),
            (b"cache-control", b"no-store"),
            (b"x-portico-process", process.id.encode()),
        ]
        await send({"type": "http.response.start", "status": 200 if fine else 503, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})


class Pages:
    """Everything that is no API: the built files, the sandboxed frames, and the page itself for every other address."""

    def __init__(self, portico: Portico, site: Site) -> None:
        self._portico = portico
        self._site = site

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        del receive
        path: str = scope["path"].lstrip("/")
        if scope["method"] not in ("GET", "HEAD") or (path.startswith("assets/") and not self._site.has(path)):
            raise RouteNotFound
        if self._site.has(path):
            await self._site.send_file(path, scope, send)
        elif path == "manifest.webmanifest":
            await self._manifest(scope, send)
        elif path == "offline.html":
            await self._offline(scope, send)
        elif path.startswith("frame/"):
            await self._frame(path.removeprefix("frame/"), scope, send)
        elif path.startswith("s/"):
            await self._shared(path.removeprefix("s/"), scope, send)
        else:
            await self._page(scope, send)

    async def _frame(self, name: str, scope: Scope, send: Send) -> None:
        entry = entry_of(Request(scope))
        if not name.isalpha() or not await self._site.send_frame(name, " ".join(sorted(entry.visit.own_origins)), scope, send):
            raise RouteNotFound

    async def _shared(self, token: str, scope: Scope, send: Send) -> None:
        """Answer with the page of a share link, which holds what it shows. Who is signed in is not even looked up."""
        visit = entry_of(Request(scope)).visit
        services = self._portico.services
        status, state, shared, name, brand = 200, "shown", None, self._portico.infra.settings.server.name, None
        try:
            instance = await services.accounts.preferences.instance()
            name, brand = instance.name, instance.brand
            shared = SharedShape.of(await services.shares.read(token, visit.address))
        except (ShareGone, LimitReached, Unavailable) as error:
            status, state = error.status, error.code
        boot = msgspec.json.encode(
            {
                "base_path": self._portico.infra.settings.server.base_path,
                "instance": name,
                "token": token if shared else None,
                "state": state,
                "shared": shared.model_dump(mode="json") if shared else None,
            }
        )
        accent = (brand.hue, brand.chroma) if brand else None
        look = Look(boot, visit.locale, scope["state"]["csp_nonce"], name=name, data={"theme": visit.theme}, accent=accent)
        await self._site.send_share(look, scope, send, status=status)

    async def _page(self, scope: Scope, send: Send) -> None:
        try:
            entry = entry_of(Request(scope))
            boot = await boot_data(self._portico, entry)
        except DatabaseUnavailable:  # the page fetches its boot data when the database is back
            await self._site.send_page(self._plain_look(scope), scope, send)
            return
        look = _look(boot, scope["state"]["csp_nonce"], _view(boot, scope["path"]))
        await self._site.send_page(look.with_sidebar(entry.visit.cookies.get("portico_sidebar", "")), scope, send)

    def _plain_look(self, scope: Scope) -> Look:
        """How the page looks for somebody of whom only the browser is known."""
        visit = entry_of(Request(scope)).visit
        return Look(b"", visit.locale, scope["state"]["csp_nonce"], data={"theme": visit.theme})

    async def _offline(self, scope: Scope, send: Send) -> None:
        look = _look(await boot_data(self._portico, entry_of(Request(scope))), scope["state"]["csp_nonce"], "page")
        if not await self._site.send_offline(look, scope, send):
            raise RouteNotFound

    async def _manifest(self, scope: Scope, send: Send) -> None:
        instance = await self._portico.services.accounts.preferences.instance()
        body = web_manifest(instance.name, self._portico.infra.settings.server.base_path, instance.brand_color or CANVAS["light"])
        await send_body(body, "application/manifest+json", scope, send)


def _look(boot: BootShape, nonce: str, view: View) -> Look:
    brand = boot.instance.brand
    return Look(
        boot.model_dump_json().encode(),
        boot.locale,
        nonce,
        name=boot.instance.name,
        data={name: str(value) for name, value in dict(boot.appearance).items()},
        accent=(brand.hue, brand.chroma) if brand else None,
        view=view,
    )


def _view(boot: BootShape, path: str) -> View:
    if boot.user is None or boot.setup.required:
        return "door"
    return "home" if path == "/" else "conversation" if path.startswith("/c/") else "page"


class _Switch:
    """The API on one side, the page on the other."""

    def __init__(self, api: App, pages: App) -> None:
        self._api = api
        self._pages = pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_api = scope["type"] != "http" or scope["path"] == "/api" or scope["path"].startswith("/api/")
        await (self._api if is_api else self._pages)(scope, receive, send)


def build_app(portico: Portico) -> App:
    """The whole application around the built services."""
    settings, services = portico.infra.settings, portico.services
    api = FastAPI(title="Portico", version=__version__, docs_url=None, redoc_url=None, openapi_url="/api/openapi.json")
    install_errors(api)
    routers = (
        CoreRoutes(portico).router,
        AccountsRoutes(services.accounts, services.dismissal.stop_of).router,
        ConversationRoutes(
            portico.infra.db,
            services.conversations,
            services.selections,
            services.messages,
            services.removal,
            services.runs.refs,
            portico.infra.limiter,
            exports_per_hour=settings.limits.exports_per_hour,
        ).router,
        FolderRoutes(services.folders).router,
        RunRoutes(
            services.runs,
            services.streams,
            services.messages,
            services.files,
            portico.infra.db,
            portico.infra.limiter,
            per_minute=settings.limits.runs_per_minute,
        ).router,
        ProviderRoutes(services.providers).router,
        FilesRoutes(services.files).router,
        ShareRoutes(services.shares).router,
        ImageRoutes(services.images).router,
    )
    for router in routers:
        api.include_router(router, prefix="/api", responses=problems(400, 401, 403, 408, 413, 422, 429, 500, 503))
    pages = Pages(portico, Site(STATIC, base_path=settings.server.base_path, worker=settings.server.service_worker))
    app: App = AccountsMiddleware(_Switch(api, pages), services.accounts, place_of(settings, services.accounts.languages))
    app = BodyLimit(app, default_bytes=settings.limits.body_bytes)
    frames = (settings.server.content_origin,) if settings.server.content_origin else ()
    app = SecurityHeaders(app, https=settings.server.app_url.startswith("https://"), frame_origins=frames)
    app = Health(app, portico)
    app = BasePath(app, settings.server.base_path)
    return RequestContext(app, portico.infra.metrics)
