"""Pure-ASGI middleware around the whole application. `BaseHTTPMiddleware` is never used: one of it doubles the cost of a relayed token.

Order, from the outside: RequestContext, BasePath, SecurityHeaders, BodyLimit, then the application.
"""

import asyncio
import logging
import re
import secrets
import time
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from typing import Any

from portico.errors import Invalid, PorticoError, TooLarge
from portico.infra.http import problem_body, problem_headers, without_secret
from portico.infra.sse import DIRECT_SEND
from portico.infra.telemetry import Metrics, request_id

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

log = logging.getLogger(__name__)
access_log = logging.getLogger("portico.access")

DEFAULT_BODY_BYTES = 2_000_000
FILE_PART_BYTES = 900_000
BODY_READ_S = 30.0
FILE_PART_PATH = re.compile(r"/api/files/[^/]+/parts/[^/]+")
HEALTH_PATHS = frozenset({"/health", "/health/live", "/livez", "/readyz", "/ready", "/healthz", "/startupz"})
_REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{8,64}")
_YEAR_S = 31_536_000


class BodyTooSlow(PorticoError):
    """The client did not send its whole body in time."""

    code = "body_too_slow"
    title = "Request timed out"
    status = 408
    default_detail = "Send it again, in smaller parts if the connection is slow."


def _header(scope: Scope, name: bytes) -> bytes | None:
    return next((value for key, value in scope["headers"] if key == name), None)


async def _send_problem(send: Send, error: PorticoError) -> None:
    headers = [(name.encode(), value.encode("latin-1")) for name, value in problem_headers(error).items()]
    body = problem_body(error, request_id.get())
    headers.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": error.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


