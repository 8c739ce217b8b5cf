"""People whose connections break: what each of them asks for, and where it is cut."""

import asyncio
import json
import random
import re
import socket
import struct
from collections import Counter, deque
from dataclasses import dataclass, field

from portico.files.models import PART_BYTES
from portico.ids import new_id
from tests.chaos.fleet import ADMIN

PATIENCE_S = 2.0  # how long a guest waits for a whole answer
KEPT = 40
RESET = struct.pack("ii", 1, 0)  # SO_LINGER of no time: closing sends RST
RUN_ID = re.compile(rb'"run":\s*\{"id":\s*"([0-9a-f-]{36})"')
PAGES = ("/", "/c/none", "/settings/usage", "/manifest.webmanifest", "/frame/mermaid", "/nowhere", "/health")


@dataclass
class Known:
    """What exists by now, of all guests of one key: the requests that end whole have told."""

    key: str
    conversations: deque[str] = field(default_factory=lambda: deque(maxlen=KEPT))
    answers: deque[str] = field(default_factory=lambda: deque(maxlen=KEPT))
    runs: deque[str] = field(default_factory=lambda: deque(maxlen=KEPT))
    files: deque[str] = field(default_factory=lambda: deque(maxlen=KEPT))


@dataclass
class Counts:
    """What was done: requests by route and by where they were cut, and the statuses that were seen."""

    routes: Counter[str] = field(default_factory=Counter)
    cuts: Counter[str] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    stops: int = 0
    seed: int = 100_000  # of the next question; those of the pages that must not break are lower


@dataclass(frozen=True)
class Request:
    route: str
    head: bytes
    body: bytes = b""


