"""The processes of a drill: the model server, the store, the replicas, and what is done to them."""

import asyncio
import contextlib
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp

from portico.infra.faults import POINTS

ADMIN = ("drill@example.com", "a drill needs no secret 7")
PYTHON = sys.executable
ROOT = Path(__file__).parents[2]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Faults:
    """What was done to the replicas."""

    kills: int = 0
    freezes: int = 0
    crash_points: int = 0
    terms: int = 0
    outages: int = 0


@dataclass
class Replica:
    port: int
    env: dict[str, str]
    log: Path
    process: subprocess.Popen[bytes] | None = None
    frozen: bool = False
    ready_at: float = 0.0
    metrics_port: int = field(default_factory=free_port)

    def start(self, crash_point: str = "") -> None:
        env = {**self.env, "PORT": str(self.port), "PORTICO_METRICS_PORT": str(self.metrics_port)}
        if crash_point:
            env["PORTICO_CRASH_POINT"] = crash_point
        self.ready_at = 0.0
        with self.log.open("ab") as out:
            self.process = subprocess.Popen([PYTHON, "-m", "portico", "serve"], env=env, stdout=out, stderr=out, cwd=ROOT)

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def signal(self, number: signal.Signals) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(number)

    def end(self) -> None:
        self.signal(signal.SIGCONT)
        self.signal(signal.SIGKILL)
        if self.process is not None:
            self.process.wait()


@dataclass
class Fleet:
    """Replicas that are started again whenever they die."""

    replicas: list[Replica]
    upstream: str
    database_url: str
    ttl_s: float
    faults: Faults = field(default_factory=Faults)

    def addresses(self) -> list[str]:
        return [f"http://127.0.0.1:{replica.port}" for replica in self.replicas]

    async def ready(self, replica: Replica, within_s: float = 40.0) -> None:
        """Wait until one replica is ready; raises TimeoutError with its log's end."""
        ends = time.monotonic() + within_s
        async with aiohttp.ClientSession() as session:
            while time.monotonic() < ends:
                with contextlib.suppress(aiohttp.ClientError, TimeoutError):
                    url = f"http://127.0.0.1:{replica.port}/readyz"
                    async with session.get(url, timeout=aiohttp.ClientTimeout(total=1)) as answer:
                        if answer.status == 200:
                            return
                if not replica.alive:
                    replica.start()
                await asyncio.sleep(0.1)
        raise TimeoutError(replica.log.read_text()[-2000:])

    async def torment(self, every_s: float, stop: asyncio.Event, rng: random.Random) -> None:
        """Hurt one replica after another until told to stop; as a disruption budget would, one that is up while another is up."""
        while not stop.is_set():
            await _wait(stop, every_s * rng.uniform(0.5, 1.5))
            up = [replica for replica in self.replicas if replica.alive and replica.ready_at and not replica.frozen]
            if not stop.is_set() and len(up) >= min(2, len(self.replicas)):
                await self._hurt(rng.choice(up), rng)

    async def revive(self, stop: asyncio.Event, rng: random.Random) -> None:
        """Start what has died, as a supervisor does, some of it with a crash point armed; and ask who is ready."""
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=0.5)) as session:
            while not stop.is_set():
                self._revive(rng)
                for replica in self.replicas:
                    if replica.alive and not replica.ready_at and not replica.frozen:
                        await self._probe(session, replica)
                await _wait(stop, 0.1)

    async def _probe(self, session: aiohttp.ClientSession, replica: Replica) -> None:
        with contextlib.suppress(aiohttp.ClientError, TimeoutError):
            async with session.get(f"http://127.0.0.1:{replica.port}/readyz") as answer:
                if answer.status == 200:
                    replica.ready_at = time.monotonic()

    async def _hurt(self, replica: Replica, rng: random.Random) -> None:
        choice = rng.random()
        if choice < 0.55 or (choice < 0.85 and len(self.replicas) == 1):
            self.faults.kills += 1
            replica.signal(signal.SIGKILL)
        elif choice < 0.85:
            self.faults.freezes += 1
            replica.frozen = True
            replica.signal(signal.SIGSTOP)
            await asyncio.sleep(self.ttl_s * rng.uniform(1.1, 1.6))
            replica.signal(signal.SIGCONT)
            replica.frozen = False
        else:
            self.faults.terms += 1
            replica.signal(signal.SIGTERM)

    def _revive(self, rng: random.Random) -> None:
        for replica in self.replicas:
            if not replica.alive:
                point = ""
                if rng.random() < 0.4:
                    point = f"{rng.choice(POINTS)}:{rng.randrange(1, 12)}"
                    self.faults.crash_points += 1
                replica.start(point)

    def end(self) -> None:
        for replica in self.replicas:
            replica.end()


