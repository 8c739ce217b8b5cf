"""The door out, against real servers on this machine and names that change."""

import asyncio
import gzip
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace

import aiohttp
import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult

from portico.infra.egress import AddressRefused, AnswerTooLarge, Egress, Redirected
from portico.settings import Egress as EgressSettings
from portico.settings import Settings

Handler = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]
SETTINGS = Settings()


class Names(AbstractResolver):
    """Resolves from a table; a name with several answers gives the next one at each look-up, the last for ever."""

    def __init__(self, **table: list[list[str]]) -> None:
        self.table = {name.replace("_", "."): answers for name, answers in table.items()}
        self.asked: list[str] = []

    async def resolve(self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET) -> list[ResolveResult]:
        self.asked.append(host)
        if host not in self.table:
            raise OSError("unknown name")
        answers = self.table[host]
        hosts = answers.pop(0) if len(answers) > 1 else answers[0]
        flags = socket.AI_NUMERICHOST
        return [ResolveResult(hostname=host, host=ip, port=port, family=socket.AF_INET, proto=0, flags=flags) for ip in hosts]

    async def close(self) -> None:
        return


@pytest.fixture
async def serve() -> AsyncIterator[Callable[[Handler], Awaitable[int]]]:
    runners: list[web.ServerRunner] = []

    async def start(handler: Handler) -> int:
        runner = web.ServerRunner(web.Server(handler))
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        runners.append(runner)
        return int(runner.addresses[0][1])

    yield start
    for runner in runners:
        await runner.cleanup()


@pytest.fixture
async def open_egress() -> AsyncIterator[Callable[..., Egress]]:
    made: list[Egress] = []

    def make(resolver: AbstractResolver | None = None, *, kubernetes: bool = False, **settings: object) -> Egress:
        own = replace(EgressSettings(), **settings)
        made.append(Egress(replace(SETTINGS, egress=own, kubernetes=kubernetes), resolver))
        return made[-1]

    yield make
    for egress in made:
        await egress.close()


async def hello(request: web.BaseRequest) -> web.StreamResponse:
    return web.Response(text="hello", headers={"Set-Cookie": "spy=1", "X-Cookie-Seen": request.headers.get("Cookie", "none")})


async def test_a_connector_reaches_this_machine_and_keeps_no_cookies(serve, open_egress) -> None:
    port, session = await serve(hello), open_egress().session("connector")
    async with session.get(f"http://127.0.0.1:{port}/") as first:
        assert await first.text() == "hello"
    async with session.get(f"http://127.0.0.1:{port}/") as second:
        assert second.headers["X-Cookie-Seen"] == "none"


async def test_in_a_cluster_a_connector_does_not_reach_its_own_pod(serve, open_egress) -> None:
    port = await serve(hello)
    with pytest.raises(AddressRefused):
        await open_egress(kubernetes=True).session("connector").get(f"http://127.0.0.1:{port}/")


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "10.0.0.1", "169.254.169.254", "0x7f.1", "2130706433", "127.1", "0"]
)
async def test_the_public_policy_refuses_literal_addresses_of_this_network(host: str, open_egress) -> None:
    with pytest.raises((AddressRefused, aiohttp.InvalidURL)):
        await open_egress().session("public").get(f"http://{host}:8080/")


async def test_a_name_is_refused_if_any_of_its_addresses_is_private(open_egress) -> None:
    session = open_egress(Names(mixed_example=[["1.1.1.1", "10.0.0.1"]])).session("public")
    with pytest.raises(AddressRefused):
        await session.get("http://mixed.example/")


async def test_a_name_that_changes_after_the_first_look_is_refused(serve, open_egress) -> None:
    port = await serve(hello)
    egress = open_egress(Names(rebind_example=[["93.184.215.14"], ["127.0.0.1"]]))
    egress.check("http://rebind.example:8080/", "public")
    guard = egress.session("public").connector._resolver
    await guard.resolve("rebind.example", port)
    with pytest.raises(AddressRefused):
        await guard.resolve("rebind.example", port)


