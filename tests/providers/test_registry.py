import warnings
from importlib.metadata import EntryPoint

import pytest

from jupyter_tools.errors import ConfigurationError, UnknownNameError
from jupyter_tools.providers import registry
from jupyter_tools.providers.base import Model
from jupyter_tools.providers.registry import parse_model, provider_for, provider_names
from jupyter_tools.providers.scripted import ScriptedProvider


@pytest.fixture
def installed(monkeypatch):
    """Replaces what is installed by the given entry points."""

    def install(*points):
        monkeypatch.setattr(registry, "entry_points", lambda group: list(points))
        registry._entry_points.cache_clear()

    yield install
    registry._entry_points.cache_clear()


def point(name, value):
    return EntryPoint(name=name, value=value, group=registry.ENTRY_POINT_GROUP)


def test_ours_are_installed():
    assert {"local", "openai", "scripted"} <= set(provider_names())


def test_the_text_is_split_at_a_known_provider():
    assert parse_model("openai:gpt-4o-mini") == Model(provider="openai", name="gpt-4o-mini")
    assert parse_model(" OpenAI : gpt-4o-mini ") == Model(provider="openai", name="gpt-4o-mini")


def test_only_the_first_colon_splits():
    assert parse_model("openai:meta/llama3:8b").name == "meta/llama3:8b"


def test_options_and_address_come_along():
    model = parse_model("openai:m", base_url="http://localhost:1234/v1", options={"temperature": 0})
    assert (model.base_url, model.options) == ("http://localhost:1234/v1", {"temperature": 0})


def test_a_key_is_no_option_and_does_not_show():
    with pytest.raises(ConfigurationError, match="OPENAI_API_KEY") as caught:
        parse_model("openai:m", options={"api_key": "sk-secret"})
    assert "sk-secret" not in str(caught.value)


def test_a_colon_behind_an_unknown_name_belongs_to_the_model():
    model = parse_model("llama3:8b", base_url="http://localhost:11434/v1")
    assert (model.provider, model.name) == ("openai", "llama3:8b")


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("gpt-4o-mini", "openai:gpt-4o-mini"),
        ("llama3:8b", "ollama:llama3:8b"),
        ("opnai:gpt-4o", "openai:gpt-4o"),
        ("qwen2.5-coder", "local:qwen2.5-coder-0.5b"),
    ],
)
def test_a_name_without_a_provider_is_an_error_that_says_what_to_write(text, meant):
    with pytest.raises(UnknownNameError) as caught:
        parse_model(text)
    assert caught.value.nearest == meant


def test_a_name_like_no_other_is_an_error_that_says_what_there_is():
    with pytest.raises(UnknownNameError, match=r"Known: local:qwen.*, local:smollm.*, openai:x\."):
        parse_model("x")


def test_a_provider_without_a_model_is_an_error():
    with pytest.raises(ConfigurationError, match="Write openai:MODEL"):
        parse_model("openai:")


def test_an_embedded_model_needs_no_provider():
    assert parse_model("smollm2-135m") == Model(provider="local", name="smollm2-135m")


def test_a_gguf_path_is_a_model_of_this_process():
    assert parse_model("./model.gguf") == Model(provider="local", name="./model.gguf")


@pytest.mark.parametrize("text", [None, "", "  "])
def test_no_text_is_the_default_model(text, monkeypatch):
    monkeypatch.delenv("JUPYTER_TOOLS_MODEL", raising=False)
    assert str(parse_model(text)) == "local:qwen2.5-coder-0.5b"


def test_the_environment_names_another_default(monkeypatch):
    monkeypatch.setenv("JUPYTER_TOOLS_MODEL", "scripted:demo")
    assert str(parse_model(None)) == "scripted:demo"


def test_one_instance_serves_everybody():
    model = parse_model("scripted:demo")
    assert isinstance(provider_for(model), ScriptedProvider)
    assert provider_for(model) is provider_for(parse_model("scripted:other"))


def test_an_unknown_provider_names_the_nearest():
    with pytest.raises(UnknownNameError, match="Did you mean 'openai'"):
        provider_for(Model(provider="openia", name="x"))


def test_a_broken_package_breaks_only_its_own_provider(installed):
    installed(
        point("broken", "no_such_module:Provider"),
        point("scripted", "jupyter_tools.providers.scripted:ScriptedProvider"),
    )
    assert provider_names() == ("broken", "scripted")
    assert provider_for(parse_model("scripted:demo")).name == "scripted"
    with pytest.raises(ConfigurationError, match="'broken' of 'no_such_module:Provider' cannot be loaded"):
        provider_for(parse_model("broken:x"))


def test_nobody_takes_over_a_name_of_ours(installed):
    ours = point("openai", "jupyter_tools.providers.openai:OpenAIProvider")
    installed(point("openai", "evil:Provider"), ours)
    with pytest.warns(RuntimeWarning, match="the name is taken"):
        assert registry._entry_points()["openai"] == ours


def test_the_same_entry_point_twice_is_no_news(installed):
    ours = point("openai", "jupyter_tools.providers.openai:OpenAIProvider")
    installed(ours, ours)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert provider_names() == ("openai",)


@pytest.mark.parametrize("chain", ["openai:a,", ",openai:a", "openai:a,,openai:b"])
def test_a_chain_with_a_gap_is_explained(chain):
    with pytest.raises(ConfigurationError, match=f"'{chain}' is a chain with a gap"):
        parse_model(chain)
