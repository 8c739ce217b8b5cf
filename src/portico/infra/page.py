"""The documents that are made for each request from what the build left: the page, the offline page, the web app's manifest."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from html import escape
from pathlib import Path
from typing import Literal

import msgspec

LANGUAGES = "locales.json"
View = Literal["door", "home", "conversation", "page"]
CANVAS = {"light": "#fdfdfe", "dark": "#111315"}  # tokens.css's background, for the frame that the system draws around the page
FALLBACK = "en"
_SIDEBAR = re.compile(r"(open|folded)(?:\.(\d{3}))?", re.ASCII)
_SIDEBAR_PX = range(220, 401)  # what the page's own list can be drawn to


class Language(msgspec.Struct, frozen=True):
    """One language of the built page: its own name, its file, and the few texts that stand in a document before any script runs."""

    name: str
    dir: Literal["ltr", "rtl"]
    file: str
    texts: dict[str, str]


UNBUILT = Language("English", "ltr", "", {})


def read_languages(folder: Path) -> dict[str, Language]:
    """Return the languages of the page that is built in `folder`, by their tags; none where no page is built."""
    path = folder / LANGUAGES
    return msgspec.json.decode(path.read_bytes(), type=dict[str, Language]) if path.is_file() else {}


@dataclass(frozen=True, slots=True)
class Look:
    """What a document is filled with: the boot data as JSON, and what must be right before the first paint.

    `data` become `<html data-...>`; `accent` is the hue and the chroma of the instance's brand; `view` says which outline to draw
    until the page itself is there, `sidebar_px` how wide its list is.
    """

    boot: bytes
    locale: str
    nonce: str
    name: str = "Portico"
    data: Mapping[str, str] = field(default_factory=dict[str, str])
    accent: tuple[float, float] | None = None
    view: View = "page"
    sidebar_px: int | None = None

    def with_sidebar(self, cookie: str) -> "Look":
        """Return the look with the list as the browser's cookie says: `open` or `folded`, and perhaps a width, as in `open.312`."""
        known = _SIDEBAR.fullmatch(cookie)
        if known is None:
            return self
        width = int(known[2] or 0)
        data = {**self.data, "sidebar": "folded"} if known[1] == "folded" else self.data
        return replace(self, data=data, sidebar_px=width if width in _SIDEBAR_PX else None)


def fill(template: bytes, look: Look, language: Language, base_path: str) -> bytes:
    """Return the document for one reader. Nothing in `look` can end the element that it stands in."""
    theme = look.data.get("theme", "system")
    words = {
        "__LANG__": look.locale,
        "__DIR__": language.dir,
        'data-theme="__THEME__"': _attributes({"theme": theme, **look.data, "view": look.view}),
        "__NAME__": look.name,
        "__NONCE__": look.nonce,
        "__CANVAS_LIGHT__": CANVAS.get(theme, CANVAS["light"]),
        "__CANVAS_DARK__": CANVAS.get(theme, CANVAS["dark"]),
        **{f"__TEXT:{key}__": text for key, text in language.texts.items()},
    }
    for marker, text in words.items():
        template = template.replace(marker.encode(), (text if marker.startswith("data-") else escape(text)).encode())
    boot = look.boot.replace(b"<", b"\\u003c").replace(b"\xe2\x80\xa8", b"\\u2028").replace(b"\xe2\x80\xa9", b"\\u2029")
    template = template.replace(b"<!--portico:brand-->", _style(look, _brand(look)).encode())
    return template.replace(b"<!--portico:head-->", _head(look, language, base_path).encode()).replace(b"<!--portico:boot-->", boot)


def _attributes(data: Mapping[str, str]) -> str:
    return " ".join(f'data-{name.replace("_", "-")}="{escape(value)}"' for name, value in data.items())


def _head(look: Look, language: Language, base_path: str) -> str:
    """The brand's accent and the list's width, and the texts: asked for at once, instead of after the script that will want them."""
    texts = f'<link rel="modulepreload" href="{base_path}/{language.file}">' if language.file else ""
    return _style(look, {**_brand(look), **({"sidebar-width": f"{look.sidebar_px}px"} if look.sidebar_px else {})}) + texts


def _brand(look: Look) -> dict[str, str]:
    if look.accent is None:
        return {}
    hue, chroma = look.accent
    return {"brand-hue": f"{hue:g}", "brand-chroma": f"{chroma:g}"}


def _style(look: Look, variables: Mapping[str, str]) -> str:
    if not variables:
        return ""
    return f'<style nonce="{look.nonce}">:root{{{";".join(f"--{name}:{value}" for name, value in variables.items())}}}</style>'


def web_manifest(name: str, base_path: str, color: str) -> bytes:
    """Return the manifest by which a browser installs the page as an application of its own."""
    icons = [
        {"src": f"{base_path}/icon-192.png", "sizes": "192x192", "type": "image/png", "purpose": "any"},
        {"src": f"{base_path}/icon-512.png", "sizes": "512x512", "type": "image/png", "purpose": "any"},
        {"src": f"{base_path}/icon-maskable-512.png", "sizes": "512x512", "type": "image/png", "purpose": "maskable"},
        {"src": f"{base_path}/icon.svg", "sizes": "any", "type": "image/svg+xml", "purpose": "any"},
    ]
    return msgspec.json.encode(
        {
            "id": f"{base_path}/",
            "name": name,
            "short_name": name[:12].strip() if len(name) > 12 else name,
            "start_url": f"{base_path}/",
            "scope": f"{base_path}/",
            "display": "standalone",
            "background_color": CANVAS["light"],
            "theme_color": color,
            "icons": icons,
        }
    )
