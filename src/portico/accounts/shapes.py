"""What accounts say and accept as JSON."""

from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints

from portico.access.principal import Role, Scope
from portico.accounts.models import ApiKey, Locale, ModelRef, SendKey, Session, Status, Theme, User
from portico.accounts.preferences import InstanceChange, InstanceSettings, OwnChange, OwnSettings
from portico.accounts.service import Boot
from portico.accounts.users import UserChange
from portico.errors import Invalid
from portico.infra.http import Body, iso, iso_or_none

Email = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=254, pattern=r"^[^@\s]+@[^@\s]+$")]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
Password = Annotated[str, StringConstraints(min_length=1, max_length=1024)]
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


class SetupState(BaseModel):
    """Whether the first run is still to be done, and whether it needs the printed token."""

    required: bool
    token_required: bool


class InstanceShape(BaseModel):
    """What everybody may know of the instance; `share_max_days` null is no limit."""

    name: str
    sharing: bool
    share_max_days: int | None


class AccountsBoot(BaseModel):
    """The accounts' part of the boot data; the application adds the rest."""

    setup: SetupState
    access_code: bool
    user: UserShape | None
    locale: Locale
    theme: Theme
    instance: InstanceShape
    default_model: ModelRefShape | None

    @classmethod
    def of(cls, boot: Boot) -> "AccountsBoot":
        return cls(
            setup=SetupState(required=boot.setup_required, token_required=boot.token_required),
            access_code=boot.access_code,
            user=UserShape.of(boot.user) if boot.user else None,
            locale=boot.locale,
            theme=boot.theme,
            instance=InstanceShape.model_validate(boot.instance, from_attributes=True),
            default_model=_ref_shape(boot.default_model),
        )


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
    locale: Locale | None = None
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
    locale: Locale | None = None
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


class SettingsShape(BaseModel):
    """The caller's settings."""

    theme: Theme
    locale: Locale | None
    send_key: SendKey
    default_model: ModelRefShape | None
    pinned_models: list[ModelRefShape]

    @classmethod
    def of(cls, own: OwnSettings) -> "SettingsShape":
        return cls(
            theme=own.theme,
            locale=own.locale,
            send_key=own.send_key,
            default_model=_ref_shape(own.default_model),
            pinned_models=[ModelRefShape(provider=each.provider, model=each.model) for each in own.pinned_models],
        )


class SettingsPatch(Body):
    """The settings to change; null follows the browser (`locale`) or the instance (`default_model`)."""

    theme: Theme | None = None
    locale: Locale | None = None
    send_key: SendKey | None = None
    default_model: ModelRefBody | None = None
    pinned_models: Annotated[list[ModelRefBody], Field(max_length=50)] | None = None

    def change(self) -> OwnChange:
        change: OwnChange = {}
        if self.theme is not None:
            change["theme"] = self.theme
        if "locale" in self.model_fields_set:
            change["locale"] = self.locale
        if self.send_key is not None:
            change["send_key"] = self.send_key
        if "default_model" in self.model_fields_set:
            change["default_model"] = _ref(self.default_model)
        if self.pinned_models is not None:
            change["pinned_models"] = tuple(ModelRef(each.provider, each.model) for each in self.pinned_models)
        return change


class InstanceSettingsShape(BaseModel):
    """The instance's settings; `share_max_days` null lets share links live for ever."""

    name: str
    default_model: ModelRefShape | None
    sharing: bool
    share_max_days: int | None

    @classmethod
    def of(cls, instance: InstanceSettings) -> "InstanceSettingsShape":
        return cls(
            name=instance.name,
            default_model=_ref_shape(instance.default_model),
            sharing=instance.sharing,
            share_max_days=instance.share_max_days,
        )


class InstancePatch(Body):
    """The instance's settings to change; null takes the default model, or the limit of share links, back."""

    name: Name | None = None
    default_model: ModelRefBody | None = None
    sharing: bool | None = None
    share_max_days: Literal[1, 7, 30] | None = None

    def change(self) -> InstanceChange:
        change: InstanceChange = {}
        if self.name is not None:
            change["name"] = self.name
        if "default_model" in self.model_fields_set:
            change["default_model"] = _ref(self.default_model)
        if self.sharing is not None:
            change["sharing"] = self.sharing
        if "share_max_days" in self.model_fields_set:
            change["share_max_days"] = self.share_max_days
        return change


def _ref(body: ModelRefBody | None) -> ModelRef | None:
    return ModelRef(body.provider, body.model) if body else None


def _ref_shape(ref: ModelRef | None) -> ModelRefShape | None:
    return ModelRefShape(provider=ref.provider, model=ref.model) if ref else None
