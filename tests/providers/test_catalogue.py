import pytest

from portico.providers.base import Capabilities
from portico.providers.catalogue import known, merged


@pytest.mark.parametrize(
    ("kind", "model", "vendor", "continuation"),
    [
        ("anthropic", "claude-sonnet-4-5-20250929", "", "trailing"),
        ("anthropic", "claude-3-5-haiku-latest", "", "trailing"),
        ("anthropic", "claude-opus-4-6", "", "instruct"),
        ("anthropic", "claude-sonnet-4-20250514", "", "trailing"),
        ("anthropic", "claude-opus-5", "", "instruct"),
        ("openai", "claude-sonnet-4-5", "openrouter", None),
        ("openai", "gpt-4o", "openai", None),
        ("openai", "deepseek-chat", "deepseek", "prefix_flag"),
        ("openai", "whatever", "vllm", "vllm"),
        ("ollama", "llama3.2", "", None),
    ],
)
def test_how_a_started_answer_is_continued(kind: str, model: str, vendor: str, continuation: str | None) -> None:
    assert known(kind, model, vendor).continuation == continuation


def test_abilities_go_by_the_name_wherever_a_model_is_served_and_prices_only_at_its_vendor() -> None:
    own, routed = known("openai", "gpt-4o-2024-08-06", "openai"), known("openai", "openai/gpt-4o", "openrouter")
    assert (own.vision, own.tools, own.context_tokens, own.input_price, own.output_price) == (True, True, 128_000, 2.5, 10)
    assert (routed.vision, routed.context_tokens, routed.input_price) == (True, 128_000, None)


@pytest.mark.parametrize("model", ["gpt-5", "o3", "claude-opus-4-6", "gemini-2.5-pro", "deepseek-reasoner", "qwen3-30b-thinking"])
def test_models_that_think_are_known(model: str) -> None:
    assert known("openai", model).reasoning is True


def test_the_longest_name_is_not_taken_for_a_shorter_one() -> None:
    assert known("openai", "gpt-4o-mini", "openai").input_price == 0.15
    assert known("openai", "gpt-4.1-nano", "openai").input_price == 0.1
    assert known("openai", "o3-mini", "openai").vision is False
    assert known("openai", "gpt-5.2", "openai").output_price == 14
    assert known("openai", "gpt-5.9-unheard-of", "openai").input_price is None


def test_what_is_unknown_stays_unknown() -> None:
    assert known("openai", "my-own-model") == Capabilities()


def test_the_first_layer_that_knows_decides() -> None:
    assert merged(Capabilities(vision=False), Capabilities(vision=True, tools=True), Capabilities()) == Capabilities(
        vision=False, tools=True
    )
