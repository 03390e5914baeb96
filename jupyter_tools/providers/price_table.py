"""What models cost: dollars for a million tokens, as the package genai-prices 0.2.3 had them on the day below."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

PRICES_AS_OF = "2026-11-21"

Row: TypeAlias = tuple[float, float | None, float]  # read, read from the cache (None: like any other), written

TABLE: Mapping[str, Mapping[str, Row]] = {
    "openai": {
        "gpt-3.5-turbo": (0.5, None, 1.5),
        "gpt-4-turbo": (10, None, 30),
        "gpt-4.1": (2, 0.5, 8),
        "gpt-4.1-mini": (0.4, 0.1, 1.6),
        "gpt-4.1-nano": (0.1, 0.025, 0.4),
        "gpt-4o": (2.5, 1.25, 10),
        "gpt-4o-2024-05-13": (5, None, 15),
        "gpt-4o-mini": (0.15, 0.075, 0.6),
        "gpt-5": (1.25, 0.125, 10),
        "gpt-5-mini": (0.25, 0.025, 2),
        "gpt-5-nano": (0.05, 0.005, 0.4),
        "gpt-5-pro": (15, None, 120),
        "gpt-5.1": (1.25, 0.125, 10),
        "gpt-5.2": (1.75, 0.175, 14),
        "gpt-5.3": (1.75, 0.175, 14),
        "gpt-5.4": (2.5, 0.25, 15),
        "gpt-5.4-mini": (0.75, 0.075, 4.5),
        "gpt-5.4-nano": (0.2, 0.02, 1.25),
        "gpt-5.5": (5, 0.5, 30),
        "o1": (15, 7.5, 60),
        "o3": (2, 0.5, 8),
        "o3-mini": (1.1, 0.55, 4.4),
        "o3-pro": (20, None, 80),
        "o4-mini": (1.1, 0.275, 4.4),
    },
    "anthropic": {
        "claude-3-5-haiku": (0.8, 0.08, 4),
        "claude-3-5-sonnet": (3, 0.3, 15),
        "claude-3-7-sonnet": (3, 0.3, 15),
        "claude-3-haiku": (0.25, 0.03, 1.25),
        "claude-3-opus": (15, 1.5, 75),
        "claude-haiku-4-5": (1, 0.1, 5),
        "claude-opus-4": (15, 1.5, 75),
        "claude-opus-4-1": (15, 1.5, 75),
        "claude-opus-4-5": (5, 0.5, 25),
        "claude-opus-4-6": (5, 0.5, 25),
        "claude-opus-4-7": (5, 0.5, 25),
        "claude-sonnet-4": (3, 0.3, 15),
        "claude-sonnet-4-5": (3, 0.3, 15),
        "claude-sonnet-4-6": (3, 0.3, 15),
    },
    "gemini": {
        "gemini-2.0-flash": (0.1, 0.025, 0.4),
        "gemini-2.5-flash": (0.3, 0.03, 2.5),
        "gemini-2.5-flash-lite": (0.1, 0.01, 0.4),
        "gemini-2.5-pro": (1.25, 0.125, 10),
        "gemini-3-flash-preview": (0.5, 0.05, 3),
        "gemini-3-pro-preview": (2, 0.2, 12),
        "gemini-3.1-flash-lite": (0.25, 0.025, 1.5),
        "gemini-3.1-pro-preview": (2, 0.2, 12),
    },
    "groq": {
        "llama-3.1-8b-instant": (0.05, None, 0.08),
        "llama-3.3-70b-versatile": (0.59, None, 0.79),
        "meta-llama/llama-4-maverick-17b-128e-instruct": (0.2, None, 0.6),
        "meta-llama/llama-4-scout-17b-16e-instruct": (0.11, None, 0.34),
        "openai/gpt-oss-120b": (0.15, 0.075, 0.6),
        "openai/gpt-oss-20b": (0.075, 0.0375, 0.3),
        "qwen/qwen3-32b": (0.29, None, 0.59),
    },
    "mistral": {
        "codestral": (0.3, None, 0.9),
        "magistral-medium": (2, None, 5),
        "magistral-small": (0.5, None, 1.5),
        "mistral-large-2512": (0.5, 0.05, 1.5),
        "mistral-medium-2508": (0.4, 0.04, 2),
        "mistral-nemo": (0.15, None, 0.15),
        "mistral-small": (0.15, 0.015, 0.6),
    },
}
FREE = ("local", "ollama")  # they run on somebody's own machine
