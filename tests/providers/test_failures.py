import json
from email.utils import formatdate
from time import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portico.providers.base import ProviderError
from portico.providers.failures import RETRYABLE, failure, from_error, from_response, retry_after

CASES: list[tuple[int, Any, str]] = [
    (401, {"error": {"message": "Incorrect API key provided: sk-x.", "code": "invalid_api_key"}}, "provider_auth"),
    (
        400,
        {"error": {"code": 400, "status": "INVALID_ARGUMENT", "message": "API key not valid.", "details": [{"reason": "API_KEY_INVALID"}]}},
        "provider_auth",
    ),
    (403, {"error": {"message": "Project does not have access to model"}}, "provider_forbidden"),
    (402, {"error": {"message": "Insufficient credits. Add more", "code": 402}}, "provider_quota"),
    (429, {"error": {"message": "You exceeded your current quota", "code": "insufficient_quota"}}, "provider_quota"),
    (429, {"error": {"message": "You exceeded your current quota", "status": "RESOURCE_EXHAUSTED"}}, "provider_rate_limited"),
    (429, {"error": {"message": "Rate limit reached for gpt-4o", "type": "tokens"}}, "provider_rate_limited"),
    (400, {"error": {"message": "Your credit balance is too low", "type": "invalid_request_error"}}, "provider_quota"),
    (400, {"error": {"code": "context_length_exceeded", "message": "maximum context length is 8192 tokens"}}, "context_too_long"),
    (
        400,
        {"type": "error", "error": {"type": "invalid_request_error", "message": "prompt is too long: 220000 tokens > 200000"}},
        "context_too_long",
    ),
    (400, {"error": {"message": "The input token count (1200000) exceeds the maximum", "status": "INVALID_ARGUMENT"}}, "context_too_long"),
    (400, {"error": {"code": "content_filter", "message": "The response was filtered"}}, "content_filtered"),
    (400, {"error": {"code": "data_inspection_failed", "message": "Input data may contain inappropriate content."}}, "content_filtered"),
    (
        400,
        {"error": {"type": "invalid_request_error", "message": "This model does not support assistant message prefill. "}},
        "provider_prefill_refused",
    ),
    (400, {"error": {"message": "Expected last role User or Tool for serving but got assistant"}}, "provider_prefill_refused"),
    (404, {"error": {"type": "not_found_error", "message": "model: claude-x"}}, "model_not_found"),
    (404, {"error": "model 'llama9' not found, try pulling it first"}, "model_not_found"),
    (400, {"error": {"message": "nope is not a valid model ID", "code": 400}}, "model_not_found"),
    (400, {"error": {"message": "Model Not Exist", "type": "invalid_request_error"}}, "model_not_found"),
    (404, {"detail": "Not Found"}, "provider_protocol"),
    (405, {"detail": "Method Not Allowed"}, "provider_protocol"),
    (400, {"detail": [{"msg": "Extra inputs are not permitted"}]}, "provider_rejected"),
    (422, {"object": "error", "message": "temperature must be non-negative", "code": 40001}, "provider_rejected"),
    (529, {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}, "provider_overloaded"),
    (503, [{"error": {"code": 503, "status": "UNAVAILABLE", "message": "The model is overloaded."}}], "provider_overloaded"),
    (500, {"error": {"message": "The server had an error", "type": "server_error"}}, "provider_failed"),
    (502, "<html>Bad Gateway</html>", "provider_failed"),
    (504, "", "provider_timeout"),
    (308, "", "provider_protocol"),
]


@pytest.mark.parametrize(("status", "body", "code"), CASES, ids=lambda value: str(value)[:40])
def test_an_answer_of_failure_becomes_a_stable_code(status: int, body: Any, code: str) -> None:
    raw = body.encode() if isinstance(body, str) else json.dumps(body).encode()
    error = from_response(status, raw, {})
    assert (error.code, error.upstream_status, error.retryable) == (code, status, code in RETRYABLE)


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"error": {"type": "overloaded_error", "message": "Overloaded"}}, "provider_overloaded"),
        ({"type": "error", "error": {"type": "rate_limit_error", "message": "slow down"}}, "provider_rate_limited"),
        ({"error": {"code": 502, "message": "Upstream error"}}, "provider_failed"),
        ({"error": {"code": "server_error", "message": "An error occurred"}}, "provider_failed"),
        ({"error": {"code": "rate_limit_exceeded", "message": "limit"}}, "provider_rate_limited"),
        ({"type": "error", "code": "ERR_SOMETHING", "message": "Something went wrong"}, "provider_failed"),
        ({"error": "unexpected EOF"}, "provider_failed"),
    ],
)
def test_an_error_inside_a_stream_becomes_a_stable_code(said: Any, code: str) -> None:
    assert from_error(said).code == code


def test_the_providers_words_are_kept_also_those_that_a_router_passes_on() -> None:
    error = from_error({"error": {"code": 429, "message": "Provider returned error", "metadata": {"raw": "upstream is busy"}}})
    assert error.message == "Provider returned error: upstream is busy"


def test_the_wait_is_read_in_every_form() -> None:
    assert retry_after({"Retry-After": "7"}) == 7
    assert retry_after({"retry-after-ms": "1500"}) == 1.5
    assert retry_after({}) is None
    assert retry_after({"Retry-After": "soon"}) is retry_after({"Retry-After": "inf"}) is None
    assert retry_after({"Retry-After": "1e9"}) == 86_400
    dated = retry_after({"Retry-After": formatdate(time() + 30, usegmt=True)})
    assert dated is not None
    assert 25 < dated <= 31
    told = {"error": {"code": 429, "status": "RESOURCE_EXHAUSTED", "message": "x", "details": [{"retryDelay": "17s"}]}}
    assert from_error(told).retry_after_s == 17


def test_every_code_that_is_made_is_documented() -> None:
    assert all(code in ProviderError.CODES for code in RETRYABLE)
    assert failure("provider_cut").retryable


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["error", "message", "code", "type", "status", "details", "metadata", "raw", "detail"]), inner, max_size=4
        )
    ),
    max_leaves=12,
)


@given(JSON, st.sampled_from([0, 400, 404, 429, 500]))
def test_any_json_becomes_some_error(said: Any, status: int) -> None:
    assert from_error(said, status).code in ProviderError.CODES


@given(st.binary(max_size=40), st.integers(min_value=300, max_value=599), st.text(max_size=8))
def test_any_bytes_become_some_error(body: bytes, status: int, wait: str) -> None:
    assert from_response(status, body, {"Retry-After": wait}).code in ProviderError.CODES
