"""Which adapter speaks to which kind of provider."""

import aiohttp

from portico.providers.adapter import HttpProvider
from portico.providers.anthropic import AnthropicMessages
from portico.providers.base import ChatProvider
from portico.providers.demo import DemoProvider
from portico.providers.gemini import GeminiGenerate
from portico.providers.models import Kind
from portico.providers.ollama import OllamaChat
from portico.providers.openai import OpenAIChat
from portico.providers.responses import OpenAIResponses

_DEMO = DemoProvider()
_PLAIN: dict[Kind, type[HttpProvider]] = {
    "openai-responses": OpenAIResponses,
    "anthropic": AnthropicMessages,
    "gemini": GeminiGenerate,
    "ollama": OllamaChat,
}


def adapter_for(kind: Kind, session: aiohttp.ClientSession, base_url: str, key: str, vendor: str = "") -> ChatProvider:
    """Return the adapter; `vendor` names the server behind kind `openai` where its address does not."""
    if kind == "demo":
        return _DEMO
    if kind == "openai":
        return OpenAIChat(session, base_url, key, vendor=vendor)
    return _PLAIN[kind](session, base_url, key)