class RequestContext:
    """Gives each request an id, counts and logs it, and answers what failed outside the application's own handlers.

    A request id from the client is kept if it is harmless, so that a proxy's log and ours can be joined.
    """

    def __init__(self, app: App, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = _header(scope, b"x-request-id")
        id_bytes = given if given and _REQUEST_ID.fullmatch(given) else secrets.token_hex(8).encode()
        exchange = _Exchange(scope, send, id_bytes)
        scope[DIRECT_SEND] = send
        token = request_id.set(id_bytes.decode())
        try:
            if "\0" in scope["path"] or b"%00" in scope["query_string"]:
                await _send_problem(exchange.send, Invalid("Leave the NUL character out of the address."))
            else:
                await self._guarded(scope, receive, exchange)
        finally:
            self._record(exchange)
            request_id.reset(token)

    async def _guarded(self, scope: Scope, receive: Receive, exchange: "_Exchange") -> None:
        try:
            await self._app(scope, receive, exchange.send)
        except PorticoError as error:
            if exchange.status:
                raise
            exchange.scope["portico.error_code"] = error.code
            await _send_problem(exchange.send, error)
        except Exception:
            if exchange.status:
                # The application has answered and logged already; the server must not log it again, only end the connection.
                log.debug("error after the response began", exc_info=True)
                return
            log.exception("unhandled error", extra={"path": exchange.path})
            exchange.scope["portico.error_code"] = PorticoError.code
            await _send_problem(exchange.send, PorticoError())

    def _record(self, exchange: "_Exchange") -> None:
        took_s = time.perf_counter() - exchange.began
        route = exchange.route()
        status = str(exchange.status or 499)
        self._metrics.requests.inc(exchange.scope["method"], route, status)
        if not exchange.is_stream:
            self._metrics.request_s.observe(took_s, route)
        if code := exchange.scope.get("portico.error_code"):
            self._metrics.errors.inc(code)
        level = logging.DEBUG if exchange.path in HEALTH_PATHS else logging.INFO
        if access_log.isEnabledFor(level):
            fields = {"method": exchange.scope["method"], "path": exchange.path, "status": int(status), "ms": round(took_s * 1000, 1)}
            access_log.log(level, "request", extra=fields)


class _Exchange:
    """One request and what is known of its answer."""

    __slots__ = ("_id", "_send", "began", "is_stream", "path", "scope", "status")

    def __init__(self, scope: Scope, send: Send, id_bytes: bytes) -> None:
        self._id = id_bytes
        self._send = send
        self.scope = scope
        self.path: str = without_secret(scope["path"])
        self.began = time.perf_counter()
        self.status = 0
        self.is_stream = False

    def send(self, message: Message) -> Awaitable[None]:
        """Pass a message on; a plain function, because one coroutine more would be paid for every message."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = message["headers"] = list(message.get("headers", ()))
            self.is_stream = any(name == b"content-type" and value.startswith(b"text/event-stream") for name, value in headers)
            headers.append((b"x-request-id", self._id))
        return self._send(message)

    def route(self) -> str:
        """Return the route's pattern, never the address itself, so that the number of series stays small."""
        included = self.scope.get("fastapi", {}).get("effective_route_context")  # holds the prefix, which the route itself lacks
        path = getattr(included or self.scope.get("route"), "path_format", None)
        return path if isinstance(path, str) else "other"


class BasePath:
    """Takes the base path off, so that nothing behind it knows of it. An ingress that took it off already is fine too."""

    def __init__(self, app: App, base_path: str) -> None:
        self._app = app
        self._base = base_path.rstrip("/")
        self._raw = self._base.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._base and scope["type"] == "http":
            path: str = scope["path"]
            if path == self._base:
                await self._redirect(scope, send)
                return
            if path.startswith(self._base + "/"):
                scope["path"] = path[len(self._base) :]
                raw: bytes = scope.get("raw_path") or b""
                scope["raw_path"] = raw[len(self._raw) :] if raw.startswith(self._raw) else scope["path"].encode()
        await self._app(scope, receive, send)

    async def _redirect(self, scope: Scope, send: Send) -> None:
        query: bytes = scope["query_string"]
        target = self._raw + b"/" + (b"?" + query if query else b"")
        await send({"type": "http.response.start", "status": 308, "headers": [(b"location", target), (b"content-length", b"0")]})
        await send({"type": "http.response.body", "body": b""})


class BodyLimit:
    """Refuses a body that is too large or too slow, before the application has read it whole.

    `overrides` are (pattern of the whole path, bytes); the first that matches counts.
    """

    def __init__(
        self,
        app: App,
        *,
        default_bytes: int = DEFAULT_BODY_BYTES,
        read_s: float = BODY_READ_S,
        overrides: Sequence[tuple[re.Pattern[str], int]] = ((FILE_PART_PATH, FILE_PART_BYTES),),
    ) -> None:
        self._app = app
        self._default_bytes = default_bytes
        self._read_s = read_s
        self._overrides = tuple(overrides)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit = next((size for pattern, size in self._overrides if pattern.fullmatch(scope["path"])), self._default_bytes)
        declared = _header(scope, b"content-length") or b"0"
        if len(declared) > 18 or not declared.isdigit() or int(declared) > limit:
            scope["portico.error_code"] = TooLarge.code
            await _send_problem(send, TooLarge(f"Send at most {limit} bytes at once.", limit=limit))
            return
        await self._app(scope, _LimitedBody(receive, limit, self._read_s).receive, send)


class _LimitedBody:
    """Counts and times what is received; when the body is complete, waiting for the disconnect is not limited."""

    __slots__ = ("_deadline", "_left", "_limit", "_receive")

    def __init__(self, receive: Receive, limit: int, read_s: float) -> None:
        self._receive = receive
        self._limit = limit
        self._left = limit
        self._deadline: float | None = asyncio.get_running_loop().time() + read_s

    async def receive(self) -> Message:
        if self._deadline is None:
            return await self._receive()
        try:
            async with asyncio.timeout_at(self._deadline):
                message = await self._receive()
        except TimeoutError as error:
            raise BodyTooSlow from error
        self._left -= len(message.get("body", b""))
        if self._left < 0:
            raise TooLarge(f"Send at most {self._limit} bytes at once.", limit=self._limit)
        if not message.get("more_body", False):
            self._deadline = None
        return message


class SecurityHeaders:
    """Sets the headers of every answer; what a route set itself stays.

    A page takes its style nonce from `scope["state"]["csp_nonce"]`.
    """

    def __init__(self, app: App, *, https: bool = False, frame_origins: Sequence[str] = ()) -> None:
        self._app = app
        self._https = https
        self._frames = " ".join(("'self'", *frame_origins))
        self._common = [
            (b"x-content-type-options", b"nosniff"),
            (b"referrer-policy", b"no-referrer"),
            (b"cross-origin-opener-policy", b"same-origin"),
            (b"cross-origin-resource-policy", b"same-origin"),
            (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
        ]

    def policy(self, nonce: str) -> str:
        """Return the page's Content-Security-Policy for one response."""
        return (
            f"default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; img-src 'self' blob: data:; "
            "media-src 'self' blob:; font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; "
            f"frame-src {self._frames}; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; "
            "require-trusted-types-for 'script'; trusted-types portico"
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        is_api = scope["path"].startswith("/api/")
        if not is_api:
            scope.setdefault("state", {})["csp_nonce"] = secrets.token_urlsafe(16)

        began = False

        def send_secured(message: Message) -> Awaitable[None]:
            nonlocal began
            if message["type"] == "http.response.start":
                began = True
                message["headers"] = self._complete(list(message.get("headers", ())), scope, is_api=is_api)
            return send(message)

        try:
            await self._app(scope, receive, send_secured)
        except PorticoError as error:  # of a middleware or a page: answered here, so that refusals carry the headers too
            if began:
                raise
            scope["portico.error_code"] = error.code
            await _send_problem(send_secured, error)

    def _complete(self, headers: list[tuple[bytes, bytes]], scope: Scope, *, is_api: bool) -> list[tuple[bytes, bytes]]:
        present = {name.lower() for name, _ in headers}
        wanted = list(self._common)
        if is_api:
            wanted += [(b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"), (b"cache-control", b"no-store")]
        elif b"content-security-policy" not in present:
            wanted.append((b"content-security-policy", self.policy(scope["state"]["csp_nonce"]).encode()))
        if self._https or scope.get("scheme") == "https":
            wanted.append((b"strict-transport-security", b"max-age=%d" % _YEAR_S))
        headers.extend((name, value) for name, value in wanted if name not in present)
        return headers
