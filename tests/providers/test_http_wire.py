import json

import httpx
import pytest

from jupyter_tools import Agent
from jupyter_tools.auth import Secret
from jupyter_tools.errors import ConfigurationError, MissingKeyError
from jupyter_tools.providers import http_wire
from jupyter_tools.providers.http_wire import HttpWire, ServerKey, checked_base_url
from jupyter_tools.providers.transport import Call

from .loopback import chunked, loopback

HOME = "https://api.example.org/v1"


@pytest.fixture(autouse=True)
def keys(tmp_path, monkeypatch):
    monkeypatch.setenv("JUPYTER_TOOLS_KEYS", str(tmp_path))
    monkeypatch.delenv("EXAMPLE_API_KEY", raising=False)
    return tmp_path


def server_key(explicit=None) -> ServerKey:
    return ServerKey(provider="example", variable="EXAMPLE_API_KEY", home=HOME, explicit=explicit)


def test_the_callers_key_goes_before_the_environments_and_that_before_the_files(keys, monkeypatch):
    (keys / "api_key_example.json").write_text(json.dumps({"api_key": "from-file"}))
    assert server_key().of(HOME) == Secret("from-file")
    monkeypatch.setenv("EXAMPLE_API_KEY", " from-environment ")
    assert server_key().of(HOME) == Secret("from-environment")
    assert server_key(Secret("given")).of(HOME) == Secret("given")


def test_a_stored_key_is_for_its_own_server_only(keys):
    (keys / "api_key_example.json").write_text(json.dumps({"api_key": "from-file"}))
    assert server_key().of("http://localhost:8080/v1") is None


def test_the_providers_own_server_needs_a_key():
    with pytest.raises(MissingKeyError, match="EXAMPLE_API_KEY"):
        server_key().of(HOME)


@pytest.mark.parametrize("said", [f" {HOME}/ ", f"{HOME}/messages", HOME])
def test_an_address_is_taken_as_people_copy_it(said):
    assert checked_base_url(said, endpoint="/messages", example=HOME) == HOME


@pytest.mark.parametrize("said", ["localhost:1", "https://me:word@host/v1", "https://host?key=word", "", "ftp://host"])
def test_what_is_no_address_is_refused_and_a_password_in_it_not_shown(said):
    with pytest.raises(ConfigurationError, match=HOME) as caught:
        checked_base_url(said, endpoint="/messages", example=HOME)
    assert "word" not in str(caught.value).replace("password", "")


@pytest.mark.parametrize(
    ("answer", "document"),
    [
        (httpx.Response(200, json={"models": []}), {"models": []}),
        (httpx.Response(200, text="<html>"), None),
        (httpx.Response(404), None),
    ],
)
async def test_a_document_is_json_or_nothing(answer, document):
    wire = HttpWire(client=httpx.AsyncClient(transport=httpx.MockTransport(lambda request: answer)))
    call = Call(provider="example", url=f"{HOME}/models", method="GET")
    assert await wire.document(call, 5) == document


@pytest.mark.parametrize("sent", [b"data: " + b"x" * 3000, b": still here\n\n" * 300, b'{"a": "' + b"x" * 3000])
async def test_a_server_that_sends_without_end_and_says_nothing_is_left(sent, monkeypatch):
    monkeypatch.setattr(http_wire, "LONGEST_PART", 1000)
    async with loopback(chunked(sent[:900], sent[900:], b"x", end=b"")) as server:
        result = await Agent("openai:m", base_url=server.url, trace=False).run("go")
    assert result.error_message == "openai: the server sends more and more, and no piece of an answer."
    assert server.connections == 1
