"""Providers that speak OpenAI's chat completions: each has its own address, its own key and its own prices."""

from __future__ import annotations

from jupyter_tools.providers.known_servers import KNOWN_SERVERS
from jupyter_tools.providers.openai import OpenAIProvider


class DeepSeekProvider(OpenAIProvider):
    """Asks DeepSeek."""

    name = key_name = "deepseek"
    home = KNOWN_SERVERS[name]


class GeminiProvider(OpenAIProvider):
    """Asks Google's Gemini models, at their OpenAI-compatible address."""

    name = key_name = "gemini"
    home = KNOWN_SERVERS[name]


class GroqProvider(OpenAIProvider):
    """Asks Groq."""

    name = key_name = "groq"
    home = KNOWN_SERVERS[name]


class MistralProvider(OpenAIProvider):
    """Asks Mistral."""

    name = key_name = "mistral"
    home = KNOWN_SERVERS[name]


class OpenRouterProvider(OpenAIProvider):
    """Asks OpenRouter, which passes the question on to whom the model belongs to, and says what it cost."""

    name = key_name = "openrouter"
    home = KNOWN_SERVERS[name]
