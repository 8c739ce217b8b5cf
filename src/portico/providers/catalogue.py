"""What is known about models by their names: the first row that matches wins; what is not known stays None.

Prices are US dollars per million tokens, as the vendors list them for short prompts without batching. They stand only in rows whose
pattern names a vendor's own model, and count only at that vendor: the same model elsewhere has another price.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

import msgspec

from portico.providers.base import Capabilities, Continuation

DEFAULT_CONTINUATION: Continuation = "instruct"


@dataclass(frozen=True, slots=True)
class Row:
    """Models of one family. `price` is input, cached input, output; `vendor` the kinds or dialects at which the price holds."""

    pattern: re.Pattern[str]
    vision: bool | None = None
    tools: bool | None = None
    reasoning: bool | None = None
    context: int | None = None
    output: int | None = None
    price: tuple[float, float, float] | None = None
    vendor: frozenset[str] = frozenset()
    continuation: Continuation | None = None


def _row(
    pattern: str,
    flags: str = "",
    window: tuple[int | None, int | None] = (None, None),
    price: tuple[float, float, float] | None = None,
    at: str = "",
    continuation: Continuation | None = None,
) -> Row:
    """Make a row; `flags` holds v (vision), t (tools), r (reasoning), and the capital letter where the model is known to lack it."""

    def flag(letter: str) -> bool | None:
        return True if letter in flags else (False if letter.upper() in flags else None)

    compiled = re.compile(rf"(?:^|/){pattern}", re.IGNORECASE)
    vendors = frozenset(at.split())
    return Row(compiled, flag("v"), flag("t"), flag("r"), window[0], window[1], price, vendors, continuation)


_OPENAI = "openai azure"
_K = 1000
_ROWS: tuple[Row, ...] = (
    _row(r"gpt-5(\.1)?(-\d{4}.*|-chat.*|-codex.*)?$", "vtr", (400 * _K, 128 * _K), (1.25, 0.125, 10), _OPENAI),
    _row(r"gpt-5\.2(-\d{4}.*|-chat.*)?$", "vtr", (400 * _K, 128 * _K), (1.75, 0.175, 14), _OPENAI),
    _row(r"gpt-5-mini", "vtr", (400 * _K, 128 * _K), (0.25, 0.025, 2), _OPENAI),
    _row(r"gpt-5-nano", "vtr", (400 * _K, 128 * _K), (0.05, 0.005, 0.4), _OPENAI),
    _row(r"gpt-5", "vtr", (400 * _K, 128 * _K)),
    _row(r"gpt-4\.1-nano", "vtR", (1_047_576, 32_768), (0.1, 0.025, 0.4), _OPENAI),
    _row(r"gpt-4\.1-mini", "vtR", (1_047_576, 32_768), (0.4, 0.1, 1.6), _OPENAI),
    _row(r"gpt-4\.1", "vtR", (1_047_576, 32_768), (2, 0.5, 8), _OPENAI),
    _row(r"gpt-4o-mini", "vtR", (128 * _K, 16_384), (0.15, 0.075, 0.6), _OPENAI),
    _row(r"gpt-4o", "vtR", (128 * _K, 16_384), (2.5, 1.25, 10), _OPENAI),
    _row(r"chatgpt-4o", "vTR", (128 * _K, 16_384), (5, 5, 15), _OPENAI),
    _row(r"gpt-4-turbo", "vtR", (128 * _K, 4096), (10, 10, 30), _OPENAI),
    _row(r"gpt-4(-0613)?$", "VtR", (8192, 8192), (30, 30, 60), _OPENAI),
    _row(r"gpt-3\.5-turbo", "VtR", (16_385, 4096), (0.5, 0.5, 1.5), _OPENAI),
    _row(r"o1-mini", "VTr", (128 * _K, 65_536), (1.1, 0.55, 4.4), _OPENAI),
    _row(r"o1(-\d{4}.*)?$", "vtr", (200 * _K, 100 * _K), (15, 7.5, 60), _OPENAI),
    _row(r"o3-mini", "Vtr", (200 * _K, 100 * _K), (1.1, 0.55, 4.4), _OPENAI),
    _row(r"o3(-\d{4}.*)?$", "vtr", (200 * _K, 100 * _K), (2, 0.5, 8), _OPENAI),
    _row(r"o4-mini", "vtr", (200 * _K, 100 * _K), (1.1, 0.275, 4.4), _OPENAI),
    _row(r"o[1-9](-|$)", "r"),
    _row(r"gpt-oss", "Vtr", (131_072, None)),
    _row(r"claude-(opus|sonnet|haiku)-4[-.](?:[6-9]|\d{2})(?!\d)", "vtr", (200 * _K, None), continuation="instruct"),
    _row(r"claude-(opus|sonnet|haiku)-([5-9]|\d{2})(?!\d)", "vtr", (200 * _K, None), continuation="instruct"),
    _row(r"claude-opus-4[-.]5", "vtr", (200 * _K, 64 * _K), (5, 0.5, 25), "anthropic", "trailing"),
    _row(r"claude-opus-4", "vtr", (200 * _K, 32 * _K), (15, 1.5, 75), "anthropic", "trailing"),
    _row(r"claude-sonnet-4", "vtr", (200 * _K, 64 * _K), (3, 0.3, 15), "anthropic", "trailing"),
    _row(r"claude-haiku-4", "vtr", (200 * _K, 64 * _K), (1, 0.1, 5), "anthropic", "trailing"),
    _row(r"claude-3[-.]7-sonnet", "vtr", (200 * _K, 64 * _K), (3, 0.3, 15), "anthropic", "trailing"),
    _row(r"claude-3[-.]5-sonnet", "vtR", (200 * _K, 8192), (3, 0.3, 15), "anthropic", "trailing"),
    _row(r"claude-3[-.]5-haiku", "vtR", (200 * _K, 8192), (0.8, 0.08, 4), "anthropic", "trailing"),
    _row(r"claude-3-opus", "vtR", (200 * _K, 4096), (15, 1.5, 75), "anthropic", "trailing"),
    _row(r"claude-3-haiku", "vtR", (200 * _K, 4096), (0.25, 0.03, 1.25), "anthropic", "trailing"),
    _row(r"claude", "vt", (200 * _K, None)),
    _row(r"gemini-3(\.\d)?-pro", "vtr", (1_048_576, 65_536), (2, 0.2, 12), "gemini"),
    _row(r"gemini-3(\.\d)?-flash", "vtr", (1_048_576, 65_536), (0.5, 0.05, 3), "gemini"),
    _row(r"gemini-2\.5-flash-lite", "vtr", (1_048_576, 65_536), (0.1, 0.01, 0.4), "gemini"),
    _row(r"gemini-2\.5-flash", "vtr", (1_048_576, 65_536), (0.3, 0.03, 2.5), "gemini"),
    _row(r"gemini-2\.5-pro", "vtr", (1_048_576, 65_536), (1.25, 0.125, 10), "gemini"),
    _row(r"gemini-2\.0-flash-lite", "vtR", (1_048_576, 8192), (0.075, 0.075, 0.3), "gemini"),
    _row(r"gemini-2\.0-flash", "vtR", (1_048_576, 8192), (0.1, 0.025, 0.4), "gemini"),
    _row(r"gemini", "vt", (1_048_576, None)),
    _row(r"gemma-?3", "v", (131_072, None)),
    _row(r"deepseek-(reasoner|r1)", "Vr", (131_072, None)),
    _row(r"deepseek-chat", "VtR", (131_072, 8192)),
    _row(r"deepseek", "V"),
    _row(r"(magistral|qwq)", "r"),
    _row(r"(mistral-(large|medium|small)|ministral|pixtral)-(2|latest)", "vt", (131_072, None)),
    _row(r"(codestral|devstral)", "Vt"),
    _row(r"qwen(\d|-)?.*-?vl", "v"),
    _row(r"qwen-?3.*thinking", "tr"),
    _row(r"qwen-?3", "t"),
    _row(r"kimi-k2.*thinking", "Vtr", (262_144, None)),
    _row(r"kimi-k2", "Vt"),
    _row(r"grok-4", "vtr", (256 * _K, None)),
    _row(r"grok-3-mini", "Vtr", (131_072, None)),
    _row(r"grok-3", "VtR", (131_072, None)),
    _row(r"glm-4\.[567]v", "vr"),
    _row(r"glm-(4\.[567]|5)", "Vtr"),
    _row(r"llama-?4", "vt"),
    _row(r"llama-?3\.[123].*vision", "v", (131_072, None)),
    _row(r"llama-?3\.[123]", "Vt", (131_072, None)),
    _row(r"(llava|.*-vl\b|.*vision)", "v"),
)

# A server's way of continuing a started answer, where it holds for every model that it serves.
_BY_VENDOR: dict[str, Continuation] = {"deepseek": "prefix_flag", "mistral": "prefix_flag", "vllm": "vllm", "groq": "trailing"}
_VENDOR_OF_KIND = {"openai-responses": "openai", "anthropic": "anthropic", "gemini": "gemini"}
# Where a name's family says how an answer is continued, that holds for these servers only; OpenAI's own never continue.
_TRAILING_KINDS = frozenset({"anthropic"})


@lru_cache(maxsize=2048)
def known(kind: str, model: str, vendor: str = "") -> Capabilities:
    """Return what is known of a model; `vendor` is the server behind kind `openai`, as `dialect.dialect_of` names it."""
    vendor = vendor or _VENDOR_OF_KIND.get(kind, "")
    row = next((row for row in _ROWS if row.pattern.search(model)), None)
    if row is None:
        return Capabilities(continuation=_continuation(kind, vendor, None))
    price = row.price if row.price is not None and vendor in row.vendor else (None, None, None)
    return Capabilities(
        vision=row.vision,
        tools=row.tools,
        reasoning=row.reasoning,
        context_tokens=row.context,
        output_tokens=row.output,
        continuation=_continuation(kind, vendor, row.continuation),
        input_price=price[0],
        cached_price=price[1],
        output_price=price[2],
    )


def _continuation(kind: str, vendor: str, family: Continuation | None) -> Continuation | None:
    if vendor in _BY_VENDOR:
        return _BY_VENDOR[vendor]
    return family if kind in _TRAILING_KINDS else None


def merged(*layers: Capabilities) -> Capabilities:
    """Lay capabilities over each other: the first layer that knows a member decides it."""
    members: dict[str, object] = {}
    for layer in reversed(layers):
        members.update({name: value for name, value in msgspec.structs.asdict(layer).items() if value is not None})
    return msgspec.convert(members, Capabilities)
