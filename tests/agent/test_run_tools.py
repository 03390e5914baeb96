import copy
import subprocess
import sys
import threading
from contextlib import aclosing

import pytest

from jupyter_tools.agent.run_tools import async_iter_run_tools, iter_run_tools
from jupyter_tools.auth import AuthManager, Secret, write_key_file
from jupyter_tools.builtin_tools.offline_search import OfflineSearch
from jupyter_tools.builtin_tools.search_backend import use_search_backend
from jupyter_tools.builtin_tools.web_sources import SearchResult, Sources
from jupyter_tools.providers.scripted import ScriptedProvider
from jupyter_tools.providers.tool_support import FinishReason
from jupyter_tools.thinking import Reasoning

MESSAGES = [{"role": "user", "content": "Do bees dance?"}]
SOURCES = Sources(
    (SearchResult(url="https://a.example/bees", title="Bees", snippet="Bees dance.", text="Bees dance."),)
)


@pytest.fixture(autouse=True)
def offline(monkeypatch):
    monkeypatch.setitem(sys.modules, "keyring", None)
    use_search_backend(OfflineSearch([{"url": "https://a.example/bees", "title": "Bees", "text": "Bees dance."}]))
    yield
    use_search_backend(None)


class Foreign:
    """A provider of somebody else: it takes what it is given and says what it is told."""

    needs_auth = True

    def __init__(self, *chunks):
        self.chunks = chunks
        self.asked = {}
        self.closed = threading.Event()

    async def create_async_generator(self, **asked):
        self.asked = asked
        try:
            for chunk in self.chunks:
                yield chunk
        finally:
            self.closed.set()


def through(door, provider, **kwargs):
    """What either door says."""
    if door == "sync":
        return list(iter_run_tools(provider, "m", MESSAGES, **kwargs))

    async def collect():
        return [chunk async for chunk in async_iter_run_tools(provider, "m", MESSAGES, **kwargs)]

    import asyncio

    return asyncio.run(collect())


both_doors = pytest.mark.parametrize("door", ["sync", "async"])


@both_doors
@pytest.mark.parametrize("provider", [Foreign("let me", " see</think>So."), ScriptedProvider([["So."]])])
def test_reasoning_that_the_prompt_has_begun_is_parted_from_the_answer(door, provider):
    if door == "async" and isinstance(provider, ScriptedProvider):
        provider = ScriptedProvider([["So."]])
    chunks = [chunk for chunk in through(door, provider, starts_in_thinking=True) if isinstance(chunk, str | Reasoning)]
    said = [chunk for chunk in chunks if isinstance(chunk, str)]
    thought = "".join(chunk.token or "" for chunk in chunks if isinstance(chunk, Reasoning))
    assert "".join(said) == "So."
    assert thought == ("let me see" if isinstance(provider, Foreign) else "")


@both_doors
def test_text_reasoning_sources_and_reason_come_in_this_order(door):
    chunks = through(door, Foreign("<thi", "nk>hm</think>Yes", " [1].", FinishReason("stop")), web_search=True)
    assert chunks == [
        Reasoning(status="🤔 Is thinking...", is_thinking="<think>"),
        Reasoning("hm"),
        Reasoning(status="Finished", is_thinking="</think>"),
        "Yes",
        " [1].",
        SOURCES,
        FinishReason("stop"),
    ]


def test_both_doors_say_the_same_for_our_own_providers():
    turns = [["<think>hm</think>Yes", " [1]."]]
    kwargs = {"web_search": "bees", "tool_calls": [{"type": "function", "function": {"name": "continue_tool"}}]}
    said = [through(door, ScriptedProvider(turns), **kwargs) for door in ("sync", "async")]
    assert said[0] == said[1]
    assert said[0][-2:] == [SOURCES, FinishReason("stop")]


@both_doors
def test_the_option_web_search_is_not_passed_on_and_others_are(door):
    provider = Foreign("ok")
    through(door, provider, web_search="bees", temperature=0)
    assert provider.asked.keys() == {"model", "messages", "temperature"}
    assert "Bees dance." in provider.asked["messages"][0]["content"]


