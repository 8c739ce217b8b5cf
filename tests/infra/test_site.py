"""The built page as it goes out: encodings, caching, and what is filled in for each request."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from portico.infra.page import Look
from portico.infra.site import Site
from tests.e2e import node

INDEX = (
    '<!doctype html><html lang="__LANG__" data-theme="__THEME__"><link rel="icon" href="./icon.svg">'
    '<script src="./assets/app-1.js"></script>'
    '<script type="application/json" id="boot" nonce="__NONCE__"><!--portico:boot--></script></html>'
)
LOOK = Look(b'{"user":null}', "zh-CN", "n0nce", data={"theme": "dark"})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A built page, small."""
    (tmp_path / "assets").mkdir()
    (tmp_path / "frame").mkdir()
    (tmp_path / "index.html").write_text(INDEX)
    (tmp_path / "frame" / "mermaid.html").write_text('<script src="../assets/app-1.js"></script>')
    (tmp_path / "offline.html").write_text('<html lang="__LANG__"><h1>__TEXT:offline.title__</h1><a href="./">')
    (tmp_path / "sw.js").write_text("the worker")
    (tmp_path / "locales.json").write_text(
        '{"zh-CN": {"name": "\u4e2d\u6587", "dir": "ltr", "file": "assets/zh-1.js", "texts": {"offline.title": "\u79bb\u7ebf"}}}'
    )
    (tmp_path / "icon.svg").write_text("<svg/>")
    (tmp_path / "manifest.json").write_text("{}")
    for suffix, text in (("", "plain"), (".br", "brotli"), (".gz", "gzip")):
        (tmp_path / "assets" / f"app-1.js{suffix}").write_text(text)
    return tmp_path


class Answer:
    """Collects what an ASGI application sends."""

    def __init__(self, *, method: str = "GET", accepts: str = "") -> None:
        self.scope: dict[str, Any] = {"type": "http", "method": method, "headers": [(b"accept-encoding", accepts.encode())]}
        self.headers: dict[bytes, bytes] = {}
        self.body = b""

    async def send(self, message: Any) -> None:
        self.headers |= dict(message.get("headers", []))
        self.body += message.get("body", b"")


async def fetched(site: Site, name: str, **kind: str) -> Answer:
    answer = Answer(**kind)
    await site.send_file(name, answer.scope, answer.send)
    return answer


@pytest.mark.parametrize(
    ("accepts", "body", "encoding"),
    [("gzip, deflate, br", b"brotli", b"br"), ("gzip", b"gzip", b"gzip"), ("", b"plain", None), ("zstd", b"plain", None)],
)
async def test_a_file_goes_out_in_the_best_encoding_that_is_taken(folder: Path, accepts: str, body: bytes, encoding: bytes | None) -> None:
    answer = await fetched(Site(folder), "assets/app-1.js", accepts=accepts)
    assert (answer.body, answer.headers.get(b"content-encoding")) == (body, encoding)
    assert answer.headers[b"vary"] == b"accept-encoding"


async def test_a_hashed_file_never_changes_and_others_are_asked_for_again(folder: Path) -> None:
    site = Site(folder)
    assert b"immutable" in (await fetched(site, "assets/app-1.js")).headers[b"cache-control"]
    assert (await fetched(site, "icon.svg")).headers[b"cache-control"] == b"no-cache"


async def test_a_file_says_what_it_is(folder: Path) -> None:
    site = Site(folder)
    assert (await fetched(site, "assets/app-1.js")).headers[b"content-type"] == b"text/javascript; charset=utf-8"
    assert (await fetched(site, "icon.svg")).headers[b"content-type"] == b"image/svg+xml"


async def test_a_head_gets_the_length_and_nothing_else(folder: Path) -> None:
    answer = await fetched(Site(folder), "assets/app-1.js", method="HEAD")
    assert (answer.headers[b"content-length"], answer.body) == (b"5", b"")


def test_only_files_of_the_page_are_there_to_be_asked_for(folder: Path) -> None:
    (folder.parent / "secret.txt").write_text("secret")
    site = Site(folder)
    assert site.has("assets/app-1.js")
    asked = [
        "index.html",
        "manifest.json",
        "locales.json",
        "offline.html",
        "assets/app-1.js.br",
        "../secret.txt",
        "/etc/passwd",
        "",
        "assets",
    ]
    assert not [name for name in asked if site.has(name)]


async def test_the_page_is_filled_for_its_reader_and_never_stored(folder: Path) -> None:
    answer = Answer()
    await Site(folder).send_page(LOOK, answer.scope, answer.send)
    assert b'lang="zh-CN" data-theme="dark"' in answer.body
    assert b'nonce="n0nce">{"user":null}</script>' in answer.body
    assert answer.headers[b"cache-control"] == b"no-store"


