"""Processes under measurement: start on a core of their own, wait until ready, read their processor time and memory, stop."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import psutil

TICKS = os.sysconf("SC_CLK_TCK")
SERVER_CORE = 0
LOAD_CORE = 1
START_S = 60.0


class NotReady(Exception):
    """A process did not answer in time, or ended."""


def free_port() -> int:
    """A port of the loopback that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def pin(core: int) -> None:
    """Keep this process, and what it starts, on one core where there are several."""
    if core < (os.cpu_count() or 1):
        os.sched_setaffinity(0, {core})


@contextmanager
def _on(core: int) -> Iterator[None]:
    """Start something on a core: a child inherits where its parent may run."""
    before = os.sched_getaffinity(0)
    pin(core)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


class Server:
    """One started program with all its children."""

    def __init__(self, arguments: list[str], *, log: Path, core: int, env: Mapping[str, str] | None = None) -> None:
        self.log = log
        with log.open("ab") as output:
            self.started = time.perf_counter()
            with _on(core):
                self.process = subprocess.Popen(
                    arguments, stdout=output, stderr=output, stdin=subprocess.DEVNULL, env=env, start_new_session=True
                )

    def wait_ready(self, url: str) -> float:
        """Seconds from the start until `url` answers 200."""
        while time.perf_counter() - self.started < START_S:
            if self.process.poll() is not None:
                break
            try:
                with urllib.request.urlopen(url, timeout=1) as answer:
                    if answer.status == 200:
                        return time.perf_counter() - self.started
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                time.sleep(0.01)
        self.stop()
        raise NotReady(f"{url} did not answer; the end of {self.log}:\n" + self.log.read_text(errors="replace")[-2000:])

    def tree(self) -> list[psutil.Process]:
        """The process and its children."""
        root = psutil.Process(self.process.pid)
        return [root, *root.children(recursive=True)]

    def cpu_s(self) -> float:
        """Seconds of processor time, user and system, of the process and its children, as the kernel counts them."""
        return sum(_cpu_s(process.pid) for process in self.tree())

    def memory_bytes(self) -> int:
        """Resident memory of the process and its children."""
        return sum(process.memory_info().rss for process in self.tree())

    def stop(self) -> None:
        """End it, at once if it does not go by itself."""
        if self.process.poll() is not None:
            return
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


def _cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def script(name: str, *arguments: str) -> list[str]:
    """The command line of a program of this folder."""
    return [sys.executable, str(Path(__file__).with_name(name)), *arguments]


def find_nginx() -> str | None:
    """Where nginx is, if it is; as root on Debian it is installed."""
    path = f"{os.environ.get('PATH', '')}:/usr/sbin"
    found = shutil.which("nginx", path=path)
    if not found and os.geteuid() == 0 and shutil.which("apt-get"):
        for command in (["update", "-q"], ["install", "-q", "-y", "--no-install-recommends", "nginx-light"]):
            subprocess.run(["apt-get", *command], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=False)
        found = shutil.which("nginx", path=path)
    return found
