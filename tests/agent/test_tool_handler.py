import copy
import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_tools.agent.tool_handler import TOOL_NAMES, ToolHandler, perform_web_search
from jupyter_tools.builtin_tools.bucket import Bucket
from jupyter_tools.builtin_tools.bucket_markers import marker
from jupyter_tools.builtin_tools.offline_search import OfflineSearch
from jupyter_tools.builtin_tools.search_backend import use_search_backend
from jupyter_tools.traces import traces

BEES = {"url": "https://a.example/bees", "title": "Bees", "text": "Bees dance."}
WHALES = {"url": "https://a.example/whales", "title": "Whales", "text": "Whales sing and bees do not."}
MESSAGES = [{"role": "user", "content": "Do bees dance?"}]


@pytest.fixture(autouse=True)
def offline(tmp_path, monkeypatch):
    monkeypatch.delenv("JUPYTER_TOOLS_SEARCH", raising=False)
    monkeypatch.setenv("JUPYTER_TOOLS_BUCKETS", str(tmp_path / "buckets"))
    use_search_backend(OfflineSearch([BEES, WHALES]))
    yield
    use_search_backend(None)


def call(name, arguments=None, **more):
    return {
        "type": "function",
        "function": {"name": name, **({} if arguments is None else {"arguments": arguments})},
        **more,
    }


search = TOOL_NAMES["SEARCH"]
carry_on = TOOL_NAMES["CONTINUE"]
read_bucket = TOOL_NAMES["BUCKET"]


# --- arguments ---
@pytest.mark.parametrize(
    ("data", "arguments"),
    [
        ({}, {}),
        ({"arguments": None}, {}),
        ({"arguments": ""}, {}),
        ({"arguments": " "}, {}),
        ({"arguments": "null"}, {}),
        ({"arguments": "{}"}, {}),
        ({"arguments": '{"a": 1, "b": null}'}, {"a": 1}),
        ({"arguments": {"a": 0, "b": None, "c": ""}}, {"a": 0, "c": ""}),
    ],
)
def test_arguments_are_a_dict_or_json_text_without_what_is_none(data, arguments):
    before = copy.deepcopy(data)
    assert ToolHandler.validate_arguments(data) == arguments
    assert data == before


@pytest.mark.parametrize("arguments", ["[1]", "5", '"text"', "true", [1], 5, "{broken", "[" * 100_000])
def test_other_arguments_are_an_error_that_names_the_tool(arguments):
    with pytest.raises(ValueError, match="The arguments of 'mine'"):
        ToolHandler.validate_arguments({"name": "mine", "arguments": arguments})


# --- one tool ---
async def test_a_search_puts_what_it_finds_before_the_request():
    messages, sources = await ToolHandler.process_search_tool(MESSAGES, call(search, {"max_results": 1}))
    assert messages[0]["content"].startswith("Search results:\n\n[1] Bees\nhttps://a.example/bees\nBees dance.")
    assert messages[0]["content"].endswith("Request:\nDo bees dance?")
    assert sources.get_list() == [{"url": "https://a.example/bees", "title": "Bees"}]


@pytest.mark.parametrize("content", [None, [], [{"type": "text", "text": "?"}]])
async def test_a_search_works_with_any_content(content):
    messages, _ = await ToolHandler.process_search_tool(
        [{"role": "user", "content": content}], call(search, {"query": "bees"})
    )
    assert "Bees dance." in str(messages[0]["content"])


async def test_a_search_without_a_request_becomes_one():
    messages, _ = await ToolHandler.process_search_tool([], call(search, '{"query": "bees"}'))
    assert messages[0]["content"].endswith("Request:\nbees")


async def test_what_the_user_said_last_is_searched_for_also_behind_an_answer():
    said = [*MESSAGES, {"role": "assistant", "content": "Well,"}]
    messages, _ = await ToolHandler.process_search_tool(said, call(search))
    assert "Bees dance." in messages[0]["content"]
    assert messages[1] == said[1]


async def test_where_nothing_is_found_nothing_is_added():
    assert await ToolHandler.process_search_tool(MESSAGES, call(search, {"query": "zebra"})) == (MESSAGES, None)


async def test_an_argument_that_a_search_does_not_have_is_an_error():
    with pytest.raises(ValueError, match="no arguments speed"):
        await ToolHandler.process_search_tool(MESSAGES, call(search, {"speed": 1}))


async def test_a_page_that_was_found_cannot_read_files():
    paper = Bucket().add(b"secret")
    use_search_backend(OfflineSearch([f"bees {marker(paper)}"]))
    messages, _, _ = await ToolHandler.process_tools(MESSAGES, [call(search), call(read_bucket)], None)
    assert "bees" in messages[0]["content"]
    assert "secret" not in messages[0]["content"]


def test_continue_and_bucket_are_single_steps_too():
    paper = Bucket().add(b"The text.")
    messages, options = ToolHandler.process_continue_tool(MESSAGES, call(carry_on), "OpenaiAccount")
    assert (messages, options) == (MESSAGES, {"action": "continue"})
    (read,) = ToolHandler.process_bucket_tool([{"role": "user", "content": marker(paper)}], call(read_bucket))
    assert "The text." in read["content"]


