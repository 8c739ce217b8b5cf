"""`portico user` on a real store."""

import pytest

from tests.cli.conftest import PASSWORD, Run


@pytest.fixture
def house(run: Run, store_url: str) -> Run:
    """The command line over a migrated store with an administrator."""
    ran = run(
        "user",
        "create",
        "ada@example.org",
        "--role",
        "admin",
        "--password-stdin",
        stdin=PASSWORD,
        DATABASE_URL=store_url,
        KEY_VAULTS_SECRET="x",
    )
    assert (ran.status, ran.out) == (0, "Made ada@example.org (admin).\n")
    return run


def test_accounts_are_made_listed_and_promoted(house: Run) -> None:
    house("user", "create", "bob@example.org", "--name", "Bob", stdin=PASSWORD)
    listed = [line.split() for line in house("user", "list").out.splitlines()]
    assert [row[1:] for row in listed] == [["admin", "active", "ada@example.org", "ada"], ["member", "active", "bob@example.org", "Bob"]]
    assert house("user", "promote", "bob@example.org").out == "bob@example.org is now admin.\n"


def test_after_the_first_administrator_there_is_no_set_up_token(house: Run) -> None:
    ran = house("user", "setup-token")
    assert ran.status == 1
    assert "set-up is done" in ran.err


def test_a_new_password_is_set(house: Run) -> None:
    ran = house("user", "reset-password", "ada@example.org", stdin="another horse battery\n")
    assert ran.out == "ada@example.org has a new password, and all its sessions have ended.\n"


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)  # a rule of our own, which no database knows of
@pytest.mark.parametrize(
    ("arguments", "stdin", "code"),
    [
        (("create", "ada@example.org"), PASSWORD, "email_taken"),
        (("create", "eve@example.org"), "short", "weak_password"),
        (("create", "eve@example.org"), "", "no password"),
        (("promote", "nobody@example.org"), "", "user_not_found"),
        (("promote", "ada@example.org", "--role", "member"), "", "last_administrator"),
    ],
)
def test_what_cannot_be_done_is_told_in_one_line(house: Run, arguments: tuple[str, ...], stdin: str, code: str) -> None:
    ran = house("user", *arguments, stdin=stdin)
    assert (ran.status, ran.out) == (1, "")
    assert code in ran.err
    assert ran.err.count("\n") == 1


def test_a_set_up_token_is_printed_while_there_is_no_administrator(run: Run, store_url: str) -> None:
    first = run("user", "setup-token", DATABASE_URL=store_url, KEY_VAULTS_SECRET="x").out
    assert len(first.strip()) >= 20
    assert run("user", "setup-token").out != first
