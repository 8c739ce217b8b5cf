"""Passwords: argon2id in threads, never more than a few at once, and as slow for an account that does not exist."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import ParamSpec, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from portico.errors import Invalid, LimitReached

MIN_LENGTH = 8
MAX_LENGTH = 256
MAX_WAITING = 100  # hashes that run or wait; about five seconds of work on two cores
P = ParamSpec("P")
T = TypeVar("T")
# What guessing lists begin with, of those with eight characters or more; letters are compared without case.
_COMMON_TEXT = """
    00000000 11111111 12121212 12341234 12344321 123123123 123321123 12345678 123456789 1234567890 0123456789 0987654321 9876543210
    87654321 987654321 1q2w3e4r 1q2w3e4r5t 1qaz2wsx 1qazxsw2 zaq12wsx q1w2e3r4 qwer1234 qwerty12 qwerty123 qwerty1234 qwertyui qwertyuiop
    1qaz@wsx asdfghjk asdfghjkl asdf1234 zxcvbnm1 zxcvbnm123 abcd1234 abc12345 abcdefgh abcdefg1 a1b2c3d4 aa123456 aaaaaaaa
    password password1 password12 password123 password1234 passw0rd p@ssw0rd p@ssword pa$$word passpass pass1234 changeme changeme1
    changeit letmein1 letmeinnow welcome1 welcome123 iloveyou iloveyou1 sunshine sunshine1 princess princess1 football football1 baseball
    basketball superman superman1 batman123 trustno1 whatever computer internet starwars michelle jennifer jordan23 corvette mercedes
    security secret12 secret123 master12 master123 administrator admin123 admin1234 adminadmin administrator1 rootroot toor1234 test1234
    testtest testing123 temp1234 guest1234 default1 monkey123 dragon123 shadow123 charlie1 liverpool chelsea1 arsenal1 11223344 13131313
    22222222 33333333 44444444 55555555 66666666 77777777 88888888 99999999 147258369 159357456 789456123 741852963 woaini123 woaini1314
    woaini520 5201314520 wang1234 li123456 zhang123 chat1234 portico1 porticoportico lobechat
"""
_COMMON = frozenset(_COMMON_TEXT.split())


class WeakPassword(Invalid):
    """The password is too short, too long, or one that everybody tries first."""

    code = "weak_password"
    default_detail = "Choose a password of 8 to 256 characters that is not among the common ones; a few unrelated words do well."


class TooManySignIns(LimitReached):
    """More sign-ins wait for a place than can be checked in time."""

    code = "sign_in_busy"
    default_detail = "Many people are signing in: wait a few seconds and try again."


@dataclass(frozen=True, slots=True)
class HashCost:
    """What one argon2id hash costs. The defaults are OWASP's first choice: four at once stay under 190 MB."""

    memory_kib: int = 47104
    passes: int = 1
    lanes: int = 1
    at_once: int = 4


def check_password(password: str, *, email: str = "") -> None:
    """Raise WeakPassword for a password that guessing finds early."""
    lowered = password.lower()
    if not MIN_LENGTH <= len(password) <= MAX_LENGTH or len(set(lowered)) < 3:
        raise WeakPassword
    local_part = email.lower().partition("@")[0]
    if lowered in _COMMON or lowered in {email.lower(), local_part}:
        raise WeakPassword("Choose another password: this one is among those that are tried first.")


class Passwords:
    """Makes and checks hashes. One for each process, since it counts how many run at once."""

    def __init__(self, cost: HashCost) -> None:
        self._hasher = PasswordHasher(time_cost=cost.passes, memory_cost=cost.memory_kib, parallelism=cost.lanes)
        # Threads of its own keep the cap even when a client goes away, which cannot stop a hash that has begun.
        self._threads = ThreadPoolExecutor(cost.at_once, thread_name_prefix="argon2")
        self._waiting = 0
        self._nobody = self._hasher.hash("the password of no account")

    async def hash(self, password: str) -> str:
        """Return the encoded argon2id hash. Raises TooManySignIns."""
        return await self._run(self._hasher.hash, password)

    async def matches(self, stored: str | None, password: str) -> bool:
        """Check `password`. Without a stored hash it takes as long and says no, so that time does not tell which accounts exist."""
        found = await self._run(self._verify, stored or self._nobody, password)
        return found and stored is not None

    def outdated(self, stored: str) -> bool:
        """Say whether `stored` was made at another cost and should be made anew now that the password is known."""
        return self._hasher.check_needs_rehash(stored)

    def close(self) -> None:
        """End the threads once their present work is done."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _verify(self, stored: str, password: str) -> bool:
        try:
            return self._hasher.verify(stored, password)
        except (VerificationError, InvalidHashError):
            return False

    async def _run(self, work: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        if self._waiting >= MAX_WAITING:
            raise TooManySignIns(retry_after_s=5)
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, partial(work, *args, **kwargs))
        finally:
            self._waiting -= 1
