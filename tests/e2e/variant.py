"""A copy of the product that a browser test may change: the page as it is built, and a newer one with more languages."""

import json
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.e2e import node

ACCENTED = str.maketrans("aeiouyAEIOUYncsz", "áéíöúýÁÉÍÖÚÝñçšž")
GAP = re.compile(r"(\{\w+\})")
# Pseudo languages by their tags, which no person speaks: one that shows every text that is not translated, one that runs from the right.
PSEUDO = {"en-XA": "⟦Áççéñts⟧", "ar-XB": "⟦Ríght tö léft⟧"}


@dataclass(frozen=True, slots=True)
class Variant:
    """`source` is what Python imports `portico` from; `static` its built page, `next` the newer one."""

    source: Path
    static: Path
    next: Path


def pseudo(text: str) -> str:
    """A text that can be read and told apart from one that was never translated: accented, longer, in brackets."""
    parts = GAP.split(text)
    told = "".join(part if GAP.fullmatch(part) else part.translate(ACCENTED) for part in parts)
    return f"⟦{told}{'·' * (len(text) // 4)}⟧"


def make(folder: Path) -> Variant:
    """Copy the product into `folder`, and build the page a second time with the pseudo languages' files beside the others."""
    package, web = folder / "src" / "portico", folder / "web"
    shutil.copytree(node.ROOT / "src" / "portico", package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(node.WEB, web, ignore=shutil.ignore_patterns("node_modules", "e2e", "tools"))
    (web / "node_modules").symlink_to(node.WEB / "node_modules", target_is_directory=True)
    english: dict[str, str] = json.loads((web / "src" / "i18n" / "en.json").read_text(encoding="utf-8"))
    for tag, name in PSEUDO.items():
        texts = {key: pseudo(text) for key, text in english.items()} | {"language.name": name}
        (web / "src" / "i18n" / f"{tag}.json").write_text(json.dumps(texts, ensure_ascii=False), encoding="utf-8")
    built = folder / "next"
    command = [str(node.executable()), str(web / "node_modules" / "vite" / "bin" / "vite.js"), "build", "--outDir", str(built)]
    subprocess.run(command, cwd=web, check=True, capture_output=True, env={**os.environ, "NODE_ENV": "production"})
    return Variant(folder / "src", package / "static", built)
