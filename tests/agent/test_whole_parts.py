"""Half a letter, wherever it comes from, reaches nobody."""

import json
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_tools import Agent
from jupyter_tools.agent.whole_parts import WholeParts
from jupyter_tools.events import MessageUpdateEvent, StreamPart, TextDelta, ThinkingDelta, ToolCallDelta
from jupyter_tools.json_types import encodable
from jupyter_tools.messages import to_dict
from jupyter_tools.providers.scripted import ScriptedProvider, call, thinking
from tests.agent.runs import agent_of, events_of

LETTERS = st.text(alphabet=st.sampled_from("aя\ud83d\ude00\ud800\udc00😀"), min_size=1, max_size=8)
BLOCKS = st.lists(
    st.tuples(st.sampled_from(["text", "thinking", "call"]), LETTERS, st.sets(st.integers(1, 7))), max_size=5
)


def pieces_of(text: str, cuts: set[int]) -> list[str]:
    places = [0, *sorted(cut for cut in cuts if cut < len(text)), len(text)]
    return [text[a:b] for a, b in pairwise(places)]


def said_in(parts: list[StreamPart]) -> dict[tuple[str, int], str]:
    """What each text, each reasoning and each call says, in the order in which they began."""
    said: dict[tuple[str, int], str] = {}
    current = None
    for part in parts:
        if isinstance(part, ToolCallDelta):
            key, piece = ("call", part.index), part.arguments
        else:
            key, piece = current if current and current[0] == part.type else (part.type, len(said)), part.text
        current = key if key not in said or current == key else current
        said[key] = said.get(key, "") + piece
        if isinstance(part, ThinkingDelta) and part.end:
            current = None
    return said


def parts_of(kind: str, index: int, pieces: list[str], *, closed: bool) -> list[StreamPart]:
    match kind:
        case "text":
            return [TextDelta(text=piece) for piece in pieces]
        case "thinking":
            parts = [ThinkingDelta(text=piece) for piece in pieces]
            return [*parts, ThinkingDelta(end=True)] if closed else parts
        case _:
            return [ToolCallDelta(index=index, arguments=piece) for piece in pieces]


@given(BLOCKS, st.booleans())
def test_any_way_of_cutting_gives_the_same_blocks_and_each_half_that_is_alone_stays_where_it_was(blocks, closed):
    cut = [
        part
        for index, (kind, text, cuts) in enumerate(blocks)
        for part in parts_of(kind, index, pieces_of(text, cuts), closed=closed)
    ]
    letters = WholeParts()
    parts = [whole for part in cut for whole in letters.decode(part)] + letters.flush()
    for part in parts:
        repr(part).encode()
    assert said_in(parts) == {key: encodable(text) for key, text in said_in(cut).items()}


def test_calls_side_by_side_have_letters_of_their_own():
    cut = [ToolCallDelta(index=index, arguments=piece) for piece in ("\ud83d", "\ude00") for index in (0, 1)]
    letters = WholeParts()
    parts = [whole for part in cut for whole in letters.decode(part)] + letters.flush()
    assert said_in(parts) == {("call", 0): "😀", ("call", 1): "😀"}


def give(text: str) -> dict:
    """Gives it back."""
    return {"given": text, "half": "\udc00"}


def fail(text: str) -> str:
    """Fails."""
    raise ValueError(f"no {chr(0xD83D)} {text}")


async def test_letters_that_were_cut_in_two_are_joined_and_halves_alone_are_marked():
    events = await events_of(agent_of([TextDelta(text="a\ud83d"), TextDelta(text="\ude00b\ud83d")]))
    said = [event.delta.text for event in events if isinstance(event, MessageUpdateEvent)]
    assert ("".join(said), events[-1].messages[-1].text) == ("a😀b\ufffd", "a😀b\ufffd")


@pytest.mark.parametrize("end", [[ThinkingDelta(end=True)], []])
async def test_half_a_letter_at_the_end_of_reasoning_stays_there_as_a_mark(end):
    events = await events_of(agent_of([ThinkingDelta(text="hm \ud83d"), *end, TextDelta(text="\ude00 yes")]))
    answer = events[-1].messages[-1]
    assert [type(block).__name__ for block in answer.content] == ["ThinkingContent", "TextContent"]
    assert (answer.thinking, answer.text) == ("hm \ufffd", "\ufffd yes")


async def test_half_a_letter_at_the_end_of_arguments_stays_in_what_is_said_of_them():
    events = await events_of(
        agent_of([ToolCallDelta(index=0, id="c", name="give", arguments='{"a": \ud83d')], ["Sorry."])
    )
    assert events[-1].messages[1].tool_calls[0].problem.endswith('{"a": \ufffd')


async def test_half_a_letter_before_the_stream_breaks_is_kept_as_a_mark():
    class Breaks(ScriptedProvider):
        async def stream(self, request):
            yield TextDelta(text="a\ud83d")
            raise OSError("gone")

    agent = Agent("scripted:test", provider=Breaks([]), trace=False)
    with pytest.raises(OSError, match="gone"):
        await agent.run("go")
    assert agent.messages[-1].text == "a\ufffd"


async def test_no_event_of_a_run_holds_half_a_letter():
    turn = [thinking("hm \ud83d!"), call("give", {"text": "\ud83d"}), call("fail", {"text": "a"}), call("\ud800", {})]
    events = await events_of(agent_of(turn, ["Done \ud800."], tools=[give, fail]), "go \ud83d")
    assert events[-1].stop_reason == "stop"
    for event in events:
        repr(event).encode()
        assert "\\ud8" not in repr(event)
    for message in events[-1].messages:
        assert "\\ud" not in json.dumps(to_dict(message))
