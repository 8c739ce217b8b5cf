"""What went wrong at a provider, as one of the stable codes of `ProviderError`: from a status and a body, or from an error in a stream."""

import email.utils
import math
import re
import time
from collections.abc import Mapping

import msgspec

from portico.providers.base import ProviderError
from portico.providers.reading import at, items, json_text, members, text

RETRYABLE = frozenset(
    {
        "provider_rate_limited",
        "provider_overloaded",
        "provider_unreachable",
        "provider_timeout",
        "provider_failed",
        "provider_cut",
    }
)

_CONTEXT = re.compile(
    r"context[_ ]length|context window|maximum context|prompt is too long|input is too long|too many (input )?tokens"
    r"|input token count|reduce the length|exceeds? the (model'?s? )?max(imum)?( number of)? (input |allowed )?tokens"
    r"|exceed_context_size|max_prompt_tokens|string_above_max_length|range of input length"
)
_FILTER = re.compile(
    r"content[_ ]filter|content management policy|content_policy|responsibleai|data_?inspection|safety system|prohibited_content"
)
_PREFILL = re.compile(
    r"prefill|last message (must|should|cannot|has to)|(must|has to) end with a user|final assistant|last role must"
    r"|ends? with an? assistant|expected last role|add_generation_prompt|continue_final_message"
)
_QUOTA = re.compile(
    r"insufficient[_ ](quota|balance|credit|fund)|billing|credit balance|exceeded your current quota|payment|arrear|more credits"
)
_KEY = re.compile(
    r"api[_ ]?key (not valid|is invalid|invalid|expired)|api_key_invalid|invalid[_ ]api[_ ]?key|incorrect api key|authentication"
)
_NO_MODEL = re.compile(
    r"model_?not_?found|deploymentnotfound|model not exist|unknown model|invalid model|not a valid model|no such model|no endpoints found"
    r"|(model|deployment)\b.{0,120}(does not exist|not found|not exist)|^model: "
)
_NAMES_MODEL = re.compile(r"model|deployment|engine", re.IGNORECASE)
_BY_TYPE = (
    (re.compile(r"overloaded|unavailable|capacity|over_?loaded|server_busy"), "provider_overloaded"),
    (re.compile(r"resource_exhausted|rate_?limit|too_many_requests|throttl"), "provider_rate_limited"),
    (re.compile(r"authentication|unauthenticated|unauthorized"), "provider_auth"),
    (re.compile(r"permission|forbidden"), "provider_forbidden"),
    (re.compile(r"timeout|deadline_exceeded"), "provider_timeout"),
    (
        re.compile(r"invalid_request|invalid_argument|failed_precondition|bad_request|tool_use_failed|invalid_prompt|validation"),
        "provider_rejected",
    ),
    (re.compile(r"server_error|api_error|internal"), "provider_failed"),
)
_LONGEST_WAIT_S = 86_400.0
_BY_STATUS = {
    401: "provider_auth",
    402: "provider_quota",
    403: "provider_forbidden",
    408: "provider_timeout",
    409: "provider_overloaded",
    425: "provider_overloaded",
    429: "provider_rate_limited",
    498: "provider_overloaded",
    503: "provider_overloaded",
    504: "provider_timeout",
    524: "provider_timeout",
    529: "provider_overloaded",
}


def failure(code: str, message: str = "", *, retry_after_s: float | None = None, status: int = 0) -> ProviderError:
    """Return the error for `code`; whether it may be retried follows from the code."""
    return ProviderError(code, message, retryable=code in RETRYABLE, retry_after_s=retry_after_s, upstream_status=status)


def from_response(status: int, body: bytes, headers: Mapping[str, str]) -> ProviderError:
    """Read an answer whose status says that it failed."""
    try:
        said: object = msgspec.json.decode(body)
    except msgspec.DecodeError:
        said = body[:500].decode("utf-8", "replace").strip()
    error = from_error(said, status)
    wait_s = retry_after(headers)
    if wait_s is not None:
        error.retry_after_s = wait_s
    return error


