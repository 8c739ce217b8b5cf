"""What went wrong at a provider, as one of the stable codes of `ProviderError`: from a status, a body or a network error."""

from portico.providers.base import ProviderError

RETRYABLE = frozenset({
    "provider_rate_limited",
    "provider_overloaded",
    "provider_unreachable",
    "provider_timeout",
    "provider_failed",
    "provider_cut",
})


def failure(code: str, message: str = "", *, retry_after_s: float | None = None, status: int = 0) -> ProviderError:
    """Return the error for `code`; whether it may be retried follows from the code."""
    return ProviderError(code, message, retryable=code in RETRYABLE, retry_after_s=retry_after_s, upstream_status=status)
