"""What a person can set, meet as an error or receive as an event has a page, and the page is what the code says today."""

import hashlib
import json
import re
from pathlib import Path

import pytest

from portico.cli.openapi import description
from portico.settings.reference import settings_page
from tests.house import tree

NAME = re.compile(r"\bPORTICO_[A-Z][A-Z_]+\b")
# Names of ours that are no settings of the product: what builds it and what tests it.
OUTSIDE = {"PORTICO_SKIP_WEB", "PORTICO_REQUIRE", "PORTICO_SHARED_DATA", "PORTICO_CHAOS", "PORTICO_CHROMIUM", "PORTICO_API", "PORTICO_PORT"}


def test_the_page_of_settings_is_what_the_code_says() -> None:
    assert (tree.REFERENCE / "settings.md").read_text(encoding="utf-8") == settings_page()


@pytest.mark.parametrize("page", [tree.ROOT / "README.md", *tree.files(tree.DOCS, ".md")], ids=tree.name)
def test_a_page_names_only_settings_that_exist(page: Path) -> None:
    known = set(NAME.findall(settings_page())) | OUTSIDE
    named = set(NAME.findall(page.read_text(encoding="utf-8")))
    assert not named - known


def test_the_committed_description_of_the_api_is_what_the_application_serves() -> None:
    committed = json.loads((tree.REFERENCE / "openapi.json").read_text(encoding="utf-8"))
    assert committed == description()


def test_the_pages_types_are_made_from_that_description() -> None:
    first_line = (tree.WEB / "src" / "api" / "schema.d.ts").read_text(encoding="utf-8").partition("\n")[0]
    digest = hashlib.sha256((tree.REFERENCE / "openapi.json").read_bytes()).hexdigest()
    assert first_line.endswith(f"sha256 {digest}"), "run: make openapi"