async def test_no_name_in_the_boot_data_can_end_its_script(folder: Path) -> None:
    answer = Answer()
    look = Look('{"name":"</script><script>alert(1)</script>\u2028"}'.encode(), "en", "n")
    await Site(folder).send_page(look, answer.scope, answer.send)
    assert b"alert(1)</script>" not in answer.body
    assert b"\\u003c/script>\\u003cscript>alert(1)\\u003c/script>\\u2028" in answer.body


async def test_below_a_path_the_page_names_its_files_there(folder: Path) -> None:
    answer = Answer()
    await Site(folder, base_path="/chat/").send_page(LOOK, answer.scope, answer.send)
    assert b'src="/chat/assets/app-1.js"' in answer.body
    assert b'href="/chat/icon.svg"' in answer.body


async def test_a_frame_is_sandboxed_and_may_load_scripts_from_here_only(folder: Path) -> None:
    answer = Answer()
    assert await Site(folder).send_frame("mermaid", "https://chat.example.org", answer.scope, answer.send)
    policy = answer.headers[b"content-security-policy"].decode()
    assert policy.startswith("sandbox allow-scripts; default-src 'none'; script-src https://chat.example.org")
    assert "allow-same-origin" not in policy


@pytest.mark.parametrize("name", ["unknown", "../index", "mermaid.html"])
async def test_there_are_no_other_frames(folder: Path, name: str) -> None:
    answer = Answer()
    assert not await Site(folder).send_frame(name, "http://localhost", answer.scope, answer.send)


async def test_a_checkout_without_a_built_page_says_how_to_build_it(tmp_path: Path) -> None:
    site, answer = Site(tmp_path / "static"), Answer()
    await site.send_page(LOOK, answer.scope, answer.send)
    assert not site.has("index.html")
    assert b"make run" in answer.body


async def test_the_texts_of_the_readers_language_are_asked_for_at_once(folder: Path) -> None:
    answer = Answer()
    index = folder / "index.html"
    index.write_text(index.read_text().replace("<link", "<!--portico:head--><link"))
    await Site(folder, base_path="/chat").send_page(LOOK, answer.scope, answer.send)
    assert b'<link rel="modulepreload" href="/chat/assets/zh-1.js">' in answer.body


async def test_the_offline_page_speaks_the_readers_language_and_holds_nothing_of_theirs(folder: Path) -> None:
    answer = Answer()
    assert await Site(folder, base_path="/chat").send_offline(LOOK, answer.scope, answer.send)
    assert answer.body.decode() == '<html lang="zh-CN"><h1>\u79bb\u7ebf</h1><a href="/chat/">'


async def test_a_worker_that_is_switched_off_is_replaced_by_one_that_takes_itself_away(folder: Path) -> None:
    assert (await fetched(Site(folder), "sw.js")).body == b"the worker"
    off = await fetched(Site(folder, worker=False), "sw.js")
    assert b"unregister" in off.body
    assert (off.headers[b"content-type"], off.headers[b"cache-control"]) == (b"text/javascript; charset=utf-8", b"no-cache")


# A browser as a worker sees it, with the caches of three installations on one host and of somebody else.
WORKER_WORLD = """
const names = new Set(["portico::1", "portico:/chat:1", "portico:/chat:2", "portico:/chatter:1", "theirs"]);
const listeners = {};
globalThis.caches = { keys: async () => [...names], delete: async (name) => names.delete(name) };
globalThis.self = {
  registration: { scope: SCOPE, unregister: async () => console.log([...names].join(" ")) },
  addEventListener: (name, listener) => { listeners[name] = listener; },
};
"""


@pytest.mark.parametrize(
    ("scope", "left"),
    [
        ("https://host/chat/", "portico::1 portico:/chatter:1 theirs"),
        ("https://host/", "portico:/chat:1 portico:/chat:2 portico:/chatter:1 theirs"),
    ],
)
async def test_a_worker_that_takes_itself_away_leaves_what_others_on_the_host_keep(folder: Path, scope: str, left: str) -> None:
    script = (await fetched(Site(folder, worker=False), "sw.js")).body.decode()
    world = WORKER_WORLD.replace("SCOPE", f'"{scope}"')
    script = f"{world}{script}listeners.activate({{ waitUntil: () => undefined }});"
    process = await asyncio.create_subprocess_exec(str(node.executable()), "-e", script, stdout=asyncio.subprocess.PIPE)
    output, _ = await process.communicate()
    assert output.decode().strip() == left
