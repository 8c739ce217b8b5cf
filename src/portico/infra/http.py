"""What every route shares: strict request bodies, problem+json errors, opaque cursors, pages and `If-Match`."""

import base64
import binascii
import json
import logging
import math
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated, Any, Generic, TypeVar, cast

import msgspec
from fastapi import Depends, FastAPI, Header, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, model_validator
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import Response

from portico.errors import Conflict, Invalid, NotFound, PorticoError, TooLarge, Unavailable
from portico.infra.telemetry import request_id

log = logging.getLogger(__name__)

CLIENT_GONE = 499  # as proxies call it in their logs
PROBLEM_TYPE = "application/problem+json"
_MAX_FIELDS = 20  # of one answer to an invalid request; the rest would help nobody
_MAX_INT = 2**63 - 1
_SECRET_IN_PATH = re.compile(r"(/(?:s|invite|shared|invited)/)[^/]+")
T = TypeVar("T")


class BadCursor(Invalid):
    """The cursor was not made by this list."""

    code = "bad_cursor"
    default_detail = "Leave the cursor out to begin at the start of the list."


class BadRevision(Invalid):
    """If-Match is not a revision."""

    code = "bad_if_match"
    default_detail = 'Send the `rev` of the object that you changed, as If-Match: "7".'


class RevisionConflict(Conflict):
    """The object was changed since the caller loaded it."""

    code = "revision_conflict"
    default_detail = "Somebody changed it meanwhile: load it again and repeat your change."


# Bodies


def _storable(value: object) -> bool:
    """Say whether a decoded JSON value holds no NUL and no lone surrogate, which neither store keeps, nor a number out of range."""
    if isinstance(value, str):
        return "\0" not in value and _encodable(value)
    if isinstance(value, int):
        return abs(value) <= _MAX_INT
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, dict):
        members = cast("dict[object, object]", value)  # decoded JSON: only the static type is unknown
        return all(_storable(key) and _storable(item) for key, item in members.items())
    if isinstance(value, list):
        return all(_storable(item) for item in cast("list[object]", value))  # as above
    return True


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


class Body(BaseModel):
    """Base of every request body: unknown fields and text that no store can keep are refused, nothing is coerced."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, ser_json_inf_nan="null")

    @model_validator(mode="before")
    @classmethod
    def _refuse_unstorable(cls, data: object) -> object:
        if not _storable(data):
            raise ValueError("holds a NUL character, a lone surrogate or a number out of range")
        return data


class Page(BaseModel, Generic[T]):
    """One page of a list; `next` is the cursor of the following page, null at the end."""

    items: list[T]
    next: str | None = None


def page(items: Sequence[T], next_cursor: str | None = None) -> Page[T]:
    """Wrap `items` as they are (they are validated when they are made)."""
    return Page[T].model_construct(items=list(items), next=next_cursor)


class Problem(BaseModel):
    """An error (RFC 9457). `code` is stable; `detail` says what to do; further members depend on the code."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    code: str
    detail: str
    request_id: str


# Times and cursors


def iso(ms: int) -> str:
    """Return epoch milliseconds as ISO-8601 UTC, for example 2026-01-02T03:04:05.678Z."""
    return f"{datetime.fromtimestamp(ms // 1000, UTC):%Y-%m-%dT%H:%M:%S}.{ms % 1000:03d}Z"


def iso_or_none(ms: int | None) -> str | None:
    return None if ms is None else iso(ms)


def encode_cursor(*values: str | int | None) -> str:
    """Pack the sort key of the last item of a page; read it back with `decode_cursor`."""
    return base64.urlsafe_b64encode(msgspec.json.encode(values)).rstrip(b"=").decode("ascii")


def decode_cursor(cursor: str, shape: type[T]) -> T:
    """Unpack a cursor as `shape`, for example `tuple[int, str]`. Raises BadCursor."""
    try:
        raw = base64.b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        values = msgspec.json.decode(raw)
        found = msgspec.convert(values, shape)
    except (UnicodeEncodeError, binascii.Error, msgspec.DecodeError, msgspec.ValidationError) as error:
        raise BadCursor from error
    if not _storable(values):
        raise BadCursor
    return found


def parse_revision(header: str | None) -> int | None:
    """Read `If-Match: "7"`; None when it is absent or `*`. Raises BadRevision."""
    if header is None or header.strip() == "*":
        return None
    digits = header.strip().removeprefix("W/").strip('"')
    if not (digits.isascii() and digits.isdigit() and len(digits) < 19):
        raise BadRevision
    return int(digits)


def _if_match(
    if_match: Annotated[str | None, Header(max_length=40, description="The `rev` that the change is based on.")] = None,
) -> int | None:
    return parse_revision(if_match)


IfMatch = Annotated[int | None, Depends(_if_match)]
"""A route parameter: the revision that the caller's change is based on, or None."""


# Problems


def problem_body(error: PorticoError, request: str) -> bytes:
    """Return the problem+json document of an error; ASCII only, so that any text can be in it."""
    document: dict[str, object] = {
        "type": f"urn:portico:problem:{error.code}",
        "title": error.title,
        "status": error.status,
        "code": error.code,
        "detail": error.detail,
        "request_id": request,
        **error.extra,
    }
    return json.dumps(document, default=str).encode("ascii")