@both_doors
def test_a_key_is_loaded_if_the_caller_gave_none(door):
    provider = Foreign("ok")
    through(door, provider)
    assert "api_key" not in provider.asked
    write_key_file(AuthManager.get_api_key_file(provider), Secret("from file"))
    through(door, provider)
    assert provider.asked["api_key"] == "from file"
    through(door, provider, api_key="from caller")
    assert provider.asked["api_key"] == "from caller"


@both_doors
def test_a_provider_that_needs_no_key_is_given_none(door):
    provider = Foreign("ok")
    provider.needs_auth = False
    write_key_file(AuthManager.get_api_key_file(provider), Secret("from file"))
    through(door, provider)
    assert "api_key" not in provider.asked


@both_doors
def test_a_provider_that_continues_by_itself_is_told_by_an_option(door):
    class OpenaiAccount(Foreign):
        needs_auth = False

    provider = OpenaiAccount("ok")
    through(door, provider, tool_calls=[{"type": "function", "function": {"name": "continue_tool"}}])
    assert provider.asked["action"] == "continue"
    assert provider.asked["messages"] == MESSAGES


@both_doors
def test_a_failing_provider_raises_after_what_it_has_said(door):
    class Failing(Foreign):
        async def create_async_generator(self, **asked):
            yield "a"
            raise LookupError("no luck")

    with pytest.raises(LookupError, match="no luck"):
        through(door, Failing())


@both_doors
@pytest.mark.parametrize("messages", [[], [{"role": "user", "content": None}], [{"role": "user", "content": ["a"]}]])
def test_any_messages_are_passed_on_and_not_changed(door, messages):
    provider, before = Foreign("ok"), copy.deepcopy(messages)
    list(iter_run_tools(provider, "m", messages, web_search=True))
    assert messages == before
    assert len(provider.asked["messages"]) == len(messages)


async def test_leaving_the_async_door_early_closes_the_providers_generator():
    provider = Foreign("a", "b", "c")
    async with aclosing(async_iter_run_tools(provider, "m", MESSAGES)) as chunks:
        assert await anext(chunks) == "a"
    assert provider.closed.is_set()


def test_leaving_the_sync_door_early_closes_the_providers_generator():
    provider = Foreign(*"abc" * 100)
    chunks = iter_run_tools(provider, "m", MESSAGES)
    assert next(chunks) == "a"
    chunks.close()
    assert provider.closed.is_set()


def test_a_function_is_called_with_everything_and_its_iterator_stays_in_this_thread():
    seen, closed = {}, []

    def answer(**asked):
        seen.update(asked, thread=threading.current_thread())
        try:
            yield from ["<think>a</think>", "b", "c"]
        finally:
            closed.append(threading.current_thread())

    chunks = iter_run_tools(answer, "m", MESSAGES, provider="mine", web_search="bees", temperature=0)
    assert next(chunks).is_thinking == "<think>"
    chunks.close()
    assert closed == [threading.current_thread()] == [seen["thread"]]
    assert (seen["model"], seen["provider"], seen["temperature"]) == ("m", "mine", 0)
    assert "Bees dance." in seen["messages"][0]["content"]


def test_a_function_may_return_an_asynchronous_iterator_or_a_text():
    async def answer(**_):
        yield "a"

    assert list(iter_run_tools(answer, "m", MESSAGES)) == ["a"]
    assert list(iter_run_tools(lambda **_: "a", "m", MESSAGES)) == ["a"]


async def test_the_sync_door_works_inside_of_a_running_loop():
    assert list(iter_run_tools(Foreign("a"), "m", MESSAGES, web_search=True)) == ["a", SOURCES]


def test_the_sync_door_works_in_a_script_that_ends_at_once():
    program = """
from jupyter_tools import iter_run_tools, ScriptedProvider
print(*iter_run_tools(ScriptedProvider([["Hello."]]), "m", [{"role": "user", "content": "?"}]), sep="|")
"""
    result = subprocess.run(
        [sys.executable, "-W", "error", "-c", program], capture_output=True, text=True, timeout=60, check=False
    )
    assert result.stdout.startswith("Hello.|"), result.stderr
    assert result.stderr == ""
