import pytest

from portico.accounts.models import ModelRef, User
from portico.accounts.preferences import InstanceSettings
from portico.accounts.service import Boot
from portico.accounts.shapes import AccountsBoot, BadTime, InstancePatch, SettingsPatch, UserPatch, epoch_ms
from portico.ids import UserId


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2001-09-09T01:46:40Z", 10**12),
        ("2001-09-09T03:46:40+02:00", 10**12),
        ("2001-09-09T01:46:40", 10**12),
        ("2001-09-09", 999993600000),
    ],
)
def test_times_are_read_in_any_zone(text: str, expected: int) -> None:
    assert epoch_ms(text) == expected


@pytest.mark.parametrize("text", ["", "tomorrow", "2001-13-01", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59"])
def test_what_is_no_time_is_named_as_such(text: str) -> None:
    with pytest.raises(BadTime):
        epoch_ms(text)


def test_in_a_patch_absent_is_not_null() -> None:
    assert UserPatch(name="x").change() == {"name": "x"}
    assert UserPatch(locale=None, name=None).change() == {"locale": None}
    assert SettingsPatch().change() == {}
    assert SettingsPatch(default_model=None).change() == {"default_model": None}
    assert InstancePatch.model_validate({"default_model": {"provider": "p", "model": "m"}}).change() == {
        "default_model": ModelRef("p", "m")
    }


def test_the_boot_data_are_what_the_page_reads() -> None:
    user = User(UserId("u"), None, "Guest 1", "guest", "active", None, "system", 10**12, None, 3)
    boot = Boot(False, False, True, user, "en", "system", InstanceSettings(name="House"), ModelRef("p", "m"))
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
        "theme": "system",
        "instance": {"name": "House", "sharing": True, "share_max_days": None},
        "default_model": {"provider": "p", "model": "m"},
    }
