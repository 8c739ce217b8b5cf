"""The command line in a folder of its own."""

import logging
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from portico.cli import main


@dataclass(frozen=True)
class Ran:
    """How a command ended and what it printed."""

    status: int
    out: str
    err: str


Run = Callable[..., Ran]
PASSWORD = "correct horse battery"


@pytest.fixture
def clean_env(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[pytest.MonkeyPatch]:
    """An environment without settings but the data folder, and logging as it was afterwards."""
    for name in [
        name for name in os.environ if name.startswith(("PORTICO_", "DATABASE_", "OPENAI_", "ACCESS_")) or name in {"PORT", "APP_URL"}
    ]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PORTICO_DATA_DIR", str(tmp_path / "data"))
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield monkeypatch
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.fixture
def run(clean_env: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    """Run a command in this process; `stdin` is the text of its input, the rest are settings."""

    def call(*arguments: str, stdin: str = "", **env: str) -> Ran:
        for name, value in env.items():
            clean_env.setenv(name, value)
        (tmp_path / "stdin").write_text(stdin, encoding="utf-8")
        with (tmp_path / "stdin").open(encoding="utf-8") as source:
            clean_env.setattr("sys.stdin", source)
            status = main(list(arguments))
        captured = capsys.readouterr()
        return Ran(status, captured.out, captured.err)

    return call
