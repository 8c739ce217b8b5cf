import aiohttp

from portico.providers.base import Finish, TextDelta
from portico.providers.openai import OpenAIChat
from tests.providers.conftest import Answer, Upstream, ask, broken, collect, said, sse, text_of


async def test_what_came_before_an_error_in_the_same_read_is_not_lost(session: aiohttp.ClientSession, upstream: Upstream) -> None:
    upstream.will(Answer(sse({"choices": [{"delta": {"content": "Hi"}}]}, {"error": {"message": "overloaded"}})))
    events, error = await broken(OpenAIChat(session, upstream.url), ask())
    assert (text_of(events), error.code) == ("Hi", "provider_failed")


async def test_a_last_event_without_its_blank_line_counts(session: aiohttp.ClientSession, upstream: Upstream) -> None:
    upstream.will(Answer(said("Hi").rstrip(b"\n")))
    assert (await collect(OpenAIChat(session, upstream.url), ask()))[-1] == Finish("stop")


async def test_half_an_event_at_the_end_is_a_cut_and_not_a_broken_protocol(session: aiohttp.ClientSession, upstream: Upstream) -> None:
    upstream.will(Answer(said("Hello", "you")[:-70]))
    events, error = await broken(OpenAIChat(session, upstream.url), ask())
    assert (error.code, text_of(events)[:5]) == ("provider_cut", "Hello")


async def test_a_server_that_does_not_stream_is_read_nevertheless(session: aiohttp.ClientSession, upstream: Upstream) -> None:
    body = b'{"choices":[{"message":{"content":"Hi"},"finish_reason":"stop"}]}'
    upstream.will(Answer(body, headers={"Content-Type": "application/json"}))
    assert await collect(OpenAIChat(session, upstream.url), ask()) == [TextDelta("Hi"), Finish("stop")]


async def test_an_empty_answer_is_a_cut(session: aiohttp.ClientSession, upstream: Upstream) -> None:
    upstream.will(Answer(b""))
    assert (await broken(OpenAIChat(session, upstream.url), ask()))[1].code == "provider_cut"


async def test_a_ping_gives_an_empty_batch(session: aiohttp.ClientSession, upstream: Upstream) -> None:
    ping = b": ping\n\n"
    upstream.will(Answer(ping + said("Hi"), pause_s=0))
    batches = [list(batch) async for batch in OpenAIChat(session, upstream.url).stream(ask())]
    assert [event for batch in batches for event in batch] == [TextDelta("Hi"), Finish("stop")]
