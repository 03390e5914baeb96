"""A request as people may see it."""

import pytest

from jupyter_tools.messages import user_message
from jupyter_tools.providers.anthropic import AnthropicProvider
from jupyter_tools.providers.as_sent import as_sent
from jupyter_tools.providers.base import Model, Request
from jupyter_tools.providers.emulated import ToolSupportProvider
from jupyter_tools.providers.ollama import OllamaProvider
from jupyter_tools.providers.openai import OpenAIProvider
from jupyter_tools.providers.openai_responses import OpenAIResponsesProvider
from jupyter_tools.providers.scripted import ScriptedProvider
from tests.agent.runs import add


def request(provider="openai", **options):
    model = Model(provider=provider, name="m", options={"temperature": 0, **options})
    return Request(model=model, messages=(user_message("Привет"),), tools=(add,))


@pytest.mark.parametrize(
    ("provider", "place"),
    [
        (OpenAIProvider, "messages"),
        (OpenAIResponsesProvider, "input"),
        (AnthropicProvider, "messages"),
        (OllamaProvider, "messages"),
    ],
)
def test_each_wire_shows_its_own_body_and_no_key(monkeypatch, provider, place):
    for name in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY"):
        monkeypatch.setenv(name, "sk-secret-secret-1")
    sent = as_sent(provider(), request())
    assert sent["model"] == "m"
    assert "Привет" in str(sent[place])
    assert "add" in str(sent["tools"])
    assert "sk-secret" not in str(sent)


def test_no_key_is_needed_to_look(monkeypatch):
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    assert as_sent(OpenAIProvider(), request())["temperature"] == 0


def test_prompted_tools_are_shown_as_the_words_they_become():
    sent = as_sent(ToolSupportProvider(OpenAIProvider(), "hermes"), request(tool_format="hermes"))
    assert "tools" not in sent
    assert "tool_format" not in sent
    assert "<tool_call>" in str(sent["messages"])


def test_a_provider_that_sends_nothing_shows_the_usual_shape():
    assert as_sent(ScriptedProvider([]), request("scripted"))["messages"] == [{"role": "user", "content": "Привет"}]
