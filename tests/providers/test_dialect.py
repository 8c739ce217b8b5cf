import pytest

from portico.providers.dialect import beta, dialect_of, endpoint


@pytest.mark.parametrize(
    ("base_url", "address"),
    [
        ("https://api.openai.com", "https://api.openai.com/v1/chat/completions"),
        ("https://api.openai.com/", "https://api.openai.com/v1/chat/completions"),
        ("https://api.openai.com/v1", "https://api.openai.com/v1/chat/completions"),
        ("https://api.openai.com/v1/chat/completions", "https://api.openai.com/v1/chat/completions"),
        ("http://10.1.2.3:8000", "http://10.1.2.3:8000/v1/chat/completions"),
        ("https://proxy.example/openai", "https://proxy.example/openai/chat/completions"),
        ("https://open.bigmodel.cn/api/paas/v4/", "https://open.bigmodel.cn/api/paas/v4/chat/completions"),
        ("https://openrouter.ai", "https://openrouter.ai/api/v1/chat/completions"),
        ("https://openrouter.ai/api", "https://openrouter.ai/api/v1/chat/completions"),
        ("https://api.groq.com", "https://api.groq.com/openai/v1/chat/completions"),
        ("https://api.perplexity.ai", "https://api.perplexity.ai/chat/completions"),
        ("https://api.deepseek.com", "https://api.deepseek.com/chat/completions"),
        ("https://x.example/v1?key=1", "https://x.example/v1/chat/completions?key=1"),
        ("https://a.openai.azure.com", "https://a.openai.azure.com/openai/deployments/my%20gpt/chat/completions?api-version=2024-10-21"),
        (
            "https://a.openai.azure.com/openai/deployments/x?api-version=2025-01-01",
            "https://a.openai.azure.com/openai/deployments/x/chat/completions?api-version=2025-01-01",
        ),
        ("https://a.openai.azure.com/openai/v1", "https://a.openai.azure.com/openai/v1/chat/completions"),
    ],
)
def test_a_base_address_of_any_form_leads_to_the_endpoint(base_url: str, address: str) -> None:
    assert endpoint(base_url, "chat/completions", model="my gpt") == address


def test_azures_list_of_models_has_no_deployment() -> None:
    assert endpoint("https://a.openai.azure.com", "models") == "https://a.openai.azure.com/openai/models?api-version=2024-10-21"


def test_a_server_is_told_by_its_address_or_by_name() -> None:
    assert dialect_of("https://api.openai.com").vendor == "openai"
    assert dialect_of("https://me.openai.azure.com/x").key_header == "api-key"
    assert dialect_of("https://evil-api.openai.com.example").vendor == ""
    assert dialect_of("http://10.0.0.1:8000/v1", "vllm").vendor == "vllm"


def test_the_beta_address_of_deepseek_continues_answers() -> None:
    for url in (
        "https://api.deepseek.com/chat/completions",
        "https://api.deepseek.com/v1/chat/completions",
        "https://api.deepseek.com/beta/chat/completions",
    ):
        assert beta(url) == "https://api.deepseek.com/beta/chat/completions"
