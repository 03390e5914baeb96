from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_tools.agent.chunk_order import ChunkOrder
from jupyter_tools.builtin_tools.web_sources import SearchResult, Sources
from jupyter_tools.messages import Usage
from jupyter_tools.providers.tool_support import FinishReason, ToolCalls
from jupyter_tools.thinking import Reasoning

OURS = Sources((SearchResult(url="https://ours.example"),))
THEIRS = Sources((SearchResult(url="https://theirs.example"),))
STOP = FinishReason("stop")
USAGE = Usage(input_tokens=1)


def ordered(chunks, sources=None):
    order = ChunkOrder(sources)
    return [piece for chunk in chunks for piece in order.take(chunk)] + order.end()


def test_sources_come_before_the_finish_reason():
    assert ordered(["a", STOP], OURS) == ["a", OURS, STOP]
    assert ordered(["a"], OURS) == ["a", OURS]


@pytest.mark.parametrize("chunks", [[THEIRS, "a", STOP], ["a", THEIRS, STOP], ["a", STOP, THEIRS]])
def test_the_providers_own_sources_replace_ours(chunks):
    found = ordered(chunks, OURS)
    assert found.count(THEIRS) == 1
    assert OURS not in found
    assert found.index(THEIRS) < found.index(STOP)


def test_usage_after_the_finish_reason_is_not_lost():
    assert ordered(["a", STOP, USAGE], OURS) == ["a", OURS, STOP, USAGE]
    assert ordered([STOP, "late"]) == [STOP, "late"]


def test_text_that_was_held_back_comes_before_what_ends_it():
    calls = ToolCalls(())
    assert ordered(["a <thi", calls, STOP]) == ["a ", "<thi", calls, STOP]
    assert ordered(["a <thi", USAGE, "nk>b</think>"])[:2] == ["a ", USAGE]


def test_reasoning_is_parted_from_text_and_closed_at_the_end():
    begun = Reasoning(status="🤔 Is thinking...", is_thinking="<think>")
    ended = Reasoning(status="Finished", is_thinking="</think>")
    assert ordered(["Hi <thi", "nk>hm</thi", "nk> there"]) == ["Hi ", begun, Reasoning("hm"), ended, " there"]
    assert ordered(["<think>hm", STOP]) == [begun, Reasoning("hm"), ended, STOP]


def test_pieces_of_other_packages_are_known_by_their_names():
    @dataclass
    class FinishReason:
        reason: str

    @dataclass
    class Sources:
        list: list

    stop, theirs = FinishReason("stop"), Sources([])
    assert ordered(["a", stop], OURS) == ["a", OURS, stop]
    assert ordered(["a", stop, theirs], OURS) == ["a", theirs, stop]


@given(st.lists(st.sampled_from(["a", "<think>", "</think>", "<thi", "nk>", "`", "\n", 1, None, USAGE]), max_size=12))
def test_nothing_is_lost_but_tags(chunks):
    found = ordered([*chunks, STOP], OURS)
    assert found[-1] == STOP
    assert found[-2] == OURS
    assert [c for c in found if not isinstance(c, str | Reasoning)][:-2] == [
        c for c in chunks if not isinstance(c, str)
    ]
    said = "".join(c if isinstance(c, str) else c.token or "" for c in found if isinstance(c, str | Reasoning))
    given_text = "".join(c for c in chunks if isinstance(c, str))
    assert _without_letters_of_tags(said) == _without_letters_of_tags(given_text)


def _without_letters_of_tags(text):
    return "".join(letter for letter in text if letter not in "</think>")
