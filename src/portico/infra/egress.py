"""The only door out: every HTTP client is made here and cannot reach what its policy forbids.

Three checks stand behind each other. A client middleware judges the address of every request, and every hop if there were any; the
resolver refuses a name if any of its addresses is forbidden; the socket factory judges the very address that is connected to, so that
neither a literal nor a name that changes between two look-ups gets past.
"""

import asyncio
import ipaddress
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, cast

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.client_middlewares import ClientHandlerType
from yarl import URL

from portico.errors import Invalid, PorticoError
from portico.infra.addresses import Address, Rules, parse_host, refusal
from portico.settings import Settings

Policy = Literal["public", "connector"]
_AddressInfo = tuple[int, int, int, str, tuple[object, ...]]  # as socket.getaddrinfo returns it
_PUBLIC_PORTS = frozenset({80, 443, 8080, 8443})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_FORBIDDEN = frozenset("\\") | frozenset(map(chr, range(33))) | {"\x7f"}
_CONNECT_S = 10.0
_PUBLIC_TOTAL_S = 30.0


class AddressRefused(Invalid):
    """The address may not be connected to from this server."""

    code = "address_refused"
    default_detail = "Use an address that this server may connect to; an operator can allow more with PORTICO_EGRESS_ALLOW."


class Redirected(PorticoError):
    """The other side wants to send the request elsewhere, to `location`, which is never followed by itself."""

    code = "redirected"
    title = "Redirected"
    status = 502
    default_detail = "The server answered with a redirect: enter its final address."

    def __init__(self, location: str = "") -> None:
        super().__init__()
        self.location: str = location


class AnswerTooLarge(PorticoError):
    """The answer is over the limit of PORTICO_EGRESS_MAX_BYTES."""

    code = "answer_too_large"
    title = "Answer too large"
    status = 502
    default_detail = "The other side sent more than is accepted; choose a smaller document."


@dataclass(frozen=True, slots=True)
class _Door:
    """What one policy lets through."""

    policy: Policy
    rules: Rules

    def check(self, url: URL) -> Address | None:
        """Judge an address without looking it up; return it if it is literal. Raises AddressRefused."""
        if url.scheme not in {"http", "https"} or url.user is not None or url.password is not None:
            raise AddressRefused("Use an address that begins with http:// or https://, without a user name in it.")
        if url.port is None or (self.policy == "public" and url.port not in _PUBLIC_PORTS) or url.port == 0:
            raise AddressRefused(f"Port {url.port} may not be connected to.")
        host = (url.raw_host or "").removesuffix(".")
        try:
            address = parse_host(host)
        except ValueError as error:
            raise AddressRefused("The host of the address is not a plain name or number.") from error
        if address is not None:
            self.judge(address)
        return address

    def judge(self, address: Address) -> None:
        """Raise AddressRefused unless this very address may be connected to."""
        if reason := refusal(address, self.rules):
            raise AddressRefused(f"{address} may not be connected to: {reason}.")


