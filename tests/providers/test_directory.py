from typing import Any

from portico.providers.base import Capabilities, DiscoveredModel
from portico.providers.directory import DEMO, build, hint_of, known_of, offered_at_first, vendor_of, with_demotion
from portico.providers.models import ModelChoice
from portico.settings.model_list import parse_model_list
from portico.settings.product import EnvProvider, Providers

OPENAI = EnvProvider(id="openai", kind="openai", name="OpenAI", base_url="https://api.openai.com/v1", keys=("sk-abcdefghijkl",))


def provider_row(key: str, **more: Any) -> dict[str, Any]:
    row = {"id": key, "kind": "openai", "name": key, "base_url": "http://x/v1", "enabled": 1, "position": 3, "sealed_keys": None}
    return {**row, "key_hint": None, "fallbacks": "[]", "rev": 2, **more}


def model_row(provider: str, model: str, **more: Any) -> dict[str, Any]:
    row = {"provider_id": provider, "id": model, "name": "", "enabled": 1, "position": 1000, "source": "discovered", "capabilities": "{}"}
    return {**row, "demoted_until": None, "probed": None, **more}


def settings(models: str = "", **more: Any) -> Providers:
    declared = EnvProvider(
        id="openai", kind="openai", name="OpenAI", base_url=OPENAI.base_url, keys=OPENAI.keys, model_list=parse_model_list(models)
    )
    return Providers(declared=(declared,), **more)


def test_the_demo_stands_last_unless_it_is_switched_off() -> None:
    assert [provider.id for provider in build(settings(), [provider_row("z")], []).providers] == ["openai", "z", "demo"]
    assert [provider.id for provider in build(settings(demo=False), [], []).providers] == ["openai"]


def test_a_row_changes_only_what_the_settings_leave_open() -> None:
    row = provider_row("openai", kind="ollama", name="Mine", base_url="http://evil", enabled=0, fallbacks='[{"provider":"z","model":"m"}]')
    provider = build(settings(), [row], []).provider("openai")
    assert provider is not None
    assert (provider.kind, provider.name, provider.base_url) == ("openai", "OpenAI", "https://api.openai.com/v1")
    assert (provider.enabled, provider.position, provider.rev, provider.fallbacks) == (False, 3, 2, (ModelChoice("z", "m"),))
    assert (provider.source, provider.has_key, provider.key_hint) == ("settings", True, "…ijkl")


def test_keys_are_not_in_what_a_log_would_print() -> None:
    assert "sk-abc" not in repr(build(settings(), [], []).providers)


def test_the_list_of_the_settings_comes_first_and_hides() -> None:
    rows = [model_row("openai", "a"), model_row("openai", "b"), model_row("openai", "mine", source="hand")]
    found = build(settings("-b,z=Zed<1000:vision>"), [], rows).models[OPENAI.id]  # type: ignore[index]
    assert [(model.id, model.name, model.source) for model in found] == [
        ("z", "Zed", "settings"),
        ("a", "a", "discovered"),
        ("mine", "mine", "hand"),
    ]
    only = build(settings("-all,+z->deployed"), [], rows).models[OPENAI.id]  # type: ignore[index]
    assert [(model.id, model.upstream) for model in only] == [("z", "deployed"), ("mine", "mine")]


def test_what_an_administrator_says_stands_above_the_probe_the_server_and_the_catalogue() -> None:
    said = '{"found":{"vision":false,"context_tokens":9},"set":{"context_tokens":7}}'
    row = model_row("openai", "gpt-4o", capabilities=said, probed='{"continuation":"trailing","at":1}')
    model = build(settings(), [], [row]).model("openai", "gpt-4o")
    assert model is not None
    assert (model.capabilities.vision, model.capabilities.context_tokens) == (False, 7)
    assert (model.capabilities.tools, model.capabilities.continuation) == (True, "trailing")


def test_a_change_to_a_model_that_the_settings_no_longer_list_is_forgotten() -> None:
    assert build(settings(), [], [model_row("openai", "gone", source="changed")]).model("openai", "gone") is None


def test_only_the_friendly_demo_models_are_offered_unasked() -> None:
    directory = build(settings(), [], [])
    assert [model.id for provider, model in directory.offered() if provider.id == DEMO] == ["demo", "demo-slow", "demo-tool"]
    assert directory.model("demo", "demo-fail") is not None


def test_a_demoted_model_is_asked_in_words_until_the_day_is_over() -> None:
    trailing = Capabilities(continuation="trailing")
    assert with_demotion(trailing, 1000, 999).continuation == "instruct"
    assert with_demotion(trailing, 1000, 1001).continuation == "trailing"
    assert with_demotion(Capabilities(), 0, 1).continuation == "instruct"
    assert with_demotion(Capabilities(continuation="none"), 1000, 1).continuation == "none"


def test_of_what_a_server_lists_only_what_chats_is_offered_and_of_a_long_list_what_is_known() -> None:
    provider = build(settings(), [], []).providers[0]
    few = [DiscoveredModel(name) for name in ("gpt-4o", "text-embedding-3", "whisper-1", "dall-e-3", "my-tune")]
    assert offered_at_first(provider, few) == {"gpt-4o", "my-tune"}
    many = [*few, *(DiscoveredModel(f"unknown-{number}") for number in range(100))]
    assert offered_at_first(provider, many) == {"gpt-4o"}


def test_the_vendor_is_told_by_address_or_by_the_providers_name() -> None:
    provider = build(settings(), [], []).providers[0]
    assert (vendor_of(provider), known_of(provider, "gpt-4o").input_price) == ("openai", 2.5)
    vllm = build(settings(), [provider_row("vllm", base_url="http://10.0.0.1:8000/v1")], []).provider("vllm")
    assert vllm is not None
    assert known_of(vllm, "any").continuation == "vllm"


def test_a_hint_gives_a_short_key_not_away() -> None:
    assert (hint_of("sk-12345678"), hint_of("sk-123456789")) == ("…", "…6789")
