"""Asking: retries, fallbacks, keys and the breaker before the first token; nothing of it after."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from portico.providers import route
from portico.providers.base import CallStarted, Notice, ProviderError, ProviderEvent, ReasoningDelta, TextDelta
from portico.providers.models import ModelChoice, ModelUnknown, ProviderChange
from portico.settings.model_list import parse_model_list
from portico.settings.product import EnvProvider
from tests.providers.conftest import Answer, Bench, MakeBench, Upstream, ask, begun, said, text_of

DOWN = Answer(b'{"error":{"message":"try later"}}', 503)
OK = Answer(said("Hello", " you"))


@pytest.fixture
def store_url(sqlite_template: Path, tmp_path: Path) -> str:
    """One kind of store: what is asked here does not depend on it."""
    return f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'portico.db')}"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(route, "RETRY_BASE_S", 0.001)


def declared(upstream: Upstream, name: str = "one", keys: tuple[str, ...] = ("sk-a",), path: str = "/v1") -> EnvProvider:
    return EnvProvider(
        id=name,
        kind="openai",
        name=name.title(),
        base_url=upstream.url + path,
        keys=keys,
        model_list=parse_model_list("m=The model<64000:fc>,n->deployed"),
    )


async def asked(bench: Bench, provider: str = "one", model: str = "m", **more: Any) -> list[ProviderEvent]:
    batches = bench.service.open(ModelChoice(provider, model), ask(model=model, **more))
    return [event async for batch in batches for event in batch]


async def failed(bench: Bench, provider: str = "one", model: str = "m", **more: Any) -> tuple[list[ProviderEvent], ProviderError]:
    events: list[ProviderEvent] = []
    try:
        async for batch in bench.service.open(ModelChoice(provider, model), ask(model=model, **more)):
            events += batch
    except ProviderError as error:
        return events, error
    raise AssertionError("it did not fail")


async def test_an_answer_comes_with_the_call_before_it(make_bench: MakeBench, upstream: Upstream) -> None:
    upstream.will(OK)
    events = await asked(make_bench(declared(upstream)))
    assert events[0] == CallStarted("one", "m")
    assert text_of(events) == "Hello you"
    assert upstream.asked[0].headers["Authorization"] == "Bearer sk-a"


async def test_a_provider_that_is_down_for_a_moment_is_asked_again_and_every_call_is_announced(
    make_bench: MakeBench, upstream: Upstream
) -> None:
    upstream.will(DOWN, DOWN, OK)
    events = await asked(make_bench(declared(upstream)))
    assert [type(event) for event in events[:5]] == [CallStarted, Notice, CallStarted, Notice, CallStarted]
    assert [event.code for event in events if isinstance(event, Notice)] == ["retry", "retry"]
    assert text_of(events) == "Hello you"


async def test_after_two_retries_the_error_is_the_providers(make_bench: MakeBench, upstream: Upstream) -> None:
    upstream.will(DOWN)
    events, error = await failed(make_bench(declared(upstream)))
    assert (error.code, error.message) == ("provider_overloaded", "try later")
    assert len(upstream.asked) == sum(isinstance(event, CallStarted) for event in events) == 3


async def test_a_refusal_is_not_repeated(make_bench: MakeBench, upstream: Upstream) -> None:
    upstream.will(Answer(b'{"error":{"message":"temperature must be at most 2"}}', 400))
    _, error = await failed(make_bench(declared(upstream)))
    assert error.code == "provider_rejected"
    assert len(upstream.asked) == 1


async def test_a_fallback_answers_when_the_first_choice_does_not(make_bench: MakeBench, upstream: Upstream) -> None:
    bench = make_bench(declared(upstream), declared(upstream, "two", path="/second/v1"), retries=0)
    await bench.admin.change(bench.root, "one", ProviderChange(fallbacks=(ModelChoice("two", "n"),)))
    upstream.will(DOWN, OK)
    events = await asked(bench)
    assert [event for event in events if isinstance(event, CallStarted)] == [CallStarted("one", "m"), CallStarted("two", "n")]
    assert Notice("fallback", detail="Two: n") in events
    assert (upstream.asked[1].path, upstream.asked[1].body["model"]) == ("/second/v1/chat/completions", "deployed")


async def test_a_started_answer_is_not_continued_by_another_model(make_bench: MakeBench, upstream: Upstream) -> None:
    bench = make_bench(declared(upstream), declared(upstream, "two"), retries=0)
    await bench.admin.change(bench.root, "one", ProviderChange(fallbacks=(ModelChoice("two", "m"),)))
    upstream.will(DOWN)
    await failed(bench, then=[begun("The answer is")], continuation="trailing")
    assert len(upstream.asked) == 1


async def test_what_broke_after_the_first_token_is_the_callers_to_continue(make_bench: MakeBench, upstream: Upstream) -> None:
    upstream.will(Answer(said("Hel", finish=None)), OK)
    events, error = await failed(make_bench(declared(upstream)))
    assert (text_of(events), error.code) == ("Hel", "provider_cut")
    assert len(upstream.asked) == 1


async def test_a_refused_key_is_left_out_for_a_while(make_bench: MakeBench, upstream: Upstream) -> None:
    bench = make_bench(declared(upstream, keys=("sk-bad", "sk-good")), key_select="turn")
    upstream.will(Answer(b"{}", 401), OK)
    assert text_of(await asked(bench)) == "Hello you"
    assert text_of(await asked(bench)) == "Hello you"
    assert [item.headers["Authorization"] for item in upstream.asked] == ["Bearer sk-bad", "Bearer sk-good", "Bearer sk-good"]


async def test_a_provider_that_fails_often_is_left_alone(make_bench: MakeBench, upstream: Upstream) -> None:
    bench = make_bench(declared(upstream), retries=0)
    upstream.will(DOWN)
    for _ in range(route.LEAST_CALLS):
        await failed(bench)
    _, error = await failed(bench)
    assert (error.code, len(upstream.asked)) == ("provider_circuit_open", route.LEAST_CALLS)
    assert bench.service.health("one").state == "open"
    assert bench.metrics.provider_health.value("one") == 0.0


async def test_the_demo_model_that_fails_when_told_to_is_never_left_alone(bench: Bench) -> None:
    for _ in range(route.LEAST_CALLS + 2):
        batches = bench.service.open(ModelChoice("demo", "demo-fail"), ask("/fail provider_failed after 1\n/rate 0", "demo-fail"))
        with pytest.raises(ProviderError, match="provider_failed"):
            assert [batch async for batch in batches]


async def test_a_stopped_answer_says_nothing_about_health(make_bench: MakeBench, upstream: Upstream) -> None:
    bench = make_bench(declared(upstream))
    upstream.will(Answer(said("Hello"), wait_s=5))
    batches = bench.service.open(ModelChoice("one", "m"), ask())
    assert list(await anext(batches)) == [CallStarted("one", "m")]
    await batches.aclose()
    assert bench.service.health("one").state == "unknown"


async def test_thinking_between_tags_becomes_reasoning(make_bench: MakeBench, upstream: Upstream) -> None:
    upstream.will(Answer(said("<thi", "nk>\nHm", "m.</th", "ink>\n\nYes")))
    events = await asked(make_bench(declared(upstream)))
    assert "".join(event.text for event in events if isinstance(event, ReasoningDelta)) == "Hmm."
    assert "".join(event.text for event in events if isinstance(event, TextDelta)) == "Yes"


async def test_a_title_is_completed_in_one_go(bench: Bench) -> None:
    done = await bench.service.complete(ModelChoice("demo", "demo-echo"), ask("Ada Lovelace", "demo-echo"))
    assert (done.text, done.usage and done.usage.output) == ("Ada Lovelace", 2)


async def test_people_see_what_is_enabled_and_the_demo_comes_last(make_bench: MakeBench, upstream: Upstream) -> None:
    bench = make_bench(declared(upstream))
    assert [(info.provider.id, info.model.id) for info in await bench.service.offered()][:3] == [
        ("one", "m"),
        ("one", "n"),
        ("demo", "demo"),
    ]
    assert await bench.service.default_model() == ModelChoice("one", "m")
    info = await bench.service.resolve(ModelChoice("one", "m"))
    assert (info.model.name, info.capabilities.context_tokens, info.capabilities.tools, info.demo) == ("The model", 64000, True, False)
    with pytest.raises(ModelUnknown):
        await bench.service.resolve(ModelChoice("one", "other"))
    assert (await bench.service.resolve(ModelChoice("demo", "demo-fail"))).demo


async def test_the_settings_choose_the_default_model(make_bench: MakeBench, upstream: Upstream) -> None:
    for wanted in ("demo/demo-slow", "demo-slow"):
        assert await make_bench(declared(upstream), default_model=wanted).service.default_model() == ModelChoice("demo", "demo-slow")
    assert await make_bench(demo=False).service.default_model() is None


async def test_tokens_of_the_demo_are_counted_and_others_estimated(bench: Bench) -> None:
    await bench.service.offered()
    assert bench.service.count_tokens(ModelChoice("demo", "demo"), "one two three") == 3
    assert bench.service.count_tokens(ModelChoice("other", "x"), "four letters each") == 5


async def test_an_unknown_model_is_a_stable_error(bench: Bench) -> None:
    _, error = await failed(bench, "nobody", "nothing")
    assert error.code == "model_not_found"


async def test_an_address_that_is_forbidden_is_not_asked(make_bench: MakeBench) -> None:
    metadata = EnvProvider(id="one", kind="openai", name="One", base_url="http://169.254.169.254/v1", model_list=parse_model_list("m"))
    _, error = await failed(make_bench(metadata, retries=0))
    assert error.code == "provider_protocol"


async def test_an_answer_that_was_too_long_says_so_and_one_that_was_filtered_failed(make_bench: MakeBench, upstream: Upstream) -> None:
    bench = make_bench(declared(upstream))
    upstream.will(Answer(said("Hello", finish="length")))
    assert (await asked(bench))[-1] == Notice("length")
    upstream.will(Answer(said("Hel", finish="content_filter")))
    events, error = await failed(bench)
    assert (text_of(events), error.code, len(upstream.asked)) == ("Hel", "content_filtered", 2)
