"""Cut a stream of bytes into events: server-sent events and newline-delimited JSON.

A splitter is fed whatever the network brings, in pieces of any size, and returns the data of the events that are complete. Event names
are not kept: every protocol here says the type inside its data as well.
"""

from portico.providers.failures import failure

MAX_EVENT_BYTES = 32 * 1024 * 1024
_BOM = b"\xef\xbb\xbf"


class SseSplitter:
    """Server-sent events (HTML standard, section 9.2.6): lines end with LF, CRLF or CR; `data` lines of one event join with LF.

    An unfinished line is kept in the pieces it came in, because joining it again at every piece would take quadratic time.
    """

    __slots__ = ("_after_cr", "_begun", "_data", "_max", "_rest", "_size")

    def __init__(self, max_bytes: int = MAX_EVENT_BYTES) -> None:
        self._rest: list[bytes] = []
        self._data: list[bytes] = []
        self._size: int = 0
        self._begun: bool = False
        self._after_cr: bool = False
        self._max: int = max_bytes

    def feed(self, piece: bytes) -> list[bytes]:
        if self._begun and not self._rest and not self._data and not self._after_cr and piece[-2:] == b"\n\n":
            if piece.startswith(b"data: ") and piece.find(b"\n") == len(piece) - 2 and b"\r" not in piece:
                return [piece[6:-2]]  # one token, one read: by far the most frequent case
            events = _plain(piece)
            if events is not None:
                return events
        return self._feed_lines(piece)

    def finish(self) -> list[bytes]:
        """Return what the end of the stream left without its blank line: servers forget it after their last event."""
        if rest := b"".join(self._rest):
            self._line(rest)
        self._rest = []
        pending, self._data = self._data, []
        return [b"\n".join(pending)] if pending else []

    def _feed_lines(self, piece: bytes) -> list[bytes]:
        if self._after_cr and piece:
            piece = piece.removeprefix(b"\n")
            self._after_cr = False
        self._size += len(piece)
        if self._size > self._max:
            raise failure("provider_protocol", f"an event of more than {self._max} bytes")
        if self._begun and b"\n" not in piece and b"\r" not in piece:
            self._rest.append(piece)
            return []
        return self._lines(b"".join([*self._rest, piece]))

    def _lines(self, buffer: bytes) -> list[bytes]:
        if not self._begun:
            if len(buffer) < len(_BOM) and _BOM.startswith(buffer):
                self._rest = [buffer]
                return []
            buffer = buffer.removeprefix(_BOM)
            self._begun = True
        if b"\r" in buffer:
            self._after_cr = buffer.endswith(b"\r")
            buffer = buffer.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        lines = buffer.split(b"\n")
        last = lines.pop()
        self._rest = [last] if last else []
        events = [event for line in lines if (event := self._line(line)) is not None]
        self._size = len(last) + sum(map(len, self._data))
        return events

    def _line(self, line: bytes) -> bytes | None:
        if not line:
            if not self._data:
                return None
            event, self._data = b"\n".join(self._data), []
            return event
        if line.startswith(b"data:"):
            self._data.append(line[6:] if line[5:6] == b" " else line[5:])
        elif line == b"data":
            self._data.append(b"")
        return None


def _plain(piece: bytes) -> list[bytes] | None:
    """Read a piece that is nothing but whole one-line `data` events, which is what nearly every read brings; None for anything else."""
    if b"\r" in piece:
        return None
    events: list[bytes] = []
    for block in piece[:-2].split(b"\n\n"):
        if block[:5] != b"data:" or b"\n" in block:
            return None
        events.append(block[6:] if block[5:6] == b" " else block[5:])
    return events


class LineSplitter:
    """Newline-delimited JSON; empty lines mean nothing."""

    __slots__ = ("_max", "_rest", "_size")

    def __init__(self, max_bytes: int = MAX_EVENT_BYTES) -> None:
        self._rest: list[bytes] = []
        self._size: int = 0
        self._max: int = max_bytes

    def feed(self, piece: bytes) -> list[bytes]:
        self._size += len(piece)
        if self._size > self._max:
            raise failure("provider_protocol", f"a line of more than {self._max} bytes")
        self._rest.append(piece)
        if b"\n" not in piece:
            return []
        lines = b"".join(self._rest).split(b"\n")
        self._rest = [lines.pop()]
        self._size = len(self._rest[0])
        return [line for line in map(bytes.strip, lines) if line]

    def finish(self) -> list[bytes]:
        rest, self._rest = b"".join(self._rest).strip(), []
        return [rest] if rest else []


class DocumentSplitter:
    """One JSON document as the only event: what servers send that do not stream although they were asked to."""

    __slots__ = ("_max", "_pieces", "_size")

    def __init__(self, max_bytes: int = MAX_EVENT_BYTES) -> None:
        self._pieces: list[bytes] = []
        self._size: int = 0
        self._max: int = max_bytes

    def feed(self, piece: bytes) -> list[bytes]:
        self._pieces.append(piece)
        self._size += len(piece)
        if self._size > self._max:
            raise failure("provider_protocol", f"a document of more than {self._max} bytes")
        return []

    def finish(self) -> list[bytes]:
        document, self._pieces = b"".join(self._pieces).strip(), []
        return [document] if document else []


Splitter = SseSplitter | LineSplitter | DocumentSplitter
