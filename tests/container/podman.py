"""Podman, as far as the contract needs it: containers with the limits of a pod, pods from YAML, and what a control group measured."""

import json
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

LIMITS = ("--read-only", "--cap-drop", "all", "--security-opt", "no-new-privileges", "--memory", "1g", "--cpus", "0.5", "--tmpfs", "/tmp")
_CGROUP = Path("/sys/fs/cgroup")


def podman(*arguments: str, stdin: str | None = None) -> str:
    """Run podman and return what it printed. Raises CalledProcessError with its words."""
    done = subprocess.run(["podman", *arguments], input=stdin, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"podman {' '.join(arguments[:3])}: {done.stderr.strip()[-600:]}")
    return done.stdout.strip()


def logs(name: str) -> str:
    """What a container wrote last, on both of its streams."""
    done = subprocess.run(["podman", "logs", "--tail", "40", name], capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


@dataclass
class Container:
    """One running container on the host's network."""

    id: str
    port: int
    started: float

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def ready(self, within_s: float = 60.0) -> float:
        """Wait until it is ready; the seconds since its start."""
        while time.monotonic() < self.started + within_s:
            if status(f"{self.address}/readyz") == 200:
                return time.monotonic() - self.started
            time.sleep(0.05)
        raise TimeoutError(self.log())

    def log(self) -> str:
        return logs(self.id)

    def memory_bytes(self) -> int:
        """What its processes hold, without the page cache."""
        pid = int(podman("inspect", "--format", "{{.State.Pid}}", self.id))
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("Rss:"))

    def exit_code(self) -> int:
        return int(podman("wait", self.id))


@contextmanager
def container(image: str, port: int, settings: dict[str, str], *, user: str = "10001:0", more: Sequence[str] = ()) -> Iterator[Container]:
    """Run the image as Kubernetes would: read-only root, no capabilities, 1 GiB, half a core, any user."""
    named = [word for name, value in settings.items() for word in ("--env", f"{name}={value}")]
    started = time.monotonic()
    made = podman("run", "--detach", "--network", "host", "--user", user, *LIMITS, *more, *named, "--env", f"PORT={port}", image)
    try:
        yield Container(made, port, started)
    finally:
        podman("rm", "--force", "--time", "0", made)


@contextmanager
def pod(stream: str, name: str) -> Iterator[str]:
    """Play a stream of Kubernetes objects with one pod in it; the pod's address."""
    podman("kube", "play", "-", stdin=stream)
    try:
        infra = podman("pod", "inspect", "--format", "{{.InfraContainerID}}", name)
        networks = json.loads(podman("inspect", "--format", "{{json .NetworkSettings.Networks}}", infra))
        yield next(iter(networks.values()))["IPAddress"]
    finally:
        podman("pod", "rm", "--force", name)


def status(url: str) -> int:
    """The status of a GET; 0 when nothing answers."""
    try:
        with urllib.request.urlopen(url, timeout=3) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0
