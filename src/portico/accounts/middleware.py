"""From a request to its principal: one lookup, only when a route asks for it, and the cross-site rules before any route runs."""

from collections.abc import Awaitable, Callable, MutableMapping
from functools import cached_property
from typing import Annotated, Any

from fastapi import Depends, Request, Security
from fastapi.security import APIKeyCookie, HTTPBearer
from starlette.responses import Response

from portico.access import policy
from portico.access.principal import Principal, Scope
from portico.accounts import origin
from portico.accounts.languages import ANY, Languages
from portico.accounts.models import Opened
from portico.accounts.origin import Place, Visit
from portico.accounts.service import AccountsService
from portico.accounts.sessions import Identity
from portico.errors import Forbidden, Unauthenticated
from portico.settings import Settings

AsgiScope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[AsgiScope, Receive, Send], Awaitable[None]]

_ENTRY = "portico.entry"
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_MAX_CREDENTIAL = 512


class BadKey(Unauthenticated):
    """The API key is unknown, revoked or expired, or its owner is not active."""

    code = "invalid_api_key"
    default_detail = "The API key is not valid (any more): make a new one."


class AdministratorRequired(Forbidden):
    """Only administrators may do this."""

    code = "administrator_required"
    default_detail = "Ask an administrator to do this."


def place_of(settings: Settings, languages: Languages = ANY) -> Place:
    """Return how this server is reached, as the settings say, and the languages of its page."""
    server = settings.server
    return Place(server.base_path, server.app_url, server.trusted_hops, settings.kubernetes, server.allow_http, languages)


class Entry:
    """One request at the door: where it comes from, and who it is once somebody asks."""

    def __init__(self, scope: AsgiScope, accounts: AccountsService, place: Place) -> None:
        self._scope = scope
        self._place = place
        self._found: Identity | None = None
        self._looked = False
        self.accounts = accounts

    @cached_property
    def visit(self) -> Visit:
        headers: dict[str, str] = {}
        for raw_name, raw_value in self._scope["headers"]:
            name, value = raw_name.decode("latin-1"), raw_value.decode("latin-1")
            separator = "; " if name == "cookie" else ", "
            headers[name] = f"{headers[name]}{separator}{value}" if name in headers else value
        peer = self._scope.get("client")
        return origin.visit(self._scope["method"], peer[0] if peer else "", self._scope.get("scheme", "http"), headers, self._place)

    @cached_property
    def bearer(self) -> str | None:
        """The API key that the request carries, in either header; two different ones are refused, so that no check sees the wrong one."""
        headers = self.visit.headers
        scheme, _, credential = headers.get("authorization", "").partition(" ")
        given = {headers["x-api-key"].strip()} if "x-api-key" in headers else set[str]()
        if scheme.lower() == "bearer":
            given.add(credential.strip())
        if len(given) > 1:
            raise BadKey("Send one API key, in one header.")
        return given.pop() if given else None

    async def identity(self) -> Identity | None:
        """Return who asks, by one lookup at most. An API key never falls back to the cookie. Raises BadKey."""
        if not self._looked:
            self._found = await self._look_up()
            self._looked = True
        return self._found

    async def _look_up(self) -> Identity | None:
        if self.bearer is not None:
            found = await self.accounts.sessions.find_key(self.bearer) if len(self.bearer) <= _MAX_CREDENTIAL else None
            if found is None:
                raise BadKey
            return found
        token = self.visit.cookies.get(self.visit.cookie_name)
        return await self.accounts.sessions.find(token) if token and len(token) <= _MAX_CREDENTIAL else None


class AccountsMiddleware:
    """Gives each request its Entry, and refuses unsafe requests of other sites."""

    def __init__(self, app: App, accounts: AccountsService, place: Place) -> None:
        self._app = app
        self._accounts = accounts
        self._place = place

    async def __call__(self, scope: AsgiScope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            entry = Entry(scope, self._accounts, self._place)
            scope[_ENTRY] = entry
            if scope["method"] not in _SAFE_METHODS:
                origin.check_unsafe(entry.visit, bearer=entry.bearer is not None)
        await self._app(scope, receive, send)


def entry_of(request: Request) -> Entry:
    """Return the request's Entry."""
    entry = request.scope[_ENTRY]
    if not isinstance(entry, Entry):
        raise TypeError("AccountsMiddleware does not stand around this application")
    return entry


_KEY = HTTPBearer(scheme_name="api_key", auto_error=False, description="An API key, made by `POST /keys`; `X-Api-Key` takes it, too.")
_COOKIE = APIKeyCookie(
    name="__Host-portico",
    scheme_name="session",
    auto_error=False,
    description="The cookie of a browser that is signed in; over plain http `portico`.",
)


async def _described(key: Annotated[object, Security(_KEY)], cookie: Annotated[object, Security(_COOKIE)]) -> None:
    """Put the ways to sign in into the description of a route; the Entry reads what was sent."""
    del key, cookie


Described = Annotated[None, Depends(_described)]


async def _caller(request: Request, _: Described = None) -> Principal:
    identity = await entry_of(request).identity()
    if identity is None:
        raise Unauthenticated
    return identity.principal


async def _who(request: Request, _: Described = None) -> Principal:
    who = await _caller(request)
    scope: Scope = "read" if request.method in _SAFE_METHODS else "chat"
    if not policy.has_scope(who, scope):
        raise policy.ScopeMissing(scope=scope)
    return who


async def _admin(request: Request, _: Described = None) -> Principal:
    who = await _caller(request)
    if who.role != "admin":
        raise AdministratorRequired
    if not policy.has_scope(who, "admin"):
        raise policy.ScopeMissing(scope="admin")
    if request.method not in _SAFE_METHODS:
        await entry_of(request).accounts.limit_administration(who)
    return who


async def _maybe_who(request: Request) -> Principal | None:
    identity = await entry_of(request).identity()
    return identity.principal if identity else None


async def _own_page(request: Request) -> None:
    origin.check_stream(entry_of(request).visit)


Who = Annotated[Principal, Depends(_who)]
"""The caller, who may read (GET) or chat (everything else). The ordinary parameter of a route."""
Caller = Annotated[Principal, Depends(_caller)]
"""The caller with whatever scopes; the service decides."""
Admin = Annotated[Principal, Depends(_admin)]
"""An administrator with the admin scope; changes are counted."""
MaybeWho = Annotated[Principal | None, Depends(_maybe_who)]
"""The caller, or None when nobody is signed in."""
AtDoor = Annotated[Entry, Depends(entry_of)]
"""The request's Entry, for routes that need more than the caller."""
OwnPage = Depends(_own_page)
"""For `dependencies=[OwnPage]` of routes that stream on GET: refuses other sites."""


def set_session(response: Response, visit: Visit, opened: Opened) -> None:
    """Give the browser its session cookie."""
    response.set_cookie(
        visit.cookie_name,
        opened.token,
        max_age=opened.max_age_s,
        path=visit.cookie_path,
        secure=visit.secure,
        httponly=True,
        samesite="lax",
    )


def clear_session(response: Response, visit: Visit) -> None:
    """Take the session cookie away, and what the page has stored."""
    response.delete_cookie(visit.cookie_name, path=visit.cookie_path, secure=visit.secure, httponly=True, samesite="lax")
    response.headers["clear-site-data"] = '"cache", "storage"'