def without_secret(path: str) -> str:
    """Return a path as it may be logged: what opens something by itself is left out."""
    return _SECRET_IN_PATH.sub(r"\1...", path, count=1)


def problem_headers(error: PorticoError) -> dict[str, str]:
    headers = {"content-type": PROBLEM_TYPE, "cache-control": "no-store"}
    wait_s = error.retry_after_s
    if wait_s is None and isinstance(error, Unavailable):
        wait_s = 2.0  # a client that has no number of its own should neither hammer nor give up
    if wait_s is not None:
        headers["retry-after"] = str(max(1, math.ceil(wait_s)))
    if error.status == HTTPStatus.UNAUTHORIZED:
        headers["www-authenticate"] = "Bearer"
    return headers


def problem_response(error: PorticoError, request: str | None = None) -> Response:
    """Return the answer to a request that failed with `error`; the request id is that of the context if not given."""
    body = problem_body(error, request_id.get() if request is None else request)
    return Response(body, status_code=error.status, headers=problem_headers(error))


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the `responses=` of a route that can fail with these statuses."""
    content = {PROBLEM_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {status: {"description": HTTPStatus(status).phrase, "content": content} for status in statuses}


class BadRequest(PorticoError):
    """The request cannot be read."""

    code = "bad_request"
    title = "Bad request"
    status = 400
    default_detail = "Send valid JSON in UTF-8."


class RouteNotFound(NotFound):
    """There is nothing at this address."""

    code = "route_not_found"
    default_detail = "Check the address; the API's description is at /api/openapi.json."


class MethodNotAllowed(PorticoError):
    """The address exists but does not take this method."""

    code = "method_not_allowed"
    title = "Method not allowed"
    status = 405
    default_detail = "Use one of the methods in the Allow header."


class UnsupportedMediaType(PorticoError):
    """The body is of a kind that the address does not take."""

    code = "unsupported_media_type"
    title = "Unsupported media type"
    status = 415
    default_detail = "Send the body as application/json."


_BY_STATUS: Mapping[int, type[PorticoError]] = {
    400: BadRequest,
    404: RouteNotFound,
    405: MethodNotAllowed,
    413: TooLarge,
    415: UnsupportedMediaType,
}


async def _on_portico(request: Request, error: PorticoError) -> Response:
    if error.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        # While the database is away every request fails for the same reason: its trace would fill the disk and tell nothing more.
        trace = None if isinstance(error, Unavailable) else error
        cause = type(error.__cause__).__name__ if error.__cause__ else ""
        log.warning("request failed", extra={"code": error.code, "path": without_secret(request.url.path), "cause": cause}, exc_info=trace)
    return _problem(request, error)


async def _on_invalid(request: Request, error: RequestValidationError) -> Response:
    found = [_field(item) for item in error.errors()[:_MAX_FIELDS]]
    return _problem(request, Invalid(f"Correct `{found[0]['path']}`: {found[0]['message']}." if found else None, errors=found))


def _field(item: Mapping[str, Any]) -> dict[str, str]:
    """Name a field and its fault without repeating what was sent."""
    path = ".".join(str(step) for step in item["loc"])[:200]
    return {"path": path, "message": str(item["msg"]).removeprefix("Value error, ")[:300], "type": str(item["type"])}


async def _on_gone(_request: Request, _error: Exception) -> Response:
    """The client left in the middle of its request: nobody hears the answer, and nothing is wrong here."""
    return Response(status_code=CLIENT_GONE)


async def _on_http(request: Request, error: HTTPException) -> Response:
    if isinstance(error.__cause__, PorticoError):
        return _problem(request, error.__cause__)  # the framework wraps what our own body limit raised while it read
    if isinstance(error.__cause__, ClientDisconnect):
        return await _on_gone(request, error.__cause__)
    known = _BY_STATUS.get(error.status_code, BadRequest if error.status_code < HTTPStatus.INTERNAL_SERVER_ERROR else PorticoError)
    response = _problem(request, known())
    if error.headers and (allow := error.headers.get("Allow")):
        response.headers["allow"] = allow
    return response


async def _on_unhandled(request: Request, error: Exception) -> Response:
    log.error("unhandled error", extra={"path": without_secret(request.url.path)}, exc_info=error)
    return _problem(request, PorticoError())


def _problem(request: Request, error: PorticoError) -> Response:
    request.scope["portico.error_code"] = error.code  # the metrics count it
    return problem_response(error)


def install_errors(app: FastAPI) -> None:
    """Answer every error of `app` as problem+json, and put its schema into the OpenAPI description."""
    app.exception_handler(PorticoError)(_on_portico)
    app.exception_handler(RequestValidationError)(_on_invalid)
    app.exception_handler(HTTPException)(_on_http)
    app.exception_handler(ClientDisconnect)(_on_gone)
    app.exception_handler(Exception)(_on_unhandled)
    describe = app.openapi

    def openapi() -> dict[str, Any]:
        description = describe()
        schemas = description.setdefault("components", {}).setdefault("schemas", {})
        schemas.setdefault("Problem", Problem.model_json_schema())
        return description

    app.openapi = openapi
