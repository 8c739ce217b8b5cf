"""Serves the built page: hashed assets as they are, ready compressed, and index.html filled for each request. Plain ASGI."""

import mimetypes
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from pathlib import Path
from typing import Any

from portico.infra.page import FALLBACK, LANGUAGES, UNBUILT, Look, fill, read_languages

Scope = MutableMapping[str, Any]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
STATIC = Path(__file__).parents[1] / "static"
MEMORY_BYTES = 400_000  # files up to this size are kept in memory once asked for; the large lazy chunks are not
ENCODINGS = ((b"br", ".br"), (b"gzip", ".gz"))
NOT_BUILT = (
    b"<!doctype html><title>Portico</title><p>The page is not built in this checkout. Run <code>make run</code>, or use the API under "
    b"<code>/api</code>."
)
TYPES = {
    ".js": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
}
FRAME_POLICY = (
    "sandbox allow-scripts; default-src 'none'; script-src {origin}; style-src 'unsafe-inline'; img-src data: blob:; font-src data:; "
    "frame-ancestors 'self'"
)
SHARE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; frame-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
# What a browser gets instead of the worker where there is to be none: it takes itself away, with everything that it kept. Other
# installations on the same host keep theirs: the name of a cache begins with the path that its worker looks after.
NO_WORKER = b"""const own = `portico:${new URL(self.registration.scope).pathname.slice(0, -1)}:`;
self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches.keys()
      .then((names) => Promise.all(names.filter((name) => name.startsWith(own)).map((name) => caches.delete(name))))
      .then(() => self.registration.unregister()),
  );
});
"""
NOT_SERVED = frozenset({"manifest.json", LANGUAGES, "build.sha256"})


class Site:
    """The files of the built page. `base_path` stands before every address that the page names; `worker` lets it have a service worker."""

    def __init__(self, folder: Path, *, base_path: str = "", worker: bool = True) -> None:
        self._folder = folder
        self._base_path = base_path.rstrip("/")
        self._base = self._base_path.encode()
        self._worker = worker
        self._languages = read_languages(folder)
        self._files = self._list()
        self._kept: dict[str, bytes] = {}
        self._index = self._template("index.html")
        self._share = self._template("share.html")
        self._offline = self._template("offline.html")

    def _list(self) -> Mapping[str, Path]:
        if not self._folder.is_dir():
            return {}
        found = {path.relative_to(self._folder).as_posix(): path for path in self._folder.rglob("*") if path.is_file()}
        return {name: path for name, path in found.items() if name not in NOT_SERVED}

    def _template(self, name: str) -> bytes | None:
        path = self._files.get(name)
        if path is None:
            return None
        html = path.read_bytes()
        for attribute in (b'src="', b'href="'):
            html = html.replace(attribute + b"./", attribute + self._base + b"/").replace(attribute + b"../", attribute + self._base + b"/")
        return html

    def has(self, name: str) -> bool:
        """Whether `name`, without a leading slash, is a file that browsers may ask for."""
        return name in self._files and not name.endswith((".html", ".br", ".gz"))

    async def send_file(self, name: str, scope: Scope, send: Send) -> None:
        """Answer with one file in the best encoding that the browser takes; hashed names never change."""
        if name == "sw.js" and not self._worker:
            await send_body(NO_WORKER, "text/javascript; charset=utf-8", scope, send)
            return
        path, encoding = self._best(name, scope)
        suffix = Path(name).suffix
        kind = TYPES.get(suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
        if kind.startswith("text/"):
            kind += "; charset=utf-8"
        immutable = name.startswith("assets/")
        headers = [
            (b"content-type", kind.encode()),
            (b"cache-control", b"public, max-age=31536000, immutable" if immutable else b"no-cache"),
            (b"vary", b"accept-encoding"),
        ]
        if immutable:  # the sandboxed frame has no origin, and so asks as a stranger
            headers += [(b"access-control-allow-origin", b"*"), (b"cross-origin-resource-policy", b"cross-origin")]
        if encoding:
            headers.append((b"content-encoding", encoding))
        await _respond(scope, send, self._read(path), headers)

    def _best(self, name: str, scope: Scope) -> tuple[str, bytes]:
        accepted = next((value for key, value in scope["headers"] if key == b"accept-encoding"), b"")
        for encoding, suffix in ENCODINGS:
            if encoding in accepted and name + suffix in self._files:
                return name + suffix, encoding
        return name, b""

    def _read(self, name: str) -> bytes:
        data = self._kept.get(name)
        if data is None:
            data = self._files[name].read_bytes()
            if len(data) <= MEMORY_BYTES:
                self._kept[name] = data
        return data

    async def send_page(self, look: Look, scope: Scope, send: Send) -> None:
        """Answer with index.html, filled. It holds the person's data and is never stored anywhere."""
        headers = [(b"content-type", b"text/html; charset=utf-8"), (b"cache-control", b"no-store")]
        await self._fill(self._index, look, scope, send, headers)

    async def send_share(self, look: Look, scope: Scope, send: Send, *, status: int = 200) -> None:
        """Answer with share.html, filled: a page of its own, kept by nobody and listed nowhere, with the stricter policy of a reader."""
        headers = [
            (b"content-type", b"text/html; charset=utf-8"),
            (b"cache-control", b"no-store"),
            (b"x-robots-tag", b"noindex, nofollow, noarchive"),
            (b"content-security-policy", SHARE_POLICY.format(nonce=look.nonce).encode()),
        ]
        await self._fill(self._share, look, scope, send, headers, status)

    async def send_offline(self, look: Look, scope: Scope, send: Send) -> bool:
        """Answer with the page that the worker shows where nobody answers; False when there is none. It holds nothing of the person's."""
        if self._offline is None:
            return False
        headers = [(b"content-type", b"text/html; charset=utf-8"), (b"cache-control", b"no-cache")]
        await self._fill(self._offline, look, scope, send, headers)
        return True

    async def _fill(
        self, template: bytes | None, look: Look, scope: Scope, send: Send, headers: list[tuple[bytes, bytes]], status: int = 200
    ) -> None:
        language = self._languages.get(look.locale) or self._languages.get(FALLBACK, UNBUILT)
        body = NOT_BUILT if template is None else fill(template, look, language, self._base_path)
        await _respond(scope, send, body, headers, status)

    async def send_frame(self, name: str, origin: str, scope: Scope, send: Send) -> bool:
        """Answer with a sandboxed frame page (`mermaid`); False when there is none of this name."""
        html = self._template(f"frame/{name}.html")
        if html is None:
            return False
        html = html.replace(b"__NONCE__", b"")
        policy = FRAME_POLICY.format(origin=origin)
        headers = [
            (b"content-type", b"text/html; charset=utf-8"),
            (b"cache-control", b"no-cache"),
            (b"content-security-policy", policy.encode()),
        ]
        await _respond(scope, send, html, headers)
        return True


async def send_body(body: bytes, kind: str, scope: Scope, send: Send) -> None:
    """Answer with something that was made for this request and is asked for again each time."""
    await _respond(scope, send, body, [(b"content-type", kind.encode()), (b"cache-control", b"no-cache")])


async def _respond(scope: Scope, send: Send, body: bytes, headers: list[tuple[bytes, bytes]], status: int = 200) -> None:
    headers = [*headers, (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})
