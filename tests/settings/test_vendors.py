"""Providers that the environment declares."""

import pytest

from portico.settings.vendors import VENDORS, Declared


def declare(**env: str) -> Declared:
    declared = Declared(env)
    declared.collect()
    return declared


@pytest.mark.parametrize("vendor", [vendor for vendor in VENDORS if vendor.base_url], ids=lambda vendor: vendor.id)
def test_a_key_alone_declares_a_vendor_at_its_own_address(vendor) -> None:
    found = declare(**{f"{vendor.prefix}_API_KEY": "one, two"})
    assert [(p.id, p.kind, p.base_url, p.keys, p.enabled) for p in found.providers] == [
        (vendor.id, vendor.kind, vendor.base_url, ("one", "two"), True)
    ]
    assert (found.warnings, found.faults) == ([], [])


def test_ids_are_unique() -> None:
    assert len({vendor.id for vendor in VENDORS}) == len(VENDORS)


def test_address_model_list_and_switch_are_taken() -> None:
    found = declare(GROQ_API_KEY="k", GROQ_PROXY_URL="http://gate:8080/v1/", GROQ_MODEL_LIST="-all,+a", ENABLED_GROQ="0").providers[0]
    assert (found.base_url, found.model_list.hide_all, found.enabled) == ("http://gate:8080/v1", True, False)


@pytest.mark.parametrize("prefix", ["OLLAMA", "VLLM", "OPENAI", "HIGRESS"])
def test_a_server_without_a_key_is_declared_by_its_address(prefix: str) -> None:
    found = declare(**{f"{prefix}_PROXY_URL": "http://models:8000"}).providers
    assert [(p.base_url, p.keys) for p in found] == [("http://models:8000", ())]


def test_azure_needs_key_and_address_and_is_spoken_to_by_its_versionless_api() -> None:
    found = declare(AZURE_API_KEY="k", AZURE_ENDPOINT="https://x.openai.azure.com", AZURE_API_VERSION="2024", AZURE_MODEL_LIST="gpt->mine")
    assert [(p.kind, p.base_url, p.model_list.models[0].deployment) for p in found.providers] == [
        ("openai", "https://x.openai.azure.com/openai/v1", "mine")
    ]
    assert "AZURE_API_VERSION" in found.warnings[0]
    assert declare(AZURE_API_KEY="k").warnings


def test_cloudflare_is_declared_by_its_account() -> None:
    found = declare(CLOUDFLARE_API_KEY="k", CLOUDFLARE_BASE_URL_OR_ACCOUNT_ID="abc").providers[0]
    assert found.base_url == "https://api.cloudflare.com/client/v4/accounts/abc/ai/v1"


def test_a_developers_token_for_github_is_not_taken_for_a_model_key() -> None:
    assert declare(GITHUB_TOKEN="t").providers == []
    assert [p.id for p in declare(GITHUB_TOKEN="t", ENABLED_GITHUB="1").providers] == ["github"]


def test_what_has_no_effect_is_told_and_what_is_wrong_is_a_fault_without_the_key() -> None:
    assert declare(QWEN_MODEL_LIST="a").warnings[0].startswith("QWEN_MODEL_LIST has no effect")
    assert "telepathy" in declare(QWEN_API_KEY="k", QWEN_MODEL_LIST="a<1:telepathy>").warnings[0]
    faults = [
        *declare(GROQ_API_KEY="secret", GROQ_PROXY_URL="gate").faults,
        *declare(GROQ_API_KEY="secret", ENABLED_GROQ="maybe").faults,
        *declare(HIGRESS_API_KEY="secret").faults,
    ]
    assert [fault.split()[0] for fault in faults] == ["GROQ_PROXY_URL", "ENABLED_GROQ", "HIGRESS_PROXY_URL"]
    assert "secret" not in " ".join(faults)


def test_keys_are_not_shown() -> None:
    assert "sk-secret" not in repr(declare(OPENAI_API_KEY="sk-secret").providers)
