import aiohttp
import pytest

from portico.providers import probe
from portico.providers.demo import DemoPace, DemoProvider
from portico.providers.directory import build
from portico.providers.openai import OpenAIChat
from portico.settings.product import EnvProvider, Providers
from tests.providers.conftest import Answer, Upstream, said

DEMO = DemoProvider(DemoPace(rate=0, idle_s=0.1))


async def test_the_demo_answers_the_test_and_continues_in_the_middle_of_a_word() -> None:
    result = await probe.greet(DEMO, "demo-echo")
    assert (result.ok, result.text) == (True, "Answer with one word: ready.")
    assert await probe.probe_continuation(DEMO, "demo-echo", ("trailing",)) == "trailing"
    assert await probe.probe_continuation(DEMO, "demo-noprefill", ("trailing",)) == "instruct"


async def test_a_probe_that_fails_for_another_reason_says_nothing(session: aiohttp.ClientSession, upstream: Upstream) -> None:
    upstream.will(Answer(b"{}", 500))
    assert await probe.probe_continuation(OpenAIChat(session, upstream.url), "m", ("trailing",)) is None
    upstream.will(Answer(b'{"error":{"message":"bad"}}', 400))
    assert await probe.probe_continuation(OpenAIChat(session, upstream.url), "m", ("trailing",)) == "instruct"


async def test_a_test_does_not_wait_for_ever(session: aiohttp.ClientSession, upstream: Upstream, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probe, "TEST_S", 0.1)
    upstream.will(Answer(said("late"), wait_s=3))
    result = await probe.greet(OpenAIChat(session, upstream.url), "m")
    assert result.error is not None
    assert (result.ok, result.error[0]) == (False, "provider_timeout")


async def test_an_unknown_server_may_be_one_that_wants_to_be_told(session: aiohttp.ClientSession, upstream: Upstream) -> None:
    upstream.will(Answer(said("Gamma")), Answer(said("ma, Delta")))
    assert await probe.probe_continuation(OpenAIChat(session, upstream.url), "m", ("trailing", "vllm")) == "vllm"
    assert [asked.body.get("continue_final_message") for asked in upstream.asked] == [None, True]


@pytest.mark.parametrize(
    ("kind", "vendor", "ways"),
    [
        ("openai", "vllm", ("vllm",)),
        ("openai", "mistral", ("prefix_flag",)),
        ("openai", "", ("trailing", "vllm")),
        ("ollama", "", ("trailing",)),
    ],
)
def test_the_ways_worth_trying_depend_on_the_server(kind: str, vendor: str, ways: tuple[str, ...]) -> None:
    entry = EnvProvider(id="x", kind=kind, name="X", base_url="")  # type: ignore[arg-type]
    provider = build(Providers(declared=(entry,)), [], []).providers[0]
    assert probe.ways_of(provider, vendor) == ways
