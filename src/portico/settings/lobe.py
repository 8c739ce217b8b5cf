"""Names of a LobeChat deployment that Portico knows but does not serve: each gets one line that says what to do instead."""

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from portico.settings.fields import names

_ACCOUNTS = "accounts are made in Portico: an administrator adds them, or single sign-on comes with a later release"
_DEAD = "has had no effect since LobeChat 2 and has none here; remove it"
_ENDPOINT = "use its OpenAI-compatible endpoint as OPENAI_PROXY_URL"
_PRIVATE = "objects stay private in their bucket; remove it"
_KNOWLEDGE = "knowledge bases come with a later release"
_METRICS = "Portico reports to nobody; its metrics are on PORTICO_METRICS_PORT"
_STORE = "Portico needs no cache: its database is enough"

# The first pattern that matches a name counts.
_ADVICE: tuple[tuple[str, str], ...] = (
    ("AUTH_SECRET|NEXT_AUTH_SECRET|BETTER_AUTH_SECRET|JWKS_KEY", "sessions are kept in the database and need no secret; remove it"),
    ("NEXTAUTH_URL|NEXT_AUTH_URL|AUTH_URL|INTERNAL_APP_URL", "set APP_URL to the address that browsers use"),
    ("NEXT_PUBLIC_ENABLE_(NEXT|CLERK|BETTER)_AUTH|ENABLE_OAUTH_SSO", f"{_DEAD}; {_ACCOUNTS}"),
    (r"(NEXT_PUBLIC_)?CLERK_\w+", f"Clerk is not served; {_ACCOUNTS}"),
    ("AUTH_(DISABLE_EMAIL_PASSWORD|EMAIL_VERIFICATION|ENABLE_MAGIC_LINK|ALLOWED_EMAILS)", _ACCOUNTS),
    ("(NEXT_AUTH|AUTH)_SSO_PROVIDERS", _ACCOUNTS),
    (r"(NEXT_AUTH|AUTH)_\w+_(ID|SECRET|ISSUER|TENANT_ID|AUTHORITY_URL)|AZURE_AD_\w+|AUTH0_\w+", _ACCOUNTS),
    ("DATABASE_DRIVER", "the driver follows from DATABASE_URL; remove it"),
    ("NEXT_PUBLIC_SERVICE_MODE", "Portico always keeps its data on the server; remove it"),
    ("ENABLE_PROXY_DNS", "names are always resolved and checked here before the proxy is asked; remove it"),
    ("(NEXT_PUBLIC_)?ASSET_BASE_URL", "the page's files are served by Portico itself; remove it"),
    ("ENABLED_CSP", "the content security policy is always on; remove it"),
    ("SYSTEM_AGENT", "the model for titles is the conversation's own; remove it"),
    ("DEFAULT_AGENT_CONFIG", "only `model` and `provider` are used; set the rest on the page"),
    (r"FEATURE_FLAGS|NEXT_PUBLIC_FEATURE_\w+", "features are switched by rights, on the page; remove it"),
    ("PLUGIN_SETTINGS", "is read and kept; plugins come with a later release"),
    ("PLUGINS_INDEX_URL|AGENTS_INDEX_URL|MCP_TOOL_TIMEOUT", "has no effect yet: plugins and agents come with a later release"),
    (r"DEFAULT_FILES_CONFIG|FILE_TYPE_CHUNKING_RULES|UNSTRUCTURED_\w+|CHUNKS_AUTO_\w+|EMBEDDING_\w+", _KNOWLEDGE),
    (r"S3_SET_ACL|NEXT_PUBLIC_S3_\w+", _PRIVATE),
    ("LLM_VISION_IMAGE_USE_BASE64", "images always travel inside the request; remove it"),
    (r"REDIS_\w+|QSTASH_\w+", _STORE),
    (r"SMTP_\w+|RESEND_\w+", "has no effect yet: mail comes with a later release"),
    ("SEARCH_PROVIDERS|CRAWLER_IMPLS|SEARXNG_URL", "has no effect yet: web search comes with a later release"),
    (
        "AWS_(ACCESS_KEY_ID|SECRET_ACCESS_KEY|REGION|SESSION_TOKEN|BEDROCK_MODEL_LIST)|ENABLED_AWS_BEDROCK",
        f"Bedrock is not served: {_ENDPOINT}",
    ),
    (r"VERTEXAI_\w+|ENABLED_VERTEXAI", f"Vertex AI is not served: use GOOGLE_API_KEY, or {_ENDPOINT}"),
    (r"(FAL|BFL|COMFYUI)_\w+|ENABLED_(FAL|BFL|COMFYUI)", "has no effect yet: image generation comes with a later release"),
    (r"(OPENAI|EDGE)_FUNCTION_REGIONS|CUSTOM_FONT_(FAMILY|URL)|SITE_URL", _DEAD),
    (r"(NEXT_PUBLIC_)?(ENABLE_)?(\w*ANALYTICS|POSTHOG|PLAUSIBLE|UMAMI|CLARITY|LANGFUSE)(_\w+)?", _METRICS),
    ("OPENAI_ENDPOINT|(NEXT_PUBLIC_)?CUSTOM_MODELS|HIDE_USER_API_KEY", "set OPENAI_MODEL_LIST and OPENAI_PROXY_URL instead"),
    (r"NEXT_PUBLIC_(I18N|DEVELOPER)_DEBUG|NEXT_PUBLIC_BASE_URL|DEBUG_\w+_CHAT_COMPLETION", _DEAD),
)
_PATTERNS = tuple((re.compile(pattern), advice) for pattern, advice in _ADVICE)
# These mean something to many other programs of the same machine, so on their own they are no sign of a LobeChat deployment.
_SHARED = re.compile(r"AWS_\w+|REDIS_\w+|S3_\w+|SMTP_\w+|DATABASE_DRIVER|DEBUG_\w+|SITE_URL|ANALYTICS\w*|LANGFUSE\w*|CLERK_\w+")
_SIGNS = ("KEY_VAULTS_SECRET", "ACCESS_CODE", "NEXT_PUBLIC_SERVICE_MODE", "APP_URL", "DATABASE_URL")


