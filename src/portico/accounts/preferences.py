"""Settings of a user and of the instance: small values under known names."""

from collections.abc import Sequence
from typing import TypedDict

import msgspec

from portico.access import policy
from portico.access.models import INSTANCE, Action, Resource
from portico.access.principal import Principal
from portico.accounts.brand import Brand, brand_of
from portico.accounts.changes import record_change
from portico.accounts.languages import ANY, Languages
from portico.accounts.models import Accent, ChatWidth, Density, Locale, ModelRef, Motion, SendKey, TextSize, Theme, UserNotFound
from portico.audit import service as audit
from portico.ids import UserId
from portico.infra.db import Database, Row

_OWN = """
SELECT u.theme, u.locale, s.key, s.value FROM users u LEFT JOIN user_settings s ON s.user_id = u.id WHERE u.id = :user_id
"""
_SET_OWN = """
INSERT INTO user_settings (user_id, key, value) VALUES (:user_id, :key, :value)
ON CONFLICT (user_id, key) DO UPDATE SET value = excluded.value
"""
_SET_USER = """
UPDATE users SET theme = coalesce(CAST(:theme AS text), theme), rev = rev + 1,
  locale = CASE WHEN CAST(:set_locale AS boolean) THEN CAST(:locale AS text) ELSE locale END
WHERE id = :user_id
"""
_INSTANCE = "SELECT key, value FROM instance_settings WHERE key IN ('name', 'default_model', 'sharing', 'share_max_days', 'brand_color')"
_SET_INSTANCE = """
INSERT INTO instance_settings (key, value, updated) VALUES (:key, :value, {now})
ON CONFLICT (key) DO UPDATE SET value = excluded.value, updated = excluded.updated, rev = instance_settings.rev + 1
"""


class OwnSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What a user chose; `locale` None follows the browser, `default_model` None the instance. Pinned models stand first in the list."""

    theme: Theme = "system"
    accent: Accent = "default"
    density: Density = "comfortable"
    text_size: TextSize = "default"
    chat_width: ChatWidth = "default"
    motion: Motion = "system"
    locale: Locale | None = None
    send_key: SendKey = "enter"
    default_model: ModelRef | None = None
    pinned_models: tuple[ModelRef, ...] = ()


class InstanceSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What administrators chose for everybody; `default_model` None is the first model there is.

    `sharing` False stops every share link; `share_max_days` is how long after it was made or renewed a link may live, None for ever;
    `brand_color` is `#rrggbb`.
    """

    name: str = "Portico"
    default_model: ModelRef | None = None
    sharing: bool = True
    share_max_days: int | None = None
    brand_color: str | None = None

    @property
    def brand(self) -> Brand | None:
        """What the page's accent takes of the brand colour."""
        return brand_of(self.brand_color) if self.brand_color else None


class OwnChange(TypedDict, total=False):
    """The settings to change; what is absent stays."""

    theme: Theme
    accent: Accent
    density: Density
    text_size: TextSize
    chat_width: ChatWidth
    motion: Motion
    locale: Locale | None
    send_key: SendKey
    default_model: ModelRef | None
    pinned_models: tuple[ModelRef, ...]


class InstanceChange(TypedDict, total=False):
    """The instance's settings to change; what is absent stays."""

    name: str
    default_model: ModelRef | None
    sharing: bool
    share_max_days: int | None
    brand_color: str | None


_ON_USER = frozenset({"theme", "locale"})  # columns of the user's row; every other setting is a row of its own


class Preferences:
    """The verbs on settings that people make in the page."""

    def __init__(self, db: Database, defaults: InstanceSettings, languages: Languages = ANY) -> None:
        self._db = db
        self._defaults = defaults
        self._languages = languages

    async def own(self, user_id: UserId) -> OwnSettings:
        """Return a user's settings."""
        rows = await self._db.fetch(_OWN, user_id=user_id)
        if not rows:
            raise UserNotFound
        columns = {"theme": rows[0]["theme"], "locale": rows[0]["locale"]}
        return msgspec.convert({**_decoded(rows), **columns}, OwnSettings)

    async def change_own(self, who: Principal, change: OwnChange) -> OwnSettings:
        """Change some of the caller's settings and return them all. Raises UnknownLocale."""
        self._languages.require(change.get("locale"))
        policy.require(who, Action("settings", "change"), Resource(who.user_id, owner=who.user_id))
        async with self._db.transaction() as tx:
            if change.keys() & _ON_USER:
                await tx.execute(
                    _SET_USER,
                    user_id=who.user_id,
                    theme=change.get("theme"),
                    locale=change.get("locale"),
                    set_locale="locale" in change,
                )
            for key, value in change.items():
                if key not in _ON_USER:
                    await tx.execute(_SET_OWN, user_id=who.user_id, key=key, value=_encoded(value))
            await record_change(tx, who.user_id, "settings", who.user_id)
        return await self.own(who.user_id)

    async def instance(self) -> InstanceSettings:
        """Return the instance's settings."""
        values: dict[str, object] = {"name": self._defaults.name, "default_model": self._defaults.default_model}
        return msgspec.convert({**values, **_decoded(await self._db.fetch(_INSTANCE))}, InstanceSettings)

    async def change_instance(self, who: Principal, change: InstanceChange) -> InstanceSettings:
        """Change some of the instance's settings and return them all."""
        policy.require(who, Action("instance", "manage"), INSTANCE)
        async with self._db.transaction() as tx:
            for key, value in change.items():
                await tx.execute(_SET_INSTANCE, key=key, value=_encoded(value))
            await audit.record(tx, who, "instance.changed", audit.Object("instance", ""), {"fields": sorted(change)})
        return await self.instance()


def _encoded(value: object) -> str:
    return msgspec.json.encode(value).decode()


def _decoded(rows: Sequence[Row]) -> dict[str, object]:
    return {row["key"]: msgspec.json.decode(row["value"]) for row in rows if row["key"] is not None}
