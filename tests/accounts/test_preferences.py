import pytest

from portico.accounts.languages import Languages, UnknownLocale
from portico.accounts.models import ModelRef, UserNotFound
from portico.accounts.preferences import InstanceSettings, OwnSettings, Preferences
from portico.errors import Forbidden
from portico.ids import UserId, new_id
from portico.infra.db import Database
from tests.accounts.conftest import MakeUser

DEFAULTS = InstanceSettings(name="Portico", default_model=ModelRef("demo", "tour"))


@pytest.fixture
def preferences(db: Database) -> Preferences:
    return Preferences(db, DEFAULTS)


async def test_settings_that_nobody_changed_have_their_defaults(preferences: Preferences, make_user: MakeUser) -> None:
    user, _, _ = await make_user()
    assert await preferences.own(user.id) == OwnSettings()
    assert await preferences.instance() == DEFAULTS


async def test_a_change_leaves_the_other_settings_alone(preferences: Preferences, make_user: MakeUser) -> None:
    user, who, _ = await make_user()
    await preferences.change_own(who, {"theme": "dark", "send_key": "mod_enter"})
    await preferences.change_own(who, {"locale": "zh-CN", "default_model": ModelRef("p", "m")})
    changed = await preferences.change_own(who, {"locale": None})
    assert changed == OwnSettings(theme="dark", send_key="mod_enter", locale=None, default_model=ModelRef("p", "m"))
    assert (await preferences.change_own(who, {"default_model": None})).default_model is None
    assert await preferences.own(user.id) != OwnSettings()


async def test_every_part_of_the_look_is_kept(preferences: Preferences, make_user: MakeUser) -> None:
    user, who, _ = await make_user()
    await preferences.change_own(who, {"accent": "violet", "density": "compact", "text_size": "x-large"})
    await preferences.change_own(who, {"chat_width": "wide", "motion": "reduced"})
    own = await preferences.own(user.id)
    assert (own.accent, own.density, own.text_size, own.chat_width, own.motion) == ("violet", "compact", "x-large", "wide", "reduced")


async def test_a_language_that_the_page_lacks_is_refused(db: Database, make_user: MakeUser) -> None:
    _, who, _ = await make_user()
    with pytest.raises(UnknownLocale):
        await Preferences(db, DEFAULTS, Languages(("en",))).change_own(who, {"locale": "fr"})


async def test_the_brand_colour_is_kept_and_taken_back(preferences: Preferences, make_user: MakeUser) -> None:
    _, admin, _ = await make_user("root", "admin")
    changed = await preferences.change_instance(admin, {"brand_color": "#ff0000"})
    assert changed.brand is not None
    assert round(changed.brand.hue) == 29
    assert (await preferences.change_instance(admin, {"brand_color": None})).brand is None


async def test_settings_of_one_user_are_not_those_of_another(preferences: Preferences, make_user: MakeUser) -> None:
    _, ada, _ = await make_user("ada")
    bob, _, _ = await make_user("bob")
    await preferences.change_own(ada, {"send_key": "mod_enter"})
    assert (await preferences.own(bob.id)).send_key == "enter"


async def test_a_user_that_is_gone_has_no_settings(preferences: Preferences) -> None:
    with pytest.raises(UserNotFound):
        await preferences.own(UserId(new_id()))


async def test_only_administrators_change_the_instance(preferences: Preferences, make_user: MakeUser) -> None:
    _, member, _ = await make_user()
    _, admin, _ = await make_user("root", "admin")
    with pytest.raises(Forbidden):
        await preferences.change_instance(member, {"name": "Mine"})
    changed = await preferences.change_instance(admin, {"name": "Our house", "default_model": None})
    assert changed == InstanceSettings(name="Our house", default_model=None)
    assert await preferences.instance() == changed


async def test_other_pages_of_the_user_are_told(db: Database, preferences: Preferences, make_user: MakeUser) -> None:
    user, who, _ = await make_user()
    await preferences.change_own(who, {"theme": "dark"})
    rows = await db.fetch("SELECT rev, kind, id FROM changes WHERE user_id = :id", id=user.id)
    assert [(row["rev"], row["kind"], row["id"]) for row in rows] == [(1, "settings", user.id)]
