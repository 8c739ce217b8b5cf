"""What the adapters share: send a request, cut the answer into events, decode each, and know whether the answer is whole."""

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import suppress
from typing import Protocol

import aiohttp
import msgspec

from portico.providers.base import ChatRequest, DiscoveredModel, ProviderError, ProviderEvent
from portico.providers.catalogue import known
from portico.providers.failures import failure
from portico.providers.sse import DocumentSplitter, Splitter, SseSplitter
from portico.providers.wire import Call, Patience, Wire, fetch, open_wire, scrubbed

_REUSE_S = 0.25


class Decoder(Protocol):
    """Turns the data of one answer's events into ours.

    `ended` says that nothing more is expected but perhaps usage; `complete` that the protocol's last word was said.
    """

    ended: bool
    complete: bool

    def feed(self, data: bytes, out: list[ProviderEvent]) -> None:
        """Append what `data` means to `out`. Raises ProviderError, or msgspec.DecodeError when it is not the protocol."""
        ...

    def closing(self) -> list[ProviderEvent]:
        """Return the last events, Usage and Finish. Raises ProviderError `provider_cut` when the answer is not whole."""
        ...


class HttpProvider:
    """A model server behind HTTP. A protocol adds its `_call`, `_decoder` and `_list`."""

    kind: str = ""

    def __init__(self, session: aiohttp.ClientSession, base_url: str, key: str = "", patience: Patience | None = None) -> None:
        self._session: aiohttp.ClientSession = session
        self._base_url: str = base_url.strip().rstrip("/")
        self._key: str = key
        self._patience: Patience = patience or Patience()

    async def stream(self, request: ChatRequest) -> AsyncGenerator[Sequence[ProviderEvent]]:
        """See ChatProvider."""
        decoder = self._decoder(request)
        splitter: Splitter | None = None
        closed = False
        call = _made(lambda: self._call(request))
        async with open_wire(self._session, call, self._patience, thinks=self._thinks(request)) as wire:
            while piece := await wire.read():
                if closed:
                    continue
                splitter = splitter or self._splitter(piece)
                out: list[ProviderEvent] = []
                error = self._decode(decoder, splitter.feed(piece), out)
                closed = error is None and self._account(wire, decoder, out)
                yield out
                if error is not None:
                    raise error
            if not closed:
                yield self._rest(decoder, splitter)
                yield decoder.closing()

    async def models(self) -> list[DiscoveredModel]:
        """See ChatProvider."""
        body = await fetch(self._session, _made(self._list_call), self._patience)
        try:
            return self._list(body)
        except (msgspec.DecodeError, msgspec.ValidationError) as error:
            raise failure("provider_protocol", "its list of models cannot be read") from error

    def _thinks(self, request: ChatRequest) -> bool:
        return request.reasoning_effort not in (None, "none") or known(self.kind, request.model).reasoning is True

    def _account(self, wire: Wire, decoder: Decoder, out: list[ProviderEvent]) -> bool:
        """Tell the wire how far the answer is; say whether it is closed, and add its last events to `out` then."""
        if out:
            wire.progressed()
        else:
            wire.idled()
        if decoder.complete:
            wire.tail(_REUSE_S)  # the end of the body is usually there already, and lets the connection be used again
            out += decoder.closing()
        elif decoder.ended:
            wire.tail(self._patience.tail_s)
        return decoder.complete

    def _splitter(self, piece: bytes) -> Splitter:
        """Choose by the first bytes: content types are often wrong, and some servers answer with one document."""
        first = piece.lstrip()[:1]
        if first == b"<":
            raise failure("provider_protocol", "it answered with a web page")
        return DocumentSplitter() if first in (b"{", b"[") else SseSplitter()

    def _decode(self, decoder: Decoder, events: list[bytes], out: list[ProviderEvent]) -> ProviderError | None:
        """Decode events into `out`; an error is returned, not raised, so that what came before it is not lost."""
        data = b""
        try:
            for data in events:
                if data:
                    decoder.feed(data, out)
        except msgspec.DecodeError as error:
            said = data[:200].decode("utf-8", "replace")
            return scrubbed(failure("provider_protocol", f"{error}: {said}"), (self._key,))
        except ProviderError as error:
            return scrubbed(error, (self._key,))
        return None

    def _rest(self, decoder: Decoder, splitter: Splitter | None) -> list[ProviderEvent]:
        """Decode a last event without its end; one that cannot be read is what a cut left, and the decoder knows that it is not whole."""
        out: list[ProviderEvent] = []
        for data in splitter.finish() if splitter else []:
            with suppress(msgspec.DecodeError):
                decoder.feed(data, out)
        return out

    def _call(self, request: ChatRequest) -> Call:
        raise NotImplementedError

    def _decoder(self, request: ChatRequest) -> Decoder:
        raise NotImplementedError

    def _list_call(self) -> Call:
        raise NotImplementedError

    def _list(self, body: bytes) -> list[DiscoveredModel]:
        raise NotImplementedError


def _made(make: Callable[[], Call]) -> Call:
    try:
        return make()
    except ValueError as error:
        raise failure("provider_protocol", "its address is not valid") from error