class Asking:
    """Makes requests of every kind, as one guest."""

    def __init__(self, known: Known, counts: Counts, rng: random.Random, port: int) -> None:
        self._known = known
        self._counts = counts
        self._rng = rng
        self._port = port

    def any(self) -> Request:
        kinds = (
            self._send, self._send, self._send, self._watch, self._watch, self._follow, self._stop, self._continue, self._again,
            self._read, self._read, self._page, self._sign_in, self._announce, self.part, self.part, self._finish, self._content,
        )  # fmt: skip
        return self._rng.choice(kinds)()

    def _pick(self, found: deque[str]) -> str:
        return self._rng.choice(found) if found else new_id()

    def _make(
        self, route: str, method: str, path: str, body: bytes = b"", *, signed: bool = True, kind: str = "application/json"
    ) -> Request:
        owed = len(body) if body or self._rng.random() > 0.05 else 1000  # a few announce a body and never send it
        lines = [f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{self._port}", f"Content-Length: {owed}", f"Content-Type: {kind}"]
        lines.append(f"Authorization: Bearer {self._known.key}" if signed else f"Origin: http://127.0.0.1:{self._port}")
        return Request(route, "\r\n".join([*lines, "", ""]).encode(), body)

    def _post(self, route: str, path: str, body: object, *, signed: bool = True) -> Request:
        return self._make(route, "POST", path, json.dumps(body).encode(), signed=signed)

    def _send(self) -> Request:
        conversation = new_id() if self._rng.random() < 0.6 else self._pick(self._known.conversations)
        self._known.conversations.append(conversation)
        self._counts.seed += 1
        text = f"/words {self._rng.randrange(5, 60)} rate {self._rng.choice((50, 100, 200))} seed {self._counts.seed}"
        body = {
            "id": new_id(),
            "parts": [{"type": "text", "text": text}],
            "model": {"provider": "vllm", "model": "chaos"},
            "conversation": {"title": f"storm {self._counts.seed}"},
        }
        return self._post("send", f"/api/conversations/{conversation}/messages", body)

    def _watch(self) -> Request:
        runs = ",".join({self._pick(self._known.runs) for _ in range(self._rng.randrange(4))})
        return self._make("events", "GET", f"/api/events?runs={runs}")

    def _follow(self) -> Request:
        return self._make("run events", "GET", f"/api/runs/{self._pick(self._known.runs)}/events")

    def _stop(self) -> Request:
        self._counts.stops += 1
        return self._post("stop", f"/api/runs/{self._pick(self._known.runs)}/cancel", {})

    def _continue(self) -> Request:
        return self._post("continue", f"/api/runs/{self._pick(self._known.runs)}/continue", {"id": new_id()})

    def _again(self) -> Request:
        return self._post("regenerate", f"/api/messages/{self._pick(self._known.answers)}/regenerate", {"id": new_id()})

    def _read(self) -> Request:
        conversation = self._pick(self._known.conversations)
        path = self._rng.choice(
            (
                "/api/sync?since=0",
                "/api/search?q=storm+words",
                "/api/conversations?limit=30",
                f"/api/conversations/{conversation}/messages",
                f"/api/conversations/{conversation}/export?format=json",
                "/api/export",
                "/api/session",
                "/api/usage",
            )
        )
        return self._make(path.partition("?")[0].replace(conversation, "{id}"), "GET", path)

    def _page(self) -> Request:
        return self._make("page", "GET", self._rng.choice(PAGES), signed=False)

    def _sign_in(self) -> Request:
        password = ADMIN[1] if self._rng.random() < 0.5 else "not the password"
        email = f"page{self._rng.randrange(8)}@example.com"
        return self._post("sign in", "/api/session", {"email": email, "password": password}, signed=False)

    def _announce(self) -> Request:
        file = new_id()
        self._known.files.append(file)
        body = {"id": file, "name": "storm.txt", "size": PART_BYTES + 1000, "media_type": "text/plain"}
        return self._post("announce", "/api/files", body)

    def part(self) -> Request:
        n = self._rng.randrange(2)
        path = f"/api/files/{self._pick(self._known.files)}/parts/{n}"
        return self._make("part", "PUT", path, b"x" * (PART_BYTES, 1000)[n], kind="application/octet-stream")

    def _finish(self) -> Request:
        return self._make("finish", "POST", f"/api/files/{self._pick(self._known.files)}")

    def _content(self) -> Request:
        return self._make("content", "GET", f"/api/files/{self._pick(self._known.files)}/content")


class Guest:
    """One person after another on broken connections to one replica, until told to stop."""

    def __init__(self, port: int, known: Known, counts: Counts, rng: random.Random) -> None:
        self._port = port
        self._known = known
        self._counts = counts
        self._rng = rng
        self._asking = Asking(known, counts, rng, port)
        self._cuts = {
            "in the head": self._in_head,
            "in the body": self._in_body,
            "before the answer": self._before_answer,
            "in the answer": self._in_answer,
            "never read": self._never_reads,
            "byte by byte": self._trickle,
            "two at once": self._pipelined,
            "half closed": self._half_closed,
            "not at all": self._whole,
        }

    async def come_and_go(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            name = self._rng.choices(list(self._cuts), weights=(2, 3, 5, 5, 1, 1, 1, 1, 4))[0]
            request = self._asking.any()
            self._counts.cuts[name] += 1
            self._counts.routes[request.route] += 1
            try:
                await self._on_a_connection(name, request)
            except TimeoutError:
                continue
            except OSError:  # it broke, as it should, or nobody listens
                await asyncio.sleep(0.01)

    async def _on_a_connection(self, name: str, request: Request) -> None:
        own = socket.socket()
        own.setblocking(False)
        if name == "never read":
            own.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        if self._rng.random() < 0.5:
            own.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        with own:
            loop = asyncio.get_running_loop()
            await loop.sock_connect(own, ("127.0.0.1", self._port))
            async with asyncio.timeout(PATIENCE_S):
                await self._cuts[name](own, request)

    async def stay(self, gone: asyncio.Event) -> None:
        """Send half of a part of an upload, and wait for what never comes."""
        with socket.socket() as own:
            own.setblocking(False)
            await asyncio.get_running_loop().sock_connect(own, ("127.0.0.1", self._port))
            request = self._asking.part()
            await self._say(own, request.head + request.body[: len(request.body) // 2])
            await gone.wait()

    async def _say(self, own: socket.socket, data: bytes) -> None:
        await asyncio.get_running_loop().sock_sendall(own, data)

    async def _hear(self, own: socket.socket) -> bytes:
        return await asyncio.get_running_loop().sock_recv(own, 65_536)

    async def _wait(self, most_s: float) -> None:
        await asyncio.sleep(self._rng.choice((0.0, 0.0, self._rng.uniform(0, most_s))))

    async def _in_head(self, own: socket.socket, request: Request) -> None:
        await self._say(own, request.head[: self._rng.randrange(len(request.head))])
        await self._wait(0.5)

    async def _in_body(self, own: socket.socket, request: Request) -> None:
        await self._say(own, request.head + request.body[: self._rng.randrange(max(1, len(request.body)))])
        await self._wait(0.5)

    async def _before_answer(self, own: socket.socket, request: Request) -> None:
        await self._say(own, request.head + request.body)
        await self._wait(0.1)

    async def _in_answer(self, own: socket.socket, request: Request) -> None:
        await self._say(own, request.head + request.body)
        for _ in range(self._rng.randrange(1, 6)):
            if not await self._hear(own):
                return
        await self._wait(0.5)

    async def _never_reads(self, own: socket.socket, request: Request) -> None:
        await self._say(own, request.head + request.body)
        await asyncio.sleep(self._rng.uniform(0.5, 3))

    async def _trickle(self, own: socket.socket, request: Request) -> None:
        for byte in request.head[: self._rng.randrange(40)]:
            await self._say(own, bytes([byte]))
            await asyncio.sleep(0.02)

    async def _pipelined(self, own: socket.socket, request: Request) -> None:
        other = self._asking.any()
        await self._say(own, request.head + request.body + other.head + other.body)
        await self._hear(own)
        await self._wait(0.2)

    async def _half_closed(self, own: socket.socket, request: Request) -> None:
        await self._say(own, request.head + request.body)
        own.shutdown(socket.SHUT_WR)
        await self._hear(own)

    async def _whole(self, own: socket.socket, request: Request) -> None:
        await self._say(own, request.head.replace(b"HTTP/1.1\r\n", b"HTTP/1.1\r\nConnection: close\r\n", 1) + request.body)
        answer = bytearray()
        while len(answer) < 2_000_000 and (data := await self._hear(own)):
            answer += data
        if answer.startswith(b"HTTP/1.1 ") and answer[9:12].isdigit():
            self._counts.statuses[int(answer[9:12])] += 1
        if found := RUN_ID.search(answer):
            self._known.runs.append(found[1].decode())
        if request.route == "send" and answer.startswith(b"HTTP/1.1 202"):
            self._known.answers.append(json.loads(answer.partition(b"\r\n\r\n")[2])["assistant"]["id"])
