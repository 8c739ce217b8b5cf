"""The README tells every direct dependency, and its links lead somewhere."""

import json
import re
import tomllib
from pathlib import Path

import pytest

from tests.house import tree

README = (tree.ROOT / "README.md").read_text(encoding="utf-8")


def _explained() -> set[str]:
    """Every name in the first column of the tables of dependencies."""
    tables = README.partition("## Dependencies")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| ([^|]+) \| [^|]*\w[^|]* \|$", tables, re.MULTILINE)
    return {name.strip() for row in rows for name in row.split(",")}


def _python() -> set[str]:
    lines = [
        line
        for name in ("run.in", "base.in", "dev.in")
        for line in (tree.ROOT / "requirements" / name).read_text(encoding="utf-8").splitlines()
    ]
    found = (re.match(r"[a-z0-9][a-z0-9-]*", line) for line in lines)
    return {match[0] for match in found if match}


def _npm() -> set[str]:
    manifest = json.loads((tree.WEB / "package.json").read_text(encoding="utf-8"))
    return set(manifest["dependencies"]) | set(manifest["devDependencies"])


def test_every_direct_dependency_has_its_reason() -> None:
    assert not (_python() | _npm()) - _explained()


def test_no_reason_is_left_of_a_dependency_that_is_gone() -> None:
    headings = {name for name in _explained() if name.startswith(("Python", "Web", "to ", "at ", "in ", "---"))}
    assert not _explained() - headings - _python() - _npm()


def test_every_runtime_dependency_of_the_project_is_in_the_readme() -> None:
    project = tomllib.loads((tree.ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert {re.split(r"[\[<>=~! ]", requirement)[0] for requirement in project["dependencies"]} <= _explained()


def _pages() -> list[Path]:
    return [tree.ROOT / "README.md", tree.ROOT / "CHANGELOG.md", *tree.files(tree.DOCS, ".md")]


@pytest.mark.parametrize("page", _pages(), ids=tree.name)
def test_every_link_of_a_page_leads_to_a_file(page: Path) -> None:
    targets = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    missing = [target for target in targets if "://" not in target and not (page.parent / target).exists()]
    assert not missing
