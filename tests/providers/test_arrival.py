import json
from dataclasses import replace

from portico.ids import JobId
from portico.infra.jobs import Job
from portico.providers.arrival import EVERY, Arrival
from portico.settings.model_list import parse_model_list
from portico.settings.product import EnvProvider
from tests.providers.conftest import Answer, Bench, MakeBench, Upstream

JOB = Job(JobId("j"), EVERY.kind, "{}", 1)
TAGS = Answer(json.dumps({"models": [{"name": "llama3.2:3b"}]}).encode())
SHOWN = Answer(json.dumps({"capabilities": ["completion", "tools"]}).encode())
LIST = Answer(json.dumps({"data": [{"id": "gpt-4o"}]}).encode())


def arrival(bench: Bench, url: str, **changed: object) -> Arrival:
    return Arrival(bench.service, replace(bench.service._settings, **changed), url)


async def offered(bench: Bench) -> list[tuple[str, str]]:
    return [(info.provider.id, info.model.id) for info in await bench.service.offered() if not info.demo]


async def test_a_local_ollama_is_found_with_its_models(bench: Bench, upstream: Upstream) -> None:
    upstream.will(TAGS, SHOWN)
    await arrival(bench, upstream.url).run(JOB)
    assert await offered(bench) == [("ollama", "llama3.2:3b")]
    await arrival(bench, upstream.url).run(JOB)
    assert len((await bench.service.configuration.current()).providers) == 2


async def test_nothing_is_looked_for_in_a_cluster_or_when_it_is_not_wanted(make_bench: MakeBench, upstream: Upstream) -> None:
    await arrival(make_bench(), upstream.url, kubernetes=True).run(JOB)
    await arrival(make_bench(find_ollama=False), upstream.url).run(JOB)
    assert upstream.asked == []


async def test_an_ollama_that_was_removed_stays_away_until_the_next_start(bench: Bench, upstream: Upstream) -> None:
    upstream.will(TAGS, SHOWN)
    looking = arrival(bench, upstream.url)
    await looking.run(JOB)
    await bench.admin.delete(bench.root, "ollama")
    await looking.run(JOB)
    assert await offered(bench) == []


async def test_nobody_listening_is_no_error(bench: Bench) -> None:
    await arrival(bench, "http://127.0.0.1:9").run(JOB)
    assert await offered(bench) == []


async def test_a_declared_provider_without_a_list_is_asked_for_its_models_once(make_bench: MakeBench, upstream: Upstream) -> None:
    silent = EnvProvider(id="openai", kind="openai", name="OpenAI", base_url=upstream.url, keys=("sk",))
    listed = replace(silent, id="other", model_list=parse_model_list("m"))
    bench = make_bench(silent, listed)
    upstream.will(LIST)
    for _ in range(2):
        await arrival(bench, "http://127.0.0.1:9").run(JOB)
    assert await offered(bench) == [("openai", "gpt-4o"), ("other", "m")]
    assert [asked.path for asked in upstream.asked] == ["/v1/models"]


async def test_a_provider_that_does_not_list_its_models_stops_nothing(make_bench: MakeBench, upstream: Upstream) -> None:
    bench = make_bench(EnvProvider(id="openai", kind="openai", name="OpenAI", base_url=upstream.url, keys=("sk",)))
    upstream.will(Answer(b"{}", 401))
    await arrival(bench, "http://127.0.0.1:9").run(JOB)
    assert await offered(bench) == []
