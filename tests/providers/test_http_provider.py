"""What the wires share: who is asked, and the schema of an answer, which not every server takes."""

import json
from dataclasses import replace

import httpx
import pytest

from jupyter_tools import tool
from jupyter_tools.events import Notice
from jupyter_tools.messages import user_message
from jupyter_tools.providers.anthropic import AnthropicProvider
from jupyter_tools.providers.base import Model, Request
from jupyter_tools.providers.http_provider import names_in
from jupyter_tools.providers.ollama import OllamaProvider
from jupyter_tools.providers.openai import OpenAIProvider
from jupyter_tools.providers.openai_responses import OpenAIResponsesProvider

from .asking import FAST, GOOD, KEY

SCHEMA = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}
CLOSED = {**SCHEMA, "additionalProperties": False}
REQUEST = Request(
    model=Model(provider="p", name="m", base_url="http://box/v1"), messages=(user_message("hi"),), output_schema=SCHEMA
)


@tool
def add(a: int, b: int) -> int:
    """Add."""
    return a + b


class Server:
    """Remembers what it was asked; refuses schemas if it is told to."""

    def __init__(self, refusal=None):
        self.refusal = refusal
        self.bodies = []

    def __call__(self, request):
        body = json.loads(request.content)
        self.bodies.append(body)
        if self.refusal is not None and "response_format" in body:
            return httpx.Response(400, json={"error": {"message": self.refusal}})
        return httpx.Response(200, content=b"".join(GOOD))


async def asked(kind, request, server=None):
    server = server or Server()
    client = httpx.AsyncClient(transport=httpx.MockTransport(server))
    provider = kind(api_key=KEY, client=client, retry=FAST)
    return provider, [part async for part in provider.stream(request)], server


def schema_in(body):
    """Where each wire has the schema of the answer."""
    return (
        body.get("response_format", {}).get("json_schema", {}).get("schema")
        or body.get("output_config", {}).get("format", {}).get("schema")
        or body.get("text", {}).get("format", {}).get("schema")
        or body.get("format")
    )


@pytest.mark.parametrize(
    ("kind", "sent", "beside_tools"),
    [
        (OpenAIProvider, SCHEMA, None),
        (OllamaProvider, SCHEMA, None),
        (AnthropicProvider, CLOSED, CLOSED),
        (OpenAIResponsesProvider, SCHEMA, SCHEMA),
    ],
)
async def test_each_wire_gets_the_schema_and_beside_tools_only_those_that_can_take_both(kind, sent, beside_tools):
    _, _, server = await asked(kind, REQUEST)
    assert schema_in(server.bodies[0]) == sent
    _, _, server = await asked(kind, replace(REQUEST, tools=(add,)))
    assert schema_in(server.bodies[0]) == beside_tools
    _, _, server = await asked(kind, replace(REQUEST, tools=(add,), tool_choice="none"))
    assert schema_in(server.bodies[0]) == sent


async def test_openai_itself_takes_a_schema_beside_tools():
    request = replace(REQUEST, tools=(add,), model=Model(provider="openai", name="m"))
    _, _, server = await asked(OpenAIProvider, request)
    assert schema_in(server.bodies[0]) == SCHEMA


async def test_a_server_that_refuses_a_schema_is_asked_without_it_and_not_troubled_with_one_again():
    server = Server("'response_format' is not supported")
    provider, parts, _ = await asked(OpenAIProvider, REQUEST, server)
    assert [schema_in(body) for body in server.bodies] == [SCHEMA, None]
    assert "takes no schema" in next(part.text for part in parts if isinstance(part, Notice))
    assert parts[-1].stop_reason == "stop"
    again = [part async for part in provider.stream(REQUEST)]
    assert not any(isinstance(part, Notice) for part in again)
    assert len(server.bodies) == 3


async def test_another_refusal_is_the_answers_end():
    _, parts, server = await asked(OpenAIProvider, REQUEST, Server("the prompt is too long"))
    assert parts[-1].stop_reason == "error"
    assert len(server.bodies) == 1


@pytest.mark.parametrize("document", [None, [], {"data": "x"}, {"data": [1, {"name": "x"}]}])
def test_a_list_of_models_of_another_shape_names_none(document):
    assert names_in(document) == ()
