"""One request to a model server and the bytes that come back, with deadlines; every network error becomes a ProviderError."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from types import TracebackType

import aiohttp

from portico.errors import PorticoError
from portico.providers.base import ProviderError
from portico.providers.failures import failure, from_response

_ERROR_BYTES = 256 * 1024
_LIST_BYTES = 8 * 1024 * 1024
_ERROR_S = 10.0


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait, in seconds, for what.

    `first_s` runs from the request to the first token (`reasoning_first_s` for models that think first); `idle_s` is the longest
    silence after it; `progress_s` the longest time in which only pings come; `tail_s` the wait for usage after the answer's end.
    """

    connect_s: float = 5.0
    first_s: float = 60.0
    reasoning_first_s: float = 300.0
    idle_s: float = 45.0
    progress_s: float = 120.0
    tail_s: float = 5.0


@dataclass(frozen=True, slots=True)
class Call:
    """A request, ready to be sent. `secrets` are cut out of everything that is reported."""

    url: str
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)
    secrets: Sequence[str] = ()
    method: str = "POST"


class Wire:
    """The answer's bytes. `read` waits; a watchdog closes the connection when it waits too long, so reading costs no timer each time."""

    def __init__(self, response: aiohttp.ClientResponse, deadline: float, patience: Patience) -> None:
        self._response: aiohttp.ClientResponse = response
        self._content: aiohttp.StreamReader = response.content
        self._loop: asyncio.AbstractEventLoop = asyncio.get_running_loop()
        self._patience: Patience = patience
        self._since: float = 0.0
        self._waited: float = 0.0
        self._begun: bool = False
        self._expired: bool = False
        self._tail: bool = False
        self._timer: asyncio.TimerHandle = self._loop.call_at(deadline, self._expire)

    async def read(self) -> bytes:
        """Return the next bytes, at once if there are any; empty at the end. Raises ProviderError."""
        self._since = self._loop.time()
        try:
            piece = await self._content.readany()
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            if self._tail:
                return b""
            raise self._failed(error) from error
        self._waited += self._loop.time() - self._since
        self._since = 0.0
        return piece

    def progressed(self) -> None:
        """Note that the answer came further: from now on silence is measured, no longer the time to the first token."""
        self._waited = 0.0
        if not self._begun:
            self._begun = True
            self._rearm(self._patience.idle_s, self._watch)

    def idled(self) -> None:
        """Note that bytes came but nothing of the answer. Raises ProviderError when that goes on for too long."""
        if self._begun and self._waited > self._patience.progress_s:
            raise failure("provider_timeout", "only pings came")

    def tail(self, wait_s: float) -> None:
        """Note that the answer is complete: what still comes is waited for `wait_s` at most, and its loss is no error."""
        if not self._tail or self._loop.time() + wait_s < self._timer.when():
            self._tail = self._begun = True
            self._rearm(wait_s, self._expire)

    def close(self) -> None:
        self._timer.cancel()

    def _rearm(self, wait_s: float, action: Callable[[], None]) -> None:
        self._timer.cancel()
        self._timer = self._loop.call_later(wait_s, action)

    def _watch(self) -> None:
        """Expire when the reader has waited for `idle_s`; a reader that does not read (its own store is away) waits for nothing."""
        now = self._loop.time()
        since = self._since or now
        if now - since >= self._patience.idle_s - 0.01:
            self._expire()
        else:
            self._rearm(since + self._patience.idle_s - now, self._watch)

    def _expire(self) -> None:
        self._expired = True
        self._response.close()

    def _failed(self, error: Exception) -> ProviderError:
        if self._expired:
            return failure("provider_timeout", "silent for too long" if self._begun else "no token in time")
        return failure("provider_cut", type(error).__name__)


