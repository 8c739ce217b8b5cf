"""The contract, clause by clause. Each returns lines of the table; a promise that is broken raises."""

import asyncio
import base64
import json
import random
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import yaml

from portico.migrations.upgrade import upgrade
from tests.chaos.checker import quantile
from tests.chaos.client import Page, Transcript
from tests.chaos.drill import api_keys
from tests.chaos.fleet import PYTHON, ROOT, environment, free_port, program
from tests.container.podman import Container, container, logs, pod, podman, status

OPERATORS = ROOT.parent / "shared" / "data" / "manifests" / "deployment.yaml"
POSTGRES = "localhost/portico-postgres:contract"
USERS = ("10001:0", "54321:0")
RATE = 20
STEPS = (20, 40, 60, 80, 100, 120, 160, 200)
WINDOW_S = 10.0


@dataclass
class Place:
    """Where the contract is tried."""

    image: str
    folder: Path
    database_url: str
    upstream: str
    keys: list[str] = field(default_factory=list)

    def settings(self, **more: str) -> dict[str, str]:
        """The drill's settings, without those of this machine."""
        named = environment(self.folder, database_url=self.database_url, upstream=self.upstream, ttl_s=8)
        own = {name: value for name, value in named.items() if name.startswith(("PORTICO_", "VLLM_", "DATABASE_"))}
        return {
            **own,
            "PORTICO_DATA_DIR": "/data",
            "PORTICO_MAX_STREAMS": "400",
            "PORTICO_DRAIN_SECONDS": "20",
            "PORTICO_METRICS_PORT": "off",
            **more,
        }


@contextmanager
def place(image: str, folder: Path) -> Iterator[Place]:
    """A model server and a PostgreSQL in a container of its own, migrated."""
    upstream, port = free_port(), free_port()
    env = environment(folder, database_url="", upstream="", ttl_s=8)
    with program(
        [PYTHON, "-m", "tests.chaos.upstream", str(upstream)], {**env, "PYTHONPATH": f"{ROOT}/src:{ROOT}"}, folder / "upstream.log"
    ):
        made = podman("run", "--detach", "--network", "host", POSTGRES, "-c", f"port={port}", "-c", "unix_socket_directories=/tmp")
        try:
            url = f"postgresql://portico:contract@127.0.0.1:{port}/portico"
            _migrate(url)
            yield Place(image, folder, url, f"http://127.0.0.1:{upstream}")
        finally:
            podman("rm", "--force", "--time", "1", made)


def _migrate(url: str) -> None:
    ends = time.monotonic() + 20
    while True:
        try:
            upgrade(url)
        except (OSError, ConnectionError) as error:
            if time.monotonic() > ends:
                raise TimeoutError("the contract's PostgreSQL does not start") from error
            time.sleep(0.3)
        else:
            return


def starts(there: Place) -> list[str]:
    """It is ready as any user of group 0, with a read-only root and no capability; the probes differ; the page answers."""
    lines: list[str] = []
    for user in USERS:
        with container(there.image, free_port(), there.settings(), user=user) as made:
            ready_s = made.ready()
            seen = {path: status(f"{made.address}{path}") for path in ("/startupz", "/livez", "/readyz", "/health", "/")}
            assert set(seen.values()) == {200}, f"{seen}\n{made.log()}"
            time.sleep(5)
            lines.append(f"user {user}: ready after {ready_s:.1f} s; idle {made.memory_bytes() / 1e6:.0f} MB; {', '.join(seen)} answer 200")
    return lines


def refuses(there: Place) -> list[str]:
    """A pod without a database ends with 78 and says what to do."""
    settings = {"KUBERNETES_SERVICE_HOST": "10.0.0.1"}
    with container(there.image, free_port(), settings) as made:
        code, said = made.exit_code(), made.log()
    assert code == 78, f"{code}: {said}"
    assert "DATABASE_URL" in said, said
    return [f"without DATABASE_URL in Kubernetes: exit {code}"]


async def holds(there: Place) -> list[str]:
    """How many answers of 20 tokens a second half a core and 1 GiB carry, each kept up with."""
    lines: list[str] = []
    with container(there.image, free_port(), there.settings()) as made:
        made.ready()
        there.keys = await api_keys(made.address)
        for count in STEPS:
            kept, late_s = await _carry(made, there.keys, count)
            late = f"p99 behind {late_s * 1000:.0f} ms, {made.memory_bytes() / 1e6:.0f} MB"
            lines.append(f"{count} answers at {RATE} tok/s: {kept:.1%} of the tokens in time, {late}")
            if kept < 0.98:
                break
    return lines


async def _carry(made: Container, keys: list[str], count: int) -> tuple[float, float]:
    """Read `count` answers for a window; the share of their tokens that came, and how far they were behind at the end."""
    words = int((WINDOW_S + 15) * RATE)
    transcripts = [Transcript(seed * 221, words, RATE) for seed in range(count)]
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        pages = [_page(session, made.address, keys[n % len(keys)]) for n in range(count)]
        watching: list[asyncio.Task[None]] = []
        for page, transcript in zip(pages, transcripts, strict=True):
            await page.ask(transcript)
            watching.append(asyncio.create_task(page.follow(transcript)))
        await asyncio.sleep(3)
        before = [(len(item.shown), time.monotonic()) for item in transcripts]
        await asyncio.sleep(WINDOW_S)
        gained = [(len(item.shown) - length) / 4 / (time.monotonic() - at) for item, (length, at) in zip(transcripts, before, strict=True)]
        behind = [max(item.gaps_s[-50:], default=WINDOW_S) for item in transcripts]
        for page, transcript in zip(pages, transcripts, strict=True):
            await page.stop(transcript)
        await asyncio.gather(*watching)
    return sum(min(rate, RATE) for rate in gained) / (RATE * count), quantile(behind, 0.99)