async def test_the_socket_itself_is_refused_when_every_check_before_it_was_passed(open_egress) -> None:
    guard = open_egress().session("public").connector._resolver
    for where in (("127.0.0.1", 80), ("169.254.169.254", 80), ("::1", 80, 0, 0), ("fe80::1%eth0", 80, 0, 2), ("::ffff:10.0.0.1", 80, 0, 0)):
        family = socket.AF_INET6 if ":" in where[0] else socket.AF_INET
        with pytest.raises(AddressRefused):
            guard.open_socket((family, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", where))


async def test_a_resolver_that_lies_to_the_first_check_is_caught_at_the_socket(serve, open_egress) -> None:
    port = await serve(hello)
    egress = open_egress(Names(name_example=[["127.0.0.1"]]), kubernetes=True)
    with pytest.raises(AddressRefused):
        await egress.session("connector").get(f"http://name.example:{port}/")


async def test_a_redirect_is_never_followed(serve, open_egress) -> None:
    async def away(request: web.BaseRequest) -> web.StreamResponse:
        return web.Response(status=302, headers={"Location": "http://169.254.169.254/latest/meta-data/"})

    port = await serve(away)
    with pytest.raises(Redirected):
        await open_egress().session("connector").get(f"http://127.0.0.1:{port}/")


async def test_an_answer_is_read_up_to_its_limit_also_when_it_is_packed(serve, open_egress) -> None:
    async def bomb(request: web.BaseRequest) -> web.StreamResponse:
        return web.Response(body=gzip.compress(b"0" * 3_000_000), headers={"Content-Encoding": "gzip"})

    port, egress = await serve(bomb), open_egress()
    async with egress.session("connector").get(f"http://127.0.0.1:{port}/") as response:
        with pytest.raises(AnswerTooLarge):
            await egress.read(response, 1_000_000)
    async with egress.session("connector").get(f"http://127.0.0.1:{port}/") as response:
        assert len(await egress.read(response)) == 3_000_000


URLS = [
    "ftp://example.com/",
    "file:///etc/passwd",
    "gopher://example.com:70/",
    "http://user@example.com/",
    "http://user:pass@example.com/",
    "http://example.com:22/",
    "http://example.com:6379/",
    "http://example.com:0/",
    "http://[::1]/",
    "http://[fe80::1]/",
    "http://[::ffff:169.254.169.254]/",
    "http://169.254.169.254/latest/",
    "http://2130706433/",
    "http://0x7f000001/",
    "http://017700000001/",
    "http://127.1/",
    "http://0/",
    "http://127.0.0.1./",
    "http://localhost.:25/",
    "http://metadata.google.internal/",
    "http://１２７.0.0.1/",
    "http://127。0。0。1/",
    "http://①②⑦.0.0.1/",
    "http://[::]/",
    "http://",
    "http:///",
    "//example.com/",
    "example.com",
    "javascript:alert(1)",
    "data:text/plain,x",
    "http://example.com\\@127.0.0.1/",
    "http://127.0.0.1\\.example.com/",
    "http://exa%00mple.com/",
    "http://%31%32%37.0.0.1/",
    "http://1.1.1.1@127.0.0.1/",
    "http://127.0.0.1#@example.com/",
    "http://127.0.0.1?@example.com/",
    "http://[::ffff:7f00:1]:80/",
    "http://100.100.100.200/",
    "http://[64:ff9b::a9fe:a9fe]/",
    "http://[2002:7f00:1::]/",
]


@pytest.mark.parametrize(
    "url", [*URLS, "http://exa mple.com/", "http://example.com/\r\nX: y", "http://127.0.0.1\t/", "http://example.com/" + "a" * 3000]
)
def test_addresses_that_hide_where_they_lead_are_refused_without_a_look_up(url: str) -> None:
    with pytest.raises(AddressRefused):
        Egress(SETTINGS).check(url, "public")


@pytest.mark.parametrize(
    "url", ["https://example.com/a?b=c#d", "http://example.com:8080/", "https://example.com:8443/@user", "https://bücher.example/"]
)
def test_ordinary_addresses_pass(url: str) -> None:
    assert Egress(SETTINGS).check(url, "public").host


def test_a_connector_may_use_any_port_and_the_own_network() -> None:
    egress = Egress(SETTINGS)
    assert [
        egress.check(url, "connector").port for url in ("http://127.0.0.1:11434", "http://10.0.0.5:8000/v1", "http://vllm:8000/v1")
    ] == [11434, 8000, 8000]


async def _proxy(seen: list[bytes]) -> tuple[asyncio.Server, int]:
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        seen.append(head.split(b"\r\n")[0])
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 8\r\nConnection: close\r\n\r\nby proxy")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    return server, int(server.sockets[0].getsockname()[1])


async def test_with_a_proxy_public_names_go_through_it_and_private_ones_never_do(serve, open_egress) -> None:
    seen: list[bytes] = []
    proxy, port = await _proxy(seen)
    names = Names(public_example=[["93.184.215.14"]], inside_example=[["127.0.0.1"]])
    egress = open_egress(names, proxy_url=f"http://127.0.0.1:{port}")
    direct = await serve(hello)
    async with egress.session("public").get("http://public.example/x") as response:
        assert await response.text() == "by proxy"
    with pytest.raises(AddressRefused):
        await egress.session("public").get("http://inside.example/")
    with pytest.raises(AddressRefused):
        await egress.session("public").get("http://unknown.example/")
    async with egress.session("connector").get(f"http://inside.example:{direct}/") as response:
        assert await response.text() == "hello"
    async with egress.session("connector").get("http://unknown.example/y") as response:
        assert await response.text() == "by proxy"
    assert seen == [b"GET http://public.example/x HTTP/1.1", b"GET http://unknown.example/y HTTP/1.1"]
    proxy.close()


async def test_a_proxy_of_the_environment_is_ignored(serve, open_egress, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    port = await serve(hello)
    async with open_egress().session("connector").get(f"http://127.0.0.1:{port}/") as response:
        assert response.status == 200


async def test_more_than_a_hundred_streams_are_open_at_once(serve, open_egress) -> None:
    waiting, release = asyncio.Semaphore(0), asyncio.Event()

    async def slow(request: web.BaseRequest) -> web.StreamResponse:
        waiting.release()
        await release.wait()
        return web.Response()

    port, session = await serve(slow), open_egress().session("connector")
    async with asyncio.TaskGroup() as group:
        for _ in range(130):
            group.create_task(session.get(f"http://127.0.0.1:{port}/"))
        async with asyncio.timeout(10):
            for _ in range(130):
                await waiting.acquire()
        release.set()
