import json
import time

import pytest

from jupyter_tools.errors import ConfigurationError
from jupyter_tools.providers import discovery
from jupyter_tools.providers.discovery import AvailableModel, available_models
from jupyter_tools.providers.model_catalogue import CATALOGUE
from jupyter_tools.providers.registry import provider_for

from .loopback import loopback, whole

MODELS = whole("200 OK", json.dumps({"object": "list", "data": [{"id": "b"}, {"id": "a"}]}).encode())


@pytest.fixture(autouse=True)
def nothing_else_is_there(monkeypatch, tmp_path):
    monkeypatch.setenv("JUPYTER_TOOLS_MODELS", str(tmp_path))
    monkeypatch.setattr(discovery, "provider_names", lambda: ("local", "scripted", "openai", "nobody"))


async def others(servers):
    return [model for model in await available_models(servers) if not model.model.startswith("local:")]


async def test_embedded_models_are_listed_and_said_to_be_missing(tmp_path):
    models = await available_models({})
    assert {model.model for model in models} == {f"local:{name}" for name in CATALOGUE}
    assert not any(model.ready for model in models)


async def test_a_server_of_this_machine_is_found_with_its_models_and_gets_no_key(monkeypatch):
    async with loopback(MODELS) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
        monkeypatch.setenv("OPENAI_API_KEY", "sk-very-secret-0123456789")
        monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
        assert await others({"LM Studio": server.url}) == [
            AvailableModel(model=f"openai:{name}", where=f"LM Studio at {server.url}", base_url=server.url)
            for name in ("a", "b")
        ]
        assert b"sk-very" not in server.requests[0][0]


@pytest.mark.parametrize(
    "answer", [whole("404 Not Found", b"{}"), whole("200 OK", b"<html>"), whole("200 OK", b'{"data": 7}'), [None]]
)
async def test_what_is_no_model_server_has_no_models(answer):
    async with loopback(answer) as server:
        assert await available_models({"other": server.url}, timeout_s=0.2) == await available_models({})


async def test_where_nobody_listens_is_nothing():
    assert await others({"llama.cpp": "http://127.0.0.1:9/v1"}) == []


async def test_a_provider_with_a_key_lists_its_models(monkeypatch):
    async with loopback(MODELS) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        monkeypatch.setenv("OPENAI_API_KEY", "sk-very-secret-0123456789")
        assert [model.model for model in await others({})] == ["openai:a", "openai:b"]


async def test_without_a_key_nobody_is_asked():
    assert await others({}) == []


async def test_a_provider_that_takes_long_to_load_costs_no_servers_time(monkeypatch):
    def slow(model):
        time.sleep(0.3)
        return provider_for(model)

    monkeypatch.setattr(discovery, "provider_for", slow)
    async with loopback(MODELS) as server:
        found = [model for model in await available_models({"other": server.url}, timeout_s=0.25) if model.base_url]
    assert [model.model for model in found] == ["openai:a", "openai:b"]


async def test_a_package_that_cannot_be_loaded_hides_no_other(monkeypatch):
    def broken(model):
        if model.provider == "nobody":
            raise ConfigurationError("It cannot be loaded.")
        return provider_for(model)

    monkeypatch.setattr(discovery, "provider_for", broken)
    async with loopback(MODELS) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        monkeypatch.setenv("OPENAI_API_KEY", "sk-very-secret-0123456789")
        assert [model.model for model in await others({})] == ["openai:a", "openai:b"]
