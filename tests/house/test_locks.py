"""The locks: exact versions, a hash for each, and no address of a registry, so that any mirror serves them."""

import json
import re
import tomllib
from pathlib import Path

import pytest

import hatch_build
from tests.house import tree

REQUIREMENTS = tree.ROOT / "requirements"
NPM_LOCKS = sorted(path for path in tree.WEB.glob("**/package-lock.json") if "node_modules" not in path.parts)
LOCKS = [*sorted(REQUIREMENTS.glob("*.txt")), *NPM_LOCKS]


def _names(path: Path) -> set[str]:
    lines = path.read_text(encoding="utf-8").splitlines()
    found = (re.match(r"[A-Za-z0-9][A-Za-z0-9._-]*", line) for line in lines)
    return {match[0].lower().replace("_", "-") for match in found if match}


def _direct() -> set[str]:
    project = tomllib.loads((tree.ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return {re.split(r"[\[<>=~! ]", requirement)[0] for requirement in project["dependencies"]}


def _addresses(lock: Path) -> list[str]:
    text = lock.read_text(encoding="utf-8")
    if lock.suffix == ".json":
        entries = json.loads(text)["packages"].values()
        text = json.dumps([{key: value for key, value in entry.items() if key != "funding"} for entry in entries])
    return re.findall(r"https?://[^\s\"]+|--index-url.*|--find-links.*", text)


@pytest.mark.parametrize("lock", LOCKS, ids=tree.name)
def test_a_lock_names_no_address(lock: Path) -> None:
    assert not _addresses(lock)


@pytest.mark.parametrize("lock", sorted(REQUIREMENTS.glob("*.txt")), ids=tree.name)
def test_every_python_package_is_locked_with_hashes(lock: Path) -> None:
    entries = re.findall(
        r"^([A-Za-z0-9][^\n]*?)\\\n((?:    --hash=sha256:[0-9a-f]{64}[^\n]*\n)+)", lock.read_text(encoding="utf-8"), re.MULTILINE
    )
    assert {re.split(r"[=\[ ]", entry)[0].lower().replace("_", "-") for entry, _ in entries} == _names(lock)
    assert all("==" in entry for entry, _ in entries)


def test_the_lock_for_running_is_part_of_the_lock_for_developing() -> None:
    def versions(name: str) -> set[str]:
        return set(re.findall(r"^[a-z0-9][a-z0-9._-]*==[^ ]+", (REQUIREMENTS / name).read_text(encoding="utf-8"), re.MULTILINE))

    assert versions("run.txt") <= versions("base.txt") <= versions("dev.txt")


def test_the_project_asks_for_what_the_lock_holds() -> None:
    assert _direct() == _names(REQUIREMENTS / "run.in")
    assert _direct() <= _names(REQUIREMENTS / "run.txt")
    assert _names(REQUIREMENTS / "base.in") <= _names(REQUIREMENTS / "base.txt")
    assert _names(REQUIREMENTS / "dev.in") <= _names(REQUIREMENTS / "dev.txt")


def test_one_version_of_node_builds_the_page() -> None:
    assert hatch_build.NODE_REQUIREMENT in (REQUIREMENTS / "base.in").read_text(encoding="utf-8")
    assert hatch_build.NODE_REQUIREMENT in (REQUIREMENTS / "base.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("lock", NPM_LOCKS, ids=tree.name)
def test_every_npm_package_is_locked_with_its_integrity(lock: Path) -> None:
    packages = json.loads(lock.read_text(encoding="utf-8"))["packages"]
    assert not [
        name
        for name, entry in packages.items()
        if name and not entry.get("link") and not entry.get("inBundle") and "integrity" not in entry
    ]
    assert not [name for name, entry in packages.items() if "resolved" in entry]


@pytest.mark.parametrize("lock", NPM_LOCKS, ids=tree.name)
def test_every_optional_npm_package_has_its_own_entry(lock: Path) -> None:
    """npm leaves a platform's package out of a lock when its mirror lacks it, and then calls that lock out of step."""
    packages = json.loads(lock.read_text(encoding="utf-8"))["packages"]
    locked = {name.rpartition("node_modules/")[2] for name in packages}
    optional = {name for entry in packages.values() for name in entry.get("optionalDependencies", {})}
    assert not optional - locked