class Egress:
    """Makes one client session for each policy, when it is first asked for."""

    def __init__(self, settings: Settings, resolver: AbstractResolver | None = None) -> None:
        """`resolver` replaces the system's, for tests of names that change."""
        own = settings.egress
        allow = tuple(ipaddress.ip_network(text) for text in own.allow)
        deny = tuple(ipaddress.ip_network(text) for text in own.deny)
        self._doors: Mapping[Policy, _Door] = {
            "public": _Door("public", Rules(private=own.allow_private, allow=allow, deny=deny)),
            "connector": _Door("connector", Rules(private=True, loopback=not settings.kubernetes, allow=allow, deny=deny)),
        }
        self._proxy = URL(own.proxy_url) if own.proxy_url else None
        self._max_bytes = own.max_bytes
        self._given_resolver = resolver
        self._sessions: dict[Policy, aiohttp.ClientSession] = {}

    def check(self, url: str | URL, policy: Policy) -> URL:
        """Parse an address once and judge what can be judged without a look-up; use the result to connect. Raises AddressRefused."""
        if isinstance(url, str):
            if len(url) > 2000 or _FORBIDDEN.intersection(url):
                raise AddressRefused("The address holds characters that do not belong into one.")
            try:
                url = URL(url)
            except ValueError as error:
                raise AddressRefused("The address cannot be read.") from error
        self._doors[policy].check(url)
        return url

    def session(self, policy: Policy) -> aiohttp.ClientSession:
        """Return the policy's session. Redirects raise Redirected; forbidden addresses raise AddressRefused."""
        found = self._sessions.get(policy)
        if found is None or found.closed:
            found = self._sessions[policy] = self._open(policy)
        return found

    async def read(self, response: aiohttp.ClientResponse, max_bytes: int | None = None) -> bytes:
        """Read a whole answer, unpacked, of at most `max_bytes`. Raises AnswerTooLarge; the connection is closed then."""
        limit = self._max_bytes if max_bytes is None else max_bytes
        parts: list[bytes] = []
        size = 0
        async for part in response.content.iter_any():
            size += len(part)
            if size > limit:
                response.close()
                raise AnswerTooLarge
            parts.append(part)
        return b"".join(parts)

    async def get(self, url: URL, policy: Policy, *, headers: Mapping[str, str], max_bytes: int, total_s: float) -> tuple[int, bytes]:
        """Fetch a checked address and return status and body; the body is read only when the status is 200.

        Raises Redirected, AddressRefused, AnswerTooLarge, TimeoutError; ConnectionError when no answer comes.
        """
        timeout = aiohttp.ClientTimeout(total=total_s, sock_connect=min(_CONNECT_S, total_s))
        try:
            async with self.session(policy).get(url, headers=headers, timeout=timeout) as response:
                body = await self.read(response, max_bytes) if response.status == 200 else b""
                return response.status, body
        except aiohttp.ClientError as error:
            raise ConnectionError(str(error)) from error

    async def reach(self, url: str, policy: Policy) -> str:
        """Return why no answer at all comes from `url`, or an empty string: any answer counts, also a refusal."""
        try:
            async with self.session(policy).get(self.check(url, policy), timeout=aiohttp.ClientTimeout(total=_CONNECT_S)):
                return ""
        except Redirected:
            return ""
        except AddressRefused as error:
            return error.detail
        except TimeoutError:
            return f"no answer within {_CONNECT_S:.0f} s"
        except (aiohttp.ClientError, OSError) as error:
            return str(error) or type(error).__name__

    async def close(self) -> None:
        for session in self._sessions.values():
            await session.close()
        self._sessions.clear()

    def _open(self, policy: Policy) -> aiohttp.ClientSession:
        guard = _Guard(self._doors[policy], self._given_resolver or aiohttp.ThreadedResolver(), self._proxy)
        connector = aiohttp.TCPConnector(
            resolver=guard,
            socket_factory=guard.open_socket,
            limit=0,  # admission limits the number of answers; a second limit here would make them wait without a reason
            ttl_dns_cache=30,
            keepalive_timeout=60,
        )
        total_s = _PUBLIC_TOTAL_S if policy == "public" else None  # a stream may last; its reader has deadlines of its own
        return aiohttp.ClientSession(
            connector=connector,
            middlewares=(guard.watch,),
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=total_s, sock_connect=_CONNECT_S),
            proxy=self._proxy,
            trust_env=False,
            headers={"User-Agent": "Portico"},
        )


class _Guard(AbstractResolver):
    """The three checks of one policy."""

    def __init__(self, door: _Door, resolver: AbstractResolver, proxy: URL | None) -> None:
        self._door = door
        self._resolver = resolver
        self._proxy = proxy
        self._proxy_addresses: set[tuple[str, int]] = set()

    async def watch(self, request: aiohttp.ClientRequest, handler: ClientHandlerType) -> aiohttp.ClientResponse:
        """Judge a request's address, then its answer."""
        address = self._door.check(request.url)
        if request.proxy is not None and await self._goes_direct(request.url, address):
            request.update_proxy(None, None, None)
        response = await handler(request)
        if response.status in _REDIRECTS:
            response.close()
            raise Redirected(response.headers.get("Location", ""))
        return response

    async def _goes_direct(self, url: URL, address: Address | None) -> bool:
        """Judge a request that would go through the proxy, which looks the name up again; say whether its target is a private one.

        A name that only the proxy knows passes for `connector`, whose addresses administrators enter.
        """
        if address is not None:
            return not address.is_global
        try:
            found = await self._checked(url.raw_host or "", url.port or 0, socket.AF_UNSPEC)
        except OSError as error:
            if self._door.policy == "public":
                raise AddressRefused("The name of the address is not known here.") from error
            return False
        return any(not ipaddress.ip_address(entry["host"].partition("%")[0]).is_global for entry in found)

    async def resolve(self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET) -> list[ResolveResult]:
        """Look a name up. Raises AddressRefused if any of its addresses is forbidden, OSError if it is not known."""
        if self._proxy is not None and host == self._proxy.raw_host and port == self._proxy.port:
            found = await self._resolver.resolve(host, port, family)
            self._proxy_addresses = {(entry["host"], port) for entry in found}
            return found
        return await self._checked(host, port, family)

    async def _checked(self, host: str, port: int, family: socket.AddressFamily) -> list[ResolveResult]:
        async with asyncio.timeout(_CONNECT_S):
            found = await self._resolver.resolve(host, port, family)
        for entry in found:
            self._door.judge(ipaddress.ip_address(entry["host"].partition("%")[0]))
        return found

    def open_socket(self, info: _AddressInfo) -> socket.socket:
        """Make the socket for one address, if that address may be connected to."""
        family, kind, protocol, _, where = info
        host, port = cast("tuple[str, int]", where[:2])  # the two families that there are both begin so
        literal_proxy = self._proxy is not None and (self._proxy.raw_host, self._proxy.port) == (host, port)
        if not literal_proxy and (host, port) not in self._proxy_addresses:
            self._door.judge(ipaddress.ip_address(host.partition("%")[0]))
        return socket.socket(family=family, type=kind, proto=protocol)

    async def close(self) -> None:
        await self._resolver.close()