def from_error(said: object, status: int = 0) -> ProviderError:
    """Read an error object of any vendor, from a body or from inside a stream that began with status 200."""
    names, message, inner_status = _read(said)
    status = status or inner_status
    return failure(_classify(names.lower(), message.lower(), status), message, retry_after_s=_retry_delay(said), status=status)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Return the seconds that the provider asks to wait (RFC 9110 section 10.2.3, or OpenAI's `retry-after-ms`)."""
    milliseconds = _number(headers.get("retry-after-ms", ""))
    if milliseconds is not None:
        return milliseconds / 1000
    value = headers.get("Retry-After") or headers.get("retry-after") or ""
    seconds = _number(value)
    if seconds is not None:
        return seconds
    try:
        return max(0.0, email.utils.parsedate_to_datetime(value).timestamp() - time.time())
    except (ValueError, TypeError, OverflowError):
        return None


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return min(max(0.0, number), _LONGEST_WAIT_S) if math.isfinite(number) else None


def _classify(names: str, message: str, status: int) -> str:
    said = f"{names} {message}"
    if status < 500 and _CONTEXT.search(said):
        return "context_too_long"
    if status < 500 and _FILTER.search(said):
        return "content_filtered"
    if _NO_MODEL.search(names) or _NO_MODEL.search(message):
        return "model_not_found"
    if status in (0, 400, 422) and _PREFILL.search(message):
        return "provider_prefill_refused"
    if "resource_exhausted" not in names and status in (0, 400, 402, 403, 429) and _QUOTA.search(said):
        return "provider_quota"
    if status in (0, 400) and _KEY.search(said):
        return "provider_auth"
    if status == 404:
        return "model_not_found" if _NAMES_MODEL.search(said) else "provider_protocol"
    return _by_status(names, status)


def _by_status(names: str, status: int) -> str:
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    by_type = next((code for pattern, code in _BY_TYPE if pattern.search(names)), None)
    if status >= 500 or status == 0:
        return by_type or "provider_failed"
    if 300 <= status < 400 or status in (405, 415):
        return "provider_protocol"
    return by_type if by_type in ("provider_overloaded", "provider_rate_limited", "provider_auth") else "provider_rejected"


def _read(said: object) -> tuple[str, str, int]:
    """Return an error's names (types and codes), its message, and the status it carries, whatever its shape."""
    if listed := items(said):
        return _read(listed[0])
    if isinstance(said, str):
        return "", said[:500], 0
    found = members(said)
    for name in ("error", "errors", "response"):
        inner = found.get(name)
        if members(inner) or items(inner):
            names, message, status = _read(inner)
            return f"{found.get('type') or ''} {names}", message or _message(found), status or _status(found)
    names = " ".join(str(found[name]) for name in ("type", "code", "status", "reason") if found.get(name) is not None)
    reasons = " ".join(text(item.get("reason")) for item in _details(found))
    return f"{names} {reasons}", _message(found), _status(found)


def _message(found: dict[str, object]) -> str:
    for name in ("message", "error", "detail", "msg", "error_description"):
        if value := found.get(name):
            raw = text(at(found, "metadata", "raw"))[:500]  # what the model's own host said, when a router passes it on (OpenRouter)
            return (f"{json_text(value)}: {raw}" if raw else json_text(value))[:1000]
    return ""


def _status(found: dict[str, object]) -> int:
    for name in ("code", "status_code", "status", "http_code"):
        value = found.get(name)
        if isinstance(value, int) and 400 <= value < 600:
            return value
    return 0


def _details(found: dict[str, object]) -> list[dict[str, object]]:
    return [members(item) for item in items(found.get("details"))]


def _retry_delay(said: object) -> float | None:
    """Return the wait in Google's RetryInfo, `{"retryDelay": "17s"}`."""
    found = members(items(said)[0]) if items(said) else members(said)
    for item in _details(members(found.get("error")) or found):
        delay = text(item.get("retryDelay"))
        if delay:
            return _number(delay.removesuffix("s"))
    return None
