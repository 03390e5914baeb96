"""With the real weights. What the small models say is checked only where it has to be right."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from contextlib import aclosing

import httpx
import pytest

from jupyter_tools.agent.agent import Agent
from jupyter_tools.events import TextDelta
from jupyter_tools.messages import AssistantMessage, user_message
from jupyter_tools.providers.assembly import MessageAssembly
from jupyter_tools.providers.base import Model, Request
from jupyter_tools.providers.local import LocalProvider
from jupyter_tools.providers.local_engine import engine_for
from jupyter_tools.providers.model_catalogue import DEFAULT, FALLBACK
from jupyter_tools.providers.model_files import pull
from jupyter_tools.tools.tool import AgentTool

pytestmark = pytest.mark.local_model


def quiet(_where, _done, _total):
    pass


@pytest.fixture(scope="session")
def weights():
    return pull(DEFAULT, quiet)


@pytest.fixture(scope="session")
def engine(weights):
    return engine_for(weights)


def request(text, *, tools=(), stop=None, name=DEFAULT.name, **options):
    model = Model(provider="local", name=name, options=options)
    return Request(model=model, messages=(user_message(text),), tools=tools, signal=stop)


async def answer(asked):
    assembly = MessageAssembly("local", asked.model.name)
    async for part in LocalProvider().stream(asked):
        assembly.add(part)
    return assembly.message()


def calls_of(result):
    return [call for message in result.messages if isinstance(message, AssistantMessage) for call in message.tool_calls]


async def test_two_tools_are_called_and_the_answer_says_what_they_gave(engine):
    agent = Agent(model=f"local:{DEFAULT.name}", tools=["math_eval", "time_now"])
    result = await agent.run("What is 12.5 % of 3,480, and what time is it in Tokyo?")
    assert [call.name for call in calls_of(result)] == ["math_eval", "time_now"]
    assert result.stop_reason == "stop"
    assert "435" in result.text
    assert time.strftime("%Y-%m-", time.gmtime(time.time() + 9 * 3600)) in result.text


async def test_an_output_type_holds_the_model_to_its_schema_after_its_tools(engine):
    schema = {"type": "object", "properties": {"result": {"type": "number"}}, "required": ["result"]}
    result = await Agent(f"local:{DEFAULT.name}", ["math_eval"], output_type=schema).run("What is 12.5 % of 3,480?")
    assert (result.stop_reason, result.output) == ("stop", {"result": 435})
    assert [message.role for message in result.messages] == ["user", "assistant", "tool_result", "assistant"]
    assert result.usage.cost == 0


async def test_the_same_question_is_answered_the_same(engine):
    texts = [(await answer(request("Name three colours.", max_tokens=30))).text for _ in range(2)]
    assert texts[0] == texts[1] != ""


async def test_a_second_question_does_not_read_the_tools_again(engine):
    tools = tuple(AgentTool(name=f"tool_{n}", description=f"Does the thing with number {n}.") for n in range(8))
    first = await answer(request("Hello!", tools=tools, max_tokens=1))
    second = await answer(request("Good evening!", tools=tools, max_tokens=1))
    read_first = first.usage.input_tokens - first.usage.cached_tokens
    read_second = second.usage.input_tokens - second.usage.cached_tokens
    assert read_first > 200
    assert read_second < 60


async def test_a_signal_ends_the_answer_between_two_tokens(engine):
    stop, begin = asyncio.Event(), 0.0
    async for part in LocalProvider().stream(request("Count to one thousand.", stop=stop, max_tokens=2000)):
        if isinstance(part, TextDelta) and not stop.is_set():
            stop.set()
            begin = time.monotonic()
    assert time.monotonic() - begin < 0.5


async def test_a_signal_ends_the_reading_of_a_long_prompt(engine):
    stop = asyncio.Event()
    asyncio.get_running_loop().call_later(0.1, stop.set)
    begin = time.monotonic()
    message = await answer(request("word " * 6000, stop=stop))
    assert message.stop_reason == "aborted"
    assert time.monotonic() - begin < 1.0


async def test_the_loop_stays_free_while_the_engine_computes(engine):
    gaps, last, generating = [], time.monotonic(), True

    async def watch():
        nonlocal last
        while generating:
            await asyncio.sleep(0.01)
            now = time.monotonic()
            gaps.append(now - last)
            last = now

    watching = asyncio.create_task(watch())
    await answer(request("Write about the sea.", max_tokens=60))
    generating = False
    await watching
    assert len(gaps) > 10
    assert sorted(gaps)[len(gaps) // 2] < 0.1


async def test_requests_at_once_are_each_answered(engine):
    questions = {"What is the capital of France?": "Paris", "What is the capital of Japan?": "Tokyo"}
    questions["What is the capital of Italy?"] = "Rome"
    answers = await asyncio.gather(*(answer(request(question, max_tokens=30)) for question in questions))
    assert [name in message.text for name, message in zip(questions.values(), answers, strict=True)] == [True] * 3


async def test_an_answer_cut_by_a_limit_says_so(engine):
    message = await answer(request("Count to one hundred.", max_tokens=5))
    assert (message.stop_reason, message.usage.output_tokens) == ("length", 5)


async def test_a_conversation_that_is_too_long_says_what_to_do(engine):
    message = await answer(request("word " * 9000))
    assert message.stop_reason == "error"
    assert "the model's context holds 8192" in message.error_message


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "string", "pattern": r"^\p{L}+$"},
        {"type": "string", "format": "date-time", "minLength": 3},
        {"not": {"type": "null"}},
        {"allOf": [{"type": "integer"}, {"minimum": 3}]},
        {"type": "array", "items": {"$ref": "#/$defs/Node"}, "maxItems": 2},
        {"type": ["number", "null"], "multipleOf": 0.5},
        {"type": "object", "patternProperties": {"^x": {"type": "string"}}},
        {"type": "object", "additionalProperties": {"type": "integer"}},
        {"$ref": "https://example.com/other.json"},
    ],
    ids=str,
)
async def test_whatever_the_schema_says_a_choice_is_json_for_that_tool(engine, schema):
    node = {"type": "object", "properties": {"name": {"type": "string"}, "next": {"$ref": "#/$defs/Node"}}}
    parameters = {"type": "object", "properties": {"value": schema}, "required": ["value"], "$defs": {"Node": node}}
    tool = AgentTool(name="store", description="Store a value.", parameters=parameters)
    message = await answer(request("Store the value 7, please.", tools=(tool,), max_tokens=1))
    for call in message.tool_calls:
        assert (call.name, call.problem) == ("store", None)
        assert set(call.arguments) == {"value"}


async def test_the_engines_server_answers_nobody_without_its_key(engine):
    url = engine._server.listening_address
    assert url.startswith("http://127.0.0.1:")
    async with httpx.AsyncClient(base_url=url) as client:
        assert (await client.get("/v1/models")).status_code == 401
        assert (await client.post("/v1/chat/completions", json={"messages": []})).status_code == 401


async def test_the_stand_in_answers_and_calls_tools_in_the_right_form(engine):
    pull(FALLBACK, quiet)
    tool = AgentTool(name="time_now", description="Tell the time.")
    message = await answer(request("What time is it?", tools=(tool,), name=FALLBACK.name, max_tokens=20))
    assert message.stop_reason in ("tool_calls", "stop", "length")
    assert {call.name for call in message.tool_calls} <= {"time_now"}


def test_control_c_still_interrupts_python(engine):
    def interrupt_and_wait():
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(5)

    with pytest.raises(KeyboardInterrupt):
        interrupt_and_wait()


LEAVES_IN_THE_MIDDLE = """
import asyncio, json, sys
from pathlib import Path
from jupyter_tools.providers.local_engine import engine_for
async def main():
    body = {"messages": [{"role": "user", "content": "Count to one thousand."}], "max_tokens": 2000}
    async for piece in engine_for(Path(sys.argv[1])).generate(body):
        if piece.text:
            break
asyncio.run(main())
print(json.dumps("left"))
"""


def test_python_can_be_left_while_the_engine_writes(weights):
    command = [sys.executable, "-c", LEAVES_IN_THE_MIDDLE, str(weights)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, json.loads(done.stdout), done.stderr) == (0, "left", "")


async def test_closing_the_iterator_frees_the_engine_for_the_next_question(engine):
    async with aclosing(LocalProvider().stream(request("Count to one thousand.", max_tokens=2000))) as parts:
        async for part in parts:
            if isinstance(part, TextDelta):
                break
    async with asyncio.timeout(30):
        assert (await answer(request("Say hi.", max_tokens=3))).text
    while engine.running:  # noqa: ASYNC110 - the worker notices at its next token
        await asyncio.sleep(0.01)
