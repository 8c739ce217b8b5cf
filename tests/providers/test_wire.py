"""Deadlines and network errors, on a real connection."""

import asyncio
import socket
import time
from dataclasses import replace

import aiohttp
import pytest

from portico.providers.base import ProviderError
from portico.providers.failures import failure
from portico.providers.openai import OpenAIChat
from portico.providers.wire import Call, Patience, fetch, open_wire, scrubbed
from portico.settings import Settings
from tests.providers.conftest import Answer, Upstream, ask, broken, collect, said, sse, text_of

QUICK = Patience(connect_s=0.2, first_s=0.15, reasoning_first_s=20, idle_s=0.15, progress_s=0.3, tail_s=0.1)
BEGUN = replace(QUICK, connect_s=20, first_s=20)  # for what comes after the first token, which a slow machine may let wait


async def test_no_token_in_time_is_a_timeout(session: aiohttp.ClientSession, upstream: Upstream) -> None:
    upstream.will(Answer(said("Hello"), wait_s=2))
    began = time.monotonic()
    _, error = await broken(OpenAIChat(session, upstream.url, patience=QUICK), ask())
    assert (error.code, error.retryable) == ("provider_timeout", True)
    assert time.monotonic() - began < 1.9


async def test_headers_without_a_token_do_not_count_as_one(session: aiohttp.ClientSession, upstream: Upstream) -> None:
    upstream.will(Answer(b": ping\n\n" + said("Hello"), pause_s=2))
    upstream.answers[0].body = b": ping\n\n" * 20
    _, error = await broken(OpenAIChat(session, upstream.url, patience=QUICK), ask())
    assert error.code == "provider_timeout"


async def test_a_model_that_thinks_first_gets_more_time(session: aiohttp.ClientSession, upstream: Upstream) -> None:
    upstream.will(Answer(said("Hello"), wait_s=0.3))
    provider = OpenAIChat(session, upstream.url, patience=QUICK)
    assert text_of(await collect(provider, ask(reasoning_effort="high"))) == "Hello"
    upstream.will(Answer(said("Hello"), wait_s=0.3))
    assert text_of(await collect(provider, ask(model="o3"))) == "Hello"


async def test_silence_in_the_middle_is_a_timeout_and_keeps_what_came(session: aiohttp.ClientSession, upstream: Upstream) -> None:
    upstream.will(Answer(said("Hello", "you") + b": filler to make the halves differ\n\n" * 3, pause_s=2))
    upstream.answers[0].body = sse({"choices": [{"delta": {"content": "Hello"}}]}, done=False) * 2
    events, error = await broken(OpenAIChat(session, upstream.url, patience=BEGUN), ask())
    assert (text_of(events), error.code) == ("Hello", "provider_timeout")


async def test_a_reader_that_does_not_read_for_a_while_breaks_nothing(session: aiohttp.ClientSession, upstream: Upstream) -> None:
    words = [f"w{number} " for number in range(50)]
    upstream.will(Answer(said(*words)))
    got = ""
    async for batch in OpenAIChat(session, upstream.url, patience=BEGUN).stream(ask()):
        got += text_of(list(batch))
        await asyncio.sleep(0.4)
    assert got == "".join(words)


