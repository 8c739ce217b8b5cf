"""The model vendors whose names LobeChat's environment uses, with the address that each has by default."""

from collections.abc import Mapping
from dataclasses import dataclass

from portico.settings.fields import names, truth, web_url
from portico.settings.model_list import parse_model_list
from portico.settings.product import EnvProvider, ProviderKind


@dataclass(frozen=True, slots=True)
class Vendor:
    """`prefix` begins the names of its variables; `keyless` vendors are declared by an address alone."""

    prefix: str
    name: str
    base_url: str
    kind: ProviderKind = "openai"
    keyless: bool = False

    @property
    def id(self) -> str:
        return self.prefix.lower().replace("_", "")


VENDORS: tuple[Vendor, ...] = (
    Vendor("OPENAI", "OpenAI", "https://api.openai.com/v1", keyless=True),
    Vendor("ANTHROPIC", "Anthropic", "https://api.anthropic.com", "anthropic"),
    Vendor("GOOGLE", "Google Gemini", "https://generativelanguage.googleapis.com", "gemini"),
    Vendor("OLLAMA", "Ollama", "http://127.0.0.1:11434", "ollama", keyless=True),
    Vendor("VLLM", "vLLM", "http://127.0.0.1:8000/v1", keyless=True),
    Vendor("XINFERENCE", "Xinference", "http://127.0.0.1:9997/v1", keyless=True),
    Vendor("LMSTUDIO", "LM Studio", "http://127.0.0.1:1234/v1", keyless=True),
    Vendor("NEWAPI", "New API", "", keyless=True),
    Vendor("OPENROUTER", "OpenRouter", "https://openrouter.ai/api/v1"),
    Vendor("MISTRAL", "Mistral", "https://api.mistral.ai/v1"),
    Vendor("GROQ", "Groq", "https://api.groq.com/openai/v1"),
    Vendor("DEEPSEEK", "DeepSeek", "https://api.deepseek.com/v1"),
    Vendor("QWEN", "Qwen", "https://dashscope.aliyuncs.com/compatible-mode/v1"),
    Vendor("ZHIPU", "Zhipu", "https://open.bigmodel.cn/api/paas/v4"),
    Vendor("MOONSHOT", "Moonshot", "https://api.moonshot.cn/v1"),
    Vendor("PERPLEXITY", "Perplexity", "https://api.perplexity.ai"),
    Vendor("TOGETHERAI", "Together AI", "https://api.together.xyz/v1"),
    Vendor("FIREWORKSAI", "Fireworks AI", "https://api.fireworks.ai/inference/v1"),
    Vendor("XAI", "xAI", "https://api.x.ai/v1"),
    Vendor("NVIDIA", "NVIDIA", "https://integrate.api.nvidia.com/v1"),
    Vendor("HUGGINGFACE", "Hugging Face", "https://router.huggingface.co/v1"),
    Vendor("MINIMAX", "MiniMax", "https://api.minimaxi.com/v1"),
    Vendor("ZEROONE", "01.AI", "https://api.lingyiwanwu.com/v1"),
    Vendor("STEPFUN", "StepFun", "https://api.stepfun.com/v1"),
    Vendor("NOVITA", "Novita", "https://api.novita.ai/v3/openai"),
    Vendor("BAICHUAN", "Baichuan", "https://api.baichuan-ai.com/v1"),
    Vendor("TAICHU", "Taichu", "https://ai-maas.wair.ac.cn/maas/v1"),
    Vendor("AI360", "360 AI", "https://api.360.cn/v1"),
    Vendor("SILICONCLOUD", "SiliconCloud", "https://api.siliconflow.cn/v1"),
    Vendor("UPSTAGE", "Upstage", "https://api.upstage.ai/v1/solar"),
    Vendor("SPARK", "Spark", "https://spark-api-open.xf-yun.com/v1"),
    Vendor("AI21", "AI21", "https://api.ai21.com/studio/v1"),
    Vendor("HUNYUAN", "Hunyuan", "https://api.hunyuan.cloud.tencent.com/v1"),
    Vendor("VOLCENGINE", "Volcengine", "https://ark.cn-beijing.volces.com/api/v3"),
    Vendor("DOUBAO", "Doubao", "https://ark.cn-beijing.volces.com/api/v3"),
    Vendor("INFINIAI", "Infini AI", "https://cloud.infini-ai.com/maas/v1"),
    Vendor("WENXIN", "Wenxin", "https://qianfan.baidubce.com/v2"),
    Vendor("PPIO", "PPIO", "https://api.ppinfra.com/v3/openai"),
    Vendor("GITEE_AI", "Gitee AI", "https://ai.gitee.com/v1"),
    Vendor("SENSENOVA", "SenseNova", "https://api.sensenova.cn/compatible-mode/v1"),
    Vendor("INTERNLM", "InternLM", "https://internlm-chat.intern-ai.org.cn/puyu/api/v1"),
    Vendor("TENCENT_CLOUD", "Tencent Cloud", "https://api.lkeap.cloud.tencent.com/v1"),
    Vendor("COHERE", "Cohere", "https://api.cohere.ai/compatibility/v1"),
    Vendor("SAMBANOVA", "SambaNova", "https://api.sambanova.ai/v1"),
    Vendor("CEREBRAS", "Cerebras", "https://api.cerebras.ai/v1"),
    Vendor("MODELSCOPE", "ModelScope", "https://api-inference.modelscope.cn/v1"),
    Vendor("JINA", "Jina", "https://deepsearch.jina.ai/v1"),
    Vendor("NEBIUS", "Nebius", "https://api.studio.nebius.com/v1"),
    Vendor("AIHUBMIX", "AiHubMix", "https://aihubmix.com/v1"),
    Vendor("AI302", "302.AI", "https://api.302.ai/v1"),
    Vendor("QINIU", "Qiniu", "https://openai.qiniu.com/v1"),
    Vendor("HIGRESS", "Higress", "", keyless=True),
)
_SPECIAL = """
AZURE_API_KEY AZURE_ENDPOINT AZURE_API_VERSION AZURE_MODEL_LIST ENABLED_AZURE_OPENAI CLOUDFLARE_API_KEY CLOUDFLARE_BASE_URL_OR_ACCOUNT_ID
CLOUDFLARE_MODEL_LIST ENABLED_CLOUDFLARE GITHUB_TOKEN GITHUB_MODEL_LIST ENABLED_GITHUB
"""
VENDOR_NAMES: frozenset[str] = frozenset(_SPECIAL.split()) | frozenset(
    name
    for vendor in VENDORS
    for name in (f"{vendor.prefix}_API_KEY", f"{vendor.prefix}_PROXY_URL", f"{vendor.prefix}_MODEL_LIST", f"ENABLED_{vendor.prefix}")
)