@asynccontextmanager
async def open_wire(session: aiohttp.ClientSession, call: Call, patience: Patience, *, thinks: bool) -> AsyncGenerator[Wire]:
    """Send the request and give the answer's bytes once the status says that it is one. Raises ProviderError."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + (patience.reasoning_first_s if thinks else patience.first_s)
    async with _answered(session, call, patience.connect_s, deadline) as response:
        wire = Wire(response, deadline, patience)
        try:
            yield wire
        finally:
            wire.close()


async def fetch(session: aiohttp.ClientSession, call: Call, patience: Patience) -> bytes:
    """Send the request and return the whole body of its answer. Raises ProviderError."""
    deadline = asyncio.get_running_loop().time() + patience.connect_s + _ERROR_S
    async with _answered(session, call, patience.connect_s, deadline) as response:
        try:
            async with asyncio.timeout_at(deadline):
                return await _read_at_most(response, _LIST_BYTES)
        except TimeoutError as error:
            raise failure("provider_timeout", "no list in time") from error
        except aiohttp.ClientError as error:
            raise failure("provider_cut", type(error).__name__) from error


class _answered:  # noqa: N801 -- used like a function, in `async with`
    """A context manager class, because a generator would hide the frame that a timeout must cancel."""

    def __init__(self, session: aiohttp.ClientSession, call: Call, connect_s: float, deadline: float) -> None:
        self._session: aiohttp.ClientSession = session
        self._call: Call = call
        self._connect_s: float = connect_s
        self._deadline: float = deadline
        self._response: aiohttp.ClientResponse | None = None

    async def __aenter__(self) -> aiohttp.ClientResponse:
        call = self._call
        limits = aiohttp.ClientTimeout(total=None, sock_connect=self._connect_s, connect=None, sock_read=None)
        headers = {"Accept-Encoding": "identity", **call.headers}
        try:
            async with asyncio.timeout_at(self._deadline):
                response = await self._session.request(
                    call.method, call.url, data=call.body or None, headers=headers, timeout=limits, allow_redirects=False
                )
        except (aiohttp.ServerTimeoutError, TimeoutError) as error:
            unreached = isinstance(error, aiohttp.ConnectionTimeoutError)
            raise failure("provider_unreachable" if unreached else "provider_timeout", "no answer in time") from error
        except (aiohttp.ClientError, OSError) as error:
            raise _unreachable(error, call) from error
        except PorticoError as error:  # the door out refuses the address, or a redirect
            raise failure("provider_protocol", error.detail) from error
        except ValueError as error:
            raise failure("provider_protocol", f"not an address: {type(error).__name__}") from error
        self._response = response
        if response.status >= 300:
            await self._refuse(response)
        return response

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._response is not None:
            self._response.release()

    async def _refuse(self, response: aiohttp.ClientResponse) -> None:
        try:
            async with asyncio.timeout(_ERROR_S):
                body = await _read_at_most(response, _ERROR_BYTES)
        except (TimeoutError, aiohttp.ClientError):
            body = b""
        finally:
            response.release()
        error = from_response(response.status, body, response.headers)
        raise scrubbed(error, self._call.secrets)


def _unreachable(error: Exception, call: Call) -> ProviderError:
    if isinstance(error, aiohttp.InvalidURL):
        return failure("provider_protocol", "its address is not valid")
    return scrubbed(failure("provider_unreachable", f"{type(error).__name__}: {error}"[:300]), call.secrets)


def scrubbed(error: ProviderError, secrets: Sequence[str]) -> ProviderError:
    """Return the error without the keys that some servers repeat in their messages."""
    message = error.message
    for secret in secrets:
        if len(secret) >= 6:
            message = message.replace(secret, "…")
    if message == error.message:
        return error
    return failure(error.code, message, retry_after_s=error.retry_after_s, status=error.upstream_status)


async def _read_at_most(response: aiohttp.ClientResponse, limit: int) -> bytes:
    body = bytearray()
    async for piece in response.content.iter_any():
        body += piece
        if len(body) > limit:
            response.close()
            raise failure("provider_protocol", f"an answer of more than {limit} bytes")
    return bytes(body)
