import pytest

from jupyter_tools.errors import ProviderError, UnknownNameError
from jupyter_tools.events import TextDelta, ThinkingDelta, ToolCallDelta
from jupyter_tools.messages import user_message
from jupyter_tools.providers.base import Model, Request
from jupyter_tools.providers.scripted import ScriptedProvider, thinking
from jupyter_tools.providers.tool_support import FinishReason, ToolCalls, chunks_of, request_from_openai, resolve
from jupyter_tools.thinking import Reasoning

MODEL = Model(provider="scripted", name="test")
REQUEST = Request(model=MODEL, messages=(user_message("hi"),))


async def chunks(turn, **options) -> list[object]:
    return [chunk async for chunk in chunks_of(ScriptedProvider([turn]), REQUEST, **options)]


async def test_reasoning_keeps_its_class() -> None:
    assert (await chunks([thinking("hm"), "ok"]))[:2] == [Reasoning("hm"), "ok"]


async def test_a_call_in_pieces_is_one_call() -> None:
    pieces = [ToolCallDelta(index=0, id="c1", name="add", arguments='{"a"'), ToolCallDelta(index=0, arguments=": 1}")]
    *_, calls, _, reason = await chunks(pieces)
    function = {"name": "add", "arguments": '{"a": 1}'}
    assert calls == ToolCalls(({"id": "c1", "type": "function", "function": function},))
    assert reason == FinishReason("tool_calls")


async def test_an_answer_without_an_end_is_an_error() -> None:
    class Silent(ScriptedProvider):
        async def stream(self, request):
            yield TextDelta(text="Hi")
            yield ThinkingDelta(end=True)

    with pytest.raises(ProviderError, match="cut before the answer was complete"):
        [chunk async for chunk in chunks_of(Silent([]), REQUEST)]


def test_the_model_may_name_its_provider_and_an_explicit_one_wins() -> None:
    assert resolve("scripted:demo", None, {})[0] == Model(provider="scripted", name="demo")
    assert resolve("llama3:8b", "scripted", {"seed": 1})[0] == Model(
        provider="scripted", name="llama3:8b", options={"seed": 1}
    )
    assert resolve("scripted:demo", "scripted", {})[0].name == "demo"
    mine = ScriptedProvider([])
    assert resolve("x", mine, {}) == (Model(provider="scripted", name="x"), mine)
    with pytest.raises(UnknownNameError):
        resolve("llama3:8b", "nobody", {})


def test_an_address_is_no_option_of_the_request_but_where_it_goes() -> None:
    there = "http://127.0.0.1:8080/v1"
    for model, provider in (("openai:m", None), ("m", "openai"), ("m", ScriptedProvider([]))):
        chosen, _ = resolve(model, provider, {"base_url": there, "seed": 1})
        assert (chosen.name, chosen.base_url, chosen.options) == ("m", there, {"seed": 1})


def test_images_go_with_the_last_thing_the_user_said() -> None:
    dicts = [{"role": "user", "content": "See"}, {"role": "assistant", "content": "What?"}]
    request = request_from_openai(MODEL, dicts, media=["data:image/png;base64,aGk="], tool_choice="none")
    assert [len(message.content) for message in request.messages] == [2, 1]
    assert request.tool_choice == "none"
    assert request_from_openai(MODEL, [], media=["data:image/png;base64,aGk="]).messages[0].role == "user"
