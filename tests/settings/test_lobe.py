"""Names of a LobeChat deployment that are known and not served."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portico.settings.lobe import advice, default_model, parse_plugin_settings, warnings

KNOWN = """
INTERNAL_APP_URL DATABASE_DRIVER ENABLE_PROXY_DNS ASSET_BASE_URL ENABLED_CSP AUTH_SECRET JWKS_KEY AUTH_SSO_PROVIDERS
AUTH_KEYCLOAK_ID AUTH_GENERIC_OIDC_SECRET AUTH_MICROSOFT_TENANT_ID AUTH_MICROSOFT_AUTHORITY_URL AUTH_OKTA_ISSUER
AUTH_CLOUDFLARE_ZERO_TRUST_ID AUTH_ALLOWED_EMAILS AUTH_DISABLE_EMAIL_PASSWORD AUTH_EMAIL_VERIFICATION AUTH_ENABLE_MAGIC_LINK
NEXT_PUBLIC_ENABLE_NEXT_AUTH NEXT_AUTH_SECRET NEXT_AUTH_SSO_PROVIDERS NEXTAUTH_URL AUTH_AZURE_AD_ID AUTH_AZURE_AD_TENANT_ID
CLERK_SECRET_KEY NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY FEATURE_FLAGS DEFAULT_AGENT_CONFIG SYSTEM_AGENT PLUGIN_SETTINGS
PLUGINS_INDEX_URL AGENTS_INDEX_URL MCP_TOOL_TIMEOUT S3_SET_ACL
LLM_VISION_IMAGE_USE_BASE64 DEFAULT_FILES_CONFIG FILE_TYPE_CHUNKING_RULES UNSTRUCTURED_API_KEY CHUNKS_AUTO_EMBEDDING
EMBEDDING_BATCH_SIZE EMBEDDING_CONCURRENCY REDIS_URL REDIS_PREFIX REDIS_TLS SMTP_HOST SMTP_PASS RESEND_API_KEY SEARCH_PROVIDERS
CRAWLER_IMPLS SEARXNG_URL AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_REGION ENABLED_AWS_BEDROCK VERTEXAI_CREDENTIALS
NEXT_PUBLIC_SERVICE_MODE NEXT_PUBLIC_S3_DOMAIN
""".split()  # noqa: SIM905 -- a list of names reads best as words


@pytest.mark.parametrize("name", KNOWN)
def test_every_known_name_gets_one_line_that_says_what_to_do(name: str) -> None:
    found = warnings({name: "secret-value", "KEY_VAULTS_SECRET": "x"})
    assert len(found) == 1
    assert found[0].startswith(f"{name}: ")
    assert found[0].endswith(".")
    assert "secret-value" not in found[0]


def test_names_of_everybody_else_and_empty_ones_are_left_alone() -> None:
    assert warnings({"PATH": "/bin", "HOME": "/", "AWS_REGION": "eu", "REDIS_URL": "x", "FEATURE_FLAGS": " "}) == []
    assert advice("PATH") == ""


def test_plugin_settings_are_read() -> None:
    plugins, faults = parse_plugin_settings("search:SERP_KEY=a=b;LANG=de, web:URL=http://x:1/y,search:MORE=1")
    assert {name: dict(values) for name, values in plugins.items()} == {
        "search": {"SERP_KEY": "a=b", "LANG": "de", "MORE": "1"},
        "web": {"URL": "http://x:1/y"},
    }
    assert faults == []


def test_a_plugin_setting_that_does_not_fit_is_left_out_and_its_value_is_not_told() -> None:
    plugins, faults = parse_plugin_settings("secret-without-form,a:b=1,:k=v,c:novalue")
    assert list(plugins) == ["a"]
    assert len(faults) == 3
    assert "secret-without-form" not in " ".join(faults)


@given(st.text(max_size=100))
def test_no_plugin_settings_are_an_error(text: str) -> None:
    parse_plugin_settings(text)


@pytest.mark.parametrize(
    ("text", "model"),
    [
        ("model=gpt-4o;params.max_tokens=300", "openai/gpt-4o"),
        ("provider=groq; model = llama ", "groq/llama"),
        ("", ""),
        ("provider=groq", ""),
    ],
)
def test_the_default_model_is_taken_from_the_agents_defaults(text: str, model: str) -> None:
    assert default_model(text) == model
