import json
from dataclasses import replace

import pytest

from portico.errors import Forbidden
from portico.infra.egress import AddressRefused
from portico.providers.base import Capabilities, DiscoveredModel, ProviderError
from portico.providers.models import (
    KindUnfit,
    ModelChange,
    ModelChoice,
    ModelUnknown,
    Provider,
    ProviderChange,
    ProviderDeclared,
    ProviderExists,
    ProviderNotFound,
    ProviderStale,
)
from portico.settings.model_list import parse_model_list
from portico.settings.product import EnvProvider
from tests.providers.conftest import Answer, Bench, MakeBench, Upstream, ask, begun, said

LISTED = json.dumps({"data": [{"id": "gpt-4o"}, {"id": "text-embedding-3-small"}]}).encode()


async def added(bench: Bench, upstream: Upstream, name: str = "One") -> Provider:
    return await bench.admin.create(
        bench.root, provider_id=None, kind="openai", name=name, base_url=upstream.url, keys=("sk-1234567890ab",)
    )


async def test_a_provider_is_added_behind_the_others_and_before_the_demo(bench: Bench, upstream: Upstream) -> None:
    one, two = await added(bench, upstream), await added(bench, upstream, "Two")
    assert [provider.id for provider in await bench.admin.providers(bench.root)] == [one.id, two.id, "demo"]
    assert (one.source, one.has_key, one.key_hint, one.enabled, one.rev) == ("database", True, "…90ab", True, 1)


async def test_only_administrators_may(bench: Bench, upstream: Upstream) -> None:
    member = replace(bench.root, role="member")
    for refused in (bench.admin.providers(member), bench.admin.discover(member, "demo"), bench.admin.test(member, "demo", None)):
        with pytest.raises(Forbidden):
            await refused


async def test_what_cannot_be_added_is_refused(bench: Bench, upstream: Upstream) -> None:
    await bench.admin.create(bench.root, provider_id="mine", kind="ollama", name="Mine")
    with pytest.raises(ProviderExists):
        await bench.admin.create(bench.root, provider_id="mine", kind="openai", name="Again")
    with pytest.raises(KindUnfit):
        await bench.admin.create(bench.root, provider_id=None, kind="demo", name="Second demo")
    for address in ("http://169.254.169.254/latest", "file:///etc/passwd", "http://user:pw@example.org"):
        with pytest.raises(AddressRefused):
            await bench.admin.create(bench.root, provider_id=None, kind="openai", name="X", base_url=address)


async def test_a_change_keeps_what_it_does_not_name_and_counts_revisions(bench: Bench, upstream: Upstream) -> None:
    one = await added(bench, upstream)
    changed = await bench.admin.change(bench.root, one.id, ProviderChange(name="Renamed", enabled=False), rev=1)
    assert (changed.name, changed.enabled, changed.base_url, changed.key_hint, changed.rev) == ("Renamed", False, upstream.url, "…90ab", 2)
    with pytest.raises(ProviderStale):
        await bench.admin.change(bench.root, one.id, ProviderChange(name="Late"), rev=1)
    bare = await bench.admin.change(bench.root, one.id, ProviderChange(keys=()))
    assert (bare.has_key, bare.key_hint) == (False, None)


async def test_of_a_provider_of_the_settings_only_what_they_leave_open_changes(make_bench: MakeBench, upstream: Upstream) -> None:
    bench = make_bench(EnvProvider(id="openai", kind="openai", name="OpenAI", base_url=upstream.url, keys=("sk",)))
    for change in (ProviderChange(name="X"), ProviderChange(base_url="http://x"), ProviderChange(keys=("k",))):
        with pytest.raises(ProviderDeclared):
            await bench.admin.change(bench.root, "openai", change)
    with pytest.raises(ProviderDeclared):
        await bench.admin.delete(bench.root, "openai")
    changed = await bench.admin.change(
        bench.root, "openai", ProviderChange(enabled=False, position=7, fallbacks=(ModelChoice("demo", "demo"),))
    )
    assert (changed.enabled, changed.position, changed.rev, changed.base_url) == (False, 7, 1, upstream.url)
    again = await bench.admin.change(bench.root, "openai", ProviderChange(enabled=True), rev=1)
    assert (again.enabled, again.fallbacks, again.rev) == (True, (ModelChoice("demo", "demo"),), 2)
    row = await bench.db.fetch_one("SELECT sealed_keys, base_url FROM providers WHERE id = 'openai'")
    assert row is not None
    assert (row["sealed_keys"], row["base_url"]) == (None, None)


