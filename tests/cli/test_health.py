"""`portico health`, as a probe calls it."""

from tests.cli.conftest import Run
from tests.cli.test_serve import Served, served  # noqa: F401 -- a fixture


def test_a_server_that_is_ready_is_told_so(served: Served, run: Run) -> None:  # noqa: F811
    for state in ("ready", "live", "started"):
        ran = run("health", state, PORT=served.port)
        assert (ran.status, '"status":"ok"' in ran.out) == (0, True)


def test_where_nobody_answers_it_fails(run: Run) -> None:
    ran = run("health", PORT="1")
    assert (ran.status, "nothing answers on 127.0.0.1 port 1" in ran.out) == (69, True)
