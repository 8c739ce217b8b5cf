"""What stands in this repository, for the tests that hold it to its own rules."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "portico"
WEB = ROOT / "web"
DOCS = ROOT / "docs"
REFERENCE = DOCS / "reference"

_GENERATED = {"schema.d.ts"}
_FOREIGN = {"node_modules", "static", "__pycache__", ".venv", ".cache", ".git", "dist", "build"}


def files(folder: Path, *suffixes: str) -> list[Path]:
    """Every file of ours below a folder with one of the suffixes; nothing that is built, generated or installed."""
    found = (path for path in folder.rglob("*") if path.suffix in suffixes and path.name not in _GENERATED)
    return sorted(path for path in found if path.is_file() and not _FOREIGN.intersection(path.relative_to(folder).parts))


def modules() -> list[Path]:
    """Every Python module of the product."""
    return files(SOURCE, ".py")


def name(path: Path) -> str:
    """A path as people write it, from the root of the repository."""
    return path.relative_to(ROOT).as_posix()


@cache
def syntax(path: Path) -> ast.Module:
    """The syntax tree of a Python file."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function and method of a Python file, nested ones included."""
    return (node for node in ast.walk(syntax(path)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
