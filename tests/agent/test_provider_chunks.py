import asyncio
import threading
from contextlib import aclosing

import pytest

from jupyter_tools.agent.provider_chunks import chunks_from, each_of, is_provider
from jupyter_tools.errors import UnknownNameError
from jupyter_tools.providers.emulated import ToolSupportProvider
from jupyter_tools.providers.scripted import ScriptedProvider, register_script
from jupyter_tools.providers.tool_support import FinishReason, ToolCalls

MESSAGES = [{"role": "user", "content": "hello"}]


class Foreign:
    asked = None

    @classmethod
    async def create_async_generator(cls, model, messages, **options):
        cls.asked = (model, messages, options)
        yield "hi"


class Getter:
    def get_async_create_function(self):
        return Foreign.create_async_generator


async def said(provider, model="m", **options):
    return [chunk async for chunk in chunks_from(provider, model, MESSAGES, options)]


@pytest.mark.parametrize("provider", [Foreign, Foreign(), Getter()])
async def test_an_object_of_the_older_protocol_is_asked_with_all_options(provider):
    assert await said(provider, temperature=0) == ["hi"]
    assert Foreign.asked == ("m", MESSAGES, {"temperature": 0})


async def test_our_providers_are_asked_by_instance_name_and_class():
    register_script("door", [["Hello."]])
    for provider, model in (("scripted", "door"), (None, "scripted:door"), ("scripted", "scripted:door")):
        assert (await said(provider, model))[0] == "Hello."
    assert (await said(ScriptedProvider([["Hello."]])))[0] == "Hello."

    class Mine(ScriptedProvider):
        def __init__(self):
            super().__init__([["Mine."]])

    assert (await said(Mine))[0] == "Mine."


async def test_options_of_the_door_reach_the_request():
    seen = []

    def turn(request):
        seen.append(request)
        return ["ok"]

    tools = [{"type": "function", "function": {"name": "f"}}]
    provider = ScriptedProvider([turn])
    chunks = await said(
        provider, tools=tools, tool_choice="required", stream=False, temperature=0, response_format={"type": "json"}
    )
    (request,) = seen
    assert chunks[0] == "ok"
    assert chunks[-1] == FinishReason("stop")
    assert [tool.name for tool in request.tools] == ["f"]
    assert request.tool_choice == "required"
    assert request.model.options == {"temperature": 0, "response_format": {"type": "json_object"}}


async def test_prompted_tools_work_through_the_door():
    call = '{"name": "f", "arguments": {}}'
    tools = [{"type": "function", "function": {"name": "f"}}]
    for provider in (ToolSupportProvider(ScriptedProvider([[call]])), ScriptedProvider([[call]])):
        chunks = await said(
            provider, tools=tools, **({} if isinstance(provider, ToolSupportProvider) else {"tool_format": "json"})
        )
        assert any(isinstance(chunk, ToolCalls) for chunk in chunks)


async def test_an_unknown_provider_is_named():
    with pytest.raises(UnknownNameError, match="no provider 'nobody'"):
        await said("nobody")


def test_functions_are_no_providers():
    assert all(
        map(
            is_provider,
            (None, "openai", Foreign, Getter(), ScriptedProvider, ScriptedProvider([]), ToolSupportProvider),
        )
    )
    assert not is_provider(lambda **_: None)


async def collect(response):
    return [chunk async for chunk in each_of(response)]


async def test_whatever_a_function_returns_comes_piece_by_piece():
    async def promised():
        return ["a", "b"]

    async def asynchronous():
        yield "a"
        yield "b"

    for response in (["a", "b"], iter("ab"), promised(), asynchronous()):
        assert await collect(response) == ["a", "b"]
    assert await collect("ab") == ["ab"]
    assert await collect({"a": 1}) == [{"a": 1}]


async def test_a_plain_iterator_does_not_block_the_loop():
    released = threading.Event()

    def waiting():
        assert released.wait(timeout=10)
        yield "a"

    async with aclosing(each_of(waiting())) as chunks:
        first = asyncio.ensure_future(anext(chunks))
        await asyncio.sleep(0)
        released.set()
        assert await first == "a"


async def test_leaving_early_closes_iterators_of_either_kind():
    closed = []

    def plain():
        try:
            yield from "abc"
        finally:
            closed.append("plain")

    async def asynchronous():
        try:
            for letter in "abc":
                yield letter
        finally:
            closed.append("asynchronous")

    for response in (plain(), asynchronous()):
        async with aclosing(each_of(response)) as chunks:
            assert await anext(chunks) == "a"
    assert closed == ["plain", "asynchronous"]
