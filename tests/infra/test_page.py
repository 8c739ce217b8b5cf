"""What stands in a document before any script runs."""

import json
from pathlib import Path

import pytest

from portico.infra.page import UNBUILT, Language, Look, fill, read_languages, web_manifest

TEMPLATE = (
    b'<html lang="__LANG__" dir="__DIR__" data-theme="__THEME__"><meta content="__CANVAS_LIGHT__"><meta content="__CANVAS_DARK__">'
    b'<title>__NAME__</title><!--portico:head--><textarea aria-label="__TEXT:composer.label__"></textarea>'
)
ARABIC = Language("\u0627\u0644\u0639\u0631\u0628\u064a\u0629", "rtl", "assets/ar-1.js", {"composer.label": 'a "message"'})


def filled(look: Look, language: Language = UNBUILT) -> str:
    return fill(TEMPLATE, look, language, "/chat").decode()


def test_language_direction_and_look_are_there_before_the_first_paint() -> None:
    look = Look(b"", "ar", "n", data={"theme": "system", "text_size": "large"}, view="home")
    assert filled(look, ARABIC).startswith('<html lang="ar" dir="rtl" data-theme="system" data-text-size="large" data-view="home">')
    assert 'aria-label="a &quot;message&quot;"' in filled(look, ARABIC)


def test_a_chosen_theme_colours_the_frame_of_the_window_too() -> None:
    assert filled(Look(b"", "en", "n")).count("#111315") == 1
    assert filled(Look(b"", "en", "n", data={"theme": "dark"})).count("#111315") == 2


def test_the_brand_is_a_style_that_the_policy_lets_through() -> None:
    assert '<style nonce="n0">:root{--brand-hue:70.5;--brand-chroma:0.5}</style>' in filled(Look(b"", "en", "n0", accent=(70.5, 0.5)))


@pytest.mark.parametrize(
    ("cookie", "folded", "style"),
    [
        ("open.312", False, ":root{--sidebar-width:312px}"),
        ("folded.400", True, ":root{--sidebar-width:400px}"),
        ("folded", True, None),
        ("open.999", False, None),
        ("open.31\u0968", False, None),
        ("open.312px}body{", False, None),
    ],
)
def test_the_outline_has_the_list_as_the_browser_left_it(cookie: str, folded: bool, style: str | None) -> None:
    page = filled(Look(b"", "en", "n").with_sidebar(cookie))
    assert ('data-sidebar="folded"' in page) == folded
    assert style is None or f'<style nonce="n">{style}</style>' in page
    assert ("--sidebar-width" in page) == (style is not None)


def test_a_shared_page_has_the_brand_but_asks_for_no_texts() -> None:
    look = Look(b"", "ar", "n0", accent=(70.5, 0.5))
    shared = fill(b"<!--portico:brand-->", look, ARABIC, "/chat").decode()
    assert shared == '<style nonce="n0">:root{--brand-hue:70.5;--brand-chroma:0.5}</style>'


def test_no_name_of_an_instance_becomes_markup() -> None:
    assert "<title>&lt;b&gt;&amp;</title>" in filled(Look(b"", "en", "n", name="<b>&"))


def test_the_languages_are_those_that_the_build_wrote_down(tmp_path: Path) -> None:
    assert read_languages(tmp_path) == {}
    (tmp_path / "locales.json").write_text('{"en": {"name": "English", "dir": "ltr", "file": "assets/en.js", "texts": {}}}')
    assert read_languages(tmp_path) == {"en": Language("English", "ltr", "assets/en.js", {})}


def test_the_manifest_keeps_the_application_below_its_path() -> None:
    manifest = json.loads(web_manifest("The house of Ada", "/chat", "#3f5cc9"))
    assert (manifest["id"], manifest["scope"], manifest["start_url"]) == ("/chat/", "/chat/", "/chat/")
    assert (manifest["name"], manifest["short_name"]) == ("The house of Ada", "The house of")
    assert all(icon["src"].startswith("/chat/") for icon in manifest["icons"])
    assert "maskable" in [icon["purpose"] for icon in manifest["icons"]]
