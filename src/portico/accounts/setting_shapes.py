"""What settings say and accept as JSON, a person's and the instance's, and the boot data that comes of them."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints

from portico.accounts.brand import Brand
from portico.accounts.models import Accent, ChatWidth, Density, Locale, ModelRef, Motion, SendKey, TextSize, Theme
from portico.accounts.preferences import InstanceChange, InstanceSettings, OwnChange, OwnSettings
from portico.accounts.service import Boot
from portico.accounts.shapes import LocaleTag, ModelRefBody, ModelRefShape, Name, UserShape, ref_of, ref_shape
from portico.infra.http import Body

Color = Annotated[str, StringConstraints(pattern=r"^#[0-9a-f]{6}$")]


class BrandShape(BaseModel):
    """The brand colour, and what the accent takes of it: the hue in degrees, and a factor of the usual chroma from 0 to 1."""

    color: str
    hue: float
    chroma: float

    @classmethod
    def of(cls, brand: Brand) -> "BrandShape":
        return cls(color=brand.color, hue=brand.hue, chroma=brand.chroma)


class InstanceShape(BaseModel):
    """What everybody may know of the instance; `share_max_days` null is no limit."""

    name: str
    brand: BrandShape | None
    sharing: bool
    share_max_days: int | None


class AppearanceShape(BaseModel):
    """How the page looks. The server writes it into `<html data-...>`, so that it is right before the first paint."""

    theme: Theme
    accent: Accent
    density: Density
    text_size: TextSize
    chat_width: ChatWidth
    motion: Motion

    @classmethod
    def of(cls, own: OwnSettings) -> "AppearanceShape":
        return cls(
            theme=own.theme,
            accent=own.accent,
            density=own.density,
            text_size=own.text_size,
            chat_width=own.chat_width,
            motion=own.motion,
        )


class SettingsShape(AppearanceShape):
    """The caller's settings."""

    locale: Locale | None
    send_key: SendKey
    default_model: ModelRefShape | None
    pinned_models: list[ModelRefShape]

    @classmethod
    def of(cls, own: OwnSettings) -> "SettingsShape":
        look = AppearanceShape.of(own)
        return cls(
            **dict(look),
            locale=own.locale,
            send_key=own.send_key,
            default_model=ref_shape(own.default_model),
            pinned_models=[ModelRefShape(provider=each.provider, model=each.model) for each in own.pinned_models],
        )


class SettingsPatch(Body):
    """The settings to change; null follows the browser (`locale`) or the instance (`default_model`)."""

    theme: Theme | None = None
    accent: Accent | None = None
    density: Density | None = None
    text_size: TextSize | None = None
    chat_width: ChatWidth | None = None
    motion: Motion | None = None
    locale: LocaleTag | None = None
    send_key: SendKey | None = None
    default_model: ModelRefBody | None = None
    pinned_models: Annotated[list[ModelRefBody], Field(max_length=50)] | None = None

    def change(self) -> OwnChange:
        change = self._look()
        if "locale" in self.model_fields_set:
            change["locale"] = self.locale
        if self.send_key is not None:
            change["send_key"] = self.send_key
        if "default_model" in self.model_fields_set:
            change["default_model"] = ref_of(self.default_model)
        if self.pinned_models is not None:
            change["pinned_models"] = tuple(ModelRef(each.provider, each.model) for each in self.pinned_models)
        return change

    def _look(self) -> OwnChange:
        look: OwnChange = {}
        if self.theme is not None:
            look["theme"] = self.theme
        if self.accent is not None:
            look["accent"] = self.accent
        if self.density is not None:
            look["density"] = self.density
        if self.text_size is not None:
            look["text_size"] = self.text_size
        if self.chat_width is not None:
            look["chat_width"] = self.chat_width
        if self.motion is not None:
            look["motion"] = self.motion
        return look


class InstanceSettingsShape(BaseModel):
    """The instance's settings; `share_max_days` null lets share links live for ever."""

    name: str
    default_model: ModelRefShape | None
    brand: BrandShape | None
    sharing: bool
    share_max_days: int | None

    @classmethod
    def of(cls, instance: InstanceSettings) -> "InstanceSettingsShape":
        brand = BrandShape.of(instance.brand) if instance.brand else None
        return cls(
            name=instance.name,
            default_model=ref_shape(instance.default_model),
            brand=brand,
            sharing=instance.sharing,
            share_max_days=instance.share_max_days,
        )


class InstancePatch(Body):
    """The instance's settings to change; null takes the default model, the brand colour, or the limit of share links back."""

    name: Name | None = None
    default_model: ModelRefBody | None = None
    brand_color: Color | None = None
    sharing: bool | None = None
    share_max_days: Literal[1, 7, 30] | None = None

    def change(self) -> InstanceChange:
        change: InstanceChange = {}
        if self.name is not None:
            change["name"] = self.name
        if "default_model" in self.model_fields_set:
            change["default_model"] = ref_of(self.default_model)
        if "brand_color" in self.model_fields_set:
            change["brand_color"] = self.brand_color
        if self.sharing is not None:
            change["sharing"] = self.sharing
        if "share_max_days" in self.model_fields_set:
            change["share_max_days"] = self.share_max_days
        return change


class SetupState(BaseModel):
    """Whether the first run is still to be done, and whether it needs the printed token."""

    required: bool
    token_required: bool


class AccountsBoot(BaseModel):
    """The accounts' part of the boot data; the application adds the rest."""

    setup: SetupState
    access_code: bool
    user: UserShape | None
    locale: Locale
    appearance: AppearanceShape
    instance: InstanceShape
    default_model: ModelRefShape | None

    @classmethod
    def of(cls, boot: Boot) -> "AccountsBoot":
        return cls(
            setup=SetupState(required=boot.setup_required, token_required=boot.token_required),
            access_code=boot.access_code,
            user=UserShape.of(boot.user) if boot.user else None,
            locale=boot.locale,
            appearance=AppearanceShape.of(boot.look),
            instance=InstanceShape.model_validate(boot.instance, from_attributes=True),
            default_model=ref_shape(boot.default_model),
        )
