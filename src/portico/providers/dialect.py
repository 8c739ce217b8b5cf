"""How the servers that speak OpenAI's Chat Completions differ from each other, told by their addresses."""

from dataclasses import dataclass
from typing import Literal
from urllib.parse import SplitResult, parse_qsl, quote, urlencode, urlsplit, urlunsplit

AZURE_API_VERSION = "2024-10-21"


@dataclass(frozen=True, slots=True)
class Dialect:
    """`returns_reasoning`: the server wants `reasoning_content` back while its tools are at work."""

    vendor: str = ""
    tokens_field: Literal["max_tokens", "max_completion_tokens"] = "max_tokens"
    stream_options: bool = True
    effort: Literal["flat", "nested", "thinking", ""] = ""
    returns_reasoning: bool = False
    key_header: Literal["Authorization", "api-key"] = "Authorization"


_DIALECTS: tuple[tuple[str, Dialect], ...] = (
    ("api.openai.com", Dialect("openai", "max_completion_tokens", effort="flat")),
    (".openai.azure.com", Dialect("azure", "max_completion_tokens", effort="flat", key_header="api-key")),
    (".cognitiveservices.azure.com", Dialect("azure", "max_completion_tokens", effort="flat", key_header="api-key")),
    ("openrouter.ai", Dialect("openrouter", effort="nested")),
    ("api.deepseek.com", Dialect("deepseek", effort="thinking", returns_reasoning=True)),
    ("api.mistral.ai", Dialect("mistral", stream_options=False)),
    ("api.groq.com", Dialect("groq", "max_completion_tokens")),
    ("api.x.ai", Dialect("xai", effort="flat")),
    (".moonshot.cn", Dialect("moonshot", returns_reasoning=True)),
    (".moonshot.ai", Dialect("moonshot", returns_reasoning=True)),
    ("api.z.ai", Dialect("zai", effort="thinking", returns_reasoning=True)),
    ("open.bigmodel.cn", Dialect("zai", effort="thinking", returns_reasoning=True)),
    ("api.perplexity.ai", Dialect("perplexity", stream_options=False)),
)
_PLAIN = Dialect()
# Servers whose own address has a path before the version that people leave out.
_VERSION_PATHS = {
    "openrouter.ai": "/api/v1",
    "api.groq.com": "/openai/v1",
    "api.perplexity.ai": "",
    "api.deepseek.com": "",
    "open.bigmodel.cn": "/api/paas/v4",
    "api.z.ai": "/api/paas/v4",
    "generativelanguage.googleapis.com": "/v1beta/openai",
}


def dialect_of(base_url: str, vendor: str = "") -> Dialect:
    """Return the dialect of a server; `vendor` names one whose address says nothing, as `vllm`."""
    host = _host(base_url)
    for suffix, dialect in _DIALECTS:
        if host == suffix.lstrip(".") or (suffix.startswith(".") and host.endswith(suffix)):
            return dialect
    return Dialect("vllm") if vendor == "vllm" else _PLAIN


def _host(base_url: str) -> str:
    try:
        return (urlsplit(base_url).hostname or "").lower()
    except ValueError:
        return ""  # whoever connects to it says so


def endpoint(base_url: str, name: str, *, model: str = "") -> str:
    """Return the address of an endpoint, as `chat/completions`, below a base address with or without its version.

    A base address without a path gets the vendor's own, `/v1` for most; any other is taken as it is. Azure's classic addresses carry the
    deployment, which is the model, in the path and the version of the API in the query.
    """
    parts = urlsplit(base_url.strip())
    path = parts.path.rstrip("/").removesuffix("/chat/completions").removesuffix("/responses").rstrip("/")
    host = (parts.hostname or "").lower()
    if host.endswith((".openai.azure.com", ".cognitiveservices.azure.com")) and not path.endswith("/v1"):
        return _azure(parts, path, name, model)
    if not path or (host == "openrouter.ai" and path == "/api"):
        path = _VERSION_PATHS.get(host, "/v1")
    return urlunsplit(parts._replace(path=f"{path}/{name}"))


def _azure(parts: SplitResult, path: str, name: str, model: str) -> str:
    query = dict(parse_qsl(parts.query))
    query.setdefault("api-version", AZURE_API_VERSION)
    if "/deployments/" not in path and name == "chat/completions":
        path = f"{path.removesuffix('/openai')}/openai/deployments/{quote(model, safe='')}"
    elif "/deployments/" not in path:
        path = f"{path.removesuffix('/openai')}/openai"
    return urlunsplit(parts._replace(path=f"{path}/{name}", query=urlencode(query)))


def beta(url: str) -> str:
    """Return DeepSeek's address for prefix continuation, which only its beta has."""
    parts = urlsplit(url)
    path = parts.path if parts.path.startswith("/beta/") else "/beta/" + parts.path.removeprefix("/v1").lstrip("/")
    return urlunsplit(parts._replace(path=path))
