import asyncio
import json
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

import pytest

from jupyter_tools.errors import ConfigurationError, ModelFileError, UnknownNameError
from jupyter_tools.events import Notice, StopDelta, TextDelta, UsageDelta
from jupyter_tools.messages import TextContent, ToolResultMessage, user_message
from jupyter_tools.providers.assembly import MessageAssembly
from jupyter_tools.providers.base import Model, Provider, Request
from jupyter_tools.providers.local import LocalProvider
from jupyter_tools.providers.local_engine import close_engines, loaded_engine
from jupyter_tools.providers.registry import parse_model, provider_for
from jupyter_tools.tools.tool import AgentTool
from tests.providers.llama import llama

__all__ = ["llama"]

ADD = AgentTool(name="add", parameters={"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]})
CALLS = (
    '[{"tool": "add", "arguments": {"a": 1}}, {"tool": "add", "arguments": {"a": 2'  # as it comes: cut at the brackets
)


@pytest.fixture
def name(tmp_path):
    (tmp_path / "model.gguf").write_bytes(b"GGUF")
    return str(tmp_path / "model.gguf")


def request(name, *messages, tools=(), signal=None, **options):
    model = Model(provider="local", name=name, options=options)
    return Request(model=model, messages=messages or (user_message("Hi"),), tools=tools, signal=signal)


async def answer(asked):
    assembly, parts = MessageAssembly("local", asked.model.name), []
    async for part in LocalProvider().stream(asked):
        parts.append(part)
        assembly.add(part)
    return assembly.message(), parts


async def test_without_tools_the_answer_streams_as_text(llama, name):
    llama.answers.append(["Hel", "lo"])
    message, parts = await answer(request(name))
    assert (message.text, message.stop_reason) == ("Hello", "stop")
    assert "".join(part.text for part in parts if isinstance(part, TextDelta)) == "Hello"
    assert [type(part) for part in parts[-2:]] == [UsageDelta, StopDelta]
    assert "grammar" not in llama.requests[0]


async def test_reasoning_that_the_model_writes_into_its_text_is_reasoning(llama, name):
    llama.answers.append(["<thi", "nk>hm</think>", "So it is <"])
    message, _ = await answer(request(name))
    assert (message.thinking, message.text) == ("hm", "So it is <")


async def test_a_template_may_have_opened_the_reasoning(llama, name):
    llama.answers.append(["hm</think>So."])
    message, _ = await answer(request(name, starts_in_thinking=True, send_reasoning=False))
    assert (message.thinking, message.text) == ("hm", "So.")
    assert not {"starts_in_thinking", "send_reasoning"} & llama.requests[0].keys()


async def test_tools_are_chosen_under_a_grammar_and_become_calls(llama, name):
    llama.answers.append(CALLS)
    message, _ = await answer(request(name, tools=(ADD,)))
    assert [(call.name, call.arguments) for call in message.tool_calls] == [("add", {"a": 1}), ("add", {"a": 2})]
    assert message.stop_reason == "tool_calls"
    assert message.text == ""
    assert len({call.id for call in message.tool_calls}) == 2
    assert llama.requests[0]["grammar"].startswith("%llguidance")


async def test_the_answers_schema_holds_the_answer_and_not_the_choice_of_tools(llama, name):
    schema = {"type": "object", "properties": {"n": {"type": "integer"}}}
    llama.answers += ["[]", '{"n": 1}']
    await answer(replace(request(name, tools=(ADD,)), output_schema=schema))
    choice, said = llama.requests
    assert "response_format" not in choice
    assert said["response_format"]["json_schema"]["schema"] == schema


async def test_a_model_that_must_answer_without_tools_is_not_asked_to_choose(llama, name):
    llama.answers.append(["Hel", "lo"])
    message, _ = await answer(replace(request(name, tools=(ADD,)), tool_choice="none"))
    assert (message.text, message.stop_reason) == ("Hello", "stop")
    assert ["grammar" in asked for asked in llama.requests] == [False]


async def test_if_no_tool_is_chosen_the_answer_streams_and_both_are_counted(llama, name):
    llama.answers += ["[]", ["Hel", "lo"]]
    message, _ = await answer(request(name, tools=(ADD,)))
    assert (message.text, message.stop_reason) == ("Hello", "stop")
    assert (message.usage.input_tokens, message.usage.cached_tokens, message.usage.output_tokens) == (240, 200, 3)


async def test_after_results_a_model_of_the_catalogue_answers(llama, name):
    llama.answers += [CALLS, "It is 3."]
    asked = request(name, tools=(ADD,), tool_rounds=1)
    chosen, _ = await answer(asked)
    results = [
        ToolResultMessage(tool_call_id=call.id, tool_name="add", content=(TextContent(text="3"),))
        for call in chosen.tool_calls
    ]
    message, _ = await answer(request(name, user_message("Hi"), chosen, *results, tools=(ADD,), tool_rounds=1))
    assert message.text == "It is 3."
    assert "add(a=1) = 3" in llama.requests[-1]["messages"][-1]["content"]


async def test_a_call_that_is_already_answered_means_that_no_tool_is_needed(llama, name):
    llama.answers += [CALLS, CALLS, "It is 3."]
    chosen, _ = await answer(request(name, tools=(ADD,)))
    message, _ = await answer(request(name, user_message("Hi"), chosen, tools=(ADD,)))
    assert (message.text, message.tool_calls) == ("It is 3.", ())


async def test_options_are_passed_on_and_have_defaults(llama, name):
    llama.answers += ["a", "b"]
    await answer(request(name))
    await answer(request(name, temperature=0.7, seed=3, max_tokens=5, top_k=10))
    assert {key: llama.requests[0][key] for key in ("temperature", "seed", "max_tokens")} == {
        "temperature": 0,
        "seed": 0,
        "max_tokens": 1024,
    }
    assert [llama.requests[1][key] for key in ("temperature", "seed", "max_tokens", "top_k")] == [0.7, 3, 5, 10]


@pytest.mark.parametrize("value", ["many", -1, 1.5, True])
async def test_an_option_of_loading_that_is_no_number_is_told(llama, name, value):
    with pytest.raises(ConfigurationError, match="n_ctx of a local model is a whole number"):
        await answer(request(name, n_ctx=value))


async def test_loading_is_told_once(llama, name):
    llama.answers += ["a", "b"]
    _, first = await answer(request(name))
    _, second = await answer(request(name))
    assert [part.kind for part in first if isinstance(part, Notice)] == ["load"]
    assert [part for part in second if isinstance(part, Notice)] == []


async def test_a_signal_ends_the_answer_as_aborted_and_keeps_its_text(llama, name):
    signal = asyncio.Event()
    llama.answers.append(["word "] * 10_000)
    assembly = MessageAssembly("local", name)
    async with asyncio.timeout(5):
        async for part in LocalProvider().stream(request(name, signal=signal)):
            assembly.add(part)
            if isinstance(part, TextDelta):
                signal.set()
    message = assembly.message()
    assert message.stop_reason == "aborted"
    assert message.text.startswith("word ")


async def test_a_signal_while_tools_are_chosen_ends_it_as_aborted(llama, name):
    signal = asyncio.Event()
    llama.may_go_on.clear()
    asyncio.get_running_loop().call_later(0.01, signal.set)
    async with asyncio.timeout(5):
        message, _ = await answer(request(name, tools=(ADD,), signal=signal))
    assert (message.stop_reason, message.tool_calls, message.text) == ("aborted", (), "")


async def test_closing_the_iterator_ends_the_generation(llama, name):
    llama.answers.append(["word "] * 100_000)
    async with aclosing(LocalProvider().stream(request(name))) as parts:
        async for part in parts:
            if isinstance(part, TextDelta):
                break
    engine = loaded_engine(Path(name))
    await asyncio.to_thread(close_engines)  # waits for the worker
    assert not engine.running


async def test_a_failure_of_the_engine_is_an_answer_that_failed(llama, name):
    llama.answers.append({"message": "no memory"})
    message, _ = await answer(request(name))
    assert message.stop_reason == "error"
    assert message.error_message == "local: no memory"


async def test_a_damaged_file_is_an_answer_that_failed(llama, tmp_path):
    (tmp_path / "broken.gguf").write_bytes(b"")
    message, _ = await answer(request(str(tmp_path / "broken.gguf")))
    assert message.stop_reason == "error"
    assert "cannot load" in message.error_message


async def test_a_model_that_does_not_exist_is_an_exception(llama):
    with pytest.raises(UnknownNameError, match=r"qwen2\.5-coder-0\.5b"):
        await answer(request("qwen2.5-coder"))
    with pytest.raises(ModelFileError):
        await answer(request("missing.gguf"))


async def test_reasoning_of_a_model_is_kept_apart(llama, name):
    llama.answers.append([{"reasoning_content": "Hm."}, "Yes."])
    message, _ = await answer(request(name))
    assert (message.thinking, message.text) == ("Hm.", "Yes.")


def test_arguments_keep_letters_of_all_alphabets(llama, name):
    llama.answers.append('[{"tool": "add", "arguments": {"a": "Привет"')
    message, parts = asyncio.run(answer(request(name, tools=(ADD,))))
    assert message.tool_calls[0].arguments == {"a": "Привет"}
    assert "Привет" in next(part.arguments for part in parts if part.type == "tool_call")
    assert json.loads(json.dumps(message.tool_calls[0].arguments)) == {"a": "Привет"}


def test_local_is_a_provider_and_the_embedded_models_are_known_by_their_bare_names():
    model = parse_model("smollm2-135m")
    assert (model.provider, model.name) == ("local", "smollm2-135m")
    assert isinstance(provider_for(model), Provider)