async def test_a_deleted_provider_is_gone_with_its_models(bench: Bench, upstream: Upstream) -> None:
    one = await added(bench, upstream)
    await bench.admin.add_model(bench.root, one.id, "mine", ModelChange())
    await bench.admin.delete(bench.root, one.id)
    with pytest.raises(ProviderNotFound):
        await bench.admin.provider(bench.root, one.id)
    assert await bench.db.fetch("SELECT id FROM models") == []


async def test_discovery_offers_what_chats_and_keeps_what_was_decided(bench: Bench, upstream: Upstream) -> None:
    one = await added(bench, upstream)
    upstream.will(Answer(LISTED))
    assert await bench.admin.discover(bench.root, one.id) == 2
    assert {model.id: model.enabled for model in await bench.admin.models(bench.root, one.id)} == {
        "gpt-4o": True,
        "text-embedding-3-small": False,
    }
    await bench.admin.change_model(
        bench.root, one.id, "gpt-4o", ModelChange(enabled=False, name="Old", capabilities=Capabilities(vision=False))
    )
    upstream.will(Answer(json.dumps({"data": [{"id": "gpt-4o", "context_length": 5}, {"id": "new"}]}).encode()))
    assert await bench.admin.discover(bench.root, one.id) == 1
    models = {model.id: model for model in await bench.admin.models(bench.root, one.id)}
    assert models.keys() == {"gpt-4o", "new"}
    old = models["gpt-4o"]
    assert (old.enabled, old.name, old.capabilities.vision, old.capabilities.context_tokens) == (False, "Old", False, 5)


async def test_a_failed_discovery_changes_nothing(bench: Bench, upstream: Upstream) -> None:
    one = await added(bench, upstream)
    await bench.admin.store_found(one, [DiscoveredModel("a")])
    upstream.will(Answer(b"{}", 401))
    with pytest.raises(ProviderError, match="provider_auth"):
        await bench.admin.discover(bench.root, one.id)
    assert [model.id for model in await bench.admin.models(bench.root, one.id)] == ["a"]


async def test_a_model_is_added_by_hand_and_stays(bench: Bench, upstream: Upstream) -> None:
    one = await added(bench, upstream)
    made = await bench.admin.add_model(
        bench.root, one.id, "org/model:free", ModelChange(name="Mine", capabilities=Capabilities(tools=True))
    )
    assert (made.name, made.source, made.enabled, made.capabilities.tools) == ("Mine", "hand", True, True)
    await bench.admin.store_found(one, [DiscoveredModel("other")])
    assert [model.id for model in await bench.admin.models(bench.root, one.id)] == ["org/model:free", "other"]
    with pytest.raises(ModelUnknown):
        await bench.admin.change_model(bench.root, one.id, "nope", ModelChange(enabled=True))


async def test_a_demo_model_can_be_offered_too(bench: Bench) -> None:
    await bench.admin.change_model(bench.root, "demo", "demo-cut", ModelChange(enabled=True))
    assert "demo-cut" in [info.model.id for info in await bench.service.offered()]


async def test_the_test_button_measures_and_shows_the_answer(bench: Bench, upstream: Upstream) -> None:
    one = await added(bench, upstream)
    upstream.will(Answer(said("re", "ady"), wait_s=0.05))
    result = await bench.admin.test(bench.root, one.id, "any-model")
    assert (result.ok, result.text, result.error) == (True, "ready", None)
    assert result.latency_ms >= (result.ttft_ms or 0) >= 50
    assert upstream.asked[0].body["model"] == "any-model"


