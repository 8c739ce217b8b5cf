"""Which key to ask with, and what to do when a provider fails before its first token: decisions alone, with the clock as argument."""

import hashlib
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from portico.providers.base import ProviderError

Health = Literal["ok", "degraded", "open", "unknown"]

WINDOW_S = 30.0
LEAST_CALLS = 20
FAILED_SHARE = 0.5
OPEN_S = 15.0
BUDGET_WINDOW_S = 60.0
BUDGET_SHARE = 0.1
BUDGET_FLOOR = 3  # retries a window that a quiet provider gets in any case: a tenth of one question is none
RETRY_BASE_S = 0.5
RETRY_CAP_S = 8.0
RETRY_AFTER_S = 10.0
KEY_REST_S = 30.0

# What says something about the provider's health; a refusal of one request, or of one key, does not.
UNHEALTHY = frozenset(
    {"provider_overloaded", "provider_unreachable", "provider_timeout", "provider_failed", "provider_cut", "provider_protocol"}
)
# What another key of the same provider may not suffer from.
OF_THE_KEY = frozenset({"provider_auth", "provider_forbidden", "provider_rate_limited", "provider_quota"})
# What any other provider would refuse as well, or what the caller handles itself.
FINAL = frozenset({"content_filtered", "provider_rejected", "provider_prefill_refused", "context_too_long"})


class Breaker:
    """Leaves a provider alone that fails often: open at half of at least 20 calls in 30 s, for 15 s; then one call tries it."""

    def __init__(self) -> None:
        self._calls: deque[tuple[float, bool]] = deque()
        self._open_until: float = 0.0
        self._probing: bool = False

    def admit(self, now: float) -> bool:
        """Say whether a call may go out. The one that tries an open breaker must be answered by `record` or `forget`."""
        if not self._open_until:
            return True
        if now < self._open_until or self._probing:
            return False
        self._probing = True
        return True

    def record(self, now: float, *, healthy: bool) -> None:
        """Note how a call went."""
        if self._open_until:
            self._tried(now, healthy=healthy)
            return
        self._calls.append((now, healthy))
        self._drop(now)
        failed = sum(not good for _, good in self._calls)
        if len(self._calls) >= LEAST_CALLS and failed >= FAILED_SHARE * len(self._calls):
            self._open_until = now + OPEN_S

    def forget(self) -> None:
        """Note that a call ended without telling anything: somebody stopped it."""
        self._probing = False

    def health(self, now: float) -> tuple[Health, str]:
        """Return the state, and the numbers behind it."""
        self._drop(now)
        if self._open_until:
            return "open", f"left alone for {max(0.0, self._open_until - now):.0f} s more"
        failed = sum(not good for _, good in self._calls)
        if not self._calls:
            return "unknown", "no calls in the last 30 s"
        return ("degraded" if failed else "ok"), f"{failed} of {len(self._calls)} calls failed in the last 30 s"

    def _tried(self, now: float, *, healthy: bool) -> None:
        self._probing = False
        self._calls.clear()
        self._open_until = 0.0 if healthy else now + OPEN_S

    def _drop(self, now: float) -> None:
        while self._calls and self._calls[0][0] < now - WINDOW_S:
            self._calls.popleft()


class RetryBudget:
    """Allows retries up to a tenth of the calls of the last minute, so that a provider that is down is not hit twice as hard."""

    def __init__(self) -> None:
        self._calls: deque[float] = deque()
        self._retries: deque[float] = deque()

    def call(self, now: float) -> None:
        self._calls.append(now)
        self._drop(now)

    def take(self, now: float) -> bool:
        """Take one retry if there is one left."""
        self._drop(now)
        if len(self._retries) >= max(BUDGET_FLOOR, BUDGET_SHARE * len(self._calls)):
            return False
        self._retries.append(now)
        return True

    def _drop(self, now: float) -> None:
        for queue in (self._calls, self._retries):
            while queue and queue[0] < now - BUDGET_WINDOW_S:
                queue.popleft()


class KeyTurns:
    """Chooses one of a provider's keys: by chance or in turn, leaving out those that were refused a moment ago."""

    def __init__(self, select: str) -> None:
        self._in_turn: bool = select == "turn"
        self._next: int = 0
        self._resting: dict[str, float] = {}

    def choose(self, keys: Sequence[str], now: float, chance: float) -> str:
        """Return a key, nothing if there is none; `chance` is a random number in [0, 1)."""
        awake = [key for key in keys if self._resting.get(fingerprint(key), 0.0) <= now] or list(keys)
        if not awake:
            return ""
        if not self._in_turn:
            return awake[int(chance * len(awake))]
        self._next += 1
        return awake[(self._next - 1) % len(awake)]

    def rest(self, key: str, now: float) -> None:
        self._resting = {known: until for known, until in self._resting.items() if until > now}
        self._resting[fingerprint(key)] = now + KEY_REST_S

    def others(self, keys: Sequence[str], now: float) -> bool:
        """Say whether a key is left that was not refused a moment ago."""
        return any(self._resting.get(fingerprint(key), 0.0) <= now for key in keys)


def fingerprint(key: str) -> str:
    """Return a name for a key that does not give it away."""
    return hashlib.sha256(key.encode()).hexdigest()[:16]


@dataclass(slots=True)
class Standing:
    """What this process remembers of one provider."""

    keys: KeyTurns
    breaker: Breaker = field(default_factory=Breaker)
    budgets: dict[str, RetryBudget] = field(default_factory=dict[str, RetryBudget])

    def budget(self, key: str) -> RetryBudget:
        return self.budgets.setdefault(fingerprint(key), RetryBudget())


@dataclass(frozen=True, slots=True)
class Retry:
    """Ask the same provider again after `wait_s`."""

    wait_s: float


@dataclass(frozen=True, slots=True)
class Next:
    """Ask the next provider of the route, if there is one."""


@dataclass(frozen=True, slots=True)
class GiveUp:
    """No other provider would answer this, either."""


def decide(
    error: ProviderError, *, retried: int, retries: int, other_keys: bool, budget: Callable[[], bool], chance: float
) -> Retry | Next | GiveUp:
    """Decide what follows a call that failed before its first token.

    Args:
        retried: retries that were made already at this provider; `retries` is their limit.
        other_keys: another key is there, which was not refused.
        budget: takes one from the retry budget if there is one; asked last. Another key needs none: that is not the same call again.
        chance: a random number in [0, 1), for the jitter.
    """
    if error.code in FINAL:
        return GiveUp()
    if retried >= retries:
        return Next()
    if error.code in OF_THE_KEY and other_keys:
        return Retry(0.0)
    asked_s = error.retry_after_s or 0.0
    if not error.retryable or asked_s > RETRY_AFTER_S or not budget():
        return Next()
    jitter_s = chance * min(RETRY_CAP_S, RETRY_BASE_S * 2.0**retried)
    return Retry(asked_s + jitter_s)
