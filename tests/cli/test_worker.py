"""`portico worker`."""

import os
import signal
import subprocess
import sys

import pytest

from tests.cli.conftest import Run


def test_with_sqlite_there_is_nothing_for_a_worker(run: Run) -> None:
    ran = run("worker")
    assert ran.status == 78
    assert "`portico serve` works on the jobs itself" in ran.err


@pytest.mark.slow
@pytest.mark.parametrize("store_url", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True)
def test_a_worker_starts_on_postgresql_and_ends_in_order(store_url: str, clean_env: pytest.MonkeyPatch) -> None:
    env = {**os.environ, "DATABASE_URL": store_url, "KEY_VAULTS_SECRET": "x", "PORTICO_FIND_OLLAMA": "0"}
    worker = subprocess.Popen([sys.executable, "-m", "portico", "worker"], env=env, stderr=subprocess.PIPE, text=True)
    assert worker.stderr is not None
    assert any("working on jobs" in line for line in iter(worker.stderr.readline, ""))
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(timeout=20) == 0
    worker.stderr.close()
