import pytest
from pydantic import ValidationError

from portico.accounts.models import ModelRef, User
from portico.accounts.preferences import InstanceSettings, OwnSettings
from portico.accounts.service import Boot
from portico.accounts.setting_shapes import AccountsBoot, InstancePatch, SettingsPatch, SettingsShape
from portico.ids import UserId


def test_in_a_patch_absent_is_not_null() -> None:
    assert SettingsPatch().change() == {}
    assert SettingsPatch(default_model=None, theme=None).change() == {"default_model": None}
    assert InstancePatch(brand_color=None).change() == {"brand_color": None}
    assert InstancePatch.model_validate({"default_model": {"provider": "p", "model": "m"}}).change() == {
        "default_model": ModelRef("p", "m")
    }


def test_what_a_patch_names_is_what_the_settings_say() -> None:
    look = {"theme": "dark", "accent": "rose", "density": "compact", "text_size": "large", "chat_width": "full", "motion": "reduced"}
    assert SettingsPatch.model_validate(look).change() == look
    said = SettingsShape.of(OwnSettings(**SettingsPatch.model_validate(look).change())).model_dump()
    assert {name: said[name] for name in look} == look


@pytest.mark.parametrize("color", ["red", "#FF0000", "#ff00", "#ff0000;}", "url(x)"])
def test_a_brand_colour_has_one_form(color: str) -> None:
    with pytest.raises(ValidationError):
        InstancePatch(brand_color=color)


def test_the_boot_data_are_what_the_page_reads() -> None:
    user = User(UserId("u"), None, "Guest 1", "guest", "active", None, "system", 10**12, None, 3)
    boot = Boot(
        False,
        False,
        True,
        user,
        "en",
        OwnSettings(theme="dark", accent="teal"),
        InstanceSettings(name="House", brand_color="#ff0000"),
        ModelRef("p", "m"),
    )
    assert AccountsBoot.of(boot).model_dump() == {
        "setup": {"required": False, "token_required": False},
        "access_code": True,
        "user": {
            "id": "u",
            "email": None,
            "name": "Guest 1",
            "role": "guest",
            "status": "active",
            "locale": None,
            "theme": "system",
            "created": "2001-09-09T01:46:40.000Z",
            "last_seen": None,
            "rev": 3,
        },
        "locale": "en",
        "appearance": {
            "theme": "dark",
            "accent": "teal",
            "density": "comfortable",
            "text_size": "default",
            "chat_width": "default",
            "motion": "system",
        },
        "instance": {"name": "House", "brand": {"color": "#ff0000", "hue": 29.2, "chroma": 1.0}, "sharing": True, "share_max_days": None},
        "default_model": {"provider": "p", "model": "m"},
    }