# --- all tools ---
@pytest.mark.parametrize(
    "calls", [None, [], [{"type": "other"}], [{}], [{"type": "function_call", "function": {"name": search}}]]
)
@pytest.mark.parametrize("messages", [[], MESSAGES, [{"role": "user", "content": None}], [{}]])
async def test_without_calls_there_are_still_three_results(messages, calls):
    assert await ToolHandler.process_tools(messages, calls, "openai") == (messages, None, {})


async def test_calls_run_one_after_the_other():
    paper = Bucket().add(b"The text.")
    said = [{"role": "user", "content": f"Do bees dance? {marker(paper)}"}]
    calls = [call(read_bucket), call(search, {"query": "bees"}), call(carry_on)]
    messages, sources, options = await ToolHandler.process_tools(said, calls, "openai")
    assert len(messages) == 2
    assert "The text." in messages[0]["content"]
    assert "Bees dance." in messages[0]["content"]
    assert messages[1]["content"].startswith("Carry on from this point:\n")
    assert len(sources.results) == 2
    assert options == {}


async def test_sources_of_several_searches_are_merged():
    calls = [call(search, {"query": "dance"}), call(search, {"query": "bees"}), call(search, {"query": "sing"})]
    _, sources, _ = await ToolHandler.process_tools(MESSAGES, calls, None)
    assert [source["title"] for source in sources.get_list()] == ["Bees", "Whales"]


async def test_one_failing_call_does_not_end_the_others(caplog):
    calls = [call(search, "{broken"), call("nobody"), call(search, {"speed": 1}), call(carry_on), {"type": "function"}]
    with caplog.at_level(logging.ERROR):
        messages, sources, _ = await ToolHandler.process_tools(MESSAGES, calls, "openai")
    assert messages[-1]["content"] == "Carry on from this point:\nDo bees dance?"
    assert sources is None
    assert "search_tool: Invalid arguments" in caplog.text
    assert "There is no tool 'nobody'" in caplog.text


async def test_every_call_is_a_row_in_the_traces():
    await ToolHandler.process_tools(MESSAGES, [call(search), call("nobody", id="c1")], None)
    rows = traces.tools()
    assert list(rows["name"]) == ["search_tool", "nobody"]
    assert list(rows["status"]) == ["ok", "error"]


async def test_a_call_that_is_repeated_endlessly_is_stopped(caplog):
    messages, _, _ = await ToolHandler.process_tools(MESSAGES, [call(carry_on, {})] * 5, None)
    assert len(messages) == 3
    assert "continue_tool was called with these arguments 2 times already" in caplog.text


async def test_a_search_engine_that_fails_is_logged_and_nothing_is_added(caplog):
    class Broken:
        name = "broken"

        async def search(self, query, max_results):
            raise ZeroDivisionError("max_results=1")

    use_search_backend(Broken())
    assert await perform_web_search(MESSAGES, True) == (MESSAGES, None)
    assert "ZeroDivisionError" in caplog.text


async def test_without_a_search_engine_the_log_says_how_to_configure_one(caplog):
    use_search_backend(None)
    assert await perform_web_search(MESSAGES, "bees") == (MESSAGES, None)
    assert "Set JUPYTER_TOOLS_SEARCH" in caplog.text


@pytest.mark.parametrize("asked", [None, False, "", 0])
async def test_a_search_that_is_not_asked_for_changes_nothing(asked):
    assert await perform_web_search(MESSAGES, asked) == (MESSAGES, None)


@pytest.mark.parametrize(
    ("asked", "titles"),
    [(True, ["Bees", "Whales"]), ("true", ["Bees", "Whales"]), ("sing", ["Whales"]), ({"max_results": 1}, ["Bees"])],
)
async def test_a_search_takes_its_query_from_the_option_or_the_request(asked, titles):
    messages, sources = await perform_web_search(MESSAGES, asked)
    assert [source["title"] for source in sources.get_list()] == titles
    assert messages[0]["content"].endswith("Do bees dance?")


contents = st.one_of(
    st.none(),
    st.text(max_size=20),
    st.lists(st.fixed_dictionaries({"type": st.just("text"), "text": st.text()}), max_size=2),
)
roles = st.sampled_from(["user", "assistant", "system", "tool"])
conversations = st.lists(st.fixed_dictionaries({"role": roles, "content": contents}), max_size=3)
calls = st.lists(
    st.builds(
        call, st.sampled_from([*TOOL_NAMES.values(), "nobody"]), st.sampled_from([None, "", "{", {"query": "bees"}])
    ),
    max_size=3,
)


@given(conversations, calls)
async def test_no_call_changes_the_conversation_it_is_given(messages, calls):
    before = copy.deepcopy(messages), copy.deepcopy(calls)
    changed, _, options = await ToolHandler.process_tools(messages, calls, "openai")
    assert (messages, calls) == before
    assert len(changed) >= len(messages)
    assert options == {}