def _page(session: aiohttp.ClientSession, *addresses_and_key: str) -> Page:
    *addresses, key = addresses_and_key
    return Page(session, addresses, Steady(), time.monotonic() + 240, key)


class Steady(random.Random):
    """The dice of a page that sends once, drops nothing and goes where it is told."""

    def random(self) -> float:
        return 0.999

    def uniform(self, a: float, b: float) -> float:
        return (a + b) / 2

    def choice(self, seq: Any) -> Any:
        return seq[-1]


async def leaves(there: Place) -> list[str]:
    """SIGTERM: not ready at once, answers go on or are handed over within the budget, exit 0. SIGKILL: another goes on."""
    lines: list[str] = []
    for signal, words in (("TERM", 900), ("KILL", 500)):
        with container(there.image, free_port(), there.settings(PORTICO_DRAIN_SECONDS="8")) as first:
            first.ready()
            with container(there.image, free_port(), there.settings()) as second:
                second.ready()
                lines.append(await _end(first, second, there.keys, signal, words))
    return lines


async def _end(first: Container, second: Container, keys: list[str], signal: str, words: int) -> str:
    transcripts = [Transcript(seed * 221 + 1, words, 50) for seed in range(10)]
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        pages = [_page(session, first.address, keys[n % len(keys)]) for n in range(10)]
        for page, transcript in zip(pages, transcripts, strict=True):
            await page.ask(transcript)
            page.addresses.append(second.address)  # the last is where it goes from now on
        following = [asyncio.create_task(page.follow(item)) for page, item in zip(pages, transcripts, strict=True)]
        await asyncio.sleep(2)
        told = time.monotonic()
        podman("kill", "--signal", signal, first.id)
        code = await asyncio.to_thread(first.exit_code)
        took_s = time.monotonic() - told
        await asyncio.gather(*following)
    longest = max(max(item.gaps_s) for item in transcripts)
    assert all(item.status == "done" for item in transcripts), [item.status for item in transcripts]
    assert not any(item.faults for item in transcripts), [item.faults for item in transcripts]
    assert signal == "KILL" or (code == 0 and took_s < 8 + 12), f"exit {code} after {took_s:.1f} s"
    moved = sum(item.attempt > 1 for item in transcripts)
    ended = f"SIG{signal}: exit {code} after {took_s:.1f} s; 10 of 10 answers complete"
    return f"{ended}, {moved} in the other container; longest silence {longest:.1f} s"


def plays(there: Place) -> list[str]:
    """The operators' own Deployment, with nothing changed but the image, and one replica, since podman plays one pod."""
    if not OPERATORS.is_file():
        return ["SKIPPED: there is no Deployment of operators beside this checkout"]
    with pod(yaml.safe_dump(_database_pod()), "portico-contract-db") as database:
        url = f"postgresql://portico:contract@{database}:5432/portico"
        secret = _secret("lobe-secrets", {"DATABASE_URL": url, "OPENAI_API_KEY": "sk-nobody", "ACCESS_CODE": "contract"})
        try:
            return [_play(there)]
        finally:
            podman("secret", "rm", secret)


def _play(there: Place) -> str:
    deployment = yaml.safe_load(OPERATORS.read_text(encoding="utf-8"))
    deployment["spec"]["replicas"] = 1
    deployment["spec"]["template"]["spec"]["containers"][0]["image"] = there.image
    settings = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "lobe-config"}, "data": {"OPENAI_MODEL_LIST": "-all,+gpt-4o"}}
    name = f"{deployment['metadata']['name']}-pod-0"
    began = time.monotonic()
    with pod(yaml.safe_dump_all([settings, deployment]), name) as address:
        while status(f"http://{address}:3210/health") != 200:
            if time.monotonic() > began + 90:
                raise TimeoutError(logs(f"{name}-lobe-chat"))
            time.sleep(0.1)
        took_s = time.monotonic() - began
        assert status(f"http://{address}:3210/") == 200
        assert status(f"http://{address}:3210/api/version") == 200
    return f"podman kube play: the operators' Deployment is ready after {took_s:.1f} s on a fresh database; probes, page and API answer"


def _database_pod() -> dict[str, object]:
    spec = {"containers": [{"name": "db", "image": POSTGRES}]}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "portico-contract-db"}, "spec": spec}


def _secret(name: str, values: dict[str, str]) -> str:
    """Make the Secret beside the stream: podman 4.3 stores one of a stream as YAML and then reads it as JSON."""
    podman(
        "secret", "create", name, "-", stdin=json.dumps({key: base64.b64encode(value.encode()).decode() for key, value in values.items()})
    )
    return name


def build_postgres(base: str) -> None:
    """Build the contract's PostgreSQL unless it is there."""
    if subprocess.run(["podman", "image", "exists", POSTGRES], check=False).returncode:
        file = str(ROOT / "tests" / "container" / "postgres.Containerfile")
        podman(
            "build",
            "--quiet",
            "--network",
            "host",
            "--build-arg",
            f"BASE={base}",
            "--file",
            file,
            "--tag",
            POSTGRES,
            str(ROOT / "tests" / "container"),
        )
