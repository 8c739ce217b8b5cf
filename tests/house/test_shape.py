"""The shape of the code: where a test stands, how long a file and a function may be, what may not be used at all."""

import ast
import re
from pathlib import Path

import pytest

from tests.house import tree

FILE_LINES = 400
FUNCTION_LINES = 60
WITHOUT_TEST = {"__init__", "__main__", "wiring", "models"}

# Where an error of any kind may be caught: each place logs it with its ids and records it. Elsewhere a broad handler must raise again.
BROAD = {
    "src/portico/worker.py",  # the job loop
    "src/portico/infra/jobs.py",
    "src/portico/runs/tick.py",
    "src/portico/runs/runner.py",  # the task of one answer
    "src/portico/infra/middleware.py",  # the connection handler
    "src/portico/cli/doctor.py",
}


def _needs_test(path: Path) -> bool:
    return path.stem not in WITHOUT_TEST and "migrations" not in path.relative_to(tree.SOURCE).parts


def test_every_module_has_its_test_file() -> None:
    missing = []
    for module in filter(_needs_test, tree.modules()):
        expected = tree.ROOT / "tests" / module.relative_to(tree.SOURCE).with_name(f"test_{module.name}")
        if not expected.is_file():
            missing.append(tree.name(expected))
    assert not missing, "write these:\n" + "\n".join(missing)


def test_no_test_file_stands_without_its_module() -> None:
    domains = {path.name for path in tree.SOURCE.iterdir() if path.is_dir()}
    stray = []
    for test in (path for domain in domains for path in tree.files(tree.ROOT / "tests" / domain, ".py") if path.name.startswith("test_")):
        module = tree.SOURCE / test.relative_to(tree.ROOT / "tests").with_name(test.name.removeprefix("test_"))
        if not module.is_file():
            stray.append(tree.name(test))
    assert not stray, "these mirror no module:\n" + "\n".join(stray)


def test_no_file_is_longer_than_four_hundred_lines() -> None:
    ours = [
        path for folder in ("src", "tests", "ops", "web") for path in tree.files(tree.ROOT / folder, ".py", ".ts", ".tsx", ".css", ".sh")
    ]
    lengths = {tree.name(path): len(path.read_text(encoding="utf-8").splitlines()) for path in ours}
    assert not {name: lines for name, lines in lengths.items() if lines > FILE_LINES}


def test_no_function_is_longer_than_sixty_lines() -> None:
    long = {}
    for path in [
        *tree.modules(),
        *tree.files(tree.ROOT / "ops", ".py"),
        *tree.files(tree.ROOT / "tests", ".py"),
        tree.ROOT / "hatch_build.py",
    ]:
        for function in tree.functions(path):
            lines = (function.end_lineno or function.lineno) - function.lineno + 1
            if lines > FUNCTION_LINES:
                long[f"{tree.name(path)}:{function.lineno} {function.name}"] = lines
    assert not long


def _raises_again(handler: ast.ExceptHandler) -> bool:
    return isinstance(handler.body[-1], ast.Raise)


def _catches_everything(handler: ast.ExceptHandler) -> bool:
    caught = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(kind is None or (isinstance(kind, ast.Name) and kind.id in {"Exception", "BaseException"}) for kind in caught)


def test_errors_of_every_kind_are_caught_in_the_five_places_only() -> None:
    found = set()
    for path in tree.modules():
        for node in ast.walk(tree.syntax(path)):
            if isinstance(node, ast.ExceptHandler) and _catches_everything(node) and not _raises_again(node):
                found.add(tree.name(path))
    assert not found - BROAD


@pytest.mark.parametrize(
    ("forbidden", "reason"),
    [
        ("import BaseHTTPMiddleware", "one of it doubles the cost of a relayed token: write pure ASGI"),
        ("asyncio.create_task(", "a task belongs to a TaskGroup or a named owner, which catches its failure"),
        ("import openai", "every client is made by infra/egress.py; vendors' own would eat the memory budget"),
        ("import anthropic", "every client is made by infra/egress.py"),
        ("import google", "every client is made by infra/egress.py"),
        ("import httpx", "every client is made by infra/egress.py on aiohttp"),
    ],
)
def test_the_product_does_not_use(forbidden: str, reason: str) -> None:
    found = []
    for path in tree.modules():
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if forbidden in line and not _names_its_task(line):
                found.append(f"{tree.name(path)}:{number}")
    assert not found, reason


def _names_its_task(line: str) -> bool:
    """A task that is kept in a field and named has an owner."""
    return "create_task(" in line and re.search(r"\w+(\[.*\])? = .*create_task\(.*name=", line) is not None


@pytest.mark.parametrize("package", ["sonner", "i18next", "zod", "react-markdown", "shiki", "axios"])
def test_the_page_does_not_use(package: str) -> None:
    assert f'"{package}"' not in (tree.WEB / "package.json").read_text(encoding="utf-8")


def test_only_the_api_folder_of_the_page_calls_fetch() -> None:
    callers = {
        tree.name(path)
        for path in tree.files(tree.WEB / "src", ".ts", ".tsx")
        if re.search(r"(?<![.\w])fetch\(", path.read_text(encoding="utf-8"))
    }
    assert not {caller for caller in callers if not caller.startswith("web/src/api/") and ".test." not in caller}


def test_the_parts_of_the_page_do_not_import_each_other() -> None:
    parts = ("conversation", "knowledge", "admin")
    crossing: list[str] = []
    for part in parts:
        others = re.compile(rf'from "(\.\./)+({"|".join(other for other in parts if other != part)})/')
        sources = tree.files(tree.WEB / "src" / part, ".ts", ".tsx")
        crossing += [tree.name(path) for path in sources if others.search(path.read_text(encoding="utf-8"))]
    assert not crossing


def test_the_repository_stands_alone() -> None:
    """Only tests, which skip without it, and the Makefile may know the folder of recordings beside a checkout."""
    sibling = "../" + "shared"
    texts = [
        path
        for folder in ("src", "docs", "ops", "web")
        for path in tree.files(tree.ROOT / folder, ".py", ".md", ".ts", ".tsx", ".sh", ".json", ".toml")
    ]
    texts += [tree.ROOT / "README.md", tree.ROOT / "CHANGELOG.md", tree.ROOT / "pyproject.toml", tree.ROOT / "hatch_build.py"]
    assert not [tree.name(path) for path in texts if sibling in path.read_text(encoding="utf-8")]
