import itertools
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_tools.events import Notice, StopDelta, TextDelta, ThinkingDelta, ToolCallDelta, UsageDelta
from jupyter_tools.messages import TextContent, ThinkingContent, ToolCallContent, Usage
from jupyter_tools.providers.assembly import MessageAssembly, parse_arguments


def assemble(*parts, **kwargs):
    assembly = MessageAssembly("scripted", "m", **kwargs)
    for part in parts:
        assembly.add(part)
    return assembly.message()


def test_reasoning_that_says_nothing_does_not_cut_a_text_in_two():
    assert assemble(TextDelta(text="a"), ThinkingDelta(), TextDelta(text="b")).content == (TextContent(text="ab"),)


pieces = st.one_of(
    st.tuples(st.just("text"), st.text(min_size=1, max_size=8)),
    st.tuples(st.just("thinking"), st.text(min_size=1, max_size=8)),
)


@given(said=st.lists(pieces, max_size=12))
def test_nothing_of_text_and_reasoning_is_lost_and_neighbours_are_joined(said):
    parts = [TextDelta(text=t) if kind == "text" else ThinkingDelta(text=t) for kind, t in said]
    message = assemble(*parts)
    assert message.text == "".join(t for kind, t in said if kind == "text")
    assert message.thinking == "".join(t for kind, t in said if kind == "thinking")
    kinds = [block.type for block in message.content]
    assert all(a != b for a, b in itertools.pairwise(kinds))


@given(
    arguments=st.lists(
        st.dictionaries(st.text(max_size=5), st.integers() | st.text(max_size=5), max_size=3), max_size=4
    ),
    data=st.data(),
)
def test_interleaved_fragments_of_parallel_calls_come_together(arguments, data):
    texts = [json.dumps(a, ensure_ascii=False) for a in arguments]
    queues = [[ToolCallDelta(index=i, id=f"id{i}", name=f"tool{i}")] for i in range(len(texts))]
    for i, text in enumerate(texts):
        cut = data.draw(st.integers(0, len(text)))
        queues[i] += [ToolCallDelta(index=i, arguments=text[:cut]), ToolCallDelta(index=i, arguments=text[cut:])]
    parts = [queue.pop(0) for queue in queues]
    while any(queues):
        parts.append(data.draw(st.sampled_from([queue for queue in queues if queue])).pop(0))
    calls = assemble(*parts).tool_calls
    assert [(c.id, c.name, c.arguments, c.problem) for c in calls] == [
        (f"id{i}", f"tool{i}", a, None) for i, a in enumerate(arguments)
    ]


def test_a_closed_reasoning_block_is_followed_by_a_new_one():
    message = assemble(
        ThinkingDelta(text="one"),
        ThinkingDelta(end=True, signature="s1"),
        ThinkingDelta(text="two"),
        TextDelta(text="!"),
    )
    assert [(b.thinking, b.signature) for b in message.content if isinstance(b, ThinkingContent)] == [
        ("one", "s1"),
        ("two", None),
    ]
    assert all(b.duration_ms is not None for b in message.content if isinstance(b, ThinkingContent))


def test_reasoning_that_was_never_closed_is_marked():
    (block,) = assemble(ThinkingDelta(text="hm"), ThinkingDelta(end=True, cut=True)).content
    assert block.cut


def test_usage_stop_reason_and_error_are_the_last_said_and_notices_are_no_part():
    message = assemble(
        Notice(text="retrying"),
        UsageDelta(usage=Usage(output_tokens=1)),
        UsageDelta(usage=Usage(output_tokens=5)),
        StopDelta(stop_reason="error", error_message="gone"),
    )
    assert (message.content, message.usage.output_tokens, message.stop_reason, message.error_message) == (
        (),
        5,
        "error",
        "gone",
    )


def test_calls_without_an_id_or_with_one_that_is_taken_get_one_of_their_own():
    message = assemble(
        ToolCallDelta(index=0, id="a", name="f"),
        ToolCallDelta(index=1, name="g"),
        ToolCallDelta(index=2, id="a", name="h"),
        taken_ids={"a"},
    )
    ids = [call.id for call in message.tool_calls]
    assert len(set(ids)) == 3
    assert "a" not in ids
    assert all(ids)


@pytest.mark.parametrize(
    ("text", "arguments"), [("", {}), ("  ", {}), ("null", {}), ("{}", {}), ('{"ключ": "да"}', {"ключ": "да"})]
)
def test_arguments_that_are_none_or_an_object_are_fine(text, arguments):
    assert parse_arguments(text) == (arguments, None)


@pytest.mark.parametrize("text", ['{"a": ', "[1]", '"text"', "3", "not json", "[" * 100_000])
def test_other_arguments_are_a_problem_of_that_call(text):
    arguments, problem = parse_arguments(text)
    assert arguments == {}
    assert problem.startswith("the arguments are not")
    message = assemble(ToolCallDelta(index=0, id="1", name="f", arguments=text), TextDelta(text="still here"))
    assert message.content == (ToolCallContent(id="1", name="f", problem=problem), TextContent(text="still here"))


def test_numbers_that_json_does_not_know_are_text_so_that_every_server_takes_them_back():
    arguments, problem = parse_arguments('{"a": NaN, "b": [-Infinity]}')
    assert (arguments, problem) == ({"a": "NaN", "b": ["-Infinity"]}, None)
    assert json.dumps(arguments, allow_nan=False)


def test_half_a_letter_in_arguments_is_marked():
    assert parse_arguments('{"a": "\\ud83d", "\ud83d": 1}') == ({"a": "\ufffd", "\ufffd": 1}, None)
    assert parse_arguments('{"a": "\\ud83d\\ude00"}') == ({"a": "😀"}, None)


@pytest.mark.parametrize(("deep", "kept"), [(99, True), (101, False), (900, False)])
def test_arguments_nested_without_end_are_a_problem_of_their_call(deep, kept):
    text = '{"a": ' + "[" * (deep - 1) + "]" * (deep - 1) + "}"
    arguments, problem = parse_arguments(text)
    assert (arguments == json.loads(text), problem is None) == (kept, kept)
    assert kept or "nested" in problem
