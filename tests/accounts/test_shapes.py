import pytest

from portico.accounts.shapes import BadTime, UserPatch, epoch_ms


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
