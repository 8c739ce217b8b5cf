"""A page that reads a long answer through the proxy, and one that does other things meanwhile. Both note what a person would have felt."""

import asyncio
import json
import random
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from tests.chaos.client import TRANSIENT, Transcript

WATCHDOG_S = 25.0  # as the page has it: the server pings every 10 s
BACKOFF_S = (0.05, 0.3)


@dataclass
class Felt:
    """What people felt in one phase of the drill."""

    name: str
    requests: int = 0
    failed: Counter[str] = field(default_factory=Counter)
    broken: int = 0
    goodbyes: int = 0
    reconnects_s: list[float] = field(default_factory=list)
    silences_s: list[float] = field(default_factory=list)


class Diary:
    """The phase that is on, and those before it."""

    def __init__(self) -> None:
        self.phases: list[Felt] = [Felt("before")]

    @property
    def now(self) -> Felt:
        return self.phases[-1]

    def begin(self, name: str) -> None:
        self.phases.append(Felt(name))


@dataclass
class Viewer:
    """Sends one question and reads its answer to the end over as many connections as it takes, all of them through the proxy."""

    session: aiohttp.ClientSession
    address: str
    key: str
    transcript: Transcript
    diary: Diary
    rng: random.Random

    @property
    def _headers(self) -> dict[str, str]:
        headers = {"Authorization": f"Bearer {self.key}"}
        if self.transcript.attempt:
            headers["Last-Event-ID"] = f"{self.transcript.attempt}.{self.transcript.seq}"
        return headers

    async def ask(self) -> None:
        """Send until acknowledged. A refusal that says when to come again is none; everything else is noted as failed."""
        transcript = self.transcript
        body = question(transcript)
        while not transcript.acked:
            url = f"{self.address}/api/conversations/{transcript.conversation_id}/messages"
            answer = await noted(self.session, "POST", url, self._headers, self.diary, body)
            if answer is not None:
                transcript.acked, transcript.run_id, transcript.assistant_id = True, answer["run"]["id"], answer["assistant"]["id"]

    async def follow(self) -> None:
        left: float | None = None
        while self.transcript.final is None:
            try:
                orderly = await self._watch(left)
            except TRANSIENT:
                orderly = False
            if self.transcript.final is not None:
                return
            phase = self.diary.now
            left = time.monotonic()
            phase.goodbyes += orderly
            phase.broken += not orderly
            await asyncio.sleep(self.rng.uniform(*BACKOFF_S))
            self.transcript.reconnects += 1

    async def _watch(self, left: float | None) -> bool:
        """Read one connection; True when it ended as the protocol says, with `bye` or `end`."""
        url = f"{self.address}/api/runs/{self.transcript.run_id}/events"
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=3, sock_read=WATCHDOG_S)
        async with self.session.get(url, headers=self._headers, timeout=timeout) as answer:
            if answer.status != 200:
                self.diary.now.failed[f"stream {answer.status}"] += 1
                return True  # counted as a failed request, not as a broken stream
            if left is not None:
                self.diary.now.reconnects_s.append(time.monotonic() - left)
            name = b""
            async for line in answer.content:
                if line.startswith(b"event: "):
                    name = line[7:].strip()
                elif line.startswith(b"data: ") and self._frame(name, json.loads(line[6:])):
                    return True
        return False

    def _frame(self, name: bytes, data: dict[str, Any]) -> bool:
        heard = len(self.transcript.gaps_s)
        if name == b"event":
            self.transcript.event(data)
        elif name == b"reset":
            self.transcript.reset(data)
        elif name == b"end":
            self.transcript.end(data)
        if len(self.transcript.gaps_s) > heard:
            self.diary.now.silences_s.append(self.transcript.gaps_s[-1])
        return name in (b"end", b"bye")


def question(transcript: Transcript) -> dict[str, Any]:
    text = f"/words {transcript.words} rate {transcript.rate} seed {transcript.seed}"
    return {
        "id": transcript.message_id,
        "parts": [{"type": "text", "text": text}],
        "model": {"provider": "vllm", "model": "chaos"},
        "conversation": {"title": f"rolling {transcript.seed}"},
    }


async def noted(
    session: aiohttp.ClientSession, method: str, url: str, headers: dict[str, str], diary: Diary, body: dict[str, Any] | None = None
) -> dict[str, Any] | None:
    """Make one request and note its failure, if it is one; None then."""
    felt = diary.now
    felt.requests += 1
    try:
        async with session.request(method, url, json=body, headers=headers, timeout=aiohttp.ClientTimeout(total=10)) as answer:
            if answer.status < 300:
                return await answer.json(content_type=None)
            felt.failed[f"{method} {answer.status}"] += 1
    except TRANSIENT as error:
        felt.failed[f"{method} {type(error).__name__}"] += 1
    await asyncio.sleep(0.2)
    return None


@dataclass
class Passer:
    """Somebody who opens the list, begins a conversation of a few words, and so on, until told to stop."""

    session: aiohttp.ClientSession
    address: str
    key: str
    diary: Diary
    every_s: float
    seeds: list[int]

    async def live(self, stop: asyncio.Event) -> None:
        headers = {"Authorization": f"Bearer {self.key}"}
        while not stop.is_set():
            await noted(self.session, "GET", f"{self.address}/api/conversations", headers, self.diary)
            transcript = Transcript(self.seeds.pop(), words=8, rate=100)
            url = f"{self.address}/api/conversations/{transcript.conversation_id}/messages"
            await noted(self.session, "POST", url, headers, self.diary, question(transcript))
            await asyncio.sleep(self.every_s)


def fresh_seed(number: int) -> int:
    """A seed that the model server neither cuts off nor refuses: see tests.chaos.upstream."""
    seed, found = 0, -1
    while found < number:
        seed += 1
        found += seed % 13 != 12 and seed % 17 != 16
    return seed
