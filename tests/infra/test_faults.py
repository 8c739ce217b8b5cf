import subprocess
import sys

import pytest

from portico.infra.faults import crash_point

DRILL = """
from portico.infra.faults import crash_point
for passage in range(3):
    crash_point("flush.before")
    crash_point("flush.after")
    print(passage, flush=True)
"""


def drill(point: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-c", DRILL], env={"PORTICO_CRASH_POINT": point}, capture_output=True, text=True, timeout=30, check=False
    )
    return done.returncode, done.stdout.replace("\n", "")


@pytest.mark.parametrize(
    ("point", "outcome"),
    [
        ("flush.before", (137, "")),
        ("flush.after:2", (137, "0")),
        ("flush.after:9", (0, "012")),
        ("claim.before_commit", (0, "012")),
        ("", (0, "012")),
    ],
)
def test_a_process_dies_at_the_named_passage_of_the_named_point(point: str, outcome: tuple[int, str]) -> None:
    assert drill(point) == outcome


def test_without_a_drill_every_point_is_passed() -> None:
    crash_point("finish.before_commit")
