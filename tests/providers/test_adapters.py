import aiohttp
import pytest

from portico.providers.adapters import adapter_for
from portico.providers.anthropic import AnthropicMessages
from portico.providers.demo import DemoProvider
from portico.providers.gemini import GeminiGenerate
from portico.providers.models import Kind
from portico.providers.ollama import OllamaChat
from portico.providers.openai import OpenAIChat
from portico.providers.responses import OpenAIResponses


@pytest.mark.parametrize(
    ("kind", "adapter"),
    [
        ("openai", OpenAIChat),
        ("openai-responses", OpenAIResponses),
        ("anthropic", AnthropicMessages),
        ("gemini", GeminiGenerate),
        ("ollama", OllamaChat),
        ("demo", DemoProvider),
    ],
)
async def test_each_kind_has_its_adapter(session: aiohttp.ClientSession, kind: Kind, adapter: type) -> None:
    assert type(adapter_for(kind, session, "http://x", "k")) is adapter