async def _wait(stop: asyncio.Event, seconds: float) -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await stop.wait()


def environment(folder: Path, *, database_url: str, upstream: str, ttl_s: float) -> dict[str, str]:
    """The settings of every replica: limits out of the way, the drill's model server, short leases."""
    keep = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "VIRTUAL_ENV") if name in os.environ}
    return {
        **keep,
        "PYTHONPATH": str(ROOT / "src"),
        "PORTICO_DATA_DIR": str(folder / "data"),
        "DATABASE_URL": database_url if database_url.startswith("postgres") else "",
        "PORTICO_SECRET_KEY": "a drill's key that guards nothing at all",
        "PORTICO_ADMIN_EMAIL": ADMIN[0],
        "PORTICO_ADMIN_PASSWORD": ADMIN[1],
        "PORTICO_PASSWORD_MEMORY_KIB": "1024",
        "PORTICO_LEASE_MS": str(int(ttl_s * 1000)),
        "PORTICO_RUNS_PER_USER": "10000",
        "PORTICO_RUNS_PER_MINUTE": "100000",
        "PORTICO_STREAMS_PER_USER": "10000",
        "PORTICO_LOGINS_PER_MINUTE": "1000",
        "PORTICO_ADMIN_PER_MINUTE": "1000",
        "PORTICO_RUN_LOG_SECONDS": "86400",
        "PORTICO_DRAIN_SECONDS": "1",
        "PORTICO_MAX_STREAMS": "60",
        "PORTICO_DB_POOL": "8",
        "VLLM_API_KEY": "none",
        "VLLM_PROXY_URL": f"{upstream}/v1",
        "VLLM_MODEL_LIST": "-all,+chaos=Chaos<32000>",
    }


@contextlib.contextmanager
def program(arguments: list[str], env: Mapping[str, str], log: Path) -> Iterator[None]:
    """Run something beside the replicas until the block ends."""
    with log.open("ab") as out:
        process = subprocess.Popen(arguments, env=env, stdout=out, stderr=out, cwd=ROOT)
    try:
        yield
    finally:
        process.terminate()
        process.wait()


@contextlib.asynccontextmanager
async def fleet(
    folder: Path, *, store: str, replicas: int, ttl_s: float, database_url: str, settings: Mapping[str, str] | None = None
) -> AsyncIterator[Fleet]:
    """Start a model server and replicas on a migrated store; end them all afterwards. `settings` replaces some of the replicas' own."""
    (folder / "data").mkdir(parents=True, exist_ok=True)
    port = free_port()
    upstream = f"http://127.0.0.1:{port}"
    env = {**environment(folder, database_url=database_url, upstream=upstream, ttl_s=ttl_s), **(settings or {})}
    with program([PYTHON, "-m", "tests.chaos.upstream", str(port)], {**env, "PYTHONPATH": f"{ROOT}/src:{ROOT}"}, folder / "upstream.log"):
        count = 1 if store == "sqlite" else replicas
        made = Fleet([Replica(free_port(), env, folder / f"replica{n}.log") for n in range(count)], upstream, database_url, ttl_s)
        try:
            for replica in made.replicas:
                replica.start()
            for replica in made.replicas:
                await made.ready(replica)
            yield made
        finally:
            made.end()
