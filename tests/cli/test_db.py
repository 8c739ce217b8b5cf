"""`portico db` on both databases."""

import pytest

from portico.migrations import HEAD
from tests.cli.conftest import Run

UP_TO_DATE = f"The database is at revision {HEAD}; this version needs {HEAD}.\n"


def test_a_migrated_database_is_told_and_not_waited_for(run: Run, store_url: str) -> None:
    assert (run("db", "status", DATABASE_URL=store_url).out, run("db", "wait").status) == (UP_TO_DATE, 0)


def test_an_empty_file_is_migrated_and_a_second_time_changes_nothing(run: Run) -> None:
    assert (run("db", "status").status, run("db", "upgrade").status, run("db", "upgrade").status) == (1, 0, 0)
    assert run("db", "status").out == UP_TO_DATE


def test_an_empty_database_is_waited_for_until_the_time_is_over(run: Run) -> None:
    ran = run("db", "wait", "--timeout", "0.2")
    assert ran.status == 69
    assert "run `portico db upgrade`" in ran.err


@pytest.mark.parametrize("verb", [("upgrade",), ("status",), ("wait", "--timeout", "0.2")])
def test_a_database_that_does_not_answer_is_told_in_one_line(run: Run, verb: tuple[str, ...]) -> None:
    ran = run("db", *verb, DATABASE_URL="postgresql://127.0.0.1:1/none")
    assert ran.status == 69
    assert ran.err.startswith("portico: ")
    assert ran.err.count("\n") == 1