async def test_the_test_button_says_what_is_wrong_in_the_providers_words(bench: Bench, upstream: Upstream) -> None:
    one = await added(bench, upstream)
    upstream.will(Answer(b'{"error":{"message":"No credit left on this account"}}', 402))
    result = await bench.admin.test(bench.root, one.id, "m")
    assert result.error is not None
    assert (result.ok, result.error[0], result.error[2]) == (False, "provider_quota", "No credit left on this account")


async def test_without_a_model_the_test_takes_one_that_the_server_lists(bench: Bench, upstream: Upstream) -> None:
    one = await added(bench, upstream)
    upstream.will(Answer(LISTED), Answer(said("ready")))
    assert (await bench.admin.test(bench.root, one.id, None)).ok
    assert upstream.asked[-1].body["model"] == "gpt-4o"
    upstream.will(Answer(b'{"data":[]}'))
    with pytest.raises(ModelUnknown):
        await bench.admin.test(bench.root, one.id, None)


@pytest.mark.parametrize(("answer", "found"), [("ma, Delta", "trailing"), ("Gamma, Delta", "instruct")])
async def test_the_probe_finds_out_whether_a_model_continues_and_is_stored(
    bench: Bench, upstream: Upstream, answer: str, found: str
) -> None:
    one = await added(bench, upstream)
    await bench.admin.add_model(bench.root, one.id, "m", ModelChange())
    upstream.will(Answer(said("ready")), Answer(said(answer)))
    result = await bench.admin.test(bench.root, one.id, "m", continuation=True)
    assert result.continuation == found
    assert upstream.asked[-1].body["messages"][-1] == {"role": "assistant", "content": "Alpha, Beta, Gam"}
    assert (await bench.process().capabilities(ModelChoice(one.id, "m"))).continuation == found


async def test_every_change_is_on_the_audit_trail_without_secrets(make_bench: MakeBench, upstream: Upstream) -> None:
    bench = make_bench(EnvProvider(id="openai", kind="openai", name="OpenAI", base_url=upstream.url, model_list=parse_model_list("m")))
    one = await added(bench, upstream)
    await bench.admin.change(bench.root, one.id, ProviderChange(keys=("sk-other-secret",)))
    await bench.admin.delete(bench.root, one.id)
    rows = await bench.db.fetch("SELECT action, detail FROM audit_events ORDER BY id")
    assert [row["action"] for row in rows] == ["provider.created", "provider.changed", "provider.deleted"]
    assert not any("sk-" in row["detail"] for row in rows)


async def test_a_model_that_refuses_a_started_answer_is_asked_in_words_for_a_day(bench: Bench, upstream: Upstream) -> None:
    one = await added(bench, upstream)
    choice = ModelChoice(one.id, "m")
    await bench.admin.add_model(bench.root, one.id, "m", ModelChange(name="Mine", capabilities=Capabilities(continuation="trailing")))
    assert (await bench.service.capabilities(choice)).continuation == "trailing"
    upstream.will(Answer(b'{"error":{"message":"This model does not support assistant message prefill."}}', 400))
    for _ in range(2):
        with pytest.raises(ProviderError, match="provider_prefill_refused"):
            assert [batch async for batch in bench.service.open(choice, ask(then=[begun("The answer is")], continuation="trailing"))]
    info = await bench.process().resolve(choice)
    assert (info.capabilities.continuation, info.model.name, info.model.enabled) == ("instruct", "Mine", True)


async def test_a_demo_model_that_is_not_offered_stays_so_when_it_refuses_to_continue(bench: Bench) -> None:
    choice = ModelChoice("demo", "demo-noprefill")
    with pytest.raises(ProviderError, match="provider_prefill_refused"):
        assert [batch async for batch in bench.service.open(choice, ask(model="demo-noprefill", then=[begun("I am")]))]
    assert "demo-noprefill" not in [info.model.id for info in await bench.process().offered()]