def advice(name: str) -> str:
    """Return what to do about a known name that is not served, or an empty string."""
    return next((text for pattern, text in _PATTERNS if pattern.fullmatch(name)), "")


def warnings(env: Mapping[str, str]) -> list[str]:
    """Return one line for each name of `env` that LobeChat serves and Portico does not."""
    is_lobe = any(env.get(sign, "").strip() for sign in _SIGNS)
    found: list[str] = []
    for name in sorted(env):
        known = advice(name) if env[name].strip() and (is_lobe or not _SHARED.fullmatch(name)) else ""
        if known:
            found.append(f"{name}: {known}.")
    return found


def parse_plugin_settings(text: str) -> tuple[Mapping[str, Mapping[str, str]], list[str]]:
    """Read `id:k=v;k2=v2,id2:...`; what does not fit is left out, with one line for each (without its value, which may be secret)."""
    plugins: dict[str, Mapping[str, str]] = {}
    faults: list[str] = []
    for number, entry in enumerate(names(text), 1):
        identifier, colon, rest = entry.partition(":")
        pairs = [pair.partition("=") for pair in rest.split(";") if pair.strip()]
        if not colon or not identifier.strip() or any(not equals or not key.strip() for key, equals, _ in pairs):
            faults.append(f"PLUGIN_SETTINGS: entry {number} is not of the form id:key=value;key=value and is left out.")
            continue
        known = plugins.get(identifier.strip(), {})
        plugins[identifier.strip()] = MappingProxyType({**known, **{key.strip(): value.strip() for key, _, value in pairs}})
    return MappingProxyType(plugins), faults


def default_model(agent_config: str) -> str:
    """Read `model` and `provider` out of DEFAULT_AGENT_CONFIG (`model=gpt-4o;provider=openai;params.max_tokens=300`)."""
    pairs: Iterable[tuple[str, str, str]] = (pair.partition("=") for pair in agent_config.split(";"))
    values = {key.strip(): value.strip() for key, _, value in pairs}
    model = values.get("model", "")
    return f"{values.get('provider') or 'openai'}/{model}" if model else ""
