import pytest

from portico.accounts.languages import Languages, UnknownLocale

PAGE = Languages(("de", "en", "zh-CN"))


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [(["de"], "de"), (["DE-at", "en"], "de"), (["fr", "zh-TW"], "zh-CN"), (["ZH-cn"], "zh-CN"), (["fr"], "en"), ([], "en"), ([""], "en")],
)
def test_the_first_wanted_language_that_the_page_has_is_chosen(wanted: list[str], expected: str) -> None:
    assert PAGE.choose(wanted) == expected


def test_a_language_as_such_comes_before_one_of_its_kinds() -> None:
    assert Languages(("en-GB", "en", "en-XA")).choose(["en-US"]) == "en"
    assert Languages(("en-GB", "en", "en-XA")).choose(["en-GB"]) == "en-GB"


def test_a_page_without_english_still_has_a_language() -> None:
    assert Languages(("de", "fr")).choose(["es"]) == "de"


def test_a_language_that_the_page_lacks_is_refused_and_the_others_are_named() -> None:
    PAGE.require("de")
    PAGE.require(None)
    with pytest.raises(UnknownLocale) as refused:
        PAGE.require("fr")
    assert "de, en, zh-CN" in str(refused.value)


def test_where_no_page_is_built_every_language_is_taken() -> None:
    Languages().require("fr")
    assert Languages().choose(["fr"]) == "en"
