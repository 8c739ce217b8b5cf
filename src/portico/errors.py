"""The families of errors. A domain derives its own from these, with a stable code and one sentence that says what to do."""

from typing import ClassVar


class PorticoError(Exception):
    """An error that a person or a client can act on.

    `code` is stable and documented; `title` is the family's short name; `status` is the HTTP status it maps to;
    `detail` is one sentence for the person; `extra` are further members of the problem+json answer.
    """

    code: ClassVar[str] = "internal_error"
    title: ClassVar[str] = "Something went wrong here"
    status: ClassVar[int] = 500
    default_detail: ClassVar[str] = "Try again; if it happens again, give your administrator the request id."

    def __init__(self, detail: str | None = None, *, retry_after_s: float | None = None, **extra: object) -> None:
        self.detail: str = detail or self.default_detail
        self.retry_after_s: float | None = retry_after_s
        self.extra: dict[str, object] = extra
        super().__init__(f"{self.code}: {self.detail}")


class Invalid(PorticoError):
    """The request cannot be understood or breaks a rule of its own (422)."""

    code = "invalid_request"
    title = "Invalid request"
    status = 422
    default_detail = "Correct the named field and send it again."


class Unauthenticated(PorticoError):
    """Nobody is signed in, or what was presented is not valid any more (401)."""

    code = "unauthenticated"
    title = "Sign in first"
    status = 401
    default_detail = "Sign in and try again."


class Forbidden(PorticoError):
    """The caller may see the object but not do this to it (403)."""

    code = "forbidden"
    title = "Not allowed"
    status = 403
    default_detail = "Ask an administrator for the right to do this."


class NotFound(PorticoError):
    """No such object is visible to the caller (404)."""

    code = "not_found"
    title = "Not found"
    status = 404
    default_detail = "It does not exist, or you may not see it."


class Conflict(PorticoError):
    """The object is in a state that does not allow this, or was changed meanwhile (409)."""

    code = "conflict"
    title = "Conflict"
    status = 409
    default_detail = "Load it again and repeat your change."


class TooLarge(PorticoError):
    """The body is over its limit (413)."""

    code = "body_too_large"
    title = "Too large"
    status = 413
    default_detail = "Send less at once."


class LimitReached(PorticoError):
    """A rate, a quota or a capacity is used up (429)."""

    code = "limit_reached"
    title = "Limit reached"
    status = 429
    default_detail = "Wait a moment and try again."


class Unavailable(PorticoError):
    """Something that is needed does not answer now (503)."""

    code = "unavailable"
    title = "Not available now"
    status = 503
    default_detail = "Try again in a few seconds."


class StorageFull(PorticoError):
    """The disk or the database has no room; nothing was accepted (507)."""

    code = "storage_full"
    title = "Storage is full"
    status = 507
    default_detail = "Ask your administrator to make room; nothing was lost."
