"""Serves the built page: hashed assets as they are, ready compressed, and index.html filled for each request. Plain ASGI."""

import mimetypes
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Scope = MutableMapping[str, Any]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
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


@dataclass(frozen=True, slots=True)
class Look:
    """What index.html is filled with: the boot data as JSON, and what must be right before the first paint."""

    boot: bytes
    locale: str
    theme: str
    nonce: str


class Site:
    """The files of the built page. `base_path` stands before every address that the page names."""

    def __init__(self, folder: Path, *, base_path: str = "") -> None:
        self._folder = folder
        self._base = base_path.rstrip("/").encode()
        self._files = self._list()
        self._kept: dict[str, bytes] = {}
        self._index = self._template("index.html")
        self._share = self._template("share.html")

    def _list(self) -> Mapping[str, Path]:
        if not self._folder.is_dir():
            return {}
        found = {path.relative_to(self._folder).as_posix(): path for path in self._folder.rglob("*") if path.is_file()}
        return {name: path for name, path in found.items() if name != "manifest.json"}

    def _template(self, name: str) -> bytes | None:
        path = self._files.get(name)
        if path is None:
            return None
        html = path.read_bytes()
        for attribute in (b'src="', b'href="'):
            html = html.replace(attribute + b"./", attribute + self._base + b"/").replace(attribute + b"../", attribute + self._base + b"/")
        return html

    @property
    def built(self) -> bool:
        return self._index is not None

    def has(self, name: str) -> bool:
        """Whether `name`, without a leading slash, is a file that browsers may ask for."""
        return name in self._files and not name.endswith((".html", ".br", ".gz"))

    async def send_file(self, name: str, scope: Scope, send: Send) -> None:
        """Answer with one file in the best encoding that the browser takes; hashed names never change."""
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
        await _respond(scope, send, NOT_BUILT if self._index is None else _filled(self._index, look), headers)

    async def send_share(self, look: Look, scope: Scope, send: Send, *, status: int = 200) -> None:
        """Answer with share.html, filled: a page of its own, kept by nobody and listed nowhere, with the stricter policy of a reader."""
        headers = [
            (b"content-type", b"text/html; charset=utf-8"),
            (b"cache-control", b"no-store"),
            (b"x-robots-tag", b"noindex, nofollow, noarchive"),
            (b"content-security-policy", SHARE_POLICY.format(nonce=look.nonce).encode()),
        ]
        await _respond(scope, send, NOT_BUILT if self._share is None else _filled(self._share, look), headers, status)

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


def _filled(html: bytes, look: Look) -> bytes:
    boot = look.boot.replace(b"<", b"\\u003c").replace(b"\xe2\x80\xa8", b"\\u2028").replace(b"\xe2\x80\xa9", b"\\u2029")
    html = html.replace(b"__LANG__", look.locale.encode()).replace(b"__THEME__", look.theme.encode())
    return html.replace(b"__NONCE__", look.nonce.encode()).replace(b"<!--portico:boot-->", boot)


async def _respond(scope: Scope, send: Send, body: bytes, headers: list[tuple[bytes, bytes]], status: int = 200) -> None:
    headers = [*headers, (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})