async def test_pings_alone_are_no_progress(session: aiohttp.ClientSession, upstream: Upstream) -> None:
    from aiohttp import web

    async def pinging(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(sse({"choices": [{"delta": {"content": "Hi"}}]}, done=False))
        for _ in range(40):
            await asyncio.sleep(0.05)
            await response.write(b": ping\n\n")
        return response

    app = web.Application()
    app.router.add_post("/v1/chat/completions", pinging)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    events, error = await broken(OpenAIChat(session, f"http://127.0.0.1:{runner.addresses[0][1]}", patience=BEGUN), ask())
    await runner.cleanup()
    assert (text_of(events), error.code) == ("Hi", "provider_timeout")


async def test_nobody_there_is_unreachable(session: aiohttp.ClientSession) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    _, error = await broken(OpenAIChat(session, f"http://127.0.0.1:{port}", patience=QUICK), ask())
    assert (error.code, error.retryable) == ("provider_unreachable", True)


async def test_a_lost_connection_is_a_cut_unless_the_answer_was_complete(session: aiohttp.ClientSession, upstream: Upstream) -> None:
    upstream.will(Answer(said("Hello", finish=None), drop=True))
    events, error = await broken(OpenAIChat(session, upstream.url, patience=BEGUN), ask())
    assert (text_of(events), error.code) == ("Hello", "provider_cut")
    finished = said("Hello").replace(b"data: [DONE]\n\n", b"")
    upstream.will(Answer(finished, drop=True))
    assert text_of(await collect(OpenAIChat(session, upstream.url, patience=BEGUN), ask())) == "Hello"


async def test_usage_after_the_end_is_waited_for_only_a_little(session: aiohttp.ClientSession, upstream: Upstream) -> None:
    finished = said("Hello").replace(b"data: [DONE]\n\n", b"")
    upstream.will(Answer(finished + b" " * len(finished), pause_s=3))
    began = time.monotonic()
    assert text_of(await collect(OpenAIChat(session, upstream.url, patience=BEGUN), ask())) == "Hello"
    assert time.monotonic() - began < 1.9


async def test_a_redirect_and_a_web_page_are_not_the_protocol(session: aiohttp.ClientSession, upstream: Upstream) -> None:
    provider = OpenAIChat(session, upstream.url, patience=BEGUN)
    for answer in (Answer(b"", 302, {"Location": "https://elsewhere.example/"}), Answer(b"<html>"), Answer(b"data: nonsense\n\n")):
        upstream.will(answer)
        assert (await broken(provider, ask()))[1].code == "provider_protocol"
    _, error = await broken(OpenAIChat(session, "http://[", patience=BEGUN), ask())
    assert error.code == "provider_protocol"


async def test_the_door_out_refuses_in_our_words() -> None:
    from portico.infra.egress import Egress

    door = Egress(Settings())
    try:
        provider = OpenAIChat(door.session("connector"), "http://169.254.169.254/v1")
        _, error = await broken(provider, ask())
    finally:
        await door.close()
    assert error.code == "provider_protocol"
    assert "169.254.169.254" in error.message


async def test_a_connection_is_used_again_after_a_whole_answer(session: aiohttp.ClientSession, upstream: Upstream) -> None:
    for _ in range(3):
        await collect(OpenAIChat(session, upstream.url), ask())
    connector = session.connector
    assert connector is not None
    assert sum(len(kept) for kept in connector._conns.values()) == 1


async def test_closing_the_stream_closes_the_connection(session: aiohttp.ClientSession, upstream: Upstream) -> None:
    upstream.will(Answer(said("Hello", "you") * 2, pause_s=5))
    stream = OpenAIChat(session, upstream.url).stream(ask())
    await anext(stream)
    await stream.aclose()
    connector = session.connector
    assert connector is not None
    assert not connector._conns
    assert not connector._acquired


async def test_the_retry_after_of_an_answer_is_kept(session: aiohttp.ClientSession, upstream: Upstream) -> None:
    upstream.will(Answer(b"{}", 429, {"Retry-After": "3"}))
    _, error = await broken(OpenAIChat(session, upstream.url), ask())
    assert (error.code, error.retry_after_s) == ("provider_rate_limited", 3)


async def test_a_list_that_never_ends_is_refused(
    session: aiohttp.ClientSession, upstream: Upstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portico.providers.wire._LIST_BYTES", 1000)
    upstream.will(Answer(b"x" * 5000))
    with pytest.raises(ProviderError, match="provider_protocol"):
        await fetch(session, Call(upstream.url + "/v1/models", b"", method="GET"), Patience())


async def test_bytes_are_given_as_they_come(session: aiohttp.ClientSession, upstream: Upstream) -> None:
    upstream.will(Answer(b"abcdef", pause_s=0.05))
    async with open_wire(session, Call(upstream.url + "/x", b"{}"), Patience(), thinks=False) as wire:
        pieces = []
        while piece := await wire.read():
            pieces.append(piece)
    assert b"".join(pieces) == b"abcdef"
    assert len(pieces) == 2


def test_keys_are_cut_out_of_messages() -> None:
    error = scrubbed(failure("provider_auth", "bad key sk-123456", status=401), ("sk-123456", ""))
    assert (error.message, error.upstream_status) == ("bad key …", 401)
