"""A page of the drill: it sends, follows, drops its connection, comes back elsewhere, sends again, stops; and remembers what it showed."""

import asyncio
import json
import random
import time
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from portico.ids import new_id

TRANSIENT = (aiohttp.ClientError, TimeoutError, ConnectionError, json.JSONDecodeError)
ENDED = frozenset({"done", "stopped", "failed", "interrupted"})


@dataclass
class Transcript:
    """One question and what came of it, as its page saw it."""

    seed: int
    words: int
    rate: int
    message_id: str = field(default_factory=new_id)
    conversation_id: str = field(default_factory=new_id)
    run_id: str = ""
    assistant_id: str = ""
    acked: bool = False
    stop_asked: bool = False
    shown: str = ""
    attempt: int = 0
    seq: int = 0
    resets: int = 0
    taken_back: int = 0
    reconnects: int = 0
    status: str = ""
    final: str | None = None
    faults: list[str] = field(default_factory=list)
    gaps_s: list[float] = field(default_factory=list)
    last_text: float = 0.0

    def event(self, data: dict[str, Any]) -> None:
        """Fold a frame's events in, as the page does: replays change nothing, older attempts are ignored."""
        for event in data["events"]:
            if event["attempt"] < self.attempt or event["seq"] <= self.seq:
                continue
            if event["attempt"] > self.attempt and self.attempt:
                self.faults.append(f"I3 attempt {event['attempt']} came without a reset")
            self.attempt, self.seq = event["attempt"], event["seq"]
            if event["type"] == "text_delta":
                self._text_came()
                self.shown += event["text"]

    def reset(self, data: dict[str, Any]) -> None:
        text = "".join(part["text"] for part in data["parts"] if part["type"] == "text")
        if self.seq or self.shown:
            self.resets += 1
            common = next((n for n, (a, b) in enumerate(zip(self.shown, text, strict=False)) if a != b), min(len(self.shown), len(text)))
            self.taken_back = max(self.taken_back, len(self.shown) - common)
        if len(text) > len(self.shown):
            self._text_came()
        self.shown, self.attempt, self.seq = text, data["attempt"], data["seq"]

    def _text_came(self) -> None:
        now = time.monotonic()
        if self.last_text:
            self.gaps_s.append(now - self.last_text)
        self.last_text = now

    def end(self, data: dict[str, Any]) -> None:
        message: dict[str, Any] = data["message"]
        self.final = "".join(part["text"] for part in message["parts"] if part["type"] == "text")
        self.status = str(message["status"])


@dataclass
class Page:
    """Drives one transcript through any of the replicas."""

    session: aiohttp.ClientSession
    addresses: list[str]
    rng: random.Random
    give_up_at: float
    key: str

    @property
    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}"}

    def _any(self) -> str:
        return self.rng.choice(self.addresses)

    async def ask(self, transcript: Transcript) -> None:
        """Send until acknowledged, with the same id; sometimes twice at once."""
        text = f"/words {transcript.words} rate {transcript.rate} seed {transcript.seed}"
        body = {
            "id": transcript.message_id,
            "parts": [{"type": "text", "text": text}],
            "model": {"provider": "vllm", "model": "chaos"},
            "conversation": {"title": f"drill {transcript.seed}"},
        }
        while not transcript.acked:
            self._check_time()
            copies = 2 if self.rng.random() < 0.25 else 1
            answers = await asyncio.gather(*(self._post(transcript, body) for _ in range(copies)))
            for answer in answers:
                self._acknowledge(transcript, answer)
            if not transcript.acked:
                await asyncio.sleep(self.rng.uniform(0.1, 0.4))

    async def _post(self, transcript: Transcript, body: dict[str, Any]) -> dict[str, Any] | None:
        url = f"{self._any()}/api/conversations/{transcript.conversation_id}/messages"
        try:
            async with self.session.post(url, json=body, headers=self._headers, timeout=aiohttp.ClientTimeout(total=8)) as answer:
                data = await answer.json(content_type=None)
                if answer.status == 202:
                    return data
                if answer.status not in (429, 503):
                    transcript.faults.append(f"submit answered {answer.status} {data.get('code')}")
                return None
        except TRANSIENT:
            return None

    def _acknowledge(self, transcript: Transcript, answer: dict[str, Any] | None) -> None:
        if answer is None:
            return
        run, assistant = answer["run"]["id"], answer["assistant"]["id"]
        if transcript.acked and (run, assistant) != (transcript.run_id, transcript.assistant_id):
            transcript.faults.append("I2 a repeated submit made another run")
        transcript.acked, transcript.run_id, transcript.assistant_id = True, run, assistant

    async def follow(self, transcript: Transcript) -> None:
        """Watch the run to its end over as many connections as it takes."""
        while transcript.final is None:
            self._check_time()
            try:
                await self._watch(transcript)
            except TRANSIENT:
                await asyncio.sleep(self.rng.uniform(0.05, 0.3))
            transcript.reconnects += 1

    async def _watch(self, transcript: Transcript) -> None:
        drop_at = time.monotonic() + (self.rng.uniform(0.3, 2.0) if self.rng.random() < 0.35 else 3600)
        headers = self._headers
        if transcript.attempt:
            headers["Last-Event-ID"] = f"{transcript.attempt}.{transcript.seq}"
        url = f"{self._any()}/api/runs/{transcript.run_id}/events"
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=3, sock_read=8)
        async with self.session.get(url, headers=headers, timeout=timeout) as answer:
            if answer.status != 200:
                if answer.status not in (429, 503):
                    transcript.faults.append(f"stream answered {answer.status}")
                await asyncio.sleep(0.3)
                return
            name = b""
            async for line in answer.content:
                if line.startswith(b"event: "):
                    name = line[7:].strip()
                elif line.startswith(b"data: ") and self._frame(transcript, name, json.loads(line[6:])):
                    return
                if time.monotonic() > drop_at:
                    return

    def _frame(self, transcript: Transcript, name: bytes, data: dict[str, Any]) -> bool:
        """Take one frame in; True when the connection is of no more use."""
        if name == b"event":
            transcript.event(data)
        elif name == b"reset":
            transcript.reset(data)
        elif name == b"end":
            transcript.end(data)
            return True
        return name == b"bye"

    async def stop(self, transcript: Transcript) -> None:
        """Stop the run through any replica, until one has heard it."""
        while True:
            self._check_time()
            try:
                url = f"{self._any()}/api/runs/{transcript.run_id}/cancel"
                async with self.session.post(url, headers=self._headers, timeout=aiohttp.ClientTimeout(total=5)) as answer:
                    if answer.status == 202:
                        transcript.stop_asked = True
                        return
            except TRANSIENT:
                await asyncio.sleep(0.2)

    def _check_time(self) -> None:
        if time.monotonic() > self.give_up_at:
            raise TimeoutError("the drill took too long")
