import pytest

from jupyter_tools import ConfigurationError, Model


@pytest.mark.parametrize("base_url", ["http://me:word@host/v1", "https://host/v1?key=word"])
def test_a_model_takes_no_address_with_a_password_for_addresses_are_shown(base_url):
    with pytest.raises(ConfigurationError, match="a password or a key") as caught:
        Model(provider="openai", name="m", base_url=base_url)
    assert "word" not in str(caught.value).replace("password", "")


def test_a_model_takes_no_key_among_its_options_for_options_are_shown():
    with pytest.raises(ConfigurationError, match="OPENAI_API_KEY") as caught:
        Model(provider="openai", name="m", options={"api_key": "sk-secret"})
    assert "sk-secret" not in str(caught.value)


def test_a_model_is_called_by_its_provider_and_its_name():
    assert str(Model(provider="ollama", name="llama3:8b", base_url="http://box:11434")) == "ollama:llama3:8b"