class Declared:
    """Collects the providers that the environment declares, with warnings and faults, each one line."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self._env = env
        self.providers: list[EnvProvider] = []
        self.warnings: list[str] = []
        self.faults: list[str] = []

    def collect(self) -> None:
        for vendor in VENDORS:
            self._vendor(vendor)
        self._azure()
        self._cloudflare()
        self._github()

    def _value(self, name: str) -> str:
        return self._env.get(name, "").strip()

    def _vendor(self, vendor: Vendor) -> None:
        prefix = vendor.prefix
        keys, address = names(self._value(f"{prefix}_API_KEY")), self._value(f"{prefix}_PROXY_URL")
        if not keys and not (address and vendor.keyless):
            if self._value(f"{prefix}_MODEL_LIST"):
                self.warnings.append(
                    f"{prefix}_MODEL_LIST has no effect without {prefix}_API_KEY{' or _PROXY_URL' if vendor.keyless else ''}: set it too."
                )
            return
        base_url = self._address(f"{prefix}_PROXY_URL", address) if address else vendor.base_url
        if not base_url:
            self.faults.append(
                f"{prefix}_PROXY_URL is missing: {vendor.name} has no address of its own; set it, or remove {prefix}_API_KEY."
            )
            return
        self._add(prefix, f"ENABLED_{prefix}", EnvProvider(id=vendor.id, kind=vendor.kind, name=vendor.name, base_url=base_url, keys=keys))

    def _add(self, prefix: str, switch: str, provider: EnvProvider) -> None:
        listed = parse_model_list(self._value(f"{prefix}_MODEL_LIST"))
        if listed.unknown:
            known = "vision, reasoning, search, fc, file, imageOutput"
            self.warnings.append(f"{prefix}_MODEL_LIST: ignored the capabilities {', '.join(listed.unknown)}; known are {known}.")
        enabled = True
        if word := self._value(switch):
            try:
                enabled = truth(word)
            except ValueError as error:
                self.faults.append(f"{switch} {error}; set {switch}=0 to switch {provider.name} off.")
        self.providers.append(
            EnvProvider(
                id=provider.id,
                kind=provider.kind,
                name=provider.name,
                base_url=provider.base_url,
                keys=provider.keys,
                model_list=listed,
                enabled=enabled,
            )
        )

    def _address(self, name: str, value: str) -> str:
        try:
            return web_url(value)
        except ValueError as error:
            self.faults.append(f"{name} {error}; remove it to use the vendor's own address.")
            return value

    def _azure(self) -> None:
        keys, endpoint = names(self._value("AZURE_API_KEY")), self._value("AZURE_ENDPOINT")
        if not keys and not endpoint:
            return
        if not keys or not endpoint:
            self.warnings.append("AZURE_API_KEY and AZURE_ENDPOINT have no effect without each other: set both.")
            return
        if self._value("AZURE_API_VERSION"):
            self.warnings.append("AZURE_API_VERSION is not needed: Azure's v1 API is used, which has no versions; remove it.")
        base = self._address("AZURE_ENDPOINT", endpoint)
        base_url = base if "/openai" in base else f"{base}/openai/v1"
        self._add(
            "AZURE", "ENABLED_AZURE_OPENAI", EnvProvider(id="azure", kind="openai", name="Azure OpenAI", base_url=base_url, keys=keys)
        )

    def _cloudflare(self) -> None:
        keys, account = names(self._value("CLOUDFLARE_API_KEY")), self._value("CLOUDFLARE_BASE_URL_OR_ACCOUNT_ID")
        if not keys or not account:
            return
        is_url = account.startswith("http")
        base = (
            self._address("CLOUDFLARE_BASE_URL_OR_ACCOUNT_ID", account)
            if is_url
            else f"https://api.cloudflare.com/client/v4/accounts/{account}/ai/v1"
        )
        self._add(
            "CLOUDFLARE", "ENABLED_CLOUDFLARE", EnvProvider(id="cloudflare", kind="openai", name="Cloudflare", base_url=base, keys=keys)
        )

    def _github(self) -> None:
        token = self._value("GITHUB_TOKEN")
        if not token or not (self._value("ENABLED_GITHUB") or self._value("GITHUB_MODEL_LIST")):
            return  # developers' shells hold a GITHUB_TOKEN that was never meant for models
        base_url = "https://models.github.ai/inference"
        self._add(
            "GITHUB", "ENABLED_GITHUB", EnvProvider(id="github", kind="openai", name="GitHub Models", base_url=base_url, keys=(token,))
        )
