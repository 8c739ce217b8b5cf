import asyncio
import threading
import time

import pytest

from portico.accounts import passwords
from portico.accounts.passwords import HashCost, Passwords, TooManySignIns, WeakPassword, check_password

CHEAP = HashCost(memory_kib=8, passes=1, lanes=1)


@pytest.mark.parametrize("weak", ["", "short12", "x" * 257, "password", "PassWord1", "12345678", "aaaaaaaaaaaa", "abababababab"])
def test_a_password_that_guessing_finds_early_is_refused(weak: str) -> None:
    with pytest.raises(WeakPassword):
        check_password(weak)


@pytest.mark.parametrize("weak", ["ada.lovelace@example.org", "ADA.lovelace"])
def test_ones_own_address_is_no_password(weak: str) -> None:
    with pytest.raises(WeakPassword):
        check_password(weak, email="ada.lovelace@example.org")


@pytest.mark.parametrize("good", ["correct horse battery", "密码是一句很长的话没有人猜", "x7#kQ2pz", "a" * 100 + "bc"])
def test_a_password_of_any_script_and_length_within_the_limits_is_taken(good: str) -> None:
    check_password(good)


async def test_only_the_right_password_matches_its_hash() -> None:
    made = Passwords(CHEAP)
    stored = await made.hash("correct horse battery")
    assert stored.startswith("$argon2id$")
    assert await made.matches(stored, "correct horse battery")
    assert not await made.matches(stored, "correct horse batterY")
    assert not await made.matches("not a hash", "correct horse battery")


async def test_an_account_that_does_not_exist_matches_nothing_and_costs_the_same_hash(monkeypatch: pytest.MonkeyPatch) -> None:
    made = Passwords(CHEAP)
    checked: list[str] = []
    verify = made._verify
    monkeypatch.setattr(made, "_verify", lambda stored, password: checked.append(stored) or verify(stored, password))
    assert not await made.matches(None, "the password of no account")
    assert [made.outdated(stored) for stored in checked] == [False]


async def test_a_hash_of_another_cost_is_outdated() -> None:
    old, new = Passwords(CHEAP), Passwords(HashCost(memory_kib=16, passes=1))
    stored = await old.hash("correct horse battery")
    assert new.outdated(stored)
    assert not old.outdated(stored)


async def test_no_more_than_the_allowed_number_of_hashes_runs_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    made = Passwords(HashCost(memory_kib=8, at_once=4))
    running, most, lock = 0, 0, threading.Lock()

    def slow(stored: str, password: str) -> bool:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        time.sleep(0.01)
        with lock:
            running -= 1
        return False

    monkeypatch.setattr(made, "_verify", slow)
    await asyncio.gather(*(made.matches(None, "x") for _ in range(20)))
    assert most == 4


async def test_a_crowd_at_the_door_is_told_to_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "MAX_WAITING", 3)
    made = Passwords(HashCost(memory_kib=8, at_once=1))
    results = await asyncio.gather(*(made.matches(None, "x") for _ in range(5)), return_exceptions=True)
    assert sum(isinstance(result, TooManySignIns) for result in results) == 2
