"""What accounts say and accept as JSON."""

from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints

from portico.access.principal import Role, Scope
from portico.accounts.models import ApiKey, Locale, ModelRef, Session, Status, Theme, User
from portico.accounts.users import UserChange
from portico.errors import Invalid
from portico.infra.http import Body, iso, iso_or_none

Email = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=254, pattern=r"^[^@\s]+@[^@\s]+$")]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
Password = Annotated[str, StringConstraints(min_length=1, max_length=1024)]
LocaleTag = Annotated[str, StringConstraints(max_length=35, pattern=r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$")]
Secret = Annotated[str, StringConstraints(min_length=1, max_length=200)]
_END_OF_9999_MS = 253_402_300_799_999
TimeText = Annotated[str, StringConstraints(min_length=10, max_length=40)]


class BadTime(Invalid):
    """A time is not ISO-8601."""

    code = "bad_time"
    default_detail = "Write times like 2027-01-31T12:00:00Z."


def epoch_ms(text: str) -> int:
    """Read an ISO-8601 time, UTC if it names no zone, as epoch milliseconds. Raises BadTime."""
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadTime from error
    ms = int((parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).timestamp() * 1000)
    if not 0 <= ms <= _END_OF_9999_MS:  # what can be written as ISO-8601 again
        raise BadTime
    return ms


class ModelRefBody(Body):
    """A model by its provider."""

    provider: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    model: Annotated[str, StringConstraints(min_length=1, max_length=200)]


class ModelRefShape(BaseModel):
    """A model by its provider."""

    provider: str
    model: str


class UserShape(BaseModel):
    """An account; `email` is null for guests."""

    id: str
    email: str | None
    name: str
    role: Role
    status: Status
    locale: Locale | None
    theme: Theme
    created: str
    last_seen: str | None
    rev: int

    @classmethod
    def of(cls, user: User) -> "UserShape":
        return cls(
            id=user.id,
            email=user.email,
            name=user.name,
            role=user.role,
            status=user.status,
            locale=user.locale,
            theme=user.theme,
            created=iso(user.created),
            last_seen=iso_or_none(user.last_seen),
            rev=user.rev,
        )


class SignedIn(BaseModel):
    """The account that the browser is signed in to now."""

    user: UserShape


class PasswordSignIn(Body):
    """Sign in to an account."""

    email: Annotated[str, StringConstraints(min_length=1, max_length=254)]
    password: Password


class CodeSignIn(Body):
    """Come in as a guest."""

    access_code: Secret


class SetupBody(Body):
    """Make the administrator. `token` is what the server printed, where it is asked for."""

    email: Email
    name: Name
    password: Password
    locale: LocaleTag | None = None
    token: Secret | None = None


class NewUser(Body):
    """An account that an administrator makes."""

    email: Email
    name: Name
    password: Password
    role: Literal["admin", "member"]


class UserPatch(Body):
    """What to change of a user; what is absent stays."""

    email: Email | None = None
    name: Name | None = None
    role: Literal["admin", "member"] | None = None
    status: Status | None = None
    password: Password | None = None
    locale: LocaleTag | None = None
    theme: Theme | None = None

    def change(self) -> UserChange:
        """Return the fields that were sent; null stands for itself in `locale` and for *absent* elsewhere."""
        change: UserChange = {}
        if self.email is not None:
            change["email"] = self.email
        if self.name is not None:
            change["name"] = self.name
        if self.role is not None:
            change["role"] = self.role
        if self.status is not None:
            change["status"] = self.status
        if self.password is not None:
            change["password"] = self.password
        if "locale" in self.model_fields_set:
            change["locale"] = self.locale
        if self.theme is not None:
            change["theme"] = self.theme
        return change


class PasswordChange(Body):
    """The present password and the new one."""

    current: Password
    new: Password


class NewKey(Body):
    """An API key to make. `expires` is ISO-8601, null for never."""

    name: Name
    scopes: Annotated[list[Scope], Field(min_length=1, max_length=10)]
    expires: TimeText | None = None


class KeyShape(BaseModel):
    """An API key without its secret."""

    id: str
    name: str
    prefix: str
    scopes: list[Scope]
    created: str
    last_used: str | None
    expires: str | None

    @classmethod
    def of(cls, key: ApiKey) -> "KeyShape":
        return cls(
            id=key.id,
            name=key.name,
            prefix=key.prefix,
            scopes=sorted(key.scopes),
            created=iso(key.created),
            last_used=iso_or_none(key.last_used),
            expires=iso_or_none(key.expires),
        )


class MadeKey(BaseModel):
    """A new key. `secret` is shown this once."""

    key: KeyShape
    secret: str


class SessionShape(BaseModel):
    """A browser that is signed in; `current` is the one that asks."""

    id: str
    kind: Literal["session", "guest"]
    created: str
    last_used: str
    expires: str
    user_agent: str
    address: str
    current: bool

    @classmethod
    def of(cls, session: Session, *, current: bool) -> "SessionShape":
        return cls(
            id=session.id,
            kind=session.kind,
            created=iso(session.created),
            last_used=iso(session.last_used),
            expires=iso(session.expires),
            user_agent=session.user_agent,
            address=session.address,
            current=current,
        )


def ref_of(body: ModelRefBody | None) -> ModelRef | None:
    return ModelRef(body.provider, body.model) if body else None


def ref_shape(ref: ModelRef | None) -> ModelRefShape | None:
    return ModelRefShape(provider=ref.provider, model=ref.model) if ref else None
